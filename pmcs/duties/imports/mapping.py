"""The map of an import: which column of a table becomes which field, and how its text is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pmcs.duties.imports.rows import Cell, Row, text_of
from pmcs.errors import BadInput, Sentence

# What a dated record keeps of where it came from: the map's word and whether it is needed.
ORIGIN = {"source": True, "key": True, "opened": True, "closed": False, "due": False}
FILLS = {"source": ("origin", "imported"), "key": ("origin_key",), "closed": ("closed_at",), "due": ("promised",)}
# A day promised is kept until it is over.
END_OF_DAY = time(23, 59, 59)
SHOWN = 12


class CellError(NamedTuple):
    """What is wrong with one cell of a row; the sentence names the column but not the row."""

    column: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Format:
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


def _plain(text: str, tz: ZoneInfo) -> date | datetime | None:
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


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field's text comes from. `type` is `time`, `date`, or any other, which is taken as text."""

    column: str
    format: Format | None = None
    values: Mapping[str, str] | None = None
    default: str | None = None
    max: int | None = None
    type: str = ""

    def text(self, cells: Mapping[str, Cell], tz: ZoneInfo, errors: list[CellError], ends: time = time()) -> str:
        """The field's text, or nothing; `ends` is the time of day of a cell that names only a day."""
        cell = cells[self.column]
        if isinstance(cell, str):
            cell = cell.strip()
            if not cell:
                return self.default or ""
        if self.type in ("time", "date"):
            return self._when(cell, tz, errors, ends)
        text = text_of(cell)
        if self.values is None:
            return text if self.max is None else text[: self.max].rstrip()
        known = self.values.get(text, self.default)
        if known is None:
            errors.append(CellError(self.column, self._unknown(text)))
            return ""
        return known

    def _when(self, cell: Cell, tz: ZoneInfo, errors: list[CellError], ends: time) -> str:
        if not isinstance(cell, str):
            moment: date | datetime | None = cell
        else:
            moment = _plain(cell, tz) if self.format is None else self.format.read(cell, tz)
        if moment is not None:
            try:
                return _written(moment, tz, ends) if self.type == "time" else _day(moment, tz)
            except (ValueError, OverflowError):
                pass
        errors.append(CellError(self.column, self._no_time(text_of(cell))))
        return ""

    def _no_time(self, text: str) -> Sentence:
        if self.format is None:
            return Sentence(
                "{value} in column {column} is no date or time; write it as 2026-11-23 12:30, or map its format.",
                value=_shown(text),
                column=self.column,
            )
        return Sentence(
            "{value} in column {column} is not of the format {format}; correct the cell, or the format in the map.",
            value=_shown(text),
            column=self.column,
            format=self.format.text,
        )

    def _unknown(self, text: str) -> Sentence:
        return Sentence(
            "{value} in column {column} is not among the values of the map, which are {known}; add it, or a default.",
            value=_shown(text),
            column=self.column,
            known=_few(self.values or ()),
        )


def _written(moment: date | datetime, tz: ZoneInfo, ends: time) -> str:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, ends)
    if moment.tzinfo is not tz:
        moment = moment.replace(tzinfo=tz) if moment.tzinfo is None else moment.astimezone(tz)
    return moment.isoformat(timespec="seconds")


def _day(moment: date | datetime, tz: ZoneInfo) -> str:
    if isinstance(moment, datetime):
        moment = (moment if moment.tzinfo in (None, tz) else moment.astimezone(tz)).date()
    return moment.isoformat()


def _shown(text: str) -> Sentence | str:
    """The value for a sentence: in one short line, and not at all if it is private."""
    from pmcs.core.private import has_private

    if has_private(text):
        return Sentence("A private value")
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


def _few(names: Iterable[str]) -> list[str]:
    names = list(names)
    return names if len(names) <= SHOWN else [*names[:SHOWN], "…"]


