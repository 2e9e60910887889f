"""Rules of schedules: what a plan says can be reckoned with and carried out (8.1, 8.4)."""

from __future__ import annotations

from pmcs.core.kind import OPENING
from pmcs.core.rules.registry import GUARD, View, rule
from pmcs.core.tolerance import unreckonable
from pmcs.errors import Sentence


@rule(GUARD, makes="field")
def can_be_planned(view: View, makes: str) -> Sentence | None:
    """The times fit one another, and what is made takes what the plan is for: a place, an asset."""
    world = view.context.world
    said = unreckonable(view.record, world.calendar.tz)
    if said or not view.record.get(makes):
        return said
    kind = world.kind(view.record.get(makes))
    opening = kind.actions.get(OPENING[-1])
    if opening is None:
        return Sentence("No schedule makes {kind}; choose something else.", kind=world.label(kind.title))
    for lines, target in (("places", "place"), ("assets", "asset")):
        if view.record.rows(lines) and target not in opening.fields:
            return Sentence(
                "{kind} is not made for {targets}; take them out of the schedule.",
                kind=world.label(kind.title),
                targets=world.label(view.kind.fields[lines].label),
            )
    return None
