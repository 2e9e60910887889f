"""What the pages of the parts show, in words and in order: sections with tables, the same for every format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pmcs.errors import Translate

MOST = 30
"""As many rows as a list of records shows."""


class Cell(NamedTuple):
    """A value and how it is written: one of the forms of the filter `figure`."""

    value: Any
    form: str = "count"


class Links(tuple[str, ...]):
    """Numbers of records that know where their files lie, as a cell of the form `links`."""

    __slots__ = ()

    def __str__(self) -> str:
        return " · ".join(self)


class Line(NamedTuple):
    """One row of a table under its label."""

    label: str
    cells: Sequence[Cell]
    total: bool = False


class Table(NamedTuple):
    """A table; `words` where its cells are texts rather than figures."""

    heads: Sequence[str]
    lines: Sequence[Line]
    words: bool = False


class Section(NamedTuple):
    """A section of a page; `id` names it within the page."""

    id: str
    title: str
    notes: Sequence[str] = ()
    tables: Sequence[Table] = ()


class Measure(NamedTuple):
    """A figure at a glance, and of a share its two counts."""

    label: str
    value: Any
    form: str = "count"
    part: int | None = None
    whole: int | None = None


class Page(NamedTuple):
    """One part's page."""

    title: str
    lead: str
    measures: Sequence[Measure]
    sections: Sequence[Section]


