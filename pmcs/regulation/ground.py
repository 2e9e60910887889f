"""The ground on which a kind file's names are checked: itself, the kinds beside it, posts, clauses and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pmcs.core.kind import Choose, Field, Kind
from pmcs.regulation.shape import Path, Reader

ANYONE = "anyone"
ESCALATIONS = "escalations"


class Names(NamedTuple):
    """The names that a kind file may use beside its own."""

    kinds: Mapping[str, Kind]
    posts: tuple[str, ...]
    clauses: frozenset[str]
    lists: frozenset[str]


class Ground:
    """Notes every name that does not exist, or is not what its place asks for."""

    def __init__(self, reader: Reader, kind: Kind, names: Names) -> None:
        self.reader = reader
        self.kind = kind
        self.names = names
        self.fields = [name for name in kind.fields if name != ESCALATIONS]

    def columns(self, lines: str | None) -> Mapping[str, Field]:
        """The columns of a field of lines."""
        return (self.kind.fields[lines].rows or {}) if lines and lines in self.kind.fields else {}

    def field(self, path: Path, name: str, fields: Iterable[str] | None = None) -> bool:
        """A field of the kind, or of those given."""
        return self.reader.known(path, name, self.fields if fields is None else fields, "field")

    def each(self, path: Path, names: Iterable[str], options: Iterable[str], what: str) -> None:
        """A list of names, each with its own line."""
        known = list(options)
        for place, name in enumerate(names):
            self.reader.known((*path, place), name, known, what)

    def lines(self, path: Path, name: str) -> bool:
        """A field of lines."""
        if not self.field(path, name):
            return False
        if not self.columns(name):
            self.reader.problem(path, "{name} has no rows.", name=name)
        return bool(self.columns(name))

    def person(self, path: Path, name: str, others: Iterable[str] = (), *, columns: bool = False) -> None:
        """A field that holds one person; with `columns` also `measures.owner`; or one of the other names."""
        options = list(others)
        if name in options:
            return
        head, _, column = name.partition(".")
        item = self.columns(head).get(column) if column and columns else self.kind.fields.get(name)
        if item is None:
            people = [name for name in self.fields if self.kind.fields[name].one_person or name == self.kind.key]
            people += [f"{lines}.{name}" for lines, inner in self.kind.people if columns for name in inner]
            self.reader.known(path, name, [*options, *people], "post or person" if options else "field")
        elif not item.person and name != self.kind.key:
            self.reader.problem(path, "{name} holds no person (ref: staff).", name=name)
        elif item.type == "refs":
            self.reader.problem(path, "{name} holds several people; name a field that holds one.", name=name)

    def clause(self, path: Path, clause: str | Choose | None) -> None:
        """A clause of the regulation."""
        if isinstance(clause, Choose):
            self.choose(path, clause)
            for value, item in clause.table.items():
                self.reader.known((*path, clause.field, value), item, self.names.clauses, "clause")
        elif clause:
            self.reader.known(path, clause, self.names.clauses, "clause")

    def posts(self, path: Path, by: tuple[str, ...] | Choose | None, allowed: Iterable[str]) -> None:
        """Posts, or a choice table of them."""
        options = list(allowed)
        if isinstance(by, Choose):
            self.choose(path, by)
            for value, names in by.table.items():
                self.each((*path, by.field, value), names, options, "post")
        else:
            self.each(path, by or (), options, "post")

    def choose(self, path: Path, choose: Choose, *, partial: bool = False) -> None:
        """A choice table names one field with choices, and every choice of it."""
        if not choose.field:
            return
        where = (*path, choose.field)
        if not self.field(where, choose.field):
            return
        item = self.kind.fields[choose.field]
        choices = list(item.bands or item.values or {})
        if not choices:
            self.reader.problem(where, "{field} has no choices to depend on.", field=choose.field)
            return
        for value in choose.table:
            self.reader.known((*where, value), value, choices, "choice")
        missing = [value for value in choices if value not in choose.table]
        if missing and not partial:
            self.reader.problem(where, "The table says nothing for {missing}.", missing=missing)
