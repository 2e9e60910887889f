"""One step of an action: an event and the record it makes; and an errand: a further step that is wanted."""

from __future__ import annotations

from typing import NamedTuple

from pmcs.core.kind import Kind
from pmcs.core.record import Event, Record
from pmcs.core.world import Given


class Step(NamedTuple):
    """One event and the record it makes; `before` is None where it opens the record."""

    kind: Kind
    before: Record | None
    after: Record

    @property
    def event(self) -> Event:
        """The event just made."""
        return self.after.history[-1]


class Errand(NamedTuple):
    """One further action in the same commit: on the record `target`, or opening one of `kind`."""

    do: str
    given: Given
    kind: str = ""
    target: str = ""
