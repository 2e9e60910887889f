"""A table as an Excel workbook: the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO

from pmcs.errors import Unable

WIDEST, NARROWEST = 60, 8
EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001  what the file says of its making, not a time of the office


def workbook(title: str, heads: Sequence[str], rows: Sequence[Sequence[str | int | Decimal | None]]) -> bytes:
    """One sheet with a head that stays, texts as texts and never as formulas. Raises Unable: XlsxWriter is missing."""
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise Unable("Writing .xlsx takes XlsxWriter; install it with pip install 'pmcs[xlsx]'.") from None
    memory = BytesIO()
    book = Workbook(memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": EPOCH})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
        longest = max([_width(head), *(_width(str(row[column] or "")) for row in rows)])
        sheet.set_column(column, column, min(max(longest + 2, NARROWEST), WIDEST))
    for place, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, int | Decimal):
                sheet.write_number(place, column, value)
            elif value:
                sheet.write_string(place, column, value)
    book.close()
    return memory.getvalue()


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
