"""The month's figures of hazards (8.1, 9.2): found, reported, rectified in time, closed, overdue. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from pmcs.reports.lives import Life, Span, balance, kept, overdue
from pmcs.reports.rates import rate

CLOCK = "rectify"


class Pressing(NamedTuple):
    """A hazard open at the end that is major or overdue; `due` and `late` in seconds, None without a deadline."""

    life: Life
    due: float | None
    late: float | None


def hazard_figures(hazards: Sequence[Life], span: Span) -> dict[str, Any]:
    """The figures, with `found_by_level` of those found in the month."""
    held = balance(hazards, span)
    acts = [(life, act) for life in hazards for act in life.acts if span.has(act.at)]
    reported = kept((act.at, life.due_of("report", act.at)) for life, act in acts if act.do == "report")
    rectified = kept((act.at, life.due_of(CLOCK, act.at)) for life, act in acts if act.done > 0)
    closed = sum(act.ends > 0 for _, act in acts)
    behind = sum(life.open_at(span.end) and _passed(life.last_due(CLOCK, span.end), span) for life in hazards)
    return {
        "open_start": held["open_start"],
        "found": held["opened"],
        "closed": held["ended"],
        "reopened": held["reopened"],
        "open_end": held["open_end"],
        "overdue_end": sum(overdue(life, CLOCK, span) is not None for life in hazards),
        "extended": sum(act.do == "approve" for _, act in acts),
        "reported": reported.due,
        "reported_on_time": reported.kept,
        "reporting_rate": rate(reported.kept, reported.due),
        "rectified": rectified.due,
        "rectified_on_time": rectified.kept,
        "rectified_on_time_rate": rate(rectified.kept, rectified.due),
        "to_close": closed + behind,
        "rectification_rate": rate(closed, closed + behind),
        "found_by_level": dict(sorted(Counter(life.get("level") for life in hazards if span.has(life.opened)).items())),
    }


def pressing(hazards: Sequence[Life], span: Span) -> list[Pressing]:
    """Those open at the end that are major or overdue: the longest overdue first, then by deadline."""
    found = []
    for life in hazards:
        late = overdue(life, CLOCK, span)
        if life.open_at(span.end) and (late is not None or life.get("level") == "major"):
            found.append(Pressing(life, life.last_due(CLOCK, span.end), late))
    return sorted(found, key=lambda item: (-(item.late or 0), item.due or float("inf"), item.life.id))


def _passed(due: float | None, span: Span) -> bool:
    return due is not None and due < span.judged
