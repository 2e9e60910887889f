"""A listing as a file: a workbook, or a PDF to print and keep. Its cells are those of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from pmcs.cli.app import App
from pmcs.cli.shapes import cell
from pmcs.core.kind import Kind
from pmcs.core.sealed import is_sealed
from pmcs.store.queries import Row

if TYPE_CHECKING:
    from pmcs.reports.workbook import Plain

TURNED = 7
"""From so many columns on the paper is turned."""


def list_file(app: App, kind: Kind, rows: Sequence[Row], total: int, how: str) -> bytes:
    """The rows by the kind's columns; the same records give the same bytes. Raises Unable: a package is missing."""
    from pmcs.cli.listing import heading, row_object, table_row

    names = list(kind.columns or ("id", "state"))
    heads = [heading(app, kind, name) for name in names]
    label = app.words.label(kind.title)
    if how == "xlsx":
        from pmcs.reports.workbook import workbook

        return workbook(label, heads, [[_value(app, kind, row, name) for name in names] for row in rows])
    from pmcs.cli.output import json_text
    from pmcs.reports.pdf import pdf
    from pmcs.reports.template import rendered

    commit, when = app.store.last_record_commit() or ("", datetime.fromtimestamp(0, app.store.config.zone))
    when = when.astimezone(app.store.config.zone)
    cells = [table_row(app, kind, row, names, how) for row in rows]
    figures = {
        "office": app.store.config.office,
        "title": label,
        "heads": heads,
        "rows": [[found[name] for name in names] for found in cells],
        "shown": len(rows),
        "total": total,
        "turned": len(names) >= TURNED,
        "made_from": {"commit": commit[:12], "at": when.isoformat()},
    }
    page = rendered(app.store, "list/list.html.j2", figures, app.language, app.words.gettext)
    data = json_text([row_object(app, kind, row, when.timestamp()) for row in rows]).encode()
    title = f"{app.store.config.office} · {label}"
    return pdf(page, title=title, when=when, attached={"list.json": data})


def _value(app: App, kind: Kind, row: Row, name: str) -> Plain:
    """A cell of Excel: numbers and days as such, all else as on the screen."""
    from pmcs.cli.listing import next_due, table_row

    if name in {"due", "opened"}:
        return _time(app, next_due(kind, row) if name == "due" else row.opened_at)
    item, value = kind.fields.get(name), row.fields.get(name)
    if item is None or not isinstance(value, str) or is_sealed(value) or item.values or item.among:
        return table_row(app, kind, row, [name], "xlsx")[name]
    if item.type == "time":
        return _time(app, value)
    if item.type == "date":
        return _day(value)
    if item.type in {"int", "number"} or item.counts:
        return _number(value)
    return cell(app, kind, row.id, item, value)


def _time(app: App, text: str) -> Plain:
    try:
        return datetime.fromisoformat(text).astimezone(app.store.config.zone).replace(tzinfo=None)
    except ValueError:
        return text


def _day(text: str) -> Plain:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return text


def _number(text: str) -> Plain:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return text
    return found if found.is_finite() else text
