"""What a new event and a stored one are judged by alike: time, guards, minimums, where it leads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from pmcs.core import permission
from pmcs.core.derive import chosen
from pmcs.core.joining import identity
from pmcs.core.kind import Action, Choose, Kind
from pmcs.core.record import Event, Record, written
from pmcs.core.retention import ended
from pmcs.core.rules import GUARD, RULES, View
from pmcs.core.standing import standing
from pmcs.core.world import Context, World
from pmcs.errors import Sentence

UPON_ARCHIVED = ("correct", "reveal")
"""What may still be done on a record that is archived."""
LATEST_ENTRY = timedelta(days=7)


def links_itself(kind: Kind, id_: str, event: Event) -> Sentence | None:
    """A link of a record to itself: merged into itself, its own successor."""
    for name, value in event.set.items():
        item = kind.fields.get(name)
        if item and id_ in ([value] if isinstance(value, str) else value) and {kind.name, "any"} & set(item.ref):
            return Sentence("{field} of {id} cannot be {id} itself; name another.", field=name, id=id_)
    return None


def renamed(kind: Kind, before: Record, event: Event) -> Sentence | None:
    """What a record is called by: its number would tell of another."""
    for name in kind.named_by:
        if event.set.get(name, before.get(name)) != before.get(name):
            return Sentence(
                "{field} of {id} is part of its number and stays; void it and open another.", field=name, id=before.id
            )
    return None


def closed(kind: Kind, record: Record, action: Action, event: Event, world: World) -> Sentence | None:
    """What has ended and is archived stays as it is in the package; to correct it leaves a trace that `audit` lists."""
    end = ended(kind, record) if action.name not in UPON_ARCHIVED else None
    package = world.archived(end, event.entered) if end else None
    if package is None:
        return None
    return Sentence(
        "{id} is archived in {package} and closed; a manager can correct it: pmcs {kind} correct {id}.",
        id=record.id,
        package=package,
        kind=kind.name,
    )


def untimely(event: Event, entered: datetime) -> Sentence | None:
    """It is told of a time to come, or of one too long ago (7.1)."""
    if event.at > entered:
        return Sentence("{at} was still to come when it was entered.", at=written(event.at))
    if entered - event.at > LATEST_ENTRY:
        return Sentence(
            "--at is {at}, more than seven days ago; enter it as of today with a note.", at=written(event.at)
        )
    return None


def backdated(kind: Kind, record: Record, event: Event, desk: str | None = None) -> Sentence | None:
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


def guarded(kind: Kind, tentative: Record, action: Action, event: Event, context: Context) -> Iterator[Sentence]:
    """What the action's guards object to; `tentative` is the record with the event in it."""
    for call in action.rules:
        found = RULES[call.name]
        if found.stage == GUARD:
            sentence: Sentence | None = found.run(View(kind, tentative, event, context), **call.arguments)
            if sentence:
                yield sentence


def falls_below(kind: Kind, before: Record, after: Record) -> Sentence | None:
    """A total with a least falls below it, or further below."""
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
        state = chosen(choose, kind, tentative.fields)
        if state is not None:
            return str(state)
    return None


def undecided(kind: Kind, action: Action, to: str | None) -> list[str]:
    """The choice that should have said where the action leads; without it a record would begin in no state at all."""
    last = action.to[-1] if isinstance(action.to, tuple) else action.to
    return [kind.fields[last.field].of or last.field] if to is None and isinstance(last, Choose) else []
