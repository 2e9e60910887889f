"""The way of an action (DESIGN section 6, KINDS.md "Order of one action"): from typed words to events, or a refusal.

Pure: time, actor and the world come in as arguments. What judges a new event judges a stored one too (`faults`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from pmcs.core import permission
from pmcs.core.clock import new_dues
from pmcs.core.consequence import consequences
from pmcs.core.derive import derived_fields, with_derived
from pmcs.core.entry import EDITS, action_columns, action_fields, own_values, sealed
from pmcs.core.fold import advanced, applied
from pmcs.core.joining import altered, doubled, identity, may_lead, reopened
from pmcs.core.kind import Action, Choose, Field, Kind
from pmcs.core.need import lacking, worked_out
from pmcs.core.record import Event, Record, written
from pmcs.core.rules import FACTS, GUARD, RULES, View
from pmcs.core.standing import standing
from pmcs.core.step import Step
from pmcs.core.values import public, sayable
from pmcs.core.world import SYSTEM, SYSTEM_ACTOR, Actor, Context, Given
from pmcs.errors import BadInput, Refused, Sentence

LATEST_ENTRY = timedelta(days=7)
NOTE = Field("note", "note", type="text")


def advance(kind: Kind, record: Record | None, name: str, given: Given, context: Context) -> list[Step]:
    """Carry out one action: the record's own event first, then what follows from it.

    Raises BadInput for what was typed wrongly, Refused where the regulation does not allow it.
    """
    action = kind.actions.get(name)
    if action is None:  # typed by the kind of today, judged by the one of the day on which the record was opened
        raise Refused(
            "{id} is judged by the {kind} of the day it was opened, which knows no {action}; see pmcs log {id}.",
            id=record.id if record else "",
            kind=context.world.label(kind.title),
            action=name,
        )
    event = _begun(record, action, given, context)
    if record:
        _refuse(permission.misplaced(kind, record, action, context.world))
        _refuse(_backdated(kind, record, event))
    depends = action.row or isinstance(action.by, Choose)
    if not depends:
        _refuse(permission.forbidden(kind, record, action, event, context.actor, context.world))
    id_, event = own_values(kind, record, action, event, given, context)
    if depends:
        _refuse(permission.forbidden(kind, record, action, event, context.actor, context.world))
    _refuse(_itself(kind, id_, event))
    before = record or Record(id_, kind.name)
    event = _with_rules(kind, before, action, event, context)
    _complete(kind, action, lacking(kind, before, action, event), context)
    _check_held(record, action, context)
    if record:
        _refuse(permission.outside_window(kind, record, action, event.at, context.world))
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


def _itself(kind: Kind, id_: str, event: Event) -> Sentence | None:
    """A link of a record to itself: merged into itself, its own successor."""
    for name, value in event.set.items():
        item = kind.fields.get(name)
        if item and value == id_ and {kind.name, "any"} & set(item.ref):
            return Sentence("{field} of {id} cannot be {id} itself; name another.", field=name, id=id_)
    return None


def _complete(kind: Kind, action: Action, missing: Iterable[str], context: Context) -> None:
    options = [f"--{name.replace('_', '-')}" for name in dict.fromkeys(missing)]
    if options:
        raise BadInput(
            "{action} of {kind} lacks {options}; give them.",
            action=context.world.label(action.label),
            kind=context.world.label(kind.title),
            options=options,
        )


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
    event = Event(
        at=at,
        by=context.actor.code,
        do=action.name,
        recorded=now if at != now else None,
        desk=context.desk,
        note=public(NOTE, sayable(NOTE, given.note), mask=context.mask),
        make=given.make,
        because=given.because,
    )
    if at > now:
        raise BadInput("--at is {at}, which is still to come; leave it out for now.", at=written(at))
    _refuse(_untimely(event, now))
    return event


def _untimely(event: Event, entered: datetime) -> Sentence | None:
    if event.at > entered:
        return Sentence("{at} was still to come when it was entered.", at=written(event.at))
    if entered - event.at > LATEST_ENTRY:
        return Sentence(
            "--at is {at}, more than seven days ago; enter it as of today with a note.", at=written(event.at)
        )
    return None


def _backdated(kind: Kind, record: Record, event: Event, desk: str | None = None) -> Sentence | None:
    """It happened before the last change of state; of that desk's alone, where one is named."""
    times, state = [], ""
    for item, held in standing(kind, record.history):
        moved = held and item.to and item.to != state
        state = item.to or state if held else state
        opens = item.do in kind.actions and kind.actions[item.do].opens
        if (moved or opens) and (desk is None or identity(kind, record.id, item)[1] == desk):
            times.append(item.at)
    last = max(times, default=record.history[0].at)
    if event.at < last:
        return Sentence(
            "{at} lies before the last change of state of {id} at {last}; give a later --at.",
            at=written(event.at),
            id=record.id,
            last=written(last),
        )
    return None


