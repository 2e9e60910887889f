"""Values: from typed words to the canonical text that a record holds, checked by the field's type (KINDS.md)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from pmcs.core.kind import Choice, Field
from pmcs.core.length import parse_length
from pmcs.core.private import find_private, mask_text
from pmcs.core.record import Rows, Value, in_calendar, moment
from pmcs.core.world import Context
from pmcs.errors import BadInput, Sentence

LONGEST_LINE = 1_000
LONGEST_TEXT = 100_000
YES, NO = ("true", "yes", "y", "1", "是", "有"), ("false", "no", "n", "0", "否", "无")
DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d\d)(\d\d))")
FIGURE = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", re.ASCII)
CLOCK = re.compile(r"\d:\d\d(?::\d\d)?")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")
DAYS = {"today": 0, "今天": 0, "tomorrow": 1, "明天": 1, "后天": 2, "yesterday": -1, "昨天": -1}


def convert(item: Field, raw: Value, context: Context, at: datetime) -> Value:
    """The canonical value of one field.

    Raises BadInput naming the field; the value is shown only where it cannot be private.
    """
    if item.rows is not None:
        if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
            raise BadInput("{field} takes rows of {columns}.", field=item.name, columns=list(item.rows))
        return [convert_row(item, row, context, at) for row in raw]
    if item.type in {"files", "refs"}:
        several = [raw] if isinstance(raw, str) else raw
        if item.type == "files":
            return [context.world.file(str(text)) for text in several]
        return [context.world.find(item.ref, str(text)) for text in several]
    text = sayable(item, str(raw))
    if not text.strip():
        return ""
    if item.values is not None:
        return _choice(item, text, context)
    if item.among:
        return _entry(item, item.among, text, context)
    if item.ref:
        return context.world.find(item.ref, text.strip())
    if item.sealed:
        return text.strip()
    value = CONVERTERS[item.type](item, text, at)
    if item.type in {"line", "text"} and item.sealed is None:
        value = public(item, value, mask=context.mask)
    _within_bounds(item, value, at)
    return value


def convert_row(
    item: Field, raw: dict[str, Value], context: Context, at: datetime, *, changing: Container[str] | None = None
) -> dict[str, Value]:
    """One row: unknown columns are refused, stamps filled in, missing columns left to the caller.

    Where a row that is there changes, only the columns `changing` are stamped, and nothing falls to its default.
    """
    columns = item.rows or {}
    for name in raw:
        if name not in columns:
            raise BadInput(
                "{field} has no column {name}; it has {columns}.",
                field=Sentence("{text}", text=item.name),
                name=_echo(name),
                columns=list(columns),
            )
    row: dict[str, Value] = {}
    for name, column in columns.items():
        if column.stamp and (changing is None or name in changing):
            row[name] = at.isoformat() if column.stamp == "at" else context.actor.code
        elif name in raw:
            value = convert(column, raw[name], context, at)
            if value != "":
                row[name] = value
        elif column.default is not None and changing is None:
            row[name] = column.default
    return row


def needs_of_row(item: Field, row: Mapping[str, Value]) -> list[str]:
    """The columns that a whole row still lacks: key, `must`, and what its choices need (not the event's note)."""
    columns = item.rows or {}
    wanted = [name for name, column in columns.items() if (column.must or name in item.key) and not column.stamp]
    for name, column in columns.items():
        choice = (column.values or {}).get(str(row.get(name, "")))
        wanted += choice.needs if choice else ()
    return [name for name in wanted if name in columns and name not in row]


def stored_fault(item: Field, value: Value) -> Sentence | None:
    """What is wrong with a stored value: wrong shape or type. Private values are never shown."""
    try:
        _check_stored(item, value)
    except BadInput as error:
        return error.sentence
    except (ValueError, InvalidOperation, TypeError):
        return Sentence("{field} holds no {type}.", field=item.name, type=item.type)
    return None


def _check_stored(item: Field, value: Value) -> None:
    if item.rows is not None:
        _check_rows(item, value)
    elif item.type in {"files", "refs"}:
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise ValueError(item.name)
        if item.type == "files" and any(find_private(text.partition(" sha256:")[0]) for text in value):
            raise BadInput("{field} names a file by a phone or ID number; rename it.", field=item.name)
    elif not isinstance(value, str):
        raise ValueError(item.name)
    elif item.sealed:
        if not value.startswith("sealed:"):
            raise BadInput("{field} is private and stands in clear; seal it with pmcs edit.", field=item.name)
    elif item.values is not None:
        if value not in item.values:
            raise BadInput(
                "{field} cannot be {value}; choose {choices}.", field=item.name, value=value, choices=list(item.values)
            )
    elif item.type == "time":
        moment(value)
    elif item.type not in {"line", "text"} and not item.among and not item.ref:
        CONVERTERS[item.type](item, value, datetime(2000, 1, 1))  # noqa: DTZ001  no relative dates are stored
    elif item.type in {"line", "text"} and item.sealed is None and find_private(value):
        raise BadInput("{field} holds a phone or ID number in clear; move it to a sealed field.", field=item.name)


def _check_rows(item: Field, value: Value) -> None:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError(item.name)
    rows: Rows = value
    for row in rows:
        for name, cell in row.items():
            column = (item.rows or {}).get(name)
            if column is None:
                raise BadInput(
                    "{field} has no column {name}; it has {columns}.",
                    field=item.name,
                    name=_echo(name),
                    columns=list(item.rows or {}),
                )
            _check_stored(column, cell)


def sayable(item: Field, text: str) -> str:
    """The text, if a record can hold it. Raises BadInput: too long, several lines in a line, or no text."""
    longest = LONGEST_TEXT if item.type == "text" else LONGEST_LINE
    if len(text) > longest:
        raise BadInput(
            "{field} is longer than {longest} characters; put it in a file.", field=item.name, longest=longest
        )
    if UNSTORABLE.search(text):
        raise BadInput("{field} holds a character that cannot be stored; type it again.", field=item.name)
    if item.type == "line" and ("\n" in text or "\r" in text) and not item.values:
        raise BadInput("{field} must be one line; leave out the line breaks.", field=item.name)
    return text


def public(item: Field, text: str, *, mask: bool) -> str:
    """Free text without a phone or ID number in clear (11.4): masked where asked, else refused.

    Raises BadInput, which never shows the number.
    """
    if not find_private(text):
        return text
    if mask:
        return mask_text(text)
    raise BadInput(
        "{field} holds a phone or ID number; put it in a sealed field such as --contact, or mask it with --mask.",
        field=item.name,
    )


def _choice(item: Field, text: str, context: Context) -> str:
    choices: dict[str, Choice] = dict(item.values or {})
    wanted = text.strip()
    if wanted in choices:
        return wanted
    for name, choice in choices.items():
        if wanted == context.world.label(choice.label) or (
            not isinstance(choice.label, str) and wanted in choice.label.values()
        ):
            return name
    raise BadInput(
        "{field} cannot be {value}; choose {choices}.", field=item.name, value=_echo(text), choices=list(choices)
    )


def _entry(item: Field, among: str, text: str, context: Context) -> str:
    found = context.world.entry(among, text.strip())
    if found is not None:
        return found
    if item.open:
        return public(item, text.strip(), mask=context.mask)
    raise BadInput(
        "{field}: {value} is not in the list {among} of the regulation.",
        field=item.name,
        value=_echo(text),
        among=among,
    )


def _echo(text: str) -> str:
    return mask_text(text if len(text) <= 60 else text[:60] + "…")


def _line(_: Field, text: str, __: datetime) -> str:
    return text


def _digits(text: str) -> str:
    """The figure without what people write into it; empty where it is none."""
    word = _narrow(text)
    return word.replace(",", "") if FIGURE.fullmatch(word) else ""


def _whole(item: Field, text: str, _: datetime) -> str:
    if not re.fullmatch(r"[+-]?\d{1,18}", _digits(text), re.ASCII):
        raise BadInput("{field} must be a whole number, not {value}.", field=item.name, value=_echo(text))
    return str(int(_digits(text)))


def _number(item: Field, text: str, _: datetime) -> str:
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,9})?", _digits(text), re.ASCII):
        raise BadInput("{field} must be a number, not {value}.", field=item.name, value=_echo(text))
    value = Decimal(_digits(text))
    return f"{value.normalize():f}" if value else "0"


