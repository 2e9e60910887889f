"""What there is to try in a kind, and the shortest way to a state: read off the kind file, before anything is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pmcs.core.entry import action_columns, action_fields
from pmcs.core.kind import Action, Choose, Field, Kind
from pmcs.core.permission import DECISIONS
from pmcs.core.world import SYSTEM
from pmcs.duties.trial.asked import columns_asked, columns_filled

ESCALATE, PREVIOUS, WITHDRAW = "escalate", "previous", "withdraw"
CLOCK = "@"
"""Before the name of a clock, where it stands among the fields that a record has."""
ABOVE = Decimal(1000)
"""So far above the lowest figure of a band, where other figures are taken from a total."""


@dataclass(frozen=True)
class Way:
    """One thing to try: an action with what decides where it goes."""

    action: str
    starts: tuple[str, ...] | None = None
    """The states it begins in; None for every state, none at all for an opening."""
    to: str | None = None
    """The state it should lead to, `previous`, or None where it stays."""
    wishes: Mapping[str, str] = field(default_factory=dict)
    """Values that this action, or one before it, must give (`field`, or `lines.column`)."""
    avoid: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values that would lead elsewhere."""
    make: str = ""
    needs: tuple[str, ...] = ()
    """What nobody can do it without: lines to change, the only person who may, columns that its rules look at.

    And clocks that run, told by `CLOCK`.
    """
    counts: str = ""
    """The derived field that must first have come to the choice in `choice`."""
    choice: Mapping[str, str] = field(default_factory=dict)
    """How it is told: the choice as the kind file names it."""

    @property
    def name(self) -> tuple[str, ...]:
        """What tells it from the other ways of the kind."""
        return (self.action, self.make, *self.choice, *self.choice.values(), *(self.starts or ()))


def ways(kind: Kind) -> list[Way]:
    """Everything to try in a kind: each action, once for every choice that decides where it goes."""
    found: list[Way] = []
    for action in kind.actions.values():
        if action.name == "edit" and _born_done(kind):
            continue
        if action.name == ESCALATE:
            found += [
                Way(ESCALATE, choice={"clock": clock.name})
                for clock in kind.clocks.values()
                if clock.escalates and not clock.window
            ]
        elif action.name in (*DECISIONS, WITHDRAW):
            found += _decisions(kind, action)
        else:
            found += _ways(kind, action)
    return found


def _born_done(kind: Kind) -> bool:
    """Whether every opening leads to finished work, which nobody edits any more."""
    states = [to for action in kind.openings for to, _, _ in _leads(action)]
    return not kind.is_register and all(kind.done(state or "") for state in states)


def _ways(kind: Kind, action: Action) -> Iterator[Way]:
    makes = list(action.makes) if "make" in action.asks else ["", *action.makes]
    needs = _needs(kind, action)
    starts = () if action.opens else action.start
    for place, (to, choice, avoid) in enumerate(_leads(action)):
        for others in _beside(action, choice):
            for make in makes if not place else makes[:1]:
                told = {**choice, **others}
                wishes, counts = _granted(kind, told)
                yield Way(action.name, starts, to, wishes, avoid, make, needs, counts, told)


def _leads(action: Action) -> Iterator[tuple[str | None, dict[str, str], dict[str, tuple[str, ...]]]]:
    """Where an action goes, by which choice, and the choices of earlier tables that would go elsewhere."""
    if not isinstance(action.to, Choose | tuple):
        yield action.to, {}, {}
        return
    avoid: dict[str, tuple[str, ...]] = {}
    for table in action.to if isinstance(action.to, tuple) else (action.to,):
        for value, state in table.table.items():
            yield str(state), {table.field: str(value)}, dict(avoid)
        avoid[table.field] = tuple(str(value) for value in table.table)


def _beside(action: Action, choice: Mapping[str, str]) -> list[dict[str, str]]:
    """The choices of the other tables that decide about it: who may, and what follows on linked records."""
    tables = [item for item in (action.by, *(also.do for also in action.also)) if isinstance(item, Choose)]
    other = next((table for table in tables if table.field not in choice), None)
    return [{other.field: str(value)} for value in other.table] if other else [{}]


def _decisions(kind: Kind, action: Action) -> Iterator[Way]:
    for approval in kind.approvals.values():
        to = (approval.to if action.name == "approve" else None) or PREVIOUS
        tables: list[object] = [approval.decide] if action.name in DECISIONS else []
        tables += [also.do for also in approval.also] if action.name == "approve" else []
        chosen = {item.field: item for item in tables if isinstance(item, Choose)}
        choices = [{name: str(value)} for name, item in chosen.items() for value in item.table]
        for choice in choices or [{}]:
            wishes, counts = _granted(kind, choice)
            yield Way(action.name, (approval.state,), to, wishes, counts=counts, choice=choice)


def _needs(kind: Kind, action: Action) -> tuple[str, ...]:
    found = [*([action.row] if action.row else []), *columns_asked(action)]
    if not action.by and not action.through and not action.row:
        found += [name for name in action.who if name in kind.fields][:1]
    for name in filter(None, (action.during, action.after, action.upon)):
        until = kind.clocks[name].until
        found += [CLOCK + name, *([until] if isinstance(until, str) else [])]
    return tuple(found)


