"""A stored history judged again, event by event: what is refused when it is typed is a finding here (DESIGN 9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pmcs.core import permission
from pmcs.core.cause import unfounded
from pmcs.core.derive import with_derived
from pmcs.core.entry import REWRITES, action_columns, action_fields
from pmcs.core.fold import advanced, applied
from pmcs.core.joining import altered, doubled, identity, may_lead, reopened
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
from pmcs.core.kind import Action, Kind
from pmcs.core.need import lacking
from pmcs.core.record import Event, Record, written
from pmcs.core.rules import FACTS, RULES, View
from pmcs.core.world import SYSTEM, SYSTEM_ACTOR, Actor, Context
from pmcs.errors import BadInput, Refused, Sentence


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
        untimely(event, event.entered),
        backdated(kind, before, event, identity(kind, before.id, event)[1]) if before else None,
        _disordered(kind, before, event) if before else None,
        links_itself(kind, before.id, event) if before else None,
        closed(kind, before, action, event, world) if before else None,
        renamed(kind, before, event) if before else None,
        unfounded(kind, action, event, world),
        permission.forbidden(kind, before, action, event, actor, world),
        permission.outside_window(kind, before, action, event.at, world) if before else None,
    ]
    yield from (sentence for sentence in judged if sentence)
    yield from _foreign(kind, before, action, event)
    yield from _misreckoned(kind, stood, action, event, context)
    for name in dict.fromkeys(lacking(kind, stood, action, event)):
        yield Sentence("{action} lacks {field}.", action=event.do, field=name)
    yield from _ending(kind, before, action, event, context)


def _misreckoned(kind: Kind, stood: Record, action: Action, event: Event, context: Context) -> Iterator[Sentence]:
    """What the action's rules work out otherwise than it stands in the event."""
    for call in action.rules:
        rule = RULES[call.name]
        if rule.again:
            try:
                right = rule.run(View(kind, stood, event, context), **call.arguments)
            except (BadInput, Refused) as error:
                yield error.sentence
                continue
            for part in ("set", "add", "row"):
                mine, theirs = getattr(event, part), getattr(right, part)
                for name in dict.fromkeys((*mine, *theirs)):
                    if mine.get(name) != theirs.get(name):
                        yield Sentence("{field} is not what {action} works out.", field=name, action=event.do)


def _ending(kind: Kind, before: Record | None, action: Action, event: Event, context: Context) -> Iterator[Sentence]:
    """What is wrong with where a stored event leads and what it leaves behind."""
    stood = before or Record("", kind.name)
    tentative = with_derived(kind, applied(kind, stood, event._replace(to=None)))
    yield from guarded(kind, tentative, action, event, context)
    below = falls_below(kind, stood, tentative)
    to = destination(kind, stood, action, tentative)
    if below:
        yield below
    for name in undecided(kind, action, to):
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
    yield from permission.together(kind, before, after, context.world)


def _foreign(kind: Kind, before: Record | None, action: Action, event: Event) -> Iterator[Sentence]:
    """Facts that the action could not have written."""
    approval = kind.approval_in(before.state) if before and action.name == "approve" else None
    own = {*action_fields(kind, action, before), action.signs, *(approval.copies if approval else ())}
    lines = own if action.name in REWRITES else {action.row}
    columns = {*action_columns(kind, action)} if action.adds or action.row else set()
    if action.adds:
        columns |= {name for name, column in (kind.fields[action.adds].rows or {}).items() if column.stamp}
    if any(RULES[call.name].stage == FACTS for call in action.rules):
        yield from _asked_elsewhere(kind, action, event, own, columns)
        return
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
    yield from _not_written(action, strange)


def _asked_elsewhere(
    kind: Kind, action: Action, event: Event, own: set[str | None], columns: set[str]
) -> Iterator[Sentence]:
    """What rules work out may be any fact but one for which only other actions are asked: points are never reckoned."""
    others = [other for other in kind.actions.values() if other.name != action.name and not other.own]
    asked = {name for other in others for name in (*action_fields(kind, other, None), other.signs)}
    own |= {str(call.arguments.get("into")) for call in action.rules}
    strange = [name for name in event.set if name in asked - own]
    reckoned = [call.arguments.values() for call in action.rules if RULES[call.name].again]  # see _misreckoned
    for name, rows in (*event.add.items(), *event.row.items()):
        if name in kind.fields and name not in own:
            there = [other for other in others if name in (other.adds, other.row)]
            theirs = {column for other in there for column in action_columns(kind, other)} - {*kind.fields[name].key}
            theirs -= columns if name in (action.adds, action.row) else set()
            theirs -= {str(word) for words in reckoned if name in words for word in words}
            strange += [column for row in rows for column in row if column in theirs]
    yield from _not_written(action, strange)


def _not_written(action: Action, strange: Iterable[str]) -> Iterator[Sentence]:
    for name in dict.fromkeys(strange):
        yield Sentence("{action} does not write {field}.", action=action.name, field=name)


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
