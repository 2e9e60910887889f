"""The tickets of a year as a page: what it shows, in words. Those of a month have a template of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pmcs.reports.rates import rate
from pmcs.reports.sections import MOST, Cell, Line, Measure, Page, Section, Table, Words, more


def ticket_page(tickets: Mapping[str, Any], words: Words) -> Page:
    """The page of these figures."""
    _ = words.say
    visited, owed = tickets["visits_reached"], tickets["visits_due"]
    measures = [
        Measure(_("Received"), tickets["received"]),
        Measure(_("Resolved"), tickets["resolved"]),
        Measure(_("Open at the end"), tickets["backlog_end"]),
        Measure(_("Overdue and open"), tickets["overdue_open_end"]),
        Measure(
            _("On-time rate"), tickets["on_time_rate"], "percent", tickets["resolved_on_time"],
            tickets["resolved_with_due"],
        ),
        Measure(
            _("Satisfaction rate"), tickets["satisfaction_rate"], "percent", tickets["satisfied"], tickets["scored"]
        ),
        Measure(_("Visit rate"), rate(visited, owed), "percent", visited, owed),
        Measure(_("Median time to resolve"), tickets["median_hours"], "hours"),
    ]  # fmt: skip
    lead = _(
        "In the year {received} received, {resolved} resolved; {open} are open at the end, {overdue} of them overdue."
    ).format(**_counts(tickets))
    return Page(_("Customer service report"), lead, measures, [_by_category(tickets, words)])


def month_of_tickets(figures: Mapping[str, Any], words: Words) -> Page:
    """The tickets of a month, whose page has a template of its own, as a page of sections."""
    _ = words.say
    year = ticket_page(figures["tickets"], words)
    forms = {"on_time_rate": "percent", "satisfaction_rate": "percent"}
    heads = [
        *(_("Month"), _("Received"), _("Resolved"), _("Open at the end")),
        *(_("On-time rate"), _("Satisfaction rate")),
    ]
    names = ("received", "resolved", "backlog_end", "on_time_rate", "satisfaction_rate")
    lines = [
        Line(row["month"], [Cell(row[name], forms.get(name, "count")) for name in names]) for row in figures["trend"]
    ]
    trend = Section("trend", _("By month"), (), [Table(heads, lines)])
    lead = _("Received {received}, resolved {resolved}; {open} are open at the end, {overdue} of them overdue.").format(
        **_counts(figures["tickets"])
    )
    return year._replace(lead=lead, sections=[*year.sections, trend, overdue_section(figures["overdue"], words)])


def _counts(tickets: Mapping[str, Any]) -> dict[str, int]:
    """What the sentence at the top counts."""
    return {
        "received": tickets["received"],
        "resolved": tickets["resolved"],
        "open": tickets["backlog_end"],
        "overdue": tickets["overdue_open_end"],
    }


def overdue_section(rows: list[dict[str, Any]], words: Words) -> Section:
    """Tickets that are overdue at the end, the longest overdue first."""
    _ = words.say
    heads = [_("Number"), _("Category"), _("Place"), _("Summary"), _("Assignee"), _("Due"), _("Overdue by")]
    lines = [
        Line(
            row["id"],
            [
                *(Cell(words.of("ticket.category", row["category"]), "text"), Cell(row["place"], "text")),
                Cell(row["summary"], "text"),
                Cell(words.names.get(row["assignee"], row["assignee"]), "text"),
                *(Cell(row["due"], "day"), Cell(row["late_hours"], "hours")),
            ],
        )
        for row in rows[:MOST]
    ]
    return Section(
        "overdue", _("Overdue and open"), more(rows, words), [Table(heads, lines, words=True)] if lines else ()
    )


def _by_category(tickets: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    heads = [
        *(_("Category"), _("Received"), _("Resolved"), _("Open at the end"), _("Overdue and open")),
        *(_("On-time rate"), _("Median"), _("Nine in ten"), _("Visit rate"), _("Satisfaction rate"), _("Reopened")),
    ]
    lines = [_line(*part) for part in words.each("ticket.category", tickets["by_category"])]
    notes = []
    if tickets["closed_before_opened"] or tickets["negative"]:
        notes.append(
            _("Closed before they were opened: {closed}. Negative durations: {negative}.").format(
                closed=len(tickets["closed_before_opened"]), negative=len(tickets["negative"])
            )
        )
    return Section(
        "by-category", _("By category"), notes, [Table(heads, [*lines, _line(_("All"), tickets, total=True)])]
    )


def _line(label: str, row: Mapping[str, Any], *, total: bool = False) -> Line:
    return Line(
        label,
        [
            *(Cell(row[name]) for name in ("received", "resolved", "backlog_end", "overdue_open_end")),
            Cell(row["on_time_rate"], "percent"),
            *(Cell(row["median_hours"], "hours"), Cell(row["p90_hours"], "hours")),
            Cell(rate(row["visits_reached"], row["visits_due"]), "percent"),
            *(Cell(row["satisfaction_rate"], "percent"), Cell(row["reopened"])),
        ],
        total,
    )
