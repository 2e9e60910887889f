"""The figures of the monthly report (5.1, 5.6 to 5.10, 6 to 14; DESIGN 9.7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pmcs.errors import BadInput, Translate
from pmcs.reports.definitions import definitions
from pmcs.reports.ground import Ground
from pmcs.reports.parts import named, part_figures
from pmcs.reports.spans import month_bounds, months_before, span_of
from pmcs.reports.ticket_figures import headline, month_figures
from pmcs.reports.ticket_part import names_of, ticket_lists, with_times
from pmcs.reports.ticket_rows import read_tickets
from pmcs.store.checkpoints import told_of
from pmcs.store.store import Store

TREND = 6


def monthly_figures(store: Store, month: str, now: datetime, language: str, translate: Translate) -> dict[str, Any]:
    """Everything that the month's pages show, as plain data. Reads no seal: the same with or without the keys.

    Raises BadInput for a month that is none or has not begun.
    """
    zone = store.config.zone
    start, end = month_bounds(month, zone)
    if start > now:
        raise BadInput("{month} has not begun; choose a month up to {now}.", month=month, now=f"{now:%Y-%m}")
    touched = store.last_record_commit()
    as_of = touched[1].astimezone(zone) if touched else start
    span = span_of(start, end, as_of, now)
    months = months_before(start, TREND)
    tickets = read_tickets(store, months[0][0].timestamp(), span.end)
    trend = [
        (first, month_figures(tickets, first.timestamp(), last.timestamp(), min(span.judged, last.timestamp())))
        for first, last in months
    ]
    figures = trend[-1][1]
    with_times(figures, zone)
    ground = Ground(store, span, end, translate)
    parts = part_figures(ground)
    lists = ticket_lists(store, tickets, span, language, translate)
    return {
        "month": month,
        "office": store.config.office,
        "language": language,
        "made_from": {"commit": touched[0][:12] if touched else "", "at": as_of.isoformat()},
        **told_of(store, touched[0] if touched else "", end),
        "complete": now >= end,
        "tickets": figures,
        "previous": headline(trend[-2][1]),
        "trend": [
            {"month": f"{first:%Y-%m}"}
            | {
                name: found[name]
                for name in ("received", "resolved", "backlog_end", "on_time_rate", "satisfaction_rate")
            }
            for first, found in trend
        ],
        **lists,
        "names": names_of(store, {row["assignee"] for row in lists["overdue"]} | named(parts)),
        "definitions": definitions(translate),
        **parts,
        "labels": ground.labels(language),
    }
