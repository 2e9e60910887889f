"""What an event must bring: what its action asks, and what its choices need (KINDS.md, Fields and Actions)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pmcs.core.fold import applied
from pmcs.core.kind import Action, Field, Kind
from pmcs.core.record import Event, Record


def lacking(kind: Kind, before: Record, action: Action, event: Event) -> Iterator[str]:
    """What the action asks, or a choice needs, and the event does not bring (7.1: at once and whole)."""
    columns = (kind.fields[action.adds or action.row or ""].rows or {}) if action.adds or action.row else {}
    rows = [*event.add.get(action.adds or "", []), *event.row.get(action.row or "", [])]
    for name in action.asks:
        if name == "note":
            present = bool(event.note)
        elif name == "make":
            present = bool(event.make)
        elif name in columns:
            present = bool(rows) and all(row.get(name) for row in rows)
        else:
            present = bool(event.set.get(name)) or bool(event.add.get(name))
        if not present:
            yield name
    # What the event itself sets stands after it: only for the rest the record has to be looked at.
    needed = [name for name in _needed(kind, event) if not event.set.get(name)]
    if needed:
        yield from _unmet(needed, applied(kind, before, event), event, action.asks)


def _unmet(needs: Iterable[str], after: Record, event: Event, asked: tuple[str, ...]) -> Iterator[str]:
    """The needs that neither the event nor the record as it then stands meets."""
    brought = {"note": event.note, "make": event.make}
    return (name for name in needs if name not in asked and not (brought.get(name) or after.fields.get(name)))


def _needed(kind: Kind, event: Event) -> list[str]:
    """What the choices of an event make compulsory; of a row's choices, what the row itself cannot hold."""
    wanted = [name for field, value in event.set.items() for name in _needs(kind.fields.get(field), value)]
    for field, rows in (*event.add.items(), *event.row.items()):
        columns = kind.fields[field].rows or {} if field in kind.fields else {}
        cells = [(columns.get(column), value) for row in rows for column, value in row.items()]
        wanted += [name for column, value in cells for name in _needs(column, value) if name not in columns]
    return wanted


def _needs(item: Field | None, value: object) -> tuple[str, ...]:
    choice = item.values.get(value) if item and item.values and isinstance(value, str) else None
    return choice.needs if choice else ()


def worked_out(kind: Kind, before: Record, tentative: Record, event: Event) -> Iterator[str]:
    """What a derived choice that the event turned makes compulsory."""
    for item in kind.derived_fields:
        value = tentative.get(item.name)
        if item.of and value != before.get(item.name):
            yield from _unmet(_needs(item, value), tentative, event, ())