class Words(NamedTuple):
    """What is needed to speak: the translator, what choices are called, the staff, and the span: this month."""

    say: Translate
    labels: Mapping[str, Mapping[str, str]]
    names: Mapping[str, str]
    now: str

    def of(self, among: str, name: str | None) -> str:
        """What a choice is called."""
        return self.labels.get(among, {}).get(name or "", name or "—")

    def each(self, among: str, figures: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """What each choice is called, and its figures, in the order of the regulation."""
        order = [*self.labels.get(among, {})]
        names = sorted(figures, key=lambda name: (order.index(name) if name in order else len(order), name))
        return [(self.of(among, name), figures[name]) for name in names]


def rounds_section(
    id_: str, title: str, figures: Mapping[str, Any], words: Words, *, by_round: bool = False
) -> Section:
    """Rounds or services: by category if there are several, and by checklist."""
    _ = words.say
    notes = []
    if figures["not_due_yet"]:
        notes.append(_("Not due yet: {count}.").format(count=figures["not_due_yet"]))
    if figures["ad_hoc"]:
        notes.append(
            _("Arranged ad hoc, without a set time: {count}, of them done: {done}.").format(
                count=figures["ad_hoc"], done=figures["ad_hoc_done"]
            )
        )
    heads = [
        _("Due in the month"),
        _("Done"),
        _("On time"),
        _("Early"),
        _("Late"),
        _("Missed"),
        _("Not done yet"),
        _("On-time rate"),
    ]
    total = _round_line(_("All"), figures, total=True)
    tables = []
    if by_round and figures["by_round"]:
        lines = [_round_line(*part) for part in words.each("inspection.round", figures["by_round"])]
        tables.append(Table([_("Category"), *heads], [*lines, total]))
    if figures["by_checklist"]:
        lines = [_round_line(*part) for part in words.each("checklists", figures["by_checklist"])]
        tables.append(Table([_("Checklist"), *heads], [*lines, total]))
    return Section(id_, title, notes, tables)


def _round_line(label: str, row: Mapping[str, Any], *, total: bool = False) -> Line:
    names = ("due", "done", "on_time", "early", "late", "missed", "not_done_yet")
    return Line(label, [*(Cell(row[name]) for name in names), Cell(row["on_time_rate"], "percent")], total)


def abnormal_section(rows: Iterable[tuple[str, Mapping[str, int]]], words: Words) -> Section:
    """Abnormal items and how they ended."""
    _ = words.say
    heads = [
        *("", _("Abnormal"), _("Repaired"), _("Hazard cleared"), _("Ticket closed"), _("Otherwise ended")),
        *(_("Still open"), _("No work yet")),
    ]
    lines = [Line(label, [Cell(number) for number in row.values()]) for label, row in rows if row["items"]]
    return Section("abnormal", _("Abnormal items and how they ended"), (), [Table(heads, lines)] if lines else ())


def hazard_section(figures: Mapping[str, Any], words: Words) -> Section:
    """Hazards: their balance and rates, and those that press."""
    _ = words.say
    levels = " · ".join(f"{label} {n}" for label, n in words.each("hazard.level", figures["found_by_level"]))
    pairs = [
        *((_("Open at the start"), Cell(figures["open_start"])), (_("Found"), Cell(figures["found"]))),
        *((_("Hazards closed"), Cell(figures["closed"])), (_("Open at the end"), Cell(figures["open_end"]))),
        *((_("Overdue and open"), Cell(figures["overdue_end"])), (_("Extended"), Cell(figures["extended"]))),
        (_("Reported in time"), Cell(figures["reporting_rate"], "percent")),
        (_("Rectified in time"), Cell(figures["rectified_on_time_rate"], "percent")),
        (_("Rectification rate"), Cell(figures["rectification_rate"], "percent")),
    ]
    notes = [_("Found, by level: {levels}.").format(levels=levels)] if levels else []
    tables = [across(pairs, words)]
    rows = figures["pressing"]
    if rows:
        notes.append(_("Major or overdue, and open at the end: {count}.").format(count=len(rows)))
        notes += more(rows, words)
        heads = [_("Number"), _("Level"), _("Place"), _("Hazard"), _("Owner"), _("Deadline"), _("Overdue by")]
        lines = [
            Line(
                row["id"],
                [
                    *(Cell(words.of("hazard.level", row["level"]), "text"), Cell(row["place"], "text")),
                    *(Cell(row["what"], "text"), Cell(words.names.get(row["owner"], row["owner"]), "text")),
                    *(Cell(row["deadline"], "day"), Cell(row["late_hours"], "hours")),
                ],
            )
            for row in rows[:MOST]
        ]
        tables.append(Table(heads, lines, words=True))
    return Section("hazards", _("Hazards"), notes, tables)


def expiring_section(figures: Mapping[str, Any], words: Words) -> Section:
    """Dates that are over or near."""
    _ = words.say
    rows = figures["dates"]
    notes = (
        [_("Over: {expired}. Near: {near}.").format(expired=figures["expired"], near=figures["near"])] if rows else []
    )
    heads = [_("Record"), _("Name"), _("What"), _("Date"), _("Days left")]
    lines = [
        Line(
            row["id"],
            [
                *(
                    Cell(row["name"], "text"),
                    Cell(row["what"] or words.of("fields", f"{row['kind']}.{row['field']}"), "text"),
                ),
                *(Cell(row["date"], "time"), Cell(row["days"])),
            ],
        )
        for row in rows[:MOST]
    ]
    tables = [Table(heads, lines, words=True)] if lines else []
    return Section("expiring", _("Dates that run out"), [*notes, *more(rows, words)], tables)


def across(pairs: Iterable[tuple[str, Cell]], words: Words) -> Table:
    """Figures of the span side by side."""
    heads, cells = zip(*pairs, strict=True)
    return Table(["", *heads], [Line(words.now, cells)])


def sentences(parts: Iterable[str]) -> str:
    """Sentences in a row; after a Chinese full stop stands no blank."""
    return " ".join(parts).replace("\N{IDEOGRAPHIC FULL STOP} ", "\N{IDEOGRAPHIC FULL STOP}")


def more(rows: Sequence[object], words: Words) -> list[str]:
    """A note where a list is longer than what is shown of it."""
    _ = words.say
    if len(rows) <= MOST:
        return []
    return [_("The first {shown} are listed; {rest} more are not.").format(shown=MOST, rest=len(rows) - MOST)]


def listed(ids: Sequence[str]) -> str:
    """Numbers in one line, as many as a list shows."""
    return " · ".join(ids[:MOST]) + (" …" if len(ids) > MOST else "")
