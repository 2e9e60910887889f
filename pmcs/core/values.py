"""Values: from typed words to the canonical text that a record holds, checked by the field's type (KINDS.md)."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from pmcs.core.kind import Choice, Field
from pmcs.core.private import find_private, mask_text
from pmcs.core.record import Rows, Value, moment
from pmcs.core.scalars import CONVERTERS, echo
from pmcs.core.world import Context
from pmcs.errors import BadInput, Sentence

LONGEST_LINE = 1_000
LONGEST_TEXT = 100_000
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def convert(
    item: Field, raw: Value, context: Context, at: datetime, *, present: Sequence[Mapping[str, Value]] = ()
) -> Value:
    """The canonical value of one field; of lines, those that are `present` may be named again by their key.

    Raises BadInput naming the field; the value is shown only where it cannot be private.
    """
    if item.rows is not None:
        if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
            raise BadInput("{field} takes rows of {columns}.", field=item.name, columns=list(item.rows))
        return [convert_row(item, row, context, at, present=present) for row in raw]
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
    item: Field,
    raw: dict[str, Value],
    context: Context,
    at: datetime,
    *,
    changing: Container[str] | None = None,
    present: Sequence[Mapping[str, Value]] = (),
) -> dict[str, Value]:
    """One row: unknown columns are refused, stamps filled in, missing columns left to the caller.

    Where a row that is there changes, only the columns `changing` are stamped, and nothing falls to its default. Its
    key names it as it stands in one of those `present`: what has gone out of use since can still be taken off.
    """
    columns = item.rows or {}
    for name in raw:
        if name not in columns:
            raise BadInput(
                "{field} has no column {name}; it has {columns}.",
                field=Sentence("{text}", text=item.name),
                name=echo(name),
                columns=list(columns),
            )
    row: dict[str, Value] = {}
    for name, column in columns.items():
        if column.stamp and (changing is None or name in changing):
            row[name] = at.isoformat() if column.stamp == "at" else context.actor.code
        elif name in raw:
            there = name in item.key and any(other.get(name) == raw[name] for other in present)
            value = raw[name] if there else convert(column, raw[name], context, at)
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
                    name=echo(name),
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
        "{field} cannot be {value}; choose {choices}.", field=item.name, value=echo(text), choices=list(choices)
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
        value=echo(text),
        among=among,
    )


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
