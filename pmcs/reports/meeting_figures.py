"""The figures of meetings (5.6): called, quorate, what was decided, published in time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pmcs.reports.lives import Life, Span, balance, did, on_time, overdue
from pmcs.reports.rates import rate

MET, UNMET = "opened", "failed"
PASSED, FAILED = "passed", "failed"
CLOCK = "publish"


def meeting_figures(meetings: Sequence[Life], span: Span) -> dict[str, Any]:
    """The figures of all, and `by_body`."""
    found = {
        body: _figures([life for life in meetings if life.get("body") == body], span)
        for body in sorted({life.get("body") for life in meetings})
    }
    return {**_figures(meetings, span), "by_body": {body: row for body, row in found.items() if any(row.values())}}


def _figures(meetings: Sequence[Life], span: Span) -> dict[str, Any]:
    balanced = balance(meetings, span)
    held = [life for life in meetings if (act := life.first(MET, UNMET)) and span.has(act.at)]
    quorate = sum(life.get("quorate") == "met" for life in held)
    results = [row.get("result") for life in held for row in life.rows("votes")]
    published = on_time(meetings, span, CLOCK, CLOCK)
    return {
        "open_start": balanced["open_start"],
        "called": balanced["opened"],
        "held": len(held),
        "quorate": quorate,
        "quorate_rate": rate(quorate, len(held)),
        "cancelled": did(meetings, span, "cancelled"),
        "items_passed": results.count(PASSED),
        "items_failed": results.count(FAILED),
        "published": did(meetings, span, CLOCK),
        "published_with_due": published.due,
        "published_on_time": published.kept,
        "publication_rate": rate(published.kept, published.due),
        "open_end": balanced["open_end"],
        "publications_overdue_end": sum(overdue(life, CLOCK, span) is not None for life in meetings),
    }
