"""Which events of a joined history still count (KINDS.md, Events and the fold)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pmcs.core.kind import Kind
from pmcs.core.record import Event


def holds(kind: Kind, state: str, event: Event) -> bool:
    """Whether an event was possible in the state it came to; where not, only the rows it adds count."""
    action = kind.actions.get(event.do)
    return action is not None and (action.start is None or state in action.start)


def standing(kind: Kind, history: Iterable[Event]) -> Iterator[tuple[Event, bool]]:
    """The events in their order, each with whether it held."""
    state = ""
    for event in history:
        held = holds(kind, state, event)
        if held and event.to:
            state = event.to
        yield event, held
