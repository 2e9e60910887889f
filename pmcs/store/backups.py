"""Copies of the key ring, and which of them this machine has made: an erased key lives on in an older copy."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pmcs.errors import BadInput, NotFound, PmcsError, Unable
from pmcs.store.git import Repository
from pmcs.store.local import LocalState, make_private
from pmcs.store.ring import left_over

KNOWN = "backups"


class Backup(NamedTuple):
    """A copy that was made here."""

    path: Path
    made: str
    """ISO time."""

    def whole(self, ring: Path) -> bool:
        """Whether nothing has come into the ring since; by the machine's clock, as both files have it."""
        return self.path.stat().st_mtime >= ring.stat().st_mtime


def back_up(local: LocalState, ring: Path, to: Path, repository: Repository, when: datetime) -> None:
    """Copy the ring to a new file, readable by its owner alone, and remember it.

    Raises NotFound: there is no ring. BadInput: the file is there, or lies in the repository. Unable.
    """
    if not ring.exists():
        raise NotFound("There is no key ring yet; it is made with the first private value.")
    if to.exists():
        raise BadInput("{file} is there already; name a new file.", file=to)
    if _inside(repository, to.resolve()):
        raise BadInput("{file} lies in the repository, where keys must never be; name a place outside.", file=to)
    try:
        os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            # Before there is anything in it: no copy that holds keys is unknown to `doctor`.
            _remember(local, to.resolve(), when)
            with closing(_reading(ring)) as source, closing(sqlite3.connect(to)) as copy:
                source.backup(copy)
        except BaseException:
            to.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Unable("{file} cannot be written ({reason}).", file=to, reason=error.strerror) from None
    except sqlite3.Error as error:
        raise Unable("{file} cannot be written ({reason}).", file=to, reason=error) from None


def _inside(repository: Repository, path: Path) -> bool:
    """Whether a place is in the repository: in this work tree, in another of its, or in git's own folder."""
    there = None
    with suppress(PmcsError):  # a repository that cannot be used is another one
        there = Repository.discover(path.parent)
    own = (repository.root, repository.common_dir.resolve())
    return any(map(path.is_relative_to, own)) or (
        there is not None and there.common_dir.resolve() == repository.common_dir.resolve()
    )


def _remember(local: LocalState, path: Path, when: datetime) -> None:
    make_private(local.shared)
    with (local.shared / KNOWN).open("a", encoding="utf-8", errors="surrogateescape") as file:
        file.write(f"{when.replace(microsecond=0).isoformat()} {path}\n")
        file.flush()
        os.fsync(file.fileno())


def known(local: LocalState) -> list[Backup]:
    """The copies made here that are still where they were put, the oldest first."""
    lines: list[str] = []
    with suppress(OSError):
        lines = (local.shared / KNOWN).read_text("utf-8", "surrogateescape").splitlines()
    found = [Backup(Path(path), made) for made, _, path in (line.partition(" ") for line in lines)]
    return [item for item in found if item.path.is_file()]


def still_holds(backup: Backup, erased: Sequence[str]) -> int:
    """How many keys, of records whose private values were destroyed, a copy still has; 0 where it cannot be read."""
    with suppress(sqlite3.Error, OSError), closing(_reading(backup.path)) as copy:
        return len(left_over(copy, erased)) if erased else 0
    return 0


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
