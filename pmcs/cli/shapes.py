"""Records as answers: plain objects for json and yaml with typed values, private values masked, and table cells."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pmcs.cli.app import App
from pmcs.core.kind import Field, Kind
from pmcs.core.sealed import is_sealed
from pmcs.errors import PmcsError

if TYPE_CHECKING:
    from pmcs.core.record import Event, Record, Value

UNREADABLE = "***"
MINUTES, SECONDS = "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"


def masked(app: App, id_: str, name: str, value: str) -> str:
    """A sealed value as it may be seen: 张**, 138****1234; *** where this machine has no key."""
    from pmcs.core.private import mask_value

    try:
        return mask_value(app.store.vault.open(value, id_, name))
    except PmcsError:
        return UNREADABLE


def whole(app: App, kind: Kind, id_: str, fields: Mapping[str, Value]) -> bool:
    """Whether the viewer is shown a record whole (`sees`): a courtesy of the interface, the file is plain."""
    if not kind.sees:
        return True
    viewer = app.viewer
    if viewer is None:
        return False
    persons = [id_ if name == kind.key else fields.get(name) for name in kind.sees]
    return bool(viewer.posts & set(kind.sees)) or viewer.code in persons


def shown_fields(app: App, kind: Kind, id_: str, fields: Mapping[str, Value]) -> Mapping[str, Value]:
    """A record's fields as far as the viewer is shown them: else those of the kind's columns."""
    if whole(app, kind, id_, fields):
        return fields
    return {name: value for name, value in fields.items() if name in kind.columns}


def record_object(app: App, kind: Kind, record: Record, *, history: bool = True) -> dict[str, Any]:
    """A record as an object: its fields at the top level, in the kind's order."""
    found = head_object(app, kind, record.id, record.state, record.fields, record.due)
    if history and whole(app, kind, record.id, record.fields):
        found["history"] = [event_object(app, kind, record.id, event) for event in record.history]
    return found


def head_object(
    app: App, kind: Kind, id_: str, state: str, fields: Mapping[str, Value], due: Mapping[str, str]
) -> dict[str, Any]:
    """What stands above the history, as an object."""
    found: dict[str, Any] = {"id": id_, "kind": kind.name, "state": state}
    fields = shown_fields(app, kind, id_, fields)
    found |= {name: typed(app, id_, kind.fields[name], fields[name]) for name in kind.fields if name in fields}
    found["due"] = dict(due)
    return found


def event_object(app: App, kind: Kind, id_: str, event: Event) -> dict[str, Any]:
    """One event as an object."""
    from pmcs.core.late import late_by

    found: dict[str, Any] = {"at": event.at.isoformat(), "by": event.by, "do": event.do}
    if event.recorded:
        found["recorded"] = event.recorded.isoformat()
    if late_by(kind, event):
        found["late"] = True
    if event.desk:
        found["desk"] = event.desk
    if event.to:
        found["to"] = event.to
    parts = {
        "set": {name: typed(app, id_, kind.fields.get(name), value) for name, value in event.set.items()},
        "due": dict(event.due),
        "add": _rows(app, kind, id_, event.add),
        "row": _rows(app, kind, id_, event.row),
        "note": event.note,
        "make": event.make,
        "because": event.because,
    }
    return found | {name: part for name, part in parts.items() if part}


def _rows(app: App, kind: Kind, id_: str, rows: Mapping[str, Value]) -> dict[str, Any]:
    return {name: typed(app, id_, kind.fields.get(name), value) for name, value in rows.items()}


def typed(app: App, id_: str, item: Field | None, value: Value, inside: str = "") -> Any:
    """A value with its type: whole numbers, truths and rows; amounts stay exact texts."""
    if isinstance(value, str) and is_sealed(value):
        return masked(app, id_, inside or (item.name if item else ""), value)
    if item is None:
        return value
    if item.rows is not None and isinstance(value, list):
        return [
            {name: typed(app, id_, item.rows.get(name), cell, f"{item.name}.{name}") for name, cell in row.items()}
            for row in value
        ]
    if not isinstance(value, str):
        return value
    counted = item.type == "int" or item.counts or (item.values and all(name.isdecimal() for name in item.values))
    if counted:
        return _whole(value)
    if item.type == "bool":
        return value == "true"
    if item.type == "number":
        return _number(value)
    return value


def _whole(value: str) -> int | str:
    """A whole number, or the text of what is none: `check` says so, and the listing stays whole."""
    try:
        return int(value)
    except ValueError:
        return value


def _number(value: str) -> float | str:
    """The same for any number; json knows no NaN and no infinity."""
    try:
        found = float(value)
    except ValueError:
        return value
    return found if math.isfinite(found) else value


def cell(app: App, kind: Kind, id_: str, item: Field, value: Value, inside: str = "") -> str:
    """A value as people read it in a table: labels for choices, local times, masks for what is private."""
    if isinstance(value, list):
        return _joined(app, kind, id_, item, value)
    text = str(value)
    if is_sealed(text):
        return masked(app, id_, inside or item.name, text)
    choice = (item.values or {}).get(text)
    if choice:
        return app.words.label(choice.label)
    if item.among:
        label = app.store.regulations.on(app.now().date()).names(item.among).get(text)
        return app.words.label(label) if label else text
    if item.type == "time":
        return local_time(app, text, SECONDS if item.stamp else MINUTES)
    if item.type == "recurrence":
        from pmcs.core.recurrence import name_of

        return name_of(text, app.language)
    if item.type == "bool":
        return app.words.gettext("yes") if text == "true" else app.words.gettext("no")
    return text


def _joined(app: App, kind: Kind, id_: str, item: Field, rows: list[Any]) -> str:
    columns = item.rows or {}
    lines = []
    for row in rows:
        if isinstance(row, dict):
            lines.append(
                " ".join(
                    cell(app, kind, id_, columns[name], text, f"{item.name}.{name}")
                    for name, text in row.items()
                    if name in columns
                )
            )
        else:
            lines.append(str(row).partition(" sha256:")[0])
    return "; ".join(lines)


def short_time(app: App, text: str) -> str:
    """The same for a narrow column: without the year, where it is this one."""
    full = local_time(app, text)
    return full[5:] if full.startswith(f"{app.now():%Y}-") else full


def local_time(app: App, text: str, to: str = MINUTES) -> str:
    """A stored time in the office's zone."""
    try:
        return datetime.fromisoformat(text).astimezone(app.store.config.zone).strftime(to)
    except ValueError:
        return text
