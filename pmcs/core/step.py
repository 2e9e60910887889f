"""One step of an action: an event and the record it makes."""

from __future__ import annotations

from typing import NamedTuple

from pmcs.core.kind import Kind
from pmcs.core.record import Event, Record


class Step(NamedTuple):
    """One event and the record it makes; `before` is None where it opens the record."""

    kind: Kind
    before: Record | None
    after: Record

    @property
    def event(self) -> Event:
        """The event just made."""
        return self.after.history[-1]
