"""What an action writes into its own event: typed values, defaults, signatures, rows and the record's number."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from pmcs.core.fold import same_row
from pmcs.core.kind import INHERIT, Action, Choose, Field, Kind
from pmcs.core.numbering import desk_of, number_for
from pmcs.core.record import Event, Record, Rows, Value
from pmcs.core.scalars import echo
from pmcs.core.values import convert, convert_row, needs_of_row
from pmcs.core.world import Context, Given
from pmcs.errors import BadInput, Refused

EDITS = ("edit", "correct")
REWRITES = (*EDITS, INHERIT)
"""What changes fields and rows that are there, rather than bring new ones."""


def own_values(
    kind: Kind, record: Record | None, action: Action, event: Event, given: Given, context: Context
) -> tuple[str, Event]:
    """The record's number and the event with its facts.

    Raises BadInput naming the field, Refused where a row or register entry is there already.
    """
    lines = action.adds or action.row
    values = _converted(kind, record, action, event, _typed(kind, record, action, given), context)
    if record is None:
        values = {**_defaults(kind, action, values), **values}
    if action.signs:
        values[action.signs] = context.actor.code
    approval = kind.approval_in(record.state) if record and action.name == "approve" else None
    if record and approval:
        values |= {name: record.fields[source] for name, source in approval.copies.items() if source in record.fields}
    id_ = record.id if record else number_for(kind, action, event, values, context)
    own = desk_of(kind, id_) == event.desk
    scalars = {name: values[name] for name in kind.fields if name in values and kind.fields[name].rows is None}
    added = {name: value for name, value in values.items() if kind.fields[name].rows is not None}
    desk = None if own else event.desk or None
    if record and action.name in REWRITES:
        return id_, _edited(kind, record, event._replace(set=scalars, desk=desk), added)
    changed: dict[str, Rows] = {}
    if lines:
        rows = _typed_rows(kind, record, action, given, context, event)
        if action.adds:
            added[lines] = rows
        else:
            changed[lines] = _matched(record, kind.fields[lines], rows)
    fresh = {name: _fresh(kind.fields[name], rows, record) for name, rows in added.items() if rows}
    return id_, event._replace(set=scalars, desk=desk, add=fresh, row=changed)


def _typed(kind: Kind, record: Record | None, action: Action, given: Given) -> dict[str, Value]:
    """What was typed for the record's own fields, not for the rows that the action adds or changes."""
    lines = action.adds or action.row or ""
    columns = (kind.fields[lines].rows or {}) if lines else {}
    own = action_fields(kind, action, record)
    return {name: raw for name, raw in given.values.items() if name in own or name not in (lines, *columns)}


def action_fields(kind: Kind, action: Action, record: Record | None) -> tuple[str, ...]:
    """The record's own fields that an action may be given; for edits, what its opening could bring."""
    return _action_fields(kind, action.name, record.history[0].do if record and action.name in EDITS else "")


@lru_cache(maxsize=1024)
def _action_fields(kind: Kind, do: str, opened_by: str) -> tuple[str, ...]:
    action = kind.actions[do]
    given = action.fields
    if do in EDITS:
        opening = kind.actions.get(opened_by)
        given = opening.fields if opening else kind.opening_fields
    lines = action.adds or action.row
    columns = (kind.fields[lines].rows or {}) if lines else {}
    names = [item for item in given if item in kind.fields and item not in columns]
    for item in names:
        for choice in (kind.fields[item].values or {}).values():
            names += [needed for needed in choice.needs if needed in kind.fields and needed not in names]
    return tuple(names)


def action_columns(kind: Kind, action: Action) -> tuple[str, ...]:
    """The columns that an action which adds or changes rows may be given."""
    item = kind.fields[action.adds or action.row or ""]
    columns = item.rows or {}
    names = [name for name in action.fields if name in columns]
    if action.adds and not names:
        return tuple(columns)
    names += [name for name in columns if name in item.key or (action.adds and columns[name].must)]
    for name in names:
        for choice in (columns[name].values or {}).values():
            names += [needed for needed in choice.needs if needed in columns and needed not in names]
    return tuple(dict.fromkeys(names))


def _converted(
    kind: Kind, record: Record | None, action: Action, event: Event, typed: Mapping[str, Value], context: Context
) -> dict[str, Value]:
    allowed = action_fields(kind, action, record)
    values: dict[str, Value] = {}
    for name, raw in typed.items():
        if name not in allowed:
            raise BadInput(
                "{action} does not take {field}; it takes {fields}.",
                action=action.name,
                field=name,
                fields=list(allowed),
            )
        present = record.rows(name) if record else []
        value = convert(kind.fields[name], raw, context, event.at, present=present)
        if value != "" or (record is not None and record.fields.get(name)):
            values[name] = value
    return _changes(kind, record, action, values, context) if record and action.name in REWRITES else values


def _changes(
    kind: Kind, record: Record, action: Action, values: dict[str, Value], context: Context
) -> dict[str, Value]:
    """What an edit really changes; what the opening asked cannot be emptied, what it decided by cannot be turned."""
    if kind.key in values and values[kind.key] != record.id:
        raise Refused("The {key} of {id} is its name and stays; retire it and add another.", key=kind.key, id=record.id)
    opening = kind.actions.get(record.history[0].do)
    decided = {opening.to.field} if opening and isinstance(opening.to, Choose) else set()
    changes = {
        name: value
        for name, value in values.items()
        if value != record.fields.get(name)
        # A private value that stays is not sealed anew, or every diff were noise.
        and not (kind.fields[name].sealed and context.world.holds(record.id, name, record.get(name), str(value)))
    }
    for name, value in changes.items():
        if value == "" and opening and name in opening.asks:
            raise BadInput("{field} of {id} cannot be empty; give another value.", field=name, id=record.id)
        if name in decided:
            raise Refused("{field} decided how {id} began and stays; add a note.", field=name, id=record.id)
        reasoned = with_reason(kind, name) if action.name == "edit" else None
        if reasoned:
            raise Refused(
                "{field} of {id} is changed with a reason: pmcs {kind} {action} {id}.",
                field=context.world.label(kind.fields[name].label),
                id=record.id,
                kind=kind.name,
                action=reasoned.command[0],
            )
    if not changes:
        raise BadInput("Nothing to change on {id}: give a field with another value.", id=record.id)
    return changes


