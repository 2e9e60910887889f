"""Figures into a page: Jinja templates, and the filters that write numbers, times and texts."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from pmcs.errors import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from jinja2 import Environment

    from pmcs.errors import Translate

NOTHING = "—"
MINUS = "\N{MINUS SIGN}"
TENTH = Decimal("0.1")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

# Control characters, lone surrogates, and the bidi embeddings that would turn round the text after them.
_DROPPED = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# A template can go wrong in every way that an expression can, beside Jinja's own errors.
FAILURES = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~&])")


def render(
    name: str,
    figures: Mapping[str, object],
    language: str,
    *,
    translate: Translate,
    folders: Sequence[Path],
) -> str:
    """The template `name` (`monthly/tickets.html.j2`) filled with `figures`, whose keys are its variables.

    The first of `folders` that holds a template wins: the office's own `templates/`, then the shipped one.
    The same input gives the same bytes. Raises `Broken` where a template is missing or fails.
    """
    from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

    environment = _environment(translate, folders)
    try:
        return environment.get_template(name).render({**figures, "language": language.replace("_", "-")})
    except TemplateNotFound as error:
        raise Broken(
            "There is no template {name} in {folders}. Put it there, or correct the name where it is asked for.",
            name=error.name or name,
            folders=[str(folder) for folder in folders],
        ) from error
    except TemplateSyntaxError as error:
        raise _failure(error.filename or error.name or name, error.lineno, error) from error
    except (TemplateError, *FAILURES) as error:
        raise _failure(*_place(error, name, folders), error) from error


def _environment(translate: Translate, folders: Sequence[Path]) -> Environment:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # Sandboxed: an office's template arrives with a git pull, and rendering it must not run what it likes.
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=lambda template: template is None or not template.endswith(".md.j2"),
        finalize=lambda value: NOTHING if value is None else value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(filters(translate))
    environment.globals["_"] = translate
    return environment


def filters(translate: Translate) -> dict[str, Callable[..., Any]]:
    """What writes figures in templates, in the language of `translate`."""
    words = _Words(translate)
    return {
        "count": count,
        "percent": percent,
        "hours": words.hours,
        "figure": words.figure,
        "change": words.change,
        "share": share,
        "month": words.month,
        "month_label": words.month_label,
        "local": local,
        "text": text,
        "cell": cell,
    }


def _place(error: BaseException, name: str, folders: Sequence[Path]) -> tuple[str, int | None]:
    """Where the template failed: Jinja gives the frames of a template its own file and line."""
    place: tuple[str, int | None] = (name, None)
    inside = tuple(str(folder) for folder in folders)
    step = error.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if file.startswith(inside) and file.endswith(".j2"):
            place = (file, step.tb_lineno)
        step = step.tb_next
    return place


def _failure(file: str, line: int | None, error: Exception) -> Broken:
    reason = said(error)
    if line is None:
        return Broken("The template {file} cannot be used: {reason}; correct it.", file=file, reason=reason)
    return Broken(
        "The template {file} fails in line {line}: {reason}; correct it there.", file=file, line=line, reason=reason
    )


def said(error: Exception) -> str:
    """What a template's error says, on one line."""
    return text(getattr(error, "message", None) or str(error) or type(error).__name__, 200).rstrip(".")


def count(number: float | None) -> str:
    """`1234` as `1,234`."""
    return NOTHING if number is None else _signed(_rounded(number, "count"))


def percent(rate: float | None) -> str:
    """A rate from 0 to 1 in percent with one decimal: `0.72549` as `72.5%`."""
    return NOTHING if rate is None else _signed(_rounded(rate, "percent")) + "%"


def share(part: float | None, whole: float | None) -> float | None:
    """`part` of `whole` as a rate; nothing where there is no whole."""
    return None if part is None or not whole else part / whole


