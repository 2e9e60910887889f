"""The month's figures of repairs (8.2, 8.3): reported, done in time, accepted, done anew, what they cost. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pmcs.reports.lives import Life, Span, balance, kept
from pmcs.reports.rates import percentile, rate

TOGETHER = ("emergency", "normal")
"""急修 and 零修, of which the timely rate speaks; what is planned is no answer to a call."""


def repair_figures(repairs: Sequence[Life], span: Span) -> dict[str, Any]:
    """The figures of all, `together` of emergencies and small repairs, and `by_urgency`."""
    urgencies = sorted({life.get("urgency") for life in repairs})
    groups = {name: [life for life in repairs if life.get("urgency") == name] for name in urgencies}
    found = {name: _figures(group, span) for name, group in groups.items()}
    return {
        **_figures(repairs, span),
        "together": _figures([life for name in TOGETHER for life in groups.get(name, [])], span),
        "by_urgency": {name: figures for name, figures in found.items() if any(figures.values())},
    }


def _figures(repairs: Sequence[Life], span: Span) -> dict[str, Any]:
    # A cancelled repair is over without having been done.
    done = [(life, act) for life in repairs for act in life.acts if act.done > 0 and not act.ends]
    repaired = [(life, act.at) for life, act in done if span.has(act.at)]
    timely = kept((at, life.due_of("repair", at)) for life, at in repaired)
    arrivals = [(life, act.at) for life in repairs if (act := life.first("arrive", "repaired")) and span.has(act.at)]
    arrived = kept((at, life.due_of("arrive", at)) for life, at in arrivals)
    accepted = [life for life in repairs if any(act.after == "accepted" and span.has(act.at) for act in life.acts)]
    reworked = sum(any(act.do == "reject" and act.at < span.end for act in life.acts) for life in accepted)
    held = balance(repairs, span)
    cost = sum((Decimal(life.get("cost") or 0) for life in accepted), Decimal(0))
    return {
        "open_start": held["open_start"],
        "reported": held["opened"],
        "accepted": len(accepted),
        "ended": held["ended"],
        "reopened": held["reopened"],
        "open_end": held["open_end"],
        "repaired": len(repaired),
        "repaired_with_due": timely.due,
        "repaired_on_time": timely.kept,
        "timely_rate": rate(timely.kept, timely.due),
        "arrived_with_due": arrived.due,
        "arrived_on_time": arrived.kept,
        "arrival_rate": rate(arrived.kept, arrived.due),
        "reworked": reworked,
        "rework_rate": rate(reworked, len(accepted)),
        "median_hours": percentile(((at - life.opened) / 3600 for life, at in repaired), 0.5),
        "cost": float(cost),
    }