def _granted(kind: Kind, choice: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """What must be given for a choice: itself, for a worked-out one a figure; or the field that has to be counted."""
    wishes: dict[str, str] = {}
    counts = ""
    for name, value in choice.items():
        item = kind.fields[name]
        if not item.derived:
            wishes[name] = value
            continue
        base = kind.fields.get(item.of or "")
        least = max(Decimal((item.bands or {}).get(value, "0")), Decimal((base and base.min) or 0))
        if base is None or base.counts:
            counts = name
        elif base.plus:
            least += ABOVE if base.minus and least > 0 else 0
            wishes |= {base.plus[0]: str(least), **_backing(kind, base.plus[0], least)}
        else:
            wishes[base.name] = str(least)
    return wishes, counts


def _backing(kind: Kind, name: str, figure: Decimal) -> dict[str, str]:
    """What must be there, and by how much, for a figure to be taken from a total that has a lower bound."""
    totals = [item for item in kind.derived_fields if item.min is not None and item.plus and name in item.minus]
    return {item.plus[0]: str(figure + Decimal(item.min or 0)) for item in totals}


def settable(kind: Kind, action: Action) -> set[str]:
    """What an action can give, by itself or by its rules: fields, and columns as `lines.column`."""
    if action.name in (*DECISIONS, WITHDRAW):
        return set()
    names = set(action_fields(kind, action, None))
    lines = action.adds or action.row
    columns = {f"{name}.{column}" for name in names for column in kind.fields[name].rows or {}}
    if lines:
        columns |= {f"{lines}.{column}" for column in action_columns(kind, action)} | {*columns_filled(action)}
        names |= {action.adds} if action.adds else set()
    return names | columns | ({action.signs} if action.signs else set())


@dataclass(frozen=True)
class Place:
    """Where a record stands: its state, the one it came from, and the fields and running clocks of note that it has."""

    state: str = ""
    previous: str = ""
    has: frozenset[str] = frozenset()


class Plan:
    """The ways of a kind, and how one leads to another."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.ways = ways(kind)
        self.gives = {way.name: settable(kind, kind.actions[way.action]) for way in self.ways}
        self.edges = sorted((way for way in self.ways if _plain(kind, way)), key=lambda way: not _usual(way))
        self._windows = [clock for clock in kind.clocks.values() if clock.window]
        self._given = frozenset[str]().union(
            *(self.gives[way.name] | self._started(way, way.to or "") for way in self.edges)
        )
        self.noted = frozenset(name for way in self.edges for name in self.before(way))

    def before(self, way: Way) -> set[str]:
        """The fields that must have been given before a way begins; what only a rule writes is left to the rule."""
        return ({*way.needs, *way.wishes} - self.gives[way.name]) & self._given

    def leads_to(self, way: Way) -> bool:
        """Whether what is typed can lead to where a way begins."""
        return begins(way, "") or self.route(Place(), lambda place: self.open_to(way, place), (), ()) is not None

    def open_to(self, way: Way, place: Place) -> bool:
        """Whether a way can begin where a record stands."""
        return begins(way, place.state) and self.before(way) <= place.has

    def route(
        self, start: Place, there: Callable[[Place], bool], wanted: Iterable[str], barred: Container[tuple[str, ...]]
    ) -> list[Way] | None:
        """The shortest list of ways to where `there` is satisfied; None where none leads there.

        `start` without a state is a record not opened yet; `wanted` are fields that `there` looks for.
        """
        noted = self.noted | set(wanted)
        edges = [(way, frozenset(self.gives[way.name] & noted)) for way in self.edges if way.name not in barred]
        queue: deque[tuple[Place, list[Way]]] = deque([(start, [])])
        known = {start}
        while queue:
            place, path = queue.popleft()
            if place.state and there(place):
                return path
            for way, given in edges:
                if not self.open_to(way, place):
                    continue
                to = place.previous if way.to == PREVIOUS else way.to or place.state
                previous = place.state if to != place.state else place.previous
                has = place.has - {*self.kind.actions[way.action].clears} | given
                has = has - self._stopped(way, to) | self._started(way, to if to != place.state else "")
                after = Place(to, previous, has)
                if to and after not in known:
                    known.add(after)
                    queue.append((after, [*path, way]))
        return None

    def _started(self, way: Way, entered: str) -> frozenset[str]:
        """The clocks of note that a way starts, entering a state."""
        return frozenset(CLOCK + clock.name for clock in self._windows if {way.action, entered} & {*clock.starts})

    def _stopped(self, way: Way, to: str) -> frozenset[str]:
        """The clocks of note that a way stops, leading to a state; an end stops all."""
        return frozenset(
            CLOCK + clock.name for clock in self._windows if self.kind.ends(to) or {way.action, to} & {*clock.stops}
        )


def begins(way: Way, state: str) -> bool:
    """Whether a way can begin in a state; the empty state is a record not opened yet."""
    if way.starts is None:
        return state != ""
    return state in way.starts if way.starts or state else True


def _plain(kind: Kind, way: Way) -> bool:
    """Whether a path may lead over it: not what ends a record for good, nor what only another record brings about."""
    action = kind.actions[way.action]
    return (
        way.action not in ("void", "edit", "correct", "note", "reveal", ESCALATE)
        and not action.through
        and not way.counts
        and (action.opens or action.by != (SYSTEM,))
    )


def _usual(way: Way) -> bool:
    """Whether it is a step of everyday work: taken before refusals, imports and what leads back."""
    return way.action not in ("import", "schedule", "refuse", WITHDRAW) and not way.make and way.to != PREVIOUS


def counted(kind: Kind, item: Field) -> tuple[str, dict[str, str]] | None:
    """The action that makes a count go up, with the values that make it count; None where it is not so simple."""
    base = kind.fields.get(item.of or "", item)
    parts = (base.counts or "").split(".")
    if parts[0] == "do" and len(parts) == 2:
        return parts[1], {}
    if len(parts) == 3 and parts[0] in kind.actions:
        return parts[0], {parts[1]: parts[2]}
    adding = next((action.name for action in kind.actions.values() if action.adds == parts[0]), None)
    wishes = {f"{parts[0]}.{parts[1]}": parts[2]} if len(parts) == 3 else {}
    return (adding, wishes) if adding else None
