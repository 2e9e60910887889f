"""The walk through a kind: every action, every choice that decides, every state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from pmcs.core.kind import INHERIT, VOID, Action, Kind
from pmcs.core.record import Record
from pmcs.core.step import Step
from pmcs.duties.trial.paths import LONGEST, Paths
from pmcs.duties.trial.plan import ESCALATE, PREVIOUS, Place, Way, begins
from pmcs.duties.trial.player import Player
from pmcs.duties.trial.untyped import Untyped, by_cron
from pmcs.duties.trial.values import SCALES, Wanted
from pmcs.errors import Sentence


@dataclass(frozen=True)
class Left:
    """What a trial did not reach: a way (its action, by which choice) or a state, and what stopped the last attempt."""

    action: Action | None
    choice: Mapping[str, str]
    state: str
    refused: Sentence


class Walk:
    """One trial of a kind; `run` plays it to its end."""

    def __init__(self, player: Player, kind: Kind) -> None:
        self.player = player
        self.kind = kind
        self.paths = Paths(player)
        self.plan = self.paths.plan(kind)
        self.pending: list[Way] = sorted(self.plan.ways, key=self._rank)
        self.times: Counter[tuple[str, ...]] = Counter()
        """How often each way came about."""
        self.states: set[str] = set()
        self.actions: set[str] = set()
        self.left: list[Left] = []
        self._untyped = Untyped(self.paths, kind, lambda way: self.times[way.name])
        player.done = self._note

    def run(self) -> Iterator[int]:
        """Play; yields how many ways are settled, after each."""
        record: Record | None = None
        while self.pending:
            if record:
                self._further(record)
            record = None
            if self.pending:
                way, before = self.pending[0], len(self.player.plays)
                record = self._attempt(way)
                if way in self.pending:
                    self._give_up(way, before)
            yield len(self.plan.ways) - len(self.pending)
        for name in self.kind.states:
            if name not in self.states:
                self.left.append(Left(None, {}, name, self._blocked(_standing(name))))

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """How many of how many actions, choices and states were reached."""
        actions = {way.action for way in self.plan.ways}
        choices = [way for way in self.plan.ways if way.choice]
        left = [item for item in self.left if item.choice.keys() - {"make"}]
        return {
            "actions": (len(self.actions & actions), len(actions)),
            "choices": (len(choices) - len(left), len(choices)),
            "states": (len(self.states), len(self.kind.states)),
        }

    def _note(self, step: Step) -> None:
        """A step was taken: by whatever way it came about, what it was is settled."""
        self.paths.note(step)
        if step.kind.name == self.kind.name:
            self.states.add(step.after.state)
            self.actions.add(step.event.do)
            self.times.update(way.name for way in self.plan.ways if _was(way, step))
            self.pending = [way for way in self.pending if not self.times[way.name]]

    def _rank(self, way: Way) -> tuple[bool, int]:
        """What leaves a record where it is comes first, what ends it last, time that must pass after all else."""
        action = self.kind.actions[way.action]
        waits = bool(action.after or way.counts or way.action in {ESCALATE, INHERIT} or by_cron(action))
        if way.to == VOID or action.through:
            return waits, 3 + (way.action == INHERIT)  # at the very last: who has left does nothing more
        return waits, 0 if way.to is None else 2 if self.kind.ends(way.to) else 1

    def _further(self, record: Record) -> None:
        """Go on with the same record as long as it gives anything; in a circle it gives nothing."""
        failed, settled, idle = set(self.paths.shut[self.kind.name]), len(self.pending), 0
        while not self.paths.spent and idle < LONGEST:
            place = self.paths.place(self.kind, record, Wanted())
            ready = [way for way in self.pending if way.name not in failed and self._at_once(way)]
            way = next((way for way in ready if self.plan.open_to(way, place)), None)
            if way is None:
                path = self.plan.route(place, self._any_of(ready), (), failed)
                if not path:
                    return
                way = path[0]
            wanted = Wanted(fields=self.plan.noted)
            after = self.player.perform(self.kind, record, way, wanted, full=not way.choice)
            if after is None or way in self.pending or after.state == record.state:
                failed.add(way.name)
            record = after or record
            idle = idle + 1 if len(self.pending) == settled else 0
            settled = len(self.pending)

    def _any_of(self, ways: list[Way]) -> Callable[[Place], bool]:
        return lambda place: any(self.plan.open_to(way, place) for way in ways)

    def _at_once(self, way: Way) -> bool:
        """Whether somebody can just do it to a record that is there."""
        action = self.kind.actions[way.action]
        return not (way.counts or way.action == ESCALATE or action.through or by_cron(action) or action.opens)

    def _attempt(self, way: Way) -> Record | None:
        """Try one way from the beginning, by whatever it takes; the record it was done to, if somebody typed it."""
        self.player.refusal = None
        if self._untyped.attempt(way):
            return None
        said = None
        for trying, scale in product([way, *_loose(way)], SCALES):
            record = self.paths.take(self.kind, trying, Wanted(way.wishes, scale=scale))
            if way not in self.pending:
                return record
            said = said or self.player.refusal
        for other in [] if self.plan.leads_to(way) else self.plan.ways:
            if other.to in (way.starts or ()) and self._untyped.attempt(other):
                record = self.paths.take(self.kind, way, Wanted(way.wishes))
                if way not in self.pending:
                    return record
                said = said or self.player.refusal
        self.player.refusal = said
        return None

    def _give_up(self, way: Way, before: int) -> None:
        """Nobody and nothing could do it: what was said last is kept."""
        self.pending.remove(way)
        refusal = self.player.refusal
        mine = [
            play
            for play in self.player.plays[before:]
            if (play.kind.name, play.action.name) == (self.kind.name, way.action)
        ]
        if refusal and refusal.refused:
            refused = refusal.refused
            self.player.plays.append(refusal)
        elif mine:
            refused = Sentence("It was carried out, but led to another state.")
        else:
            starts = self.kind.clocks[way.choice["clock"]].starts if way.action == ESCALATE else ()
            refused = self._blocked(
                lambda place: place.state in starts if starts else self.plan.open_to(way, place), *self.plan.before(way)
            )
        self.paths.shut[self.kind.name][way.name] = refused
        choice = {**way.choice, **({"make": way.make} if way.make else {})}
        self.left.append(Left(self.kind.actions[way.action], choice, "", refused))

    def _blocked(self, there: Callable[[Place], bool], *wanted: str) -> Sentence:
        """What stopped the way over which the path would lead."""
        shut = self.paths.shut[self.kind.name]
        path = self.plan.route(Place(), there, wanted, ()) or []
        nothing = Sentence("No action that can be carried out leads there.")
        return next((refused for way in path if (refused := shut.get(way.name))), nothing)


def _loose(way: Way) -> list[Way]:
    """The way without the columns that its rules look at, if there are any: a rule may be content with less."""
    needs = tuple(name for name in way.needs if "." not in name)
    return [replace(way, needs=needs)] if needs != way.needs else []


def _standing(state: str) -> Callable[[Place], bool]:
    return lambda place: place.state == state


def _was(way: Way, step: Step) -> bool:
    """Whether a step was this way."""
    event, before, after = step.event, step.before, step.after
    if way.action != event.do or way.make != event.make or not begins(way, before.state if before else ""):
        return False
    if event.do == ESCALATE:
        return any(row.get("clock") == way.choice["clock"] for row in event.add.get("escalations", []))
    if way.to and way.to not in (PREVIOUS, after.state):
        return False
    held = {**after.fields, **event.set}
    return all(held.get(name) == value for name, value in way.choice.items())
