"""The regulation read once in a run of the tests, and not at each of thousands of commands.

A command typed by somebody is a process, and reads it once in any case. What is kept goes by the very bytes of the
files, so that a regulation that differs in one of them is read; whether the files are there, can be read and are what
they were is asked each time, as ever.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import pytest

from pmcs.core.rules import RULES
from pmcs.regulation import sound
from pmcs.regulation.shape import Source
from pmcs.regulation.version import Regulation
from pmcs.store import compiled, regulations

KEPT = 64
# As they are before anything is put in their places.
PARSED, CHECK = regulations.parsed, sound.check


@lru_cache(maxsize=KEPT * 16)
def source(name: str, data: bytes) -> Source:
    return PARSED({name: data})[name]


def parsed(files: Mapping[str, bytes]) -> dict[str, Source]:
    return {name: source(name, data) for name, data in files.items()}


class Remembered:
    """A function of trees, asked once for the very same ones. Those it knows are held, so that an id stays theirs."""

    def __init__(self, function: Any) -> None:
        self.function = function
        self.known: dict[Any, Any] = {}

    def __call__(self, key: Any, *given: Any) -> Any:
        if key not in self.known:
            if len(self.known) >= KEPT:
                self.known.clear()
            self.known[key] = self.function(*given), given
        return self.known[key][0]


CHECKED, BUILT = Remembered(CHECK), Remembered(Regulation)


def check(sources: Mapping[str, Source], tz: Any) -> Any:
    # A test may add a rule of its own.
    key = tz, repr(RULES), tuple((name, id(one)) for name, one in sources.items())
    return list(CHECKED(key, dict(sources), tz))


def regulation(since: Any, trees: Any, tz: Any) -> Regulation:
    return BUILT((since, id(trees), tz), since, trees, tz)


def read_once(patch: pytest.MonkeyPatch) -> None:
    loads = lru_cache(maxsize=KEPT)(json.loads)
    patch.setattr(compiled, "json", SimpleNamespace(loads=loads, dumps=json.dumps))
    patch.setattr(regulations, "parsed", parsed)
    patch.setattr(regulations, "Regulation", regulation)
    patch.setattr(sound, "check", check)
