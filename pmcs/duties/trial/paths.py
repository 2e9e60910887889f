"""The way to a state: records opened and brought where they are wanted, and those that they must be linked to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from pmcs.core.kind import Choose, Field, Kind
from pmcs.core.record import Record, moment
from pmcs.core.step import Step
from pmcs.duties.trial.plan import CLOCK, Place, Plan, Way, begins, counted
from pmcs.duties.trial.player import Player
from pmcs.duties.trial.values import Wanted
from pmcs.errors import Sentence

LIMIT = 6000
"""Attempts after which a trial ends, wherever it stands."""
DEPTH = 4
"""Records opened so that another can be linked to them, one for the other."""
LONGEST = 30
"""Steps on the way to one thing."""
TIMES = 12
"""Repetitions of what has to be counted."""
LAST = 3
"""So many of the records there are offer themselves for a link."""
DAY = timedelta(days=1)


class Paths:
    """Brings records of any kind where they are wanted, by actions that a player carries out."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.shut: defaultdict[str, dict[tuple[str, ...], Sentence | None]] = defaultdict(dict)
        """Of a kind the ways that led nowhere, and what stopped them: no path goes over them any more."""
        self._plans: dict[str, Plan] = {}
        self._made: defaultdict[str, list[str]] = defaultdict(list)
        self._sought: list[tuple[str, str]] = []
        """The links for which records are being opened, one for the other."""
        player.link = self._linked

    def plan(self, kind: Kind) -> Plan:
        """The plan of a kind."""
        if kind.name not in self._plans:
            self._plans[kind.name] = Plan(kind)
        return self._plans[kind.name]

    def note(self, step: Step) -> None:
        """Remember a record that a step made or changed: it can be linked."""
        ids = self._made[step.kind.name]
        if step.after.id in ids:
            ids.remove(step.after.id)
        ids.append(step.after.id)

    @property
    def spent(self) -> bool:
        """Whether the trial has tried enough."""
        return self.player.tried >= LIMIT

    # Where a record stands, and where it can go ---------------------------------------------------------------------

    def place(self, kind: Kind, record: Record | None, wanted: Wanted) -> Place:
        """Where a record stands, with those of the noted fields that it has as wished."""
        if record is None:
            return Place()
        noted = self.plan(kind).noted | wanted.wishes.keys() | wanted.fields
        has = {name for name in noted if _has(record, name, wanted.wishes.get(name))}
        return Place(record.state, record.previous, frozenset(has))

    def lead(
        self, kind: Kind, there: Callable[[Place], bool], wanted: Wanted, record: Record | None = None
    ) -> Record | None:
        """Bring a record (or one opened for it) to where `there` is satisfied; None where that cannot be."""
        plan, fresh = self.plan(kind), record is None
        failed = {*self.shut[kind.name], *(way.name for way in plan.edges if _begins_otherwise(way, wanted))}
        for _ in range(LONGEST):
            place = self.place(kind, record, wanted)
            path = None if self.spent else plan.route(place, there, {*wanted.wishes, *wanted.fields}, failed)
            if path == [] or (path is None and not (fresh and record)):
                return record if path == [] else None
            if path is None:
                record = None
                continue
            self.wait_for(kind, record, path[0])
            after = self.player.perform(kind, record, path[0], wanted)
            if after is None or self.place(kind, after, wanted) == place:
                failed.add(path[0].name)
            record = after or record
        return None

    def before(self, kind: Kind, way: Way, wanted: Wanted) -> Record | None:
        """A fresh record, brought to where the way begins; or one that stands there of itself."""
        plan = self.plan(kind)
        wanted = replace(wanted, fields=wanted.fields | plan.before(way) | plan.noted)
        record = self.lead(kind, lambda place: plan.open_to(way, place), wanted)
        if record or begins(way, ""):
            return record
        made = (self.player.scratch.record(id_, (kind.name,)) for id_ in reversed(self._made[kind.name]))
        return next((other for other in made if plan.open_to(way, self.place(kind, other, wanted))), None)

    def take(self, kind: Kind, way: Way, wanted: Wanted) -> Record | None:
        """Take a way with a record of its own; None where it was refused or could not be come to."""
        wanted = replace(wanted, fields=wanted.fields | self.plan(kind).before(way) | self.plan(kind).noted)
        if kind.actions[way.action].opens:
            return self.player.perform(kind, None, way, wanted, full=not way.choice)
        record = self.before(kind, way, wanted)
        if record is None:
            return None
        if way.counts:
            record = self._counted(kind, record, way, wanted)
            if not begins(way, record.state):
                return record
        self.wait_for(kind, record, way)
        return self.player.perform(kind, record, way, wanted, full=not way.choice)

    def wait_for(self, kind: Kind, record: Record | None, way: Way) -> None:
        """Wait for the end of the time that an action comes after."""
        due = record.due.get(kind.actions[way.action].after or "") if record else None
        if due:
            self.player.wait(moment(due))

    def finish(self, kind: Kind, states: Collection[str]) -> None:
        """Bring the newest record of a kind to one of these states; where there are none, to an end."""
        record = self.player.scratch.record(self._made[kind.name][-1], (kind.name,))
        wanted = Wanted(fields=self.plan(kind).noted)
        self.lead(kind, lambda place: place.state in states if states else kind.ends(place.state), wanted, record)

    def _counted(self, kind: Kind, record: Record, way: Way, wanted: Wanted) -> Record:
        """Repeat what has to be counted until the worked-out choice is what it should be."""
        item = kind.fields[way.counts]
        name, wishes = counted(kind, item) or ("", {})
        again = next((other for other in self.plan(kind).ways if other.action == name), None)
        for _ in range(TIMES):
            if again is None or record.get(item.name) == way.choice[item.name] or not begins(again, record.state):
                break
            if kind.fields.get(item.of or "", item).per:
                self.player.now += DAY
            doing = replace(again, wishes=wishes, avoid={}, choice={}, make="")
            after = self.player.perform(kind, record, doing, replace(wanted, wishes=wishes))
            if after is None:
                break
            record = after
        return record

    # What is linked -------------------------------------------------------------------------------------------------

    def _linked(self, kind: Kind, item: Field, name: str, record: Record | None) -> str:
        """A record for a link: one that is there and in use, or one opened for it; empty where there is none."""
        names = list(item.ref)
        if "any" in names:
            others = [one for one in self.player.regulation.kind_names if one != kind.name]
            names = [one for one in self._made if one in others] or others
        alone = any(name in group for group in (*kind.unique, *kind.one_open, kind.named_by)) or "." in name
        for other in map(self.player.regulation.kind, names):
            states = _asked_of(kind, name, other)
            fit = [] if alone else self._fitting(other, states, (record.id, record.get(name)) if record else ())
            found = fit[0] if fit else self._opened(other, states, (kind.name, name))
            if found:
                return found.id
        return ""

    def _fitting(self, kind: Kind, states: set[str], apart_from: Iterable[str]) -> list[Record]:
        """The newest records of a kind that can be linked."""
        newest = [id_ for id_ in reversed(self._made[kind.name]) if id_ not in apart_from][:LAST]
        found = [self.player.scratch.record(id_, (kind.name,)) for id_ in newest]
        return [record for record in found if (record.state in states if states else not kind.ends(record.state))]

    def _opened(self, kind: Kind, states: set[str], link: tuple[str, str]) -> Record | None:
        """A record opened for a link; None where that would take another one for the same link first."""
        if len(self._sought) >= DEPTH or link in self._sought:
            return None
        self._sought.append(link)
        try:
            return self.lead(kind, lambda place: not states or place.state in states, Wanted())
        finally:
            self._sought.pop()


