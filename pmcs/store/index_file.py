"""The SQLite file of the index: how it is opened, and what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from pmcs.errors import Busy, PmcsError, Unable

DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def connect(path: Path | None) -> sqlite3.Connection:
    """A connection to the file; None: to a database in memory."""
    connection = sqlite3.connect(path or ":memory:", timeout=30, isolation_level=None)
    connection.execute("PRAGMA cache_size = -32000")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def statements(script: str) -> Iterator[str]:
    """One by one: `executescript` would end the transaction."""
    statement = ""
    for line in script.strip().splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def is_one(error: sqlite3.Error, codes: frozenset[int]) -> bool:
    """Whether SQLite gave one of these codes."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in codes


def trouble(error: sqlite3.Error, path: Path) -> PmcsError:
    """What ails the index, as one of our sentences."""
    if is_one(error, LOCKED):
        return Busy("Another pmcs is writing the index; try again in a moment.")
    return Unable(
        "The index {file} cannot be read ({reason}); delete it, it will be made anew.", file=path, reason=error
    )
