"""What the rules of an action ask of what stands, or add to it, read off the types of their arguments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pmcs.core.kind import Action
from pmcs.core.rules import FACTS, GUARD, RULES


def columns_asked(action: Action) -> list[str]:
    """The columns that rules of an action look at, as `lines.column`, each once."""
    return _columns(action, GUARD)


def columns_filled(action: Action) -> list[str]:
    """The columns of the lines which an action changes that its rules may fill, as `lines.column`: a vote's result."""
    return [name for name in _columns(action, FACTS) if action.row and name.startswith(f"{action.row}.")]


def states_asked(action: Action) -> dict[str, set[str]]:
    """The kinds that rules of an action name → the states which their records must have come to."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for what, kind, state in _spoken_of(action, GUARD):
        if what == "state":
            found[kind].add(str(state))
    return dict(found)


def _columns(action: Action, stage: str) -> list[str]:
    spoken = _spoken_of(action, stage)
    found = [f"{rows}.{column}" for what, rows, column in spoken if what == "column" and isinstance(column, str)]
    return list(dict.fromkeys(found))


def _spoken_of(action: Action, stage: str) -> Iterator[tuple[str, str, object]]:
    """Of each argument that speaks of another one: what it is, that one's value, its own value."""
    for call in action.rules:
        rule = RULES[call.name]
        for argument, value in call.arguments.items() if rule.stage == stage else ():
            what, _, other = rule.arguments[argument].partition(" of ")
            if isinstance(call.arguments.get(other), str):
                yield what, str(call.arguments[other]), value
