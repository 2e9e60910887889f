"""Checklists: one YAML file each under `checklists/`, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from pmcs.core.checklist import Checklist, Item
from pmcs.core.kind import Label
from pmcs.core.scalars import FIGURE
from pmcs.regulation.shape import Reader

CHECKLIST = ("title", "clause", "source", "covers", "items")
ITEM = ("what", "standard", "unit", "min", "max")
ITEM_KEY = re.compile(r"[1-9]\d{0,3}")


class Written(NamedTuple):
    """One file as it is written: without what it covers."""

    title: Label
    clause: str
    source: str
    covers: tuple[str, ...]
    items: Mapping[str, Item]


def read_checklist(reader: Reader, name: str) -> Written:
    """One file of `checklists/`; its slips are noted in the reader."""
    reader.identifier((), name)
    tree = reader.mapping((), reader.source.tree, CHECKLIST)
    if "title" not in tree:
        reader.problem((), "{name} has no title.", name=name)
    nodes = reader.mapping(("items",), tree.get("items", {}))
    if not nodes:
        reader.problem(("items",), "{name} has no items; write what is looked at.", name=name)
    return Written(
        reader.label(("title",), tree.get("title", name)),
        reader.text(("clause",), tree.get("clause", "")),
        reader.text(("source",), tree.get("source", "")),
        reader.several((), tree, "covers"),
        {key: _item(reader, key, node) for key, node in nodes.items()},
    )


def _item(reader: Reader, key: str, node: object) -> Item:
    path = ("items", key)
    if not ITEM_KEY.fullmatch(key):
        reader.problem(path, "{key} is no number of an item; write 1, 2, 3 and so on.", key=key)
    tree = reader.mapping(path, node, ITEM)
    words = {name: reader.text((*path, name), tree.get(name, "")) for name in ("what", "standard", "unit")}
    if not words["what"]:
        reader.problem(path, "Item {key} does not say what is looked at; give it a what.", key=key)
    bounds: dict[str, str | None] = {}
    for name in ("min", "max"):
        text = reader.one(path, tree, name)
        if text is not None and not FIGURE.fullmatch(text):
            reader.problem((*path, name), "{key} must be a number, not {figure}.", key=name, figure=text)
            text = None
        bounds[name] = text and text.replace(",", "")
    item = Item(key, words["what"], words["standard"], words["unit"], bounds["min"], bounds["max"])
    if (item.min is not None or item.max is not None) and not item.unit:
        reader.problem(path, "Item {key} has a range and no unit; write in what it is measured.", key=key)
    if item.min is not None and item.max is not None and not item.permits(item.min):
        reader.problem((*path, "min"), "Item {key} permits nothing: its min lies above its max.", key=key)
    return item


def check_checklists(readers: Mapping[str, Reader], clauses: frozenset[str]) -> None:
    """Note what is wrong with the lists, by name, and with what they cover of one another."""
    lists = {name: read_checklist(reader, name) for name, reader in readers.items()}
    for name, written in lists.items():
        reader = readers[name]
        if written.clause:
            reader.known(("clause",), written.clause, clauses, "clause")
        for place, other in enumerate(written.covers):
            if reader.known(("covers", place), other, lists, "checklist") and name in (other, *_covered(lists, other)):
                reader.problem(("covers", place), "{name} covers itself by way of {other}.", name=name, other=other)
        below = {key: other for other in _covered(lists, name) if other != name for key in lists[other].items}
        for key in written.items:
            if key in below:
                reader.problem(
                    ("items", key),
                    "Item {key} stands in {other} too, which {name} covers; number it anew.",
                    key=key,
                    other=below[key],
                    name=name,
                )


def _covered(lists: Mapping[str, Written], name: str) -> list[str]:
    """What a list covers, however far down, each once and the lowest first; itself among them where it comes round."""
    found: list[str] = []
    seen: set[str] = set()

    def down(at: str) -> None:
        for other in lists[at].covers:
            if other in lists and other not in seen:
                seen.add(other)
                down(other)
                found.append(other)

    down(name)
    return found


def whole_checklist(lists: Mapping[str, Written], name: str) -> Checklist:
    """A list with the items of all that it covers before its own."""
    covered = _covered(lists, name)
    items = {key: item for other in covered for key, item in lists[other].items.items()}
    above = frozenset(other for other in lists if name in _covered(lists, other))
    return Checklist(name, lists[name].title, items | dict(lists[name].items), frozenset(covered), above)
