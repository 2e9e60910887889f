"""The figures of tasks (5.10): given, finished in time, extended, returned. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pmcs.reports.lives import Life, Span, balance, did, kept, overdue
from pmcs.reports.rates import rate

CLOCK = "finish"


def task_figures(tasks: Sequence[Life], span: Span) -> dict[str, Any]:
    """The figures of all, and `by_dept`."""
    found = {
        dept: _figures([life for life in tasks if life.get("dept") == dept], span)
        for dept in sorted({life.get("dept") for life in tasks})
    }
    return {**_figures(tasks, span), "by_dept": {dept: figures for dept, figures in found.items() if _any(figures)}}


def _figures(tasks: Sequence[Life], span: Span) -> dict[str, Any]:
    held = balance(tasks, span)
    # A dropped task is over without having been done.
    done = [(life, act.at) for life in tasks for act in life.acts if act.done > 0 and not act.ends]
    finished = [(life, at) for life, at in done if span.has(at)]
    timely = kept((at, life.due_of(CLOCK, at)) for life, at in finished)
    return {
        "open_start": held["open_start"],
        "given": held["opened"],
        "finished": len(finished),
        "finished_with_due": timely.due,
        "finished_on_time": timely.kept,
        "on_time_rate": rate(timely.kept, timely.due),
        "redone": did(tasks, span, "redo"),
        "returned": did(tasks, span, "return"),
        "extensions_asked": did(tasks, span, "extend"),
        "extensions_granted": did(tasks, span, "approve"),
        "dropped": did(tasks, span, "dropped"),
        "ended": held["ended"],
        "reopened": held["reopened"],
        "open_end": held["open_end"],
        "overdue_end": sum(overdue(life, CLOCK, span) is not None for life in tasks),
    }


def _any(figures: dict[str, Any]) -> bool:
    return any(value for value in figures.values())
