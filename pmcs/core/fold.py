"""The fold: what stands above a history, worked out from it (DESIGN sections 1 and 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pmcs.core.derive import derive
from pmcs.core.kind import Kind
from pmcs.core.record import Event, Record, Rows, Value
from pmcs.core.standing import holds


def fold(kind: Kind, id_: str, events: Iterable[Event]) -> Record:
    """The record that these events make, in their order."""
    record = Record(id_, kind.name)
    for event in events:
        record = applied(kind, record, event)
    return derive(kind, record)


def advanced(kind: Kind, record: Record, event: Event) -> Record:
    """The record after one more event."""
    return derive(kind, applied(kind, record, event))


def applied(kind: Kind, record: Record, event: Event) -> Record:
    """One event copied in; derived fields and due times are left for the end.

    Of an event that a joined history left without its `from`, only the added rows count.
    """
    original, held = event, holds(kind, record.state, event)
    if not held:
        event = event._replace(to=None, set={}, row={})
    action = kind.actions.get(event.do) if held else None
    fields = dict(record.fields)
    for name in action.clears if action else ():
        fields.pop(name, None)
    fields.update(event.set)
    if "" in event.set.values():
        fields = {name: value for name, value in fields.items() if value != ""}
    for name, rows in event.add.items():
        fields[name] = _appended(fields.get(name, []), rows, _key(kind, name))
    for name, rows in event.row.items():
        fields[name] = _changed(fields.get(name, []), rows, _key(kind, name))
    moved = bool(event.to) and event.to != record.state
    return record._replace(
        state=event.to or record.state,
        previous=record.state if moved else record.previous,
        fields=fields,
        history=(*record.history, original),
    )


def _key(kind: Kind, name: str) -> tuple[str, ...]:
    found = kind.fields.get(name)
    return found.key if found else ()


def _appended(present: Value, rows: Rows, key: tuple[str, ...]) -> Rows:
    result = _copied(present)
    for row in rows:
        if not key or not any(same_row(row, other, key) for other in result):
            result.append(dict(row))
    return result


def _changed(present: Value, rows: Rows, key: tuple[str, ...]) -> Rows:
    result = _copied(present)
    for change in rows:
        for row in result:
            if same_row(row, change, key):
                row.update(change)
    return result


def _copied(present: Value) -> Rows:
    """The rows there are; a text where rows belong is a finding of its own and no reason to stop."""
    return [dict(row) for row in present if isinstance(row, Mapping)] if isinstance(present, list) else []


def same_row(one: Mapping[str, Value], other: Mapping[str, Value], key: tuple[str, ...]) -> bool:
    """Whether two rows have the same key."""
    for name in key:  # noqa: SIM110  a fold asks this for every two rows; a generator takes three times as long
        if one.get(name, "") != other.get(name, ""):
            return False
    return True
