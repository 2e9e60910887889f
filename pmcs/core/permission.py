"""Who may do what, and when: judged alike for a new event and for one that stands in a history (6, 12; KINDS.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from pmcs.core.clock import rounds, running
from pmcs.core.derive import chosen, with_derived
from pmcs.core.fold import applied, same_row
from pmcs.core.kind import Action, Choose, Kind
from pmcs.core.record import Event, Record, Value
from pmcs.core.standing import standing
from pmcs.core.world import SYSTEM, Actor, World, as_of, found
from pmcs.errors import Sentence

ANYONE = "anyone"
DECISIONS = ("approve", "refuse")


def misplaced(kind: Kind, record: Record, action: Action, world: World) -> Sentence | None:
    """The state does not allow the action."""
    if action.start is not None and record.state not in action.start:
        present = kind.states.get(record.state)
        allowed = [world.label(kind.states[name].label) for name in action.start]
        return Sentence(
            "{id} is {state}: {action} is possible only when it is {allowed}.",
            id=record.id,
            state=world.label(present.label) if present else record.state,
            action=world.label(action.label),
            allowed=allowed,
        )
    if action.name == "edit" and frozen(kind, record):
        return Sentence(
            "{id} is past editing; the manager can still correct it: pmcs {kind} correct {id}.",
            id=record.id,
            kind=kind.name,
        )
    return None


def frozen(kind: Kind, record: Record) -> bool:
    """`edit` ends with the first approval or when the work is done; a register's never does."""
    return not kind.is_register and any(
        held and (event.do == "approve" or (event.to and kind.done(event.to)))
        for event, held in standing(kind, record.history)
    )


def forbidden(
    kind: Kind, record: Record | None, action: Action, event: Event, actor: Actor, world: World
) -> Sentence | None:
    """The actor may not do it: not the post, not the person, barred, or a word taken at a counter."""
    if action.through:
        cause = found(world, event.because)
        if cause and cause.kind in action.through:
            return None
        return Sentence(
            "{action} happens only through {kinds}.", action=world.label(action.label), kinds=list(action.through)
        )
    if event.because:
        return None
    if actor.counter and any(action.name in group for group in kind.apart):
        return _own_identity(action, actor, world)
    if record is not None:
        if actor.code in _barred(kind, record, world, event.entered):
            return Sentence("{person} is concerned by {id} and may not act on it.", person=actor.code, id=record.id)
        if action.name in (*DECISIONS, "withdraw"):
            return _decision(kind, record, action, actor, world)
    return _post(kind, record, action, event, actor, world)


def _barred(kind: Kind, record: Record, world: World, when: datetime, seen: frozenset[str] = frozenset()) -> set[str]:
    """Who is concerned by the record, or by one that it holds open, as that one stood then."""
    concerned = {record.get(name) for name in kind.barred}
    for link in kind.links(holding=True):
        for target in record.named(link.name):
            parent = found(world, target)
            if parent and parent.id not in seen:
                then = as_of(world, parent, when)
                concerned |= _barred(world.kind_for(parent), then, world, when, seen | {record.id})
    return concerned - {""}


def _own_identity(action: Action, actor: Actor, world: World) -> Sentence:
    return Sentence(
        "{action} is never typed at a shared counter; {person} must use an identity of their own.",
        action=world.label(action.label),
        person=actor.code,
    )


def _post(
    kind: Kind, record: Record | None, action: Action, event: Event, actor: Actor, world: World
) -> Sentence | None:
    posts = _posts(kind, action.by, _fields_after(kind, record, event) if isinstance(action.by, Choose) else {})
    if actor.posts & set(posts) or (ANYONE in posts and actor.code != SYSTEM and actor.posts):
        return None
    people = _people(kind, record, action.who, action, event)
    if actor.code in people:
        return None
    if isinstance(action.by, Choose) and not posts and not action.who:
        return Sentence(
            "{action} depends on {field}, which {id} does not have yet; give that first.",
            action=world.label(action.label),
            field=world.label(kind.fields[action.by.field].label),
            id=record.id if record else kind.name,
        )
    allowed = [Sentence("{label}", label=world.post(name)) for name in posts]
    return Sentence(
        "{person} may not do {action}: it takes {allowed}.",
        person=actor.code,
        action=world.label(action.label),
        allowed=[*allowed, *(_field_of(kind, action, name, record, world) for name in action.who)],
    )


def _fields_after(kind: Kind, record: Record | None, event: Event) -> Mapping[str, Value]:
    """What the record holds with the event, bands worked out; what the event clears still says who may."""
    before = record or Record("", kind.name)
    return {**before.fields, **with_derived(kind, applied(kind, before, event)).fields}


def _field_of(kind: Kind, action: Action, name: str, record: Record | None, world: World) -> Sentence:
    item = kind.fields.get(name) or (kind.fields[action.row].rows or {})[name] if action.row else kind.fields[name]
    holder = record.get(name) if record else ""
    label = world.label(item.label)
    return Sentence("{label} ({person})", label=label, person=holder) if holder else Sentence("{label}", label=label)


def _posts(kind: Kind, by: tuple[str, ...] | Choose | None, fields: Mapping[str, Value]) -> tuple[str, ...]:
    found: tuple[str, ...] | None = chosen(by, kind, fields) if isinstance(by, Choose) else by
    return found or ()


def _people(kind: Kind, record: Record | None, names: tuple[str, ...], action: Action, event: Event) -> set[str]:
    people: set[str] = set()
    for name in names:
        if record and name in kind.fields:
            people.add(record.get(name))
        elif record and action.row:
            item = kind.fields[action.row]
            people |= {
                str(row.get(name, ""))
                for row in record.rows(action.row)
                if any(same_row(row, change, item.key) for change in event.row.get(action.row, []))
            }
    if record and kind.key in names:
        people.add(record.id)
    return people - {""}


