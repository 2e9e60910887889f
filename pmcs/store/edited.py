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


_TRIES = 20


def edited(index: Index, limit: int, ids: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Path and number of records whose work-tree file differs from HEAD, is missing or unreadable.

    Only what somebody did by hand: a file that another process has committed and is about to write is none of these.
    """
    wanted = [*ids]
    found = _differing(index, limit, wanted)
    if not found:
        return []
    from pmcs.store.transaction import underway

    # No lock is waited for. What was being written before the index was brought up to date is told by the journal;
    # what was committed since, by HEAD, and then it is looked at again.
    for _ in range(_TRIES):
        moving = underway(index.repository, index.path.parent)
        index.freshen()
        found = _differing(index, limit, wanted)
        if index.is_fresh():
            break
    return [
        (path, id_)
        for path, id_ in found.items()
        if path not in moving or present(index.repository, path) not in moving[path]
    ]


def _differing(index: Index, limit: int, ids: Iterable[str]) -> dict[str, str]:
    """Path and number of records whose work-tree file is not the indexed one."""
    rows = index.read(
        "SELECT r.path, r.id, r.oid, f.mtime_ns, f.size, f.inode, f.oid"
        " FROM record r LEFT JOIN file f ON f.path = r.path"
        " WHERE r.rid IN (SELECT rid FROM record WHERE ended = 0 ORDER BY opened DESC LIMIT ?)"
        " OR r.id IN (SELECT value FROM json_each(?))",
        (limit, json.dumps([*ids])),
    )
    top = os.fsencode(index.repository.root) + b"/"
    found: dict[str, str] = {}
    seen: list[tuple[str, int, int, int, str]] = []
    now = time.time_ns()
    for path, id_, oid, *then, same in rows:
        try:
            stands = os.lstat(top + path.encode())
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
    return found