def _with_rules(kind: Kind, before: Record, action: Action, event: Event, context: Context) -> Event:
    for call in action.rules:
        found = RULES[call.name]
        if found.stage == FACTS:
            event = found.run(View(kind, before, event, context), **call.arguments)
    return event


def _check_held(record: Record | None, action: Action, context: Context) -> None:
    if action.held and record:
        holders = context.world.holders(record.id)
        if holders:
            raise Refused("{id} is held open by {holders}; finish them first.", id=record.id, holders=holders)


def _settled(kind: Kind, before: Record, action: Action, event: Event, context: Context) -> Event:
    """Guards, derived minimums, then where it goes and by when."""
    tentative = with_derived(kind, applied(kind, before, event))
    _refuse(next(_guarded(kind, tentative, action, event, context), None))
    _complete(kind, action, worked_out(kind, before, tentative, event), context)
    _refuse(_below(kind, before, tentative))
    to = destination(kind, before, action, tentative)
    _complete(kind, action, _undecided(action, to), context)
    event = event._replace(to=to)
    fields = derived_fields(kind, applied(kind, before, event))
    dues = new_dues(kind, before, event, fields, context.world.calendar)
    return event._replace(due={name: written(due) if due else "" for name, due in dues.items()})


def _guarded(kind: Kind, tentative: Record, action: Action, event: Event, context: Context) -> Iterator[Sentence]:
    for call in action.rules:
        found = RULES[call.name]
        if found.stage == GUARD:
            sentence: Sentence | None = found.run(View(kind, tentative, event, context), **call.arguments)
            if sentence:
                yield sentence


def _below(kind: Kind, before: Record, after: Record) -> Sentence | None:
    for item in kind.derived_fields:
        if (item.plus or item.minus) and item.min is not None and item.name in after.fields:
            value = Decimal(after.get(item.name))
            if value < Decimal(item.min) and value < Decimal(before.get(item.name) or 0):
                return Sentence(
                    "{field} would fall to {value}, below {least}.", field=item.name, value=value, least=item.min
                )
    return None


def destination(kind: Kind, before: Record, action: Action, tentative: Record) -> str | None:
    """The state that an action leads to; None where it stays. `tentative` holds the fields after the event."""
    if action.name in permission.DECISIONS or action.name == "withdraw":
        approval = kind.approval_in(before.state)
        if action.name == "approve" and approval and approval.to:
            return approval.to
        return before.previous or None
    if action.to == "previous":
        return before.previous or None
    for choose in action.to if isinstance(action.to, tuple) else (action.to,):
        if not isinstance(choose, Choose):
            return choose
        state = choose.table.get(tentative.get(choose.field))
        if state is not None:
            return str(state)
    return None


