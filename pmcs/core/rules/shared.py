"""Rules that kinds of any duty use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pmcs.core.record import Event, Rows
from pmcs.core.rules.registry import FACTS, FINDING, GUARD, View, again, rule
from pmcs.errors import Sentence

DAY = len("2026-11-23")


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


@again
@rule(FACTS, rows="keyed lines", column="column of rows")
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


@rule(FACTS, link="field", field="field of link", into="field")
def taken_from(view: View, link: str, field: str, into: str) -> Event:
    """What is not said is what the linked record says: where a lift is, its fault is."""
    there = view.other(view.event.set.get(link, "")) if not view.event.set.get(into) else None
    value = there.get(field) if there else ""
    return view.event._replace(set={**view.event.set, into: value}) if value else view.event


@rule(FACTS, rows="lines", column="column of rows")
def settled_stay(view: View, rows: str, column: str) -> Event:
    """Of lines that come from elsewhere, those with that column stay behind: what is settled is not handed on."""
    left = [row for row in view.event.add.get(rows, []) if not row.get(column)]
    return view.event._replace(add={**view.event.add, rows: left}) if left else _without(view.event, rows)


def _without(event: Event, rows: str) -> Event:
    return event._replace(add={name: lines for name, lines in event.add.items() if name != rows})


@rule(FINDING, field="field")
def must_have(view: View, field: str) -> Sentence | None:
    """A field that every record in use should have."""
    if view.kind.ends(view.record.state) or view.record.fields.get(field):
        return None
    label = view.context.world.label(view.kind.fields[field].label)
    return Sentence("{id} has no {field} yet.", id=view.record.id, field=label)


@rule(GUARD, rows="lines", has="column of rows")
def each_row(view: View, rows: str, has: str) -> Sentence | None:
    """Every row has this column, and there is a row."""
    lines, item = view.record.rows(rows), view.kind.fields[rows]
    lacking = [_named(row, item.key, place) for place, row in enumerate(lines, 1) if not row.get(has)]
    if lines and not lacking:
        return None
    label = view.context.world.label
    if not lines:
        return Sentence("{rows} of {id} has no row yet.", rows=label(item.label), id=view.record.id)
    return Sentence(
        "{rows} of {id} lacks {column} in {lines}.",
        rows=label(item.label),
        id=view.record.id,
        column=label((item.rows or {})[has].label),
        lines=lacking,
    )


def _named(row: Mapping[str, Any], key: tuple[str, ...], place: int) -> str:
    return " ".join(str(row.get(name, "")) for name in key) or str(place)


@rule(GUARD, kind="kind", state="state of kind", since="state")
def link_done(view: View, kind: str, state: str, since: str) -> Sentence | None:
    """A record of that kind that names this one came into that state after this one last entered `since`."""
    entries = [event.entered for event in view.record.history if event.to == since]
    last = max(entries, default=None)
    for record in view.naming(kind):
        if any(event.to == state and (last is None or event.entered > last) for event in record.history):
            return None
    return Sentence("No {kind} of {id} is {state}.", kind=kind, id=view.record.id, state=state)


@rule(GUARD, person="field", licence="text")
def holds_licence(view: View, person: str, licence: str) -> Sentence | None:
    """The person named has a licence of that name, in force on the day of the event (10.2)."""
    code, day = view.record.get(person), view.event.at.date().isoformat()
    staff = view.other(code)
    rows: Rows = staff.rows("licences") if staff else []
    if any(row.get("licence") == licence and (row.get("expires") or day) >= day for row in rows):
        return None
    return Sentence("{person} has no licence {licence} in force on {day}.", person=code, licence=licence, day=day)
