"""`voting.yaml`: what makes a meeting of each body valid and what decides there, read and checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from pmcs.core.kind import Kind
from pmcs.core.rules.voting import CLASSES
from pmcs.core.voting import Body, Needed, Threshold
from pmcs.regulation.shape import Path, Reader

QUORUM, BALLOTS = "quorum", "ballots"
THRESHOLD = re.compile(r"(>=|>) *(\d{1,3})/(\d{1,3})", re.ASCII)
ALL, PRESENT = "all", "present"


def read_voting(reader: Reader) -> dict[str, Body]:
    """The bodies of `voting.yaml` by name; slips are noted in the reader."""
    return {name: _body(reader, (name,), node) for name, node in reader.mapping((), reader.source.tree).items()}


def _body(reader: Reader, path: Path, node: object) -> Body:
    tree = reader.mapping(path, node, (QUORUM, *CLASSES, BALLOTS))
    quorum = _needed(reader, (*path, QUORUM), tree[QUORUM], ()) if QUORUM in tree else None
    decides = {name: _needed(reader, (*path, name), tree[name], ("of",)) for name in CLASSES if name in tree}
    return Body(
        quorum and quorum._replace(of_all=True),
        {name: needed for name, needed in decides.items() if needed},
        BALLOTS in tree and reader.flag((*path, BALLOTS), tree[BALLOTS]),
    )


def _needed(reader: Reader, path: Path, node: object, more: Iterable[str]) -> Needed | None:
    tree = reader.mapping(path, node, ("number", "area", *more))
    number = _threshold(reader, path, tree, "number")
    if "number" not in tree:
        reader.problem(path, 'It does not say how many people; write number: "> 1/2".')
    of = reader.text((*path, "of"), tree.get("of", PRESENT))
    reader.known((*path, "of"), of, (PRESENT, ALL), "choice")
    return number and Needed(number, _threshold(reader, path, tree, "area"), of == ALL)


def _threshold(reader: Reader, path: Path, tree: dict[str, Any], key: str) -> Threshold | None:
    text = reader.one(path, tree, key)
    if text is None:
        return None
    found = THRESHOLD.fullmatch(text)
    if found is None:
        reader.problem(
            (*path, key), '{key} must be a share such as ">= 2/3" or "> 1/2", not {text}.', key=key, text=text or "''"
        )
        return None
    beyond, part, whole = found[1] == ">", int(found[2]), int(found[3])
    if not 0 < part <= whole or (beyond and part == whole):
        reader.problem((*path, key), "{text} is a share that nobody can miss, or nobody reach.", text=text)
        return None
    return Threshold(Fraction(part, whole), beyond)


def check_voting(reader: Reader, kinds: Iterable[Kind]) -> None:
    """Note what is wrong with `voting.yaml`, by itself and beside the kinds whose rules look into it."""
    found = read_voting(reader)
    known = _bodies(kinds)
    for name, body in found.items():
        if known:
            reader.known((name,), name, known, "choice")
        lesser, greater = (body.decides.get(of) for of in CLASSES)
        for measure in ("number", "area") if lesser and greater and lesser.of_all == greater.of_all else ():
            usual, most = getattr(lesser, measure), getattr(greater, measure)
            if usual and (most is None or most < usual):
                reader.problem(
                    (name, CLASSES[1], measure),
                    "{name} decides weighty matters by less than ordinary ones; exchange the two.",
                    name=name,
                )
    missing = [name for name in known if name not in found]
    if missing:
        reader.warning((), "Nothing is said of {names}, so no such meeting can be counted.", names=missing)


def _bodies(kinds: Iterable[Kind]) -> list[str]:
    """The choices of every field by which a rule looks up a body."""
    fields = [
        kind.fields.get(str(call.arguments.get("body")))
        for kind in kinds
        for action in kind.actions.values()
        for call in action.rules
        if call.name in ("quorum", "put_to_vote", "majority")
    ]
    return list(dict.fromkeys(name for item in fields if item for name in item.values or {}))
