"""The sections of `pmcs today`, and rows of several kinds in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from pmcs.cli.app import App
from pmcs.cli.listing import due_cell, next_due
from pmcs.cli.shapes import cell, head_object, local_time, short_time, shown_fields, typed
from pmcs.core.kind import Kind
from pmcs.duties.announcing import Announced, announced
from pmcs.duties.unattended import let_go
from pmcs.store.queries import DueRow, Row

Columns = list[tuple[str, str]]


class Section(NamedTuple):
    """One part of the day: its rows as cells and as objects, and how many there are in all."""

    name: str
    title: str
    rows: list[dict[str, Any]]
    objects: list[dict[str, Any]]
    columns: Columns
    total: int


def sections(app: App, limit: int) -> list[Section]:
    """Overdue and expired first; at risk, due today, announced; waiting for approval, to be visited; what is mine."""
    _ = app.words.gettext
    now = app.now()
    midnight = datetime.combine(now.date(), time(23, 59, 59), now.tzinfo).timestamp()
    kinds = app.store.regulations.on(now.date()).kinds
    queries = app.store.queries
    urgent = [kind.name for kind in kinds if kind.urgent]
    found = []
    for name, title, what in (
        ("overdue", _("Overdue"), "overdue"),
        ("at_risk", _("At risk"), "risk"),
        ("due_today", _("Due today"), "today"),
    ):
        rows, total = queries.due(what, now.timestamp(), midnight, urgent=urgent, limit=limit)  # type: ignore[arg-type]
        found.append(_clocked(app, name, title, rows, total))
    dates = announced(app.store, now)
    # After what is overdue: an expired certificate is a duty missed, too.
    found.insert(1, _announced(app, "expired", _("Expired"), dates.past, now.date(), limit))
    found.append(_announced(app, "ahead", _("Announced ahead"), dates.ahead, now.date(), limit))
    approving = {kind.name: [item.state for item in kind.approvals.values()] for kind in kinds if kind.approvals}
    found.append(_plain(app, "approval", _("Waiting for approval"), *queries.waiting(approving, limit=limit)))
    visiting = {kind.name: list(kind.clocks["visit"].starts) for kind in kinds if "visit" in kind.clocks}
    found.append(_plain(app, "to_visit", _("To be visited"), *queries.waiting(visiting, limit=limit)))
    ids = [errand.target for errand in let_go(app.store)]
    if ids or any(action.freed for kind in kinds for action in kind.actions.values()):
        waiting = [app.store.row(id_) for id_ in (ids if limit < 0 else ids[:limit])]
        found.append(_plain(app, "let_go", _("What they waited for is finished"), waiting, len(ids)))
    if app.viewer:
        found.append(_plain(app, "mine", _("Mine"), *_mine(app, kinds, app.viewer.code, limit)))
    return found


def _mine(app: App, kinds: Sequence[Kind], person: str, limit: int) -> tuple[list[Row], int]:
    """What is somebody's work, the oldest first; a register's entry is in use, not to be done."""
    found = app.store.lookups.work_of(person, {kind.name: kind.mine for kind in kinds if not kind.is_register})
    return [app.store.row(id_) for id_ in (found if limit < 0 else found[:limit])], len(found)


def _clocked(app: App, name: str, title: str, found: Sequence[DueRow], total: int) -> Section:
    cells, objects, columns = plain_rows(app, [item.row for item in found])
    for place, item in enumerate(found):
        clock = _kind(app, item.row).clocks[item.clock]
        due = datetime.fromtimestamp(item.due, app.store.config.zone)
        cells[place]["clock"] = app.words.label(clock.label)
        cells[place]["due"] = short_time(app, due.isoformat())
        cells[place]["due_at"] = f"{due:%Y-%m-%d %H:%M}"
        objects[place] |= {"clock": item.clock, "clock_due": due.isoformat()}
    return Section(
        name, title, cells, objects, [*columns[:-1], ("clock", app.words.gettext("Clock")), columns[-1]], total
    )


def _announced(app: App, name: str, title: str, items: Sequence[Announced], day: date, limit: int) -> Section:
    """What runs out or has: each with the line that it stands in and the days that are left."""
    _ = app.words.gettext
    shown = items if limit < 0 else items[:limit]
    rows = [app.store.row(item.id, (item.kind,)) for item in shown]
    cells, objects, columns = plain_rows(app, rows)
    for place, (item, row) in enumerate(zip(shown, rows, strict=True)):
        when = local_time(app, item.when) if "T" in item.when else item.when
        days = item.left(day)
        line, told = _line(app, row, item)
        what = f"{told} {app.words.label(item.what)}".strip()
        cells[place] |= {"clock": what, "due": when, "due_at": when, "left": _left(app, days)}
        objects[place] |= {"clock": item.name, "clock_due": item.when, "clock_row": line, "clock_days": days}
    head = [*columns[:-1], ("clock", _("Clock")), columns[-1], ("left", _("Time left"))]
    return Section(name, title, cells, objects, head, len(items))


def _line(app: App, row: Row, item: Announced) -> tuple[dict[str, Any], str]:
    """The key of the line that a date stands in, as an object and in words; nothing where it is not for the viewer."""
    kind, lines = _kind(app, row), item.name.partition(".")[0]
    if not item.line or lines not in shown_fields(app, kind, row.id, row.fields):
        return {}, ""
    columns = kind.fields[lines].rows or {}
    key = {name: value for name, value in item.line.items() if name in columns}
    found = {name: typed(app, row.id, columns[name], value, f"{lines}.{name}") for name, value in key.items()}
    return found, " ".join(
        cell(app, kind, row.id, columns[name], value, f"{lines}.{name}") for name, value in key.items()
    )


def _left(app: App, days: int) -> str:
    _ = app.words.gettext
    if days == 0:
        return _("falls due today")
    return (_("{days} d left") if days > 0 else _("{days} d over")).format(days=abs(days))


def _plain(app: App, name: str, title: str, rows: Sequence[Row], total: int) -> Section:
    return Section(name, title, *plain_rows(app, rows), total)


def _kind(app: App, row: Row) -> Kind:
    return app.store.kind_named(row.kind, datetime.fromtimestamp(row.opened, app.store.config.zone).date())


def plain_rows(app: App, rows: Sequence[Row]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], Columns]:
    """Rows of any kinds: number, state, where, what, who, due."""
    _ = app.words.gettext
    cells: list[dict[str, Any]] = []
    objects = []
    for row in rows:
        kind = _kind(app, row)
        fields = shown_fields(app, kind, row.id, row.fields)
        cells.append(
            {
                "id": row.id,
                "state": app.words.label(kind.states[row.state].label),
                "what": _what(kind, fields),
                "who": next((fields[name] for name in kind.mine if isinstance(fields.get(name), str)), ""),
                "due": due_cell(app, kind, row),
                "due_at": local_time(app, next_due(kind, row)),
            }
        )
        objects.append(head_object(app, kind, row.id, row.state, row.fields, row.due))
    columns = [
        ("id", _("Number")),
        ("state", _("State")),
        ("what", _("What")),
        ("who", _("Who")),
        ("due", _("Deadline")),
    ]
    return cells, objects, columns


def for_csv(columns: Columns) -> Columns:
    """The same columns with whole times."""
    return [("due_at" if name == "due" else name, title) for name, title in columns]


def _what(kind: Kind, fields: Mapping[str, Any]) -> str:
    """Place and free text, or else its name: what a record is about, in a cell."""
    said = [item for item in kind.fields.values() if isinstance(fields.get(item.name), str) and not item.sealed]
    told = [item for item in said if item.type == "text" or item.ref == ("place",)]
    if not any(item.type == "text" for item in told):
        columns = [item for item in said if item.name in kind.columns and item not in told]
        names = [item for item in columns if item.type == "line" and not (item.values or item.among or item.ref)]
        told = [*names[:1], *told] or columns[:1]
    return " ".join(" ".join(fields[item.name].split())[:40] for item in told)
