"""XLSX workbooks: date cells, numeric ids, and what Excel makes of them."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pmcs.duties.imports.cells import Cell, Line, blank
from pmcs.errors import BadInput, Sentence, Unable

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

UNZIPPED = 500_000_000
# The last row that Excel has; a file that claims a later one would be padded up to it.
LAST_ROW = 1_048_576


def no_workbook(path: Path) -> BadInput:
    """The refusal of a file that is no workbook."""
    return BadInput("The file {file} is no XLSX workbook, or it is damaged; save it again as .xlsx.", file=path)


def xlsx_lines(path: Path, stream: BinaryIO, sheet: str | None) -> Iterator[Line]:
    """The lines of a sheet that are not blank. Raises BadInput for what is no workbook, Unable without openpyxl."""
    book = _workbook(path, stream)
    try:
        page = _page(path, book, sheet)
        # A wrong size written in the file would cut the sheet off.
        page.reset_dimensions()
        rows = iter(page.iter_rows())
        number = 0
        while True:
            number += 1
            try:
                # openpyxl warns of what it leaves out (styles, extensions); none of it is a cell.
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    found = next(rows, None)
                if found is None:
                    return
                cells, error = _cells(found)
            except Exception as reason:
                raise no_workbook(path) from reason
            if number > LAST_ROW:
                raise BadInput("The sheet in {file} has more rows than Excel allows.", file=path)
            if error is not None or not all(map(blank, cells)):
                yield number, cells, error
    finally:
        book.close()


def _workbook(path: Path, stream: BinaryIO) -> Workbook:
    try:
        import openpyxl
    except ImportError:
        raise Unable("Reading {file} needs openpyxl; type: pip install 'pmcs[xlsx]'", file=path) from None
    try:
        with zipfile.ZipFile(stream) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except Exception as reason:
        raise no_workbook(path) from reason
    if size > UNZIPPED:
        raise BadInput("The workbook {file} unpacks to more than 500 MB; save the sheet as CSV.", file=path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except Exception as reason:
        # openpyxl raises whatever a damaged part of the file makes it stumble over.
        raise no_workbook(path) from reason


def _page(path: Path, book: Workbook, sheet: str | None) -> Any:
    pages = {page.title: page for page in book.worksheets}
    if not pages:
        raise BadInput("The workbook {file} has no sheet with cells.", file=path)
    if sheet is None:
        return next(iter(pages.values()))
    if sheet not in pages:
        raise BadInput(
            "The workbook {file} has no sheet {sheet}; it has {known}.", file=path, sheet=sheet, known=list(pages)
        )
    return pages[sheet]


def _cells(found: Sequence[Any]) -> tuple[list[Cell], Sentence | None]:
    cells: list[Cell] = []
    error: Sentence | None = None
    for cell in found:
        value = cell.value
        if cell.data_type == "e":
            error = error or Sentence(
                "The cell {cell} holds the Excel error {value}.", cell=cell.coordinate, value=value
            )
            cells.append("")
        elif isinstance(value, str):
            cells.append(value)
        elif value is None:
            cells.append("")
        elif isinstance(value, bool):
            cells.append("true" if value else "false")
        elif isinstance(value, int | float):
            # Excel keeps 15 digits: a typed ID or card number of 18 has lost its end already.
            if abs(value) >= 10**15:
                error = error or Sentence(
                    "The cell {cell} holds a number of more than 15 digits, which Excel has rounded; make it text.",
                    cell=cell.coordinate,
                )
            cells.append(_number(value, cell.number_format))
        elif isinstance(value, datetime):
            cells.append(_date_cell(value, cell.number_format))
        elif isinstance(value, date):
            cells.append(value)
        elif isinstance(value, time):
            cells.append(value.isoformat("seconds"))
        else:
            cells.append(str(value))
    while cells and cells[-1] == "":
        cells.pop()
    return cells, error


def _number(value: float, shown: str) -> str:
    if value != int(value):
        # Fifteen digits are what Excel itself shows of 0.1 + 0.2.
        return format(Decimal(format(value, ".15g")), "f")
    # 0101 typed as the number 101 under the format 0000 is 0101 to the one who reads the sheet.
    return str(int(value)).zfill(len(shown)) if re.fullmatch("0+", shown) else str(int(value))


def _date_cell(value: datetime, shown: str) -> Cell:
    from openpyxl.styles.numbers import is_datetime

    # A day's fraction is a binary float: half a second either way is its rounding.
    exact = (value + timedelta(milliseconds=500)).replace(microsecond=0) if value.microsecond else value
    if exact.time() == time() and is_datetime(shown) == "date":
        return exact.date()
    return exact
