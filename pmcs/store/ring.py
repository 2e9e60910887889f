"""The key ring's file: SQLite, made whole, opened on use, every write durable before it returns."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pmcs.errors import Broken, Busy, Unable
from pmcs.store.local import keep_names, make_private

if TYPE_CHECKING:
    import sqlite3

SECRET = 32
"""Bytes of a key."""

_WAIT = 10.0  # seconds; a bulk import holds the ring for one or two
_RING = 0x706D6373  # SQLite's application_id: "pmcs"
_MACHINE = frozenset({"PERM", "READONLY", "IOERR", "FULL", "CANTOPEN", "AUTH", "NOMEM"})
_TABLES = (
    f"PRAGMA application_id = {_RING}",
    "PRAGMA user_version = 1",
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
    "CREATE TABLE key (id TEXT PRIMARY KEY, secret BLOB NOT NULL)",
    "CREATE TABLE erased (id TEXT PRIMARY KEY, at TEXT) WITHOUT ROWID",
    """CREATE TABLE lookup (digest BLOB, kind TEXT, field TEXT, record TEXT,
       PRIMARY KEY (digest, kind, field, record)) WITHOUT ROWID""",
    "CREATE INDEX lookup_record ON lookup (record)",
)


class Ring:
    """The SQLite file: made whole, opened on use, its errors in pmcs's words."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: sqlite3.Connection | None = None
        self._together = False

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        if self._open is not None:
            self._open.close()
            self._open = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """The ring, or None where this machine has none."""
        with self._explaining():
            yield self._connected() if self._exists() else None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The ring, made where there is none, in a transaction of this process alone; on disk after the block."""
        with self._explaining():
            if not self._exists():
                self._create()
            ring = self._connected()
            if not ring.in_transaction:
                ring.execute("BEGIN IMMEDIATE")
            try:
                yield ring
                if not self._together:
                    ring.execute("COMMIT")
            finally:
                if ring.in_transaction and not self._together:
                    ring.execute("ROLLBACK")

    @contextmanager
    def together(self) -> Iterator[Callable[[], None]]:
        """Many writings in one transaction, which the first of them begins; undone unless it is kept."""
        self._together = True
        try:
            yield self._keep
        finally:
            self._together = False
            if self._open is not None and self._open.in_transaction:
                with self._explaining():
                    self._open.execute("ROLLBACK")

    def _keep(self) -> None:
        self._together = False
        if self._open is not None and self._open.in_transaction:
            with self._explaining():
                self._open.execute("COMMIT")

    def rewrite(self) -> None:
        """Write the file anew: SQLite overwrites what is deleted, but not what it moved aside in a page before."""
        with self._explaining():
            self._connected().execute("VACUUM")

    def others_read(self) -> bool:
        """Whether others on this machine may read the file."""
        with self._explaining():
            return self._exists() and bool(self.path.stat().st_mode & 0o077)

    def sound(self, secret: object) -> bytes:
        """The secret, if it is one."""
        if isinstance(secret, bytes) and len(secret) == SECRET:
            return secret
        raise self._broken()

    def _exists(self) -> bool:
        return self._open is not None or self.path.exists()

    def _connected(self) -> sqlite3.Connection:
        if self._open is None:
            with ExitStack() as undo:
                ring = undo.enter_context(closing(_connect(self.path)))
                version = [ring.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
                if version != [_RING, 1]:
                    raise self._broken()
                undo.pop_all()
            self._open = ring
        return self._open

    def _create(self) -> None:
        """Put a whole ring in place at once, so that an empty file is always a damaged one."""
        import fcntl

        make_private(self.path.parent)
        fresh = self.path.with_name(self.path.name + ".new")
        directory = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)
            if self.path.exists():
                return
            for leftover in (fresh, fresh.with_name(fresh.name + "-journal")):
                leftover.unlink(missing_ok=True)
            os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with closing(_connect(fresh)) as ring:
                ring.execute("BEGIN IMMEDIATE")
                for table in _TABLES:
                    ring.execute(table)
                ring.execute("INSERT INTO meta VALUES ('secret', ?)", (os.urandom(SECRET),))
                ring.execute("COMMIT")
            fresh.rename(self.path)
            keep_names(self.path.parent)
        finally:
            os.close(directory)

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        import sqlite3

        try:
            yield
        except OSError as wrong:
            raise self._unable(wrong.strerror) from None
        except sqlite3.Error as wrong:
            # The names of the codes, less what they add: SQLITE_IOERR_WRITE is an SQLITE_IOERR.
            code = "_".join(getattr(wrong, "sqlite_errorname", "").split("_")[:2])
            if code in {"SQLITE_BUSY", "SQLITE_LOCKED"}:
                raise Busy("Another process holds the key ring {path}; try again.", path=self.path) from None
            if code.removeprefix("SQLITE_") in _MACHINE:
                raise self._unable(wrong) from None
            raise self._broken() from None

    def _unable(self, reason: object) -> Unable:
        return Unable(
            "The key ring {path} cannot be used: {reason}; see to the disk and its permissions.",
            path=self.path,
            reason=reason,
        )

    def _broken(self) -> Broken:
        return Broken(
            "The key ring {path} is damaged or is of another version of pmcs; restore it from its backup.",
            path=self.path,
        )


def _connect(path: Path) -> sqlite3.Connection:
    import sqlite3

    # mode=rw: a file that is missing stays missing.
    ring = sqlite3.connect(path.absolute().as_uri() + "?mode=rw", uri=True, timeout=_WAIT, isolation_level=None)
    with ExitStack() as undo:
        undo.callback(ring.close)
        # EXTRA and not FULL: under FULL a journal that power loss brings back undoes what was committed.
        for setting in ("journal_mode = DELETE", "synchronous = EXTRA", "secure_delete = ON"):
            ring.execute(f"PRAGMA {setting}").fetchone()
        undo.pop_all()
    return ring


def left_over(ring: sqlite3.Connection, records: Sequence[str]) -> list[str]:
    """Of erased records those that the ring does not know as such, or of which it has something left or back."""
    rows = ring.execute(
        """SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM erased WHERE id = value)
           OR EXISTS (SELECT 1 FROM key WHERE id = value) OR EXISTS (SELECT 1 FROM lookup WHERE record = value)""",
        (json.dumps([*records]),),
    )
    return [record for (record,) in rows]


def destroy(ring: sqlite3.Connection, record: str, at: str | None) -> bool:
    """Destroy a record's key and look-ups; whether there was anything to destroy."""
    gone = ring.execute("DELETE FROM key WHERE id = ?", (record,)).rowcount
    gone += ring.execute("DELETE FROM lookup WHERE record = ?", (record,)).rowcount
    ring.execute(
        "INSERT INTO erased VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET at = coalesce(at, excluded.at)", (record, at)
    )
    return gone > 0
