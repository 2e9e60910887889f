"""Periods: a year, a quarter or a month (2026, 2026-Q3, 2026-10) and the moments that they lie between."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from pmcs.errors import BadInput

PERIOD = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2, 9998
"""Those whose moments have a place in every zone."""


class Span(NamedTuple):
    """From a moment up to another, which lies outside."""

    start: datetime
    end: datetime

    def has(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.start <= at < self.end


def parse_period(text: str) -> str | None:
    """A period as it is stored, from what was typed; None where it is none."""
    word = text.strip().upper()
    found = PERIOD.fullmatch(word)
    return word if found and FIRST_YEAR <= int(found["year"]) < LAST_YEAR else None


def period_of(text: str) -> str:
    """The period that was typed, as it is stored. Raises BadInput: it is none."""
    period = parse_period(text)
    if period is None:
        raise BadInput(
            "{text} is no period; write a month, a quarter or a year: 2026-10, 2026-Q3, 2026.", text=text[:60]
        )
    return period


def span_of(period: str, zone: tzinfo) -> Span:
    """The first moment of a stored period in a zone, and the first one after it. Raises ValueError: it is none."""
    found = PERIOD.fullmatch(period)
    if found is None:
        raise ValueError(period)
    first, months = 1, 12
    if found["quarter"]:
        first, months = 3 * int(found["quarter"]) - 2, 3
    elif found["month"]:
        first, months = int(found["month"]), 1
    year, after = int(found["year"]), first + months - 1
    return Span(datetime(year, first, 1, tzinfo=zone), datetime(year + after // 12, after % 12 + 1, 1, tzinfo=zone))


def periods_with(day: date) -> tuple[str, ...]:
    """The month, the quarter and the year that a day lies in, as they are stored."""
    return f"{day:%Y-%m}", f"{day.year:04}-Q{(day.month + 2) // 3}", f"{day.year:04}"
