"""The month's figures of drills (9.4) and of shifts handed over (9.1). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pmcs.reports.lives import Life, Span
from pmcs.reports.rates import rate


def drill_figures(drills: Sequence[Life], span: Span) -> dict[str, Any]:
    """Of the drills planned in the month: held, held in time, not held. Cancelled ones are not due."""
    due = held = in_time = poor = ahead = 0
    for life in drills:
        act = next((act for act in life.acts if act.done > 0 and not act.ends), None)
        if act:
            held += 1
            in_time += act.at <= (life.due_of("hold", act.at) or life.when)
            poor += life.get("result") == "poor"
        elif any(other.ends > 0 for other in life.acts):
            continue
        elif life.when >= span.known:
            ahead += 1
            continue
        due += 1
    return {
        "due": due,
        "held": held,
        "held_on_time": in_time,
        "not_held": due - held,
        "not_due_yet": ahead,
        "poor": poor,
        "held_rate": rate(held, due),
    }


def shift_figures(shifts: Sequence[Life], span: Span) -> dict[str, Any]:
    """Of the shifts that were to end in the month: taken over in time, late, by nobody."""
    taken = in_time = stood_down = ahead = 0
    without = []
    for life in shifts:
        act = life.first("taken")
        if act:
            taken += 1
            in_time += act.at <= (life.due_of("hand", act.at) or life.when)
        elif any(other.ends > 0 for other in life.acts):
            stood_down += 1
        elif life.when >= span.known:
            ahead += 1
        else:
            without.append(life.id)
    due = taken + len(without)
    return {
        "due": due,
        "taken": taken,
        "taken_on_time": in_time,
        "taken_late": taken - in_time,
        "without_takeover": len(without),
        "stood_down": stood_down,
        "not_due_yet": ahead,
        "on_time_rate": rate(in_time, due),
        "without": sorted(without),
    }
