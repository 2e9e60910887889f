"""Rows judged on every core: this process reads, numbers and looks for twins, copies of it judge and write YAML.

Only rows go there whose judgement needs nothing of the rows before them; private values are sealed in this process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import NamedTuple

from pmcs.core.kind import Kind
from pmcs.core.record import Record, Value, moment
from pmcs.core.world import World
from pmcs.duties.imports.judging import Judge, Outcome, View, item_of
from pmcs.errors import PmcsError
from pmcs.store.processes import answered
from pmcs.store.session import Session
from pmcs.store.store import Store

_CHUNK = 100


class Ask(NamedTuple):
    """A row to be judged by whoever has time: by which version, and under which number."""

    version: date
    values: Mapping[str, str]
    number: str


Item = Outcome | Ask | None
"""None: a row that is there already."""


class _Numbered(Session):
    """The world of a row judged apart: its number is given, its twin was looked for, and nothing follows from it."""

    given = ""

    def number(self, kind: Kind, day: datetime) -> str:  # noqa: ARG002
        """The number that the row came with."""
        return self.given

    def twin(self, kind: Kind, values: Mapping[str, Value], *, open_only: bool) -> str | None:  # noqa: ARG002
        """None: the row would not be here otherwise."""
        return None

    def with_new(self, kind: Kind, record: Record) -> World:  # noqa: ARG002
        """The same world."""
        return self


@cache
def fit_for_apart(kind: Kind, action: str) -> bool:
    """Whether a row can be judged without the rows before it, once its origin's twin was looked for."""
    opening = kind.actions[action]
    return not (
        kind.is_register
        or kind.named_by
        or opening.named_by
        or kind.one_open
        or any({*names} != {"origin", "origin_key"} for names in kind.unique)
        or opening.also
        or opening.rules
        or any(kind.links(holding=True))
        or any(item.default is not None for item in kind.sealed_fields())
    )


def numbered(view: View, values: Mapping[str, str]) -> Ask | None:
    """The row under its number; None where it is to be judged here, since it has private values or gets no number."""
    if any(item_of(view.kind, name).sealed for name in values):
        return None
    with suppress(PmcsError, ValueError, OverflowError, KeyError):
        return Ask(view.version, values, view.session.number(view.kind, moment(values["opened"])))
    return None


def in_order(judge: Judge, items: Iterator[tuple[int, Item]]) -> Generator[tuple[int, Outcome | None]]:
    """The same rows, each with what came of it; never more than a few hundred are held.

    Raises Unable: one of the processes was killed.
    """
    chunks: deque[list[tuple[int, Item]]] = deque()

    def asks() -> Iterator[list[Ask]]:
        while chunk := list(islice(items, _CHUNK)):
            chunks.append(chunk)
            yield [item for _, item in chunk if isinstance(item, Ask)]

    for found in answered(asks(), lambda: _judging(judge)):
        answers = iter(found)
        for row, item in chunks.popleft():
            yield row, next(answers) if isinstance(item, Ask) else item


def _judging(first: Judge) -> Callable[[list[Ask]], list[Outcome]]:
    """What judges in a copy: with a store of its own, since SQLite's connections are not to be shared."""
    store = Store(first.store.root, keep=False)
    desk = store.local.read_desk()
    sessions: dict[date, _Numbered] = {}

    def session(version: date) -> _Numbered:
        sessions[version] = _Numbered(store, store.regulations.on(version), desk, first.acting.language)
        return sessions[version]

    judge = Judge(store, first.kind_name, first.acting, first.now, session)
    judge.columns = first.columns

    def answer(asks: list[Ask]) -> list[Outcome]:
        outcomes = []
        for version, values, number in asks:
            view = judge.view(version)
            sessions[version].given = number
            outcomes.append(judge.judged(view, values))
        return outcomes

    return answer
