"""A report as a file, in each of the formats that an office keeps or hands on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pmcs.errors import Translate
from pmcs.reports.pages import MONTHLY, YEARLY, as_document, as_json, report_pages, sort_of
from pmcs.store.store import Store

TEXTS = ("md", "html", "json")
BINARIES = ("pdf", "xlsx", "docx")
FORMATS = (*TEXTS, *BINARIES)
DATA = "report.json"
"""What the figures are called that a pdf carries."""


def as_file(
    store: Store,
    figures: Mapping[str, Any],
    how: str,
    language: str,
    translate: Translate,
    *,
    form: Path | None = None,
) -> bytes:
    """A monthly or yearly report, from its figures, in one of FORMATS: the same figures give the same bytes.

    `form` is the Word form of a docx; without one it is the store's `templates/forms/monthly.docx` or `yearly.docx`.
    Raises Unable: a package, library, font or glyph is missing; NotFound: there is no form; Broken: a template or
    form fails.
    """
    if how in TEXTS:
        return as_document(store, figures, how, language, translate).encode()
    title = _title(figures, translate)
    if how == "pdf":
        from pmcs.reports.pdf import pdf

        return pdf(
            as_document(store, figures, "html", language, translate),
            title=title,
            when=datetime.fromisoformat(figures["made_from"]["at"]),
            attached={DATA: as_json(figures).encode()},
        )
    if how == "xlsx":
        from pmcs.reports.report_book import report_book

        return report_book(title, report_pages(figures, translate), figures["definitions"], translate)
    from pmcs.reports.word import filled, form_of

    told = {"figures": dict(figures), "office": figures["office"], "title": title, "period": _period(figures)}
    pages = [page._asdict() for page in report_pages(figures, translate)]
    return filled(form or form_of(store, sort_of(figures)), {**told, "pages": pages}, translate)


def _title(figures: Mapping[str, Any], translate: Translate) -> str:
    name = {MONTHLY: translate("Monthly report"), YEARLY: translate("Yearly report")}[sort_of(figures)]
    return f"{figures['office']} · {name} · {_period(figures)}"


def _period(figures: Mapping[str, Any]) -> str:
    return str(figures.get("year") or figures["month"])
