"""The monthly report as pages, one for each part: rendered, and committed together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pmcs.errors import Translate
from pmcs.regulation.shipped import templates_dir
from pmcs.reports.monthly import monthly_figures
from pmcs.reports.parts import PARTS, part_words
from pmcs.reports.render import render
from pmcs.store.store import Store

REPORTS = "reports"
TICKETS = "tickets"
WORDS = frozenset({"definitions", "categories", "people", "language", "labels"})
"""What only the pages need to speak of the figures."""
COMMON = ("month", "office", "made_from", "complete")


def as_json(figures: Mapping[str, Any]) -> str:
    """The figures as json: stable keys, unrounded, without the words of the pages."""
    plain = {name: value for name, value in figures.items() if name not in WORDS}
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def as_document(store: Store, figures: Mapping[str, Any], how: str, language: str, translate: Translate) -> str:
    """All parts as one `md`, `html` or `json`."""
    if how == "json":
        return as_json(figures)
    pages = {part: as_page(store, figures, part, how, language, translate, within="part") for part in _parts(figures)}
    if how == "md":
        return "\n".join(pages.values())
    bodies = [_body(page) for page in pages.values()]
    return _rendered(store, "monthly/all.html.j2", {**figures, "bodies": bodies}, language, translate)


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
        if part == TICKETS:
            return as_json({name: value for name, value in figures.items() if name not in PARTS})
        return as_json({name: figures[name] for name in (*COMMON, part)})
    if part != TICKETS:
        figures = {**figures, **part_words(part, figures, translate)}
    layout = {"layout": f"monthly/{within}.html.j2"}
    return _rendered(store, f"monthly/{part}.{how}.j2", {**figures, **layout}, language, translate)


def _rendered(store: Store, name: str, figures: Mapping[str, Any], language: str, translate: Translate) -> str:
    """A template filled; the office's own come before the shipped ones."""
    beside = [store.root.parent / "templates"] if store.prefix else []
    folders = [*beside, store.root / "templates", templates_dir()]
    return render(name, figures, language, translate=translate, folders=[path for path in folders if path.is_dir()])


def _parts(figures: Mapping[str, Any]) -> list[str]:
    return [TICKETS, *(name for name in PARTS if name in figures)]


def _body(page: str) -> str:
    """What a page adds to the document of all: an office's own page may be a document of its own."""
    _, begun, rest = page.partition("<body")
    return rest.partition(">")[2].rpartition("</body>")[0] if begun else page


def write_month(store: Store, month: str, now: datetime, language: str, translate: Translate) -> tuple[list[str], bool]:
    """Write and commit the month's pages; returns their paths in the store and whether anything changed."""
    from pmcs.store.message import plain_message
    from pmcs.store.store import CRON

    with store.writing(f"report monthly {month}"):
        figures = monthly_figures(store, month, now, language, translate)
        files = {
            store.path(f"{REPORTS}/{month}/{part}.{how}"): as_page(
                store, figures, part, how, language, translate
            ).encode()
            for part in _parts(figures)
            for how in ("md", "html", "json")
        }
        committed = store.committed(files)
        changed = [
            (path, data) for path, data in files.items() if committed.get(path) != store.repository.blob_oid(data)
        ]
        if changed:
            trailers = {"Action": "report", "Actor": "system", "Clause": "5.9"}
            store.save(changed, plain_message(f"report monthly {month}", trailers), CRON, CRON, now, committed)
            store.repository.tidy()
    return list(files), bool(changed)
