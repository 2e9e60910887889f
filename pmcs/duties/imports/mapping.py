"""The map of an import at work: which column of a table becomes which field, and how its text is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pmcs.core.record import Value
from pmcs.duties.imports.cells import Cell, blank, text_of
from pmcs.duties.imports.formats import Format, date_text, plain, time_text
from pmcs.duties.imports.mistakes import few, no_column, refuse, unknown_name
from pmcs.duties.imports.rows import Row
from pmcs.errors import Sentence

# A day promised is kept until it is over.
END_OF_DAY = time(23, 59, 59)


class CellError(NamedTuple):
    """What is wrong with one cell of a row; the sentence names the column but not the row."""

    column: str
    sentence: Sentence


class Source(NamedTuple):
    """Where a field's text comes from. `type` is `time`, `date`, or any other, which is taken as text."""

    column: str
    format: Format | None = None
    values: Mapping[str, str] | None = None
    default: str | None = None
    max: int | None = None
    type: str = ""

    def text(self, cells: Mapping[str, Cell], tz: ZoneInfo, errors: list[CellError], ends: time = time()) -> str:
        """The field's text, or nothing; `ends` is the time of day of a cell that names only a day."""
        cell = cells[self.column] if self.column else ""
        if isinstance(cell, str):
            cell = cell.strip()
            if not cell:
                return self.default or ""
        if self.type in ("time", "date"):
            return self._when(cell, tz, errors, ends)
        text = cell if isinstance(cell, str) else text_of(cell)
        if self.values is None:
            return text if self.max is None else text[: self.max].rstrip()
        known = self.values.get(text, self.default)
        if known is None:
            errors.append(CellError(self.column, self._unknown(text)))
            return ""
        return known

    def _when(self, cell: Cell, tz: ZoneInfo, errors: list[CellError], ends: time) -> str:
        if not isinstance(cell, str):
            moment: date | datetime | None = cell
        else:
            moment = plain(cell, tz) if self.format is None else self.format.read(cell, tz)
        if moment is not None:
            try:
                return time_text(moment, tz, ends) if self.type == "time" else date_text(moment, tz)
            except (ValueError, OverflowError):
                pass
        errors.append(CellError(self.column, self._no_time(text_of(cell))))
        return ""

    def _no_time(self, text: str) -> Sentence:
        if self.format is None:
            return Sentence(
                "{value} in column {column} is no date or time; write it as 2026-11-23 12:30, or map its format.",
                value=shortened(text),
                column=self.column,
            )
        return Sentence(
            "{value} in column {column} is not of the format {format}; correct the cell, or the format in the map.",
            value=shortened(text),
            column=self.column,
            format=self.format.text,
        )

    def _unknown(self, text: str) -> Sentence:
        return Sentence(
            "{value} in column {column} is not among the values of the map, which are {known}; add it, or a default.",
            value=shortened(text),
            column=self.column,
            known=few(self.values or ()),
        )


def shortened(text: str) -> Sentence | str:
    """The value for a sentence: in one short line, and not at all if it is private."""
    from pmcs.core.private import has_private

    if has_private(text):
        return Sentence("A private value")
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