def _begins_otherwise(way: Way, wanted: Wanted) -> bool:
    """Whether it opens a record by another choice than is wished for: what decided how it began stays."""
    return begins(way, "") and any(wanted.wishes.get(name, value) != value for name, value in way.wishes.items())


def _has(record: Record, name: str, wish: str | None) -> bool:
    """Whether a record has a field, or a column in all its lines; as it is wished for, where one line will do.

    A clock it has while that runs.
    """
    if name.startswith(CLOCK):
        return name.removeprefix(CLOCK) in record.due
    lines, _, column = name.partition(".")
    found = [row.get(column) for row in record.rows(lines)] if column else [record.fields.get(name)]
    if wish is None:
        return bool(found) and all(found)
    return any(value and _same(str(value), wish) for value in found)


def _same(value: str, wish: str) -> bool:
    """Figures as such: 1000 is 1000.00."""
    try:
        return value == wish or Decimal(value) == Decimal(wish)
    except InvalidOperation:
        return False


def _asked_of(kind: Kind, link: str, other: Kind) -> set[str]:
    """The states in which a linked record can take what the kind's actions do to it."""
    holders = [item.also for item in kind.actions.values()] + [item.also for item in kind.approvals.values()]
    alsos = [also for found in holders for also in found if also.link == link]
    does = [do for also in alsos for do in (also.do.table.values() if isinstance(also.do, Choose) else (also.do,))]
    return {state for do in does if do in other.actions for state in other.actions[do].start or ()}
