"""Actions and approvals of a kind file: their shape (KINDS.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pmcs.core.kind import OPENING, Action, Also, Approval, Choose, RuleCall
from pmcs.regulation.language import ACTION, ALSO, APPROVAL, REGISTER_STEPS, WHO
from pmcs.regulation.shape import Path, Reader


def read_action(
    reader: Reader, path: Path, name: str, node: object, open_states: tuple[str, ...], *, register: bool
) -> Action:
    """An action."""
    tree = reader.mapping(path, node, ACTION)
    reader.identifier(path, name)
    opens = name in OPENING
    start: tuple[str, ...] | None = None
    if opens and "from" in tree:
        reader.problem((*path, "from"), "{action} opens a record and has no from.", action=name)
    elif not opens and "from" not in tree:
        if register and name in REGISTER_STEPS:
            start = ("retired",) if name == "revive" else open_states
        else:
            reader.problem(
                path, "{action} says nowhere from which states it is possible (from: [...] or from: open).", action=name
            )
            start = ()
    elif "from" in tree:
        start = _from(reader, (*path, "from"), tree["from"], open_states)
    to = _to(reader, (*path, "to"), tree["to"]) if "to" in tree else None
    return Action(
        name=name,
        label=reader.required_label(path, name, tree),
        start=start,
        to="active" if to is None and opens and register else to,
        held="held" in tree and reader.flag((*path, "held"), tree["held"]),
        typed=reader.one(path, tree, "typed"),
        during=reader.one(path, tree, "during"),
        after=reader.one(path, tree, "after"),
        upon=reader.one(path, tree, "upon"),
        freed="freed" in tree and reader.flag((*path, "freed"), tree["freed"]),
        named_by=reader.several(path, tree, "named_by"),
        signs=reader.one(path, tree, "signs"),
        adds=reader.one(path, tree, "adds"),
        row=reader.one(path, tree, "row"),
        clears=reader.several(path, tree, "clears"),
        through=reader.several(path, tree, "through"),
        makes={
            kind: reader.texts((*path, "makes", kind), table)
            for kind, table in reader.mapping((*path, "makes"), tree.get("makes", {})).items()
        },
        **_common(reader, path, tree),
    )


def read_approval(
    reader: Reader, path: Path, name: str, node: object, open_states: tuple[str, ...]
) -> tuple[Approval, Action]:
    """A request for approval and the action that submits it."""
    tree = reader.mapping(path, node, APPROVAL)
    reader.identifier(path, name)
    common = _common(reader, path, tree)
    for key in ("state", "from", "decide"):
        if key not in tree:
            reader.problem(path, "{name} says no {key}.", name=name, key=key)
    label = reader.required_label(path, name, tree)
    state = reader.text((*path, "state"), tree.get("state", ""))
    approval = Approval(
        name=name,
        label=label,
        state=state,
        decide=reader.names_or_table((*path, "decide"), tree.get("decide", [])),
        to=reader.one(path, tree, "to"),
        copies=reader.texts((*path, "copies"), tree.get("copies", {})),
        also=common.pop("also"),
        clause=common["clause"],
    )
    start = _from(reader, (*path, "from"), tree.get("from", []), open_states)
    return approval, Action(name=name, label=label, start=start, to=state, approval=name, **common)


def _from(reader: Reader, path: Path, node: object, open_states: tuple[str, ...]) -> tuple[str, ...]:
    if node == "open" or (isinstance(node, str) and node not in open_states):
        reader.known(path, node, ("open",), "list of states")
        return open_states
    return reader.names(path, node)


def _common(reader: Reader, path: Path, tree: Mapping[str, Any]) -> dict[str, Any]:
    """What actions and approvals say alike."""
    if not tree.keys() & set(WHO):
        reader.problem(
            path, "{action} says nowhere who may do it (by: [posts] or who: [fields]).", action=str(path[-1])
        )
    return {
        "by": reader.names_or_table((*path, "by"), tree["by"]) if "by" in tree else None,
        "who": reader.several(path, tree, "who"),
        "asks": reader.several(path, tree, "asks"),
        "takes": reader.several(path, tree, "takes"),
        "also": tuple(
            _also(reader, (*path, "also", place), item)
            for place, item in enumerate(reader.items((*path, "also"), tree.get("also", [])))
        ),
        "rules": read_rules(reader, (*path, "rules"), tree.get("rules", [])),
        "clause": reader.text_or_table((*path, "clause"), tree["clause"]) if "clause" in tree else None,
    }


def _to(reader: Reader, path: Path, node: object) -> str | Choose | tuple[Choose, ...]:
    if isinstance(node, str):
        return node
    if isinstance(node, list):
        return tuple(reader.choose((*path, place), item, reader.text) for place, item in enumerate(node))
    if isinstance(node, dict) and len(node) > 1:
        reader.problem(path, "Several choice tables are a list: to: [a: {{...}}, b: {{...}}].")
    return reader.choose(path, node, reader.text)


def _also(reader: Reader, path: Path, node: object) -> Also:
    tree = reader.mapping(path, node, ALSO)
    return Also(
        reader.text((*path, "in"), tree.get("in", "")),
        reader.text_or_table((*path, "do"), tree.get("do", "")),
        reader.texts((*path, "set"), tree.get("set", {})),
    )


def read_rules(reader: Reader, path: Path, node: object) -> tuple[RuleCall, ...]:
    """Named rules with their flat arguments."""
    calls = []
    for place, item in enumerate(reader.items(path, node)):
        if isinstance(item, str):
            calls.append(RuleCall(item, {}))
        else:
            tree = reader.mapping((*path, place), item)
            calls += [
                RuleCall(name, reader.mapping((*path, place, name), arguments)) for name, arguments in tree.items()
            ]
    return tuple(calls)
