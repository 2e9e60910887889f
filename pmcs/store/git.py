"""Git by its plumbing (DESIGN section 8): one action is one `git fast-import` stream, whatever the size of the store.

Paths are relative to the root of the work tree, with `/`; a blob id or a commit id is its hexadecimal text.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping

from pmcs.errors import Busy
from pmcs.store.git_commit import Committing
from pmcs.store.git_history import History
from pmcs.store.git_process import git
from pmcs.store.git_stream import path_bytes

_INDEX_PATIENCE = 1.0


class Repository(History, Committing):
    """A repository as the store uses it: what was committed, what is being committed, and git's index."""

    def dirty(self) -> bool:
        """Whether the work tree or git's index differs from HEAD."""
        return bool(git(self.root, "status", "--porcelain", "--untracked-files=normal", allow=(0, 128)).stdout)

    def refresh_index(self, paths: Iterable[str], patience: float = _INDEX_PATIENCE) -> bool:
        """Take these files, and no others, into git's index as they lie in the work tree.

        False: another program has held the index for longer than `patience` seconds, and it was left alone.
        """
        return self._update_index(
            ["--add", "--remove", "-z", "--stdin"], b"".join(path_bytes(p) + b"\0" for p in paths), patience
        )

    def point_index(self, entries: Mapping[str, str | None], patience: float = _INDEX_PATIENCE) -> bool:
        """Like `refresh_index`, with given blobs (None: no such file), whatever lies in the work tree."""
        gone = "0" * hashlib.new(self.hash, usedforsecurity=False).digest_size * 2
        lines = (
            b"%s %s\t%s\0" % (b"100644" if oid else b"0", (oid or gone).encode(), path_bytes(path))
            for path, oid in entries.items()
        )
        return self._update_index(["-z", "--index-info"], b"".join(lines), patience)

    def _update_index(self, options: list[str], listed: bytes, patience: float) -> bool:
        deadline = time.monotonic() + patience
        while True:
            try:
                git(self.root, "update-index", *options, stdin=listed, hold=True)
            except Busy:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.05)
            else:
                return True

    def tidy(self) -> None:
        """Pack loose objects where git thinks it time, and keep the commit graph fresh; left undone where git says no.

        Off the typed path: a file's log then asks the graph instead of walking the whole history.
        """
        everything = tuple(range(256))
        git(self.root, "-c", "gc.auto=6700", "gc", "--auto", "--quiet", allow=everything)
        git(self.root, "commit-graph", "write", "--reachable", "--changed-paths", "--split", allow=everything)
