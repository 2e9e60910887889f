"""What an action brings about beside its own record: records made, events on linked records, registers' upper levels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pmcs.core.kind import Action, Also, Choose
from pmcs.core.step import Step
from pmcs.core.world import Context, Given
from pmcs.errors import BadInput

Advance = Callable[..., list[Step]]


def consequences(step: Step, action: Action, given: Given, context: Context, advance: Advance) -> Iterator[Step]:
    """The further steps of one action, all for the same commit."""
    yield from _upper_levels(step, context, advance)
    yield from _made(step, action, given, context, advance)
    approval = step.kind.approval_in(step.before.state) if step.before and action.name == "approve" else None
    for also in (*action.also, *(approval.also if approval else ())):
        yield from _linked(step, also, context, advance)


def _upper_levels(step: Step, context: Context, advance: Advance) -> Iterator[Step]:
    """A tree's levels above a new entry make themselves: 3-2-1201 brings 3 and 3-2."""
    kind = step.kind
    if not kind.tree or step.before is not None:
        return
    parts = step.after.id.split("-")
    for depth in range(1, len(parts)):
        name = "-".join(parts[:depth])
        if not context.world.twin(kind, {kind.tree: name}, open_only=False):
            upper = Given(values={kind.tree: name}, because=step.after.id)
            yield from advance(kind, None, "add", upper, context)


def _made(step: Step, action: Action, given: Given, context: Context, advance: Advance) -> Iterator[Step]:
    if not given.make:
        return
    if given.make not in action.makes:
        raise BadInput("{action} makes {kinds}, not {kind}.", action=action.name, kinds=list(action.makes), kind=given.make)
    kind = context.world.kind(given.make)
    values = {
        name: value
        for name, source in action.makes[given.make].items()
        if (value := _taken(step, action, source))
    }
    values |= given.made
    if "source" in kind.fields:
        values["source"] = step.after.id
    unsaved = replace(context, world=context.world.with_new(step.kind, step.after))
    yield from advance(kind, None, "new", Given(values=values, because=step.after.id), unsaved)


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


def _linked(step: Step, also: Also, context: Context, advance: Advance) -> Iterator[Step]:
    link, _, column = also.link.partition(".")
    if column:
        targets = [row[column] for row in step.after.rows(link) if row.get(column)]
    else:
        targets = [step.after.get(link)] if step.after.get(link) else []
    do = also.do.table[step.after.get(also.do.field)] if isinstance(also.do, Choose) else also.do
    for target in targets:
        record = context.world.record(target)
        values = {name: _taken(step, step.kind.actions[step.event.do], source) for name, source in also.set.items()}
        given = Given(values={name: value for name, value in values.items() if value}, because=step.after.id)
        yield from advance(context.world.kind_for(record), record, do, given, context)
