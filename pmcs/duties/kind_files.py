"""The kind files of an office's own: one read as it lies there, and a new one begun from one that works (16)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pmcs.core.finding import ERROR
from pmcs.errors import BadInput, NotFound, PmcsError, Refused, Translate, Unable
from pmcs.regulation.language import TAKEN_KINDS
from pmcs.regulation.schema import kind_schema
from pmcs.regulation.shape import IDENTIFIER, YAML_WORDS, Problem, nearest
from pmcs.regulation.shipped import examples_dir
from pmcs.regulation.version import KINDS, Regulation, stems
from pmcs.store.regulations import FOLDER, parsed
from pmcs.store.store import Store

SCHEMA = f"{FOLDER}/kind.schema.json"
EDITOR_LINE = "# yaml-language-server: $schema=../../kind.schema.json\n"
"""The schema as seen from `regulation/DATE/kinds/`."""
_EDITOR_LINE = re.compile(r"\A# yaml-language-server:.*\n")
_KIND = re.compile(r"^(kind:[ \t]*)[^\s#]+", re.MULTILINE)
_LETTERS = re.compile(r"^((?:number|register):[ \t]*[\"']?)([A-Z]+)", re.MULTILINE)


class Draft(NamedTuple):
    """A kind file that was begun."""

    file: str
    letters: str
    """The letters of its numbers, free in every version; empty where a field names its entries."""
    later: list[str]
    """Where later versions of the regulation look for it."""
    still: list[int]
    """The lines in which the file still names the kind that it was copied from."""


def schema_text(translate: Translate) -> str:
    """The JSON Schema of kind files, as it is printed and kept beside the versions."""
    return json.dumps(kind_schema(translate), ensure_ascii=False, indent=1) + "\n"


def as_written(store: Store, name: str, day: date) -> tuple[Regulation, list[Problem]]:
    """The regulation in force with this kind as its file says now, committed or not, and the file's problems.

    Where there are errors among the problems, the kind cannot be built. Errors of other kinds leave those out, as if
    they were not there. Raises NotFound.
    """
    version = store.regulations.day_for(day)
    sources, problems = store.regulations.examined(version)
    folder = f"{FOLDER}/{version}/"
    mine = f"{folder}{KINDS}{name}.yaml"
    broken = {item.file.removeprefix(folder) for item in problems if item.severity == ERROR}
    if f"{KINDS}{name}.yaml" not in sources.keys() | broken:
        raise NotFound(
            "There is no kind {kind} in the regulation of {since}{near}.",
            kind=name,
            since=version,
            near=nearest(name, stems(sources, KINDS)),
        )
    # Errors in posts, clauses and the calendar are everybody's: they are the ground.
    told = [
        item
        for item in problems
        if item.file == mine or (item.severity == ERROR and not item.file.startswith(folder + KINDS))
    ]
    trees = {file: source.tree for file, source in sources.items() if file not in broken}
    return Regulation(version, trees, store.config.zone), told


def begin(store: Store, name: str, like: str, day: date, translate: Translate) -> Draft:
    """Write the file of a new kind as a copy of another's, and the editors' schema beside the versions.

    Nothing is committed: the office edits, checks and commits it. Raises BadInput, NotFound, Refused, Unable.
    """
    _refuse_name(store, name)
    version = store.regulations.day_for(day)
    folder = store.root / FOLDER
    target = folder / version.isoformat() / KINDS / f"{name}.yaml"
    text, letters = _copied(_like(store, like, version), name, like, _taken(folder))
    try:
        with target.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
        (store.root / SCHEMA).write_text(schema_text(translate), "utf-8")
    except OSError as error:
        raise Unable(
            "{file} cannot be written ({reason}).", file=target.relative_to(store.root), reason=error.strerror
        ) from error
    source = parsed({target.name: text.encode()})[target.name]
    still = [source.lines.get(path, 1) for path, value in _texts(source.tree) if value == like and like != name]
    later = [f"{FOLDER}/{other}/{KINDS}" for other in store.regulations.versions if other > version]
    return Draft(target.relative_to(store.root).as_posix(), letters, later, sorted(set(still)))


def _refuse_name(store: Store, name: str) -> None:
    if not IDENTIFIER.fullmatch(name) or name.lower() in YAML_WORDS:
        raise BadInput(
            "{name} cannot be a name; use letters, digits and _, and none of yes, no, on, off.", name=name[:60]
        )
    if name in TAKEN_KINDS:
        raise BadInput("{name} is a name of the engine's own; choose another.", name=name)
    for version in store.regulations.versions:
        file = f"{FOLDER}/{version}/{KINDS}{name}.yaml"
        if (store.root / file).exists():
            raise Refused("There is a kind {kind} already: {file}.", kind=name, file=file)


def _like(store: Store, like: str, version: date) -> str:
    """The text of a kind's file: the store's, or one of pmcs's own examples."""
    kinds, examples = store.root / FOLDER / version.isoformat() / KINDS, examples_dir()
    known = sorted({path.stem for folder in (kinds, examples) for path in folder.glob("*.yaml")})
    if like not in known:
        raise NotFound("There is no kind {kind} to begin from{near}.", kind=like, near=nearest(like, known))
    file = next(folder / f"{like}.yaml" for folder in (kinds, examples) if (folder / f"{like}.yaml").is_file())
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unable("{file} cannot be read ({reason}).", file=file, reason=error) from error


def _taken(folder: Path) -> set[str]:
    """The letters of every kind of every version, read even from files that have errors elsewhere."""
    texts = (path.read_text("utf-8", errors="replace") for path in folder.glob(f"*/{KINDS}*.yaml"))
    return {found[2] for text in texts for found in _LETTERS.finditer(text)}


def _copied(text: str, name: str, like: str, taken: set[str]) -> tuple[str, str]:
    """The text under another name and with free letters."""
    text = EDITOR_LINE + _KIND.sub(rf"\g<1>{name}", _EDITOR_LINE.sub("", text), count=1)
    found = _LETTERS.search(text)
    letters = found[2] if found else ""
    if letters in taken:
        letters = next(item for item in _candidates(name, letters) if item not in taken)
    text = _LETTERS.sub(rf"\g<1>{letters}", text, count=1)
    try:
        tree = parsed({f"{like}.yaml": text.encode()})[f"{like}.yaml"].tree
        sound = isinstance(tree, dict) and tree.get("kind") == name
    except PmcsError:
        sound = False
    if not sound:
        raise Refused("The file of {kind} cannot be copied: it has errors; see pmcs regulation check.", kind=like)
    return text, letters


def _candidates(name: str, letters: str) -> Iterator[str]:
    """Letters that recall the name, then any."""
    words = [word.upper() for word in name.split("_") if word.isascii() and word.isalpha()]
    if words:
        yield "".join(word[0] for word in words)[:3]
        yield words[0][:2]
        yield words[0][:3]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    yield from (letters[:2] + letter for letter in alphabet)
    yield from (first + second for first in alphabet for second in alphabet)
    yield from (first + second + third for first in alphabet for second in alphabet for third in alphabet)


def _texts(tree: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text of a tree with its path, keys among them."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield (*path, key), key
            yield from _texts(value, (*path, key))
    elif isinstance(tree, list):
        for place, value in enumerate(tree):
            yield from _texts(value, (*path, place))
    else:
        yield path, str(tree)
