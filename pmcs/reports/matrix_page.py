"""The page of the matrix: a line a clause, then what stands against them and the records that carry them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pmcs.errors import Translate
from pmcs.reports.definitions import listed_terms
from pmcs.reports.sections import Cell, Line, Links, Measure, Page, Section, Table, Words

AT_MOST = 100
"""As many records, or exceptions, of one clause as the page lists."""


def verdict_words(_: Translate) -> dict[str, str]:
    """What each verdict is called."""
    return {
        "carried_out": _("Carried out"),
        "with_exceptions": _("Carried out with exceptions"),
        "not_carried_out": _("Not carried out"),
        "nothing_due": _("Nothing fell due"),
        "not_applicable": _("Not applicable"),
        "declaratory": _("Declaratory"),
    }


def verdict_of(row: Mapping[str, Any], _: Translate) -> str:
    """A clause's verdict in words, with the contradiction where there is one."""
    said = verdict_words(_)[row["verdict"]]
    return _("{verdict}, though marked not applicable").format(verdict=said) if row["contradiction"] else said


def what_of(row: Mapping[str, Any], words: Words) -> str:
    """An exception in words."""
    _ = words.say
    if row["message"]:
        return str(row["message"])
    if row["clock"] is None:
        return _("Missed")
    clock = words.of(f"{row['kind']}.clock", row["clock"])
    told = {
        "late": _("{clock}: passed its due time"),
        "overdue": _("{clock}: overdue from before"),
        "missed": _("{clock}: missed"),
    }
    return told[row["type"]].format(clock=clock)


def matrix_page(figures: Mapping[str, Any], words: Words) -> Page:
    """The page."""
    _ = words.say
    rows = figures["clauses"]
    counts = figures["verdicts"]
    measures = [Measure(said, counts[verdict]) for verdict, said in verdict_words(_).items()]
    lead = _("{count} clauses; carried out: {done}, with exceptions: {exceptions}, not carried out: {failed}.").format(
        count=sum(counts[verdict] for verdict in verdict_words(_)),
        done=counts["carried_out"],
        exceptions=counts["with_exceptions"],
        failed=counts["not_carried_out"],
    )
    sections = [_clauses(figures, words), _exceptions(rows, words), _records(rows, words)]
    marked = _marked(rows, words)
    if marked.tables:
        sections.insert(1, marked)
    return Page(_("Clause by clause"), lead, measures, sections)


def _clauses(figures: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    lines = [
        Line(
            row["clause"],
            [
                *(Cell(asked_of(row), "text"), Cell(verdict_of(row, _), "text")),
                *(Cell(row["records"]), Cell(row["exceptions"])),
            ],
        )
        for row in figures["clauses"]
    ]
    heads = [_("Clause"), _("What it asks"), _("Verdict"), _("Records"), _("Exceptions")]
    notes = []
    if len(figures["versions"]) > 1:
        notes.append(_("Versions in force: {versions}.").format(versions=", ".join(figures["versions"])))
    notes += [_part_of(row, _) for row in figures["clauses"] if len(row["versions"]) < len(figures["versions"])]
    return Section("clauses", _("Clauses"), notes, [Table(heads, lines, words=True)] if lines else ())


def asked_of(row: Mapping[str, Any]) -> str:
    """What a clause asks: its gist, after an article's title."""
    if "." in row["clause"] or not row["title"]:
        return str(row["brief"])
    return f"{row['title']}: {row['brief']}" if row["brief"] else str(row["title"])


def _part_of(row: Mapping[str, Any], _: Translate) -> str:
    if row["versions"]:
        return _("{clause} is in {versions} alone.").format(clause=row["clause"], versions=", ".join(row["versions"]))
    return _("{clause} is no longer in force; records opened under it are.").format(clause=row["clause"])


def _marked(rows: list[dict[str, Any]], words: Words) -> Section:
    """The reasons for not applicable, and where records say otherwise."""
    _ = words.say
    lines = [
        Line(
            row["clause"],
            [
                Cell(row["reason"], "text"),
                Cell(_("Contradicted: see its records and exceptions") if row["contradiction"] else "—", "text"),
            ],
        )
        for row in rows
        if row["reason"]
    ]
    heads = [_("Clause"), _("Reason"), _("Records say otherwise")]
    return Section("not-applicable", _("Marked not applicable"), (), [Table(heads, lines, words=True)] if lines else ())


def _exceptions(rows: list[dict[str, Any]], words: Words) -> Section:
    _ = words.say
    lines = [
        Line(
            row["clause"],
            [
                *(Cell(Links([one["record"]]), "links"), Cell(what_of(one, words), "text")),
                *(Cell(one["due"], "time"), Cell(one["ended"], "time")),
            ],
        )
        for row in rows
        for one in row["listed"][:AT_MOST]
    ]
    heads = [_("Clause"), _("Record"), _("Exception"), _("Due time"), _("Stopped")]
    tables = [Table(heads, lines, words=True)] if lines else []
    return Section("exceptions", _("Exceptions"), [*_more(rows, "listed", words)], tables)


def _records(rows: list[dict[str, Any]], words: Words) -> Section:
    """The records that carry a clause out, of the clause itself: an article's items have lines of their own."""
    _ = words.say
    lines = [
        Line(row["clause"], [Cell(len(row["numbers"])), Cell(Links(row["numbers"][:AT_MOST]), "links")])
        for row in rows
        if row["numbers"]
    ]
    tables = [Table([_("Clause"), _("Records"), _("Numbers")], lines, words=True)] if lines else []
    return Section("records", _("Records that carry the clauses out"), [*_more(rows, "numbers", words)], tables)


def _more(rows: list[dict[str, Any]], name: str, words: Words) -> Iterator[str]:
    _ = words.say
    for row in rows:
        rest = len(row[name]) - AT_MOST
        if rest > 0:
            yield _("{clause}: the first {shown} are listed; {rest} more are in the json.").format(
                clause=row["clause"], shown=AT_MOST, rest=rest
            )


def matrix_definitions(_: Translate) -> list[dict[str, str]]:
    """Terms and meanings of the page."""
    return listed_terms(
        [
            (
                _("Records of a clause"),
                _(
                    "Those on which somebody took an action in the period that carries the clause out, or that name it "
                    "in a field. What the program writes by itself, notes, corrections and void records do not count. "
                    "An article holds what its items do, and a duty what the article does that is its procedure."
                ),
            ),
            (
                _("Exceptions"),
                _(
                    "Due times that passed in the period, those that had passed before and were not met when it began, "
                    "scheduled work that was missed, findings, and files that cannot be read. What was done late stays "
                    "an exception."
                ),
            ),
            (
                _("Verdict"),
                _(
                    "Carried out: there are records and no exceptions. Not carried out: there are exceptions and no "
                    "records. Nothing fell due: there is neither. Not applicable: so marked, with a reason, and there "
                    "is neither. Declaratory: nothing that a record could carry out."
                ),
            ),
        ]
    )
