"""One record's file under check: shape, flow, fold, seals and what it shares with others (5.9, 11.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pmcs.core.derive import derive
from pmcs.core.finding import ERROR, WARNING, Finding
from pmcs.core.fold import applied
from pmcs.core.kind import VOID, Field, Kind, RuleCall
from pmcs.core.private import has_private
from pmcs.core.record import Event, Record, Value, day_of, written
from pmcs.core.replay import faults
from pmcs.core.rules import RULES, View
from pmcs.core.values import stored_fault
from pmcs.core.world import SYSTEM_ACTOR, Actor, Context
from pmcs.duties.documents import KEPT
from pmcs.errors import NotFound, PmcsError, Sentence
from pmcs.store.codec import Lines
from pmcs.store.documents import MANGLED, record_path
from pmcs.store.session import Session
from pmcs.store.store import Store
from pmcs.store.vault import SealBroken

ENGINE = frozenset({"id", "kind", "state", "due"})
ALL = {"any", "makers"}
REMEMBERED = 200
"""Records that others lean on, held a while: the tasks of a ticket come one after another."""


class FileWorld(Session):
    """The world as the files say it: what is wrong with another record is that one's finding."""

    def record(self, id_: str) -> Record:
        if id_ not in self.made:
            path = self.store.queries.path(id_)
            if path is None:
                raise NotFound("There is no record {id}.", id=id_)
            record = self.store.parse(path, self.store.read(path))[1]
            if len(self.made) >= REMEMBERED:
                self.made.clear()
            self.made[id_] = self.store.kind_of(record), record
        return self.made[id_][1]


@dataclass
class Judge:
    """Whom the records are shown to, one after another; what must be alone is remembered across them."""

    store: Store
    now: datetime
    language: str
    worlds: dict[date, Session] = field(default_factory=dict)
    values: dict[tuple[str, ...], str] = field(default_factory=dict)

    def world(self, day: date) -> Session:
        """The world as it is judged for a record opened that day."""
        version = self.store.regulations.day_for(day)
        if version not in self.worlds:
            regulation = self.store.regulations.on(version)
            self.worlds[version] = FileWorld(self.store, regulation, None, self.language)
        return self.worlds[version]


def line_of(lines: Lines, *path: str | int) -> int | None:
    """The line of a path, or of the nearest thing above it that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path) if path else None


def record_findings(
    judge: Judge, kind: Kind, file: str, head: Mapping[str, Any], events: tuple[Event, ...], lines: Lines
) -> Iterator[Finding]:
    """What is wrong with one record's file; `kind` is the one by which it is judged."""
    return _Record(judge, kind, file, head, events, lines).findings()


def rule_findings(judge: Judge, kind: Kind, record: Record) -> Iterator[tuple[RuleCall, Sentence]]:
    """What the kind's `findings` say of a record as it stands."""
    context = Context(judge.now, SYSTEM_ACTOR, judge.world(record.day), "", language=judge.language)
    for call in kind.findings:
        try:
            sentence = RULES[call.name].run(View(kind, record, record.history[-1], context), **call.arguments)
        except (PmcsError, OSError, *MANGLED):
            continue  # what it leans on cannot be read or reckoned with: a finding of its own
        if sentence:
            yield call, sentence


