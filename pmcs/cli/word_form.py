"""`pmcs report form`: a record in the office's own Word form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from pmcs.cli.app import App
from pmcs.cli.completion import ANY, complete_id
from pmcs.cli.delivery import deliver, ready
from pmcs.cli.shapes import UNREADABLE, cell, local_time, shown_fields, whole
from pmcs.core.kind import Field, Kind
from pmcs.core.record import Event, Record, Value


@click.command()
@click.argument("id", shell_complete=complete_id(ANY))
@click.option(
    "--form",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FORM.docx",
    help="The form; else templates/forms/KIND.docx of the store.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.docx", help="Write it there.")
@click.pass_obj
def form(app: App, id: str, form: Path | None, output: Path | None) -> None:  # noqa: A002
    """One record in the office's own Word form, a .docx with places such as {{ fields.summary }}."""
    from pmcs.reports.word import filled, form_of

    ready(app, "docx", output)
    record, warnings = app.store.seen(app.store.find(id))
    for warning in warnings:
        app.warn(warning)
    kind = app.store.kind_of(record)
    told = record_told(app, kind, record)
    deliver(app, filled(form or form_of(app.store, kind.name), told, app.words.gettext), "docx", output)


def record_told(app: App, kind: Kind, record: Record) -> dict[str, Any]:
    """What a form may ask for, as texts: what is private is masked, and what `sees` hides is ***."""
    shown = shown_fields(app, kind, record.id, record.fields)
    texts = {name: _text(app, kind, record.id, item, shown.get(name)) for name, item in kind.fields.items()}
    hidden = {name: UNREADABLE for name in record.fields if name in kind.fields and name not in shown}
    labels = {name: app.words.label(item.label) for name, item in kind.fields.items()}
    open_ = whole(app, kind, record.id, record.fields)
    return {
        "office": app.store.config.office,
        "kind": app.words.label(kind.title),
        "id": record.id,
        "state": app.words.label(kind.states[record.state].label),
        "opened": local_time(app, record.history[0].at.isoformat()),
        "due": {name: local_time(app, text) for name, text in record.due.items()},
        "labels": labels,
        "fields": texts | hidden,
        "lines": [
            {"label": labels[name], "value": cell(app, kind, record.id, kind.fields[name], value)}
            for name, value in shown.items()
            if name in kind.fields
        ],
        "history": [_event(app, kind, event) for event in record.history] if open_ else [],
    }


def _text(app: App, kind: Kind, id_: str, item: Field, value: Value | None) -> Any:
    """A field's text; of rows, each with its cells by name."""
    if item.rows is None:
        return "" if value is None else cell(app, kind, id_, item, value)
    rows = value if isinstance(value, list) else []
    return [_row(app, kind, id_, item, row) for row in rows if isinstance(row, Mapping)]


def _row(app: App, kind: Kind, id_: str, item: Field, row: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: cell(app, kind, id_, column, row[name], f"{item.name}.{name}") if name in row else ""
        for name, column in (item.rows or {}).items()
    }


def _event(app: App, kind: Kind, event: Event) -> dict[str, str]:
    action, state = kind.actions.get(event.do), kind.states.get(event.to or "")
    return {
        "at": local_time(app, event.at.isoformat()),
        "by": event.by,
        "do": app.words.label(action.label) if action else event.do,
        "to": app.words.label(state.label) if state else "",
        "note": event.note or "",
    }
