"""Rules of the archive: what may be destroyed, and what is destroyed with it (5.9)."""

from __future__ import annotations

from collections.abc import Iterator

from pmcs.core.kind import Kind
from pmcs.core.record import Event, Record
from pmcs.core.retention import ended, lapses
from pmcs.core.rules.registry import EFFECT, FACTS, View, again, rule
from pmcs.core.step import Errand
from pmcs.core.title import title_of
from pmcs.errors import Refused, Sentence


@rule(FACTS, rows="keyed lines", of="link of rows", title="column of rows", term="column of rows")
def past_retention(view: View, rows: str, of: str, title: str, term: str) -> Event:
    """Only what is past its term is listed, and in no other open list; title and term are written beside it.

    Raises Refused naming the first that is not.
    """
    lines = []
    for row in view.event.add.get(rows, []):
        world = view.context.world
        record = world.record(str(row.get(of, "")))
        kind = world.kind_for(record)
        kept = world.retention().filed(kind, record.fields).term
        _check(view, kind, record, kept)
        lines.append({**row, title: title_of(kind, record.fields) or world.label(kind.title), term: kept})
    return view.event._replace(add={**view.event.add, rows: lines}) if lines else view.event


def _check(view: View, kind: Kind, record: Record, term: str) -> None:
    world, end = view.context.world, ended(kind, record)
    begun = world.retention().begins(kind, record.fields, record.day, end.date() if end else None)
    if begun is None:
        raise Refused("{id} has not ended; take it out.", id=record.id)
    over = lapses(term, begun)
    if over is None:
        raise Refused("{id} is kept for ever; take it out.", id=record.id)
    if over > view.context.now.date():
        raise Refused("{id} is to be kept until {day}; take it out.", id=record.id, day=over)
    for id_ in world.naming(record.id, view.kind.name):
        other = world.record(id_)
        if id_ != view.record.id and not world.kind_for(other).ends(other.state):
            raise Refused("{id} is listed in {other} already; take it out.", id=record.id, other=id_)


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
