"""What may not change in a kind that has records: it would change what their histories mean (KINDS.md)."""

from __future__ import annotations

from collections.abc import Iterator

from pmcs.core.cause import brought_about
from pmcs.core.kind import Action, Field, Kind
from pmcs.errors import Sentence
from pmcs.regulation.shape import Path


def changed_meaning(old: Kind, new: Kind) -> Iterator[tuple[Path, Sentence]]:
    """Where the new file of a kind gives old records another meaning: the place in it, and what changed."""
    for name in old.fields.keys() | new.fields.keys():
        before, after = old.fields.get(name), new.fields.get(name)
        if after is None and before is not None:
            yield ("fields",), Sentence("The field {name} was taken out, and records may hold it.", name=name)
        elif after is not None and _reckoned(before) != _reckoned(after):
            yield (
                ("fields", name),
                Sentence("The field {name} is worked out or keyed otherwise than before.", name=name),
            )
    for name, state in old.states.items():
        present = new.states.get(name)
        if present is None:
            yield ("states",), Sentence("The state {name} was taken out, and records may stand in it.", name=name)
        elif (state.done, state.end) != (present.done, present.end):
            yield ("states", name), Sentence("The state {name} means otherwise: done or end was changed.", name=name)
    for name, clock in old.clocks.items():
        running = new.clocks.get(name)
        if running is None or (clock.stops, clock.pauses) != (running.stops, running.pauses):
            yield ("clocks", name), Sentence("The clock {name} stops or pauses otherwise than before.", name=name)
    for name, action in old.actions.items():
        if name not in new.actions:
            yield ("actions",), Sentence("The action {name} was taken out, and histories may hold it.", name=name)
        elif _narrowed(action, new.actions[name]):
            yield (
                ("actions", name),
                Sentence(
                    "The action {name} is possible in fewer states than before, and histories may hold it.", name=name
                ),
            )
        elif gone := _brought_less(old, new, name):
            yield (
                ("actions", name),
                Sentence(
                    "The action {name} no longer brings about {gone}, and histories may hold it.", name=name, gone=gone
                ),
            )
        elif action.clears != new.actions[name].clears:
            yield ("actions", name), Sentence("The action {name} clears other fields than before.", name=name)


def _narrowed(before: Action, after: Action) -> bool:
    """An event of a history counts only where its action was possible (the fold)."""
    if after.start is None:
        return False
    return before.start is None or bool(set(before.start) - set(after.start))


def _brought_less(old: Kind, new: Kind, name: str) -> list[str]:
    """What an action made or did elsewhere, and no longer does."""
    was, now = old.actions[name], new.actions[name]
    lost = {*was.makes} - {*now.makes} | {*brought_about(old, was)} - {*brought_about(new, now)}
    return sorted(lost)


def _reckoned(item: Field | None) -> tuple[object, ...]:
    """What the fold makes of a field; nothing where it is only copied."""
    if item is None:
        return (None,) * 9
    columns = tuple(sorted(item.rows)) if item.rows and item.derived else None
    derived = (item.counts, item.per, item.since, item.plus or None, item.minus or None, item.of)
    return (*derived, tuple((item.bands or {}).items()) or None, item.key or columns or None, bool(item.rows) or None)
