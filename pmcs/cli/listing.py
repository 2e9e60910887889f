"""`pmcs KIND list`: filters from the kind's fields, rows from the index, private values masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal

import click

from pmcs.cli.answers import print_objects
from pmcs.cli.app import FORMATS, MOST, App
from pmcs.cli.completion import complete_among, complete_field
from pmcs.cli.offers import Offer
from pmcs.cli.options import global_options, option_name
from pmcs.cli.shapes import cell, head_object, local_time, short_time
from pmcs.cli.unreadable import tell_broken
from pmcs.core.kind import Field, Kind, Label
from pmcs.errors import BadInput, Sentence
from pmcs.store.queries import Filters, Row

LIMIT = 20
FILES = ("xlsx", "pdf")
ENGINE_FILTERS = ("state", "since", "until", "text", "open", "overdue", "limit", "format", "output")


def filterable(item: Field) -> bool:
    """What a list can be narrowed by: choices, lists, links, truths, dates, whole private values."""
    plain = item.type in {"bool", "date", "period", "int"}
    return (
        item.rows is None and not item.derived and bool(item.values or item.among or item.ref or item.sealed or plain)
    )


def list_command(app: App, kind: Kind) -> click.Command:
    """The command, with an option for each field that narrows."""
    _ = app.words.gettext
    params: list[click.Parameter] = [
        click.Option(
            [option_name(item.name), f"field__{item.name}"],
            help=app.words.label(item.label),
            shell_complete=complete_field(item),
        )
        for item in kind.fields.values()
        if filterable(item) and item.name not in ENGINE_FILTERS
    ]
    params += [
        click.Option(
            ["--state"],
            multiple=True,
            shell_complete=complete_among(
                lambda app: (Offer(name, app.words.label(state.label)) for name, state in kind.states.items())
            ),
            help=_("State: {states}").format(states=", ".join(kind.states)),
        ),
        click.Option(["--open", "only_open"], is_flag=True, help=_("Only what has not ended.")),
        click.Option(["--since"], metavar="DATE", help=_("Opened on or after this day.")),
        click.Option(["--until"], metavar="DATE", help=_("Opened on or before this day.")),
        click.Option(["--text"], metavar="WORDS", help=_("Only what holds these words.")),
        click.Option(["--limit"], type=click.IntRange(0, MOST), default=LIMIT, help=_("How many rows; 0 is all.")),
        click.Option(["--format"], type=click.Choice([*FORMATS, *FILES]), default="table", help=_("How to print it.")),
        click.Option(
            ["--output"],
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help=_("Write it there: xlsx and pdf."),
        ),
        *global_options(app),
    ]
    if kind.promise:
        params.insert(
            -5, click.Option(["--overdue"], is_flag=True, help=_("Only what is, or was, later than promised."))
        )

    @click.pass_obj
    def run(app: App, /, **typed: Any) -> None:
        show_list(app, kind, typed)

    return click.Command("list", params=params, callback=run, help=_("List the newest first."))


def show_list(app: App, kind: Kind, typed: Mapping[str, Any]) -> None:
    """Print the records of a kind that pass the filters; files that cannot be read are always named."""
    limit, how, output = typed["limit"] or -1, typed["format"], typed["output"]
    if how in FILES:
        from pmcs.cli.delivery import ready

        ready(app, how, output)
    elif output is not None:
        raise BadInput("--output FILE belongs to --format xlsx or pdf; what is printed goes into a file by > FILE.")
    sealed = {name: value for name, value in _given(typed).items() if kind.fields[name].sealed}
    if sealed:
        rows = _by_sealed(app, kind, sealed, filters(app, kind, typed))
        total = len(rows)
    else:
        order: Literal["id", "newest"] = "id" if kind.key else "newest"
        rows, total = app.store.queries.list(kind.name, filters(app, kind, typed), limit, order=order)
    if how in FILES:
        from pmcs.cli.delivery import deliver
        from pmcs.cli.list_file import list_file

        deliver(app, list_file(app, kind, rows, total, how), how, output)
        if total > len(rows):
            app.warn(rest(len(rows), total))
    else:
        print_listing(app, kind, rows, how)
        tell_rest(app, len(rows), total, how)
    tell_broken(app, kind.name, [row.id for row in rows])


def _given(typed: Mapping[str, Any]) -> dict[str, str]:
    return {
        name.removeprefix("field__"): value for name, value in typed.items() if name.startswith("field__") and value
    }


def filters(app: App, kind: Kind, typed: Mapping[str, Any]) -> Filters:
    """The typed filters as the index understands them. Raises BadInput."""
    now = app.now()
    equal: dict[str, str] = {}
    under: dict[str, str] = {}
    for name, value in _given(typed).items():
        item = kind.fields[name]
        if item.sealed:
            continue
        if item.ref and item.ref[0] not in {"any", "makers"}:
            found = app.store.find(value, item.ref)
            (under if app.store.kind_named(item.ref[0]).tree else equal)[name] = found
        elif item.values:
            equal[name] = _named(app, item.name, value, {key: choice.label for key, choice in item.values.items()})
        elif item.among:
            labels = app.store.regulations.on(now.date()).names(item.among)
            known = value in labels or any(app.words.label(label) == value for label in labels.values())
            equal[name] = _named(app, item.name, value, labels) if known or not item.open else value
        elif item.type in {"bool", "int"}:
            from pmcs.core.scalars import CONVERTERS

            equal[name] = CONVERTERS[item.type](item, value, now)
        elif item.type == "date":
            equal[name] = _day(name, value, now).isoformat()
        else:
            equal[name] = value
    since, until = typed["since"], typed["until"]
    day = {
        name: datetime.combine(_day(name, text, now), datetime.min.time(), now.tzinfo)
        for name, text in (("since", since), ("until", until))
        if text
    }
    return Filters(
        states=[_state(app, kind, text) for text in typed["state"]],
        open=True if typed["only_open"] else None,
        fields=equal,
        under=under,
        overdue="ever" if typed.get("overdue") else None,
        now=now.timestamp(),
        since=day["since"].timestamp() if since else None,
        until=datetime.combine(day["until"], time.max, now.tzinfo).timestamp() if until else None,
        text=typed["text"] or "",
    )


def _day(option: str, text: str, now: datetime) -> date:
    from pmcs.core.scalars import parse_date

    return parse_date(f"--{option}", text, now)


def _state(app: App, kind: Kind, text: str) -> str:
    return _named(app, "state", text, {name: state.label for name, state in kind.states.items()})


def _named(app: App, field: str, text: str, labels: Mapping[str, Label]) -> str:
    """A choice by its name or its label. Raises BadInput."""
    found = (
        text if text in labels else next((key for key, label in labels.items() if app.words.label(label) == text), None)
    )
    if found is None:
        from pmcs.core.private import mask_text

        raise BadInput(
            "{field} cannot be {value}; choose {choices}.",
            field=field,
            value=mask_text(text[:60]),
            choices=list(labels),
        )
    return found


def _by_sealed(app: App, kind: Kind, wanted: Mapping[str, str], beside: Filters) -> Sequence[Row]:
    """Records by a whole private value: looked up on this machine, never in the index."""
    found: set[str] | None = None
    for name, value in wanted.items():
        ids = app.store.known_by(kind.name, name, value)
        found = ids if found is None else found & ids
    rows, _ = app.store.queries.list(kind.name, beside, -1) if found else ([], 0)
    return [row for row in rows if row.id in (found or ())]


def print_listing(app: App, kind: Kind, rows: Sequence[Row], how: str) -> None:
    """Rows by the kind's columns; json and yaml hold every field."""
    columns = [(name, heading(app, kind, name)) for name in kind.columns or ("id", "state")]
    if how in {"json", "yaml"}:
        now = app.now().timestamp()
        print_objects([row_object(app, kind, row, now) for row in rows], (), columns, how, app.out)
    else:
        print_objects(
            (), [table_row(app, kind, row, [name for name, _ in columns], how) for row in rows], columns, how, app.out
        )


