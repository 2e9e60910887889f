"""Rules of the register of staff: what somebody who leaves hands over, who was trained (6, 10, 11.5)."""

from __future__ import annotations

from collections.abc import Iterator

from pmcs.core.kind import INHERIT, VOID, Kind
from pmcs.core.length import parse_length
from pmcs.core.record import Record, Value
from pmcs.core.rules.registry import EFFECT, FINDING, GUARD, View, rule
from pmcs.core.step import Errand
from pmcs.core.world import Given
from pmcs.errors import Sentence


@rule(EFFECT, to="field")
def hand_over(view: View, to: str) -> Iterator[Errand]:
    """All work of the person whose record this is becomes that of the person named, in the same commit.

    What is done stays theirs who did it, though it may still be visited, confirmed or closed.
    """
    person, successor = view.record.id, view.record.get(to)
    for id_ in view.context.world.work_of(person):
        record = view.context.world.record(id_)
        values = _instead(view.context.world.kind_for(record), record, person, successor)
        if values:
            yield Errand(INHERIT, Given(values=values, because=person), target=id_)


def _instead(kind: Kind, record: Record, person: str, successor: str) -> dict[str, Value]:
    """The fields and rows that make a record somebody's work, with another in that place."""
    values: dict[str, Value] = {}
    for name, _, column in (field.partition(".") for field in kind.handed_on):
        if not column and record.get(name) == person:
            values[name] = successor
        elif column:
            key = kind.fields[name].key
            rows = [row for row in record.rows(name) if row.get(column) == person]
            if rows:
                values[name] = [{**{part: row[part] for part in key}, column: successor} for row in rows]
    return values


@rule(GUARD, rows="lines", link="link of rows", whose="field of link")
def rests_on(view: View, rows: str, link: str, whose: str) -> Sentence | None:
    """What a new line cites is about the person whose entry this is, and settled (14)."""
    for row in view.event.add.get(rows, []):
        cited = view.other(row.get(link, ""))
        if cited is None:
            continue
        if cited.get(whose) != view.record.id:
            return Sentence("{id} is not about {person}; cite one that is.", id=cited.id, person=view.record.id)
        if cited.state == VOID or not view.context.world.kind_for(cited).ends(cited.state):
            return Sentence("{id} is not settled; cite one that is.", id=cited.id)
    return None


@rule(
    FINDING,
    kind="kind",
    rows="lines of kind",
    person="column of rows",
    attended="column of rows",
    came="choice of attended",
    held="state of kind",
    within="length",
)
def trained(
    view: View, kind: str, rows: str, person: str, attended: str, came: str, held: str, within: str
) -> Sentence | None:
    """Everybody on the staff came to a training held within this time (11.5)."""
    if view.kind.ends(view.record.state):
        return None
    length = parse_length(within).duration
    since = view.context.now - length
    for record in view.naming(kind):
        times = [event.at for event in record.history if event.to == held]
        present = any(row.get(person) == view.record.id and row.get(attended) == came for row in record.rows(rows))
        if present and times and times[0] >= since and record.state != VOID:
            return None
    return Sentence("{id} came to no training within {days} days.", id=view.record.id, days=length.days)
