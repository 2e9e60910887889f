"""What is announced ahead (`warns`): clocks that fall due soon, and dates in records and rows (10.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from pmcs.core.kind import Kind, Label
from pmcs.core.length import Length
from pmcs.store.queries import Row
from pmcs.store.store import Store


class Announced(NamedTuple):
    """A date ahead: of which record, what falls due, and when (a stored date or time)."""

    row: Row
    what: Label
    name: str
    when: str


def announced(store: Store, now: datetime) -> list[Announced]:
    """Everything whose date lies ahead, no further than its longest warning; the nearest first."""
    found = [item for kind in store.regulations.on(now.date()).kinds for item in _of_kind(store, kind, now)]
    return sorted(found, key=lambda item: (item.when, item.row.id, item.name))


def _of_kind(store: Store, kind: Kind, now: datetime) -> Iterator[Announced]:
    for clock in kind.clocks.values():
        if clock.warns and not clock.window:
            until = now + _longest(clock.warns)
            for id_, due in store.lookups.clocks_ahead(kind.name, clock.name, now.timestamp(), until.timestamp()):
                when = datetime.fromtimestamp(due, store.config.zone).isoformat()
                yield Announced(store.row(id_, (kind.name,)), clock.label, clock.name, when)
    for item in kind.fields.values():
        for column in (item, *(item.rows or {}).values()):
            if column.warns:
                name = column.name if column is item else f"{item.name}.{column.name}"
                last = (now + _longest(column.warns)).date().isoformat()
                for id_, day in store.lookups.dates_ahead(kind.name, name, now.date().isoformat(), last):
                    yield Announced(store.row(id_, (kind.name,)), column.label, name, day)


def _longest(lengths: tuple[Length, ...]) -> timedelta:
    return max(length.duration for length in lengths)
