"""`--from FILE`: the rows that an action adds or changes, from a table: what was noted on paper or a phone."""

from __future__ import annotations

from pathlib import Path

from pmcs.cli.app import App
from pmcs.cli.importing import refuse_rows
from pmcs.core.kind import Action, Kind
from pmcs.core.world import Given
from pmcs.duties.acting import Acting
from pmcs.duties.imports.lines import lines_from
from pmcs.errors import BadInput


def with_rows(app: App, kind: Kind, action: Action, id_: str | None, given: Given, acting: Acting, file: str) -> Given:
    """What is given, with the rows of the file. Raises BadInput after each bad row was told, and what else is wrong."""
    lines = action.adds or action.row
    if not lines:
        raise BadInput("{action} takes no rows, and so no file of them.", action=action.name)
    columns = kind.fields[lines].rows or {}
    beside = [f"--{name}" for name in (lines, *columns) if name in given.values]
    if beside:
        raise BadInput("The rows come from {file}; leave out {options}.", file=file, options=beside)
    found = app.store.find(id_, (kind.name,)) if id_ else None
    record = app.store.record(found, (kind.name,)) if found else None
    read = lines_from(app.store, kind.name, action.name, record, Path(file), given, acting)
    if read.bad:
        refuse_rows(app, read.bad, read.read)
    return given._replace(values={**given.values, lines: read.rows})
