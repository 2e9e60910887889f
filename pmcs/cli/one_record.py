"""The page of one record on the screen: title, state, fields, clocks, history and links."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, TextIO

from pmcs.cli.output import GAP, Columns, Row, screen_width, table, write
from pmcs.cli.screen import clean, padded, split, wide

if TYPE_CHECKING:
    from pmcs.cli.words import Words


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


def print_record(page: Page, words: Words, out: TextIO) -> None:
    """One page: title, state, fields, clocks, history, links; in colour on a terminal without NO_COLOR."""
    paint = _Paint(out)
    _ = words.gettext
    width = screen_width(out)
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
        events = [
            {"when": f"{item.when:%Y-%m-%d %H:%M:%S}", "who": item.who, "what": item.what} for item in page.history
        ]
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
            inner = table(value.rows, value.columns, None if width is None else max(width - GAP, 1))
            lines += [name.rstrip(), *(" " * GAP + line for line in inner.split("\n"))]
        else:
            first, *more = split(value) or [""]
            lines.append((padded(name, column) + first).rstrip())
            lines += [" " * column + line for line in more]
    return lines


def _aligned(rows: Sequence[Row], keys: Sequence[str]) -> list[str]:
    texts = [[clean(row[key]) for key in keys] for row in rows]
    columns = [max(wide(text) for text in column) for column in zip(*texts, strict=True)]
    gap = " " * GAP
    return [
        gap + gap.join(padded(text, column) for text, column in zip(row, columns, strict=True)).rstrip()
        for row in texts
    ]


def _time(when: datetime | None) -> str:
    return "" if when is None else f"{when:%Y-%m-%d %H:%M}"