class Map(NamedTuple):
    """A map of the kind `kind`. `source` is None for a register; `closed` and `due` may be missing for any.

    `parse_map` makes it, `fit` readies it for one table, `values` reads that table's rows.
    """

    kind: str
    source: str | None
    key: Source | None
    opened: Source | None
    closed: Source | None
    due: Source | None
    fields: Mapping[str, Source]

    @property
    def filled(self) -> dict[str, str]:
        """The fields that the map fills, each with the column that it comes from; the source comes from none."""
        dated = {"origin_key": self.key, "opened": self.opened, "closed_at": self.closed, "promised": self.due}
        found = {name: source.column for name, source in {**dated, **self.fields}.items() if source is not None}
        return found if self.source is None else {"origin": "", "imported": found.get("closed_at", ""), **found}

    @property
    def columns(self) -> list[str]:
        """The columns that the map reads, each once."""
        dated = [source.column for source in (self.key, self.opened, self.closed, self.due) if source is not None]
        named = (source.column for source in self.fields.values() if source.column)
        return list(dict.fromkeys([*dated, *named]))

    def fit(self, header: Sequence[str], types: Mapping[str, str]) -> Map:
        """The map for a table with this header and a kind whose fields are all in `types`: name → time, date or other.

        Raises BadInput if the header lacks a column of the map or has it twice, or the kind has no such field.
        """
        wrong: list[Sentence] = []
        for column in self.columns:
            if column not in header:
                wrong.append(no_column(column, header))
            elif header.count(column) > 1:
                wrong.append(Sentence("The table has more than one column {column}; rename the others.", column=column))
        for name, source in self.fields.items():
            if name not in types:
                wrong.append(unknown_name(f"fields.{name}", name, types))
            elif types[name] in ("time", "date"):
                if source.values is not None or source.max is not None or source.default is not None:
                    wrong.append(
                        Sentence("fields.{name} is a time or a date; it takes a column and a format only.", name=name)
                    )
            elif source.format is not None:
                wrong.append(Sentence("fields.{name} is no time and no date; it takes no format.", name=name))
        refuse(wrong)
        return self._replace(fields={name: source._replace(type=types[name]) for name, source in self.fields.items()})

    def _empty_lines(self, cells: Mapping[str, Cell]) -> set[str]:
        """Fields with lines of which this row has no cell: a default alone makes no line."""
        read: dict[str, list[bool]] = {}
        for name, source in self.fields.items():
            field, dot, _ = name.partition(".")
            if dot:
                read.setdefault(field, []).append(bool(source.column) and not blank(cells[source.column]))
        return {field for field, there in read.items() if not any(there)}

    def values(self, row: Row, tz: ZoneInfo) -> tuple[dict[str, str], list[CellError]]:
        """The texts of the fields that the row fills, and what is wrong with its cells.

        A row with errors is not to be imported.
        Times are written as 2015-01-01T07:27:13-05:00, one without an offset being local to `tz`; dates as 2026-11-23.
        """
        errors: list[CellError] = []
        texts: dict[str, str] = {}
        cells = row.cells
        if self.source is not None:
            texts["origin"] = self.source
            for name, source in (("origin_key", self.key), ("opened", self.opened)):
                if source is not None:
                    texts[name] = source.text(cells, tz, errors)
                    if not texts[name] and (not errors or errors[-1].column != source.column):
                        errors.append(CellError(source.column, needed(source.column)))
            if self.closed is not None:
                texts["closed_at"] = self.closed.text(cells, tz, errors)
            texts["imported"] = "closed" if texts.get("closed_at") else "open"
            if self.due is not None:
                texts["promised"] = self.due.text(cells, tz, errors, END_OF_DAY)
        empty = self._empty_lines(cells)
        for name, source in self.fields.items():
            if name.partition(".")[0] not in empty:
                texts[name] = source.text(cells, tz, errors)
        if "summary" in texts and not texts["summary"]:
            texts["summary"] = texts.get("subject", "")[: self.fields["summary"].max].rstrip()
        return {name: text for name, text in texts.items() if text}, errors


def with_lines(values: Mapping[str, str]) -> dict[str, Value]:
    """The values of a row, those of `LINES.COLUMN` as one line of that field."""
    found: dict[str, Value] = {}
    lines: dict[str, dict[str, Value]] = {}
    for name, text in values.items():
        field, dot, column = name.partition(".")
        if dot:
            found[field] = [lines.setdefault(field, {})]
            lines[field][column] = text
        else:
            found[name] = text
    return found


def needed(column: str) -> Sentence:
    """What is said of an empty cell in a column that must be filled."""
    return Sentence("Column {column} is empty; no row can do without it.", column=column)
