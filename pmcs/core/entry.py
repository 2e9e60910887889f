"""What an action writes into its own event: typed values converted, defaults, signatures, rows and the record's number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from pmcs.core.fold import same_row
from pmcs.core.kind import Action, Field, Kind
from pmcs.core.record import Event, Record, Rows, Value, moment
from pmcs.core.values import convert, convert_row, needs_of_row
from pmcs.core.world import Context, Given
from pmcs.errors import BadInput, Refused

KEY = re.compile(r"[^\W_][\w.·-]{0,63}")
OF_DESK = re.compile(r"(?:-|^[A-Z]{1,3}?)(?P<desk>[A-Z]{1,2})\d+$")


def own_values(
    kind: Kind, record: Record | None, action: Action, event: Event, given: Given, context: Context
) -> tuple[str, Event]:
    """The record's number and the event with its facts.

    Raises BadInput naming the field, Refused where a row or register entry is there already.
    """
    lines = action.adds or action.row
    columns = kind.fields[lines].rows or {} if lines else {}
    typed = {name: value for name, value in given.values.items() if name not in columns or name in action_fields(kind, action, record)}
    values = _converted(kind, record, action, event, typed, context)
    if record is None:
        values = {**_defaults(kind, action, values), **values}
    if action.signs:
        values[action.signs] = context.actor.code
    approval = kind.approval_in(record.state) if record and action.name == "approve" else None
    if record and approval:
        values |= {name: record.fields[source] for name, source in approval.copies.items() if source in record.fields}
    id_ = record.id if record else _number(kind, event, values, context)
    scalars = {name: value for name, value in values.items() if kind.fields[name].rows is None}
    added = {name: value for name, value in values.items() if kind.fields[name].rows is not None}
    event = replace(event, set=scalars, desk=None if _desk_of(kind, id_) == event.desk else event.desk)
    if lines:
        rows = _typed_rows(kind.fields[lines], given, columns, context, event)
        if action.adds:
            added[lines] = rows
        else:
            event = replace(event, row={lines: _matched(record, kind.fields[lines], rows)})
    event = replace(event, add={name: _fresh(kind.fields[name], rows, record) for name, rows in added.items() if rows})
    return id_, event


def action_fields(kind: Kind, action: Action, record: Record | None) -> tuple[str, ...]:
    """The record's own fields that an action may be given; for edits, what its opening could bring."""
    if action.name in {"edit", "correct"}:
        opening = kind.actions[record.history[0].do] if record else None
        return tuple(name for name in (opening.fields if opening else kind.opening_fields) if name in kind.fields)
    lines = action.adds or action.row
    columns = (kind.fields[lines].rows or {}) if lines else {}
    names = [name for name in action.fields if name in kind.fields and name not in columns]
    for name in names:
        for choice in (kind.fields[name].values or {}).values():
            names += [needed for needed in choice.needs if needed in kind.fields and needed not in names]
    return tuple(names)


def _converted(
    kind: Kind, record: Record | None, action: Action, event: Event, typed: Mapping[str, Value], context: Context
) -> dict[str, Value]:
    allowed = action_fields(kind, action, record)
    values: dict[str, Value] = {}
    for name, raw in typed.items():
        if name not in allowed:
            raise BadInput("{action} does not take {field}; it takes {fields}.", action=action.name, field=name, fields=list(allowed))
        value = convert(kind.fields[name], raw, context, event.at)
        if value != "" or (record is not None and record.fields.get(name)):
            values[name] = value
    if action.name in {"edit", "correct"} and record:
        if kind.key in values and values[kind.key] != record.id:
            raise Refused("The {key} of {id} is its name and stays; retire it and add another.", key=kind.key, id=record.id)
        values = {name: value for name, value in values.items() if value != record.fields.get(name)}
        if not values:
            raise BadInput("Nothing to change on {id}: give a field with another value.", id=record.id)
    return values


def _defaults(kind: Kind, action: Action, values: Mapping[str, Value]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name in action.fields:
        item = kind.fields.get(name)
        if item and item.default is not None and name not in values:
            found[name] = item.default
    return found


def _number(kind: Kind, event: Event, values: Mapping[str, Value], context: Context) -> str:
    if kind.key is None:
        opened = str(values.get("opened", "")) if event.do == "import" else ""
        return context.world.number(kind, moment(opened) if opened else event.entered)
    name = str(values.get(kind.key, ""))
    if name and not KEY.fullmatch(name):
        raise BadInput("{key} {name} cannot be a file's name; use letters, digits, - and dots.", key=kind.key, name=name)
    if name and context.world.twin(kind, {kind.key: name}, open_only=False):
        raise Refused("{kind} {name} is there already; see pmcs {kind} show {name}.", kind=kind.name, name=name)
    return name


def _desk_of(kind: Kind, id_: str) -> str | None:
    found = None if kind.key else OF_DESK.search(id_)
    return found["desk"] if found else None


def _typed_rows(item: Field, given: Given, columns: Mapping[str, Field], context: Context, event: Event) -> Rows:
    """Rows typed whole (`--posts post=...,since=...`), or one row by its columns' own options."""
    whole = given.values.get(item.name, [])
    single = {name: value for name, value in given.values.items() if name in columns}
    raw = [*whole, single] if single or not whole else list(whole)
    return [convert_row(item, row, context, event.at) for row in raw]


def _fresh(item: Field, rows: Rows, record: Record | None) -> Rows:
    """New rows: whole, and not there yet under their key."""
    present = list(record.rows(item.name)) if record else []
    for row in rows:
        missing = needs_of_row(item, row)
        if missing:
            raise BadInput("A row of {field} lacks {columns}; give them.", field=item.name, columns=missing)
        if item.key and any(same_row(row, other, item.key) for other in present):
            raise Refused("{field} already has a row {key}.", field=item.name, key=[str(row[name]) for name in item.key])
        present.append(row)
    return rows


def _matched(record: Record | None, item: Field, rows: Rows) -> Rows:
    """Changes to rows that are there: the key may be left out in part where only one row fits."""
    changed = []
    for row in rows:
        key = {name: row[name] for name in item.key if name in row}
        found = [other for other in (record.rows(item.name) if record else []) if same_row(other, key, tuple(key))]
        if len(found) != 1:
            raise BadInput(
                "{count} rows of {field} fit; say which by {key}.", count=len(found), field=item.name, key=list(item.key)
            )
        whole = {**found[0], **row}
        missing = needs_of_row(item, whole)
        if missing:
            raise BadInput("A row of {field} lacks {columns}; give them.", field=item.name, columns=missing)
        changed.append({**{name: found[0][name] for name in item.key if name in found[0]}, **row})
    return changed


def sealed(kind: Kind, id_: str, event: Event, context: Context) -> Event:
    """Private values encrypted, after everything else about them was found right."""
    seal = context.world.seal
    values = {
        name: seal(id_, name, value, kind.name) if kind.fields[name].sealed and value else value
        for name, value in event.set.items()
    }
    return replace(event, set=values)
