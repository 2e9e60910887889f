"""Escalation (7.2, 7.5): the levels that a running clock has reached, each written once a round."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from pmcs.core.calendar import Calendar
from pmcs.core.clock import running, share
from pmcs.core.kind import Kind
from pmcs.core.record import Record, Rows, written


class Level(NamedTuple):
    """One level reached: which clock of which round, by what share of its time, and who is told."""

    clock: str
    since: datetime
    percent: int
    told: str


def reached(kind: Kind, record: Record, calendar: Calendar, now: datetime) -> Iterator[Level]:
    """The levels that a record's running clocks have reached and that are not written yet."""
    told = {(row.get("clock"), row.get("since"), row.get("level")) for row in record.rows("escalations")}
    for name, current in running(kind, record.history).items():
        if not current.escalates or current.clock.window:
            continue
        for percent, to in sorted(current.clock.escalates.items()):
            instant = share(current, percent, record.fields, calendar)
            if instant is None or instant > now or (name, written(current.started), str(percent)) in told:
                continue
            person = record.get(to) if to in kind.fields else to
            if person:  # a level meant for somebody not named yet is written once there is one
                yield Level(name, current.started, percent, person)


def rows_of(levels: Iterator[Level]) -> Rows:
    """The levels as an event holds them."""
    return [
        {"clock": level.clock, "since": written(level.since), "level": str(level.percent), "told": level.told}
        for level in levels
    ]
