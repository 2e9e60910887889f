"""One record as a page: what `show` prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pmcs.cli.app import App
from pmcs.cli.one_record import ClockLine, HistoryLine, Lines, Page, duration_words
from pmcs.cli.shapes import cell, shown_fields, whole
from pmcs.core.clock import rounds
from pmcs.core.kind import Field, Kind
from pmcs.core.late import late_by
from pmcs.core.record import Event, Record, Rows, Value, day_of
from pmcs.errors import Sentence

LINKS = 20


def page(app: App, kind: Kind, record: Record, warnings: Sequence[Sentence]) -> Page:
    """The page of a record."""
    shown = shown_fields(app, kind, record.id, record.fields)
    words = app.words
    return Page(
        title=f"{words.label(kind.title)} {record.id}",
        # A history written by hand may say anything; check says so, too.
        state=words.label(kind.states[record.state].label) if record.state in kind.states else record.state,
        fields=[
            (words.label(item.label), _value(app, kind, record, item))
            for item in kind.fields.values()
            if item.name in shown
        ],
        clocks=_clocks(app, kind, record),
        history=[_line(app, kind, record, event) for event in record.history]
        if whole(app, kind, record.id, record.fields)
        else [],
        links=_links(app, record),
        warnings=[words.sentence(sentence) for sentence in warnings],
    )


def _links(app: App, record: Record) -> list[tuple[str, str]]:
    """Who names this record, the newest first; what a schedule made in a year would hide the rest."""
    found = app.store.queries.referring(record.id, LINKS + 1)
    lines = [_link(app, *link) for link in found[:LINKS]]
    for kind, _, name in found[LINKS:]:
        said = Sentence(
            "and others: pmcs {kind} list --{field} {id}", kind=kind, field=name.replace("_", "-"), id=record.id
        )
        lines.append(("…", app.words.sentence(said)))
    return lines


def _link(app: App, other: str, id_: str, name: str) -> tuple[str, str]:
    """Who names this record, and as what: the number of a task, 来源单据."""
    kind = app.store.kind_named(other, day_of(id_))  # the newest version may lack it
    field, _, column = name.partition(".")
    item = kind.fields[field]
    return app.words.label(kind.title), f"{id_} {app.words.label((item.rows or {}).get(column, item).label)}"


def _value(app: App, kind: Kind, record: Record, item: Field) -> str | Lines:
    value = record.fields[item.name]
    if item.rows and isinstance(value, list):
        columns = [(name, app.words.label(column.label)) for name, column in item.rows.items()]
        rows = [
            {
                name: cell(app, kind, record.id, item.rows[name], text, f"{item.name}.{name}")
                for name, text in row.items()
                if name in item.rows
            }
            for row in (value if item.name != "escalations" else [_told(app, kind, row) for row in value])
        ]
        return Lines(columns, rows)
    if isinstance(value, list):
        return ", ".join(str(text).partition(" sha256:")[0] for text in value)
    return cell(app, kind, record.id, item, value)


def _added(app: App, kind: Kind, record: Record, item: Field, rows: Rows) -> str:
    """What an action added, without the time and the person that stand before it."""
    stamps = {name for name, column in (item.rows or {}).items() if column.stamp}
    return cell(app, kind, record.id, item, [{n: v for n, v in row.items() if n not in stamps} for row in rows])


def _told(app: App, kind: Kind, row: dict[str, Value]) -> dict[str, Value]:
    """A level of escalation as people read it: the clock and the post by their labels."""
    clock = kind.clocks.get(str(row.get("clock")))
    told = app.store.session(app.now().date(), app.language).post(str(row.get("told", "")))
    return row | {"clock": app.words.label(clock.label) if clock else row.get("clock", ""), "told": told}


def _clocks(app: App, kind: Kind, record: Record) -> list[ClockLine]:
    """The newest round of each clock that had a due time."""
    now = app.now()
    newest = {item.clock.name: item for item in rounds(kind, record.history)}
    lines = []
    for name, clock in kind.clocks.items():
        current = newest.get(name)
        if current is None or not current.terms:
            continue
        due = current.terms[-1].due.astimezone(app.store.config.zone)
        running = current.stopped is None and current.due is not None
        lines.append(
            ClockLine(
                app.words.label(clock.label),
                due,
                due - now if running else None,
                late=not clock.window and current.late(now),
            )
        )
    return lines


def _line(app: App, kind: Kind, record: Record, event: Event) -> HistoryLine:
    action = kind.actions.get(event.do)
    what = app.words.label(action.label) if action else event.do
    parts = []
    for name, value in event.set.items():
        item = kind.fields.get(name)
        if item and event.do not in {"new", "add", "import"}:
            parts.append(f"{app.words.label(item.label)} {cell(app, kind, record.id, item, value)}")
    if action and action.adds and not action.own:
        parts += [_added(app, kind, record, kind.fields[name], rows) for name, rows in event.add.items()]
    if event.to:
        parts.append("→ " + app.words.label(kind.states[event.to].label if event.to in kind.states else event.to))
    late = late_by(kind, event)
    if late:
        after = duration_words(late, app.words)
        parts.append(app.words.gettext("late entry ({time} after it happened)").format(time=after))
    if event.recorded:
        parts.append(app.words.gettext("entered {time}").format(time=f"{event.recorded:%m-%d %H:%M}"))
    when: datetime = event.at.astimezone(app.store.config.zone)
    return HistoryLine(when, event.by, " ".join([what, *parts]), event.note)
