"""The figures of letters (5.6): received, answered in time, still to be answered. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pmcs.reports.lives import Life, Span, balance, did, on_time, overdue
from pmcs.reports.rates import rate

CLOCK = "answer"


def correspondence_figures(letters: Sequence[Life], span: Span) -> dict[str, Any]:
    """The figures of what came in, how many went out, and the first `by_party`."""
    came = [life for life in letters if life.get("direction") == "in"]
    found = {
        party: _figures([life for life in came if life.get("party") == party], span)
        for party in sorted({life.get("party") for life in came})
    }
    return {
        **_figures(came, span),
        "sent": sum(life.get("direction") == "out" and span.has(life.opened) for life in letters),
        "by_party": {party: row for party, row in found.items() if any(row.values())},
    }


def _figures(letters: Sequence[Life], span: Span) -> dict[str, Any]:
    held = balance(letters, span)
    answered = on_time(letters, span, CLOCK, CLOCK)
    return {
        "open_start": held["open_start"],
        "received": held["opened"],
        "answered": did(letters, span, CLOCK),
        "answered_with_due": answered.due,
        "answered_on_time": answered.kept,
        "on_time_rate": rate(answered.kept, answered.due),
        "filed": did(letters, span, "file"),
        "ended": held["ended"],
        "open_end": held["open_end"],
        "overdue_end": sum(overdue(life, CLOCK, span) is not None for life in letters),
    }
