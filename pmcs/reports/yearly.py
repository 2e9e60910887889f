"""The figures of the yearly report: those of the month over the whole year, and every month of it beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pmcs.errors import BadInput, Translate
from pmcs.reports.definitions import definitions
from pmcs.reports.ground import Ground
from pmcs.reports.lives import Span
from pmcs.reports.parts import PARTS, named, part_figures
from pmcs.reports.spans import months_of, span_of, year_bounds
from pmcs.reports.ticket_figures import headline, month_figures
from pmcs.reports.ticket_part import names_of, ticket_lists, with_times
from pmcs.reports.ticket_rows import read_tickets
from pmcs.store.checkpoints import told_of
from pmcs.store.store import Store


def yearly_figures(store: Store, year: str, now: datetime, language: str, translate: Translate) -> dict[str, Any]:
    """Everything that the year's pages show, as plain data; `by_month` holds all of each month for the pages alone.

    Raises BadInput for a year that is none or has not begun.
    """
    zone = store.config.zone
    start, end = year_bounds(year, zone)
    if start > now:
        raise BadInput("{year} has not begun; choose a year up to {now}.", year=year, now=f"{now:%Y}")
    touched = store.last_record_commit()
    as_of = touched[1].astimezone(zone) if touched else start
    span = span_of(start, end, as_of, now)
    tickets = read_tickets(store, span.start, span.end)

    def figures_of(part: Span, last: datetime) -> dict[str, Any]:
        figures = month_figures(tickets, part.start, part.end, part.judged)
        with_times(figures, zone)
        return {"tickets": figures, **part_figures(Ground(store, part, last, translate))}

    whole = figures_of(span, end)
    by_month = [
        {"month": f"{datetime.fromtimestamp(part.start, zone):%Y-%m}", **figures_of(part, last)}
        for part, last in months_of(span, zone)
    ]
    lists = ticket_lists(store, tickets, span, language, translate)
    return {
        "year": year,
        "office": store.config.office,
        "language": language,
        "made_from": {"commit": touched[0][:12] if touched else "", "at": as_of.isoformat()},
        **told_of(store, touched[0] if touched else "", end),
        "complete": now >= end,
        **whole,
        **lists,
        "months": [_told(month) for month in by_month],
        "by_month": by_month,
        "names": names_of(store, {row["assignee"] for row in lists["overdue"]} | named(whole)),
        "definitions": definitions(translate),
        "labels": Ground(store, span, end).labels(language),
    }


def _told(month: Mapping[str, Any]) -> dict[str, Any]:
    """A month in json: its plain figures without their breakdowns."""
    parts = {
        name: {section: headline(figures) for section, figures in month[name].items() if isinstance(figures, dict)}
        for name in PARTS
        if name in month
    }
    return {"month": month["month"], "tickets": headline(month["tickets"]), **parts}
