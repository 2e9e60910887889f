"""Record files into the tables of the index, inside a transaction that the caller holds."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from datetime import date
from pathlib import PurePosixPath

from pmcs.errors import NotFound, PmcsError, Sentence
from pmcs.store.index_rows import Reading, RecordRows, encoded, series
from pmcs.store.index_schema import CHILDREN, INSERTS
from pmcs.store.text_search import indexed_text

_RECORD = re.compile(
    r"(?P<kind>[^/]+)/(?:(?P<year>\d{4})/(?:(?P<month>\d\d)/(?:(?P<day>\d\d)/)?)?)?[^/]+\.yaml", re.ASCII
)
_BATCH = 300

Outcome = RecordRows | Sentence | None
"""A record's rows; why it cannot be read; or no record at all."""


def shown_path(path: str) -> str:
    """A path as SQLite can hold it: git knows names that are no UTF-8."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class Writing:
    """One pass of additions and removals. `prefix` is the store's folder with its slash, or empty."""

    def __init__(self, connection: sqlite3.Connection, prefix: str, reading: Reading, *, fresh: bool = False) -> None:
        self.connection = connection
        self.prefix = prefix
        self.reading = reading
        self.fresh = fresh
        """Nothing is there yet, so nothing has to be looked for and removed."""
        self._next: int = 1 + connection.execute("SELECT coalesce(max(rid), 0) FROM record").fetchone()[0]
        self._taken: dict[tuple[str, str], str] = {}
        self._waiting: set[str] = set()
        self._rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in INSERTS}

    def place(self, path: str) -> re.Match[str] | None:
        """Where in the store a file lies that may be a record's."""
        if not path.startswith(self.prefix):
            return None
        return _RECORD.fullmatch(path, len(self.prefix))

    def put(self, path: str, oid: str, data: bytes) -> None:
        """Take a file in, in place of what was known of it."""
        self.take(path, oid, self.read(path, oid, data))

    def read(self, path: str, oid: str, data: bytes) -> Outcome:
        """What a file is to the index; nothing is written yet."""
        found = self.place(path)
        if found is None:
            return None
        folder = found["kind"]
        try:
            return self.reading.rows(path, oid, data, folder)
        except NotFound as error:
            return error.sentence
        except PmcsError as error:
            if error is self.reading.failed:
                raise
            return error.sentence if self.reading.knows(folder, _day(found)) else None

    def take(self, path: str, oid: str, outcome: Outcome) -> None:
        """Write what `read` found, in place of what was known of the file."""
        name = shown_path(path)
        rid = None if self.fresh else self.remove(path)
        if isinstance(outcome, RecordRows):
            other = self._other(outcome, name)
            if other is None:
                self._add(self._new() if rid is None else rid, name, outcome)
                return
            outcome = Sentence("{file} carries the number of {other}; remove one of them.", file=path, other=other)
        if outcome is not None:
            found = self.place(path)
            self._broken(name, found["kind"] if found else "", oid, outcome)

    def remove(self, path: str) -> int | None:
        """Forget a file; the number that its record had."""
        name = shown_path(path)
        if name in self._waiting:
            self.flush()
        self.connection.execute("DELETE FROM broken WHERE path = ?", (name,))
        self.connection.execute("DELETE FROM file WHERE path = ?", (name,))
        found = self.connection.execute("SELECT rid FROM record WHERE path = ?", (name,)).fetchone()
        if found is None:
            return None
        for table in CHILDREN:
            self.connection.execute(f"DELETE FROM {table} WHERE rid = ?", found)  # noqa: S608  our own names
        self.connection.execute("DELETE FROM fts WHERE rowid = ?", found)
        self.connection.execute("DELETE FROM record WHERE rid = ?", found)
        rid: int = found[0]
        return rid

    def flush(self) -> None:
        """Write what is gathered."""
        if self._rows["record"]:
            for table, insert in INSERTS.items():
                self.connection.executemany(insert, self._rows[table])
                self._rows[table].clear()
            self._taken.clear()
            self._waiting.clear()

    def _new(self) -> int:
        rid = self._next
        self._next += 1
        return rid

    def _other(self, rows: RecordRows, path: str) -> str | None:
        """The file that already stands for a record of this number."""
        waiting = self._taken.get((rows.kind, rows.id))
        if waiting:
            return waiting
        found = self.connection.execute(
            "SELECT path FROM record WHERE id = ? AND kind = ?", (rows.id, rows.kind)
        ).fetchone()
        return found[0] if found and found[0] != path else None

    def _add(self, rid: int, path: str, rows: RecordRows) -> None:
        self._taken[rows.kind, rows.id] = path
        self._waiting.add(path)
        gathered = self._rows
        gathered["record"].append((rid, *rows.record))
        parts: Iterable[tuple[str, list[tuple[object, ...]]]] = zip(
            CHILDREN, (rows.fields, rows.links, rows.rounds, rows.events, rows.dates), strict=True
        )
        for table, part in parts:
            gathered[table].extend((rid, *row) for row in part)
        gathered["fts"].append((rid, indexed_text(rows.texts)))
        if len(gathered["record"]) >= _BATCH:
            self.flush()

    def _broken(self, path: str, kind: str, oid: str, reason: Sentence) -> None:
        id_ = PurePosixPath(path).stem
        self.connection.execute(
            "INSERT OR REPLACE INTO broken VALUES (?,?,?,?,?,?,?,?)",
            (path, kind, id_, *series(id_), oid, *_stored(reason)),
        )


def _stored(reason: Sentence) -> tuple[str, str]:
    return reason.template, encoded({name: _plain(value) for name, value in reason.details.items()})


def _plain(value: object) -> object:
    if isinstance(value, Sentence):
        return {"template": value.template, "details": {name: _plain(part) for name, part in value.details.items()}}
    if isinstance(value, int):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return shown_path(str(value))


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)) if found["year"] else None
    except ValueError:
        return None
