"""Rules of assessment (13): what is worked out from records, the total, and whether what is cited has changed since."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from pmcs.core.assessment import plain, total
from pmcs.core.fold import applied, same_row
from pmcs.core.kind import VOID
from pmcs.core.period import span_of
from pmcs.core.record import Event, Rows
from pmcs.core.rules.registry import FACTS, FINDING, View, again, rule
from pmcs.core.world import as_of, found
from pmcs.errors import Refused, Sentence

if TYPE_CHECKING:
    from pmcs.core.life import Lives


@rule(
    FACTS,
    person="field",
    period="field",
    figures="keyed lines",
    marks="keyed lines",
    basis="field",
    rank="field",
    head="choice of rank",
    others="choice of rank",
)
def assessment_figures(
    view: View, person: str, period: str, figures: str, marks: str, basis: str, rank: str, head: str, others: str
) -> Event:
    """The figures of a person's period at the last commit, with weights and points, and what is left to mark.

    Rows that are there already change; those that the scheme no longer has weigh nothing. Raises Refused: the period
    is not over, or the person held no post in it that is assessed.
    """
    from pmcs.core.sheet import kinds_for, sheet_of

    world, event = view.context.world, view.event
    who, when = (event.set.get(name) or view.record.get(name) for name in (person, period))
    span = span_of(when, world.calendar.tz)
    if view.context.now < span.end:
        raise Refused(
            "{period} is not over yet; assess it from {day} on.", period=when, day=span.end.date().isoformat()
        )
    commit = world.basis()
    scheme = world.scheme(commit)
    sheet = sheet_of(scheme, who, world.lived(kinds_for(scheme), span, commit), span, world.label)
    if not sheet.posts & set(scheme.posts):
        raise Refused("{person} held no post in {period} that is assessed.", person=who, period=when)
    facts = {basis: commit, rank: head if sheet.leads else others}
    event = event._replace(set={**event.set, **facts})
    return _taken_over(view, _taken_over(view, event, figures, sheet.figures), marks, sheet.marks)


def _taken_over(view: View, event: Event, name: str, rows: Rows) -> Event:
    """Rows that are new are added, those there already change by their key, those gone weigh nothing."""
    key, present = view.kind.fields[name].key, view.record.rows(name)
    fresh = [row for row in rows if not any(same_row(row, other, key) for other in present)]
    changed = [row for row in rows if row not in fresh]
    gone = [other for other in present if not any(same_row(row, other, key) for row in rows)]
    changed += [{part: row.get(part, "") for part in key} | {"weight": "0"} for row in gone]
    add = {**event.add, name: fresh} if fresh else event.add
    return event._replace(add=add, row={**event.row, name: changed} if changed else event.row)


@again
@rule(FACTS, rows="several lines", weight="column of rows", points="column of rows", into="field")
def weighted(view: View, rows: list[str], weight: str, points: str, into: str) -> Event:
    """The total: weight × points of every row, in hundredths of 100; two decimals, half up."""
    record = applied(view.kind, view.record, view.event)
    pairs = (
        (Decimal(row.get(weight) or 0), Decimal(row.get(points) or 0)) for name in rows for row in record.rows(name)
    )
    return view.event._replace(set={**view.event.set, into: plain(total(pairs))})


@rule(FINDING, rows="keyed lines", column="column of rows", person="field", period="field", basis="field")
def cites_changed(view: View, rows: str, column: str, person: str, period: str, basis: str) -> Sentence | None:
    """Of a confirmed record, what it cites and what has since been entered there that its figures would count."""
    from pmcs.core.figures import tally

    record = view.record
    if not view.kind.ends(record.state) or record.state == VOID:
        return None
    computed = next((event.entered for event in reversed(record.history) if basis in event.set), record.opened)
    scheme = view.context.world.scheme()
    span = span_of(record.get(period), view.context.world.calendar.tz)
    changed = []
    for row in record.rows(rows):
        item = scheme.items.get(str(row.get("item", "")))
        figure = item.figure if item else ""
        for id_ in row.get(column, ()) if figure else ():
            now, then = (tally(figure, record.get(person), lives, span) for lives in _alone(view, id_, computed))
            if now != then:
                changed.append(id_)
    if not changed:
        return None
    return Sentence(
        "{id} counts {cited} otherwise than they are now, since they changed later; see pmcs assessment verify {id}.",
        id=record.id,
        cited=sorted(set(changed)),
    )


def _alone(view: View, id_: str, then: datetime) -> tuple[Lives, Lives]:
    """A cited record by itself, as it is and as it stood then; the same where nothing was entered since."""
    from pmcs.core.life import Life

    world = view.context.world
    record = found(world, id_)
    if record is None:
        return {}, {}
    now = {record.kind: [Life(world.kind_for(record), record)]}
    stood = as_of(world, record, then)
    return now, now if stood is record else {record.kind: [Life(world.kind_for(stood), stood)]}
