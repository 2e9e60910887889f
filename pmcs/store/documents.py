"""A record as its file says it, and back (DESIGN section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from pmcs.core.kind import Kind
from pmcs.core.numbering import named_folder
from pmcs.core.record import Event, Record, moment, written
from pmcs.errors import Broken
from pmcs.store.codec import decode, encode

MANGLED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What working with a record raises whose file holds what no record can hold."""

EVENT_KEYS = ("at", "recorded", "by", "desk", "do", "to", "set", "add", "row", "note", "make", "because")


def record_path(kind: Kind, id_: str, opened: date) -> str:
    """Where a record's file lies in its store; it never changes (DESIGN section 3)."""
    if kind.is_register:
        return f"{kind.name}/{id_}.yaml"
    folder = named_folder(id_) or opened.isoformat().replace("-", "/")
    return f"{kind.name}/{folder}/{id_}.yaml"


def to_bytes(kind: Kind, record: Record) -> bytes:
    """The file of a record, always the same bytes for the same record."""
    head: dict[str, Any] = {"id": record.id, "kind": record.kind, "state": record.state}
    head |= {name: record.fields[name] for name in kind.fields if name in record.fields}
    if record.due:
        head["due"] = dict(record.due)
    head["history"] = [_event_tree(event) for event in record.history]
    return encode(head)


def _event_tree(event: Event) -> dict[str, Any]:
    tree: dict[str, Any] = {"at": written(event.at)}
    if event.recorded:
        tree["recorded"] = written(event.recorded)
    tree["by"] = event.by
    if event.desk:
        tree["desk"] = event.desk
    tree["do"] = event.do
    if event.to:
        tree["to"] = event.to
    facts: dict[str, Any] = dict(event.set)
    if event.due:
        facts["due"] = dict(event.due)
    parts = {"set": facts, "add": event.add, "row": event.row, "note": event.note, "make": event.make}
    tree |= {name: part for name, part in parts.items() if part}
    if event.because:
        tree["because"] = event.because
    return tree


def from_bytes(data: bytes, file: str) -> tuple[dict[str, Any], tuple[Event, ...]]:
    """A file's head as it is written (without its history) and its events. Raises Broken naming the file."""
    tree = decode(data, file)
    return from_tree(tree, file)


def from_tree(tree: Mapping[str, Any], file: str) -> tuple[dict[str, Any], tuple[Event, ...]]:
    """The same from a decoded file."""
    head = {name: value for name, value in tree.items() if name != "history"}
    history = tree.get("history")
    if not isinstance(history, list) or not history:
        raise Broken("{file} has no history; bring it back from git (git log -- {file}).", file=file)
    for name in ("id", "kind", "state"):
        if not isinstance(head.get(name), str):
            raise Broken("{file} has no {name}; bring it back from git (git log -- {file}).", file=file, name=name)
    due = head.get("due", {})
    if not isinstance(due, dict) or not all(isinstance(text, str) and _is_time(text) for text in due.values()):
        raise Broken("{file} has no list of due times under due; see pmcs check.", file=file, name="due")
    if head["id"] != PurePosixPath(file).stem:
        raise Broken("{file} says it is {id}; a record's file carries its number.", file=file, id=head["id"])
    return head, tuple(_event(item, file, place) for place, item in enumerate(history, 1))


def _event(tree: object, file: str, place: int) -> Event:
    if not isinstance(tree, dict):
        raise Broken("{file}: entry {place} of the history is no list of names with values.", file=file, place=place)
    for key in tree:
        if key not in EVENT_KEYS:
            raise Broken(
                "{file}: entry {place} of the history has an unknown key {key}.", file=file, place=place, key=key
            )
    facts = _mapping(tree, "set", file, place)
    due = facts.pop("due", {})
    if not isinstance(due, dict) or not all(isinstance(text, str) for text in due.values()):
        raise Broken("{file}: entry {place} of the history has no list of due times under due.", file=file, place=place)
    for name in ("at", "by", "do"):
        if not isinstance(tree.get(name), str) or not tree[name]:
            raise Broken("{file}: entry {place} of the history lacks {name}.", file=file, place=place, name=name)
    for name in ("to", "desk", "note", "make", "because"):
        if not isinstance(tree.get(name, ""), str):
            raise Broken(
                "{file}: {name} in entry {place} of the history is no single text.", file=file, place=place, name=name
            )
    return Event(
        at=_time(tree["at"], file, place),
        recorded=_time(tree["recorded"], file, place) if "recorded" in tree else None,
        by=tree["by"],
        desk=tree.get("desk"),
        do=tree["do"],
        to=tree.get("to"),
        set=facts,
        due={name: text and written(_time(text, file, place)) for name, text in due.items()},
        add=_rows(tree, "add", file, place),
        row=_rows(tree, "row", file, place),
        note=tree.get("note", ""),
        make=tree.get("make", ""),
        because=tree.get("because", ""),
    )


def _mapping(tree: Mapping[str, Any], key: str, file: str, place: int) -> dict[str, Any]:
    found = tree.get(key, {})
    if not isinstance(found, dict):
        raise Broken(
            "{file}: {key} in entry {place} of the history is no list of names with values.",
            file=file,
            key=key,
            place=place,
        )
    return dict(found)


def _rows(tree: Mapping[str, Any], key: str, file: str, place: int) -> dict[str, Any]:
    found = _mapping(tree, key, file, place)
    for rows in found.values():
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Broken(
                "{file}: {key} in entry {place} of the history holds no rows.", file=file, key=key, place=place
            )
    return found


def _is_time(text: str) -> bool:
    try:
        return bool(moment(text))
    except ValueError:
        return False


def _time(text: object, file: str, place: int) -> datetime:
    try:
        return moment(str(text))
    except ValueError:
        raise Broken(
            "{file}: {text} in entry {place} of the history is no time with an offset.",
            file=file,
            text=text,
            place=place,
        ) from None
