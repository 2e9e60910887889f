"""`pmcs KIND reveal`: private values in full, for a purpose that stays in the history (11.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pmcs.cli.answers import print_object
from pmcs.cli.app import App
from pmcs.core.kind import Field, Kind
from pmcs.core.record import Value
from pmcs.core.sealed import is_sealed
from pmcs.core.world import Given
from pmcs.duties.acting import Acting, act
from pmcs.errors import BadInput


def reveal(app: App, kind: Kind, text: str, purpose: str, how: str) -> None:
    """Write the purpose into the record's history first, then show what is sealed."""
    id_ = app.store.find(text, (kind.name,))
    actor, author, committer = app.actor()
    acting = Acting(actor, author, committer, app.now, app.language)
    record, _ = app.store.seen(id_, (kind.name,))
    if not purpose.strip() and app.terminal:
        from pmcs.cli import asking

        purpose = asking.purpose(app)
    if not purpose.strip():
        raise BadInput("--purpose says why the private values are looked at; give it.")
    clear = {name: opened for name, value in record.fields.items() if (opened := _opened(app, id_, name, value))}
    act(app.store, kind.name, "reveal", id_, Given(note=purpose), acting)
    found: dict[str, Any] = {"id": id_, **clear}
    if how != "table":
        print_object(found, how, app.out)
        return
    for name, value in clear.items():
        item = kind.fields[name]
        for line in [value] if isinstance(value, str) else [_line(app, item, row) for row in value]:
            app.say(app.words.label(item.label) + app.words.gettext(": ") + line)


def _opened(app: App, id_: str, name: str, value: Value) -> str | list[dict[str, str]]:
    """What is sealed in a field, in clear; of lines, what is sealed in each, the lines without it left out."""
    if isinstance(value, str):
        return app.store.vault.open(value, id_, name) if is_sealed(value) else ""
    rows = [row for row in value if isinstance(row, dict)]
    found = [
        {
            column: app.store.vault.open(cell, id_, f"{name}.{column}")
            for column, cell in row.items()
            if isinstance(cell, str) and is_sealed(cell)
        }
        for row in rows
    ]
    return [row for row in found if row]


def _line(app: App, item: Field, row: Mapping[str, str]) -> str:
    columns = item.rows or {}
    return " ".join(f"{app.words.label(columns[name].label)} {text}" for name, text in row.items())
