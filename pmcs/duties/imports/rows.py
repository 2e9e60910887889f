"""Tables to import: CSV and XLSX files read row by row, whatever system or spreadsheet wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pmcs.duties.imports.cells import Cell, Line, blank, text_of
from pmcs.duties.imports.csv_file import csv_lines
from pmcs.errors import BadInput, Sentence


class Row(NamedTuple):
    """A row under its header.

    `number` is the line of the file in which it starts, or Excel's row number, from 1. Times are naive.
    A row with an `error` is not to be imported.
    """

    number: int
    cells: dict[str, Cell]
    error: Sentence | None = None


class Table(NamedTuple):
    """The header's names, which may be empty or doubled, and the rows, to be read once."""

    header: list[str]
    rows: Iterator[Row]


def read_rows(path: Path, sheet: str | None = None) -> Table:
    """The table in a CSV file (UTF-8 or GB18030; comma, semicolon or tab) or in an XLSX sheet, the first by default.

    The first row that is not blank is the header; later blank rows are passed over. The rows are read as they are
    asked for. Raises BadInput for a file that is no such table, here or while it is read, and Unable without openpyxl.
    """
    lines = _lines(path, sheet)
    header: list[str] = []
    for _, cells, error in lines:
        if error is not None:
            raise BadInput("The header of {file} cannot be used: {why}", file=path, why=error)
        header = [text_of(cell).strip().lstrip("\ufeff") for cell in cells]
        break
    if not header:
        raise BadInput("The file {file} is empty; it needs a header and rows under it.", file=path)
    return Table(header, _rows(header, lines))


def _rows(header: list[str], lines: Iterator[Line]) -> Iterator[Row]:
    width = len(header)
    unnamed = "" in header
    for number, line, found in lines:
        cells, error = line, found
        if len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        elif len(cells) > width and error is None:
            surplus = sum(1 for cell in cells[width:] if not blank(cell))
            if surplus:
                error = Sentence("The row has {surplus} cells more than the header has columns.", surplus=surplus)
        named = dict(zip(header, cells, strict=False))
        if unnamed:
            del named[""]
        yield Row(number, named, error)


def _lines(path: Path, sheet: str | None) -> Iterator[Line]:
    """Lines that are not blank, from whichever kind of file it is. The file is open as long as they are being read."""
    with _open(path) as stream:
        start = stream.read(8)
        stream.seek(0)
        if start.startswith(b"\xd0\xcf\x11\xe0") or path.suffix.lower() == ".xls":
            raise BadInput(
                "The file {file} is an old .xls or has a password; save it as .xlsx without a password.", file=path
            )
        if start.startswith(b"PK\x03\x04"):
            from pmcs.duties.imports.xlsx_file import xlsx_lines

            yield from xlsx_lines(path, stream, sheet)
        elif path.suffix.lower() in {".xlsx", ".xlsm"}:
            from pmcs.duties.imports.xlsx_file import no_workbook

            raise no_workbook(path)
        elif sheet is not None:
            raise BadInput("The file {file} is no workbook and has no sheet {sheet}.", file=path, sheet=sheet)
        else:
            yield from csv_lines(path, stream)


def _open(path: Path) -> BinaryIO:
    try:
        if path.exists() and not path.is_file():
            raise BadInput("{file} is no file; name a CSV or XLSX file.", file=path)
        return path.open("rb")
    except FileNotFoundError:
        raise BadInput("There is no file {file}; check the name.", file=path) from None
    except OSError as error:
        raise BadInput(
            "The file {file} cannot be read: {why}; check its permissions.", file=path, why=error.strerror
        ) from None
