"""What the figures of a month are worked out from, whoever tells it: the ledger or the files. Nothing of pmcs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

DONE, MISSED, OPEN = "done", "missed", "open"
ENDS = {
    "repair": {"accepted", "cancelled"},
    "hazard": {"cleared"},
    "incident": {"closed"},
    "ticket": {"closed", "invalid", "merged"},
    "drill": {"assessed", "cancelled"},
    "shift": {"taken", "stood_down"},
}


class Work(NamedTuple):
    """A round or a service. `latest` is None where no time was set; `led_to` has the works of each abnormal item."""

    id: str
    kind: str
    category: str
    checklist: str
    day: datetime
    latest: datetime | None
    outcome: str
    timely: str
    led_to: tuple[frozenset[str], ...] = ()


class Move(NamedTuple):
    """One act; `to` is the state that it led to, nothing where it led to none."""

    at: datetime
    do: str
    to: str = ""


@dataclass
class Case:
    """A repair, hazard, incident, ticket, drill or shift: what was done, and by when it was to be done."""

    id: str
    kind: str
    values: dict[str, str] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    dues: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    cost: float = 0.0
    persons: int = 0

    @property
    def opened(self) -> datetime:
        return self.moves[0].at

    def state(self, before: datetime) -> str:
        """The state just before a moment."""
        return next((move.to for move in reversed(self.moves) if move.to and move.at < before), "")

    def open(self, at: datetime) -> bool:
        return self.opened < at and self.state(at) not in ENDS[self.kind]

    def due(self, clock: str, at: datetime) -> datetime | None:
        """By when it was to be, for what was done at a moment."""
        return next((due for name, since, due in reversed(self.dues) if name == clock and since < at), None)


class Thing(NamedTuple):
    """A piece of equipment: what it is, and in which state it was from when on."""

    id: str
    category: str
    states: list[tuple[datetime, str]]


class Paper(NamedTuple):
    """A date that runs out, as it was entered at a time; the record may be over at some time."""

    kind: str
    id: str
    name: str
    what: str
    field: str
    number: str
    expires: date
    entered: datetime
    over: datetime | None = None


class Facts(NamedTuple):
    """All of it, and when it was last entered."""

    works: list[Work]
    cases: list[Case]
    things: list[Thing]
    papers: list[Paper]
    known: datetime
