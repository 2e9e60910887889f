"""When the office works, and how long a stretch of time is by its clock (calendar.yaml of a regulation)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, wraps
from itertools import pairwise
from typing import Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from pmcs.core.length import Length
from pmcs.errors import BadInput

P = ParamSpec("P")
R = TypeVar("R")
Slot = tuple[time, time]

NONE = timedelta(0)
DAY = timedelta(days=1)
MIDNIGHT = time(0)
IDLE_LIMIT = 4000  # days without office time after which the office counts as never working


def _in_reach(method: Callable[P, R]) -> Callable[P, R]:
    """Python's dates end with the year 9999: beyond it a sentence instead of an OverflowError."""

    @wraps(method)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except OverflowError:
            raise BadInput("This leads beyond the year 9999 or before the year 1; give a nearer date.") from None

    return guarded


@dataclass(frozen=True)
class Calendar:
    """An office's time. All times given are aware, all times returned are in `tz`.

    Office time is what really passes inside the slots of working days: where a slot spans a change
    of summer time, it is an hour longer or shorter on that day.
    """

    tz: ZoneInfo
    slots: tuple[Slot, ...]
    """In order, not overlapping; an end of 00:00 is the day's end."""
    weekdays: frozenset[int]
    """Monday is 0."""
    holidays: Mapping[date, str]
    workdays: Mapping[date, str]
    """Days worked in place of others (调休)."""
    years: frozenset[int]
    """The years whose holidays are known; in the others, the plain weekdays count."""

    def is_working(self, day: date) -> bool:
        """Whether the office works on that day."""
        return day in self.workdays or (day.weekday() in self.weekdays and day not in self.holidays)

    @cached_property
    def day_length(self) -> timedelta:
        """The office time of one ordinary working day."""
        return sum(((_since_midnight(end) or DAY) - _since_midnight(begin) for begin, end in self.slots), NONE)

    @_in_reach
    def add(self, start: datetime, length: Length) -> datetime:
        """When `length` is over. `d office` is that many ordinary days' office time; `d day` ends at 23:59:59.

        A time that falls on a slot's end stays there. Raises BadInput where the office never works.
        """
        if length.measure == "day":
            day = start.astimezone(self.tz).date() + length.amount * DAY
            return datetime.combine(day, time(23, 59, 59), self.tz)
        if length.measure == "office" and length.unit == "d":
            return self.spend(start, length.amount * self.day_length, "office")
        return self.spend(start, length.duration, length.measure)

    @_in_reach
    def spend(self, start: datetime, duration: timedelta, measure: str) -> datetime:
        """When so much `real` or `office` time has passed since `start`; `start` if there is none to spend.

        Raises BadInput where the office never works.
        """
        if duration <= NONE:
            return start.astimezone(self.tz)
        if measure == "real":
            return (start.astimezone(UTC) + duration).astimezone(self.tz)
        day = start.astimezone(self.tz).date()
        # As if it began with the first day: only whole days have to be counted until the last one.
        left = duration + self._before(start)
        idle = 0
        while (whole := self._whole(day)) < left:
            left -= whole
            day += DAY
            idle = 0 if whole else idle + 1
            if idle == IDLE_LIMIT:
                raise BadInput(
                    "The office has no working hours in the {days} days before {day};"
                    " look at the slots and weekdays of the calendar.",
                    days=IDLE_LIMIT,
                    day=day,
                )
        for begin, end in self._spans(day):
            if left <= end - begin:
                return (begin + left).astimezone(self.tz)
            left -= end - begin
        raise AssertionError(day)  # _whole is the sum of _spans

    @_in_reach
    def elapsed(self, start: datetime, end: datetime, measure: str) -> timedelta:
        """The `real` (perhaps negative) or `office` time between two times; undoes `spend`."""
        # Python compares and subtracts two times of one zone by the wall clock, summer time or not.
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        if measure == "real":
            return end - start
        if end <= start:
            return NONE
        day, last = start.astimezone(self.tz).date(), end.astimezone(self.tz).date()
        passed = self._before(end) - self._before(start)
        while day < last:
            passed += self._whole(day)
            day += DAY
        return passed

    @_in_reach
    def missing_years(self, start: datetime, end: datetime) -> frozenset[int]:
        """The years from `start` to `end` whose holidays are not known."""
        first, last = start.astimezone(self.tz).year, end.astimezone(self.tz).year
        return frozenset(range(first, last + 1)) - self.years

    def _whole(self, day: date) -> timedelta:
        """The office time of a day."""
        if not self.slots or not self.is_working(day):
            return NONE
        opens = datetime.combine(day, self.slots[0][0], self.tz)
        if opens.utcoffset() == self._closes(day, self.slots[-1][1]).utcoffset():
            return self.day_length
        return sum((end - begin for begin, end in self._spans(day)), NONE)

    def _before(self, moment: datetime) -> timedelta:
        """The office time of the moment's day that lies before it."""
        moment = moment.astimezone(UTC)
        spans = self._spans(moment.astimezone(self.tz).date())
        return sum((min(end, moment) - begin for begin, end in spans if begin < moment), NONE)

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The slots of a day in UTC; empty on a day off."""
        if not self.is_working(day):
            return
        closed = None
        for begin, end in self.slots:
            opens = datetime.combine(day, begin, self.tz).astimezone(UTC)
            closes = self._closes(day, end).astimezone(UTC)
            # An hour that summer time skips would otherwise lie over the next slot, or end before it begins.
            opens = opens if closed is None else max(opens, closed)
            if opens < closes:
                yield opens, closes
                closed = closes

    def _closes(self, day: date, end: time) -> datetime:
        return datetime.combine(day + DAY if end == MIDNIGHT else day, end, self.tz)


def _since_midnight(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)


# Reading ----------------------------------------------------------------------------------------------------------

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EXAMPLES = {"slots": '["08:30-12:00", "14:00-17:30"]', "weekdays": "[mon, tue, wed, thu, fri]", "years": "{}"}
_DAYS = ("holidays", "workdays")
_SLOT = re.compile(r"((?:[01]?\d|2[0-3]):[0-5]\d) ?- ?((?:[01]?\d|2[0-3]):[0-5]\d|24:00)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEAR = re.compile(r"[1-9]\d{3}", re.ASCII)


def calendar_from(tree: Mapping[str, Any], tz: ZoneInfo) -> Calendar:
    """The calendar that a calendar.yaml describes; every scalar of `tree` is text. Raises BadInput."""
    for key in tree:
        if key not in _EXAMPLES:
            raise BadInput("The calendar knows no {key}; its keys are {known}.", key=key, known=list(_EXAMPLES))
    for key, example in _EXAMPLES.items():
        if key not in tree:
            raise BadInput("The calendar lacks {key}; add it, as {key}: {example}.", key=key, example=example)
    holidays: dict[date, str] = {}
    workdays: dict[date, str] = {}
    years = _mapping(tree["years"], "years")
    for year, days in years.items():
        _read_year(year, days, holidays, workdays)
    return Calendar(tz, _slots(tree), _weekdays(tree), holidays, workdays, frozenset(map(int, years)))


def _slots(tree: Mapping[str, Any]) -> tuple[Slot, ...]:
    slots = sorted(map(_slot, _texts(tree, "slots")))
    for (begin, end), (following, _) in pairwise(slots):
        if end == MIDNIGHT or end > following:
            raise BadInput(
                "The slots of the calendar overlap: the one from {begin} is not over at {following}; correct one.",
                begin=f"{begin:%H:%M}",
                following=f"{following:%H:%M}",
            )
    return tuple(slots)


def _slot(text: str) -> Slot:
    found = _SLOT.fullmatch(text.strip())
    if found is None:
        raise BadInput("The calendar's slot {text} is no time of day; write it as 08:30-12:00.", text=text)
    begin, end = _minutes(found[1]), _minutes(found[2])
    if end <= begin:
        raise BadInput(
            "The calendar's slot {text} ends before it begins; a night is two slots, 22:00-24:00 and 00:00-06:00.",
            text=text,
        )
    return time(*divmod(begin, 60)), time(*divmod(end % 1440, 60))


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _weekdays(tree: Mapping[str, Any]) -> frozenset[int]:
    names = _texts(tree, "weekdays")
    for name in names:
        if name not in _WEEKDAYS:
            raise BadInput("The calendar knows no weekday {name}; write {known}.", name=name, known=_WEEKDAYS)
    return frozenset(map(_WEEKDAYS.index, names))


def _read_year(year: str, days: object, holidays: dict[date, str], workdays: dict[date, str]) -> None:
    if not _YEAR.fullmatch(year):
        raise BadInput("The calendar's year {year} is no year; write it as 2026.", year=year)
    for key, named in _mapping(days, year).items():
        if key not in _DAYS:
            raise BadInput(
                "The year {year} of the calendar knows no {key}; its keys are {known}.",
                year=year,
                key=key,
                known=_DAYS,
            )
        place = holidays if key == "holidays" else workdays
        for text, name in _mapping(named, f"{year} {key}").items():
            place[_day(text, name, year, key)] = name
    for day in sorted(holidays.keys() & workdays.keys()):
        raise BadInput("The calendar has {day} under holidays and under workdays; keep one of them.", day=day)


def _day(text: str, name: object, year: str, key: str) -> date:
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise BadInput(
            "The calendar has {text} under {year} {key}, which is no date; write it as {year}-05-01.",
            text=text,
            year=year,
            key=key,
        )
    if day.year != int(year):
        raise BadInput("The calendar has {day} under {year}; move it to its own year.", day=day, year=year)
    if not isinstance(name, str) or not name.strip():
        raise BadInput("The calendar's day {day} has no name; write the festival after it.", day=day)
    return day


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    # A key with nothing after it is read as an empty text.
    if value == "":
        return {}
    if not isinstance(value, Mapping):
        raise BadInput("Under {where} the calendar needs lines 'key: value'.", where=where)
    return value


def _texts(tree: Mapping[str, Any], key: str) -> list[str]:
    value = tree[key]
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise BadInput("The calendar's {key} must be a list; write {key}: {example}.", key=key, example=_EXAMPLES[key])
    return value
