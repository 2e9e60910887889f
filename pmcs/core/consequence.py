"""What an action brings about beside its own record (KINDS.md: makes, also, freed, effects)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from pmcs.core.derive import chosen
from pmcs.core.fold import same_row
from pmcs.core.kind import Action, Also, Choose
from pmcs.core.record import Rows, Value
from pmcs.core.rules import EFFECT, RULES, View
from pmcs.core.step import Errand, Step
from pmcs.core.world import SYSTEM_ACTOR, Context, Given, World, found
from pmcs.errors import BadInput, PmcsError, Refused

Advance = Callable[..., list[Step]]
DEEPEST = 100
"""So many consequences may follow from one another."""


def consequences(step: Step, action: Action, given: Given, context: Context, advance: Advance) -> Iterator[Step]:
    """The further steps of one action, all for the same commit; each sees what came before it."""
    context = _knowing(context, step)._replace(underway=(*context.underway, (step.after.id, action.name)))
    for errand in _errands(step, action, given, context):
        for further in _done(errand, context, advance):
            context = _knowing(context, further)
            yield further
    for errand in _let_go(step, context.world):
        with suppress(PmcsError):  # what ails that record is no reason to keep this one open; cron says it
            for further in tried(errand, context, advance):
                context = _knowing(context, further)
                yield further


def _knowing(context: Context, step: Step) -> Context:
    world = context.world.with_new(step.kind, step.after)
    return context if world is context.world else context._replace(world=world)


def _done(errand: Errand, context: Context, advance: Advance) -> list[Step]:
    record = context.world.record(errand.target) if errand.target else None
    if (errand.target, errand.do) in context.underway:
        raise Refused(
            "{action} of {id} would bring itself about again; take what leads back to it out of the kind files.",
            action=errand.do,
            id=errand.target,
        )
    if len(context.underway) > DEEPEST:
        raise Refused(
            "{action} would be one after another on more than {most} records; do it on {id} first.",
            action=errand.do,
            most=DEEPEST,
            id=errand.target or errand.kind,
        )
    world = context.world.judging(record.day if record else context.now.date())
    kind = world.kind_for(record) if record else world.kind(errand.kind)
    return advance(kind, record, errand.do, errand.given, context._replace(world=world))


def tried(errand: Errand, context: Context, advance: Advance) -> list[Step]:
    """What `system` does as far as the regulation allows it now; nothing, and no refusal, where it does not."""
    with context.world.attempt():
        return _done(errand, context._replace(actor=SYSTEM_ACTOR), advance)
    return []


def _errands(step: Step, action: Action, given: Given, context: Context) -> Iterator[Errand]:
    if step.kind.tree and step.before is None:
        yield from _upper_level(step, context.world)
    if given.make:
        yield _made(step, action, given, context)
    approval = step.kind.approval_in(step.before.state) if step.before and action.name == "approve" else None
    for also in (*action.also, *(approval.also if approval else ())):
        yield from _linked(step, action, also, context.world)
    for call in action.rules:
        rule = RULES[call.name]
        if rule.stage == EFFECT:
            yield from rule.run(View(step.kind, step.after, step.event, context), **call.arguments)


def _upper_level(step: Step, world: World) -> Iterator[Errand]:
    """The level above a tree's new entry makes itself, and that one its own: 3-2-1201 brings 3-2, which brings 3."""
    kind, upper = step.kind, step.after.id.rpartition("-")[0]
    if upper and world.twin(kind, {kind.tree or "": upper}, open_only=False) != upper:
        yield Errand("add", Given(values={kind.tree or "": upper}, because=step.after.id), kind=kind.name)


def _made(step: Step, action: Action, given: Given, context: Context) -> Errand:
    if given.make not in action.makes:
        raise BadInput(
            "{action} makes {kinds}, not {kind}.",
            action=action.name,
            kinds=list(action.makes) or "nothing",
            kind=given.make,
        )
    rows = changed_rows(step, action)
    if len(rows) > 1:
        raise BadInput(
            "{action} can make a {kind} for one row at a time; name one row.", action=action.name, kind=given.make
        )
    row = rows[0] if rows else {}
    made = context.world.judging(context.now.date()).kind(given.make)
    values = _values(action.makes[given.make], step, row) | dict(given.made)
    if "source" in made.fields:
        values["source"] = step.after.id
        if row and "source_item" in made.fields:
            key = step.kind.fields[action.row or ""].key
            values["source_item"] = " ".join(str(row[name]) for name in key if name in row)
    # What is made by a late entry was there from then on, and its own steps may be entered late as well.
    at = step.event.at if step.event.recorded else None
    return Errand("new", Given(values=values, because=step.after.id, at=at), kind=given.make)


def changed_rows(step: Step, action: Action) -> Rows:
    """The rows that the action changed, whole, as they stand after it."""
    if not action.row:
        return []
    key, changes = step.kind.fields[action.row].key, step.event.row.get(action.row, [])
    return [row for row in step.after.rows(action.row) if any(same_row(row, change, key) for change in changes)]


def _values(table: Mapping[str, str], step: Step, row: Mapping[str, Value]) -> dict[str, Value]:
    """What another record takes over: of a row, of the record, its number or the event's note."""
    sources = {**step.after.fields, **row, "id": step.after.id, "note": step.event.note}
    return {theirs: sources[ours] for theirs, ours in table.items() if sources.get(ours)}


def _linked(step: Step, action: Action, also: Also, world: World) -> Iterator[Errand]:
    link, _, column = also.link.partition(".")
    do = chosen(also.do, step.kind, step.after.fields) if isinstance(also.do, Choose) else also.do
    if column:
        pairs = [(str(row.get(column, "")), row) for row in step.after.rows(link)]
    else:
        changed = changed_rows(step, action)
        pairs = [(target, changed[0] if changed else {}) for target in step.after.named(link)]
    told = set()
    for target, row in pairs:
        if do is None:
            raise _depends(step, action, also, world)
        # Two rows that name one record each bring it their own figures; without any, once is enough.
        if target and (also.set or target not in told):
            told.add(target)
            yield Errand(do, Given(values=_values(also.set, step, row), because=step.after.id), target=target)


def _depends(step: Step, action: Action, also: Also, world: World) -> Refused:
    field = also.do.field if isinstance(also.do, Choose) else ""
    return Refused(
        "{action} depends on {field}, which {id} does not have yet; give that first.",
        action=world.label(action.label),
        field=world.label(step.kind.fields[field].label),
        id=step.after.id,
    )


def _let_go(step: Step, world: World) -> Iterator[Errand]:
    """What a record that has just ended held open, and nothing else does: its `freed` is tried."""
    ended = step.kind.ends(step.after.state) and not (step.before and step.kind.ends(step.before.state))
    for link in step.kind.links(holding=True) if ended else ():
        for target in step.after.named(link.name):
            held = found(world, target)
            if held is None or world.holders(target):
                continue
            for action in world.kind_for(held).actions.values():
                if action.freed and held.state in (action.start or ()):
                    yield Errand(action.name, Given(because=step.after.id), target=held.id)
