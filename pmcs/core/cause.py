"""Whether what is said to come of another record's event does come of it: rights cannot be borrowed so."""

from __future__ import annotations

from collections.abc import Iterator

from pmcs.core.kind import Action, Choose, Kind
from pmcs.core.record import Event
from pmcs.core.rules import EFFECT, RULES
from pmcs.core.world import SYSTEM, World, found
from pmcs.errors import Sentence


def unfounded(kind: Kind, action: Action, event: Event, world: World) -> Sentence | None:
    """The event says it came of another record's, but nobody did anything there that would bring it about."""
    if not event.because:
        return None
    cause = found(world, event.because)
    there = world.kind_for(cause) if cause else None
    # Two entries of one command carry the same second; the finer part only tells a record's own entries apart.
    moment = event.entered.replace(microsecond=0)
    for item in cause.history if cause else ():
        if there and item.entered.replace(microsecond=0) == moment and _brings(there, item, kind, action, event):
            return None
    return Sentence(
        "{action} is said to come of {cause}, where {person} did nothing at {at} that would bring it about.",
        action=event.do,
        cause=event.because,
        person=event.by,
        at=event.entered.isoformat(),
    )


def _brings(there: Kind, item: Event, kind: Kind, action: Action, event: Event) -> bool:
    """Whether an event of a record of the kind `there` brings about `event` on one of `kind`."""
    doing = there.actions.get(item.do)
    # What the system does when a record is let go comes of whoever ended the last that held it.
    if action.freed and event.by == SYSTEM:
        return there.ends(item.to or "")
    if doing is None or event.by != item.by:
        return False
    if any(RULES[call.name].stage == EFFECT for call in doing.rules):
        return True
    if event.do == "new" and item.make == kind.name:
        return kind.name in doing.makes
    if there.tree and there.name == kind.name and event.do == "add":
        return doing.opens
    return event.do in brought_about(there, doing)


def brought_about(kind: Kind, action: Action) -> Iterator[str]:
    """The actions that an action, or the approval it grants, brings about on linked records."""
    approvals = kind.approvals.values() if action.name == "approve" else ()
    for also in (*action.also, *(also for approval in approvals for also in approval.also)):
        yield from also.do.table.values() if isinstance(also.do, Choose) else (also.do,)
