"""Rows of which the same is to be said, filled in one after the other on a terminal: marks, votes."""

from __future__ import annotations

from pmcs.cli.form import Form
from pmcs.cli.shapes import cell
from pmcs.core import permission
from pmcs.core.kind import Field
from pmcs.core.record import Event, Record, Value
from pmcs.core.world import Given
from pmcs.duties.acting import Acting, foreseen
from pmcs.errors import PmcsError, Refused

Row = dict[str, Value]
NUMBERS = ("int", "number", "money")


def filled(form: Form, record: Record, given: Given, acting: Acting) -> list[Given]:
    """What is said of all rows that have nothing yet of what is asked, in one event; empty where one row is meant.

    Where people add the rows, an empty column has its meaning (a post without an end), so one row is meant.
    What was said before Ctrl-C is kept. Raises Refused where no row is the actor's, EOFError and KeyboardInterrupt
    where nothing was said.
    """
    asked = form.action.asks
    empty = [row for row in own_rows(form, record) if not any(row.get(name) for name in asked)]
    added = any(action.adds == form.lines for action in form.kind.actions.values())
    if added or not asked or not form.columns.keys() >= {*asked} or len(empty) < 2 or not form.choose_row(empty):
        return []
    said: list[Row] = []
    try:
        for place, row in enumerate(empty, 1):
            form.app.say(f"{place}/{len(empty)} {_told(form, record, row)}")
            said.append(_one(form, record, given, acting, row))
    except (KeyboardInterrupt, EOFError):
        if not said:
            raise
        form.app.say("")
    return [given._replace(values={**given.values, form.lines: list(said)})]


def _one(form: Form, record: Record, given: Given, acting: Acting, row: Row) -> Row:
    """One row, asked again until nothing refuses it."""
    key = key_of(form.kind.fields[form.lines], row)
    while True:
        own = Form(form.app, form.kind, form.action, form.context, record, {**form.values, **key}, form.note)
        own.ask_missing()
        part = {name: value for name, value in own.values.items() if name in form.columns}
        try:
            whole = given._replace(values={**given.values, form.lines: [part]})
            foreseen(form.app.store, form.kind.name, form.action.name, record, whole, acting)
        except PmcsError as error:
            form.app.say("  " + form.app.words.sentence(error.sentence))
        else:
            return part


def _told(form: Form, record: Record, row: Row) -> str:
    """A row as people read it; a bare number says what it is."""
    found = []
    for name, value in row.items():
        column = form.columns[name]
        text = cell(form.app, form.kind, record.id, column, value, f"{form.lines}.{name}")
        named = column.type in NUMBERS and name not in form.kind.fields[form.lines].key
        found.append(f"{form.app.words.label(column.label)} {text}" if named else text)
    return " ".join(found)


def own_rows(form: Form, record: Record) -> list[Row]:
    """The rows on which the actor may do this. Raises Refused where there are some and none is."""
    lines, refused, found = form.kind.fields[form.lines], None, []
    actor, world = form.context.actor, form.context.world
    for row in record.rows(lines.name):
        named = {lines.name: [key_of(lines, row)]}
        event = Event(at=form.context.now, by=actor.code, do=form.action.name, row=named)
        said = permission.forbidden(form.kind, record, form.action, event, actor, world)
        refused = refused or said
        if said is None:
            found.append(row)
    if refused and not found:
        raise Refused(refused)
    return found


def key_of(lines: Field, row: Row) -> Row:
    """The columns that tell a row from the others."""
    return {name: row[name] for name in lines.key if name in row}
