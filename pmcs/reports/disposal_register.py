"""销毁清册: what a disposal lists, who decided and did each step, with room for their signatures (5.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pmcs.core.kind import Kind, shown
from pmcs.core.record import Record
from pmcs.errors import Translate
from pmcs.reports.template import rendered
from pmcs.store.store import Store

LISTS = (("records", "record"), ("papers", "document"))


def disposal_register(store: Store, kind: Kind, record: Record, language: str, translate: Translate) -> str:
    """The register as html; the same record gives the same bytes. Raises Broken: the template fails."""
    terms = kind.fields["records"].rows or {}
    labels = {name: shown(choice.label, language) for name, choice in (terms["retention"].values or {}).items()}
    lines = [
        {
            "id": row.get(link, ""),
            "kind": _kind_title(store, row.get(link, ""), language),
            "title": row.get("title", ""),
            "term": labels.get(row.get("retention", ""), row.get("retention", "")),
        }
        for rows, link in LISTS
        for row in record.rows(rows)
    ]
    told = {
        "office": store.config.office,
        "code": store.config.code,
        "id": record.id,
        "state": shown(kind.states[record.state].label, language),
        "reason": record.get("reason"),
        "appraisal": record.get("appraisal"),
        "lines": lines,
        "steps": list(_steps(store, kind, record, language)),
    }
    return rendered(store, "archive/disposal.html.j2", told, language, translate)


def _kind_title(store: Store, id_: str, language: str) -> str:
    row = store.queries.row(id_)
    return shown(store.kind_named(row.kind).title, language) if row else ""


def _steps(store: Store, kind: Kind, record: Record, language: str) -> list[Mapping[str, Any]]:
    """The steps taken, each with its name and who took it."""
    found: list[Mapping[str, Any]] = []
    for event in record.history:
        if event.do in kind.actions and event.to:
            person = store.lookups.staff(event.by)
            name = person.fields.get("name", event.by) if person else event.by
            label = shown(kind.actions[event.do].label, language)
            found.append({"label": label, "name": name, "at": event.at.isoformat()})
    return found
