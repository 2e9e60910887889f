"""What the command line prints: rows as table, JSON, CSV or YAML; the page of one record; an error's line."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TextIO, TypeAlias

from pmcs.cli.screen import clean, cut, padded, split, unsteered, wide

if TYPE_CHECKING:
    from pmcs.cli.words import Words
    from pmcs.errors import PmcsError

Format: TypeAlias = Literal["table", "json", "csv", "yaml"]
Row: TypeAlias = Mapping[str, Any]
Columns: TypeAlias = Sequence[tuple[str, str]]
"""Key and heading of each column."""

_GAP = 2  # between the columns of a table
_LEAST = 3  # columns of a terminal in which something can still be read
_TO_ESCAPE = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FORMULA = re.compile("[=+\\-@\t\r＝＋－＠]")
_NEGATIVE = re.compile(r"-\d+(?:\.\d+)?")


class Lines(NamedTuple):
    """A field of lines, shown as a small table."""

    columns: Columns
    rows: Sequence[Row]


class ClockLine(NamedTuple):
    """A clock: when it is due and the time left, negative when over. `left` is None: it has stopped or pauses."""

    label: str
    due: datetime | None
    left: timedelta | None
    late: bool = False
    """It went over before it stopped: a breach stays."""


class HistoryLine(NamedTuple):
    """One event: when, who, what, and its note."""

    when: datetime
    who: str
    what: str
    note: str = ""


class Page(NamedTuple):
    """One record as `show` prints it; all texts are in the language already, times in the office's zone."""

    title: str
    state: str
    fields: Sequence[tuple[str, str | Lines]] = ()
    clocks: Sequence[ClockLine] = ()
    history: Sequence[HistoryLine] = ()
    links: Sequence[tuple[str, str]] = ()
    """What the link is, and the record's number with what else should be said of it."""
    warnings: Sequence[str] = ()


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
        text = _table(rows, columns, _width(out)) + "\n"
    write(text, out)


def print_record(page: Page, words: Words, out: TextIO) -> None:
    """One page: title, state, fields, clocks, history, links; in colour on a terminal without NO_COLOR."""
    paint = _Paint(out)
    _ = words.gettext
    width = _width(out)
    pairs: list[tuple[str, str | Lines]] = [(_("State"), page.state), *page.fields]
    lines = [paint.bold(clean(page.title))]
    lines += [paint.red("! " + clean(warning)) for warning in page.warnings]
    lines += ["", *_fields(pairs, _(": "), width)]
    if page.clocks:
        rows = [{"label": item.label, "due": _time(item.due), "left": left_words(item, words)} for item in page.clocks]
        over = [item.late or (item.left is not None and item.left < timedelta()) for item in page.clocks]
        shown = _aligned(rows, ("label", "due", "left"))
        lines += ["", paint.bold(_("Clocks"))]
        lines += [paint.red(line) if late else line for line, late in zip(shown, over, strict=True)]
    if page.history:
        events = [{"when": _time(item.when), "who": item.who, "what": item.what} for item in page.history]
        lines += ["", paint.bold(_("History"))]
        for line, item in zip(_aligned(events, ("when", "who", "what")), page.history, strict=True):
            lines.append(line)
            lines += ["      " + part for part in split(item.note)]
    if page.links:
        links = [{"label": label, "target": target} for label, target in page.links]
        lines += ["", paint.bold(_("Links")), *_aligned(links, ("label", "target"))]
    write("\n".join(lines) + "\n", out)


def left_words(clock: ClockLine, words: Words) -> str:
    """`还剩 3 小时 20 分`, `已超 2 天`, `已停`."""
    if clock.left is None:
        return words.gettext("stopped, was over") if clock.late else words.gettext("stopped")
    template = words.gettext("{duration} over" if clock.left < timedelta() else "{duration} left")
    return template.format(duration=duration_words(clock.left, words))


