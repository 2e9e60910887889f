"""Fields, columns and choices of a kind file: their shape (KINDS.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pmcs.core.kind import Choice, Field
from pmcs.regulation.language import CHOICE, COLUMN, FIELD, MOMENTS, TOTAL, TYPES
from pmcs.regulation.shape import Path, Reader


def read_field(reader: Reader, path: Path, name: str, node: object, *, column: bool = False) -> Field:
    """A field, or a column of rows."""
    tree = reader.mapping(path, node, COLUMN if column else FIELD)
    reader.identifier(path, name)

    def given(key: str, read: Callable[[Path, object], Any], default: Any = None) -> Any:
        return read((*path, key), tree[key]) if key in tree else default

    total = reader.mapping((*path, "total"), tree.get("total", {}), TOTAL)
    kind_of = given("type", reader.text, "line")
    reader.known((*path, "type"), kind_of, TYPES, "type")
    never = given("not", reader.text)
    if never is not None:
        reader.known((*path, "not"), never, MOMENTS, "time")
    if "label" not in tree:
        reader.problem(path, "{name} has no label.", name=name)
    rows = given("rows", reader.mapping)
    return Field(
        name=name,
        label=given("label", reader.label, name),
        type=kind_of,
        values=_choices(reader, (*path, "values"), tree["values"]) if "values" in tree else None,
        among=given("in", reader.text),
        open=given("open", reader.flag, default=False),
        ref=_one_or_more(reader, (*path, "ref"), tree["ref"]) if "ref" in tree else (),
        holds=given("holds", reader.flag, default=False),
        sealed=given("sealed", reader.flag),
        rows={
            inner: read_field(reader, (*path, "rows", inner), inner, item, column=True) for inner, item in rows.items()
        }
        if rows is not None
        else None,
        key=given("key", reader.names, ()),
        must=given("must", reader.flag, default=False),
        stamp=given("stamp", reader.text),
        default=given("default", reader.text),
        min=given("min", reader.text),
        max=given("max", reader.text),
        never=never,
        warns=given("warns", reader.lengths, ()),
        counts=given("count", reader.text),
        per=given("per", reader.text),
        since=given("since", reader.text),
        plus=reader.several((*path, "total"), total, "plus"),
        minus=reader.several((*path, "total"), total, "minus"),
        of=given("of", reader.text),
        bands=given("bands", reader.mapping),
    )


def _one_or_more(reader: Reader, path: Path, node: object) -> tuple[str, ...]:
    return (node,) if isinstance(node, str) else reader.names(path, node)


def _choices(reader: Reader, path: Path, node: object) -> dict[str, Choice]:
    found: dict[str, Choice] = {}
    for name, item in reader.mapping(path, node).items():
        if isinstance(item, dict) and CHOICE.keys() & item.keys():
            tree = reader.mapping((*path, name), item, CHOICE)
            label = reader.required_label((*path, name), name, tree)
            found[name] = Choice(label, reader.several((*path, name), tree, "needs"))
        else:
            found[name] = Choice(reader.label((*path, name), item))
    if not found:
        reader.problem(path, "{name} has no choices.", name=str(path[-2]))
    return found
