"""`pmcs check`: every file against shape, fold, flow, posts, references and numbers (5.9, 11.4). It only reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pmcs.core.derive import derive
from pmcs.core.finding import ERROR, WARNING, Finding
from pmcs.core.flow import faults
from pmcs.core.fold import applied
from pmcs.core.kind import Kind
from pmcs.core.private import has_private
from pmcs.core.record import Event, Record, written
from pmcs.core.rules import FINDING, RULES, View
from pmcs.core.values import stored_fault
from pmcs.core.world import Actor, Context
from pmcs.errors import PmcsError, Sentence
from pmcs.regulation.shape import Problem
from pmcs.store.codec import Lines, decode_marked
from pmcs.store.config import FILE
from pmcs.store.documents import from_tree, record_path
from pmcs.store.regulations import FOLDER
from pmcs.store.session import Session, day_of
from pmcs.store.store import Store

NUMBER = re.compile(r"(?P<place>[A-Z]{1,3}\d{8}-|[A-Z]{1,3}?)(?P<desk>[A-Z]{1,2})(?P<seq>\d+)")


@dataclass
class _Seen:
    """What the whole check gathers across files."""

    numbers: dict[tuple[str, str, str], dict[int, str]] = field(default_factory=dict)
    values: dict[tuple[str, ...], str] = field(default_factory=dict)


def check_store(store: Store, now: datetime, language: str, paths: Sequence[Path] = ()) -> Iterator[Finding]:
    """Every finding, file by file; only in the given files or folders where some are named."""
    whole = not paths
    wanted = [path.resolve() for path in paths]

    def asked(path: Path) -> bool:
        return whole or any(path.is_relative_to(top) for top in wanted)

    for problem in store.regulations.problems():
        if asked(store.root / problem.file):
            yield _of_regulation(problem)
    known = dict(_committed(store))
    seen = _Seen()
    present = set()
    for path in record_files(store):
        inside = path.relative_to(store.repository.root).as_posix()
        present.add(inside)
        if asked(path):
            yield from _file(store, path, inside, known.get(inside), seen, now, language)
    for inside in sorted(known):
        path = store.repository.root / inside
        if not asked(path):
            continue
        if not path.exists() and _kind_name(store, path):
            yield Finding("deleted", ERROR, inside, Sentence("The file was deleted by hand; bring it back with git checkout."))
        elif path.relative_to(store.root).parts[0] in {FOLDER, FILE} and _differs(store, path, known[inside]):
            yield Finding("uncommitted", WARNING, inside, Sentence("The file was changed and not committed; commit it, or drop the change."))
    if whole:
        yield from _gaps(seen)


def record_files(store: Store) -> Iterator[Path]:
    """The files that are, or claim to be, records: in a folder named as a kind."""
    for name in store.regulations.on(datetime.max.date()).kind_names:
        folder = store.root / name
        if folder.is_dir():
            yield from sorted(path for path in folder.rglob("*.yaml") if path.is_file())


def _kind_name(store: Store, path: Path) -> str:
    parts = path.relative_to(store.root).parts
    names = store.regulations.on(datetime.max.date()).kind_names
    return parts[0] if len(parts) > 1 and parts[0] in names and path.suffix == ".yaml" else ""


def _committed(store: Store) -> Iterable[tuple[str, str]]:
    head = store.repository.head().oid
    return store.repository.tree(head, *([store.prefix] if store.prefix else [])) if head else []


def _differs(store: Store, path: Path, oid: str) -> bool:
    try:
        return store.repository.blob_oid(path.read_bytes()) != oid
    except OSError:
        return True


def _of_regulation(problem: Problem) -> Finding:
    return Finding("regulation", problem.severity, problem.file, problem.sentence, problem.line)


def _file(
    store: Store, path: Path, inside: str, committed: str | None, seen: _Seen, now: datetime, language: str
) -> Iterator[Finding]:
    try:
        data = path.read_bytes()
    except OSError as error:
        yield Finding("unreadable", ERROR, inside, Sentence("The file cannot be read ({reason}).", reason=error.strerror or ""))
        return
    if committed is None:
        yield Finding("untracked", ERROR, inside, Sentence("The file is not committed, so it did not happen; enter it with pmcs, or move it away."))
    elif store.repository.blob_oid(data) != committed:
        yield Finding("edited", ERROR, inside, Sentence("The file was changed by hand; take the change over with pmcs edit, or drop it with git checkout."))
    try:
        tree, lines = decode_marked(data, inside)
        head, events = from_tree(tree, inside)
        day = day_of(str(head["id"])) or events[0].at.date()
        kind = store.kind_named(str(head["kind"]), day)
    except PmcsError as error:
        line = error.sentence.details.get("line")
        yield Finding("broken", ERROR, inside, error.sentence, line if isinstance(line, int) else None)
        return
    yield from _Record(store, kind, inside, head, events, lines, seen, now, language).findings()


class _Record:
    """One record's file under check."""

    def __init__(
        self,
        store: Store,
        kind: Kind,
        inside: str,
        head: Mapping[str, Any],
        events: tuple[Event, ...],
        lines: Lines,
        seen: _Seen,
        now: datetime,
        language: str,
    ) -> None:
        self.store = store
        self.kind = kind
        self.inside = inside
        self.head = head
        self.events = events
        self.lines = lines
        self.seen = seen
        self.now = now
        self.language = language
        self.id = str(head["id"])

    def _finding(self, code: str, sentence: Sentence, *path: str | int, severity: str = ERROR) -> Finding:
        line = self.lines.get(tuple(path)) or self.lines.get(tuple(path[:1]))
        return Finding(code, severity, self.inside, sentence, line, str(path[0]) if path and path[0] != "history" else "")

    def findings(self) -> Iterator[Finding]:
        """Shape, then flow, then fold, then what the record shares with others."""
        opened = day_of(self.id) or self.events[0].at.date()
        if self.store.path(record_path(self.kind, self.id, opened)) != self.inside:
            yield self._finding("misplaced", Sentence("The file of {id} belongs at {path}.", id=self.id, path=record_path(self.kind, self.id, opened)), "id")
        yield from self._shape()
        record = Record(self.id, self.kind.name)
        before: Record | None = None
        session = self.store.session(opened, self.language)
        for place, event in enumerate(self.events):
            yield from self._event(before, event, place, session)
            record = applied(self.kind, record, event)
            before = derive(self.kind, record)
        if before is not None:
            yield from self._fold(before)
            yield from self._rules(before)
            yield from self._shared(before)

    def _shape(self) -> Iterator[Finding]:
        for name, value in self.head.items():
            if name in {"id", "kind", "state", "due"}:
                continue
            item = self.kind.fields.get(name)
            if item is None:
                yield self._finding("unknown", Sentence("{field} is no field of {kind}.", field=name, kind=self.kind.name), name)
                continue
            fault = stored_fault(item, value)
            if fault:
                yield self._finding("value", fault, name)

    def _event(self, before: Record | None, event: Event, place: int, session: Session) -> Iterator[Finding]:
        named = {**event.set, **event.add, **event.row}
        for name, value in named.items():
            item = self.kind.fields.get(name)
            fault = stored_fault(item, value) if item and value != "" else None
            if item is None:
                fault = Sentence("{field} is no field of {kind}.", field=name, kind=self.kind.name)
            if fault:
                yield self._finding("value", fault, "history", place)
        if has_private(event.note):
            yield self._finding("private", Sentence("The note holds a phone or ID number in clear; correct the record and mask it."), "history", place)
        if any(name not in self.kind.fields for name in named):
            return
        context = Context(event.entered, Actor(event.by, frozenset()), session, event.desk or "", language=self.language)
        try:
            for sentence in faults(self.kind, before, event, context):
                yield self._finding("flow", sentence, "history", place)
        except PmcsError as error:
            yield self._finding("flow", error.sentence, "history", place)
        except (ValueError, ArithmeticError, TypeError, KeyError, StopIteration):
            yield self._finding("flow", Sentence("Entry {place} of the history holds a value that cannot be reckoned with.", place=place + 1), "history", place)
        if event.entered > self.now:
            yield self._finding("future", Sentence("Entry {place} was made at {at}, which is still to come.", place=place + 1, at=written(event.entered)), "history", place, severity=WARNING)

    def _fold(self, record: Record) -> Iterator[Finding]:
        right = self.store.head(record)
        for name in dict.fromkeys([*right, *self.head]):
            if right.get(name) != self.head.get(name):
                yield self._finding("fold", Sentence("{field} is not what the history says.", field=name), name)

    def _rules(self, record: Record) -> Iterator[Finding]:
        for call in self.kind.findings:
            if RULES[call.name].stage == FINDING:
                sentence = RULES[call.name].run(View(self.kind, record, self.events[-1], self.now), **call.arguments)
                if sentence:
                    yield self._finding("rule", sentence, severity=WARNING)

    def _shared(self, record: Record) -> Iterator[Finding]:
        for item in self.kind.links():
            target = record.get(item.name)
            if target and not self.store.lookups.known(target):
                yield self._finding("reference", Sentence("{field} names {target}, which is not there.", field=item.name, target=target), item.name)
        for group in self.kind.unique:
            values = tuple(record.get(name) for name in group)
            if all(values) and record.state != "void":
                first = self.seen.values.setdefault((self.kind.name, *group, *values), self.id)
                if first != self.id:
                    yield self._finding("unique", Sentence("{first} has the same {fields}.", first=first, fields=list(group)), group[0])
        found = NUMBER.fullmatch(self.id) if self.kind.key is None else None
        if found:
            self.seen.numbers.setdefault((self.kind.name, found["place"], found["desk"]), {})[int(found["seq"])] = self.inside


def _gaps(seen: _Seen) -> Iterator[Finding]:
    """Numbers that a desk must have issued and that are not there."""
    for (kind, place, desk), found in sorted(seen.numbers.items()):
        for number in range(1, max(found)):
            if number not in found:
                after = found[min(item for item in found if item > number)]
                yield Finding("gap", ERROR, after, Sentence("The number {place}{desk}{number} of {kind} is missing.", place=place, desk=desk, number=f"{number:02d}", kind=kind))
