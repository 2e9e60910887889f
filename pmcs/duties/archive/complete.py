"""Whether a period is fit to be packed: what is open, missing, unreadable or not committed is named, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from pmcs.duties.archive.contents import Contents
from pmcs.errors import Sentence
from pmcs.store.checkpoints import FOLDER as CHECKPOINTS
from pmcs.store.checkpoints import file_of, last_checkpoint
from pmcs.store.git_process import git
from pmcs.store.git_stream import path_text
from pmcs.store.local import journal_pending
from pmcs.store.lookups import PACKAGE
from pmcs.store.regulations import FOLDER as REGULATION
from pmcs.store.store import Store

SHOWN = 10
OWN = (REGULATION, CHECKPOINTS, "reports", "templates")


class Lack(NamedTuple):
    """One thing that keeps a package from being whole: an exception, where it is packed nevertheless."""

    code: str
    what: str
    """The record, number or file."""
    sentence: Sentence


def lacks(store: Store, packed: Contents, now: datetime) -> Iterator[Lack]:
    """What the records and the history of a period lack; the reports are looked at where they are made."""
    retention = store.regulations.on(packed.span.end.date()).retention
    # Papers lie on their shelf for years, and a package is still on its way: neither is work that waits.
    resting = {PACKAGE, *(name for name, rule in retention.kinds.items() if rule.since)}
    for item in packed.carried:
        if item.open and item.kind not in resting:
            yield Lack("open", item.id, Sentence("{id} is still open; it is carried over.", id=item.id))
    yield from _not_over(store, packed, now)
    yield from _gaps(store, packed)
    for path, reason in packed.unreadable:
        yield Lack(
            "unreadable", path, Sentence("{file} cannot be read and is left out: {reason}", file=path, reason=reason)
        )
    for path in _uncommitted(store):
        yield Lack(
            "uncommitted", path, Sentence("{file} is not as committed; only what is committed is packed.", file=path)
        )
    last = last_checkpoint(store, packed.commit)
    if last is None or last.date < packed.span.end.date():
        yield Lack(
            "checkpoint",
            file_of(last.sequence) if last else CHECKPOINTS,
            Sentence("There is no checkpoint since the end of the period; make one with pmcs audit checkpoint."),
        )


def _not_over(store: Store, packed: Contents, now: datetime) -> Iterator[Lack]:
    """Ended records on which somebody may still act for a time: to reopen a ticket within seven days (7.6)."""
    sql = (
        "SELECT r.id, max(d.due) FROM round d JOIN record r ON r.rid = d.rid"
        " WHERE d.window = 1 AND d.ended IS NULL AND d.due > ? AND r.ended = 1 GROUP BY r.id ORDER BY r.id"
    )
    ended = {entry.id for entries in packed.entries.values() for entry in entries}
    for id_, due in store.index.read(sql, (now.timestamp(),)):
        if id_ in ended:
            until = datetime.fromtimestamp(due, store.config.zone)
            said = Sentence(
                "On {id} somebody may still act until {until}, and no longer once it is archived.",
                id=id_,
                until=f"{until:%Y-%m-%d %H:%M}",
            )
            yield Lack("not_over", id_, said)


def _gaps(store: Store, packed: Contents) -> Iterator[Lack]:
    """Numbers that desks left out on days of the period."""
    sql = (
        "SELECT series, seq FROM record WHERE series IS NOT NULL AND day >= ? AND day < ?"
        " UNION SELECT series, seq FROM broken WHERE series IS NOT NULL ORDER BY 1, 2"
    )
    days = [f"{end.astimezone(store.config.zone):%Y%m%d}" for end in packed.span]
    there: dict[str, set[int]] = {}
    for series, seq in store.index.read(sql, days):
        there.setdefault(series, set()).add(seq)
    for series, places in there.items():
        if "-" not in series:  # a register's run through the years
            continue
        # A number typed by hand may be any: not all that are missing before it are gone through.
        for place in islice((place for place in range(1, max(places)) if place not in places), SHOWN):
            number = f"{series}{place:02}"
            yield Lack("gap", number, Sentence("The number {id} is missing.", id=number))
        more = max(places) - len(places) - SHOWN
        if more > 0:
            said = Sentence("{count} more numbers of {series} are missing.", count=more, series=series)
            yield Lack("gap", series, said)


def _uncommitted(store: Store) -> list[str]:
    """Files of the store that differ from the last commit; not while a command of pmcs is at it.

    What lies beside the store's folders and was never committed, such as a list to import, is nobody's record.
    """
    if journal_pending(store.local.worktree):
        return []
    words = ("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", store.prefix or ".")
    told = git(store.repository.root, *words).stdout
    there = {line[3:]: line[:2] for line in told.split(b"\0") if line}
    found = ((path_text(path), mark) for path, mark in there.items())
    own = {*OWN, *(name for day in store.regulations.versions for name in store.regulations.on(day).kind_names)}
    top = f"{store.prefix}/" if store.prefix else ""
    return sorted(path for path, mark in found if mark != b"??" or path.removeprefix(top).partition("/")[0] in own)
