"""Which events of a joined history still count (KINDS.md, Events and the fold)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pmcs.core.kind import Kind
from pmcs.core.record import Event


def holds(kind: Kind, state: str, event: Event) -> bool:
    """Whether an event was possible in the state it came to; where not, only the rows it adds count.

    An opening is possible only where there is no state yet: of two desks' openings of one record the earlier counts.
    """
    return possible(kind, state, event.do)


def possible(kind: Kind, state: str, do: str) -> bool:
    """The same by the action's name."""
    action = kind.actions.get(do)
    if action is None:
        return False
    return not state if action.opens else action.start is None or state in action.start


def standing(kind: Kind, history: Iterable[Event]) -> Iterator[tuple[Event, bool]]:
    """The events in their order, each with whether it held."""
    state = ""
    for event in history:
        held = holds(kind, state, event)
        if held and event.to:
            state = event.to
        yield event, held
