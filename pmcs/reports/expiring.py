"""Dates that run out: fields with `warns`, as they stood at the month's end (10.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from pmcs.core.fold import fold
from pmcs.core.kind import VOID, Field, Kind
from pmcs.core.private import mask_text
from pmcs.errors import PmcsError
from pmcs.store.index_dates import is_day

if TYPE_CHECKING:
    from pmcs.store.store import Store


class Expiring(NamedTuple):
    """A date that is over, or near: of which record, which of its rows by its name, and the field that it stands in."""

    kind: str
    id: str
    name: str
    what: str
    """The first key of the row, as 年检; nothing where the field stands alone."""
    field: str
    """`field` or `rows.column`."""
    day: str


def read_expiring(store: Store, kind: Kind, end: datetime, today: date) -> list[Expiring]:
    """All of the kind in use whose date, as it stood before `end`, is no further from today than its longest warning.

    Of rows of the same name the latest date counts: it is the renewal of the others. The nearest first.
    """
    found: list[Expiring] = []
    for item in kind.fields.values():
        for column in (item, *(item.rows or {}).values()):
            if column.warns and column.type == "date":
                last = today + max(length.duration for length in column.warns)
                found += _of_field(store, kind, item, column, end, last)
    return sorted(found, key=lambda one: (one.day, one.id, one.what))


def _of_field(store: Store, kind: Kind, item: Field, column: Field, end: datetime, last: date) -> Iterator[Expiring]:
    name = item.name if column is item else f"{item.name}.{column.name}"
    for id_, state, changed, head in store.index.read(
        "SELECT r.id, r.state, r.changed, r.head FROM record r WHERE r.kind = ? AND r.state <> ?"
        # What was changed since may have been renewed, and had an earlier date then.
        " AND (r.changed >= ? OR r.rid IN (SELECT rid FROM field WHERE kind = ? AND name = ? AND value <= ?))"
        " ORDER BY r.id",
        (kind.name, VOID, end.timestamp(), kind.name, name, last.isoformat()),
    ):
        told: Mapping[str, Any] = json.loads(head)["fields"]
        if changed >= end.timestamp():
            state, told = as_it_stood(store, kind, id_, end, state, told)  # noqa: PLW2901
        if not kind.ends(state):
            for what, day in _dates(item, column, told).items():
                if day <= last.isoformat():
                    yield Expiring(kind.name, id_, _plain(kind.fields.get("name"), told), what, name, day)


def _dates(item: Field, column: Field, told: Mapping[str, Any]) -> dict[str, str]:
    """Each date by what it is of; what is no date is left out: `check` says so."""
    value = told.get(item.name)
    if column is item:
        return {"": str(value)} if is_day(str(value or "")) else {}
    found: dict[str, str] = {}
    for row in value or ():
        day = row.get(column.name, "")
        what = _plain((item.rows or {}).get(item.key[0]), row) if item.key else ""
        if is_day(day) and day > found.get(what, ""):
            found[what] = day
    return found


def _plain(item: Field | None, told: Mapping[str, Any]) -> str:
    """A text that may be shown; nothing of what is sealed."""
    return mask_text(str(told.get(item.name) or "")) if item and not item.sealed else ""


def as_it_stood(
    store: Store, kind: Kind, id_: str, end: datetime, state: str, told: Mapping[str, Any]
) -> tuple[str, Mapping[str, Any]]:
    """State and fields just before a moment, from the file; as they are now where it cannot be read."""
    try:
        record, _ = store.seen(id_, (kind.name,))
    except PmcsError:
        return state, told
    then = fold(kind, id_, [event for event in record.history if event.at < end])
    return (then.state, then.fields) if then.history else (VOID, {})
