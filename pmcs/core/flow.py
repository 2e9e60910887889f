"""The way of an action (DESIGN section 6, KINDS.md "Order of one action"): from typed words to events, or a refusal.

Pure: time, actor and the world come in as arguments.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from pmcs.core import permission
from pmcs.core.clock import new_dues
from pmcs.core.consequence import consequences
from pmcs.core.derive import derived_fields, with_derived
from pmcs.core.entry import own_values, sealed
from pmcs.core.fold import advanced, applied
from pmcs.core.judgement import (
    backdated,
    closed,
    destination,
    falls_below,
    guarded,
    links_itself,
    renamed,
    undecided,
    untimely,
)
from pmcs.core.kind import Action, Choose, Field, Kind
from pmcs.core.need import lacking, worked_out
from pmcs.core.record import Event, Record, written
from pmcs.core.rules import FACTS, RULES, View
from pmcs.core.step import Step
from pmcs.core.values import public, sayable
from pmcs.core.world import SYSTEM_ACTOR, Context, Given
from pmcs.errors import BadInput, Refused, Sentence

ENTRY = timedelta(microseconds=1)
"""The least by which two entries of a record differ."""
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
        _refuse(closed(kind, record, action, event, context.world))
        _refuse(backdated(kind, record, event))
    depends = action.row or isinstance(action.by, Choose)
    if not depends:
        _refuse(permission.forbidden(kind, record, action, event, context.actor, context.world))
    id_, event = own_values(kind, record, action, event, given, context)
    if depends:
        _refuse(permission.forbidden(kind, record, action, event, context.actor, context.world))
    _refuse(links_itself(kind, id_, event))
    _refuse(renamed(kind, record, event) if record else None)
    before = record or Record(id_, kind.name)
    event = with_facts(kind, before, action, event, context)
    _complete(kind, action, lacking(kind, before, action, event), context)
    _check_held(record, action, context)
    if record:
        _refuse(permission.outside_window(kind, record, action, event.at, context.world))
    event = _settled(kind, before, action, event, context)
    after = advanced(kind, before, sealed(kind, id_, event, context))
    _refuse(permission.names_barred(kind, record, after))
    _refuse(next(permission.together(kind, record, after, context.world), None))
    _check_alone(kind, record, after, context)
    steps = [Step(kind, record, after)]
    steps += consequences(steps[0], action, given, context, advance)
    return steps


def _refuse(sentence: Sentence | None) -> None:
    if sentence:
        raise Refused(sentence)


def _complete(kind: Kind, action: Action, missing: Iterable[str], context: Context) -> None:
    made = "/".join(f"--{name}" for name in action.makes)
    options = [made if name == "make" else f"--{name.replace('_', '-')}" for name in dict.fromkeys(missing)]
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
        last = record.history[-1].entered
        chained = given.because or context.actor == SYSTEM_ACTOR
        if chained and last.replace(microsecond=0) == now.replace(microsecond=0):
            now = max(now, last + ENTRY)  # of this very command
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
    _refuse(untimely(event, now))
    return event


def with_facts(kind: Kind, before: Record, action: Action, event: Event, context: Context) -> Event:
    """The event with what the action's rules work out."""
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
    _refuse(next(guarded(kind, tentative, action, event, context), None))
    _complete(kind, action, worked_out(kind, before, tentative, event), context)
    _refuse(falls_below(kind, before, tentative))
    to = destination(kind, before, action, tentative)
    _complete(kind, action, undecided(kind, action, to), context)
    event = event._replace(to=to)
    fields = derived_fields(kind, applied(kind, before, event))
    dues = new_dues(kind, before, event, fields, context.world.calendar)
    return event._replace(due={name: written(due) if due else "" for name, due in dues.items()})


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
