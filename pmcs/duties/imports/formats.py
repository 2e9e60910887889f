"""Dates and times in cells: read in the usual forms or in the map's own, written as records hold them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pmcs.errors import Sentence


class Format(NamedTuple):
    """A written form of dates and times, such as `%m/%d/%Y %I:%M:%S %p`: what strptime takes of figures, %b and %p.

    English names and AM, PM, 上午, 下午 are read in every locale.
    """

    text: str
    pattern: re.Pattern[str]
    # The letters of year, month, day, hour, minute, second and %p, as far as there are, and their groups.
    letters: str
    groups: tuple[int, ...]

    def read(self, text: str, tz: ZoneInfo) -> date | datetime | None:
        """The time in `tz`, a date if the format has no hour, or None if the text is of another form."""
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        try:
            return _moment(self.letters, found.group(*self.groups), tz)
        except ValueError:
            return None


_FORMS = {
    "Y": "([0-9]{4})",
    "y": "([0-9]{2})",
    "m": "([0-9]{1,2})",
    "b": "([A-Za-z]{3})",
    "d": "([0-9]{1,2})",
    "H": "([0-9]{1,2})",
    "I": "([0-9]{1,2})",
    "M": "([0-9]{1,2})",
    "S": "([0-9]{1,2})",
    "f": "([0-9]{1,9})",
    "p": "([AaPp][Mm]|上午|下午)",
}
_AFTERNOON = ("PM", "pm", "Pm", "pM", "下午")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PLAIN = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})(?:[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?")


def _moment(letters: str, parts: Sequence[str], tz: ZoneInfo) -> date | datetime:
    year = int(parts[0])
    if letters[0] == "y":
        # POSIX: 69 to 99 are of the last century.
        year += 1900 if year >= 69 else 2000
    month = int(parts[1]) if letters[1] == "m" else _MONTHS.index(parts[1].lower()) + 1
    if len(letters) == 3:
        return date(year, month, int(parts[2]))
    hour = int(parts[3])
    if letters[3] == "I":
        *parts, half = parts
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half in _AFTERNOON else 0)
    minute, second = [*map(int, parts[4:]), 0, 0][:2]
    return datetime(year, month, int(parts[2]), hour, minute, second, tzinfo=tz)


def plain(text: str, tz: ZoneInfo) -> date | datetime | None:
    """The time or date in the usual written forms: 2026-11-23, 2026/11/23 12:30, ISO; None for any other text."""
    found = _PLAIN.fullmatch(text)
    try:
        if found is None:
            return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
        year, _, month, day, hour, minute, second = found.groups()
        if hour is None:
            return date(int(year), int(month), int(day))
        return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=tz)
    except ValueError:
        return None


def time_text(moment: date | datetime, tz: ZoneInfo, ends: time) -> str:
    """A time as 2026-11-23T12:30:00+08:00; `ends` is the time of day of what is a date only."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, ends)
    if moment.tzinfo is not tz:
        moment = moment.replace(tzinfo=tz) if moment.tzinfo is None else moment.astimezone(tz)
    return moment.isoformat(timespec="seconds")


def date_text(moment: date | datetime, tz: ZoneInfo) -> str:
    """The day in `tz` as 2026-11-23."""
    if isinstance(moment, datetime):
        moment = (moment if moment.tzinfo in (None, tz) else moment.astimezone(tz)).date()
    return moment.isoformat()


def parse_format(text: str, where: str, wrong: list[Sentence]) -> Format | None:
    """The format written at a place of the map; None, and one sentence more in `wrong`, where it is none."""
    letters: list[str] = []
    pattern = ""
    for sign, space, plain in re.findall(r"%(.?)|(\s+)|([^%\s]+)", text):
        if plain or sign == "%":
            pattern += re.escape(plain or sign)
        elif space:
            pattern += r"\s+"
        elif sign in _FORMS and sign not in letters:
            letters.append(sign)
            pattern += _FORMS[sign]
        else:
            wrong.append(
                Sentence(
                    "{where} has %{sign}, twice or unknown; it takes {known}.",
                    where=where,
                    sign=sign,
                    known=[f"%{form}" for form in _FORMS],
                )
            )
            return None
    order = "".join(sign for sign in "YymbdHIMSp" if sign in letters)
    if not re.fullmatch("[Yy][mb]d(H(MS?)?|I(MS?)?p)?", order):
        wrong.append(
            Sentence(
                "{where} is {format}; it needs year, month and day, and %I goes with %p.", where=where, format=text
            )
        )
        return None
    return Format(text, re.compile(pattern), order, tuple(letters.index(sign) + 1 for sign in order))
