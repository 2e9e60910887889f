"""The month's figures of work by checklist: rounds and services due, done, in time, missed; what was abnormal. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from pmcs.reports.rates import rate

DONE, MISSED, OPEN = "done", "missed", "open"
ENDINGS = ("repaired", "cleared", "closed", "cancelled", "open", "no_work")
"""How an abnormal item ended: by its repair, hazard or ticket; otherwise; not yet; nothing has come of it so far."""


class Round(NamedTuple):
    """One inspection or service of the month. `latest` is None where no time was set for it."""

    id: str
    category: str
    checklist: str
    latest: float | None
    outcome: str
    """DONE, MISSED or OPEN."""
    timely: str = ""
    """on_time, early or late, once begun."""
    abnormal: tuple[tuple[str, ...], ...] = ()
    """For each abnormal item the endings of the work that it led to."""


def round_figures(rounds: Sequence[Round], known: float) -> dict[str, Any]:
    """The figures of these, with `by_round`, `by_checklist` and `abnormal`.

    What is open and has its latest time after `known` is not due yet.
    """
    return {
        **_counted(rounds, known),
        "by_round": _parted(rounds, known, lambda item: item.category),
        "by_checklist": _parted(rounds, known, lambda item: item.checklist),
        "abnormal": abnormal_figures(rounds),
    }


def _parted(rounds: Iterable[Round], known: float, name_of: Callable[[Round], str]) -> dict[str, Any]:
    parts: dict[str, list[Round]] = {}
    for item in rounds:
        parts.setdefault(name_of(item), []).append(item)
    return {name: _counted(parts[name], known) for name in sorted(parts) if name}


def _counted(rounds: Sequence[Round], known: float) -> dict[str, Any]:
    found: Counter[str] = Counter()
    for item in rounds:
        if item.latest is None:
            found["ad_hoc"] += 1
            found["ad_hoc_done"] += item.outcome == DONE
        elif item.outcome == OPEN and item.latest >= known:
            found["not_due_yet"] += 1
        else:
            found["due"] += 1
            found[{OPEN: "not_done_yet"}.get(item.outcome, item.outcome)] += 1
            found[item.timely] += item.outcome == DONE
    names = ("due", DONE, "on_time", "early", "late", MISSED, "not_done_yet", "not_due_yet", "ad_hoc", "ad_hoc_done")
    return {**{name: found[name] for name in names}, "on_time_rate": rate(found["on_time"], found["due"])}


def abnormal_figures(rounds: Iterable[Round]) -> dict[str, int]:
    """How many items were abnormal, and how they ended.

    What is open anywhere is open; of several endings the first in the order of ENDINGS counts.
    """
    found = Counter(_ending(endings) for item in rounds for endings in item.abnormal)
    return {"items": found.total(), **{name: found[name] for name in ENDINGS}}


def _ending(endings: Sequence[str]) -> str:
    if not endings:
        return "no_work"
    return "open" if "open" in endings else min(endings, key=ENDINGS.index)
