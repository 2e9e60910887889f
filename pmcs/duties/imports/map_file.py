"""The map's file: read, and refused with what is wrong in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from pmcs.duties.imports.formats import parse_format
from pmcs.duties.imports.mapping import Map, Source
from pmcs.duties.imports.mistakes import refuse, unknown_name
from pmcs.errors import BadInput, Sentence

# What a dated record keeps of where it came from: the map's word and whether it is needed.
ORIGIN = {"source": True, "key": True, "opened": True, "closed": False, "due": False}
FILLS = {"source": ("origin", "imported"), "key": ("origin_key",), "closed": ("closed_at",), "due": ("promised",)}


def read_map(path: Path) -> Map:
    """A map file. Raises BadInput or Broken naming it."""
    from pmcs.store.codec import decode
    from pmcs.store.plain_file import read_plain

    try:
        data = read_plain(path, str(path))
    except FileNotFoundError as error:
        raise BadInput("The file {file} cannot be read ({reason}).", file=path, reason=error.strerror) from error
    return parse_map(decode(data, path.name))


def parse_map(tree: object) -> Map:
    """The map in a YAML tree whose scalars are all text. Raises BadInput with its first mistake and their number."""
    if not isinstance(tree, Mapping):
        raise BadInput("The map is no table; begin it with kind: ticket.")
    wrong: list[Sentence] = []
    known = ("kind", *ORIGIN, "fields")
    _known(tree, known, "", wrong)
    kind, source = (_text(tree, key, key, wrong) for key in ("kind", "source"))
    if kind is None and not tree.get("kind"):
        wrong.append(Sentence("The map names no kind; write kind: ticket."))
    dated = [key for key in ORIGIN if key in tree]
    if dated:
        wrong += [_missing(key, dated[0]) for key, needed in ORIGIN.items() if needed and not tree.get(key)]
    origin = {
        key: _source(tree[key], key, ("column",) if key == "key" else ("column", "format"), wrong)
        for key in ("key", "opened", "closed", "due")
        if tree.get(key)
    }
    fields: dict[str, Source] = {}
    listed = tree.get("fields")
    if not isinstance(listed, Mapping) or not listed:
        wrong.append(Sentence("The map names no fields; write them under fields: as name: column."))
    else:
        taken = {name for key in dated for name in FILLS.get(key, (key,))}
        for name, entry in listed.items():
            if name in taken:
                wrong.append(Sentence("fields.{name} is filled from the top of the map; take it out here.", name=name))
            fields[str(name)] = _source(
                entry, f"fields.{name}", ("column", "format", "values", "default", "max"), wrong
            )
    refuse(wrong)
    times = {key: source._replace(type="time") for key, source in origin.items() if key != "key"}
    return Map(
        kind or "", source, origin.get("key"), times.get("opened"), times.get("closed"), times.get("due"), fields
    )


def _source(entry: object, where: str, asks: Sequence[str], wrong: list[Sentence]) -> Source:
    if isinstance(entry, str) and entry:
        return Source(entry)
    if not isinstance(entry, Mapping):
        wrong.append(Sentence("{where} is no column; write {where}: {{column: NAME}}.", where=where))
        return Source("")
    _known(entry, asks, where, wrong)
    column = _text(entry, "column", f"{where}.column", wrong)
    # A default alone is the same for every row.
    if column is None and not entry.get("column") and not ("default" in asks and entry.get("default")):
        wrong.append(Sentence("{where} names no column; write {where}: {{column: NAME}}.", where=where))
    values = entry.get("values")
    if values is not None and not (
        isinstance(values, Mapping) and values and all(isinstance(value, str) and value for value in values.values())
    ):
        wrong.append(
            Sentence(
                "{where}.values is no table of a cell's text and a choice, such as {{Plumbing: repair}}.", where=where
            )
        )
        values = None
    most = _text(entry, "max", f"{where}.max", wrong)
    if most is not None and not re.fullmatch("[1-9][0-9]{0,8}", most):
        wrong.append(Sentence("{where}.max is {value}, which is no number of characters.", where=where, value=most))
        most = None
    written = _text(entry, "format", f"{where}.format", wrong)
    return Source(
        column or "",
        None if written is None else parse_format(written, f"{where}.format", wrong),
        values,
        _text(entry, "default", f"{where}.default", wrong),
        None if most is None else int(most),
    )


def _text(entry: Mapping[str, object], key: str, where: str, wrong: list[Sentence]) -> str | None:
    value = entry.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    wrong.append(Sentence("{where} is not one piece of text.", where=where))
    return None


def _known(entry: Mapping[str, object], known: Sequence[str], where: str, wrong: list[Sentence]) -> None:
    wrong += [
        unknown_name(f"{where}.{key}" if where else str(key), str(key), known) for key in entry if key not in known
    ]


def _missing(key: str, beside: str) -> Sentence:
    return Sentence("The map has {beside} but no {key}; source, key and opened go together.", beside=beside, key=key)