@dataclass(frozen=True, slots=True)
class Map:
    """A map of the kind `kind`. `source` is None for a register; `closed` and `due` may be missing for any.

    `parse_map` makes it, `fit` readies it for one table, `values` reads that table's rows.
    """

    kind: str
    source: str | None
    key: Source | None
    opened: Source | None
    closed: Source | None
    due: Source | None
    fields: Mapping[str, Source]

    @property
    def columns(self) -> list[str]:
        """The columns that the map reads, each once."""
        dated = [source.column for source in (self.key, self.opened, self.closed, self.due) if source is not None]
        return list(dict.fromkeys([*dated, *(source.column for source in self.fields.values())]))

    def fit(self, header: Sequence[str], types: Mapping[str, str]) -> Map:
        """The map for a table with this header and a kind whose fields are all in `types`: name → time, date or other.

        Raises BadInput if the header lacks a column of the map or has it twice, or the kind has no such field.
        """
        wrong: list[Sentence] = []
        for column in self.columns:
            if column not in header:
                wrong.append(_no_column(column, header))
            elif header.count(column) > 1:
                wrong.append(Sentence("The table has more than one column {column}; rename the others.", column=column))
        for name, source in self.fields.items():
            if name not in types:
                wrong.append(_unknown_name(f"fields.{name}", name, types))
            elif types[name] in ("time", "date"):
                if source.values is not None or source.max is not None or source.default is not None:
                    wrong.append(
                        Sentence("fields.{name} is a time or a date; it takes a column and a format only.", name=name)
                    )
            elif source.format is not None:
                wrong.append(Sentence("fields.{name} is no time and no date; it takes no format.", name=name))
        _refuse(wrong)
        return replace(self, fields={name: replace(source, type=types[name]) for name, source in self.fields.items()})

    def values(self, row: Row, tz: ZoneInfo) -> tuple[dict[str, str], list[CellError]]:
        """The texts of the fields that the row fills, and what is wrong with its cells.

        A row with errors is not to be imported.
        Times are written as 2015-01-01T07:27:13-05:00, one without an offset being local to `tz`; dates as 2026-11-23.
        """
        errors: list[CellError] = []
        texts: dict[str, str] = {}
        cells = row.cells
        if self.source is not None:
            texts["origin"] = self.source
            for name, source in (("origin_key", self.key), ("opened", self.opened)):
                if source is not None:
                    texts[name] = source.text(cells, tz, errors)
                    if not texts[name] and (not errors or errors[-1].column != source.column):
                        errors.append(CellError(source.column, _needed(source.column)))
            if self.closed is not None:
                texts["closed_at"] = self.closed.text(cells, tz, errors)
            texts["imported"] = "closed" if texts.get("closed_at") else "open"
            if self.due is not None:
                texts["promised"] = self.due.text(cells, tz, errors, END_OF_DAY)
        for name, source in self.fields.items():
            texts[name] = source.text(cells, tz, errors)
        if "summary" in texts and not texts["summary"]:
            texts["summary"] = texts.get("subject", "")[: self.fields["summary"].max].rstrip()
        return {name: text for name, text in texts.items() if text}, errors


def _needed(column: str) -> Sentence:
    return Sentence("Column {column} is empty; no row can do without it.", column=column)


def parse_map(tree: object) -> Map:
    """The map in a YAML tree whose scalars are all text. Raises BadInput with its first mistake and their number."""
    if not isinstance(tree, Mapping):
        raise BadInput("The map is no table; begin it with kind: ticket.")
    wrong: list[Sentence] = []
    known = ("kind", *ORIGIN, "fields")
    _known(tree, known, "", wrong)
    kind, source = (_text(tree, key, key, wrong) for key in ("kind", "source"))
    if kind is None and not tree.get("kind"):
        wrong.append(Sentence("The map names no kind; write kind: ticket."))
    dated = [key for key in ORIGIN if key in tree]
    if dated:
        wrong += [_missing(key, dated[0]) for key, needed in ORIGIN.items() if needed and not tree.get(key)]
    origin = {
        key: _source(tree[key], key, ("column",) if key == "key" else ("column", "format"), wrong)
        for key in ("key", "opened", "closed", "due")
        if tree.get(key)
    }
    fields: dict[str, Source] = {}
    listed = tree.get("fields")
    if not isinstance(listed, Mapping) or not listed:
        wrong.append(Sentence("The map names no fields; write them under fields: as name: column."))
    else:
        taken = {name for key in dated for name in FILLS.get(key, (key,))}
        for name, entry in listed.items():
            if name in taken:
                wrong.append(Sentence("fields.{name} is filled from the top of the map; take it out here.", name=name))
            fields[str(name)] = _source(
                entry, f"fields.{name}", ("column", "format", "values", "default", "max"), wrong
            )
    _refuse(wrong)
    times = {key: replace(source, type="time") for key, source in origin.items() if key != "key"}
    return Map(
        kind or "", source, origin.get("key"), times.get("opened"), times.get("closed"), times.get("due"), fields
    )


