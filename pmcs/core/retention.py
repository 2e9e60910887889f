"""How long what has ended is kept, and under which archive number (5.9; DA/T 22-2015)."""

# No `from __future__ import annotations` here: a NamedTuple compiles every annotation that is a text, at each start.

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from pmcs.core.derive import chosen
from pmcs.core.kind import Choose, Kind, Label
from pmcs.core.record import Record, Value
from pmcs.core.standing import standing

PERMANENT = "Y"
TERMS: Mapping[str, int | None] = {PERMANENT: None, "D30": 30, "D10": 10}
"""The terms of DA/T 22-2015 and their years; None is for ever."""


class Filed(NamedTuple):
    """Where something is filed in the archive: a section of the office, and a term of `TERMS`."""

    section: str
    term: str


class Rule(NamedTuple):
    """What `retention.yaml` says of a kind; the term may depend on a choice of the record."""

    section: str
    term: str | Choose
    since: str = ""
    """A date from which the term runs, where records do not end by themselves; empty: from the end."""


class Retention(NamedTuple):
    """`retention.yaml`."""

    category: str
    """The archive's category (档案门类代码): WS is 文书."""
    sections: Mapping[str, Label]
    kinds: Mapping[str, Rule]
    others: Filed
    """Kinds of which nothing is said."""
    reports: Filed

    def filed(self, kind: Kind, fields: Mapping[str, Value]) -> Filed:
        """Where a record is filed; one that makes no choice keeps the longest term of its table."""
        rule = self.kinds.get(kind.name)
        if rule is None:
            return self.others
        if not isinstance(rule.term, Choose):
            return Filed(rule.section, rule.term)
        term = chosen(rule.term, kind, fields)
        return Filed(rule.section, str(term) if term else longest(rule.term.table.values()))

    def begins(self, kind: Kind, fields: Mapping[str, Value], opened: date, end: date | None) -> date | None:
        """From when a record's term runs; None while it is open."""
        rule = self.kinds.get(kind.name)
        if rule is None or not rule.since:
            return end
        try:
            return date.fromisoformat(str(fields.get(rule.since, "")))
        except ValueError:  # not said, or written by hand as nobody can read it
            return opened

    def runs_by_itself(self, kind: Kind) -> bool:
        """Whether the term of a kind's records runs before they end."""
        rule = self.kinds.get(kind.name)
        return rule is not None and bool(rule.since)


def longest(terms: Iterable[object]) -> str:
    """The longest of some terms."""
    there = set(terms)
    return next(term for term in TERMS if term in there)


def lapses(term: str, ended: date) -> date | None:
    """The first day on which a term is over: whole years are counted from the one after the end. None: never."""
    years = TERMS[term]
    return None if years is None else date(ended.year + years + 1, 1, 1)


def archive_number(code: str, category: str, year: int, filed: Filed, month: int, place: int) -> str:
    """档号: 全宗号-门类·年度-保管期限-机构(问题)-件号; the last is the month and the place within it (from 1).

    A month's package and that of its year thus give the same number.
    """
    return f"{code}-{category}·{year}-{filed.term}-{filed.section}-{month:02}{place:04}"


def ended(kind: Kind, record: Record) -> datetime | None:
    """When the end that a record stands in was entered; None while it is open. By this it belongs to a period."""
    if kind.is_register or not kind.ends(record.state):
        return None
    last, state = None, ""
    for event, held in standing(kind, record.history):
        if held and event.to and event.to != state:
            state, last = event.to, event.entered
    return last
