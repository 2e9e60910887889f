"""The way of an action (DESIGN section 6, KINDS.md "Order of one action"): from typed words to events, or a refusal.

Pure: time, actor and the world come in as arguments. What judges a new event judges a stored one too (`faults`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from pmcs.core import permission
from pmcs.core.clock import new_dues
from pmcs.core.consequence import consequences
from pmcs.core.derive import derive
from pmcs.core.entry import own_values, sealed
from pmcs.core.fold import advanced, applied
from pmcs.core.kind import Action, Choose, Field, Kind
from pmcs.core.record import Event, Record, written
from pmcs.core.rules import FACTS, GUARD, RULES, View
from pmcs.core.step import Step
from pmcs.core.values import public
from pmcs.core.world import Actor, Context, Given
from pmcs.errors import BadInput, Refused, Sentence

LATEST_ENTRY = timedelta(days=7)
NOTE = Field("note", "note", type="text")


def advance(kind: Kind, record: Record | None, name: str, given: Given, context: Context) -> list[Step]:
    """Carry out one action: the record's own event first, then what follows from it.

    Raises BadInput for what was typed wrongly, Refused where the regulation does not allow it.
    """
    action = kind.actions[name]
    event = _begun(record, action, given, context)
    if record:
        _refuse(permission.misplaced(kind, record, action, context.world))
        _refuse(_backdated(record, event))
    depends = action.row or isinstance(action.by, Choose)
    if not depends:
        _refuse(permission.forbidden(kind, record, action, event, context.actor, context.world))
    id_, event = own_values(kind, record, action, event, given, context)
    if depends:
        _refuse(permission.forbidden(kind, record, action, event, context.actor, context.world))
    before = record or Record(id_, kind.name)
    event = _with_rules(kind, before, action, event, context)
    missing = list(lacking(kind, before, action, event, given.make))
    if missing:
        raise BadInput(
            "{action} of {kind} lacks {options}; give them.",
            action=context.world.label(action.label),
            kind=context.world.label(kind.title),
            options=[f"--{option.replace('_', '-')}" for option in missing],
        )
    _check_held(record, action, context)
    if record:
        _refuse(permission.outside_window(kind, record, action, event.at))
    event = _settled(kind, before, action, event, context)
    after = advanced(kind, before, sealed(kind, id_, event, context))
    _refuse(permission.names_barred(kind, record, after))
    _refuse(next(permission.together(kind, record, after), None))
    _check_alone(kind, record, after, context)
    steps = [Step(kind, record, after)]
    steps += consequences(steps[0], action, given, context, advance)
    return steps


def _refuse(sentence: Sentence | None) -> None:
    if sentence:
        raise Refused(sentence)


def _begun(record: Record | None, action: Action, given: Given, context: Context) -> Event:
    now = context.now.replace(microsecond=0)
    if record and now <= record.history[-1].entered:
        now = context.now
        if now <= record.history[-1].entered:
            raise Refused(
                "The clock stands at {now}, but the last entry of {id} is of {last}; set the clock right.",
                now=written(now),
                id=record.id,
                last=written(record.history[-1].entered),
            )
    at = given.at or now
    if at > now:
        raise BadInput("--at is {at}, which is still to come; leave it out for now.", at=written(at))
    if now - at > LATEST_ENTRY:
        raise Refused("--at is {at}, more than seven days ago; enter it as of today with a note.", at=written(at))
    return Event(
        at=at,
        by=context.actor.code,
        do=action.name,
        recorded=now if at != now else None,
        desk=context.desk,
        note=public(NOTE, given.note, mask=context.mask),
        make=given.make,
        because=given.because,
    )


def _backdated(record: Record, event: Event) -> Sentence | None:
    moved = [item.at for item in record.history if item.to]
    if moved and event.at < moved[-1]:
        return Sentence(
            "{at} lies before the last change of state of {id} at {last}; give a later --at.",
            at=written(event.at),
            id=record.id,
            last=written(moved[-1]),
        )
    return None


def _with_rules(kind: Kind, before: Record, action: Action, event: Event, context: Context) -> Event:
    for call in action.rules:
        found = RULES[call.name]
        if found.stage == FACTS:
            event = found.run(View(kind, before, event, context.now), **call.arguments)
    return event


def lacking(kind: Kind, before: Record, action: Action, event: Event, make: str) -> Iterator[str]:
    """What the action asks, or a choice needs, and the event does not bring (7.1: at once and whole)."""
    columns = (kind.fields[action.adds or action.row or ""].rows or {}) if action.adds or action.row else {}
    rows = [*event.add.get(action.adds or "", []), *event.row.get(action.row or "", [])]
    for name in action.asks:
        if name == "note":
            present = bool(event.note)
        elif name == "make":
            present = bool(make)
        elif name in columns:
            present = bool(rows) and all(name in row for row in rows)
        else:
            present = bool(event.set.get(name)) or bool(event.add.get(name))
        if not present:
            yield name
    for name in _needed(kind, event):
        held = before.fields.get(name) or event.set.get(name)
        if name not in action.asks and not (event.note if name == "note" else held):
            yield name


def _needed(kind: Kind, event: Event) -> list[str]:
    wanted: list[str] = []
    for name, value in event.set.items():
        choices = kind.fields[name].values if name in kind.fields else None
        choice = choices.get(value) if choices and isinstance(value, str) else None
        wanted += choice.needs if choice else ()
    return list(dict.fromkeys(wanted))


def _check_held(record: Record | None, action: Action, context: Context) -> None:
    if action.held and record:
        holders = context.world.holders(record.id)
        if holders:
            raise Refused("{id} is held open by {holders}; finish them first.", id=record.id, holders=holders)


def _settled(kind: Kind, before: Record, action: Action, event: Event, context: Context) -> Event:
    """Guards, derived minimums, then where it goes and by when."""
    tentative = derive(kind, applied(kind, before, event))
    _refuse(next(_guarded(kind, tentative, action, event, context.now), None))
    _refuse(_below(kind, before, tentative))
    to = destination(kind, before, action, tentative)
    event = replace(event, to=to)
    after = advanced(kind, before, event)
    dues = new_dues(kind, before, event, after.fields, context.world.calendar)
    return replace(event, due={name: written(due) if due else "" for name, due in dues.items()})


def _guarded(kind: Kind, tentative: Record, action: Action, event: Event, now: datetime) -> Iterator[Sentence]:
    for call in action.rules:
        found = RULES[call.name]
        if found.stage == GUARD:
            sentence: Sentence | None = found.run(View(kind, tentative, event, now), **call.arguments)
            if sentence:
                yield sentence


def _below(kind: Kind, before: Record, after: Record) -> Sentence | None:
    for item in kind.fields.values():
        if (item.plus or item.minus) and item.min is not None and item.name in after.fields:
            value = Decimal(after.get(item.name))
            if value < Decimal(item.min) and value < Decimal(before.get(item.name) or 0):
                return Sentence("{field} would fall to {value}, below {least}.", field=item.name, value=value, least=item.min)
    return None


def destination(kind: Kind, before: Record, action: Action, tentative: Record) -> str | None:
    """The state that an action leads to; None where it stays. `tentative` holds the fields after the event."""
    if action.name in permission.DECISIONS or action.name == "withdraw":
        approval = kind.approval_in(before.state)
        if action.name == "approve" and approval and approval.to:
            return approval.to
        return before.previous
    if action.to == "previous":
        return before.previous
    for choose in action.to if isinstance(action.to, tuple) else (action.to,):
        if not isinstance(choose, Choose):
            return choose
        state = choose.table.get(tentative.get(choose.field))
        if state is not None:
            return str(state)
    return None


def _check_alone(kind: Kind, before: Record | None, after: Record, context: Context) -> None:
    """`unique` and `one_open`: no second record with the same values."""
    for open_only, groups in ((False, kind.unique), (True, kind.one_open)):
        for names in groups:
            values = {name: after.fields[name] for name in names if after.fields.get(name)}
            same = before is not None and all(before.fields.get(name) == after.fields.get(name) for name in names)
            reopened = open_only and before is not None and kind.ends(before.state)
            if len(values) < len(names) or (same and not reopened) or (open_only and kind.ends(after.state)):
                continue
            twin = context.world.twin(kind, values, open_only=open_only)
            if twin and twin != after.id:
                raise Refused(
                    "{twin} already has this {fields}; go on with that one.",
                    twin=twin,
                    fields=[context.world.label(kind.fields[name].label) for name in names],
                )


def faults(kind: Kind, before: Record | None, event: Event, context: Context) -> Iterator[Sentence]:
    """What is wrong with a stored event, judged by the same path as a new one; `context` is of its entry time."""
    action = kind.actions.get(event.do)
    if action is None:
        yield Sentence("{action} is no action of {kind}.", action=event.do, kind=kind.name)
        return
    world = context.world
    if (before is None) != action.opens:
        yield Sentence("{action} cannot stand here in the history.", action=event.do)
        return
    stood = before or Record("", kind.name)
    actor = Actor(event.by, world.posts(event.by, event.entered))
    judged = [
        permission.misplaced(kind, before, action, world) if before else None,
        _backdated(before, event) if before else None,
        _disordered(before, event) if before else None,
        permission.forbidden(kind, before, action, event, actor, world),
        permission.outside_window(kind, before, action, event.at) if before else None,
    ]
    yield from (sentence for sentence in judged if sentence)
    for name in lacking(kind, stood, action, event, event.make):
        yield Sentence("{action} lacks {field}.", action=event.do, field=name)
    tentative = derive(kind, applied(kind, stood, replace(event, to=None)))
    yield from _guarded(kind, tentative, action, event, context.now)
    to = destination(kind, stood, action, tentative)
    if to != event.to:
        yield Sentence("{action} leads to {right}, not to {wrong}.", action=event.do, right=to or stood.state, wrong=event.to or stood.state)
    after = advanced(kind, stood, event)
    barred = permission.names_barred(kind, before, after)
    if barred:
        yield barred
    yield from permission.together(kind, before, after)


def _disordered(before: Record, event: Event) -> Sentence | None:
    if event.entered <= before.history[-1].entered:
        return Sentence("{action} was entered at {at}, no later than the entry before it.", action=event.do, at=written(event.entered))
    return None