def _source(entry: object, where: str, asks: Sequence[str], wrong: list[Sentence]) -> Source:
    if isinstance(entry, str) and entry:
        return Source(entry)
    if not isinstance(entry, Mapping):
        wrong.append(Sentence("{where} is no column; write {where}: {{column: NAME}}.", where=where))
        return Source("")
    _known(entry, asks, where, wrong)
    column = _text(entry, "column", f"{where}.column", wrong)
    if column is None and not entry.get("column"):
        wrong.append(Sentence("{where} names no column; write {where}: {{column: NAME}}.", where=where))
    values = entry.get("values")
    if values is not None and not (
        isinstance(values, Mapping) and values and all(isinstance(value, str) and value for value in values.values())
    ):
        wrong.append(
            Sentence(
                "{where}.values is no table of a cell's text and a choice, such as {{Plumbing: repair}}.", where=where
            )
        )
        values = None
    most = _text(entry, "max", f"{where}.max", wrong)
    if most is not None and not re.fullmatch("[1-9][0-9]{0,8}", most):
        wrong.append(Sentence("{where}.max is {value}, which is no number of characters.", where=where, value=most))
        most = None
    written = _text(entry, "format", f"{where}.format", wrong)
    return Source(
        column or "",
        None if written is None else _format(written, f"{where}.format", wrong),
        values,
        _text(entry, "default", f"{where}.default", wrong),
        None if most is None else int(most),
    )


def _format(text: str, where: str, wrong: list[Sentence]) -> Format | None:
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


def _text(entry: Mapping[str, object], key: str, where: str, wrong: list[Sentence]) -> str | None:
    value = entry.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    wrong.append(Sentence("{where} is not one piece of text.", where=where))
    return None


def _known(entry: Mapping[str, object], known: Sequence[str], where: str, wrong: list[Sentence]) -> None:
    wrong += [
        _unknown_name(f"{where}.{key}" if where else str(key), str(key), known) for key in entry if key not in known
    ]


def _missing(key: str, beside: str) -> Sentence:
    return Sentence("The map has {beside} but no {key}; source, key and opened go together.", beside=beside, key=key)


def _unknown_name(where: str, name: str, known: Iterable[str]) -> Sentence:
    near = _nearest(name, known)
    if near is None:
        return Sentence("{where} is unknown; known are {known}.", where=where, known=_few(known))
    return Sentence("{where} is unknown; the nearest name is {near}.", where=where, near=near)


def _no_column(column: str, header: Sequence[str]) -> Sentence:
    near = _nearest(column, header)
    if near is None:
        return Sentence(
            "The table has no column {column}; it has {known}.", column=column, known=_few(filter(None, header))
        )
    return Sentence("The table has no column {column}; the nearest is {near}.", column=column, near=near)


def _nearest(name: str, known: Iterable[str]) -> str | None:
    import difflib

    same = [other for other in known if other.lower() == name.lower()]
    return next(iter(same or difflib.get_close_matches(name, list(known), 1)), None)


def _refuse(wrong: Sequence[Sentence]) -> None:
    if len(wrong) == 1:
        raise BadInput(wrong[0])
    if wrong:
        raise BadInput("The map has {count} mistakes; the first: {first}", count=len(wrong), first=wrong[0])
