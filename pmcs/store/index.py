"""The index: what HEAD holds, in a disposable SQLite file, so that no listing reads YAML (DESIGN section 10).

Writers, one at a time, hold a lock of their own; readers hold none. A new index is made beside the old one and
renamed into its place. Where nothing can be written (a store on read-only ground) the index lives in memory.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmcs.errors import PmcsError, Unable
from pmcs.store.git import Repository
from pmcs.store.index_file import DAMAGED, LOCKED, connect, is_one, statements, trouble
from pmcs.store.index_schema import INDEXES, TABLES, VERSION
from pmcs.store.local import make_private

if TYPE_CHECKING:
    from pmcs.core.calendar import Calendar
    from pmcs.core.kind import Kind

Progress = Callable[[int, int], None]

_PATIENCE = 600.0  # seconds: somebody may be building the index of a large store
_MANY = 1000  # files from which on further processes pay
_REGULATION = r"regulation/(?P<since>\d{4}-\d\d-\d\d)/(?:kinds/(?P<kind>[^/]+)\.yaml|calendar\.yaml)"


class Index:
    """The index of one store. Queries go through `read`, after `freshen`."""

    def __init__(
        self,
        path: Path,
        repository: Repository,
        prefix: str,
        judge: Callable[[str, date], Kind],
        calendar: Callable[[date], Calendar],
        *,
        keep: bool = True,
    ) -> None:
        """Without `keep` the file is left as it is: what it lacks is worked out in memory."""
        self.path = path
        self._keep = keep
        self.repository = repository
        self.prefix = "" if prefix in ("", ".") else prefix.strip("/") + "/"
        self._judge = judge
        self._calendar = calendar
        self._connection: sqlite3.Connection | None = None
        self._inode: int | None = None
        self._memory = False

    @property
    def connection(self) -> sqlite3.Connection:
        """For SQL of one's own; made from HEAD where it was not yet."""
        if self._connection is None:
            self.freshen()
        assert self._connection is not None  # noqa: S101  freshen leaves one open
        return self._connection

    def read(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        """The rows of a query. A file that turns out to be damaged is made anew."""
        values = tuple(values)
        try:
            return self.connection.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            if not is_one(error, DAMAGED):
                raise trouble(error, self.path) from error
        self._drop()
        self.freshen()
        return self.connection.execute(sql, values).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def freshen(self, progress: Progress | None = None) -> None:
        """Make the index say what HEAD says; without git where HEAD has not moved.

        Raises Busy: another process has kept it locked for too long.
        """
        if self.is_fresh():
            return
        try:
            with self._alone(_PATIENCE):
                self._catch_up(progress)
        except sqlite3.DatabaseError as error:
            if is_one(error, LOCKED):
                raise trouble(error, self.path) from error
            # Damaged, or the disk is full: anew, if need be in memory.
            self._drop()
            try:
                with self._alone(_PATIENCE):
                    self._rebuild(self._head(), progress)
            except sqlite3.DatabaseError:
                self._to_memory()
                self._catch_up(progress)

    def is_fresh(self) -> bool:
        """Whether the index says what HEAD says now."""
        return self._indexed() == self._head()

    def record_written(
        self, head_before: str | None, head_after: str, written: Iterable[tuple[str, bytes | None]]
    ) -> None:
        """Follow one's own commit without git. Where that cannot be, nothing is done: `freshen` will."""
        with contextlib.suppress(sqlite3.Error, PmcsError), self._alone(0):
            if self._indexed() != (head_before or ""):
                return
            with self._transaction() as connection:
                writing = self._writing(connection)
                gone = []
                for count, (path, data) in enumerate(written):
                    if _matters(path, self.prefix) or count == _MANY:
                        connection.execute("ROLLBACK")
                        return
                    if data is None:
                        gone.append(path)
                        writing.remove(path)
                    else:
                        writing.put(path, self.repository.blob_oid(data), data)
                self._revive(writing, gone)
                self._finish(writing, head_after)

    def remember(self, seen: Iterable[tuple[str, int, int, int, str]]) -> None:
        """Keep path, mtime_ns, size, inode and blob of files that hold what was committed; only a saving of work."""
        with contextlib.suppress(sqlite3.Error, PmcsError), self._alone(0):
            if self._indexed() is not None:
                with self._transaction() as connection:
                    connection.executemany("INSERT OR REPLACE INTO file VALUES (?,?,?,?,?)", seen)

    # Which index there is -----------------------------------------------------------------------------------------

    def _head(self) -> str:
        return self.repository.head().oid or ""

    def _indexed(self) -> str | None:
        """The commit that the index speaks of ("" before the first one); None where there is no fit index."""
        if not self._memory:
            self._open()
        if self._connection is None:
            return None
        try:
            if self._connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                return None
            meta = dict(self._connection.execute("SELECT name, value FROM meta"))
        except sqlite3.DatabaseError as error:
            if is_one(error, LOCKED):
                raise trouble(error, self.path) from error
            return None
        return meta.get("head") if meta.get("prefix") == self.prefix else None

    def _open(self) -> None:
        """Open the file that lies there now; another process may have put a new one in its place."""
        try:
            inode = self.path.stat().st_ino
        except OSError:
            inode = None
        if inode == self._inode and self._connection is not None:
            return
        self.close()
        self._inode = inode
        if inode is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection = connect(self.path)

    def _drop(self) -> None:
        self.close()
        if self._keep and not self._memory:
            with contextlib.suppress(OSError):
                self.path.unlink()
        self._memory = False
        self._inode = None

    @contextlib.contextmanager
    def _alone(self, patience: float) -> Iterator[None]:
        """Hold the lock of the writers; where there can be none, the index moves into memory."""
        from pmcs.store.lock import store_lock

        with contextlib.ExitStack() as stack:
            if not self._keep and not self._memory:
                self._to_memory()
            if not self._memory:
                try:
                    make_private(self.path.parent)
                    stack.enter_context(store_lock(self.path.with_suffix(".lock"), "index", timeout=patience))
                except Unable:
                    self._to_memory()
                else:
                    if not os.access(self.path.parent, os.W_OK):
                        self._to_memory()
            yield

    def _to_memory(self) -> None:
        """Go on with a copy of what there is."""
        fit = self._indexed() is not None
        old = self._connection
        self._connection = connect(None)
        if old is not None:
            with contextlib.suppress(sqlite3.Error):
                if fit:
                    old.backup(self._connection)
            old.close()
        self._memory = True

    # Following HEAD -----------------------------------------------------------------------------------------------

    def _catch_up(self, progress: Progress | None) -> None:
        # Somebody else may have done it while we waited.
        head, indexed = self._head(), self._indexed()
        if indexed == head:
            return
        if indexed is None or not head or not self._follow(indexed, head, progress):
            self._rebuild(head, progress)

    def _follow(self, indexed: str, head: str, progress: Progress | None) -> bool:
        """Read again what differs between two commits; False where the old one is no more."""
        try:
            changes = dict(self.repository.diff(indexed or None, head, self.prefix.rstrip("/")))
        except PmcsError:
            return False
        with self._transaction() as connection:
            writing = self._writing(connection)
            judged = self._judged_anew(connection, changes, indexed, head)
            wanted = {path: oid for path, oid in (judged | changes).items() if writing.place(path)}
            gone = [path for path, oid in wanted.items() if oid is None]
            for path in gone:
                writing.remove(path)
            self._take(writing, {path: oid for path, oid in wanted.items() if oid}, progress)
            self._revive(writing, gone)
            self._finish(writing, head)
        return True

    def _judged_anew(
        self, connection: sqlite3.Connection, changes: dict[str, str | None], indexed: str, head: str
    ) -> dict[str, str | None]:
        """The files that a change of the regulation makes to be read again: of a kind, or open ones for a calendar."""
        named = [path for path in changes if _matters(path, self.prefix)]
        if not named:
            return {}
        folder = f"{self.prefix}regulation"
        versions = {
            path[len(folder) + 1 :].partition("/")[0]
            for commit in (indexed, head)
            if commit
            for path, _ in self.repository.tree(commit, folder)
        }
        oldest = min(versions, default="")
        found: dict[str, str | None] = {}
        for path in named:
            match = re.fullmatch(_REGULATION, path[len(self.prefix) :])
            since = match["since"] if match else oldest
            day = "" if since <= oldest else since.replace("-", "")
            if match and match["kind"]:
                kind = match["kind"]
                earlier = connection.execute("SELECT path FROM record WHERE kind = ? AND day < ?", (kind, day))
                kept = {path for (path,) in earlier}
                entries = self.repository.tree(head, self.prefix + kind)
                found.update((path, oid) for path, oid in entries if path not in kept)
            else:
                found.update(connection.execute("SELECT path, oid FROM record WHERE ended = 0 AND day >= ?", (day,)))
        return found

    def _rebuild(self, head: str, progress: Progress | None) -> None:
        if self._memory:
            self.close()
            self._connection = connect(None)
            self._fill(self._connection, head, progress)
            return
        for left in self.path.parent.glob(f"{self.path.name}.*.new*"):
            left.unlink(missing_ok=True)
        place = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        try:
            fresh = connect(place)
            try:
                # Nobody sees this file before it is whole and on disk.
                fresh.execute("PRAGMA journal_mode = OFF")
                fresh.execute("PRAGMA synchronous = OFF")
                self._fill(fresh, head, progress)
            finally:
                fresh.close()
            with place.open("rb") as file:
                os.fsync(file.fileno())
            self.close()
            # What a killed writer left beside the old file must not be taken for the new one's.
            self.path.with_name(f"{self.path.name}-journal").unlink(missing_ok=True)
            place.replace(self.path)
        except OSError as error:
            raise sqlite3.OperationalError(error.strerror) from error
        finally:
            place.unlink(missing_ok=True)
        self._open()

    def _fill(self, connection: sqlite3.Connection, head: str, progress: Progress | None) -> None:
        connection.execute("BEGIN")
        for statement in statements(TABLES):
            connection.execute(statement)
        writing = self._writing(connection, fresh=True)
        if head:
            entries = self.repository.tree(head, *([self.prefix.rstrip("/")] if self.prefix else []))
            self._take(writing, {path: oid for path, oid in entries if writing.place(path)}, progress)
        writing.flush()
        for statement in statements(INDEXES):
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES ('prefix', ?)", (self.prefix,))
        self._finish(writing, head)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")

    # Writing ------------------------------------------------------------------------------------------------------

    def _writing(self, connection: sqlite3.Connection, *, fresh: bool = False) -> Any:
        from pmcs.store.index_rows import Reading
        from pmcs.store.index_writing import Writing

        return Writing(connection, self.prefix, Reading(self._judge, self._calendar), fresh=fresh)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        assert connection is not None  # noqa: S101  only called where there is an index
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            if connection.in_transaction:
                connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def _take(self, writing: Any, wanted: dict[str, str], progress: Progress | None) -> None:
        """Read these files in one go and index them."""
        if not wanted:
            return
        files = sorted(wanted.items())
        from pmcs.store.processes import cores

        if len(files) >= _MANY and cores() > 1:
            from pmcs.store.index_workers import read_apart

            found = read_apart(self.repository, files, writing.read)
        else:
            blobs = self.repository.blobs([oid for _, oid in files])
            pairs = zip(files, blobs, strict=True)
            found = ((path, oid, writing.read(path, oid, data)) for (path, oid), (_, data) in pairs)
        for count, (path, oid, outcome) in enumerate(found, 1):
            writing.take(path, oid, outcome)
            if progress and (count % 200 == 0 or count == len(files)):
                progress(count, len(files))

    def _revive(self, writing: Any, gone: list[str]) -> None:
        """A file that a removed one kept out, since both carried one number, counts now."""
        writing.flush()
        for path in gone:
            stem = path.rpartition("/")[2].removesuffix(".yaml")
            kept = dict(writing.connection.execute("SELECT path, oid FROM broken WHERE id = ?", (stem,)))
            self._take(writing, kept, None)

    def _finish(self, writing: Any, head: str) -> None:
        writing.flush()
        writing.connection.execute("INSERT OR REPLACE INTO meta VALUES ('head', ?)", (head,))


def _matters(path: str, prefix: str) -> bool:
    """Whether records are judged by this file of the store."""
    if not path.startswith(prefix):
        return False
    rest = path[len(prefix) :]
    return rest == "pmcs.yaml" or re.fullmatch(_REGULATION, rest) is not None
