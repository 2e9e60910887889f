"""The dates of a record that is in use, for what is announced ahead and what has run out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from pmcs.core.kind import Field, Kind


class Dates(NamedTuple):
    """Where a kind has dates in clear: fields, and columns by their lines."""

    fields: tuple[Field, ...]
    columns: tuple[tuple[Field, Field], ...]


def dates_of(kind: Kind) -> Dates:
    """All of them, whether they warn or not: that the regulation of the day says, which a record may be older than."""
    fields = kind.fields.values()
    return Dates(
        tuple(item for item in fields if _dated(item)),
        tuple((item, column) for item in fields for column in (item.rows or {}).values() if _dated(column)),
    )


def dated(dates: Dates, shown: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Field (or `lines.column`), day, and the columns of the line's key; `shown` is the record as the index shows it.

    What is no date is left out: `check` says so. Of lines that begin with the same key the latest date counts, as
    it does in the report: 年检 under a new number is the renewal of the one before.
    """
    for item in dates.fields:
        if is_day(shown.get(item.name, "")):
            yield item.name, shown[item.name], {}
    for lines, column in dates.columns:
        latest: dict[Any, Mapping[str, Any]] = {}
        for place, row in enumerate(shown.get(lines.name, ())):
            what = row.get(lines.key[0], place) if lines.key else place
            if is_day(row.get(column.name, "")) and row[column.name] > latest.get(what, {}).get(column.name, ""):
                latest[what] = row
        for row in latest.values():
            key = {name: row[name] for name in lines.key if name in row}
            yield f"{lines.name}.{column.name}", row[column.name], key


def is_day(text: str) -> bool:
    """Whether a text is a date as records hold it."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _dated(item: Field) -> bool:
    return item.type == "date" and not item.sealed and item.rows is None
