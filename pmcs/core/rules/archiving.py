"""Rules of the archive: what may be destroyed, and what is destroyed with it (5.9)."""

from __future__ import annotations

from collections.abc import Iterator

from pmcs.core.record import Event, Record
from pmcs.core.retention import ended, lapses
from pmcs.core.rules.registry import EFFECT, FACTS, GUARD, View, again, rule
from pmcs.core.standing import standing
from pmcs.core.step import Errand
from pmcs.core.title import title_of
from pmcs.errors import Refused, Sentence


@rule(FACTS, rows="keyed lines", of="link of rows", title="column of rows", term="column of rows")
def described(view: View, rows: str, of: str, title: str, term: str) -> Event:
    """Beside what is listed stand its title and its term, as they are on that day."""
    world, lines = view.context.world, []
    for row in view.event.add.get(rows, []):
        record = world.record(str(row.get(of, "")))
        kind = world.kind_for(record)
        kept = world.retention().filed(kind, record.fields).term
        lines.append({**row, title: title_of(kind, record.fields) or world.label(kind.title), term: kept})
    return view.event._replace(add={**view.event.add, rows: lines}) if lines else view.event


@rule(GUARD, rows="lines", of="link of rows")
def past_retention(view: View, rows: str, of: str) -> Sentence | None:
    """Everything listed is past its term and in no other open list (DA/T 22-2015)."""
    for row in view.record.rows(rows):
        record = view.other(str(row.get(of, "")))
        wrong = _kept(view, record) if record else None
        if wrong:
            return wrong
    return None


def _kept(view: View, record: Record) -> Sentence | None:
    world = view.context.world
    kind, end, id_ = world.kind_for(record), ended(world.kind_for(record), record), record.id
    begun = world.retention().begins(kind, record.fields, record.day, end.date() if end else None)
    if begun is None:
        return Sentence("{id} has not ended; take it out.", id=id_)
    over = lapses(world.retention().filed(kind, record.fields).term, begun)
    if over is None:
        return Sentence("{id} is kept for ever; take it out.", id=id_)
    if over > view.context.now.date():
        return Sentence("{id} is to be kept until {day}; take it out.", id=id_, day=over)
    for other in _others(view, id_):
        if not world.kind_for(other).ends(other.state):
            return Sentence("{id} is listed in {other} already; take it out.", id=id_, other=other.id)
    return None


def _others(view: View, id_: str) -> Iterator[Record]:
    """The other records of this kind that name one, as they stood then.

    A stored opening that is judged has no number yet, and is told by its first entry.
    """
    for name in view.context.world.naming(id_, view.kind.name):
        record = view.other(name) if name != view.record.id else None
        # An opening that is judged again has no number, and what it opened stands there.
        if record and record.history and record.history[0] != view.event:
            yield record


@rule(GUARD, rows="several lines")
def as_approved(view: View, rows: list[str]) -> Sentence | None:
    """What was approved is what is carried out: nothing of it was changed since."""
    approved = False
    for event, held in standing(view.kind, view.record.history):
        approved = approved or (held and event.do == "approve")
        if approved and {*event.set, *event.add, *event.row} & set(rows):
            return Sentence(
                "What {id} lists was changed after it was approved; drop it and list it anew.", id=view.record.id
            )
    return None


@rule(EFFECT, rows="lines", of="link of rows")
def erase_keys(view: View, rows: str, of: str) -> Iterator[Errand]:  # noqa: ARG001  the store does it, see Store.commit
    """The keys of the private values of what is listed are destroyed once the event is in a commit on disk.

    The event is what says so: whoever brings an old key ring back finds them gone again.
    """
    return iter(())


@again
@rule(FACTS, field="field")
def agrees(view: View, field: str) -> Event:
    """What is given is what stands there already: who checks a package reads its digest from the package itself.

    Raises Refused where it is not.
    """
    if view.event.set.get(field) != view.record.get(field):
        raise Refused(
            "{field} is not the one of {id}; it was built otherwise, or is another.",
            field=Sentence("{label}", label=view.context.world.label(view.kind.fields[field].label)),
            id=view.record.id,
        )
    return view.event
