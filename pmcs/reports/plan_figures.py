"""The figures of plans and rules (5.1): approved, in force, reviewed in time, and how far their measures are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pmcs.reports.lives import Life, Span, balance, did, on_time, overdue
from pmcs.reports.rates import rate

IN_FORCE, REVIEWED = "in_force", "reviewed"
DONE, OVER = "done", ("done", "dropped")


def plan_figures(plans: Sequence[Life], span: Span, today: str) -> dict[str, Any]:
    """The figures. Measures are those of plans in force at the end or reviewed before it, as `fields` tell them.

    They are overdue on `today`, an ISO day, in plans that are in force.
    """
    held = balance(plans, span)
    reviewed = on_time(plans, span, "review", REVIEWED)
    in_force = [life for life in plans if life.state_at(span.end) == IN_FORCE]
    over = [life for life in plans if did([life], span, REVIEWED) and life not in in_force]
    measures = [row for life in (*in_force, *over) for row in life.rows("measures")]
    finished = sum(row.get("progress") == DONE for row in measures)
    late = overdue_measures(in_force, today)
    return {
        "open_start": held["open_start"],
        "drafted": held["opened"],
        "approved": did(plans, span, "approve"),
        "refused": did(plans, span, "refuse"),
        "enacted": did(plans, span, IN_FORCE),
        "reviewed": did(plans, span, REVIEWED),
        "reviewed_with_due": reviewed.due,
        "reviewed_on_time": reviewed.kept,
        "review_rate": rate(reviewed.kept, reviewed.due),
        "dropped": did(plans, span, "dropped"),
        "ended": held["ended"],
        "open_end": held["open_end"],
        "in_force_start": sum(life.state_at(span.start) == IN_FORCE for life in plans),
        "in_force_end": len(in_force),
        "reviews_overdue_end": sum(overdue(life, "review", span) is not None for life in in_force),
        "measured": len(measures),
        "finished": finished,
        "finished_rate": rate(finished, len(measures)),
        "overdue_measures": len(late),
        "overdue": late,
    }


def overdue_measures(plans: Iterable[Life], today: str) -> list[dict[str, Any]]:
    """Measures neither done nor given up whose day is past, the oldest first."""
    found = [
        {"id": life.id, **{name: row.get(name) for name in ("item", "measure", "owner", "deadline")}}
        for life in plans
        for row in life.rows("measures")
        if "" < str(row.get("deadline") or "") < today and row.get("progress") not in OVER
    ]
    return sorted(found, key=lambda row: (row["deadline"], row["id"], str(row["item"])))