class _Record:
    def __init__(
        self,
        judge: Judge,
        kind: Kind,
        file: str,
        head: Mapping[str, Any],
        events: tuple[Event, ...],
        lines: Lines,
    ) -> None:
        self.judge = judge
        self.store = judge.store
        self.kind = kind
        self.file = file
        self.head = head
        self.events = events
        self.lines = lines
        self.id = str(head["id"])

    def findings(self) -> Iterator[Finding]:
        opened = day_of(self.id) or self.events[0].at.date()
        right = record_path(self.kind, self.id, opened)
        if right != self.file:
            yield self._finding(
                "misplaced", Sentence("The file of {id} belongs at {path}.", id=self.id, path=right), "id"
            )
        top = [(name, value, (name,)) for name, value in self.head.items() if name not in ENGINE]
        said: set[str] = set()
        for finding in self._values(top):
            said.add(finding.field)
            yield finding
        record = Record(self.id, self.kind.name)
        before: Record | None = None
        world = self.judge.world(opened)
        for place, event in enumerate(self.events):
            yield from self._event(before, event, place, world)
            record = applied(self.kind, record, event)
            before = derive(self.kind, record)
        if before is not None:
            yield from self._fold(before, said)
            yield from self._rules(before)
            yield from self._alone(before)

    def _finding(self, code: str, sentence: Sentence, *path: str | int, severity: str = ERROR) -> Finding:
        name = str(path[0]) if path and path[0] != "history" else ""
        return Finding(code, severity, self.file, sentence, line_of(self.lines, *path) or 1, name)

    def _values(self, named: Sequence[tuple[str, Value, tuple[str | int, ...]]]) -> Iterator[Finding]:
        """Shape, seals and links of values at their paths in the file."""
        for name, value, path in named:
            item = self.kind.fields.get(name)
            if item is None:
                sentence = Sentence("{field} is no field of {kind}.", field=name, kind=self.kind.name)
                yield self._finding("unknown", sentence, *path)
                continue
            fault = stored_fault(item, value) if value != "" else None
            if fault:
                yield self._finding("value", fault, *path)
                continue
            for column, place, cell in cells(item, value):
                yield from self._sealed(column, name if column is item else f"{name}.{column.name}", cell, path)
                yield from self._linked(column, cell, (*path, place) if column is not item else path)
                yield from self._kept(column, cell, path)

    def _sealed(self, item: Field, name: str, value: Value, path: tuple[str | int, ...]) -> Iterator[Finding]:
        if not item.sealed or not isinstance(value, str) or not value:
            return
        try:
            self.store.vault.open(value, self.id, name)
        except SealBroken:
            sentence = Sentence("The private value of {field} is damaged, or was moved there.", field=name)
            yield self._finding("seal", sentence, *path)
        except PmcsError:
            pass  # without its key, or the ring, nobody can tell

    def _kept(self, item: Field, value: Value, path: tuple[str | int, ...]) -> Iterator[Finding]:
        """Files that were taken into the store are there, and are what they were."""
        for text in value if item.type == "files" and path[0] != "history" else ():
            file, _, digest = text.partition(" sha256:")
            if not file.startswith(KEPT + "/"):
                continue
            try:
                with (self.store.root / file).open("rb") as handle:
                    right = hashlib.file_digest(handle, "sha256").hexdigest() == digest
            except OSError:
                right = False
            if not right:
                sentence = Sentence("{file} is gone or is not what was taken in; bring it back with git.", file=file)
                yield self._finding("kept", sentence, *path)

    def _linked(self, item: Field, value: Value, path: tuple[str | int, ...]) -> Iterator[Finding]:
        if not item.ref:
            return
        kinds = () if ALL & {*item.ref} else item.ref
        for target in [value] if isinstance(value, str) else value:
            if target and not self.store.queries.path(target, kinds):
                sentence = Sentence("{field} names {target}, which is not there.", field=item.name, target=target)
                yield self._finding("reference", sentence, *path)

    def _event(self, before: Record | None, event: Event, place: int, world: Session) -> Iterator[Finding]:
        at = ("history", place)
        named = [
            (name, value, (*at, part, name))
            for part in ("set", "add", "row")
            for name, value in getattr(event, part).items()
        ]
        yield from self._values(named)
        for name in event.due:
            if name not in self.kind.clocks:
                sentence = Sentence("{clock} is no clock of {kind}.", clock=name, kind=self.kind.name)
                yield self._finding("unknown", sentence, *at, "set", "due")
        if has_private(event.note):
            sentence = Sentence("The note holds a phone or ID number in clear; correct the record and mask it.")
            yield self._finding("private", sentence, *at, "note")
        if any(name not in self.kind.fields for name, _, _ in named):
            return
        context = Context(
            event.entered, Actor(event.by, frozenset()), world, event.desk or "", language=self.judge.language
        )
        try:
            for sentence in faults(self.kind, before, event, context):
                yield self._finding("flow", sentence, *at)
        except NotFound as error:
            yield self._finding("flow", error.sentence, *at)
        except (PmcsError, OSError):
            pass  # a record that this one leans on cannot be read: that is a finding of its own
        except (ValueError, ArithmeticError, TypeError, LookupError, AttributeError, StopIteration):
            sentence = Sentence(
                "Entry {place} of the history holds a value that cannot be reckoned with.", place=place + 1
            )
            yield self._finding("flow", sentence, *at)
        if event.entered > self.judge.now:
            sentence = Sentence(
                "Entry {place} was made at {at}, which is still to come.", place=place + 1, at=written(event.entered)
            )
            yield self._finding("future", sentence, *at, severity=WARNING)

    def _fold(self, record: Record, said: set[str]) -> Iterator[Finding]:
        right = self.store.head(record)
        for name in dict.fromkeys([*self.head, *right]):
            if right.get(name) != self.head.get(name) and name not in said:
                yield self._finding("fold", Sentence("{field} is not what the history says.", field=name), name)

    def _rules(self, record: Record) -> Iterator[Finding]:
        for _, sentence in rule_findings(self.judge, self.kind, record):
            yield self._finding("rule", sentence, severity=WARNING)

    def _alone(self, record: Record) -> Iterator[Finding]:
        """`unique` and `one_open`: no second record, or no second open one, with the same values."""
        groups = [("unique", group) for group in self.kind.unique if record.state != VOID]
        groups += [("one_open", group) for group in self.kind.one_open if not self.kind.ends(record.state)]
        for code, group in groups:
            values = tuple(record.get(name) for name in group)
            if all(values):
                first = self.judge.values.setdefault((code, self.kind.name, *group, *values), self.id)
                if first != self.id:
                    sentence = Sentence("{first} has the same {fields}.", first=first, fields=list(group))
                    yield self._finding(code, sentence, group[-1])


def cells(item: Field, value: Value) -> Iterator[tuple[Field, int, Value]]:
    """A value with its field, or those of its rows with their columns; the number is the row's."""
    if item.rows is None:
        yield item, 0, value
        return
    for place, row in enumerate(value):
        for name, cell in row.items():
            yield item.rows[name], place, cell
