"""The sheet of one assessment, on a page: what was counted, what was marked, the total, and how it went on (13)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pmcs.core.kind import Kind, shown
from pmcs.core.record import Record
from pmcs.errors import Translate
from pmcs.reports.template import rendered
from pmcs.store.store import Store

CITED = 4
"""As many numbers as one line names; the record names all."""
SHORT = 12


def sheet_file(store: Store, kind: Kind, record: Record, how: str, language: str, translate: Translate) -> bytes:
    """The sheet as `md`, `html`, `pdf` or `xlsx`; the same record gives the same bytes.

    Raises Broken: the template fails; Unable: a package, library, font or glyph is missing.
    """
    figures = _figures(store, kind, record, language)
    title = f"{translate('Assessment sheet')} {record.id}"
    if how == "xlsx":
        return _book(title, figures, translate)
    page = rendered(store, f"assessment/sheet.{'html' if how == 'pdf' else how}.j2", figures, language, translate)
    if how != "pdf":
        return page.encode()
    from pmcs.reports.pdf import pdf

    data = json.dumps(figures, ensure_ascii=False, indent=2).encode()
    return pdf(page, title=title, when=record.history[-1].at, attached={"sheet.json": data})


def _figures(store: Store, kind: Kind, record: Record, language: str) -> dict[str, Any]:
    regulation = store.regulations.on(record.day)
    dimensions = {name: shown(label, language) for name, label in regulation.names("dimensions").items()}
    lines = _lines(record)
    groups = [
        {
            "label": dimensions.get(name, name),
            "weight": _sum(line["weight"] for line in lines if line["dimension"] == name),
            "lines": [line for line in lines if line["dimension"] == name],
        }
        for name in dict.fromkeys([*dimensions, *(line["dimension"] for line in lines)])
        if any(line["dimension"] == name for line in lines)
    ]
    person = store.lookups.staff(record.get("person"))
    scorer = store.lookups.staff(record.get("scorer")) if record.get("scorer") else None
    return {
        "office": store.config.office,
        "id": record.id,
        "period": record.get("period"),
        "person": record.get("person"),
        "name": person.fields.get("name") if person else record.get("person"),
        "state": shown(kind.states[record.state].label, language),
        "groups": groups,
        "total": record.get("total") or None,
        "scorer": (scorer.fields.get("name") if scorer else record.get("scorer")) or None,
        "appeal": record.get("appeal") or None,
        "steps": _steps(kind, record, language),
        "basis": record.get("basis")[:SHORT],
    }


def _book(title: str, figures: Mapping[str, Any], translate: Translate) -> bytes:
    from pmcs.reports.workbook import Block, Sheet, book

    _ = translate
    about = [
        [_("Person"), figures["name"]],
        [_("Period"), figures["period"]],
        [_("State"), figures["state"]],
        [_("Total"), _number(figures["total"])],
    ]
    heads = [_("Dimension"), _("Item"), _("Weight"), _("Figure"), _("Cases"), _("Self"), _("Points"), _("Rests on")]
    rows = [
        [
            *(group["label"], line["what"]),
            *(_number(line[name]) for name in ("weight", "figure", "base", "self", "points")),
            line["reason"] if line["marked"] else ", ".join(line["cites"]),
        ]
        for group in figures["groups"]
        for line in group["lines"]
    ]
    return book(title, [Sheet(figures["id"], [Block((), about, title), Block(heads, rows)])])


def _number(text: str | None) -> Any:
    """A figure as a number where it is one."""
    from decimal import Decimal, InvalidOperation

    try:
        return Decimal(text or "")
    except InvalidOperation:
        return text


def _lines(record: Record) -> list[dict[str, Any]]:
    found = [
        {
            "dimension": row.get("dimension", ""),
            "what": row.get("what") or row.get("item"),
            "weight": row.get("weight", "0"),
            "figure": row.get("figure") if row.get("base", "0") != "0" else None,
            "base": row.get("base", "0"),
            "few": row.get("few") == "true",
            "points": row.get("points") if row.get("base", "0") != "0" else None,
            "cites": list(row.get("cites", ()))[:CITED],
            "more": max(len(row.get("cites", ())) - CITED, 0),
            "self": None,
            "reason": None,
            "marked": False,
        }
        for row in record.rows("figures")
    ]
    return found + [
        {
            "dimension": row.get("dimension", ""),
            "what": row.get("what") or row.get("item"),
            "weight": row.get("weight", "0"),
            "figure": None,
            "base": None,
            "few": False,
            "points": row.get("points"),
            "cites": [],
            "more": 0,
            "self": row.get("self"),
            "reason": row.get("reason"),
            "marked": True,
        }
        for row in record.rows("marks")
    ]


def _sum(weights: Any) -> str:
    from decimal import Decimal

    from pmcs.core.assessment import plain

    return plain(sum((Decimal(weight) for weight in weights), Decimal(0)))


def _steps(kind: Kind, record: Record, language: str) -> list[Mapping[str, str]]:
    """What led from state to state, with when and by whom."""
    return [
        {
            "label": shown(kind.actions[event.do].label, language),
            "at": event.at.isoformat(),
            "by": event.by,
            "note": event.note,
        }
        for event in record.history
        if event.to and event.do in kind.actions
    ]
