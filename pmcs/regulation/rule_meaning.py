"""Whether a kind file calls a named rule with what the rule declares: every argument, each of its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pmcs.core.kind import Field, Kind, RuleCall
from pmcs.core.length import parse_length
from pmcs.core.rules import RULES
from pmcs.core.scalars import FIGURE
from pmcs.errors import PmcsError
from pmcs.regulation.ground import ESCALATIONS, Ground
from pmcs.regulation.shape import Path


def check_rule(ground: Ground, path: Path, call: RuleCall, *stages: str) -> None:
    """Note a rule that is none of these stages', and every argument that is missing, unknown or not of its type."""
    where = (*path, call.name)
    known = [rule.name for rule in RULES.values() if rule.stage in stages]
    if not ground.reader.known(where, call.name, known, "rule"):
        return
    arguments = RULES[call.name].arguments
    for given in call.arguments:
        ground.reader.known((*where, given), given, arguments, "argument")
    for name, of in arguments.items():
        value = call.arguments.get(name)
        several = of.startswith("several ")
        if not (isinstance(value, list) and value if several else isinstance(value, str)):
            ground.reader.problem(where, "The rule {rule} lacks {argument}.", rule=call.name, argument=name)
            continue
        for place, item in enumerate(value if isinstance(value, list) else [value]):
            at = (*where, name, place) if several else (*where, name)
            _Argument(ground, call.arguments, arguments, at).check(of.removeprefix("several "), str(item))


class _Argument:
    """One argument of a call, checked against its type; the other arguments say what it is a part of."""

    def __init__(self, ground: Ground, given: Mapping[str, object], types: Mapping[str, str], path: Path) -> None:
        self.ground = ground
        self.given = given
        self.types = types
        self.path = path

    def check(self, of: str, value: str) -> None:
        what, _, other = of.partition(" of ")
        reader = self.ground.reader
        if what == "length":
            try:
                parse_length(value)
            except PmcsError as error:
                reader.problem(self.path, "{problem}", problem=error.sentence)
        elif what == "number":
            if not FIGURE.fullmatch(value):
                reader.problem(self.path, "{key} must be a number, not {figure}.", key=str(self.path[-1]), figure=value)
        elif what != "text":
            said = "argument" if "lines" in what else "column" if what == "link" else what
            reader.known(self.path, value, self._options(what, other), said)

    def _options(self, what: str, other: str) -> Iterable[str]:
        names = self.ground.names.kinds
        kind = self._kind(other) if other and what in {"state", "lines"} else self.ground.kind
        if what == "kind":
            return names
        if kind is None:
            return ()
        if what == "state":
            return kind.states
        if what == "action":
            return kind.actions
        if what == "column":
            return self._columns(other)
        if what == "link":
            return [name for name, column in self._columns(other).items() if column.ref]
        if what == "choice":
            item = self._item(other)
            return (item.bands or item.values or {}) if item else ()
        if what == "field" and other:
            return self._fields_of_linked(other)
        fields = [name for name in kind.fields if name != ESCALATIONS]
        if what == "keyed lines":
            return [name for name in fields if kind.fields[name].key]
        return [name for name in fields if kind.fields[name].rows] if what == "lines" else fields

    def _text(self, argument: str) -> str:
        value = self.given.get(argument)
        return str(value[0]) if isinstance(value, list) and value else str(value)

    def _kind(self, argument: str) -> Kind | None:
        return self.ground.names.kinds.get(self._text(argument))

    def _fields_of_linked(self, link: str) -> list[str]:
        """The fields that every kind has which a link may name."""
        item = self._item(link)
        linked = [
            self.ground.names.kinds[name] for name in (item.ref if item else ()) if name in self.ground.names.kinds
        ]
        return [name for name in (linked[0].fields if linked else ()) if all(name in kind.fields for kind in linked)]

    def _columns(self, rows: str) -> Mapping[str, Field]:
        """The columns of the lines that an argument names, in this kind or in the one that another names."""
        _, _, elsewhere = self.types[rows].partition(" of ")
        kind = self._kind(elsewhere) if elsewhere else self.ground.kind
        item = kind.fields.get(self._text(rows)) if kind else None
        return (item.rows or {}) if item else {}

    def _item(self, argument: str) -> Field | None:
        """The field or column that an argument names."""
        _, _, rows = self.types[argument].partition(" of ")
        name = self._text(argument)
        return self._columns(rows).get(name) if rows else self.ground.kind.fields.get(name)
