"""What the rules say of rows before anybody has looked: told to whoever goes from one to the next (8.1, 8.4, 9.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pmcs.core.checklist import Item
from pmcs.core.kind import Action, Field, Kind, RuleCall
from pmcs.core.record import Record
from pmcs.core.world import World


class Looking(NamedTuple):
    """How an action answers its rows, one after the other."""

    answer: str
    """The column of what was found: the first choice that the action takes."""
    usual: str
    """Its first value."""
    items: Mapping[str, Item]
    """What is looked at, by the rows' key; empty where no checklist stands behind them."""
    value: str = ""
    """The column of what was measured."""
    leads: str = ""
    """The answer that must lead to work."""
    work: str = ""
    """The column that names such work."""


def looking(kind: Kind, action: Action, record: Record, world: World) -> Looking | None:
    """How the rows of an action are answered; None where it changes none, or they are answered by no choice.

    Raises NotFound: the record's checklist is not in the regulation.
    """
    answer = answered_in(kind, action)
    if answer is None:
        return None
    found = Looking(answer.name, next(iter(answer.values or {})), {})
    for call in _of(action, "measured", action.row):
        items = world.checklist(record.get(call.arguments["of"])).items
        found = found._replace(items=items, value=call.arguments["value"])
    for other in kind.actions.values():
        for call in _of(other, "row_leads_to_work", action.row):
            if call.arguments["column"] == answer.name:
                found = found._replace(leads=call.arguments["value"], work=call.arguments["work"])
    return found


def answered_in(kind: Kind, action: Action) -> Field | None:
    """The column in which an action says of each row what was found: its first choice."""
    lines = kind.fields[action.row] if action.row else None
    columns = {name: column for name, column in (lines.rows or {}).items() if name not in lines.key} if lines else {}
    return next((columns[name] for name in action.fields if name in columns and columns[name].values), None)


def _of(action: Action, name: str, lines: str | None) -> list[RuleCall]:
    return [call for call in action.rules if call.name == name and call.arguments["rows"] == lines]
