"""Where the state of one clone lives: beside git's own, never in a commit."""

from __future__ import annotations

import os
import re
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pmcs.errors import BadInput, Broken, Unable

JOURNAL = "journal.json"
_LETTERS = r"[A-Z]{1,2}"
_READABLE_AT_MOST = 40  # of up to four bytes each; a file name holds 255 bytes


class LocalState(NamedTuple):
    """The places of one store's local state; none of them exists before it is needed.

    `shared` (keys, desk, journal) is of all worktrees, `lock` is one file for the whole repository,
    `worktree` (the index) is of this worktree.
    """

    shared: Path
    lock: Path
    worktree: Path

    def read_desk(self) -> str | None:
        """The letter of this clone's desk, None where it is no desk.

        Raises Broken where the file says something else, Unable where it cannot be read.
        """
        path = self.shared / "desk"
        try:
            said = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as wrong:
            raise Unable("The desk cannot be read: {path}: {reason}.", path=path, reason=wrong.strerror) from None
        letter = said.decode("ascii", "replace").strip()
        if not re.fullmatch(_LETTERS, letter):
            raise Broken("The file {path} names no desk; name it again: pmcs desk A, with your own letter.", path=path)
        return letter

    def write_desk(self, letter: str) -> None:
        """Name this clone's desk, one or two capital letters; on disk when it returns.

        Raises BadInput for anything else, Unable where it cannot be written.
        """
        if not re.fullmatch(_LETTERS, letter):
            raise BadInput("{letter} names no desk; write one or two capital letters: B.", letter=letter)
        path = self.shared / "desk"
        make_private(self.shared)
        fresh = self.shared / f"desk.{os.getpid()}"
        try:
            with fresh.open("w", encoding="ascii") as file:
                file.write(letter + "\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
            keep_names(self.shared)
        except OSError as wrong:
            fresh.unlink(missing_ok=True)
            raise Unable("The desk cannot be written: {path}: {reason}.", path=path, reason=wrong.strerror) from None


def local_state(common_dir: Path, git_dir: Path, store_in_repo: str) -> LocalState:
    """The local state of the store at `store_in_repo`, its path in the repository ("" or "." for the top).

    `common_dir` and `git_dir` are what `git rev-parse --git-common-dir` and `--git-dir` say.
    """
    slug = _slug(PurePosixPath(store_in_repo))
    home = common_dir / "pmcs"
    return LocalState(shared=home / slug, lock=home / "lock", worktree=git_dir / "pmcs" / slug)


def journal_pending(state_dir: Path) -> bool:
    """Whether a killed process left something to `mend`."""
    return (state_dir / JOURNAL).exists()


def make_private(directory: Path) -> None:
    """Make the directory and those above it that are missing, for this user only (0700), and durable.

    Raises Unable where that is not possible.
    """
    missing: list[Path] = []
    path = directory
    try:
        while not path.is_dir():
            missing.append(path)
            path = path.parent
        for path in reversed(missing):
            path.mkdir(mode=0o700, exist_ok=True)
            keep_names(path.parent)
    except OSError as wrong:
        raise Unable("The directory {path} cannot be made: {reason}.", path=path, reason=wrong.strerror) from None


def keep_names(directory: Path) -> None:
    """Make durable what was last created, renamed or removed in the directory. Raises OSError."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _slug(path: PurePosixPath) -> str:
    if not path.parts:
        return "root"
    readable = re.sub(r"[^\w.]+", "-", str(path)).strip("-.")[-_READABLE_AT_MOST:]
    # The readable part alone may be the same for two paths (a/b and a-b).
    return f"{readable or 'store'}-{sha256(os.fsencode(path)).hexdigest()[:8]}"