def with_reason(kind: Kind, name: str) -> Action | None:
    """The action that is there to change a field, and asks why: what it keeps, no `edit` goes round."""
    return next(
        (
            action
            for action in kind.actions.values()
            if not action.own and not action.opens and action.start and {name, "note"} <= {*action.asks}
        ),
        None,
    )


def _edited(kind: Kind, record: Record, event: Event, lines: Mapping[str, Rows]) -> Event:
    """An edit's rows: one whose key is there changes that row, any other is added; none goes."""
    added: dict[str, Rows] = {}
    changed: dict[str, Rows] = {}
    for name, rows in lines.items():
        item, present = kind.fields[name], record.rows(name)
        for row in rows:
            if row in present:
                continue
            there = next((other for other in present if item.key and same_row(row, other, item.key)), None)
            _whole(item, {**(there or {}), **row})
            (changed if there else added).setdefault(name, []).append(row)
        _fresh(item, added.get(name, []), record)
    if not (event.set or added or changed):
        raise BadInput("Nothing to change on {id}: give a field with another value.", id=record.id)
    return event._replace(add=added, row=changed)


def _defaults(kind: Kind, action: Action, values: Mapping[str, Value]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name in action.fields:
        item = kind.fields.get(name)
        if item and item.default is not None and name not in values:
            found[name] = item.default
    return found


def _typed_rows(
    kind: Kind, record: Record | None, action: Action, given: Given, context: Context, event: Event
) -> Rows:
    """Rows typed whole (`--posts post=...,since=...`), or one row by its columns' own options."""
    item = kind.fields[action.adds or action.row or ""]
    allowed = action_columns(kind, action)
    whole = given.values.get(item.name, [])
    single = {name: value for name, value in given.values.items() if name in (item.rows or {})}
    raw = [*whole, single] if single or not whole else list(whole)
    for row in raw:
        for name in row:
            if name not in allowed and name in (item.rows or {}):
                raise BadInput(
                    "{action} does not take {field}; it takes {fields}.",
                    action=action.name,
                    field=name,
                    fields=list(allowed),
                )
    changing = allowed if action.row else None
    present = record.rows(item.name) if record and action.row else []
    return [convert_row(item, row, context, event.at, changing=changing, present=present) for row in raw]


def _whole(item: Field, row: Mapping[str, Value]) -> None:
    missing = needs_of_row(item, row)
    if missing:
        raise BadInput("A row of {field} lacks {columns}; give them.", field=item.name, columns=missing)


def _fresh(item: Field, rows: Rows, record: Record | None) -> Rows:
    """New rows: whole, and not there yet under their key."""
    present = list(record.rows(item.name)) if record else []
    for row in rows:
        _whole(item, row)
        if item.key and any(same_row(row, other, item.key) for other in present):
            raise Refused(
                "{field} already has a row {key}.", field=item.name, key=[str(row[name]) for name in item.key]
            )
        present.append(row)
    return rows


def _matched(record: Record | None, item: Field, rows: Rows) -> Rows:
    """Changes to rows that are there: the key may be left out in part where only one row fits."""
    changed: Rows = []
    for row in rows:
        key = tuple(name for name in item.key if name in row)
        found = [other for other in (record.rows(item.name) if record else []) if same_row(other, row, key)]
        if not found and key == item.key:
            raise BadInput(
                "{field} of {id} has no row {key}; pmcs show {id} says which there are.",
                field=item.name,
                id=record.id if record else "",
                key=[echo(str(row[name])) for name in key],
            )
        if len(found) != 1:
            raise BadInput(
                "{count} rows of {field} fit; say which by {key}.",
                count=len(found),
                field=item.name,
                key=list(item.key),
            )
        _whole(item, {**found[0], **row})
        if any(same_row(found[0], other, item.key) for other in changed):
            raise BadInput(
                "Row {key} of {field} is given twice; give it once.",
                key=[str(found[0].get(name, "")) for name in item.key],
                field=item.name,
            )
        changed.append({**{name: found[0][name] for name in item.key if name in found[0]}, **row})
    return changed


def sealed(kind: Kind, id_: str, event: Event, context: Context) -> Event:
    """Private values encrypted, in rows too, after everything else about them was found right."""

    def closed(item: Field, name: str, value: Value) -> Value:
        return context.world.seal(id_, name, value, kind.name) if item.sealed and value else value

    def in_rows(lines: Mapping[str, Rows]) -> dict[str, Rows]:
        return {
            name: [
                {
                    column: closed((kind.fields[name].rows or {})[column], f"{name}.{column}", row[column])
                    for column in row
                }
                for row in rows
            ]
            for name, rows in lines.items()
        }

    values = {name: closed(kind.fields[name], name, value) for name, value in event.set.items()}
    if not event.add and not event.row and values == event.set:
        return event
    return event._replace(set=values, add=in_rows(event.add), row=in_rows(event.row))
