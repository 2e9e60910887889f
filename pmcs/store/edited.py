"""Hand edits that can be noticed cheaply: files whose stat changed are read and compared with what was committed."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterable

from pmcs.errors import Unable
from pmcs.store.index import Index
from pmcs.store.worktree import present

_SETTLED = 50_000_000  # ns: a file changed this lately may change again without its stat telling


def edited(index: Index, limit: int, ids: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Path and number of records whose work-tree file differs from the indexed commit, is missing or unreadable."""
    rows = index.read(
        "SELECT r.path, r.id, r.oid, f.mtime_ns, f.size, f.inode, f.oid"
        " FROM record r LEFT JOIN file f ON f.path = r.path"
        " WHERE r.rid IN (SELECT rid FROM record WHERE ended = 0 ORDER BY opened DESC LIMIT ?)"
        " OR r.id IN (SELECT value FROM json_each(?))",
        (limit, json.dumps([*ids])),
    )
    root = os.fsencode(index.repository.root)
    found: dict[str, str] = {}
    seen: list[tuple[str, int, int, int, str]] = []
    now = time.time_ns()
    for path, id_, oid, *then, same in rows:
        try:
            stands = os.lstat(os.path.join(root, path.encode()))  # noqa: PTH118  names are bytes here
        except OSError:
            found[path] = id_
            continue
        marks = (stands.st_mtime_ns, stands.st_size, stands.st_ino)
        if marks == tuple(then) and same == oid and stat.S_ISREG(stands.st_mode):
            continue
        try:
            holds = present(index.repository, path)
        except Unable:
            holds = None
        if holds != oid:
            found[path] = id_
        elif now - max(stands.st_mtime_ns, stands.st_ctime_ns) > _SETTLED:
            seen.append((path, *marks, oid))
    if seen:
        index.remember(seen)
    return list(found.items())
