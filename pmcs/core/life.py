"""A record's life: what was done, in whose hands it was then, into and out of finished states, under which promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from pmcs.core.clock import Term, rounds
from pmcs.core.fold import applied
from pmcs.core.kind import VOID, Kind
from pmcs.core.record import Event, Record, moment
from pmcs.core.standing import standing


class Act(NamedTuple):
    """One event that holds. `done` is 1 where it entered the finished states, -1 where it left them."""

    event: Event
    before: Record
    """The record as it was handed to whoever acted; derived fields and due times are not worked out."""
    after: str
    done: int
    due: datetime | None
    """The promise that it found in force."""


class Life:
    """A record and the kind by which it is judged."""

    def __init__(self, kind: Kind, record: Record) -> None:
        self.kind = kind
        self.record = record

    @property
    def id(self) -> str:
        """Its number."""
        return self.record.id

    @cached_property
    def acts(self) -> Sequence[Act]:
        """What was done, in its order."""
        return tuple(self._acts())

    @cached_property
    def promises(self) -> Sequence[Term]:
        """The due times of the promise, and while each was in force."""
        named = (item for item in rounds(self.kind, self.record.history) if item.clock.name == self.kind.promise)
        return tuple(term for item in named for term in item.terms)

    def _acts(self) -> Iterator[Act]:
        record = Record(self.record.id, self.record.kind)
        for event, held in standing(self.kind, self.record.history):
            before, record = record, applied(self.kind, record, event)
            if held:
                moved = self.kind.done(record.state) - self.kind.done(before.state)
                yield Act(event, before, record.state, moved, self._due(event))

    def _due(self, event: Event) -> datetime | None:
        """As the index has it: the promise in force at an event, not the one that it made."""
        own = event.due.get(self.kind.promise or "")
        for term in self.promises:
            if term.since <= event.at and (term.until is None or event.at <= term.until):
                if own and term.since == event.at and moment(own) == term.due:
                    continue
                return term.due
        return None

    def promised(self, at: datetime) -> datetime | None:
        """The due time in force just before a moment."""
        found = [term for term in self.promises if term.since < at and (term.until is None or term.until >= at)]
        return found[-1].due if found else None


Lives = Mapping[str, Sequence[Life]]
"""The lives of a period by kind; a kind that the regulation lacks is no key."""


def valid(lives: Lives, *kinds: str) -> Iterator[Life]:
    """The lives of these kinds that count: none that is void."""
    return (life for kind in kinds for life in lives.get(kind, ()) if life.record.state != VOID)
