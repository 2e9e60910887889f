"""A store of which every ticket was opened in a commit of its own: what `audit verify` walks."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

from generator import PER_DAY, found
from lives import MANAGER, ROOMS

from pmcs.core.flow import advance
from pmcs.core.world import Actor, Context, Given
from pmcs.store.documents import record_path, to_bytes
from pmcs.store.git_stream import Identity, commit_stream
from pmcs.store.message import message
from pmcs.store.store import Store

GIVEN = {"category": "repair", "summary": "厨房水管漏水", "place": ROOMS[0]}


def committed(folder: Path, size: int, until: datetime) -> Store:
    """`size` tickets, one commit each, PER_DAY a day, the last of them of the day before `until`."""
    days = -(-size // PER_DAY)
    first = datetime.combine(until.date() - timedelta(days=days), time(9), until.tzinfo)
    store = found(folder, first - timedelta(days=1))
    with subprocess.Popen(
        ["git", "-C", str(folder), "fast-import", "--quiet", "--done", "--force", "--date-format=raw"],
        stdin=subprocess.PIPE,
    ) as git:
        assert git.stdin
        for part in _commits(store, size, first):
            git.stdin.write(part)
        git.stdin.write(b"done\n")
    subprocess.run(["git", "-C", str(folder), "reset", "-q", "--hard"], check=True)
    return store


def _commits(store: Store, size: int, first: datetime) -> Iterator[bytes]:
    head, who = store.repository.head(), Identity(*MANAGER)
    for place in range(size):
        day, minute = divmod(place, PER_DAY)
        now = first + timedelta(days=day, minutes=minute * 10)
        if minute == 0:
            session = store.session(now.date(), "zh_CN")
            kind = session.regulation.kind("ticket")
            actor = Actor("li.na", session.posts("li.na", now))
        steps = advance(kind, None, "new", Given(values=GIVEN), Context(now, actor, session, "A"))
        files = [(store.path(record_path(s.kind, s.after.id, now.date())), to_bytes(s.kind, s.after)) for s in steps]
        parent = head.oid if place == 0 else None
        stream = b"".join(commit_stream(head.ref or "", files, message(steps, actor), who, who, now, parent))
        yield stream.removesuffix(b"\nget-mark :1\ndone\n") + b"\n"