def _money(item: Field, text: str, _: datetime) -> str:
    if not re.fullmatch(r"[+-]?\d{1,13}(\.\d{1,2})?", _digits(text), re.ASCII):
        raise BadInput(
            "{field} must be an amount with at most two decimals, not {value}.", field=item.name, value=_echo(text)
        )
    return str(Decimal(_digits(text)).quantize(Decimal("0.01")) + Decimal(0))


def _bool(item: Field, text: str, _: datetime) -> str:
    word = text.strip().lower()
    if word not in YES + NO:
        raise BadInput("{field} must be true or false, not {value}.", field=item.name, value=_echo(text))
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
        return _placed(item.name, datetime.combine(parse_date(item.name, word, at), clock, at.tzinfo)).isoformat()
    return parse_time(item.name, text, at).isoformat()


def _period(item: Field, text: str, _: datetime) -> str:
    if not PERIOD.fullmatch(text.strip()):
        raise BadInput(
            "{field} must be a year or a month such as 2026 or 2026-10, not {value}.",
            field=item.name,
            value=_echo(text),
        )
    return text.strip()


def _length(_: Field, text: str, __: datetime) -> str:
    return str(parse_length(text.strip()))


def _recurrence(item: Field, text: str, _: datetime) -> str:
    from pmcs.core.recurrence import parse_recurrence

    return parse_recurrence(item.name, text)


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
    raise BadInput("{field} must be a date such as 2026-11-23, not {value}.", field=name, value=_echo(text))


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
                "{field} must be a time such as 2026-11-23 09:12, not {value}.", field=name, value=_echo(text)
            ) from None
    _placed(name, when)
    return when.astimezone(at.tzinfo) if when.tzinfo else when.replace(tzinfo=at.tzinfo)


def _placed(name: str, when: datetime) -> datetime:
    if not in_calendar(when):
        raise BadInput("{field} must be a time that has a place in the calendar.", field=name)
    return when


def _within_bounds(item: Field, value: str, at: datetime) -> None:
    if item.type in {"int", "number", "money"}:
        if item.min is not None and Decimal(value) < Decimal(item.min):
            raise BadInput("{field} must be at least {least}.", field=item.name, least=item.min)
        if item.max is not None and Decimal(value) > Decimal(item.max):
            raise BadInput("{field} must be at most {most}.", field=item.name, most=item.max)
    if item.never and item.type in {"date", "time"}:
        past = date.fromisoformat(value) < at.date() if item.type == "date" else moment(value) < at
        future = date.fromisoformat(value) > at.date() if item.type == "date" else moment(value) > at
        if item.never == "past" and past:
            raise BadInput("{field} is {value}, which is past; give a later one.", field=item.name, value=value)
        if item.never == "future" and future:
            raise BadInput(
                "{field} is {value}, which is still to come; give an earlier one.", field=item.name, value=value
            )
