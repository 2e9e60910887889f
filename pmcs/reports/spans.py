"""Which months and years there are, and up to when each is judged."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pmcs.core.record import in_calendar
from pmcs.errors import BadInput
from pmcs.reports.lives import Span


def month_bounds(month: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a month and of the next, in the office's zone. Raises BadInput for what is no month."""
    try:
        year, _, number = month.partition("-")
        start = datetime(int(year), int(number), 1, tzinfo=zone)
    except ValueError:
        raise BadInput("{month} is no month; write it as 2026-10.", month=month[:60]) from None
    if month != f"{start:%Y-%m}" or not in_calendar(start):
        raise BadInput("{month} is no month; write it as 2026-10.", month=month[:60])
    return start, _next(start)


def year_bounds(year: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a year and of the next, in the office's zone. Raises BadInput for what is no year."""
    try:
        start = datetime(int(year), 1, 1, tzinfo=zone)
    except ValueError:
        raise BadInput("{year} is no year; write it as 2026.", year=year[:60]) from None
    if len(year) != 4 or year != f"{start:%Y}" or not in_calendar(start.replace(year=min(start.year + 1, 9999))):
        raise BadInput("{year} is no year; write it as 2026.", year=year[:60])
    return start, start.replace(year=start.year + 1)


def months_before(start: datetime, count: int) -> list[tuple[datetime, datetime]]:
    """The bounds of the month that begins at `start` and of those before it, oldest first."""
    found = []
    end = _next(start)
    for _ in range(count):
        found.append((start, end))
        start, end = (start - timedelta(days=1)).replace(day=1), start
    return found[::-1]


def months_of(span: Span, zone: ZoneInfo) -> list[tuple[Span, datetime]]:
    """The months of a year up to the one in which it is judged, each with its end. What is known of it is one."""
    found: list[tuple[Span, datetime]] = []
    start = datetime.fromtimestamp(span.start, zone)
    while start.timestamp() < span.end and (not found or start.timestamp() < span.judged):
        end = _next(start)
        last = end.timestamp()
        found.append((Span(start.timestamp(), last, min(span.judged, last), span.known), end))
        start = end
    return found


def span_of(start: datetime, end: datetime, as_of: datetime, now: datetime) -> Span:
    """A month or year, given the last entry: one that runs is judged up to it, one that is over up to its end."""
    over = now >= end
    judged = end if over else min(as_of, end)
    known = max(as_of, end) if over else judged
    return Span(start.timestamp(), end.timestamp(), judged.timestamp(), known.timestamp())


def _next(start: datetime) -> datetime:
    return (start + timedelta(days=32)).replace(day=1)
