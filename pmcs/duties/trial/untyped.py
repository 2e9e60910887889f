"""What nobody types: escalations, what cron does by itself, and what happens only through another record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import product

from pmcs.core.kind import HAND_OVER, INHERIT, Action, Choose, Clock, Kind
from pmcs.core.record import Record, moment
from pmcs.core.world import SYSTEM
from pmcs.duties.trial.asked import states_asked
from pmcs.duties.trial.paths import DAY, Paths
from pmcs.duties.trial.plan import ESCALATE, Plan, Way, begins
from pmcs.duties.trial.values import SCALES, Wanted

PATIENCE = (0, 1, 4)
"""So many times its length a clock is let run on, to twice its time even where nights do not count."""


class Untyped:
    """The ways of a kind that its staff cannot take by a command; `times` tells how often one has come about."""

    def __init__(self, paths: Paths, kind: Kind, times: Callable[[Way], int]) -> None:
        self.paths = paths
        self.player = paths.player
        self.kind = kind
        self.plan = paths.plan(kind)
        self._times = times
        self._before = 0
        """How often the way that is attempted had come about before."""
        self._acted_on = ""
        """The record of ours that another one acted on last: what that left there may be what comes next needs."""

    def attempt(self, way: Way) -> bool:
        """Bring a way about if it is one of these; False where it is typed."""
        action = self.kind.actions[way.action]
        self._before = self._times(way)
        if way.action == ESCALATE:
            self._escalated(way)
        elif way.action == INHERIT:
            self._handed_over(way, action)
        elif action.through:
            self._brought_about(way, action)
        elif by_cron(action):
            self._by_itself(way, action)
        else:
            return False
        return True

    def settled(self, way: Way) -> bool:
        """Whether the way has come about since it is attempted."""
        return self._times(way) > self._before

    def _escalated(self, way: Way) -> None:
        """Start the clock, and let twice its time pass."""
        clock = self.kind.clocks[way.choice["clock"]]
        fields = {clock.until} if isinstance(clock.until, str) else set()
        fields |= {name for name in clock.escalates.values() if name in self.kind.fields}
        for start in self.plan.ways:
            if start.action not in clock.starts and start.to not in clock.starts:
                continue
            for wishes in _lengths(clock):
                record = self.paths.take(self.kind, start, Wanted({**start.wishes, **wishes}, frozenset(fields)))
                if record and record.due.get(clock.name):
                    self._run_out(moment(record.due[clock.name]), way)
                if self.settled(way) or self.paths.spent:
                    return

    def _run_out(self, due: datetime, way: Way) -> None:
        """Let a clock run to its end and beyond."""
        length = max(due - self.player.now, DAY)
        for times in PATIENCE:
            if not self.settled(way):
                self.player.wait(due + times * length)

    def _by_itself(self, way: Way, action: Action) -> None:
        """What cron does: end what holds a record, or bring one there and let its clocks run out."""
        for scale in SCALES:
            if action.freed:
                self._let_go(way, action, scale)
            if self.settled(way):
                return
            record = self.paths.before(self.kind, way, Wanted(way.wishes, scale=scale))
            if record is None:
                continue
            for due in sorted(record.due.values()):
                if not self.settled(way):
                    self.player.wait(moment(due))
            if not self.settled(way):
                self.player.perform(self.kind, record, way, Wanted(way.wishes))
            if self.settled(way):
                return

    def _let_go(self, way: Way, action: Action, scale: str) -> None:
        """Make something that holds a record, and bring that where the rules ask for it: else to whatever end."""
        asked = states_asked(action)
        for making in self.plan.ways:
            made = self.player.regulation.kind(making.make) if making.make else None
            if made is None or not any(made.links(holding=True)) or (asked and made.name not in asked):
                continue
            needs = self.plan.before(way) | self.plan.before(making)
            record = self.paths.lead(
                self.kind,
                lambda place: self.plan.open_to(way, place) and self.plan.open_to(making, place),  # noqa: B023
                Wanted({**making.wishes, **way.wishes}, frozenset(needs | self.plan.noted), scale),
            )
            if record and self.player.perform(self.kind, record, making, Wanted(making.wishes)):
                self.paths.finish(made, asked.get(made.name, set()))
                self.player.wait(self.player.now)
            if self.settled(way):
                return

    def _brought_about(self, way: Way, action: Action) -> None:
        """Open the other record, linked to one of ours, and do there what brings it about."""
        for name in action.through:
            kind = self.player.regulation.kind(name)
            for other, wishes, link in _causes(kind, self.paths.plan(kind), self.kind, action):
                linked = {**other.wishes, **wishes}
                if not action.opens:
                    record = self._acted_on_before(way) or self.paths.before(self.kind, way, Wanted(way.wishes))
                    if record is None:
                        continue
                    self._acted_on = record.id
                    linked[link] = record.id
                self.paths.take(kind, other, Wanted(linked, frozenset({link.partition(".")[0]} - {""})))
                if self.settled(way):
                    return

    def _handed_over(self, way: Way, action: Action) -> None:
        """Bring a record to where it is somebody's work, and let that person leave."""
        leaving = [
            (kind, other, str(call.arguments["to"]))
            for kind in map(self.player.regulation.kind, action.through)
            for other in self.paths.plan(kind).ways
            for call in kind.actions[other.action].rules
            if call.name == HAND_OVER
        ]
        for name in self.kind.mine:
            record = self.paths.lead(
                self.kind,
                lambda place: begins(way, place.state) and name in place.has,  # noqa: B023
                Wanted(fields=self.plan.noted | {name}),
            )
            lines, _, column = name.partition(".")
            rows = record.rows(lines) if record and column else []
            people = [row.get(column, "") for row in rows] if column else [record.get(name)] if record else []
            # Not to everybody: whom a penalty is about takes over no proposal of it.
            for (kind, other, to), successor in product(leaving if any(people) else (), self.player.staff):
                person = self.player.scratch.record(next(filter(None, people)), (kind.name,))
                self.player.perform(kind, person, other, Wanted({**other.wishes, to: successor}))
                if self.settled(way):
                    return

    def _acted_on_before(self, way: Way) -> Record | None:
        if not self._acted_on:
            return None
        record = self.player.scratch.record(self._acted_on, (self.kind.name,))
        place = self.paths.place(self.kind, record, Wanted(way.wishes))
        return record if self.plan.open_to(way, place) else None


def by_cron(action: Action) -> bool:
    """Whether only cron carries it out."""
    return action.by == (SYSTEM,) and not action.opens


def _lengths(clock: Clock) -> list[dict[str, str]]:
    """The choices that give a clock a length; nothing to choose where its length is one."""
    if isinstance(clock.within, Choose):
        return [{clock.within.field: str(value)} for value, length in clock.within.table.items() if length is not None]
    return [{}]


def _causes(kind: Kind, plan: Plan, ours: Kind, action: Action) -> Iterator[tuple[Way, dict[str, str], str]]:
    """The ways of a kind that bring an action of ours about: each with the choice it takes, and the link to ours."""
    for way in plan.ways:
        if action.opens and way.make == ours.name:
            yield way, {}, ""
        waiting = [item.also for item in kind.approvals.values() if way.action == "approve" and begins(way, item.state)]
        for also in (*kind.actions[way.action].also, *(waiting[0] if waiting else ())):
            if isinstance(also.do, Choose):
                choices = [{also.do.field: str(value)} for value, do in also.do.table.items() if do == action.name]
            else:
                choices = [{}] if also.do == action.name else []
            for choice in choices:
                yield way, choice, also.link
