"""Named rules: what a kind file cannot say in a table refers to one of these by name (KINDS.md, Rules).

A rule declares its stage and the type of each flat argument; the regulation is checked against both when it is
loaded. `guard` and `finding` rules return the sentence of what is wrong, or None; `facts` rules return an event with
more facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pmcs.core.kind import Kind
from pmcs.core.record import Event, Record
from pmcs.errors import Sentence

DAY = len("2026-11-23")
FACTS, GUARD, FINDING = "facts", "guard", "finding"


class View(NamedTuple):
    """What a rule sees: the record as it stands with the event in hand, and when."""

    kind: Kind
    record: Record
    event: Event
    now: datetime


class Rule(NamedTuple):
    """A registered rule."""

    name: str
    stage: str
    arguments: Mapping[str, str]
    """Argument name → `field`, `lines`, or `column` (of the argument named `rows`)."""
    run: Callable[..., Any]


RULES: dict[str, Rule] = {}


def rule(stage: str, **arguments: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as a rule of a stage, with the types of its arguments."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        RULES[function.__name__] = Rule(function.__name__, stage, arguments, function)
        return function

    return register


@rule(GUARD, date="field", than="field")
def later_date(view: View, date: str, than: str) -> Sentence | None:
    """What is asked for lies after what stands."""
    wanted, present = view.record.get(date), view.record.get(than)
    if wanted and present and not _later(wanted, present):
        return Sentence("{wanted} must be later than {present}, which stands now.", wanted=wanted, present=present)
    return None


def _later(one: str, other: str) -> bool:
    """Whether a stored date or time lies after another; against a date only the day counts."""
    if len(one) == len(other) == DAY or len(one) > DAY < len(other):
        return datetime.fromisoformat(one) > datetime.fromisoformat(other)
    return one[:DAY] > other[:DAY]


@rule(FACTS, rows="lines", column="column")
def end_rows(view: View, rows: str, column: str) -> Event:
    """Rows that are still open end today."""
    key = view.kind.fields[rows].key
    today = view.event.at.date().isoformat()
    ended = [
        {**{name: row[name] for name in key if name in row}, column: today}
        for row in view.record.rows(rows)
        if not row.get(column) or row[column] > today
    ]
    return view.event._replace(row={**view.event.row, rows: ended}) if ended else view.event


@rule(FINDING, field="field")
def must_have(view: View, field: str) -> Sentence | None:
    """A field that every record in use should have."""
    if view.kind.ends(view.record.state) or view.record.fields.get(field):
        return None
    return Sentence("{id} has no {field} yet.", id=view.record.id, field=field)
