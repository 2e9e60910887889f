"""What `warns` ahead: clocks that fall due soon, and dates in records and lines, until they are renewed (10.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from pmcs.core.kind import Field, Kind, Label
from pmcs.core.length import Length
from pmcs.store.store import Store

_FIRST = date.min.isoformat()


class Announced(NamedTuple):
    """A due time or a date of an open record: what runs out, and when."""

    kind: str
    id: str
    what: Label
    name: str
    """The clock, the field, or `lines.column`."""
    when: str
    """A stored time or date."""
    line: Mapping[str, str] = {}
    """Which line it stands in: the columns of its key, as the index shows them."""

    def left(self, day: date) -> int:
        """The days from this day to that one; below zero once it is over."""
        return (datetime.fromisoformat(self.when).date() - day).days


class Announcements(NamedTuple):
    """What has run out, the longest ago first, and what will, the nearest first."""

    past: list[Announced]
    ahead: list[Announced]


def announced(store: Store, now: datetime) -> Announcements:
    """The dates of `expiries`, and beside those ahead the due times that warn."""
    kinds = store.regulations.on(now.date()).kinds
    dates = expiries(store, now.date())
    clocks = [item for kind in kinds for item in _clocks(store, kind, now)]
    return dates._replace(ahead=_in_order([*clocks, *dates.ahead]))


def expiries(store: Store, day: date, until: date | None = None) -> Announcements:
    """The dates with `warns` that were over on this day, and those that run out from it `until` a day, both included.

    Without `until`, each as long ahead as it warns at most. Of the records that are open now: what was renewed
    since counts with its new date.
    """
    past: list[Announced] = []
    ahead: list[Announced] = []
    for kind in store.regulations.on(day).kinds:
        for name, item in _warning(kind):
            last = until or day + _longest(item.warns)
            for id_, when, line in store.lookups.dates(kind.name, name, _FIRST, last.isoformat()):
                found = Announced(kind.name, id_, item.label, name, when, line)
                (past if when < day.isoformat() else ahead).append(found)
    return Announcements(_in_order(past), _in_order(ahead))


def _warning(kind: Kind) -> Iterator[tuple[str, Field]]:
    for item in kind.fields.values():
        if item.warns:
            yield item.name, item
        for column in (item.rows or {}).values():
            if column.warns:
                yield f"{item.name}.{column.name}", column


def _clocks(store: Store, kind: Kind, now: datetime) -> Iterator[Announced]:
    for clock in kind.clocks.values():
        if clock.warns and not clock.window:
            until = now + _longest(clock.warns)
            for id_, due in store.lookups.clocks_ahead(kind.name, clock.name, now.timestamp(), until.timestamp()):
                when = datetime.fromtimestamp(due, store.config.zone).isoformat()
                yield Announced(kind.name, id_, clock.label, clock.name, when)


def _in_order(found: list[Announced]) -> list[Announced]:
    return sorted(found, key=lambda item: (item.when, item.kind, item.id, item.name, [*item.line.values()]))


def _longest(lengths: tuple[Length, ...]) -> timedelta:
    return max(length.duration for length in lengths)
