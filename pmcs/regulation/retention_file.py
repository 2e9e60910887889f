"""`retention.yaml`: sections and terms of the archive by kind, read and checked (5.9; DA/T 22-2015)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pmcs.core.kind import Choose, Field, Kind
from pmcs.core.retention import PERMANENT, TERMS, Filed, Retention, Rule
from pmcs.errors import Sentence
from pmcs.regulation.ground import Names
from pmcs.regulation.shape import NO_SUCH_NAME, Path, Reader, nearest

KEYS = ("category", "sections", "others", "reports", "kinds")
FILING = ("section", "term")
RULE = (*FILING, "since")
CODE = re.compile(r"[A-Z]{1,4}", re.ASCII)


def read_retention(reader: Reader) -> Retention:
    """The rules of the archive; slips are noted in the reader."""
    tree = reader.mapping((), reader.source.tree, KEYS)
    for key in KEYS[:-1]:
        if key not in tree:
            reader.problem((), "{name} lacks {key}.", name=reader.source.file, key=key)
    category = reader.one((), tree, "category") or ""
    sections = {
        name: reader.label(("sections", name), label)
        for name, label in reader.mapping(("sections",), tree.get("sections", {})).items()
    }
    for path, code in [(("category",), category), *((("sections", name), name) for name in sections)]:
        if not CODE.fullmatch(code):
            reader.problem(path, "{name} must be one to four capital letters, as in WS.", name=code or "''")
    kinds = {
        name: _rule(reader, ("kinds", name), node, sections)
        for name, node in reader.mapping(("kinds",), tree.get("kinds", {})).items()
    }
    return Retention(
        category,
        sections,
        kinds,
        _filed(reader, ("others",), tree.get("others", {}), sections),
        _filed(reader, ("reports",), tree.get("reports", {}), sections),
    )


def _rule(reader: Reader, path: Path, node: object, sections: Iterable[str]) -> Rule:
    tree = reader.mapping(path, node, RULE)
    since = reader.one(path, tree, "since") or ""
    term = tree.get("term", "")
    if not isinstance(term, dict):
        return Rule(*_filed(reader, path, {key: tree[key] for key in FILING if key in tree}, sections), since)
    found = reader.choose((*path, "term"), term, reader.text)
    for value, name in found.table.items():
        reader.known((*path, "term", found.field, value), name, TERMS, "term")
    section = _said(reader, path, tree, "section")
    if section:
        reader.known((*path, "section"), section, sections, "section")
    return Rule(section, found, since)


def _filed(reader: Reader, path: Path, node: object, sections: Iterable[str]) -> Filed:
    tree = reader.mapping(path, node, FILING)
    section, term = (_said(reader, path, tree, key) for key in FILING)
    known = bool(section) and reader.known((*path, "section"), section, sections, "section")
    kept = bool(term) and reader.known((*path, "term"), term, TERMS, "term")
    return Filed(section if known else "", term if kept else PERMANENT)


def _said(reader: Reader, path: Path, tree: dict[str, Any], key: str) -> str:
    if key in tree:
        return reader.text((*path, key), tree[key])
    reader.problem(path, "{name} lacks {key}.", name=str(path[-1]), key=key)
    return ""


def check_retention(reader: Reader, names: Names) -> None:
    """Warn of what `retention.yaml` says of kinds and choices that there are not: an office may have taken them out."""
    for name, rule in read_retention(reader).kinds.items():
        path, kind = ("kinds", name), names.kinds.get(name)
        if kind is None:
            _unknown(reader, path, "kind", name, names.kinds)
            continue
        if kind.is_register:
            reader.problem(path, "{kind} is a register, which never ends; take it out.", kind=name)
        if isinstance(rule.term, Choose):
            _check_table(reader, (*path, "term"), kind, rule.term)
        if rule.since and kind.fields.get(rule.since, Field("", "")).type != "date":
            reader.problem((*path, "since"), "{name} holds no date (type: date).", name=rule.since)


def _check_table(reader: Reader, path: Path, kind: Kind, term: Choose) -> None:
    """Warn of a table that does not fit its field; who makes no choice in it is kept the longest."""
    item = kind.fields.get(term.field)
    where = (*path, term.field)
    if item is None:
        _unknown(reader, where, "field", term.field, kind.fields)
        return
    choices = item.bands or item.values or {}
    for value in term.table:
        if value not in choices:
            _unknown(reader, (*where, value), "choice", value, choices)
    missing = [value for value in choices if value not in term.table]
    if missing:
        reader.warning(where, "The table says nothing for {missing}.", missing=missing)


def _unknown(reader: Reader, path: Path, what: str, name: str, known: Iterable[str]) -> None:
    reader.warning(path, NO_SUCH_NAME, what=Sentence(what), name=name, near=nearest(name, known))
