"""Questions on a terminal for what was not typed; without a terminal nothing is ever asked."""

from __future__ import annotations

from collections.abc import Sequence

import click

from pmcs.cli.app import App
from pmcs.cli.screen import clean
from pmcs.core.entry import action_fields
from pmcs.core.kind import Action, Field, Kind
from pmcs.core.private import extract_private, has_private
from pmcs.core.record import Value

SKIP, EXPLAIN = "", "?"


def ask(
    app: App, kind: Kind, action: Action, id_: str | None, values: dict[str, Value]
) -> tuple[str | None, dict[str, Value], str]:
    """The record's number, the fields and the note, asked for one by one. Ctrl-C leaves nothing."""
    note = ""
    if not action.opens and not id_:
        numbers = [name for name, _ in app.store.lookups.beginning(kind.name, "", 20)]
        id_ = _line(app, app.words.label(kind.title), numbers)
    lines = action.adds or action.row
    columns = kind.fields[lines].rows or {} if lines else {}
    for name in action.asks:
        if name == "note":
            note = _question(app, kind, Field("note", app.words.gettext("Note"), type="text"), values, required=True)
        elif name in columns or name in kind.fields:
            item = columns.get(name) or kind.fields[name]
            if item.rows:
                values[name] = _rows(app, kind, item)
            elif name not in values:
                values[name] = _question(app, kind, item, values, required=True)
            note = _needed(app, kind, item, values, note)
    optional = [name for name in (*columns, *action_fields(kind, action, None)) if name not in action.asks]
    while optional:
        labels = {name: app.words.label((columns.get(name) or kind.fields[name]).label) for name in optional}
        click.echo("  " + "  ".join(f"{name} {label}" for name, label in labels.items()), err=True)
        wanted = _line(
            app, app.words.gettext("More (a name from above, Enter to finish)"), list(labels), required=False
        )
        chosen = next((name for name, label in labels.items() if wanted in (name, label)), None)
        if chosen is None:
            break
        item = columns.get(chosen) or kind.fields[chosen]
        values[chosen] = _rows(app, kind, item) if item.rows else _question(app, kind, item, values, required=False)
        optional.remove(chosen)
    return id_, {name: value for name, value in values.items() if value not in ("", [])}, note


def _needed(app: App, kind: Kind, item: Field, values: dict[str, Value], note: str) -> str:
    """What the choice just made makes compulsory."""
    choice = (item.values or {}).get(str(values.get(item.name, "")))
    for name in choice.needs if choice else ():
        if name == "note" and not note:
            note = _question(app, kind, Field("note", app.words.gettext("Note"), type="text"), values, required=True)
        elif name in kind.fields and not values.get(name):
            values[name] = _question(app, kind, kind.fields[name], values, required=True)
    return note


def _rows(app: App, kind: Kind, item: Field) -> list[dict[str, Value]]:
    rows = []
    while True:
        row: dict[str, Value] = {}
        for name, column in (item.rows or {}).items():
            if not column.stamp:
                text = _question(app, kind, column, row, required=name in item.key or column.must)
                if text:
                    row[name] = text
        if row:
            rows.append(row)
        if not click.confirm(app.words.gettext("One more?"), default=False, err=True):
            return rows


def _question(app: App, kind: Kind, item: Field, values: dict[str, Value], *, required: bool) -> str:
    choices = {name: app.words.label(choice.label) for name, choice in (item.values or {}).items()}
    label = app.words.label(item.label)
    if choices:
        numbered = "  ".join(f"{place} {text}" for place, text in enumerate(choices.values(), 1))
        click.echo(f"  {numbered}", err=True)
    options: Sequence[str] = list(choices)
    if item.ref and item.ref[0] not in {"any", "makers"}:
        options = [name for name, _ in app.store.lookups.beginning(item.ref[0], "", 500)]
    while True:
        text = _line(app, label, options, required=required and item.default is None, default=item.default)
        if choices and text.isdecimal() and text not in choices and 1 <= int(text) <= len(choices):
            return list(choices)[int(text) - 1]
        if text == EXPLAIN:
            click.echo(
                f"  {label}: {item.name} ({item.type})" + (": " + ", ".join(choices) if choices else ""), err=True
            )
            continue
        if item.type in {"line", "text"} and not item.sealed and not choices and has_private(text):
            return _moved(app, kind, text, values)
        return text


def _moved(app: App, kind: Kind, text: str, values: dict[str, Value]) -> str:
    """A phone or ID number typed into free text goes to the sealed field, if the asker agrees (11.4)."""
    sealed = next((item for item in kind.sealed_fields() if not values.get(item.name)), None)
    if sealed is None:
        return text
    question = app.words.gettext("That holds a phone or ID number; move it to the sealed {field}?")
    if not click.confirm(question.format(field=app.words.label(sealed.label)), default=True, err=True):
        return text
    rest, found = extract_private(text)
    values[sealed.name] = " ".join(found)
    return rest


def _line(app: App, label: str, options: Sequence[str], *, required: bool = True, default: str | None = None) -> str:
    """One answer, completed by Tab where there are options."""
    _offer(options)
    shown = f"{clean(label)}{'' if required else app.words.gettext(' (optional)')}"
    while True:
        text: str = click.prompt(shown, default=default or "", show_default=bool(default), err=True, prompt_suffix=": ")
        if text.strip() or not required:
            return text.strip()


def _offer(options: Sequence[str]) -> None:
    try:
        import readline
    except ImportError:
        return

    def complete(typed: str, place: int) -> str | None:
        fitting = [option for option in options if option.startswith(typed)]
        return fitting[place] if place < len(fitting) else None

    readline.set_completer(complete)
    readline.set_completer_delims(" ")
    readline.parse_and_bind("tab: complete")
