"""The part of the office's own work (5.1, 5.6, 5.7, 5.10): plans, tasks, meetings, letters, activities."""

from __future__ import annotations

from typing import Any

from pmcs.reports.activity_figures import activity_figures
from pmcs.reports.correspondence_figures import correspondence_figures
from pmcs.reports.expiring import as_it_stood
from pmcs.reports.ground import Ground
from pmcs.reports.life_rows import stirring
from pmcs.reports.lives import Life
from pmcs.reports.meeting_figures import meeting_figures
from pmcs.reports.plan_figures import plan_figures
from pmcs.reports.task_figures import task_figures

KINDS = ("plan", "task", "meeting", "committee", "correspondence", "activity")


def work(ground: Ground) -> dict[str, Any]:
    """The part's figures; of a kind that the regulation lacks there are none, and of nothing no part."""
    span, kinds = ground.span, ground.kinds
    found: dict[str, Any] = {}
    if "plan" in kinds:
        found["plans"] = plan_figures(_plans(ground), span, ground.today.isoformat())
    if "task" in kinds:
        found["tasks"] = task_figures(stirring(ground.store, kinds["task"], span), span)
    if "meeting" in kinds:
        found["meetings"] = meeting_figures(stirring(ground.store, kinds["meeting"], span), span)
    if "correspondence" in kinds:
        letters = stirring(ground.store, kinds["correspondence"], span)
        found["correspondence"] = correspondence_figures(letters, span)
    if "activity" in kinds:
        found["activities"] = activity_figures(stirring(ground.store, kinds["activity"], span), span)
    return found


def _plans(ground: Ground) -> list[Life]:
    """The plans, their measures as they stood at the end: progress has no day of its own."""
    kind, end = ground.kinds["plan"], ground.end
    found = stirring(ground.store, kind, ground.span)
    for life in found:
        if life.acts[-1].at >= end.timestamp():
            state = life.state_at(ground.span.end)
            life.fields = as_it_stood(ground.store, kind, life.id, end, state, life.fields)[1]
    return found
