"""The month's figures of incidents (9.4): how many, how fast somebody was there, what was reviewed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pmcs.reports.lives import Life, Span, balance, kept
from pmcs.reports.rates import percentile, rate


def incident_figures(incidents: Sequence[Life], span: Span) -> dict[str, Any]:
    """The figures; times are those of the incidents reported in the month, in minutes from the report."""
    held = balance(incidents, span)
    mine = [life for life in incidents if span.has(life.opened)]
    answers = [(life, act.at if (act := life.first("arrive")) else None) for life in mine]
    due = {life.id: life.last_due("arrive", span.known) for life in mine}
    # Nobody came, and the time for it is over: not in time.
    answered = kept(
        (at or float("inf"), due[life.id]) for life, at in answers if at or (due[life.id] or span.known) < span.known
    )
    reviews = [(life, act) for life in incidents for act in life.acts if act.after == "reviewed" and span.has(act.at)]
    reviewed = kept((act.at, life.due_of("review", act.at)) for life, act in reviews)
    response = [(at - life.opened) / 60 for life, at in answers if at is not None]
    return {
        "open_start": held["open_start"],
        "reported": held["opened"],
        "closed": held["ended"],
        "reopened": held["reopened"],
        "open_end": held["open_end"],
        "by_type": _by(mine, "type"),
        "by_grade": _by(mine, "grade"),
        "responded": len(response),
        "response_with_due": answered.due,
        "response_on_time": answered.kept,
        "response_rate": rate(answered.kept, answered.due),
        "response_median_minutes": percentile(response, 0.5),
        "response_longest_minutes": max(response, default=None),
        "controlled_median_minutes": percentile(_minutes(mine, "controlled"), 0.5),
        "recovered_median_minutes": percentile(_minutes(mine, "recovered"), 0.5),
        "reviewed": len(reviews),
        "reviewed_with_due": reviewed.due,
        "reviewed_on_time": reviewed.kept,
        "review_rate": rate(reviewed.kept, reviewed.due),
        "reviews_overdue_end": sum(
            (late := life.running("review", span.end)) is not None and late < span.judged for life in incidents
        ),
        "persons": sum(len(life.fields.get("persons") or ()) for life in mine),
    }


def _minutes(incidents: Iterable[Life], state: str) -> list[float]:
    return [(act.at - life.opened) / 60 for life in incidents if (act := life.first(state))]


def _by(incidents: Iterable[Life], name: str) -> dict[str, int]:
    return dict(sorted(Counter(life.get(name) for life in incidents).items()))
