"""A report as pages, one for each part: rendered, and committed together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pmcs.errors import Translate
from pmcs.reports.monthly import monthly_figures
from pmcs.reports.parts import PARTS, TICKETS, part_words
from pmcs.reports.sections import Page, Words
from pmcs.reports.template import rendered
from pmcs.reports.ticket_page import month_of_tickets
from pmcs.reports.year_page import year_words
from pmcs.reports.yearly import yearly_figures
from pmcs.store.store import Store

REPORTS = "reports"
MONTHLY, YEARLY = "monthly", "yearly"
WORDS = frozenset({"definitions", "categories", "names", "language", "labels", "by_month"})
"""What only the pages need to speak of the figures."""
COMMON = ("month", "year", "office", "made_from", "checkpoint", "complete")
MONTHS = "months"


def as_json(figures: Mapping[str, Any]) -> str:
    """The figures as json: stable keys, unrounded, without the words of the pages."""
    plain = {name: value for name, value in figures.items() if name not in WORDS}
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def as_document(store: Store, figures: Mapping[str, Any], how: str, language: str, translate: Translate) -> str:
    """All parts as one `md`, `html` or `json`."""
    if how == "json":
        return as_json(figures)
    pages = {part: as_page(store, figures, part, how, language, translate, within="part") for part in parts_of(figures)}
    if how == "md":
        return "\n".join(pages.values())
    told = {**figures, "bodies": [_body(page) for page in pages.values()]}
    told.setdefault("month", figures.get("year"))
    return rendered(store, f"{sort_of(figures)}/all.html.j2", told, language, translate)


def as_page(
    store: Store,
    figures: Mapping[str, Any],
    part: str,
    how: str,
    language: str,
    translate: Translate,
    *,
    within: str = "page",
) -> str:
    """One part as `md`, `html` or `json`; `within` is the layout that its html extends."""
    if how == "json":
        return as_json(_of_part(figures, part))
    layout = {"layout": f"monthly/{within}.html.j2"}
    if sort_of(figures) == YEARLY:
        words = Words(translate, figures["labels"], figures["names"], translate("This year"))
        told = {**figures, **year_words(part, figures, words), **layout}
        return rendered(store, f"yearly/part.{how}.j2", told, language, translate)
    words = Words(translate, figures["labels"], figures["names"], translate("This month"))
    told = {**figures, **({} if part == TICKETS else part_words(part, figures, words)), **layout}
    return rendered(store, f"monthly/{part}.{how}.j2", told, language, translate)


def report_pages(figures: Mapping[str, Any], translate: Translate) -> list[Page]:
    """What the pages of all parts show, for what is no template."""
    if sort_of(figures) == YEARLY:
        words = Words(translate, figures["labels"], figures["names"], translate("This year"))
        return [year_words(part, figures, words)["page"] for part in parts_of(figures)]
    words = Words(translate, figures["labels"], figures["names"], translate("This month"))
    parts = [part for part in parts_of(figures) if part != TICKETS]
    return [month_of_tickets(figures, words), *(PARTS[part].page(figures[part], words) for part in parts)]


def _of_part(figures: Mapping[str, Any], part: str) -> dict[str, Any]:
    """What the json of one part holds: of tickets all that is of no other part."""
    if part == TICKETS:
        found = {name: value for name, value in figures.items() if name not in PARTS}
    else:
        found = {name: figures[name] for name in (*COMMON, part, MONTHS) if name in figures}
    if MONTHS in found:
        found[MONTHS] = [{"month": month["month"], part: month[part]} for month in figures[MONTHS]]
    return found


def sort_of(figures: Mapping[str, Any]) -> str:
    """Whether the figures are a month's or a year's."""
    return YEARLY if "year" in figures else MONTHLY


def parts_of(figures: Mapping[str, Any]) -> list[str]:
    """The parts that a report has."""
    return [TICKETS, *(name for name in PARTS if name in figures)]


def _body(page: str) -> str:
    """What a page adds to the document of all: an office's own page may be a document of its own."""
    _, begun, rest = page.partition("<body")
    return rest.partition(">")[2].rpartition("</body>")[0] if begun else page


def write_month(store: Store, month: str, now: datetime, language: str, translate: Translate) -> tuple[list[str], bool]:
    """Write and commit the month's pages; returns their paths in the store and whether anything changed."""
    with store.writing(f"report monthly {month}"):
        return _write(store, month, monthly_figures(store, month, now, language, translate), now, language, translate)


def write_year(store: Store, year: str, now: datetime, language: str, translate: Translate) -> tuple[list[str], bool]:
    """Write and commit the year's pages; returns their paths in the store and whether anything changed."""
    with store.writing(f"report yearly {year}"):
        return _write(store, year, yearly_figures(store, year, now, language, translate), now, language, translate)


def _write(
    store: Store, folder: str, figures: Mapping[str, Any], now: datetime, language: str, translate: Translate
) -> tuple[list[str], bool]:
    from pmcs.store.message import plain_message
    from pmcs.store.store import CRON

    files = {
        store.path(f"{REPORTS}/{folder}/{part}.{how}"): as_page(store, figures, part, how, language, translate).encode()
        for part in parts_of(figures)
        for how in ("md", "html", "json")
    }
    committed = store.committed(files)
    changed = [(path, data) for path, data in files.items() if committed.get(path) != store.repository.blob_oid(data)]
    if changed:
        trailers = {"Action": "report", "Actor": "system", "Clause": "5.9"}
        message = plain_message(f"report {sort_of(figures)} {folder}", trailers)
        store.save(changed, message, CRON, CRON, now, committed)
        store.repository.tidy()
    return list(files), bool(changed)
