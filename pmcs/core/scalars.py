"""Single typed values: from what people write to the canonical text of a type (KINDS.md, Fields)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from pmcs.core.kind import Field
from pmcs.core.length import parse_length
from pmcs.core.period import parse_period
from pmcs.core.private import mask_text
from pmcs.core.record import in_calendar
from pmcs.core.ssh_key import public_key
from pmcs.errors import BadInput

YES, NO = ("true", "yes", "y", "1", "是", "有"), ("false", "no", "n", "0", "否", "无")
DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d\d)(\d\d))")
FIGURE = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", re.ASCII)
CLOCK = re.compile(r"\d:\d\d(?::\d\d)?")
DAYS = {"today": 0, "今天": 0, "tomorrow": 1, "明天": 1, "后天": 2, "yesterday": -1, "昨天": -1}


def echo(text: str) -> str:
    """What was typed, as an error may show it: short, and without a phone or ID number."""
    return mask_text(text if len(text) <= 60 else text[:60] + "…")


def _line(_: Field, text: str, __: datetime) -> str:
    return text


def _digits(text: str) -> str:
    """The figure without what people write into it; empty where it is none."""
    word = _narrow(text)
    return word.replace(",", "") if FIGURE.fullmatch(word) else ""


def _whole(item: Field, text: str, _: datetime) -> str:
    if not re.fullmatch(r"[+-]?\d{1,18}", _digits(text), re.ASCII):
        raise BadInput("{field} must be a whole number, not {value}.", field=item.name, value=echo(text))
    return str(int(_digits(text)))


def _number(item: Field, text: str, _: datetime) -> str:
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,9})?", _digits(text), re.ASCII):
        raise BadInput("{field} must be a number, not {value}.", field=item.name, value=echo(text))
    value = Decimal(_digits(text))
    return f"{value.normalize():f}" if value else "0"


def _money(item: Field, text: str, _: datetime) -> str:
    if not re.fullmatch(r"[+-]?\d{1,13}(\.\d{1,2})?", _digits(text), re.ASCII):
        raise BadInput(
            "{field} must be an amount with at most two decimals, not {value}.", field=item.name, value=echo(text)
        )
    return str(Decimal(_digits(text)).quantize(Decimal("0.01")) + Decimal(0))


def _bool(item: Field, text: str, _: datetime) -> str:
    word = text.strip().lower()
    if word not in YES + NO:
        raise BadInput("{field} must be true or false, not {value}.", field=item.name, value=echo(text))
    return "true" if word in YES else "false"


def _date(item: Field, text: str, at: datetime) -> str:
    return parse_date(item.name, text, at).isoformat()


def _narrow(text: str) -> str:
    """What was typed with full-width signs, as if it were not; without blanks around it."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _time(item: Field, text: str, at: datetime) -> str:
    word = _narrow(text)
    if word in DAYS or DATE.fullmatch(word):
        # A day alone: what is to come is due by its end, what has been began with it.
        clock = time(0, 0) if item.never == "future" else time(23, 59, 59)
        return placed(item.name, datetime.combine(parse_date(item.name, word, at), clock, at.tzinfo)).isoformat()
    return parse_time(item.name, text, at).isoformat()


def _period(item: Field, text: str, _: datetime) -> str:
    found = parse_period(_narrow(text))
    if found is None:
        raise BadInput(
            "{field} must be a year, a quarter or a month such as 2026, 2026-Q3 or 2026-10, not {value}.",
            field=item.name,
            value=echo(text),
        )
    return found


def _length(_: Field, text: str, __: datetime) -> str:
    return str(parse_length(text.strip()))


def _recurrence(item: Field, text: str, _: datetime) -> str:
    from pmcs.core.recurrence import parse_recurrence

    return parse_recurrence(item.name, text)


def _public_key(_: Field, text: str, __: datetime) -> str:
    return public_key(text)


CONVERTERS: dict[str, Callable[[Field, str, datetime], str]] = {
    "line": _line,
    "text": _line,
    "int": _whole,
    "number": _number,
    "money": _money,
    "bool": _bool,
    "date": _date,
    "time": _time,
    "period": _period,
    "length": _length,
    "recurrence": _recurrence,
    "public_key": _public_key,
}


def parse_date(name: str, text: str, at: datetime) -> date:
    """A typed date: 2026-11-23, 2026/11/23, 今天, tomorrow. Raises BadInput."""
    word = _narrow(text)
    if word in DAYS:
        return at.date() + timedelta(days=DAYS[word])
    found = DATE.fullmatch(word)
    try:
        if found:
            return date(*(int(part) for part in found.groups() if part))
    except ValueError:
        pass
    raise BadInput("{field} must be a date such as 2026-11-23, not {value}.", field=name, value=echo(text))


def parse_time(name: str, text: str, at: datetime) -> datetime:
    """A typed time in the zone of `at`: ISO, 2026-11-23 09:12, 今天 9:12, or 09:12 of that day. Raises BadInput."""
    word = _narrow(text)
    try:
        when = datetime.fromisoformat(word)
    except ValueError:
        day, _, clock = word.rpartition(" ")
        clock = f"0{clock}" if CLOCK.fullmatch(clock) else clock
        try:
            when = datetime.combine(parse_date(name, day, at) if day else at.date(), time.fromisoformat(clock))
        except (ValueError, BadInput):
            raise BadInput(
                "{field} must be a time such as 2026-11-23 09:12, not {value}.", field=name, value=echo(text)
            ) from None
    placed(name, when)
    return when.astimezone(at.tzinfo) if when.tzinfo else when.replace(tzinfo=at.tzinfo)


def placed(name: str, when: datetime) -> datetime:
    """The time, if it has a place in the calendar. Raises BadInput."""
    if not in_calendar(when):
        raise BadInput("{field} must be a time that has a place in the calendar.", field=name)
    return when
