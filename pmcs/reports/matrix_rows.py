"""What the records of a span say of each clause: what carried it out, and which due times passed. Read from the index.

An event belongs to the time at which it happened, what was imported to that of its opening. What the engine writes by
itself (opened by schedule, missed, escalated) and what only tends a record (note, edit, correct, void) carries out
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from pmcs.core.derive import chosen
from pmcs.core.kind import VOID, Action, Choose, Clock, Kind
from pmcs.core.record import Value
from pmcs.core.standing import possible
from pmcs.store.message import clause_from

if TYPE_CHECKING:
    from pmcs.reports.lives import Span
    from pmcs.store.store import Store

TENDING = frozenset({"note", "edit", "correct", "void", "escalate", "withdraw"})
SCHEDULE = "schedule"


class Number(str):
    """A record's number that knows where its file lies in the store."""

    __slots__ = ("path",)
    path: str

    @classmethod
    def at(cls, text: str, path: str) -> Number:
        """A number and its path."""
        found = cls(text)
        found.path = path
        return found


@dataclass(slots=True)
class Subject:
    """A record as far as clauses are concerned; `fields` only where one of them decides on a clause."""

    number: Number
    kind: Kind
    scored: Mapping[str, str] = field(default_factory=dict)
    """The items of the scheme of assessment and their clauses."""
    fields: Mapping[str, Value] = field(default_factory=dict)

    def rests_on(self) -> Iterator[str]:
        """The clauses in its own fields, and those of the items that were scored."""
        for item in self.kind.fields.values():
            if item.among == "clauses":
                value = self.fields.get(item.name)
                yield from [value] if isinstance(value, str) else value or ()
        for clause in dict.fromkeys(self._scored()):
            if clause.startswith(f"{self.kind.clause}."):
                yield clause

    def _scored(self) -> Iterator[str]:
        for item in self.kind.fields.values() if self.scored else ():
            for row in _rows(self.fields.get(item.name)) if item.rows else ():
                if row.get("points") and row.get("item") in self.scored:
                    yield self.scored[row["item"]]


class Done(NamedTuple):
    """One event that carried out clauses."""

    subject: Subject
    at: float
    clauses: tuple[str, ...]


class Passed(NamedTuple):
    """A due time that passed while it was in force, or work by schedule that was missed."""

    subject: Subject
    at: float
    """When it passed: at the due time, or when a due time of the past was set."""
    clauses: tuple[str, ...]
    clock: str
    due: float | None
    ended: float | None
    """When the clock stopped, if that was in the span."""
    missed: bool = False


class Told(NamedTuple):
    """What the records of a span say."""

    done: list[Done]
    passed: list[Passed]


def read_told(store: Store, span: Span) -> Told:
    """What was done in the span, and which due times passed in it or stood into it; void records are left out."""
    read = store.index.read
    events = [
        *read(
            "SELECT rid, at, action, state_before FROM event WHERE at >= ? AND at < ? AND action <> 'import'",
            (span.start, span.end),
        ),
        *_imports(store, span),
    ]
    late = read(
        "SELECT rid, clock, started, due, since, ended FROM round WHERE window = 0 AND due IS NOT NULL"
        " AND ended IS NULL AND due < ? AND since < ?"
        " UNION ALL SELECT rid, clock, started, due, since, ended FROM round WHERE window = 0"
        " AND ended > due AND ended >= ? AND due < ? AND since < ?",
        (span.judged, span.judged, span.start, span.judged, span.judged),
    )
    subjects = _subjects(store, {row[0] for row in events} | {row[0] for row in late})
    done: list[Done] = []
    missed: dict[int, Passed] = {}
    clauses = _Clauses()
    for rid, at, do, before in events:
        subject = subjects.get(rid)
        if subject is None or not possible(subject.kind, before, do):
            continue
        action = subject.kind.actions[do]
        if carries(subject.kind, action):
            done.append(Done(subject, at, clauses.of_act(subject, action, before)))
        elif is_missed(subject.kind, action):
            missed[rid] = Passed(subject, at, clauses.of_act(subject, action, before), do, None, None, missed=True)
    passed = [
        Passed(
            subjects[rid],
            max(due, since),
            clauses.of_clock(subjects[rid], clock),
            clock,
            due,
            None if ended is None or ended >= span.end or rid in missed else ended,
            missed=rid in missed,
        )
        for rid, clock, due, since, ended in _each_round(late)
        if rid in subjects and clock in subjects[rid].kind.clocks
    ]
    there = {id(item.subject) for item in passed}
    passed += [item for item in missed.values() if id(item.subject) not in there]
    return Told(done, passed)


def carries(kind: Kind, action: Action) -> bool:
    """Whether somebody who takes this action carries a clause out: what a schedule may open is then only arranged."""
    if action.upon or (action.opens and SCHEDULE in kind.actions):
        return False
    return not (action.own and action.name in TENDING)


def is_missed(kind: Kind, action: Action) -> bool:
    """Whether the action says of work by schedule that nobody began it in its time."""
    return bool(action.upon) and SCHEDULE in kind.actions