def _decision(kind: Kind, record: Record, action: Action, actor: Actor, world: World) -> Sentence | None:
    approval = kind.approval_in(record.state)
    if approval is None:
        return Sentence("{id} waits for no approval.", id=record.id)
    submitted = [event.by for event, held in standing(kind, record.history) if held and event.do == approval.name]
    submitter = submitted[-1] if submitted else ""
    if action.name == "withdraw":
        if actor.code == submitter:
            return None
        return Sentence("Only {person}, who submitted {id}, may withdraw it.", person=submitter, id=record.id)
    if actor.counter:
        return Sentence(
            "An approval is never typed at a shared counter; {person} must use an identity of their own.",
            person=actor.code,
        )
    if actor.code == submitter:
        return Sentence(
            "{person} submitted {id} and may not decide on it; somebody else must.", person=actor.code, id=record.id
        )
    deciders = _posts(kind, approval.decide, record.fields)
    persons = {record.get(name) for name in deciders if name in kind.fields}
    if actor.posts & set(deciders) or actor.code in persons - {""}:
        return None
    return Sentence(
        "{person} may not decide on {id}: it takes {allowed}.",
        person=actor.code,
        id=record.id,
        allowed=[
            world.label(kind.fields[name].label) if name in kind.fields else world.post(name) for name in deciders
        ],
    )


def names_barred(kind: Kind, before: Record | None, after: Record) -> Sentence | None:
    """Somebody concerned by the record is newly named in it (a complaint's subject never handles it)."""
    known = _named_and_barred(kind, before) if before else set()
    for name, person in sorted(_named_and_barred(kind, after) - known):
        return Sentence(
            "{person} is concerned by {id} and cannot be its {field}.", person=person, id=after.id, field=name
        )
    return None


def _named_and_barred(kind: Kind, record: Record) -> set[tuple[str, str]]:
    concerned = {record.get(name) for name in kind.barred} - {""}
    if not concerned:
        return set()
    people = {(name, person) for name, columns in kind.people if not columns for person in record.named(name)}
    for field, columns in kind.people:
        people |= {(field, str(row.get(name, ""))) for row in record.rows(field) for name in columns}
    return {(name, person) for name, person in people if name not in kind.barred and person in concerned}


def together(kind: Kind, before: Record | None, after: Record, world: World) -> Iterator[Sentence]:
    """What `apart` keeps apart and this event would join, by the record as it was and as it becomes.

    Whoever is named in it cannot put another name there.
    """
    for group in kind.apart:
        joined, old = _overlap(kind, after, group), set()
        if before:
            joined |= _overlap(kind, before._replace(history=after.history), group)
            old = _overlap(kind, before, group)
        for person, entry in sorted(joined - old):
            yield Sentence(
                "{person} may not do both {first} and {other} on {id}: somebody else must.",
                person=person,
                first=_entry(kind, group[0], world),
                other=_entry(kind, entry, world),
                id=after.id,
            )


def _entry(kind: Kind, name: str, world: World) -> str:
    return world.label((kind.fields[name] if name in kind.fields else kind.actions[name]).label)


def _overlap(kind: Kind, record: Record, group: tuple[str, ...]) -> set[tuple[str, str]]:
    first = _involved(kind, record, group[0])
    return {(person, entry) for entry in group[1:] for person in _involved(kind, record, entry) & first}


def _involved(kind: Kind, record: Record, entry: str) -> set[str]:
    if entry in kind.fields:
        return {record.get(entry)} - {""}
    return {event.by for event in record.history if event.do == entry} - {SYSTEM}


def _too_late(kind: Kind, record: Record, action: Action, world: World) -> Sentence:
    """Its time is over; where a new record can name this one, that is what is left to do."""
    opening = kind.actions.get("new")
    fields = [kind.fields[name] for name in (opening.fields if opening else ()) if name in kind.fields]
    follows = [item.name for item in fields if item.ref == (kind.name,)]
    facts = {"action": world.label(action.label), "id": record.id}
    if not follows:
        return Sentence("{action} is no longer possible: its time for {id} is over.", **facts)
    return Sentence(
        "{action} is no longer possible: its time for {id} is over; open a new one with"
        " pmcs {kind} new --{field} {id}.",
        kind=kind.name,
        field=follows[0],
        **facts,
    )


def outside_window(kind: Kind, record: Record, action: Action, at: datetime, world: World) -> Sentence | None:
    """`during`, `after` and `upon`: only while the clock runs, only when it is over, only when it has run out."""
    if action.during:
        current = running(kind, record.history).get(action.during)
        if current is None or current.due is None or at > current.due:
            return _too_late(kind, record, action, world)
    if action.upon:
        current = running(kind, record.history).get(action.upon)
        if current is None or current.due is None or at <= current.due:
            return Sentence(
                "{action} is not due: the time whose end brings it about still runs for {id}, or does not run.",
                action=world.label(action.label),
                id=record.id,
            )
    if action.after:
        begun = [item for item in rounds(kind, record.history) if item.clock.name == action.after and item.terms]
        if not begun:
            return Sentence(
                "{action} is not possible yet: the time it comes after has not begun for {id}.",
                action=world.label(action.label),
                id=record.id,
            )
        due = begun[-1].terms[-1].due
        if at <= due:
            return Sentence(
                "{action} is not possible before {due}.",
                action=world.label(action.label),
                due=f"{due:%Y-%m-%d %H:%M:%S}",
            )
    return None
