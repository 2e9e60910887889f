"""What an action brings about beside its own record: upper levels of a tree, records made, events on linked ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from pmcs.core.kind import Action, Also, Choose, Kind
from pmcs.core.step import Step
from pmcs.core.world import Context, Given
from pmcs.errors import BadInput

Advance = Callable[..., list[Step]]


class _Errand(NamedTuple):
    """One further action: on the record `target`, or opening one of `kind`."""

    do: str
    given: Given
    kind: Kind | None = None
    target: str = ""


def consequences(step: Step, action: Action, given: Given, context: Context, advance: Advance) -> Iterator[Step]:
    """The further steps of one action, all for the same commit; each sees what came before it."""
    context = _knowing(context, step)
    for errand in _errands(step, action, given, context):
        record = context.world.record(errand.target) if errand.target else None
        kind = context.world.kind_for(record) if record else errand.kind
        for further in advance(kind, record, errand.do, errand.given, context):
            context = _knowing(context, further)
            yield further


def _knowing(context: Context, step: Step) -> Context:
    world = context.world.with_new(step.kind, step.after)
    return context if world is context.world else context._replace(world=world)


def _errands(step: Step, action: Action, given: Given, context: Context) -> Iterator[_Errand]:
    if step.kind.tree and step.before is None:
        yield from _upper_level(step.kind, step.after.id, context)
    if given.make:
        yield _made(step, action, given, context)
    approval = step.kind.approval_in(step.before.state) if step.before and action.name == "approve" else None
    for also in (*action.also, *(approval.also if approval else ())):
        yield from _linked(step, action, also)


def _upper_level(kind: Kind, id_: str, context: Context) -> Iterator[_Errand]:
    """The level above a tree's new entry makes itself, and that one its own: 3-2-1201 brings 3-2, which brings 3."""
    upper = id_.rpartition("-")[0]
    if upper and not context.world.twin(kind, {kind.tree or "": upper}, open_only=False):
        yield _Errand("add", Given(values={kind.tree or "": upper}, because=id_), kind)


def _made(step: Step, action: Action, given: Given, context: Context) -> _Errand:
    if given.make not in action.makes:
        raise BadInput(
            "{action} makes {kinds}, not {kind}.",
            action=action.name,
            kinds=list(action.makes) or "nothing",
            kind=given.make,
        )
    kind = context.world.kind(given.make)
    taken = {name: _taken(step, action, source) for name, source in action.makes[given.make].items()}
    values = {name: value for name, value in taken.items() if value} | dict(given.made)
    if "source" in kind.fields:
        values["source"] = step.after.id
    # What is made by a late entry was there from then on, and its own steps may be entered late as well.
    at = step.event.at if step.event.recorded else None
    return _Errand("new", Given(values=values, because=step.after.id, at=at), kind)


def _taken(step: Step, action: Action, source: str) -> object:
    if source == "id":
        return step.after.id
    if source == "note":
        return step.event.note
    if action.row:
        rows = step.event.row.get(action.row, [])
        if rows and source in rows[0]:
            return rows[0][source]
    return step.after.fields.get(source, "")


def _linked(step: Step, action: Action, also: Also) -> Iterator[_Errand]:
    link, _, column = also.link.partition(".")
    found = [row.get(column) for row in step.after.rows(link)] if column else [step.after.get(link)]
    do = also.do.table[step.after.get(also.do.field)] if isinstance(also.do, Choose) else also.do
    taken = {name: _taken(step, action, source) for name, source in also.set.items()}
    values = {name: value for name, value in taken.items() if value}
    for target in dict.fromkeys(found):
        if target:
            yield _Errand(do, Given(values=values, because=step.after.id), target=target)
