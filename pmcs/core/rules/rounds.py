"""Rules of work by checklist: what is looked at, measured, found, when it was done, what it covers (8.1, 8.4, 9.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pmcs.core.kind import VOID
from pmcs.core.length import parse_length
from pmcs.core.record import Event, Record, Rows, moment, written
from pmcs.core.rules.registry import EFFECT, FACTS, GUARD, View, again, rule
from pmcs.core.step import Errand
from pmcs.core.tolerance import moved
from pmcs.core.world import Given
from pmcs.errors import Sentence

COLUMN = "column of rows"


@rule(FACTS, rows="keyed lines", of="field", what=COLUMN)
def rows_from(view: View, rows: str, of: str, what: str) -> Event:
    """The items of a checklist become rows, those not there yet: their number in the key, their words beside it."""
    key = view.kind.fields[rows].key[0]
    there = {row.get(key) for row in view.record.rows(rows)}
    items = view.context.world.checklist(_value(view, of)).items.values()
    fresh: Rows = [{key: item.key, what: item.what} for item in items if item.key not in there]
    return view.event._replace(add={**view.event.add, rows: [*view.event.add.get(rows, []), *fresh]})


@again
@rule(FACTS, into="field")
def time_of(view: View, into: str) -> Event:
    """When it was done, as a field: entered late, it is still the time of the work."""
    return _with(view.event, into, written(view.event.at.replace(microsecond=0)))


@again
@rule(
    FACTS,
    when="field",
    earliest="field",
    latest="field",
    into="field",
    early="choice of into",
    good="choice of into",
    late="choice of into",
)
def punctuality(
    view: View, when: str, earliest: str, latest: str, into: str, early: str, good: str, late: str
) -> Event:
    """Early, on time or late by the tolerance; nothing where none was set."""
    done, first, last = (_time(_value(view, name)) for name in (when, earliest, latest))
    if not done or not (first or last):
        return view.event
    if first and done < first:
        return _with(view.event, into, early)
    return _with(view.event, into, late if last and done > last else good)


@again
@rule(
    FACTS,
    rows="keyed lines",
    of="field",
    value=COLUMN,
    result=COLUMN,
    remark=COLUMN,
    bad="choice of result",
    good="choice of result",
)
def out_of_range(view: View, rows: str, of: str, value: str, result: str, remark: str, bad: str, good: str) -> Event:
    """A value out of range is abnormal by itself, whatever is typed then or later; within it normal if nothing is."""
    key = view.kind.fields[rows].key[0]
    items = view.context.world.checklist(view.record.get(of)).items
    present = {row[key]: row for row in view.record.rows(rows) if key in row}
    judged = []
    for row in view.event.row.get(rows, []):
        item = items.get(row[key])
        found: Mapping[str, str] = {}
        read = row.get(value) or present.get(row[key], {}).get(value)
        if item and item.measured and read:
            if not item.permits(str(read)):
                kept = "" if row.get(value) else present[row[key]].get(remark)
                found = {result: bad, remark: row.get(remark) or kept or f"{read} {item.unit} ({item.range})"}
            elif row.get(value) and not row.get(result):
                found = {result: good}
        judged.append({**row, **found})
    return view.event._replace(row={**view.event.row, rows: judged})


@rule(GUARD, rows="keyed lines", of="field", value=COLUMN, result=COLUMN, good="choice of result")
def measured(view: View, rows: str, of: str, value: str, result: str, good: str) -> Sentence | None:
    """What has a range is not normal for having been looked at: its value is read."""
    key = view.kind.fields[rows].key[0]
    items = view.context.world.checklist(view.record.get(of)).items
    for row in view.record.rows(rows):
        item = items.get(row[key])
        if item and item.measured and row.get(result) == good and not row.get(value):
            return Sentence(
                "Item {item} ({what}) is measured: give its value, {range}.",
                item=item.key,
                what=item.what,
                range=item.range or item.unit,
            )
    return None


@rule(GUARD, rows="lines", column="link of rows")
def still_open(view: View, rows: str, column: str) -> Sentence | None:
    """Work that is named instead of made is still to be done."""
    for row in view.event.row.get(rows, []):
        named = view.other(row.get(column, ""))
        if named and view.context.world.kind_for(named).ends(named.state):
            return Sentence("{id} is over already; name work that is open, or make some.", id=named.id)
    return None


@rule(GUARD, rows="keyed lines", column=COLUMN, value="choice of column", work="link of rows")
def row_leads_to_work(view: View, rows: str, column: str, value: str, work: str) -> Sentence | None:
    """Whatever is abnormal has led to work: made for it, or named as open already (8.1, 8.2)."""
    key = view.kind.fields[rows].key
    lacking = [row for row in view.record.rows(rows) if row.get(column) == value and not row.get(work)]
    if not lacking:
        return None
    made = {
        record.get("source_item")
        for kind in dict.fromkeys(kind for action in view.kind.actions.values() for kind in action.makes)
        for record in view.naming(kind)
        if record.get("source") == view.record.id and record.state != VOID
    }
    left = [name for row in lacking if (name := " ".join(str(row[part]) for part in key)) not in made]
    if not left:
        return None
    return Sentence(
        "Abnormal, and nothing done about it yet in {id}: item {items}; record it again with {options}.",
        id=view.record.id,
        items=left,
        options=[*(f"--{kind}" for action in view.kind.actions.values() for kind in action.makes), f"--{work}"],
    )


WINDOW: dict[str, str] = dict.fromkeys(("planned", "earliest", "latest", "lapses"), "field")


@rule(EFFECT, of="field", same="several field", since="field", do="action", into="field", **WINDOW)
def covers(view: View, of: str, same: list[str], since: str, do: str, into: str, **window: str) -> Iterator[Errand]:
    """A service satisfies the lesser ones of its day on the same thing: the next of each list that is still to be done.

    Judged by the day of the work (`since`), not of its entry (TSG T5002-2017, annex A).
    """
    done, world = _time(_value(view, since)), view.context.world
    told = set()
    waiting = [
        record
        for name in sorted(world.checklist(_value(view, of)).covers)
        for record in _alike(view, same, {of: name}, view.kind.actions[do].start or ())
        if record.id != view.record.id
    ]
    for record in sorted(waiting, key=lambda record: record.get(window["planned"])):
        if done and record.get(of) not in told and _of_that_day(record, done, **window):
            told.add(record.get(of))
            yield _covering(view, do, {into: view.record.id, since: _value(view, since)}, target=record.id)


@rule(EFFECT, of="field", same="several field", since="field", do="action", into="field", state="state", **WINDOW)
def covered_already(
    view: View, of: str, same: list[str], since: str, do: str, into: str, state: str, **window: str
) -> Iterator[Errand]:
    """The other order: what is planned only now was satisfied by a greater service of its day already."""
    world = view.context.world
    for name in sorted(world.checklist(_value(view, of)).covered_by):
        for record in _alike(view, same, {of: name}, (state,)):
            done = _time(record.get(since))
            if done and _of_that_day(view.record, done, **window):
                yield _covering(view, do, {into: record.id, since: record.get(since)}, target=view.record.id)
                return


@rule(EFFECT, same="several field", since="field", most="field", planned="field", latest="field", do="action")
def keeps_gap(
    view: View, same: list[str], since: str, most: str, planned: str, latest: str, do: str
) -> Iterator[Errand]:
    """No tolerance stretches the gap between two services actually done: the next one's latest time comes nearer."""
    done, mine, longest = _time(_value(view, since)), _time(_value(view, planned)), _value(view, most)
    if not (done and mine and longest):
        return
    zone = view.context.world.calendar.tz
    due = moved(done, parse_length(longest), zone)
    later = [
        (when, record)
        for record in _alike(view, same, {}, view.kind.actions[do].start or ())
        if (when := _time(record.get(planned))) and when > mine
    ]
    if not later:
        return
    _, following = min(later, key=lambda item: item[0])
    last = _time(following.get(latest))
    if last and due < last:
        yield _covering(view, do, {latest: written(due.astimezone(zone))}, target=following.id)