def _each_round(rows: Iterable[Any]) -> Iterator[tuple[int, str, float, float, float | None]]:
    """Of each run of a clock the first due time that passed; it ended when the last did."""
    found: dict[tuple[int, str, float], list[Any]] = {}
    for rid, clock, started, due, since, ended in rows:
        found.setdefault((rid, clock, started), []).append((since, due, ended))
    for (rid, clock, _), terms in found.items():
        terms.sort(key=lambda term: term[:2])
        since, due, _ = terms[0]
        yield rid, clock, due, since, terms[-1][2]


def _imports(store: Store, span: Span) -> list[Any]:
    """What was brought in, by when it was opened elsewhere."""
    return [
        row
        for kind in store.regulations.on(store.regulations.versions[-1]).kinds
        if "import" in kind.actions
        for row in store.index.read(
            "SELECT r.rid, r.opened, e.action, e.state_before FROM record r JOIN event e ON e.rid = r.rid AND e.n = 0"
            " WHERE r.kind = ? AND r.opened >= ? AND r.opened < ? AND e.action = 'import'",
            (kind.name, span.start, span.end),
        )
    ]


def _subjects(store: Store, rids: set[int]) -> dict[int, Subject]:
    """The records by their place in the index, each with the kind that judges it."""
    read = store.index.read
    found: dict[int, Subject] = {}
    heads: list[int] = []
    kinds: dict[tuple[str, str], Kind] = {}
    rows = read(
        "SELECT rid, id, kind, path, day FROM record WHERE rid IN (SELECT value FROM json_each(?)) AND state <> ?",
        (json.dumps(sorted(rids)), VOID),
    )
    for rid, id_, name, path, day in rows:
        if (name, day) not in kinds:
            kinds[name, day] = store.kind_named(name, date(int(day[:4]), int(day[4:6]), int(day[6:])))
        kind = kinds[name, day]
        found[rid] = Subject(Number.at(id_, path), kind, _scored(store, kind, day))
        if _decides(kind) or found[rid].scored:
            heads.append(rid)
    for rid, head in read(
        "SELECT rid, head FROM record WHERE rid IN (SELECT value FROM json_each(?))", (json.dumps(heads),)
    ):
        found[rid].fields = json.loads(head)["fields"]
    return found


def _scored(store: Store, kind: Kind, day: str) -> Mapping[str, str]:
    if kind.name != "assessment":
        return {}
    scheme = store.regulations.on(date(int(day[:4]), int(day[4:6]), int(day[6:]))).scheme
    return {name: item.clause for name, item in scheme.items.items() if item.clause} if scheme else {}


def _decides(kind: Kind) -> bool:
    """Whether a field of the record decides on its clauses."""
    said = [kind.clause]
    for parts in (kind.actions, kind.approvals, kind.clocks):
        said += [part.clause for part in parts.values()]
    return any(isinstance(clause, Choose) for clause in said) or any(
        item.among == "clauses" for item in kind.fields.values()
    )


class _Clauses:
    """The clauses of acts and clocks, worked out once where no field decides."""

    def __init__(self) -> None:
        self._acts: dict[tuple[int, str, str], tuple[str, ...]] = {}
        self._clocks: dict[tuple[int, str], tuple[str, ...]] = {}

    def of_act(self, subject: Subject, action: Action, before: str) -> tuple[str, ...]:
        """What the action carries out, and what the record rests on."""
        if subject.fields:
            found = (clause_from(subject.kind, subject.fields, before, action), *subject.rests_on())
            return tuple(dict.fromkeys(clause for clause in found if clause))
        key = (id(subject.kind), action.name, before)
        if key not in self._acts:
            clause = clause_from(subject.kind, {}, before, action)
            self._acts[key] = (clause,) if clause else ()
        return self._acts[key]

    def of_clock(self, subject: Subject, name: str) -> tuple[str, ...]:
        """The clock's own clause, or those of the actions that stop it."""
        if subject.fields:
            return clock_clauses(subject.kind, subject.kind.clocks[name], subject.fields)
        key = (id(subject.kind), name)
        if key not in self._clocks:
            self._clocks[key] = clock_clauses(subject.kind, subject.kind.clocks[name], {})
        return self._clocks[key]


def clock_clauses(kind: Kind, clock: Clock, fields: Mapping[str, Value]) -> tuple[str, ...]:
    """The clause that a clock cites; else those of the actions that stop it, or that lead to the states that do."""
    own = clause_of_kind(clock.clause, kind, fields)
    if own:
        return (own,)
    acts = [kind.actions[name] for name in clock.stops if name in kind.actions]
    acts = acts or [action for action in kind.actions.values() if _leads(action) & {*clock.stops}]
    found = [clause_from(kind, fields, "", action) for action in acts if not action.own and action.by != ("system",)]
    found = [clause for clause in found if clause] or [clause_of_kind(kind.clause, kind, fields)]
    return tuple(dict.fromkeys(clause for clause in found if clause))


def clause_of_kind(clause: str | Choose | None, kind: Kind, fields: Mapping[str, Value]) -> str:
    """A clause as it is written, or as a choice of the record decides; nothing where it makes none."""
    found = chosen(clause, kind, fields) if isinstance(clause, Choose) else clause
    return str(found or "")


def _leads(action: Action) -> set[str]:
    """The states that it may lead to."""
    if isinstance(action.to, Choose):
        return {*action.to.table.values()}
    if isinstance(action.to, tuple):
        return {state for choice in action.to for state in choice.table.values()}
    return {action.to} if action.to else set()


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
