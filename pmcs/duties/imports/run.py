"""Importing a table: every row through the flow, all or nothing, in one commit (5.9; DESIGN section 8)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO

from pmcs.core.flow import advance
from pmcs.core.kind import Kind
from pmcs.core.step import Step
from pmcs.core.world import Context, Given
from pmcs.duties.acting import Acting
from pmcs.duties.imports.mapping import Map, parse_map
from pmcs.duties.imports.rows import Row, read_rows
from pmcs.errors import BadInput, PmcsError, Sentence
from pmcs.store.documents import record_path, to_bytes
from pmcs.store.message import message
from pmcs.store.session import Session, day_of
from pmcs.store.store import Store

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class BadRow:
    """Why a row cannot be taken."""

    row: int
    column: str
    sentence: Sentence


@dataclass(slots=True)
class Imported:
    """What an import did, or would do."""

    read: int = 0
    added: int = 0
    already: int = 0
    """Rows that an earlier run, or an earlier row, brought (source and key)."""
    bad: list[BadRow] = field(default_factory=list)
    unknown: dict[str, list[str]] = field(default_factory=dict)
    """Values of open lists that the regulation does not know, by field: kept as they are."""


class Spool:
    """The files of an import, written once and read as often as git asks; never all in memory."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed by `close`
        self._places: list[tuple[str, int, int]] = []

    def add(self, path: str, data: bytes) -> None:
        """One more file."""
        self._places.append((path, self._file.tell(), len(data)))
        self._file.write(data)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        for path, place, length in self._places:
            self._file.seek(place)
            yield path, self._file.read(length)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def read_map(path: Path) -> Map:
    """A map file. Raises BadInput or Broken naming it."""
    from pmcs.store.codec import decode  # noqa: PLC0415

    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput("The file {file} cannot be read ({reason}).", file=path, reason=error.strerror) from error
    return parse_map(decode(data, path.name))


def run_import(
    store: Store, kind_name: str, file: Path, plan: Map, acting: Acting, *, dry_run: bool = False, progress: Progress | None = None
) -> Imported:
    """Import the rows of a file, or find what is wrong with them; nothing is written unless every row is good.

    Raises BadInput for the file or the map as a whole.
    """
    if plan.kind != kind_name:
        raise BadInput("The map is for {other}, not for {kind}; use pmcs {other} import.", other=plan.kind, kind=kind_name)
    result = Imported()
    with store.writing(f"{kind_name} import"):
        spool = Spool(store.local.worktree)
        try:
            run = _Run(store, kind_name, plan, acting, result, spool)
            run.rows(file, progress)
            if spool and not result.bad and not dry_run:
                subject = f"{kind_name}: import {result.added}"
                text = message(run.sample, acting.actor, subject)
                store.save(spool, text, acting.author, acting.committer, run.now, {})
        finally:
            spool.close()
    return result


class _Run:
    def __init__(self, store: Store, kind_name: str, plan: Map, acting: Acting, result: Imported, spool: Spool) -> None:
        self.store = store
        self.kind_name = kind_name
        self.plan = plan
        self.acting = acting
        self.result = result
        self.spool = spool
        self.now = acting.clock()
        self.sample: list[Step] = []
        self._sessions: dict[date, Session] = {}
        self._keys: set[str] = set()

    def _session(self, day: date) -> Session:
        version = self.store.regulations.day_for(day)
        if version not in self._sessions:
            self._sessions[version] = self.store.session(version, self.acting.language)
        return self._sessions[version]

    def rows(self, file: Path, progress: Progress | None) -> None:
        """Every row into the spool, or into the list of bad ones."""
        kind = self._session(self.now.date()).regulation.kind(self.kind_name)
        action = "import" if "import" in kind.actions else "add"
        if action not in kind.actions:
            raise BadInput("{kind} is not imported: it has neither the action import nor add.", kind=self.kind_name)
        table = read_rows(file)
        fitted = self.plan.fit(table.header, {name: item.type for name, item in kind.fields.items()})
        columns = {name: source.column for name, source in fitted.fields.items()}
        for row in table.rows:
            self.result.read += 1
            if progress:
                progress(self.result.read)
            self._row(row, fitted, action, columns)

    def _row(self, row: Row, fitted: Map, action: str, columns: dict[str, str]) -> None:
        bad = self.result.bad
        if row.error:
            bad.append(BadRow(row.number, "", row.error))
            return
        values, errors = fitted.values(row, self.store.config.zone)
        if errors:
            bad.extend(BadRow(row.number, error.column, error.sentence) for error in errors)
            return
        opened = values.get("opened", "")
        day = datetime.fromisoformat(opened).date() if opened else self.now.date()
        session = self._session(day)
        kind = session.regulation.kind(self.kind_name)
        if self._there(kind, values, session):
            self.result.already += 1
            return
        context = Context(
            self.now, self.acting.actor, session, session.desk or "", mask=self.acting.mask, language=self.acting.language
        )
        try:
            steps = advance(kind, None, action, Given(values=_fitting(kind, values)), context)
        except PmcsError as error:
            named = next((columns[name] for name in columns if error.sentence.details.get("field") == name), "")
            bad.append(BadRow(row.number, named, error.sentence))
            return
        self.result.added += 1
        self._note_unknown(kind, steps[0], session)
        if not bad:
            self._keep(steps, session)

    def _there(self, kind: Kind, values: dict[str, str], session: Session) -> bool:
        if self.plan.source is None:
            return bool(kind.key) and session.twin(kind, {kind.key or "": values.get(kind.key or "", "")}, open_only=False) is not None
        key = values["origin_key"]
        if key in self._keys:
            return True
        self._keys.add(key)
        found = session.twin(kind, {"origin": values["origin"], "origin_key": key}, open_only=False)
        return found is not None

    def _keep(self, steps: list[Step], session: Session) -> None:
        for step in steps:
            day = day_of(step.after.id) or step.after.opened.date()
            path = self.store.path(record_path(step.kind, step.after.id, day))
            self.spool.add(path, to_bytes(step.kind, step.after))
            if step.kind.key:
                session.with_new(step.kind, step.after)
        if len(self.sample) < 1:
            self.sample = steps[:1]

    def _note_unknown(self, kind: Kind, step: Step, session: Session) -> None:
        for name, value in step.after.fields.items():
            item = kind.fields[name]
            if item.open and item.among and value not in session.regulation.names(item.among):
                known = self.result.unknown.setdefault(name, [])
                if value not in known:
                    known.append(value)


def _fitting(kind: Kind, values: dict[str, str]) -> dict[str, str]:
    """Line breaks of a cell have no place in a field of one line."""
    return {
        name: " ".join(text.split()) if kind.fields[name].type == "line" and "\n" in text else text
        for name, text in values.items()
        if text != ""
    }
