"""One invented office at work: each action by somebody who may, and what `duties.acting` says to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from pmcs.core.kind import Action, Field, Kind, shown
from pmcs.core.record import Record
from pmcs.core.step import Step
from pmcs.core.world import SYSTEM, Actor, Given
from pmcs.duties.acting import Acting, act, by_system
from pmcs.duties.trial.cast import Staff, actors, somebody
from pmcs.duties.trial.given import givens, with_more
from pmcs.duties.trial.plan import Way
from pmcs.duties.trial.scratch import Scratch
from pmcs.duties.trial.values import Inventing, Wanted
from pmcs.duties.unattended import run_unattended
from pmcs.errors import BadInput, PmcsError, Sentence
from pmcs.regulation.version import Regulation
from pmcs.store.git_stream import Identity

MINUTE = timedelta(minutes=1)
AGAIN = 4
"""So often an action is tried again with what it said was lacking."""


@dataclass(frozen=True)
class Play:
    """One thing done in a trial, or refused: as it would be typed, by whom, when, and where it led."""

    when: datetime
    who: str
    kind: Kind
    action: Action
    given: Given
    id: str = ""
    """The record; of an opening that was refused, empty."""
    state: str = ""
    others: tuple[Step, ...] = ()
    """What else the same commit brought about."""
    refused: Sentence | None = None


class Player:
    """The staff of a scratch store. Every judgement is the engine's; here is only decided what is tried."""

    def __init__(self, scratch: Scratch, staff: Staff, start: datetime, language: str) -> None:
        self.scratch = scratch
        self.staff = staff
        self.now = start
        self.language = language
        self.plays: list[Play] = []
        self.tried = 0
        self.refusal: Play | None = None
        """The last refusal."""
        self.link: Callable[[Kind, Field, str, Record | None], str] = lambda *_: ""
        """How a record to be linked is come by."""
        self.done: Callable[[Step], None] = lambda _: None
        """Told of every step."""
        self._numbers = count(1)
        self._since = start.date()

    @property
    def regulation(self) -> Regulation:
        """The version that is played."""
        return self.scratch.regulations.on(self._since)

    def clock(self) -> datetime:
        """The time of the trial, a minute further with each look."""
        self.now += MINUTE
        return self.now

    def wait(self, until: datetime) -> None:
        """Let the time pass, and then cron do what it does."""
        self.now = max(self.now, until)
        for step in self._cron():
            action, given = step.kind.actions[step.event.do], Given(step.event.add)
            self.plays.append(Play(self.now, SYSTEM, step.kind, action, given, step.after.id, step.after.state))
            self.done(step)

    def _cron(self) -> list[Step]:
        """All that cron does of its own accord."""
        return run_unattended(self.scratch, by_system(self.clock, self.language)).steps

    def perform(
        self, kind: Kind, record: Record | None, way: Way, wanted: Wanted, *, full: bool = False
    ) -> Record | None:
        """Take a way on a record (or open one), by somebody who may; the record after it, None where all were refused.

        `full` gives also what may be left out, at first.
        """
        action = kind.actions[way.action]
        made = self.regulation.kind(way.make) if way.make else None
        inventing = self._inventing(kind, record, wanted, way)
        for given in givens(inventing, action, way, wanted, made, full=full):
            for who in actors(kind, record, action, given.values, self.staff):
                after = self._tried(inventing, action, made, given, who)
                if after:
                    return after
        return None

    def _tried(self, inventing: Inventing, action: Action, made: Kind | None, given: Given, who: str) -> Record | None:
        """One person's attempt; again with what it said was lacking."""
        kind, record = inventing.kind, inventing.record
        for _ in range(AGAIN):
            self.tried += 1
            play = Play(self.now, who, kind, action, given, record.id if record else "")
            try:
                done = act(self.scratch, kind.name, action.name, play.id or None, given, self._acting(who))
            except PmcsError as error:
                self.refusal = replace(play, refused=error.sentence)
                options = error.sentence.details.get("options") if isinstance(error, BadInput) else None
                more = with_more(inventing, action, given, made, options) if isinstance(options, list) else given
                if more == given:
                    return None
                given = more
                continue
            first = done.steps[0].after
            self.plays.append(replace(play, id=first.id, state=first.state, others=tuple(done.steps[1:])))
            for step in done.steps:
                self.done(step)
            return first
        return None

    def _inventing(self, kind: Kind, record: Record | None, wanted: Wanted, way: Way) -> Inventing:
        return Inventing(
            kind=kind,
            record=record,
            now=self.now,
            way=way,
            wanted=wanted,
            next=self._numbers.__next__,
            label=lambda label: shown(label, self.language),
            entries=lambda among: list(self.regulation.names(among)),
            link=self._linked,
            file=str(self.scratch.paper),
        )

    def _linked(self, kind: Kind, item: Field, name: str, record: Record | None) -> str:
        return somebody(kind, record, self.staff) if item.person else self.link(kind, item, name, record)

    def _acting(self, who: str) -> Acting:
        if who == SYSTEM:
            return by_system(self.clock, self.language)
        posts = self.scratch.session(self.now.date(), self.language).posts(who, self.now)
        identity = Identity(who, f"{who}@example.invalid")
        return Acting(Actor(who, posts), identity, identity, self.clock, self.language)
