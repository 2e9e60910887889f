"""What is typed for one action of a trial: what it asks, what its choices need, what is wished for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from itertools import product

from pmcs.core.entry import EDITS, action_columns, action_fields
from pmcs.core.kind import AGREES, Action, Field, Kind
from pmcs.core.record import Value
from pmcs.core.world import Given
from pmcs.duties.trial.plan import Way
from pmcs.duties.trial.values import LOW, Inventing, Wanted


def givens(
    inventing: Inventing, action: Action, way: Way, wanted: Wanted, made: Kind | None, *, full: bool
) -> Iterator[Given]:
    """What to type, in turn: with what may be left out (`full`), without; of an edit one field after the other.

    Where an action changes lines, at first all there are, then the last one; at last with figures of nothing, which go
    together where others were more than their whole.

    `made` is the kind that the action makes.
    """
    kind, record = inventing.kind, inventing.record
    if action.name in EDITS:
        for name in action_fields(kind, action, record):
            value = inventing.value(kind.fields[name]) if name != kind.key else ""
            if value not in ("", []):
                yield Given({name: value}, note=inventing.note(action))
        return
    several = action.row and record and len(record.rows(action.row)) > 1 and not way.make
    for every, whole in product((True, False) if several else (False,), (True, False) if full else (False,)):
        values, note = _values(inventing, action, wanted, whole=whole, every=every)
        asked = _of_made(inventing, action, made, values) if made else {}
        yield Given(values, note=inventing.note(action) if note else "", make=way.make, made=asked)
    if action.row and wanted.scale != LOW and _figures(kind, action):
        least = _least(inventing)
        yield from givens(least, action, way, least.wanted, made, full=full)


def _values(
    inventing: Inventing, action: Action, wanted: Wanted, *, whole: bool, every: bool
) -> tuple[dict[str, Value], bool]:
    """The values, and whether a note is to be given with them."""
    kind, record = inventing.kind, inventing.record
    own = action_fields(kind, action, record)
    names = [name for name in own if name in action.asks]
    names += [
        name
        for name in own
        if name not in names and (_is_wanted(name, inventing, wanted) or (whole and _easy(kind.fields[name])))
    ]
    values: dict[str, Value] = {}
    needed = {*action.asks}
    agreeing = {str(call.arguments["field"]) for call in action.rules if call.name == AGREES}
    for name in names:
        stands = record.get(name) if record and name in agreeing else ""
        values[name] = stands or inventing.value(kind.fields[name], keyed=_told_apart(kind, action, name))
        needs = needs_of(kind.fields[name], values[name])
        needed |= {*needs}
        names += [need for need in needs if need in own and need not in names]
    lines = action.adds or action.row
    if lines:
        item = kind.fields[lines]
        present: Sequence[dict[str, Value] | None] = record.rows(lines) if record and action.row else []
        rows = [
            _row(inventing, action, item, one, whole=whole) for one in (present if every else present[-1:] or [None])
        ]
        columns = item.rows or {}
        needed |= {need for row in rows for name, value in row.items() for need in needs_of(columns[name], value)}
        values |= {lines: rows} if every else rows[0]
    return {name: value for name, value in values.items() if value not in ("", [])}, "note" in needed


def _row(
    inventing: Inventing, action: Action, item: Field, present: Mapping[str, Value] | None, *, whole: bool
) -> dict[str, Value]:
    """The columns of the line that is added, or of one there, changed."""
    columns, allowed = item.rows or {}, action_columns(inventing.kind, action)
    fresh = inventing.rows(item)[0] if action.adds else {}
    row = {name: value for name, value in fresh.items() if name in allowed}
    for name in allowed:
        column, place = columns[name], f"{item.name}.{name}"
        if column.stamp:
            continue
        if present and name in item.key:
            row[name] = present.get(name, "")
        elif name in action.asks or inventing.wants(place) or (whole and _easy(column)):
            row.setdefault(name, inventing.value(column, place, keyed=name in item.key))
            for need in needs_of(column, row[name]):
                if need in columns:
                    row.setdefault(need, inventing.value(columns[need], f"{item.name}.{need}"))
    return row


def _of_made(inventing: Inventing, action: Action, made: Kind, values: Mapping[str, Value]) -> dict[str, Value]:
    """What the opening of the record that is made asks, beside what it takes over."""
    record = inventing.record
    there = {*(record.fields if record else {}), *values, "note", "id"}
    taken = {name for name, source in action.makes[made.name].items() if source in there}
    other = inventing.of(made)
    asked = [name for name in made.actions["new"].asks if name in made.fields]
    return {name: other.value(made.fields[name]) for name in asked if name not in taken and name != "source"}


def with_more(inventing: Inventing, action: Action, given: Given, made: Kind | None, options: list[str]) -> Given:
    """The same with the options that a refusal says are lacking."""
    kind = inventing.kind
    own = action_fields(kind, action, inventing.record)
    values, further, note = deepcopy(dict(given.values)), dict(given.made), given.note
    lines, least = action.adds or action.row, _least(inventing)
    for option in options:
        name = option.removeprefix("--").replace("-", "_")
        if name == "note":
            note = note or inventing.note(action)
        elif name in own and name not in values:
            values[name] = inventing.value(kind.fields[name])
        elif lines and name in action_columns(kind, action):
            column = (kind.fields[lines].rows or {})[name]
            for row in values.get(lines, [values]):
                row.setdefault(name, least.value(column, f"{lines}.{name}"))
        elif made and name in made.fields:
            further[name] = inventing.of(made).value(made.fields[name])
    values = {name: value for name, value in values.items() if value not in ("", [])}
    return Given(values, note=note, make=given.make, made=further)


def needs_of(item: Field, value: Value) -> tuple[str, ...]:
    """What a chosen value makes compulsory."""
    choice = (item.values or {}).get(value) if isinstance(value, str) else None
    return choice.needs if choice else ()


def _is_wanted(name: str, inventing: Inventing, wanted: Wanted) -> bool:
    return name in wanted.fields or any(wish.partition(".")[0] == name for wish in inventing.wishes)


def _least(inventing: Inventing) -> Inventing:
    return replace(inventing, wanted=replace(inventing.wanted, scale=LOW))


def _figures(kind: Kind, action: Action) -> bool:
    """Whether an action that changes lines takes figures in them."""
    columns = kind.fields[action.row or ""].rows or {}
    return any(columns[name].type in ("int", "number", "money") for name in action.fields if name in columns)


def _easy(item: Field) -> bool:
    """Whether what may be left out is given all the same: nothing that would need another record, a line or a file."""
    return not item.ref and item.rows is None and item.type not in ("files", "refs")


def _told_apart(kind: Kind, action: Action, name: str) -> bool:
    """Whether two records with the same value there could not both be."""
    return any(name in group for group in (*kind.unique, *kind.one_open, kind.named_by, action.named_by))
