"""The figures of trainings (10, 11.5): held as planned, who came of those who should have, who came to none. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from pmcs.reports.lives import Act, Life, Span
from pmcs.reports.rates import mean, number, rate

HELD, CLOCK, CAME = "held", "hold", "came"
YEAR = timedelta(days=365).total_seconds()


def training_figures(planned: Sequence[Life], trainings: Sequence[Life], span: Span) -> dict[str, Any]:
    """The figures, with `by_basis`.

    `planned` are those planned for a day of the span, `trainings` all that may have been held in it.
    """
    held = [life for life in trainings if (act := _held(life)) and span.has(act.at)]
    clauses = sorted({life.get("basis") for life in held})
    return {
        **_kept(planned, span),
        **_attended(held),
        "by_basis": {clause: _attended([life for life in held if life.get("basis") == clause]) for clause in clauses},
    }


def untrained(staff: Iterable[Life], trainings: Iterable[Life], span: Span) -> dict[str, Any]:
    """Of those on the staff at the end, who came to no training held within the year before it, by code."""
    trained = {
        row.get("person")
        for life in trainings
        if (act := _held(life)) and span.judged - YEAR <= act.at < span.end
        for row in _came(life)
    }
    found = sorted(life.id for life in staff if life.open_at(span.end) and life.id not in trained)
    return {"untrained": len(found), "not_trained": found}


def _kept(planned: Iterable[Life], span: Span) -> dict[str, Any]:
    """How the plan was kept; what was cancelled is not due."""
    due = done = in_time = cancelled = ahead = 0
    for life in planned:
        act = _held(life)
        if act:
            done += 1
            in_time += act.at <= (life.due_of(CLOCK, act.at) or act.at)
        elif any(other.ends > 0 for other in life.acts):
            cancelled += 1
            continue
        elif (life.last_due(CLOCK, span.known) or span.end) >= span.known:
            ahead += 1
            continue
        due += 1
    return {
        "due": due,
        "done": done,
        "done_on_time": in_time,
        "not_done": due - done,
        "cancelled": cancelled,
        "not_due_yet": ahead,
        "on_time_rate": rate(in_time, due),
    }


def _attended(held: Sequence[Life]) -> dict[str, Any]:
    """Who should have come to those held, who came, and their scores, as they are entered by now."""
    expected = sum(len(life.rows("attendance")) for life in held)
    attended = sum(1 for life in held for _ in _came(life))
    scores = [score for life in held for row in _came(life) if (score := number(row.get("score"))) is not None]
    return {
        "held": len(held),
        "hours": float(sum(number(life.get("hours")) or 0 for life in held)),
        "expected": expected,
        "attended": attended,
        "coverage": rate(attended, expected),
        "scored": len(scores),
        "mean_score": mean(scores),
    }


def _held(life: Life) -> Act | None:
    return life.first(HELD)


def _came(life: Life) -> Iterator[dict[str, Any]]:
    return (row for row in life.rows("attendance") if row.get("attended") == CAME)
