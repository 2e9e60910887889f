"""No slip of the pen in a kind file is silently accepted: every reference and every key, misspelled one by one."""

from __future__ import annotations

from copy import deepcopy
from functools import cache

import pytest

from pmcs.regulation.ground import Names
from pmcs.regulation.kind_file import read_kind
from pmcs.regulation.meaning import check_kind
from pmcs.regulation.own import completed
from pmcs.regulation.shape import Reader, Source
from tests.core.world import sources, starter
from tests.regulation.sketches import NAMES, later_rules, sketched

OFFICES = {"starter": sources, "sketches": sketched}
FILES = [
    *(("starter", name) for name in sources() if name.startswith("kinds/")),
    *(("sketches", f"kinds/{name}.yaml") for name in NAMES),
]
every_file = pytest.mark.parametrize(("office", "file"), FILES)

PLAIN = {
    "type",
    "not",
    "open",
    "holds",
    "held",
    "sealed",
    "must",
    "done",
    "end",
    "within",
    "warns",
    "min",
    "max",
    "kind",
    "freed",
    "times",
    "urgent",
}
"""Keys whose value is no name, and yet one of few or of a certain form."""
FREE = PLAIN | {"licence", "label", "title", "help", "typed", "number", "register", "default"}
"""Keys whose value is no name of anything else."""
MEANT = "did you mean {}?"
SHARE = "{}x is no share of the time"
DECLARES = {("fields",), ("states",), ("actions",), ("approvals",), ("clocks",)}


@cache
def names(office):
    files = OFFICES[office]()
    found = [name for name in files if name.startswith("kinds/")]
    kinds = {name[6:-5]: completed(read_kind(Reader(files[name])), ()) for name in found}
    lists = frozenset(name[6:-5] for name in files if name.startswith("lists/"))
    return Names(kinds, tuple(starter().posts), frozenset(starter().clauses), lists)


@pytest.fixture(scope="module", autouse=True)
def rules():
    with later_rules():
        yield


def alone(office, source):
    """The errors of one kind file beside the sound others."""
    reader = Reader(source)
    kind = completed(read_kind(reader), ())
    there = names(office)
    check_kind(reader, kind, there._replace(kinds={**there.kinds, source.file[6:-5]: kind}))
    return [problem for problem in reader.problems if problem.severity == "error"]


def role(path, node):
    """What the last step of a path is: a word of the language, a declared name, a reference, or free text.

    `node` is the mapping or list that the last step is in.
    """
    head, last = path[:-1], path[-1]
    if head in DECLARES or (head and head[-1] in {"rows", "bands"}):
        return "declared"
    if head and head[-1] == "values":
        return "declared"
    if not head or (len(head) == 2 and (head[:1],) and (head[0],) in DECLARES):
        return "language"
    if len(head) == 4 and head[2] == "rows":
        return "language"
    if "values" in head and isinstance(node, dict) and "label" in node:
        return "language"
    if head[-1] == "total" or (len(head) > 1 and head[-2] == "also"):
        return "language"
    return "reference" if last not in ("zh_CN", "en") else "free"


def keys(node, path=()):
    """Every key of a tree that is a word of the language or refers to a name."""
    if isinstance(node, dict):
        for key, inner in node.items():
            here = (*path, key)
            what = role(here, node)
            if what in {"language", "reference"} and not set(path) & {"label", "title"}:
                yield here
            yield from keys(inner, here)
    elif isinstance(node, list):
        for place, inner in enumerate(node):
            yield from keys(inner, (*path, place))


def plain(node, path=()):
    """Every text of a tree that must have a certain form."""
    for step, inner in node.items() if isinstance(node, dict) else enumerate(node):
        here = (*path, step)
        if isinstance(inner, dict | list):
            yield from plain(inner, here)
        elif (
            path[-1:] != ("values",)
            and here[-1] not in {"label", "title"}
            and ((PLAIN & set(here)) - {"kind"} or here == ("kind",))
        ):
            yield here


def leaves(node, path=()):
    """Every text of a tree that refers to a name."""
    if isinstance(node, dict):
        for key, inner in node.items():
            if key not in FREE and not (path and path[-1] in {"values", "bands", "within", "label", "title"}):
                yield from leaves(inner, (*path, key))
            elif isinstance(inner, dict) and path and path[-1] == "values":
                yield from leaves(inner.get("needs", []), (*path, key, "needs"))
    elif isinstance(node, list):
        for place, inner in enumerate(node):
            yield from leaves(inner, (*path, place))
    elif "warns" not in path:
        yield path


def slips(source):
    """Where one x too many can be typed: a path, and whether it is the key or the value there."""
    tree = source.tree
    return [*((path, True) for path in keys(tree)), *((path, False) for path in leaves(tree))]


def misspelled(source, path, *, key):
    """The same file with one x too many, and every line where it was."""
    tree, lines = deepcopy(source.tree), dict(source.lines)
    parent = tree
    for step in path[:-1]:
        parent = parent[step]
    if not key:
        word = parent[path[-1]]
        parent[path[-1]] = f"{word}x"
        return Source(source.file, tree, lines), word
    word = path[-1]
    renamed = {f"{name}x" if name == word else name: inner for name, inner in parent.items()}
    parent.clear()
    parent.update(renamed)
    size = len(path)
    lines = {
        (*path[:-1], f"{word}x", *where[size:]) if where[:size] == path else where: line
        for where, line in lines.items()
    }
    return Source(source.file, tree, lines), word


@every_file
def test_every_misspelling_is_refused_with_its_line_and_the_name_that_was_meant(office, file):
    sound = OFFICES[office]()[file]
    accepted = {}
    for path, key in slips(sound):
        source, word = misspelled(sound, path, key=key)
        found = alone(office, source)
        line = sound.lines[path]
        dotted = {"count", "total", "also"} & set(path)  # of `items.result.abnormal` the last part is misspelled
        word = word.rpartition(".")[2] if dotted else word
        meant = SHARE.format(word) if key and path[-2:-1] == ("escalates",) else MEANT.format(word)
        if not any(problem.line == line and meant in str(problem.sentence) for problem in found):
            accepted[path, key] = [(problem.line, str(problem.sentence)) for problem in found]
    assert accepted == {}


@every_file
def test_every_value_of_a_certain_form_is_refused_in_any_other(office, file):
    sound = OFFICES[office]()[file]
    accepted = []
    for path in plain(sound.tree):
        source, _ = misspelled(sound, path, key=False)
        if not any(problem.line == sound.lines[path] for problem in alone(office, source)):
            accepted.append(path)
    assert accepted == []
