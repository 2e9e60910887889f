"""Reading a regulation file's tree: every slip is collected as a problem with its line, never raised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from pmcs.core.finding import ERROR, WARNING
from pmcs.core.kind import Choose, Label
from pmcs.core.length import Length, parse_length
from pmcs.errors import PmcsError, Sentence

Path = tuple[str | int, ...]
NO_SUCH_NAME = "There is no {what} {name}{near}."
IDENTIFIER = re.compile(r"[^\W\d_]\w*")
MOST_UNKNOWN = 20
"""Unknown keys of one place that are named each: a file with more is another kind of file altogether."""
MOST_KNOWN = 1000
"""Names among which the nearest is looked for; a file gone wrong may hold tens of thousands."""
WIDE = "，、；：【】［］“”"
"""Signs of a Chinese keyboard that stand in no name."""
YAML_WORDS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null"})


class Source(NamedTuple):
    """One file of a regulation, parsed: all scalars are text; `lines` maps paths to lines."""

    file: str
    tree: Any
    lines: Mapping[Path, int]


class Problem(NamedTuple):
    """What is wrong with a regulation, and where."""

    file: str
    line: int
    severity: str
    sentence: Sentence


class Reader:
    """Reads the parts of one file; `problems` grows."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def problem(self, path: Path, template: str, /, **details: object) -> None:
        """Something that must be mended before the file can be used."""
        self._note(path, ERROR, Sentence(template, **details))

    def warning(self, path: Path, template: str, /, **details: object) -> None:
        """Something that is legal and probably not meant."""
        self._note(path, WARNING, Sentence(template, **details))

    def _note(self, path: Path, severity: str, sentence: Sentence) -> None:
        while path and path not in self.source.lines:
            path = path[:-1]
        self.problems.append(Problem(self.source.file, self.source.lines.get(path, 1), severity, sentence))

    def mapping(self, path: Path, node: object, allowed: Iterable[str] | None = None) -> dict[str, Any]:
        """A mapping; unknown keys are problems where the allowed ones are given."""
        if not isinstance(node, dict):
            self.problem(path, "{name} must be a list of names with values ({{name: value}}).", name=_last(path))
            return {}
        if allowed is not None:
            known = list(allowed)
            unknown = [key for key in node if key not in known]
            for key in unknown[:MOST_UNKNOWN]:
                self.problem((*path, key), "{key} is not a key here{near}.", key=key, near=nearest(key, known))
            if len(unknown) > MOST_UNKNOWN:
                self.problem(path, "{count} further keys are not keys here.", count=len(unknown) - MOST_UNKNOWN)
            return {key: value for key, value in node.items() if key in known}
        return node

    def text(self, path: Path, node: object) -> str:
        """One text."""
        if isinstance(node, str):
            return node
        self.problem(path, "{name} must be a single text.", name=_last(path))
        return ""

    def flag(self, path: Path, node: object) -> bool:
        """true or false."""
        if node not in ("true", "false"):
            self.problem(path, "{name} must be true or false.", name=_last(path))
        return node == "true"

    def names(self, path: Path, node: object) -> tuple[str, ...]:
        """A list of texts."""
        if isinstance(node, list) and all(isinstance(item, str) for item in node):
            return tuple(node)
        self.problem(path, "{name} must be a list such as [a, b].", name=_last(path))
        return ()

    def several(self, path: Path, tree: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """The names under a key; none where it is not there."""
        return self.names((*path, key), tree[key]) if key in tree else ()

    def one(self, path: Path, tree: Mapping[str, Any], key: str) -> str | None:
        """The text under a key; None where it is not there."""
        return self.text((*path, key), tree[key]) if key in tree else None

    def items(self, path: Path, node: object) -> list[Any]:
        """A list of anything."""
        if isinstance(node, list):
            return node
        self.problem(path, "{name} must be a list such as [a, b].", name=_last(path))
        return []

    def choose(self, path: Path, node: object, read: Callable[[Path, object], Any]) -> Choose:
        """A choice table: `{field: {value: result}}`."""
        tree = self.mapping(path, node)
        if len(tree) != 1:
            self.problem(path, "A choice table names one field: {{field: {{value: ...}}}}.")
            return Choose("", {})
        field, table = next(iter(tree.items()))
        found = self.mapping((*path, field), table)
        return Choose(field, {value: read((*path, field, value), item) for value, item in found.items()})

    def names_or_table(self, path: Path, node: object) -> tuple[str, ...] | Choose:
        """A list of names, or a choice table of such lists."""
        return self.choose(path, node, self.names) if isinstance(node, dict) else self.names(path, node)

    def text_or_table(self, path: Path, node: object) -> str | Choose:
        """A text, or a choice table of texts."""
        return self.choose(path, node, self.text) if isinstance(node, dict) else self.text(path, node)

    def texts(self, path: Path, node: object) -> dict[str, str]:
        """A mapping of texts."""
        return {name: self.text((*path, name), item) for name, item in self.mapping(path, node).items()}

    def required_label(self, path: Path, name: str, tree: Mapping[str, Any]) -> Label:
        """The label of something that must have one."""
        if "label" not in tree:
            self.problem(path, "{name} has no label.", name=name)
        return self.label((*path, "label"), tree.get("label", name))

    def groups(self, path: Path, node: object) -> tuple[tuple[str, ...], ...]:
        """A list of lists of texts."""
        if not isinstance(node, list) or not all(isinstance(item, list) for item in node):
            self.problem(path, "{name} must be a list of lists such as [[a, b]].", name=_last(path))
            return ()
        return tuple(self.names((*path, place), item) for place, item in enumerate(node))

    def label(self, path: Path, node: object) -> Label:
        """A label: a text, or a table by language."""
        if isinstance(node, dict) and node and all(isinstance(item, str) for item in node.values()):
            return dict(node)
        return self.text(path, node)

    def length(self, path: Path, node: object) -> Length | None:
        """A length such as `4h office`."""
        try:
            return parse_length(self.text(path, node))
        except PmcsError as error:
            self._note(path, ERROR, error.sentence)
            return None

    def lengths(self, path: Path, node: object) -> tuple[Length, ...]:
        """A list of lengths."""
        found = [self.length((*path, place), item) for place, item in enumerate(self.names(path, node))]
        return tuple(item for item in found if item)

    def identifier(self, path: Path, name: str) -> None:
        """A name of the office's or ours: letters, digits and _, and none of YAML's own words."""
        if not IDENTIFIER.fullmatch(name) or name.lower() in YAML_WORDS:
            self.problem(
                path, "{name} cannot be a name; use letters, digits and _, and none of yes, no, on, off.", name=name
            )

    def known(self, path: Path, name: str, among: Iterable[str], what: str) -> bool:
        """Whether a name is one of those there are; if not, a problem with the nearest."""
        options = list(among)
        if name in options:
            return True
        if any(sign in name for sign in WIDE):
            self.problem(path, "{name} holds a full-width sign; write it with ordinary ones: [a, b].", name=name)
            return False
        self.problem(path, NO_SUCH_NAME, what=Sentence(what), name=name, near=nearest(name, options))
        return False


def nearest(name: str, options: Iterable[str]) -> Sentence:
    """What may have been meant: the nearest name, or all there are where they are few."""
    import difflib

    known = list(islice(options, MOST_KNOWN))
    close = difflib.get_close_matches(name, known, 1, 0.6)
    if close:
        return Sentence(" (did you mean {name}?)", name=close[0])
    if known and len(known) <= 30:
        return Sentence(" (there are {names})", names=known)
    return Sentence("")


def _last(path: Path) -> str:
    return next((str(part) for part in reversed(path) if isinstance(part, str)), "file")
