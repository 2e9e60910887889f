"""A report as a workbook: a sheet for each part, with its figures and tables below one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pmcs.errors import Translate
from pmcs.reports.sections import Cell, Page, Section
from pmcs.reports.workbook import DAY, TIME, Block, Figure, Plain, Sheet, book


def report_book(title: str, pages: Sequence[Page], terms: Sequence[Mapping[str, str]], translate: Translate) -> bytes:
    """The pages' sheets, and one of the terms. Raises Unable: XlsxWriter is missing."""
    writer = _Cells(translate)
    sheets = [Sheet(page.title, writer.blocks(page)) for page in pages]
    meanings = [[term["term"], term["meaning"]] for term in terms]
    return book(title, [*sheets, Sheet(translate("Definitions"), [Block((), meanings)])])


class _Cells:
    """Sections as tables of Excel, in the words of `translate`."""

    def __init__(self, translate: Translate) -> None:
        self.say = translate
        self.forms = {
            "count": "#,##0",
            "percent": "0.0%",
            "points": "0.0",
            "money": "#,##0.00",
            "hours": _unit(translate("{hours} h"), "{hours}"),
            "minutes": _unit(translate("{minutes} min"), "{minutes}"),
        }

    def blocks(self, page: Page) -> list[Block]:
        """The figures at a glance, then each table."""
        glance = [
            [measure.label, self.cell(Cell(measure.value, measure.form)), measure.part, measure.whole]
            for measure in page.measures
        ]
        head = Block((), glance, page.title, [page.lead] if page.lead else ())
        return [head, *(block for section in page.sections for block in self._section(section))]

    def _section(self, section: Section) -> list[Block]:
        if not section.tables:
            return [Block((), (), section.title, section.notes or [self.say("None.")])]
        return [
            Block(
                table.heads,
                [[line.label, *(self.cell(cell) for cell in line.cells)] for line in table.lines],
                section.title if place == 0 else "",
                section.notes if place == 0 else (),
                frozenset(number for number, line in enumerate(table.lines) if line.total),
            )
            for place, table in enumerate(section.tables)
        ]

    def cell(self, cell: Cell) -> Plain | Figure:
        """A figure as a number, a day as a day; what is neither as a text."""
        value = cell.value
        if value is None:
            return None
        if cell.form in self.forms:
            return Figure(value, self.forms[cell.form]) if isinstance(value, int | float) else str(value)
        return _moment(str(value), cell.form) if cell.form in {"time", "day"} else str(value)


def _unit(words: str, place: str) -> str:
    """`33.8 h` as Excel shows it: a number with a word beside it."""
    before, _, after = words.partition(place)
    return (f'"{before}"' if before else "") + "0.0" + (f'"{after}"' if after else "")


def _moment(text: str, form: str) -> Plain | Figure:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if form == "day" or len(text) == len("2026-11-23"):
        return Figure(date(moment.year, moment.month, moment.day), DAY)
    return Figure(moment.replace(tzinfo=None), TIME)
