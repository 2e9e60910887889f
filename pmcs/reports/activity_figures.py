"""The figures of activities (5.7): approved, held, attended, within their budget, summed up in time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from pmcs.reports.lives import Life, Span, balance, did, on_time, overdue
from pmcs.reports.rates import number, rate

HELD, CLOCK = "held", "sum_up"


def activity_figures(activities: Sequence[Life], span: Span) -> dict[str, Any]:
    """The figures. Attendance, budget and cost are those of the activities held in the span, as entered by now."""
    balanced = balance(activities, span)
    held = [life for life in activities if (act := life.first(HELD)) and span.has(act.at)]
    summed = on_time(activities, span, CLOCK, CLOCK)
    over = sum(_sum([life], "cost") > _sum([life], "budget") for life in held)
    return {
        "open_start": balanced["open_start"],
        "planned": balanced["opened"],
        "approved": did(activities, span, "approve"),
        "refused": did(activities, span, "refuse"),
        "held": len(held),
        "cancelled": did(activities, span, "cancelled"),
        "attendance": int(_sum(held, "attendance")),
        "budget": float(_sum(held, "budget")),
        "cost": float(_sum(held, "cost")),
        "over_budget": over,
        "over_budget_rate": rate(over, len(held)),
        "summed_up": did(activities, span, CLOCK),
        "summed_up_with_due": summed.due,
        "summed_up_on_time": summed.kept,
        "sum_up_rate": rate(summed.kept, summed.due),
        "open_end": balanced["open_end"],
        "reports_overdue_end": sum(overdue(life, CLOCK, span) is not None for life in activities),
    }


def _sum(activities: Iterable[Life], name: str) -> Decimal:
    return sum((number(life.get(name)) or Decimal(0) for life in activities), Decimal(0))
