"""A record and its events (DESIGN section 4). Values are canonical text; rows are lists of such texts by column."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

LAST_YEAR = 9999
"""Of Python's calendar; a date in it, such as 9999-12-31, is how people write that something has no end."""

Value = Any
"""`str`; for rows `list[dict[str, Value]]`; for files and refs `list[str]`."""

Rows = list[dict[str, Value]]


class Event(NamedTuple):
    """One entry of a history. It holds facts: what an action worked out is written in it."""

    at: datetime
    by: str
    do: str
    recorded: datetime | None = None
    desk: str | None = None
    to: str | None = None
    set: Mapping[str, Value] = {}
    due: Mapping[str, str] = {}
    add: Mapping[str, Rows] = {}
    row: Mapping[str, Rows] = {}
    note: str = ""
    make: str = ""
    because: str = ""

    @property
    def entered(self) -> datetime:
        """When it was typed: orders events and judges the right to act."""
        return self.recorded or self.at


class Record(NamedTuple):
    """A record as it stands after its last event."""

    id: str
    kind: str
    state: str = ""
    previous: str = ""
    """The state it came from (`to: previous`, refused approvals)."""
    fields: Mapping[str, Value] = {}
    due: Mapping[str, str] = {}
    """Clock name → due time in force; a paused or stopped clock has none."""
    history: tuple[Event, ...] = ()

    @property
    def opened(self) -> datetime:
        """The time of the first event."""
        return self.history[0].at

    @property
    def day(self) -> date:
        """The day it was opened, as its number says: the regulation in force then judges it to its end."""
        return day_of(self.id) or self.opened.date()

    def get(self, name: str) -> str:
        """A field's text, empty where it has none."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ""

    def named(self, name: str) -> list[str]:
        """Whom or what a field names: one, or several (`type: refs`)."""
        value = self.fields.get(name, [])
        return [text for text in ([value] if isinstance(value, str) else value) if text and isinstance(text, str)]

    def rows(self, name: str) -> Rows:
        """The rows of a field of lines."""
        value = self.fields.get(name, [])
        return value if isinstance(value, list) else []


def moment(text: str) -> datetime:
    """A stored time. Raises ValueError for what is no aware ISO time, or one at the calendar's ends."""
    when = datetime.fromisoformat(text)
    if when.tzinfo is None or not in_calendar(when):
        raise ValueError(text)
    return when


def in_calendar(when: date) -> bool:
    """Whether it may be moved into any zone without leaving the calendar."""
    return 1 < when.year < LAST_YEAR


def written(when: datetime) -> str:
    """A time as it stands in a file: to the second, or finer where two entries share a second."""
    return when.isoformat()


def day_of(id_: str) -> date | None:
    """The day that a dated number carries."""
    digits = "".join(character for character in id_.partition("-")[0] if character.isdecimal())
    try:
        return date.fromisoformat(digits) if len(digits) == len("20261123") else None
    except ValueError:
        return None
