"""The rows that an action adds to a record, or changes there, read from a table: all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pmcs.core.entry import action_columns
from pmcs.core.fold import same_row
from pmcs.core.kind import Action, Field, Kind
from pmcs.core.record import Record, Rows, Value
from pmcs.core.scalars import echo
from pmcs.core.values import convert
from pmcs.core.world import Context, Given
from pmcs.duties.acting import Acting, circumstances, foreseen, refuse_beforehand
from pmcs.duties.imports.cells import text_of
from pmcs.duties.imports.mapping import needed, shortened
from pmcs.duties.imports.mistakes import few, no_column
from pmcs.duties.imports.rows import Row, read_rows
from pmcs.duties.imports.run import BadRow, fitting
from pmcs.errors import BadInput, PmcsError, Refused, Sentence
from pmcs.store.store import Store

MOST = 2_000
"""Rows of one event."""


class Lines(NamedTuple):
    """The rows of a file as the action takes them, or what is wrong with them."""

    rows: Rows
    read: int
    bad: list[BadRow]


def lines_from(
    store: Store, kind_name: str, action: str, record: Record | None, file: Path, given: Given, acting: Acting
) -> Lines:
    """Read a file whose columns are those of the action's lines, by name or label; what else is given goes beside them.

    A row that says nothing but which one it is leaves that one as it is. Raises BadInput for the file as a whole, and
    what the action refuses for no single row's sake.
    """
    kind, context = circumstances(store, kind_name, record, acting)
    refuse_beforehand(kind, record, kind.actions[action], given.at or context.now, context)
    reading = _Reading(kind, kind.actions[action], record, context)
    table = read_rows(file)
    reading.take_header(table.header)
    for read, row in enumerate(table.rows, 1):
        if read > MOST:
            raise BadInput("The file {file} has more than {most} rows; split it.", file=file, most=MOST)
        reading.take(row)
    if not reading.rows and not reading.bad:
        raise BadInput("No row of {file} says anything; nothing was written.", file=file)

    def refused(rows: Rows) -> PmcsError | None:
        values = {**given.values, reading.lines.name: rows}
        try:
            foreseen(store, kind_name, action, record, given._replace(values=values), acting)
        except PmcsError as error:
            return error
        return None

    rows = list(reading.rows.values())
    together = None if reading.bad else refused(rows)
    if not reading.bad and together is None:
        return Lines(rows, reading.read, [])
    alone = {number: error for number, row in reading.rows.items() if (error := refused([row]))}
    of_all = len(alone) == len(rows) > 1 and len({error.sentence for error in alone.values()}) == 1
    if of_all and isinstance(error := next(iter(alone.values())), Refused):
        raise error
    if together and not alone:
        raise together
    bad = [*reading.bad, *(BadRow(number, "", error.sentence) for number, error in alone.items())]
    return Lines(rows, reading.read, sorted(bad, key=lambda found: found.row))


class _Reading:
    """The rows of one table, cell by cell."""

    def __init__(self, kind: Kind, action: Action, record: Record | None, context: Context) -> None:
        self.action, self.record, self.context = action, record, context
        self.lines: Field = kind.fields[action.adds or action.row or ""]
        self.taken = action_columns(kind, action)
        self.headings: Mapping[str, Field] = {}
        """Heading → its column."""
        self.rows: dict[int, dict[str, Value]] = {}
        """What is to be written, by the number of the file's row."""
        self.keys: dict[tuple[str, ...], int] = {}
        self.read = 0
        self.bad: list[BadRow] = []

    def take_header(self, header: list[str]) -> None:
        """Find the column of each heading. Raises BadInput."""
        found: dict[str, Field] = {}
        for heading in filter(None, header):
            column = self._column(heading)
            if column is None:
                raise BadInput(
                    "The column {column} is none of {field}; it takes {columns}.",
                    column=shortened(heading),
                    field=self.context.world.label(self.lines.label),
                    columns=few(self._heading(name) for name in self.taken),
                )
            if column in found.values() or header.count(heading) > 1:
                raise BadInput("The table has more than one column {column}; rename the others.", column=heading)
            found[heading] = column
        names = [column.name for column in found.values()]
        for name in self.lines.key if self.action.row else ():
            if name not in names:
                raise BadInput(no_column(self._heading(name), header))
        self.headings = found

    def _column(self, heading: str) -> Field | None:
        for column in (self.lines.rows or {}).values():
            labels = [column.label] if isinstance(column.label, str) else list(column.label.values())
            if heading in (column.name, *labels) and (column.name in self.taken or self.action.row):
                return column
        return None

    def _heading(self, name: str) -> str:
        return self.context.world.label((self.lines.rows or {})[name].label)

    def take(self, row: Row) -> None:
        """One row: into what is to be written, or among the bad ones."""
        self.read += 1
        if row.error:
            self.bad.append(BadRow(row.number, "", row.error))
            return
        texts = {self.headings[name].name: text_of(cell).strip() for name, cell in row.cells.items()}
        texts = fitting(self.lines.rows or {}, {name: text for name, text in texts.items() if text})
        before = len(self.bad)
        values = {name: value for name, text in texts.items() if (value := self._value(row.number, name, text))}
        if self.action.row:
            self._check_row(row.number, values, texts)
        if len(self.bad) == before:
            self._check_key(row.number, values)
        said = {name: value for name, value in values.items() if name in self.taken}
        if len(self.bad) == before and said.keys() - {*(self.lines.key if self.action.row else ())}:
            self.rows[row.number] = said

    def _value(self, number: int, name: str, text: str) -> Value:
        column = (self.lines.rows or {})[name]
        try:
            value = convert(column, text, self.context, self.context.now)
        except PmcsError as error:
            self._wrong(number, name, error.sentence)
            return None
        return [text] if column.type == "files" else value

    def _check_row(self, number: int, values: Mapping[str, Value], texts: Mapping[str, str]) -> None:
        """Which row of the record it is, and that what only stands beside it there is the same."""
        key = {name: values[name] for name in self.lines.key if name in values}
        for name in self.lines.key:
            if name not in texts:
                self._wrong(number, name, needed(self._heading(name)))
        if len(key) < len(self.lines.key):
            return
        rows = self.record.rows(self.lines.name) if self.record else []
        present = next((other for other in rows if same_row(other, key, self.lines.key)), None)
        if present is None:
            said = Sentence(
                "{field} of {id} has no row {key}; pmcs show {id} says which there are.",
                field=self.context.world.label(self.lines.label),
                id=self.record.id if self.record else "",
                key=[echo(str(value)) for value in key.values()],
            )
            self._wrong(number, self.lines.key[0], said)
            return
        for name, value in values.items():
            if name not in self.taken and name not in self.lines.key and value != present.get(name, ""):
                said = Sentence(
                    "It says {value}, but the record says {present}; is it the file of another record?",
                    value=shortened(texts[name]),
                    present=shortened(str(present.get(name, ""))),
                )
                self._wrong(number, name, said)

    def _check_key(self, number: int, values: Mapping[str, Value]) -> None:
        """That no row before has the same key."""
        key = tuple(str(values.get(name, "")) for name in self.lines.key)
        earlier = self.keys.setdefault(key, number) if key else number
        if earlier != number:
            said = Sentence(
                "Row {earlier} says the same {key} already; take one of them out.", earlier=earlier, key=key
            )
            self._wrong(number, self.lines.key[0], said)

    def _wrong(self, number: int, name: str, sentence: Sentence) -> None:
        heading = next((heading for heading, column in self.headings.items() if column.name == name), name)
        self.bad.append(BadRow(number, heading, sentence))
