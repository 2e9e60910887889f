"""A part of the yearly report as a page: a table with a row a month, then what the page of a month shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pmcs.reports.definitions import of_year
from pmcs.reports.parts import PARTS, TICKETS
from pmcs.reports.sections import Cell, Line, Measure, Page, Section, Table, Words
from pmcs.reports.ticket_page import overdue_section, ticket_page

WIDEST = 8
"""As many figures as stand side by side."""
LINES = 3
"""As many rates as one chart shows."""


def year_words(part: str, figures: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """What the page of a part shows beside what all pages do; `charts` are rates by month, and counts of tickets."""
    make = ticket_page if part == TICKETS else PARTS[part].page
    page = make(figures[part], words)
    months = [(row["month"], make(row[part], words).measures) for row in figures["by_month"]]
    further = [overdue_section(figures["overdue"], words)] if part == TICKETS else []
    sections = [_by_month(months, page.measures, words), *page.sections, *further]
    own = figures["definitions"] if part == TICKETS else PARTS[part].definitions(words.say)
    return {
        "page": Page(_title(part, words), page.lead, page.measures, sections),
        "charts": _charts(part, months, words),
        "definitions": of_year(words.say, own),
        "unreadable": figures["unreadable"] if part == TICKETS else figures[part]["unreadable"],
        "prefix": f"{part}-",
        "now": words.now,
        "month": figures["year"],
    }


def _title(part: str, words: Words) -> str:
    _ = words.say
    titles = {
        TICKETS: _("Customer service report of the year"),
        "facilities": _("Facilities report of the year"),
        "safety": _("Safety report of the year"),
        "people": _("People report of the year"),
        "work": _("Work report of the year"),
        "matrix": _("Clause by clause"),
    }
    return titles[part]


def _by_month(months: Sequence[tuple[str, Sequence[Measure]]], year: Sequence[Measure], words: Words) -> Section:
    """The figures at a glance, a row a month, and the year's below them; in several tables where they are many."""
    _ = words.say
    count = -(-len(year) // WIDEST)
    size = -(-len(year) // count)
    tables = []
    for first in range(0, len(year), size):
        part = slice(first, first + size)
        rows = [*((month, measures[part], False) for month, measures in months), (words.now, year[part], True)]
        lines = [Line(label, [Cell(one.value, one.form) for one in measures], last) for label, measures, last in rows]
        tables.append(Table([_("Month"), *(measure.label for measure in year[part])], lines))
    return Section("by-month", _("By month"), (), tables)


def _charts(part: str, months: Sequence[tuple[str, Sequence[Measure]]], words: Words) -> list[dict[str, Any]]:
    """Each with the months, and its series by the places of their figures."""
    _ = words.say
    first = months[0][1]
    rates = [
        place
        for place, measure in enumerate(first)
        if measure.form == "percent" and sum(row[place].value is not None for month, row in months) > 1
    ][:LINES]
    found = []
    if part == TICKETS:
        found.append(_chart("bar", _("Received and resolved"), months, (0, 1)))
    if rates:
        found.append(_chart("line", _("Rates by month"), months, rates))
    return found


def _chart(
    form: str, title: str, months: Sequence[tuple[str, Sequence[Measure]]], places: Sequence[int]
) -> dict[str, Any]:
    series = [
        {"name": months[0][1][place].label, "numbers": [row[place].value for _, row in months], "look": look}
        for look, place in enumerate(places)
    ]
    return {"form": form, "title": title, "months": [month for month, _ in months], "series": series}