def local(moment: str | None) -> str:
    """An ISO time in the store's own zone as `2026-11-23 09:12`; a date as it is."""
    if moment is None:
        return NOTHING
    time = datetime.fromisoformat(moment)
    return time.date().isoformat() if len(moment) == len("2026-11-23") else f"{time:%Y-%m-%d %H:%M}"


def day(moment: str | None) -> str:
    """An ISO time, or a date, as its day: `2026-11-23`."""
    return NOTHING if moment is None else datetime.fromisoformat(moment).date().isoformat()


def money(amount: float | None) -> str:
    """`1234.5` as `1,234.50`."""
    return NOTHING if amount is None else f"{Decimal(str(amount)):,.2f}"


def points(number: float | None) -> str:
    """`87.25` as `87.3`."""
    return NOTHING if number is None else _signed(_rounded(number, "points"))


def text(value: object, limit: int | None = None) -> str:
    """Any text on one line, without control characters, cut at `limit` characters."""
    if value is None:
        return NOTHING
    line = " ".join(_DROPPED.sub("", str(value)).split())
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def cell(value: object, limit: int | None = None) -> str:
    """A text in Markdown, also within a table: one line, every mark of Markdown and HTML escaped."""
    return _MARKDOWN.sub(r"\\\1", text(value, limit))


def _rounded(number: float, form: str) -> Decimal:
    exact = Decimal(str(number))
    if form == "count":
        return exact.quantize(Decimal(1), ROUND_HALF_UP)
    return (exact * 100 if form == "percent" else exact).quantize(TENTH, ROUND_HALF_UP)


def _signed(number: Decimal, plus: str = "") -> str:
    sign = MINUS if number < 0 else plus
    return f"{sign}{abs(number):,}"


class _Words:
    """The filters that write words, in the language of `translate`."""

    def __init__(self, translate: Translate) -> None:
        self.translate = translate
        self._forms: dict[str, Callable[[Any], str]] = {
            "count": count, "percent": percent, "hours": self.hours, "minutes": self.minutes, "money": money,
            "points": points, "time": local, "day": day, "text": text, "links": text,
        }  # fmt: skip

    def hours(self, number: float | None) -> str:
        """`33.7956` as `33.8 h`."""
        if number is None:
            return NOTHING
        return self.translate("{hours} h").format(hours=_signed(_rounded(number, "hours")))

    def minutes(self, number: float | None) -> str:
        """`7.25` as `7.3 min`."""
        if number is None:
            return NOTHING
        return self.translate("{minutes} min").format(minutes=_signed(_rounded(number, "minutes")))

    def figure(self, number: Any, form: str) -> str:
        """In a form: `count`, `percent` (a rate), `hours`, `minutes`, `money`, `points`, `time`, `day`, `text`."""
        return self._forms[form](number)

    def change(self, now: float | None, before: float | None, form: str) -> str:
        """From `before` to `now`: `+12`, `−3`, a rate in points; the difference of the figures as they are shown."""
        if now is None or before is None:
            return NOTHING
        difference = _rounded(now, form) - _rounded(before, form)
        if not difference:
            return self.translate("no change")
        signed = _signed(difference, plus="+")
        if form == "percent":
            return self.translate("{points} points").format(points=signed)
        return self.translate("{hours} h").format(hours=signed) if form == "hours" else signed

    def month(self, month: str) -> str:
        """`2026-10` as `October 2026`; a quarter or a year as such."""
        if "-" not in month:
            return self.translate("Year {year}").format(year=month)
        if "-Q" in month:
            year, _, number = month.partition("-Q")
            return self.translate("Quarter {number} of {year}").format(number=number, year=year)
        return self.translate("{name} {year}").format(**_parts(month))

    def month_label(self, month: str) -> str:
        """`2026-10` as `Oct`, for an axis."""
        return self.translate("{short_name}").format(**_parts(month))


def _parts(month: str) -> dict[str, object]:
    year, number = (int(part) for part in month.split("-"))
    name = MONTHS[number - 1]
    return {"year": year, "number": number, "name": name, "short_name": name[:3]}
