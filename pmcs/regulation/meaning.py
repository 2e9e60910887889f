"""Whether a kind file means something: every name it uses exists and fits (DESIGN section 5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pmcs.core.kind import VOID, Action, Also, Choose, Clock, Field, Kind
from pmcs.core.length import Length
from pmcs.core.rules import RULES
from pmcs.regulation.own import COMMANDS, OWN_ACTIONS, RESERVED
from pmcs.regulation.shape import Path, Reader

PEOPLE_POSTS = ("anyone",)
HEAD_COLUMNS = ("id", "state", "due", "opened")
FREE_LISTS = ("checklists", "tariffs", "posts", "clauses")


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a kind file may use beside its own."""

    kinds: Mapping[str, Kind]
    posts: tuple[str, ...]
    clauses: frozenset[str]
    lists: frozenset[str]


def check_kind(reader: Reader, kind: Kind, names: Names) -> None:
    """Note every name in the kind that does not exist or does not fit."""
    _Meaning(reader, kind, names).check()


class _Meaning:
    def __init__(self, reader: Reader, kind: Kind, names: Names) -> None:
        self.reader = reader
        self.kind = kind
        self.names = names

    def check(self) -> None:
        self._head()
        for name, item in self.kind.fields.items():
            self._field(("fields", name), item, self.kind.fields)
        for name in self.kind.states:
            if name in self.kind.actions and name != VOID:
                self.reader.problem(
                    ("states", name), "{name} is a state and an action; name one of them otherwise.", name=name
                )
        for name, action in self.kind.actions.items():
            self._action(("approvals" if action.approval else "actions", name), action)
        self._approvals()
        for name, clock in self.kind.clocks.items():
            self._clock(("clocks", name), clock)
        self._reachable()
        self._forgotten()

    def _head(self) -> None:
        kind, reader = self.kind, self.reader
        expected = reader.source.file.rpartition("/")[2].removesuffix(".yaml")
        if kind.name != expected:
            reader.problem(
                ("kind",),
                "The file is called {file}, so its kind is {file}, not {kind}.",
                file=expected,
                kind=kind.name,
            )
        reader.identifier(("kind",), kind.name)
        if sum(item is not None for item in (kind.number, kind.register, kind.key)) != 1:
            reader.problem((), "A kind has exactly one of number (dated records), register or key.")
        for key, letters in (("number", kind.number), ("register", kind.register)):
            if letters is not None and not re.fullmatch("[A-Z]{1,3}", letters):
                reader.problem((key,), "{key} must be one to three capital letters.", key=key)
        if kind.key:
            self._known_field(("key",), kind.key)
        if kind.tree:
            self._known_field(("tree",), kind.tree)
        if not kind.openings:
            reader.problem(("actions",), "No action opens a record: there is neither new, add nor import.")
        self._fields(("barred",), kind.barred)
        for key, groups in (("one_open", kind.one_open), ("unique", kind.unique)):
            for place, group in enumerate(groups):
                self._fields((key, place), group)
        for place, group in enumerate(kind.apart):
            for name in group:
                if name not in kind.actions:
                    self._person((("apart", place)), name)
        if kind.promise:
            reader.known(("promise",), kind.promise, kind.clocks, "clock")
        for name in kind.mine:
            self._person(("mine",), name)
        for name in kind.sees:
            reader.known(("sees",), name, [*self.names.posts, *kind.fields], "post or field")
        for name in kind.columns:
            reader.known(("columns",), name, [*HEAD_COLUMNS, *kind.fields], "field")
        self._clause(("clause",), kind.clause)
        for call in kind.findings:
            self._rule(("findings",), call.name, call.arguments, "finding")

    def _known_field(self, path: Path, name: str, fields: Iterable[str] | None = None) -> bool:
        return self.reader.known(path, name, self.kind.fields if fields is None else fields, "field")

    def _fields(self, path: Path, names: Iterable[str]) -> None:
        for name in names:
            self._known_field(path, name)

    def _person(self, path: Path, name: str) -> None:
        head, _, column = name.partition(".")
        item = self.kind.fields.get(head)
        if column and item and item.rows:
            item = item.rows.get(column)
        if item is None:
            self._known_field(path, name)
        elif not item.person and name != self.kind.key:
            self.reader.problem(path, "{name} holds no person (ref: staff).", name=name)

    def _clause(self, path: Path, clause: str | Choose | None) -> None:
        if isinstance(clause, Choose):
            self._choose(path, clause)
            clauses = list(clause.table.values())
        else:
            clauses = [clause] if clause else []
        for item in clauses:
            self.reader.known(path, item, self.names.clauses, "clause")

    def _choose(self, path: Path, choose: Choose, *, partial: bool = False) -> None:
        """A choice table names one field with choices, and every choice of it."""
        item = self.kind.fields.get(choose.field)
        if item is None:
            self._known_field((*path, choose.field), choose.field)
            return
        choices = list(item.values or item.bands or {})
        if not choices:
            self.reader.problem((*path, choose.field), "{field} has no choices to depend on.", field=choose.field)
            return
        for value in choose.table:
            self.reader.known((*path, choose.field, value), value, choices, "choice")
        missing = [value for value in choices if value not in choose.table]
        if missing and not partial:
            self.reader.problem((*path, choose.field), "The table says nothing for {missing}.", missing=missing)

    def _field(self, path: Path, item: Field, around: Mapping[str, Field]) -> None:
        reader = self.reader
        if len(path) == 2 and item.name in RESERVED - {"escalations"}:
            reader.problem(path, "{name} is a name of the engine's own; choose another.", name=item.name)
        for name, inner in (item.rows or {}).items():
            self._field((*path, "rows", name), inner, item.rows or {})
        for name in item.key:
            reader.known((*path, "key"), name, item.rows or {}, "column")
        for choice, found in (item.values or {}).items():
            for name in found.needs:
                if name not in ("note", "make"):
                    reader.known((*path, "values", choice), name, around, "field")
        if item.default is not None and item.values:
            reader.known((*path, "default"), item.default, item.values, "choice")
        if item.among and item.among not in FREE_LISTS:
            reader.known((*path, "in"), item.among, self.names.lists, "list")
        for name in item.ref:
            if name not in ("any", "makers"):
                reader.known((*path, "ref"), name, self.names.kinds, "kind")
        if item.stamp:
            reader.known((*path, "stamp"), item.stamp, ("at", "by"), "stamp")
        self._derived(path, item)

    def _derived(self, path: Path, item: Field) -> None:
        kind, reader = self.kind, self.reader
        if item.of:
            self._known_field((*path, "of"), item.of)
            if not item.bands:
                reader.problem(path, "{name} has no bands.", name=item.name)
        for name in (*item.plus, *item.minus):
            head, _, column = name.partition(".")
            if self._known_field((*path, "total"), head) and column:
                self._known_field((*path, "total"), column, kind.fields[head].rows or {})
        if item.since:
            reader.known((*path, "since"), item.since, kind.states, "state")
        if item.per:
            reader.known((*path, "per"), item.per, ("day",), "measure")
        if item.count:
            self._counted((*path, "count"), item.count)

    def _counted(self, path: Path, what: str) -> None:
        kind = self.kind
        head, _, rest = what.partition(".")
        if head in kind.fields:
            column, _, value = rest.partition(".")
            if column and self._known_field(path, column, kind.fields[head].rows or {}):
                self.reader.known(path, value, (kind.fields[head].rows or {})[column].values or (), "choice")
            return
        if head == "do":
            head, rest = rest, ""
        if self.reader.known(path, head, kind.actions, "action") and rest:
            field, _, value = rest.partition(".")
            if self._known_field(path, field):
                self.reader.known(path, value, kind.fields[field].values or (), "choice")

    def _action(self, path: Path, action: Action) -> None:
        kind, reader = self.kind, self.reader
        if not action.own:
            if action.name in (*OWN_ACTIONS, *COMMANDS) and not (kind.is_register and action.name == "edit"):
                reader.problem(path, "{name} is a name of the engine's own; choose another.", name=action.name)
            for state in action.start or ():
                reader.known((*path, "from"), state, kind.states, "state")
            if action.opens and action.to is None and not kind.is_register:
                reader.problem(
                    path, "{action} opens a record and must say in which state (to: ...).", action=action.name
                )
        self._destination((*path, "to"), action)
        self._posts((*path, "by"), action.by, [*self.names.posts, *PEOPLE_POSTS])
        columns: Mapping[str, Field] = {}
        for key, lines in (("adds", action.adds), ("row", action.row)):
            if lines and self._known_field((*path, key), lines):
                columns = kind.fields[lines].rows or {}
                if not columns:
                    reader.problem((*path, key), "{name} has no rows.", name=lines)
        for name in action.who:
            if name not in columns:
                self._person((*path, "who"), name)
        for key, names in (("asks", action.asks), ("takes", action.takes)):
            for name in names:
                if name not in ("note", "make") and self._known_field((*path, key), name, [*columns, *kind.fields]):
                    item = columns.get(name) or kind.fields[name]
                    if item.derived:
                        reader.problem((*path, key), "{name} is worked out and cannot be given.", name=name)
        self._fields((*path, "clears"), action.clears)
        if action.signs:
            self._person((*path, "signs"), action.signs)
        for key, clock in (("during", action.during), ("after", action.after)):
            if clock:
                reader.known((*path, key), clock, kind.clocks, "clock")
        self._linked(path, action)
        for call in action.rules:
            self._rule((*path, "rules"), call.name, call.arguments, "facts", "guard")
        self._clause((*path, "clause"), action.clause)

    def _destination(self, path: Path, action: Action) -> None:
        tables = action.to if isinstance(action.to, tuple) else (action.to,)
        for place, to in enumerate(tables):
            if isinstance(to, Choose):
                where = (*path, place) if isinstance(action.to, tuple) else path
                self._choose(where, to, partial=place < len(tables) - 1)
                for value, state in to.table.items():
                    self.reader.known((*where, to.field, value), state, self.kind.states, "state")
            elif to is not None and to != "previous":
                self.reader.known(path, to, self.kind.states, "state")

    def _posts(self, path: Path, by: tuple[str, ...] | Choose | None, allowed: list[str]) -> None:
        if isinstance(by, Choose):
            self._choose(path, by)
        for names in by.table.values() if isinstance(by, Choose) else (by or (),):
            for name in names:
                self.reader.known(path, name, allowed, "post")

    def _linked(self, path: Path, action: Action) -> None:
        for name, table in action.makes.items():
            if not self.reader.known((*path, "makes", name), name, self.names.kinds, "kind"):
                continue
            made = self.names.kinds[name]
            for theirs, ours in table.items():
                self._known_field((*path, "makes", name, theirs), theirs, made.fields)
                columns = (
                    self.kind.fields[action.row].rows or {} if action.row and action.row in self.kind.fields else {}
                )
                self.reader.known(
                    (*path, "makes", name, theirs), ours, ["id", "note", *columns, *self.kind.fields], "field"
                )
        for place, also in enumerate(action.also):
            self._also((*path, "also", place), also)
        for name in action.through:
            self.reader.known((*path, "through"), name, self.names.kinds, "kind")

    def _also(self, path: Path, also: Also) -> None:
        head, _, column = also.link.partition(".")
        if not self._known_field((*path, "in"), head):
            return
        item = self.kind.fields[head]
        if column:
            if not self._known_field((*path, "in"), column, item.rows or {}):
                return
            item = (item.rows or {})[column]
        if isinstance(also.do, Choose):
            self._choose((*path, "do"), also.do)
        wanted = list(also.do.table.values()) if isinstance(also.do, Choose) else [also.do]
        for target in item.ref:
            if target in self.names.kinds:
                for name in wanted:
                    self.reader.known((*path, "do"), name, self.names.kinds[target].actions, "action")

    def _approvals(self) -> None:
        for name, approval in self.kind.approvals.items():
            path: Path = ("approvals", name)
            self.reader.known((*path, "state"), approval.state, self.kind.states, "state")
            if approval.to:
                self.reader.known((*path, "to"), approval.to, self.kind.states, "state")
            people = [item.name for item in self.kind.fields.values() if item.person]
            self._posts((*path, "decide"), approval.decide, [*self.names.posts, *people])
            for theirs, ours in approval.copies.items():
                self._known_field((*path, "copies", theirs), theirs)
                self._known_field((*path, "copies", theirs), ours)
            for place, also in enumerate(approval.also):
                self._also((*path, "also", place), also)

    def _clock(self, path: Path, clock: Clock) -> None:
        kind, reader = self.kind, self.reader
        for key, names in (("starts", clock.starts), ("stops", clock.stops)):
            for name in names:
                reader.known((*path, key), name, [*kind.actions, *kind.states], "action or state")
        if not clock.starts:
            reader.problem(path, "The clock {clock} never starts; say starts: [...].", clock=clock.name)
        if clock.within is None and clock.until is None:
            reader.problem(path, "The clock {clock} has neither within nor until.", clock=clock.name)
        if isinstance(clock.within, Choose):
            self._choose((*path, "within"), clock.within)
        until = [clock.until] if isinstance(clock.until, str) else list((clock.until or {}).values())
        for name in (*until, *clock.since.values()):
            if self._known_field((*path, "until"), name) and kind.fields[name].type not in {"date", "time"}:
                reader.problem(path, "{name} is neither a date nor a time.", name=name)
        for table in (clock.until, clock.since):
            for name in table if isinstance(table, Mapping) else ():
                reader.known(path, name, kind.actions, "action")
        for name in clock.pauses:
            reader.known((*path, "pauses"), name, kind.states, "state")
        if clock.pauses and (
            isinstance(clock.until, str) or any(length.measure == "day" for length in _lengths(clock))
        ):
            reader.problem((*path, "pauses"), "A clock of whole days or with a given due time cannot pause.")
        for percent, to in clock.escalates.items():
            reader.known((*path, "escalates", str(percent)), to, [*self.names.posts, *kind.fields], "post or field")
        self._clause((*path, "clause"), clock.clause)

    def _rule(self, path: Path, name: str, arguments: Mapping[str, object], *stages: str) -> None:
        if not self.reader.known(path, name, [rule.name for rule in RULES.values() if rule.stage in stages], "rule"):
            return
        rule = RULES[name]
        for given in arguments:
            self.reader.known(path, given, rule.arguments, "argument")
        for argument, of in rule.arguments.items():
            value = arguments.get(argument)
            if not isinstance(value, str):
                self.reader.problem(path, "The rule {rule} lacks {argument}.", rule=name, argument=argument)
            elif of == "column":
                self._known_field(
                    path,
                    value,
                    self.kind.fields[str(arguments.get("rows"))].rows or {}
                    if str(arguments.get("rows")) in self.kind.fields
                    else {},
                )
            elif self._known_field(path, value) and of == "lines" and not self.kind.fields[value].rows:
                self.reader.problem(path, "{name} has no rows.", name=value)

    def _reachable(self) -> None:
        kind = self.kind
        reached = {VOID}
        for action in kind.actions.values():
            for to in action.to if isinstance(action.to, tuple) else (action.to,):
                reached |= set(to.table.values()) if isinstance(to, Choose) else {to} if to else set()
        reached |= {approval.to for approval in kind.approvals.values() if approval.to}
        for name in kind.states:
            if name not in reached:
                self.reader.problem(("states", name), "No action leads to the state {state}.", state=name)
        if not any(state.end for name, state in kind.states.items() if name != VOID):
            self.reader.problem(("states",), "No state is an end (end: true).")

    def _forgotten(self) -> None:
        """Legal, and probably a forgotten line: a clock that only an end stops, an approval that one person can turn."""
        for name, clock in self.kind.clocks.items():
            if not clock.stops and not clock.window:
                self.reader.warning(
                    ("clocks", name), "Only an end stops the clock {clock}; is a stops: missing?", clock=name
                )
        written = _written(self.kind)
        for name, item in self.kind.fields.items():
            if name not in written and not item.derived:
                self.reader.warning(("fields", name), "No action writes {field}.", field=name)


def _lengths(clock: Clock) -> list[Length]:
    if isinstance(clock.within, Choose):
        return [length for length in clock.within.table.values() if length]
    return [clock.within] if clock.within else []


def _written(kind: Kind) -> set[str]:
    written: set[str] = {"source_item", *([kind.key] if kind.key else [])}
    for action in kind.actions.values():
        written |= {*action.fields, *([action.signs] if action.signs else []), action.adds or "", action.row or ""}
    for approval in kind.approvals.values():
        written |= set(approval.copies)
    for item in kind.fields.values():
        written |= {name for choice in (item.values or {}).values() for name in choice.needs}
    return written