def duration_words(duration: timedelta, words: Words) -> str:
    """A time, sign apart, in its two largest units, rounded down: `2 天 4 小时`, `3 小时 20 分`, `不到 1 分`."""
    minutes = int(abs(duration).total_seconds()) // 60
    parts = {"days": minutes // 1440, "hours": minutes // 60 % 24, "minutes": minutes % 60}
    _ = words.gettext
    if parts["days"]:
        template = _("{days} d {hours} h") if parts["hours"] else _("{days} d")
    elif parts["hours"]:
        template = _("{hours} h {minutes} min") if parts["minutes"] else _("{hours} h")
    else:
        template = _("{minutes} min") if parts["minutes"] else _("less than 1 min")
    return template.format(**parts)


def format_error(words: Words, error: PmcsError) -> str:
    """An error as one line for stderr: `错误：…`, `Error: …`."""
    return words.gettext("Error: {message}").format(message=clean(words.sentence(error)))


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
    return _TO_ESCAPE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


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
    live = _FORMULA.match(text) or _FORMULA.match(unsteered(text))
    return "'" + text if typed and live and not _NEGATIVE.fullmatch(text) else text


def _yaml(rows: Sequence[Row], columns: Columns) -> str:
    from pmcs.store.codec import encode

    # The codec writes a history, and nothing else, as a list with a key a line; row by row, since a list has no limit.
    texts = [{key: text for key, _ in columns if (text := _text(row.get(key)))} for row in rows]
    return "".join(encode({"history": [row]}).decode().split("\n", 1)[1] for row in texts if row) or "[]\n"


def _table(rows: Sequence[Row], columns: Columns, width: int | None) -> str:
    import tabulate

    tabulate.MIN_PADDING = 0  # no column wider than what stands in it
    headings = [clean(heading) for _, heading in columns]
    cells = [[clean(_text(row.get(key))) for key, _ in columns] for row in rows]
    if width is not None:
        cells = [[text[: width + 1] for text in row] for row in cells]  # a cell may be megabytes
        limits = _limits([headings, *cells], width)
        headings = [cut(text, limit) for text, limit in zip(headings, limits, strict=True)]
        cells = [[cut(text, limit) for text, limit in zip(row, limits, strict=True)] for row in cells]
    table = tabulate.tabulate(cells, headings, tablefmt="simple", disable_numparse=True)
    lines = [line.rstrip() for line in table.split("\n")]
    return "\n".join(line if width is None else cut(line, width) for line in lines)


def _limits(lines: Sequence[Sequence[str]], width: int) -> list[int]:
    """How wide each column may be: the widest give way first, the first, which names the row, last."""
    wanted = [max(wide(text) for text in column) for column in zip(*lines, strict=True)]
    room = width - _GAP * (len(wanted) - 1)
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


def _width(out: TextIO) -> int | None:
    return shutil.get_terminal_size().columns if out.isatty() else None


def _new_file(out: TextIO) -> bool:
    import stat

    try:
        status = os.fstat(out.fileno())
    except (OSError, ValueError):  # nothing of the system's: a buffer
        return False
    return stat.S_ISREG(status.st_mode) and not status.st_size


# One record -------------------------------------------------------------------------------------------------------


class _Paint:
    def __init__(self, out: TextIO) -> None:
        self.on = out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.on else text

    def red(self, text: str) -> str:
        return f"\x1b[31m{text}\x1b[0m" if self.on else text


def _fields(pairs: Sequence[tuple[str, str | Lines]], colon: str, width: int | None) -> list[str]:
    names = [clean(name) + colon for name, _ in pairs]
    column = max(wide(name) for name in names)
    lines: list[str] = []
    for name, (_, value) in zip(names, pairs, strict=True):
        if isinstance(value, Lines):
            inner = _table(value.rows, value.columns, None if width is None else max(width - _GAP, 1))
            lines += [name.rstrip(), *(" " * _GAP + line for line in inner.split("\n"))]
        else:
            first, *more = split(value) or [""]
            lines.append((padded(name, column) + first).rstrip())
            lines += [" " * column + line for line in more]
    return lines


def _aligned(rows: Sequence[Row], keys: Sequence[str]) -> list[str]:
    texts = [[clean(row[key]) for key in keys] for row in rows]
    columns = [max(wide(text) for text in column) for column in zip(*texts, strict=True)]
    gap = " " * _GAP
    return [
        gap + gap.join(padded(text, column) for text, column in zip(row, columns, strict=True)).rstrip()
        for row in texts
    ]


def _time(when: datetime | None) -> str:
    return "" if when is None else f"{when:%Y-%m-%d %H:%M}"