def row_object(app: App, kind: Kind, row: Row, now: float) -> dict[str, Any]:
    """One row as an object; whether it is overdue, at a moment."""
    found = head_object(app, kind, row.id, row.state, row.fields, row.due)
    found["opened_at"] = row.opened_at
    if kind.promise:
        due = row.due.get(kind.promise)
        found["overdue"] = bool(due and datetime.fromisoformat(due).timestamp() < now)
    return found


def heading(app: App, kind: Kind, name: str) -> str:
    """A column's heading."""
    _ = app.words.gettext
    match name:
        case "id":
            return _("Number")
        case "state":
            return _("State")
        case "due":
            return _("Deadline")
        case "opened":
            return _("Opened")
    return app.words.label(kind.fields[name].label)


def table_row(app: App, kind: Kind, row: Row, columns: Sequence[str], how: str) -> dict[str, str]:
    """One row's cells; in csv the deadline is a whole time."""
    cells = {}
    for name in columns:
        if name == "id":
            cells[name] = row.id
        elif name == "state":
            cells[name] = app.words.label(kind.states[row.state].label) if row.state in kind.states else row.state
        elif name == "due":
            cells[name] = due_cell(app, kind, row) if how == "table" else local_time(app, next_due(kind, row))
        elif name == "opened":
            cells[name] = local_time(app, row.opened_at)
        else:
            value = row.fields.get(name)
            cells[name] = "" if value is None else cell(app, kind, row.id, kind.fields[name], value)
    return cells


def next_due(kind: Kind, row: Row) -> str:
    """When the promise is due; else whatever is due next. The end of a window, as of reopening, is no deadline."""
    owed = [due for name, due in row.due.items() if name not in kind.clocks or not kind.clocks[name].window]
    return row.due.get(kind.promise or "") or min(owed, key=datetime.fromisoformat, default="")


def due_cell(app: App, kind: Kind, row: Row) -> str:
    """When the promise is due, marked where that has passed."""
    text = next_due(kind, row)
    if not text:
        return ""
    late = datetime.fromisoformat(text).timestamp() < app.now().timestamp()
    return short_time(app, text) + (" !" if late else "")


def tell_rest(app: App, shown: int, total: int, how: str) -> None:
    """How many there are beside those shown; not in the way of what reads json."""
    if how != "table":
        return
    if total == 0:
        app.say(Sentence("None."))
    elif total > shown:
        app.say(rest(shown, total))


def rest(shown: int, total: int) -> Sentence:
    """That there are more than those shown."""
    return Sentence("{shown} of {total}; --limit 0 shows all.", shown=shown, total=total)
