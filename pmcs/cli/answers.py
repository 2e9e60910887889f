"""Answers in every format: whole objects as json and yaml, columns as tables and csv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from pmcs.cli.output import json_text, print_rows, write

Object = Mapping[str, Any]
Columns = Sequence[tuple[str, str]]


def print_object(found: Object, how: str, out: TextIO) -> None:
    """One object: json and yaml as it is, csv as one row."""
    if how == "json":
        write(json_text(found), out)
    elif how == "yaml":
        write(_yaml(found), out)
    else:
        columns = [(key, key) for key, value in found.items() if not isinstance(value, list | dict)]
        print_rows([dict(found)], columns, "csv", out)


def print_objects(found: Sequence[Object], rows: Sequence[Object], columns: Columns, how: str, out: TextIO) -> None:
    """Many: json and yaml take the objects whole, tables and csv the rows by their columns."""
    if how == "json":
        write(json_text(list(found)), out)
    elif how == "yaml":
        write("".join(_item(_yaml(item)) for item in found) or "[]\n", out)
    elif how == "csv":
        print_rows([dict(row) for row in rows], list(columns), "csv", out)
    elif rows:
        print_rows([dict(row) for row in rows], list(columns), "table", out)


def _yaml(found: Object) -> str:
    from pmcs.store.codec import encode

    texts = _texts(found)
    return encode(texts).decode() if texts else "{}\n"


def _texts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _texts(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_texts(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _item(text: str) -> str:
    lines = text.splitlines()
    return "".join(("- " if place == 0 else "  ") + line + "\n" for place, line in enumerate(lines))
