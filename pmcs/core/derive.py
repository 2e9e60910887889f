"""What is worked out after the last event: counts, totals, bands, due times in force (KINDS.md, Fields and Clocks)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from pmcs.core.clock import due_in_force
from pmcs.core.kind import Choose, Field, Kind
from pmcs.core.record import Event, Record, Value
from pmcs.core.standing import standing

_DIGITS = 20  # before the point: more than any amount that can be entered


def derive(kind: Kind, record: Record) -> Record:
    """The record with its due times and derived fields worked out anew, these in the order of the file."""
    return record._replace(fields=derived_fields(kind, record), due=due_in_force(kind, record.history))


def with_derived(kind: Kind, record: Record) -> Record:
    """The record with its derived fields alone: of an event whose due times are still to be worked out."""
    return record._replace(fields=derived_fields(kind, record)) if kind.derived_fields else record


def derived_fields(kind: Kind, record: Record) -> dict[str, Value]:
    """The record's fields with those worked out from its events and its other fields."""
    fields = dict(record.fields)
    for item in kind.derived_fields:
        fields.pop(item.name, None)
    for item in kind.derived_fields:
        if item.counts:
            counted = _count(item, kind, record, fields)
            if counted:
                fields[item.name] = str(counted)
        elif item.of:
            if item.of in fields:
                fields[item.name] = band(item, fields[item.of])
        else:
            fields[item.name] = str(_total(item, fields))
    return fields


def band(item: Field, value: str) -> str:
    """The band that a number falls in; under the lowest the first holds."""
    bands = list((item.bands or {}).items())
    chosen = bands[0][0]
    for name, floor in bands:
        if _figure(value) >= Decimal(floor):
            chosen = name
    return chosen


def chosen(choose: Choose, kind: Kind, fields: Mapping[str, Value]) -> Any:
    """What a choice table says for a record's fields; None where they make no choice.

    A count of none stands in no record, and is in the lowest band.
    """
    item = kind.fields.get(choose.field)
    value = fields.get(choose.field, "")
    if not value and item and item.of and kind.fields[item.of].counts:
        value = band(item, "0")
    return choose.table.get(value)


def _count(item: Field, kind: Kind, record: Record, fields: Mapping[str, Value]) -> int:
    what, action, name, value = _counted(item.counts or "")
    if what in kind.fields:
        lines = fields.get(what)
        return sum(not name or row.get(name) == value for row in lines) if isinstance(lines, list) else 0
    if action not in [event.do for event in record.history]:
        return 0
    found = [
        event
        for event in _since(kind, record, item.since)
        if event.do == action and (not name or event.set.get(name) == value)
    ]
    if item.per == "day":
        return len({event.at.date() for event in found})
    return len(found)


@lru_cache(maxsize=256)
def _counted(counts: str) -> tuple[str, str, str, str]:
    """What may be lines, the action that it is otherwise, and the column or field whose value counts."""
    what, _, rest = counts.partition(".")
    if what == "do":
        return what, rest, "", ""
    name, _, value = rest.partition(".")
    return what, what, name, value


def _since(kind: Kind, record: Record, state: str | None) -> Iterable[Event]:
    """The events that count after the state was last entered; all of them, where none is named."""
    events = [event for event, held in standing(kind, record.history) if held]
    first, current = 0, ""
    for place, event in enumerate(events):
        if event.to and event.to != current:
            if event.to == state:
                first = place + 1
            current = event.to
    return events[first:]


def _total(item: Field, fields: Mapping[str, Value]) -> Decimal:
    return sum((_sum(name, fields) for name in item.plus), Decimal(0)) - sum(
        (_sum(name, fields) for name in item.minus), Decimal(0)
    )


def _sum(name: str, fields: Mapping[str, Value]) -> Decimal:
    head, _, column = name.partition(".")
    value = fields.get(head)
    if isinstance(value, list):
        return sum((_figure(row.get(column)) for row in value), Decimal(0))
    return _figure(value)


def _figure(value: Value) -> Decimal:
    """The number a value is. A broken one counts as nothing here: it is a finding of its own."""
    try:
        figure = Decimal(value) if value else Decimal(0)
    except (InvalidOperation, TypeError, ValueError):
        return Decimal(0)
    return figure if figure.is_finite() and figure.adjusted() < _DIGITS else Decimal(0)
