"""Tables as an Excel workbook: the same tables give the same bytes, texts stay texts and never become formulas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pmcs.errors import BadInput, Unable

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

WIDEST, NARROWEST = 60, 8
EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001  what the file says of its making, not a time of the office
FIRST_DAY = date(1900, 3, 1)
"""Before it Excel counts a day that never was."""
A4 = 9
MOST_ROWS, MOST_LETTERS, MOST_DIGITS, LONGEST_NAME = 1_048_576, 32_767, 15, 31
DAY, TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_UNWRITTEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")

Plain: TypeAlias = str | int | float | Decimal | date | None


class Figure(NamedTuple):
    """A number or a day, and the number format of Excel that it is shown in."""

    value: Plain
    form: str


class Block(NamedTuple):
    """A table with its head, below a title and notes where it has some."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Plain | Figure]]
    title: str = ""
    notes: Sequence[str] = ()
    totals: frozenset[int] = frozenset()
    """Which of the rows are sums."""


class Sheet(NamedTuple):
    """A sheet: tables below one another."""

    name: str
    blocks: Sequence[Block]


def workbook(title: str, heads: Sequence[str], rows: Sequence[Sequence[Plain | Figure]]) -> bytes:
    """One sheet, a list whose head stays. Raises what `book` does."""
    return book(title, [Sheet(title, [Block(heads, rows)])])


def book(title: str, sheets: Sequence[Sheet]) -> bytes:
    """The sheets; a sheet of one table without a title is a list. Raises Unable: XlsxWriter is missing; BadInput."""
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise Unable("Writing .xlsx takes XlsxWriter; install it with pip install 'pmcs[xlsx]'.") from None
    memory = BytesIO()
    made = Workbook(memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    made.set_properties({"title": _clean(title), "created": EPOCH})
    taken: set[str] = set()
    for one in sheets:
        _Writer(made, made.add_worksheet(_name(one.name, taken))).write(one.blocks)
    made.close()
    return memory.getvalue()


def _name(wanted: str, taken: set[str]) -> str:
    """A name that Excel takes: short enough, without what it forbids in names, and no second time."""
    plain = _NOT_IN_NAMES.sub(" ", _clean(wanted)).strip(" '\n\t")[:LONGEST_NAME].strip(" '") or "1"
    if plain.casefold() == "history":  # Excel keeps it for itself
        plain += "_"
    found, number = plain, 1
    while found.casefold() in taken:
        number += 1
        end = f" {number}"
        found = plain[: LONGEST_NAME - len(end)] + end
    taken.add(found.casefold())
    return found


class _Writer:
    """Writes one sheet."""

    def __init__(self, made: Workbook, sheet: Worksheet) -> None:
        self.made, self.sheet = made, sheet
        self.widths: dict[int, int] = {}
        self.formats: dict[tuple[str, bool], Any] = {}

    def write(self, blocks: Sequence[Block]) -> None:
        place = 0
        for block in blocks:
            place = self._block(block, place) + 1
        for column, width in self.widths.items():
            self.sheet.set_column(column, column, min(max(width + 2, NARROWEST), WIDEST))
        if len(blocks) == 1 and not blocks[0].title:
            self.sheet.freeze_panes(1, 0)
            self.sheet.repeat_rows(0)
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.fit_to_pages(1, 0)

    def _block(self, block: Block, place: int) -> int:
        """Writes a table from a row on; returns the first row below it."""
        for text, bold in ((block.title, True), *((note, False) for note in block.notes)):
            if text:
                self.sheet.write_string(place, 0, _clean(text), self._format("", bold))
                place += 1
        if place + len(block.rows) >= MOST_ROWS:
            raise BadInput("A sheet of Excel holds {count} rows; ask for fewer.", count=MOST_ROWS - 1)
        if block.heads:
            for column, head in enumerate(block.heads):
                self._cell(place, column, head, bold=True)
            place += 1
        for number, row in enumerate(block.rows):
            for column, value in enumerate(row):
                self._cell(place, column, value, bold=number in block.totals)
            place += 1
        return place

    def _cell(self, place: int, column: int, given: Plain | Figure, *, bold: bool) -> None:
        value, form = given if isinstance(given, Figure) else (given, "")
        if value is None or value == "":
            return
        if isinstance(value, float) or (isinstance(value, int | Decimal) and _digits(value) <= MOST_DIGITS):
            self.sheet.write_number(place, column, value, self._format(form, bold))
            shown = str(value)
        elif isinstance(value, date) and _day(value) >= FIRST_DAY:
            form = form or (TIME if isinstance(value, datetime) else DAY)
            self.sheet.write_datetime(place, column, value, self._format(form, bold))
            shown = form
        else:
            shown = _clean(value.isoformat() if isinstance(value, date) else str(value))
            self.sheet.write_string(place, column, shown, self._format("", bold))
        self.widths[column] = max(self.widths.get(column, 0), *(_width(line) for line in shown.split("\n")))

    def _format(self, form: str, bold: bool) -> Any:
        if not form and not bold:
            return None
        key = form, bold
        if key not in self.formats:
            self.formats[key] = self.made.add_format({"bold": bold} | ({"num_format": form} if form else {}))
        return self.formats[key]


def _digits(value: int | Decimal) -> int:
    return sum(letter.isdigit() for letter in str(value))


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _clean(text: str) -> str:
    """As much of a text as a cell holds, without what no XML can hold."""
    plain = _UNWRITTEN.sub("", text)
    return plain if len(plain) <= MOST_LETTERS else plain[: MOST_LETTERS - 1] + "…"


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
