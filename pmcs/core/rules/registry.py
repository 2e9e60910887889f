"""What a named rule is: its stage, the types of its arguments, and what it sees (KINDS.md, Rules).

A rule declares its stage and the type of each flat argument; the kind file is checked against both when it is loaded.

| stage | answers |
|---|---|
| facts | the event with more facts |
| guard | the sentence of what is wrong, or None |
| effect | errands: further actions in the same commit |
| finding | over a record as it stands: the sentence of what is wrong, or None |

An argument's type is `field`, `lines` (a field with rows), `keyed lines`, `several lines`, `action`, `state`,
`kind`, `length`, `number`, `text`, or speaks of another argument: `column of rows`, `link of rows` (a column that
links), `choice of field`, `field of link` (of the kinds that a link names), `state of kind`, `lines of kind`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pmcs.core.kind import Kind
from pmcs.core.record import Event, Record
from pmcs.core.world import Context, as_of, found

FACTS, GUARD, EFFECT, FINDING = "facts", "guard", "effect", "finding"


class View(NamedTuple):
    """What a rule sees: the record as it stands with the event in hand, and the circumstances."""

    kind: Kind
    record: Record
    event: Event
    context: Context

    def other(self, id_: str) -> Record | None:
        """Another record as it stood then, if it is there."""
        record = found(self.context.world, id_)
        return as_of(self.context.world, record, self.context.now) if record else None

    def naming(self, kind: str) -> list[Record]:
        """The records of a kind that name this one, as they stood then."""
        named = self.context.world.naming(self.record.id, kind)
        return [record for record in map(self.other, named) if record and record.history]


class Rule(NamedTuple):
    """A registered rule."""

    name: str
    stage: str
    arguments: Mapping[str, str]
    """Argument name → its type."""
    run: Callable[..., Any]
    again: bool = False
    """Facts that follow from record and regulation alone: run again over its own event, the rule changes nothing."""


RULES: dict[str, Rule] = {}


def rule(stage: str, **arguments: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as a rule of a stage, with the types of its arguments."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        RULES[function.__name__] = Rule(function.__name__, stage, arguments, function)
        return function

    return register


def again(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a rule of facts that `check` runs over every stored event: a total that was altered by hand is found."""
    RULES[function.__name__] = RULES[function.__name__]._replace(again=True)
    return function
