"""Tables to import: CSV and XLSX files read row by row, whatever system or spreadsheet wrote them."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from pmcs.errors import BadInput, Sentence, Unable

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

Cell = str | datetime | date

CHUNK = 1 << 20
LONGEST_LINE = 16 * CHUNK
UNZIPPED = 500_000_000
# The last row that Excel has; a file that claims a later one would be padded up to it.
LAST_ROW = 1_048_576
# So many characters of good UTF-8 before the first bad byte are no accident of another encoding.
SURELY_UTF8 = 12


class Row(NamedTuple):
    """A row under its header.

    `number` is the line of the file in which it starts, or Excel's row number, from 1. Times are naive.
    A row with an `error` is not to be imported.
    """

    number: int
    cells: dict[str, Cell]
    error: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The header's names, which may be empty or doubled, and the rows, to be read once."""

    header: list[str]
    rows: Iterator[Row]


# A row before its header is known: number, cells, error.
_Line = tuple[int, Sequence[Cell], Sentence | None]


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


def text_of(cell: Cell) -> str:
    """A cell as text, times as 2026-11-23 12:30:00."""
    if isinstance(cell, str):
        return cell
    return cell.isoformat(" ", "seconds") if isinstance(cell, datetime) else cell.isoformat()


def _rows(header: list[str], lines: Iterator[_Line]) -> Iterator[Row]:
    width = len(header)
    unnamed = "" in header
    for number, line, found in lines:
        cells, error = line, found
        if len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        elif len(cells) > width and error is None:
            surplus = sum(1 for cell in cells[width:] if not _blank(cell))
            if surplus:
                error = Sentence("The row has {surplus} cells more than the header has columns.", surplus=surplus)
        named = dict(zip(header, cells, strict=False))
        if unnamed:
            del named[""]
        yield Row(number, named, error)


def _blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _lines(path: Path, sheet: str | None) -> Iterator[_Line]:
    """Lines that are not blank, from whichever kind of file it is. The file is open as long as they are being read."""
    with _open(path) as stream:
        start = stream.read(8)
        stream.seek(0)
        if start.startswith(b"\xd0\xcf\x11\xe0") or path.suffix.lower() == ".xls":
            raise BadInput(
                "The file {file} is an old .xls or has a password; save it as .xlsx without a password.", file=path
            )
        if start.startswith(b"PK\x03\x04"):
            yield from _xlsx(path, stream, sheet)
        elif path.suffix.lower() in {".xlsx", ".xlsm"}:
            raise _no_workbook(path)
        elif sheet is not None:
            raise BadInput("The file {file} is no workbook and has no sheet {sheet}.", file=path, sheet=sheet)
        else:
            yield from _csv(path, stream)


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


# --- CSV


def _csv(path: Path, stream: BinaryIO) -> Iterator[_Line]:
    import io

    encoding = _encoding(path, stream)
    stream.seek(0)
    # newline="": a cell may hold line ends, and an editor counts each of them.
    with io.TextIOWrapper(stream, encoding, newline="") as text:
        head = next((line for line in text if line.strip()), "")
        text.seek(0)
        reader = csv.reader(text, delimiter=_delimiter(head), strict=True)
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _bad_csv(path, number, error) from None
            except UnicodeDecodeError:
                raise BadInput("The file {file} changed while it was read; try again.", file=path) from None
            if "".join(cells).strip():
                yield number, cells, None


def _encoding(path: Path, stream: BinaryIO) -> str:
    """Read the whole file once: a single byte in the last line can rule UTF-8 out."""
    start = stream.read(3)
    stream.seek(0)
    marked = start == codecs.BOM_UTF8
    utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")("strict")
    chinese: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("gb18030")("strict")
    foreign, lines, pending, unbroken = 0, 1, b"", 0
    damaged: int | None = None
    while True:
        chunk = stream.read(CHUNK)
        if b"\0" in chunk or start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise BadInput("The file {file} is no CSV text (it holds NUL bytes); save it as CSV UTF-8.", file=path)
        unbroken = 0 if b"\n" in chunk or b"\r" in chunk else unbroken + len(chunk)
        if unbroken > LONGEST_LINE:
            raise BadInput("The file {file} has a line of more than 16 MB; it is no table.", file=path)
        if utf8 is not None:
            pending = utf8.getstate()[0]
            try:
                text = utf8.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                # error.start counts from the bytes that were held back from the chunk before.
                good = (pending + chunk)[: error.start]
                foreign += _foreign(good.decode())
                damaged = lines + good.count(b"\n")
                utf8 = None
            else:
                foreign += 0 if foreign >= SURELY_UTF8 else _foreign(text)
                lines += chunk.count(b"\n")
        if utf8 is None and (marked or foreign >= SURELY_UTF8):
            raise BadInput(
                "Line {line} of {file} is damaged: everything before it is UTF-8; save the file as CSV UTF-8 again.",
                line=damaged,
                file=path,
            )
        if chinese is not None:
            try:
                chinese.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                chinese = None
        if utf8 is None and chinese is None:
            raise BadInput("The file {file} is neither UTF-8 nor GB18030; save it as CSV UTF-8.", file=path)
        if not chunk:
            break
    if utf8 is None:
        return "gb18030"
    return "utf-8-sig" if marked else "utf-8"


def _foreign(text: str) -> int:
    return 0 if text.isascii() else len(text) - len(text.encode("ascii", "ignore"))


def _delimiter(head: str) -> str:
    outside = "".join(head.split('"')[::2])
    return next((mark for mark in (",", "\t", ";") if mark in outside), ",")


def _bad_csv(path: Path, number: int, error: csv.Error) -> BadInput:
    if "limit" in str(error):
        return BadInput(
            "A cell in line {line} of {file} is longer than {most} characters; is a quote left open there?",
            line=number,
            file=path,
            most=csv.field_size_limit(),
        )
    return BadInput(
        "The quotes in line {line} of {file} do not match; write a quote in a quoted cell twice and close each cell.",
        line=number,
        file=path,
    )


# --- XLSX


def _no_workbook(path: Path) -> BadInput:
    return BadInput("The file {file} is no XLSX workbook, or it is damaged; save it again as .xlsx.", file=path)


def _xlsx(path: Path, stream: BinaryIO, sheet: str | None) -> Iterator[_Line]:
    import warnings

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
                raise _no_workbook(path) from reason
            if number > LAST_ROW:
                raise BadInput("The sheet in {file} has more rows than Excel allows.", file=path)
            if error is not None or not all(map(_blank, cells)):
                yield number, cells, error
    finally:
        book.close()


def _workbook(path: Path, stream: BinaryIO) -> Workbook:
    try:
        import openpyxl
    except ImportError:
        raise Unable("Reading {file} needs openpyxl; type: pip install 'pmcs[xlsx]'", file=path) from None
    import warnings
    import zipfile

    try:
        with zipfile.ZipFile(stream) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except Exception as reason:
        raise _no_workbook(path) from reason
    if size > UNZIPPED:
        raise BadInput("The workbook {file} unpacks to more than 500 MB; save the sheet as CSV.", file=path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except Exception as reason:
        # openpyxl raises whatever a damaged part of the file makes it stumble over.
        raise _no_workbook(path) from reason


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
