"""What a kind's names are called when it is told in sentences: labels, posts, choices, tables, lengths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from pmcs.core.kind import VOID, Choose, Field, Kind, Label
from pmcs.core.length import Length
from pmcs.errors import Sentence
from pmcs.regulation.ground import ANYONE
from pmcs.regulation.version import ANYONE as ANYONE_LABEL
from pmcs.regulation.version import Regulation

Said = Sentence | str
SYSTEM = "system"


class Line(NamedTuple):
    """What is told, what is told of it, and what belongs to it."""

    lead: Said
    parts: tuple[Said, ...] = ()
    inner: tuple[Line, ...] = ()


class Section(NamedTuple):
    """Lines under a heading."""

    title: Sentence
    lines: tuple[Line, ...]


class _Labelled(Protocol):
    @property
    def label(self) -> Label: ...


class Teller:
    """Calls the names of one kind what the user calls them."""

    def __init__(self, kind: Kind, regulation: Regulation, label: Callable[[Label], str]) -> None:
        self.kind = kind
        self.regulation = regulation
        self.label = label
        self._labels: dict[int, Counter[str]] = {}
        """How often each label stands among the fields, columns, states, ... of a mapping of the kind."""

    def named(self, label: Label, name: str) -> str:
        """The label with the name that is typed."""
        text = self.label(label)
        return text if text == name else f"{text} {name}"

    def field(self, name: str, columns: Mapping[str, Field] | None = None) -> Said:
        """A field, a column of the lines at hand, a column as `lines.column`, or what every record has."""
        if columns and name in columns:
            return self._only(columns, name)
        head, _, column = name.partition(".")
        if column:
            inner = (self.kind.fields[head].rows or {}) if head in self.kind.fields else {}
            return Sentence("{column} of {lines}", column=self._only(inner, column), lines=self.field(head))
        if name in self.kind.fields:
            return self._only(self.kind.fields, name)
        return {
            "id": Sentence("Number"),
            "state": Sentence("State"),
            "due": Sentence("Deadline"),
            "opened": Sentence("Opened"),
            "note": Sentence("a note"),
            "make": Sentence("what is to be made"),
        }.get(name, name)

    def fields(self, names: Iterable[str], columns: Mapping[str, Field] | None = None) -> list[Said]:
        """Several fields or columns."""
        return [self.field(name, columns) for name in names]

    def state(self, name: str) -> str:
        """A state."""
        return self._only(self.kind.states, name)

    def states(self, names: tuple[str, ...]) -> Said | list[str]:
        """Several states; all that are no end by what they have in common."""
        if not names:
            return Sentence("no state")
        living = [name for name, state in self.kind.states.items() if not state.end]
        if set(self.kind.states) - set(names) == {VOID}:
            return Sentence("any state")
        if len(living) > 1 and list(names) == living:
            return Sentence("any open state")
        return [self.state(name) for name in names]

    def action(self, name: str) -> str:
        """An action."""
        return self._only(self.kind.actions, name)

    def moments(self, names: Iterable[str]) -> list[Said]:
        """Actions done and states entered."""
        return [
            Sentence("entering {state}", state=self.state(name)) if name in self.kind.states else self.action(name)
            for name in names
        ]

    def clock(self, name: str) -> str:
        """A clock."""
        return self._only(self.kind.clocks, name)

    def post(self, name: str) -> Said:
        """A post, whoever is on the staff, or pmcs itself."""
        if name == SYSTEM:
            return Sentence("pmcs by itself")
        if name == ANYONE:
            return self.label(ANYONE_LABEL)
        posts = self.regulation.posts
        return self.label(posts[name].label) if name in posts else name

    def posts_or_people(self, names: Iterable[str]) -> list[Said]:
        """Posts, and people that the record names."""
        return [self.person(name) if self._is_field(name) else self.post(name) for name in names]

    def person(self, name: str, columns: Mapping[str, Field] | None = None) -> Said:
        """Somebody whom the record, or the line at hand, names."""
        if columns and name in columns:
            return Sentence("the line's {column}", column=self._only(columns, name))
        return Sentence("the record's {field}", field=self.field(name))

    def _is_field(self, name: str) -> bool:
        return name.partition(".")[0] in self.kind.fields

    def other_kind(self, name: str) -> str:
        """Another kind, with its name."""
        if name == self.kind.name:
            return self.named(self.kind.title, name)
        found = name in self.regulation.kind_names
        return self.named(self.regulation.kind(name).title, name) if found else name

    def choice(self, field: str, value: str, columns: Mapping[str, Field] | None = None) -> str:
        """A value of a choice."""
        item = (columns or {}).get(field) or self.kind.fields.get(field)
        found = (item.values or {}).get(value) if item else None
        return self.label(found.label) if found else value

    def table(self, choose: Choose, show: Callable[[Any], object]) -> list[Said]:
        """A choice table: what follows from each value, like consequences told together."""
        together: dict[str, tuple[list[str], object]] = {}
        for value, found in choose.table.items():
            together.setdefault(repr(found), ([], found))[0].append(self.choice(choose.field, value))
        return [
            Sentence("{values} → {result}", values=values, result=show(found)) for values, found in together.values()
        ]

    def by_choice(self, lead: Sentence, choose: Choose, show: Callable[[Any], object]) -> Line:
        """A choice table as a line of its own."""
        return Line(
            Sentence("{what}, by {field}", what=lead, field=self.field(choose.field)), tuple(self.table(choose, show))
        )

    def _only(self, among: Mapping[str, _Labelled], name: str) -> str:
        """The label; with the name where another has the same label."""
        if name not in among:
            return name
        if id(among) not in self._labels:
            self._labels[id(among)] = Counter(self.label(item.label) for item in among.values())
        text = self.label(among[name].label)
        return self.named(among[name].label, name) if self._labels[id(among)][text] > 1 else text


_LENGTHS = {
    "m real": Sentence("{number} min"),
    "h real": Sentence("{number} h"),
    "d real": Sentence("{number} d"),
    "m office": Sentence("{number} min of office time"),
    "h office": Sentence("{number} h of office time"),
    "d office": Sentence("{number} d of office time"),
    "d day": Sentence("the end of day {number}"),
}


def length_words(length: Length) -> Sentence:
    """A length of time as it is said."""
    if length.measure == "day" and not length.amount:
        return Sentence("the end of the same day")
    return Sentence(_LENGTHS[f"{length.unit} {length.measure}"].template, number=length.amount)
