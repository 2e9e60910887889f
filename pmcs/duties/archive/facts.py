"""`data/package.json`: what a package says of itself, for programs; what stands outside the payload follows from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from pmcs.core.period import parse_period
from pmcs.errors import Broken

FACTS = "data/package.json"
FORMAT = 1


class Facts(NamedTuple):
    """One package. Times are ISO 8601 with their offset."""

    office: str
    code: str
    period: str
    commit: str
    folder: str
    """Where the store lies in its repository; empty where it is all of it."""
    made: str
    """The time of the commit: a package knows no clock."""
    pieces: int
    terms: Mapping[str, int]
    carried: list[Mapping[str, Any]]
    exceptions: int
    checkpoint: str
    """The file of the last checkpoint in the package; empty where there is none."""

    def written(self) -> bytes:
        """As `data/package.json`."""
        return (json.dumps({"format": FORMAT, **self._asdict()}, ensure_ascii=False, indent=1) + "\n").encode()

    def info(self) -> dict[str, str]:
        """What `bag-info.txt` says beside the payload's size."""
        return {
            "Source-Organization": self.office,
            "External-Identifier": f"{self.code}-{self.period}",
            "External-Description": f"pmcs {self.period}",
            "Bagging-Date": self.made[:10],
            "Internal-Sender-Identifier": self.commit,
        }


def read_facts(data: bytes) -> Facts:
    """What a package says. Raises Broken: it is none, or one that a later program made."""
    wrong = Broken("{file} is not what pmcs writes there; it was changed, or made by a later pmcs.", file=FACTS)
    try:
        told = json.loads(data)
        if told.pop("format") != FORMAT:
            raise wrong
        facts = Facts(**told)
        texts = (facts.office, facts.code, facts.period, facts.commit, facts.folder, facts.made, facts.checkpoint)
        "".join(texts).encode()  # json can spell what no file can hold
        sound = parse_period(facts.period) == facts.period
        sound = sound and all(isinstance(number, int) for number in (facts.pieces, facts.exceptions))
        sound = sound and isinstance(facts.terms, dict) and isinstance(facts.carried, list)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        raise wrong from None
    if not sound or set(facts.commit) - set("0123456789abcdef") or len(facts.commit) not in (40, 64):
        raise wrong
    return facts