def _undecided(action: Action, to: str | None) -> list[str]:
    """The choice that should have said where the action leads; without it a record would begin in no state at all."""
    last = action.to[-1] if isinstance(action.to, tuple) else action.to
    return [last.field] if to is None and isinstance(last, Choose) else []


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
    if before:
        yield from doubled(kind, before, event)
        clash = altered(kind, before, event) or reopened(before, action)
        if clash:
            yield clash
            return
    elif not action.opens:
        yield Sentence("{action} cannot stand here in the history.", action=event.do)
        return
    misplaced = permission.misplaced(kind, before, action, world) if before else None
    if misplaced:
        yield misplaced
        return
    stood = before or Record("", kind.name)
    actor = SYSTEM_ACTOR if event.by == SYSTEM else Actor(event.by, world.posts(event.by, event.entered))
    judged = [
        _untimely(event, event.entered),
        _backdated(kind, before, event, identity(kind, before.id, event)[1]) if before else None,
        _disordered(kind, before, event) if before else None,
        _itself(kind, before.id, event) if before else None,
        permission.unfounded(event, world),
        permission.forbidden(kind, before, action, event, actor, world),
        permission.outside_window(kind, before, action, event.at, world) if before else None,
    ]
    yield from (sentence for sentence in judged if sentence)
    yield from _foreign(kind, before, action, event)
    for name in dict.fromkeys(lacking(kind, stood, action, event)):
        yield Sentence("{action} lacks {field}.", action=event.do, field=name)
    yield from _ending(kind, before, action, event, context)


def _ending(kind: Kind, before: Record | None, action: Action, event: Event, context: Context) -> Iterator[Sentence]:
    """What is wrong with where a stored event leads and what it leaves behind."""
    stood = before or Record("", kind.name)
    tentative = with_derived(kind, applied(kind, stood, event._replace(to=None)))
    yield from _guarded(kind, tentative, action, event, context)
    below = _below(kind, stood, tentative)
    to = destination(kind, stood, action, tentative)
    if below:
        yield below
    for name in _undecided(action, to):
        yield Sentence("{action} lacks {field}.", action=event.do, field=name)
    if to != event.to and not may_lead(kind, stood, action, event):
        yield Sentence(
            "{action} leads to {right}, not to {wrong}.",
            action=event.do,
            right=to or stood.state,
            wrong=event.to or stood.state,
        )
    after = advanced(kind, stood, event)
    barred = permission.names_barred(kind, before, after)
    if barred:
        yield barred
    yield from permission.together(kind, before, after)


def _foreign(kind: Kind, before: Record | None, action: Action, event: Event) -> Iterator[Sentence]:
    """Facts that the action could not have written."""
    if any(RULES[call.name].stage == FACTS for call in action.rules):
        return
    approval = kind.approval_in(before.state) if before and action.name == "approve" else None
    own = {*action_fields(kind, action, before), action.signs, *(approval.copies if approval else ())}
    lines = own if action.name in EDITS else {action.row}
    columns = {*action_columns(kind, action)} if action.adds or action.row else set()
    if action.adds:
        columns |= {name for name, column in (kind.fields[action.adds].rows or {}).items() if column.stamp}
    written_rows = [
        *((name, row, own | {action.adds}) for name, rows in event.add.items() for row in rows),
        *((name, row, lines) for name, rows in event.row.items() for row in rows),
    ]
    strange = [name for name in event.set if name not in own]
    for name, row, allowed in written_rows:
        if name not in allowed:
            strange.append(name)
        elif name in (action.adds, action.row):
            strange += [column for column in row if column not in columns]
    for name in dict.fromkeys(strange):
        yield Sentence("{action} does not write {field}.", action=event.do, field=name)


def _disordered(kind: Kind, before: Record, event: Event) -> Sentence | None:
    """Entry time and desk order the events of a record: none comes too late."""
    last = before.history[-1]
    if identity(kind, before.id, event) < identity(kind, before.id, last):
        return Sentence(
            "{action} was entered at {at}, no later than the entry before it.",
            action=event.do,
            at=written(event.entered),
        )
    return None
