"""What the command line prints: rows as table, JSON, CSV or YAML; an error's line."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TextIO, TypeAlias

from pmcs.cli.screen import clean, cut, unsteered, wide

if TYPE_CHECKING:
    from pathlib import Path

    from pmcs.cli.words import Words
    from pmcs.errors import PmcsError

Format: TypeAlias = Literal["table", "json", "csv", "yaml"]
Row: TypeAlias = Mapping[str, Any]
Columns: TypeAlias = Sequence[tuple[str, str]]
"""Key and heading of each column."""

GAP = 2  # between the columns of a table
_LEAST = 3  # columns of a terminal in which something can still be read
_TO_ESCAPE = "[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
_FORMULA = "[=+\\-@\t\r＝＋－＠]"
_NEGATIVE = r"-\d+(?:\.\d+)?"


def print_rows(rows: Sequence[Row], columns: Columns, format: Format, out: TextIO) -> None:  # noqa: A002
    """The columns of the rows; a key that a row lacks is empty.

    `table`: cut to the width where `out` is a terminal. `json`: an array of objects with the columns' keys, values
    as given. `csv`: RFC 4180, headed by the headings, as it is for spreadsheets: an apostrophe stands before what
    would be a formula, and a file (no pipe, no terminal) begins with a byte order mark. `yaml`: a list of mappings,
    every value text, empty ones left out.
    """
    if format == "json":
        text = _json(rows, columns)
    elif format == "csv":
        text = ("\ufeff" if _new_file(out) else "") + _csv(rows, columns)
        text = unsteered(text) if out.isatty() else text
    elif format == "yaml":
        text = _yaml(rows, columns)
    else:
        text = table(rows, columns, screen_width(out)) + "\n"
    write(text, out)


def format_error(words: Words, error: PmcsError) -> str:
    """An error as one line for stderr: `错误：…`, `Error: …`."""
    return words.gettext("Error: {message}").format(message=clean(words.sentence(error)))


def write_file(path: Path, data: bytes) -> None:
    """What a command was told to put into a file. Raises Unable."""
    from pmcs.errors import Unable

    try:
        path.write_bytes(data)
    except OSError as error:
        raise Unable("{file} cannot be written ({reason}).", file=path, reason=error.strerror or "") from error


def write(text: str, out: TextIO) -> None:
    """Writes and flushes; where the reader has gone (`| head`), the rest is dropped without a word."""
    try:
        try:
            out.write(text)
        except UnicodeEncodeError:
            encoding = out.encoding
            out.write(text.encode(encoding, "replace").decode(encoding))
        out.flush()
    except BrokenPipeError:
        # What is still buffered is flushed when Python ends, and must then go somewhere.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, out.fileno())
        os.close(nowhere)


# Rows -------------------------------------------------------------------------------------------------------------


def _json(rows: Sequence[Row], columns: Columns) -> str:
    return json_text([{key: row.get(key) for key, _ in columns} for row in rows])


def json_text(found: object) -> str:
    """The json of an answer; what steers a terminal is escaped."""
    import json

    text = json.dumps(found, ensure_ascii=False, indent=2, default=_text)
    return re.sub(_TO_ESCAPE, lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _csv(rows: Sequence[Row], columns: Columns) -> str:
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([_spreadsheet(heading) for _, heading in columns])
    writer.writerows([_spreadsheet(row.get(key)) for key, _ in columns] for row in rows)
    return buffer.getvalue()


def _spreadsheet(value: object) -> str:
    """The text as it is, behind an apostrophe where a spreadsheet would reckon with it."""
    text = _text(value)
    typed = isinstance(value, str) or not hasattr(value, "__neg__")
    live = re.match(_FORMULA, text) or re.match(_FORMULA, unsteered(text))
    return "'" + text if typed and live and not re.fullmatch(_NEGATIVE, text) else text


def _yaml(rows: Sequence[Row], columns: Columns) -> str:
    from pmcs.store.codec import encode

    # The codec writes a history, and nothing else, as a list with a key a line; row by row, since a list has no limit.
    texts = [{key: text for key, _ in columns if (text := _text(row.get(key)))} for row in rows]
    return "".join(encode({"history": [row]}).decode().split("\n", 1)[1] for row in texts if row) or "[]\n"


def table(rows: Sequence[Row], columns: Columns, width: int | None) -> str:
    """The rows under their headings, cut to `width` columns of the screen."""
    import tabulate

    tabulate.MIN_PADDING = 0  # no column wider than what stands in it
    headings = [clean(heading) for _, heading in columns]
    cells = [[clean(_text(row.get(key))) for key, _ in columns] for row in rows]
    if width is not None:
        cells = [[text[: width + 1] for text in row] for row in cells]  # a cell may be megabytes
        limits = _limits([headings, *cells], width)
        headings = [cut(text, limit) for text, limit in zip(headings, limits, strict=True)]
        cells = [[cut(text, limit) for text, limit in zip(row, limits, strict=True)] for row in cells]
    printed = tabulate.tabulate(cells, headings, tablefmt="simple", disable_numparse=True)
    lines = [line.rstrip() for line in printed.split("\n")]
    return "\n".join(line if width is None else cut(line, width) for line in lines)


def _limits(lines: Sequence[Sequence[str]], width: int) -> list[int]:
    """How wide each column may be: the widest give way first, the first, which names the row, last."""
    wanted = [max(wide(text) for text in column) for column in zip(*lines, strict=True)]
    room = width - GAP * (len(wanted) - 1)
    for kept in (1, 0):
        for limit in range(width, (_LEAST - 1) * kept, -1):
            widths = wanted[:kept] + [min(want, limit) for want in wanted[kept:]]
            if sum(widths) <= room:
                return widths
    return [1] * len(wanted)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_text(item) for item in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def screen_width(out: TextIO) -> int | None:
    """The columns of the terminal; None where `out` is none."""
    return shutil.get_terminal_size().columns if out.isatty() else None


def _new_file(out: TextIO) -> bool:
    import stat

    try:
        status = os.fstat(out.fileno())
    except (OSError, ValueError):  # nothing of the system's: a buffer
        return False
    return stat.S_ISREG(status.st_mode) and not status.st_size