def _value(view: View, name: str) -> str:
    """A field as the event leaves it, whichever of the two the stage sees it in."""
    value = view.event.set.get(name, view.record.fields.get(name, ""))
    return value if isinstance(value, str) else ""


def _time(text: str) -> datetime | None:
    """A stored time; None for none, and for what somebody wrote by hand that is none: `check` tells it."""
    try:
        return moment(text)
    except ValueError:
        return None


def _with(event: Event, name: str, value: str) -> Event:
    return event._replace(set={**event.set, name: value})


def _alike(view: View, same: list[str], others: dict[str, str], states: Sequence[str]) -> Iterator[Record]:
    """Records for the same thing: what is empty here is empty there, and something must be named."""
    mine = {name: _value(view, name) for name in same}
    named = {name: value for name, value in mine.items() if value}
    for id_ in view.context.world.alike(view.kind, named | others, states) if named else ():
        record = view.other(id_)
        if record and record.history and all(record.get(name) == value for name, value in mine.items()):
            yield record


def _covering(view: View, do: str, values: dict[str, Any], target: str) -> Errand:
    return Errand(do, Given(values=values, because=view.record.id), target=target)


def _of_that_day(record: Record, done: datetime, planned: str, earliest: str, latest: str, lapses: str) -> bool:
    """Whether work of that day falls in a planned record's time: from its earliest day until it counts as missed."""
    first = _time(record.get(earliest) or record.get(planned))
    last = _time(record.get(lapses) or record.get(latest) or record.get(planned))
    if not (first and last):
        return False
    ends = max(last, first.replace(hour=0, minute=0, second=0) + timedelta(days=1))
    return first.date() <= done.date() and done < ends
