"""One pass over the history: every commit with what it says and what it changed, and no process for each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain
from typing import NamedTuple

from pmcs.errors import Broken, Unable
from pmcs.store.git import Repository
from pmcs.store.git_process import git
from pmcs.store.git_stream import Identity

_SIGNED = re.compile(rb"(?P<name>.*?) ?<(?P<email>[^>]*)> (?P<stamp>-?\d+)(?: (?P<zone>[+-]\d{4}))?\Z", re.DOTALL)
_TRAILER = re.compile(r"(?P<key>[A-Za-z][A-Za-z-]*): (?P<value>.*)")
_NONE = re.compile("0+")
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class Edge(NamedTuple):
    """A path that differs from one parent of a commit (0: the first): blobs and modes; None where there is no file."""

    path: str
    parent: int
    before: str | None
    after: str | None
    mode: str


class Commit(NamedTuple):
    """One commit as git holds it."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: Identity
    authored: datetime
    committer: Identity
    committed: datetime
    message: str
    raw: bytes
    changes: tuple[Edge, ...]

    def trailers(self) -> dict[str, list[str]]:
        """The lines `Key: value` of the message's last paragraph."""
        found: dict[str, list[str]] = {}
        last = self.message.rstrip().rpartition("\n\n")
        for line in last[2].splitlines() if last[1] else ():
            if match := _TRAILER.fullmatch(line):
                found.setdefault(match["key"], []).append(match["value"].strip())
        return found

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


def walk(repository: Repository, since: str | None = None, until: str = "HEAD", under: str = "") -> Iterator[Commit]:
    """The commits up to `until` that are not in `since`, parents first; changes under a folder of the repository.

    A merge is compared with each of its parents. Raises Unable: the clone is shallow. Broken: a commit is damaged.
    """
    if (repository.common_dir / "shallow").exists():
        raise Unable("The history of this clone is cut off; fetch it whole with git fetch --unshallow.")
    words = [until, *([f"^{since}"] if since else [])]
    listed = git(repository.root, "rev-list", "--topo-order", "--reverse", "--parents", *words, "--").stdout
    lines = [line.split() for line in listed.decode().splitlines()]
    raws = repository.blobs(line[0] for line in lines)
    diffs = repository.differences(_pairs(lines), under)
    for line, (_, raw) in zip(lines, raws, strict=True):
        parents = tuple(line[1:])
        edges = chain.from_iterable(_edges(place, next(diffs)) for place in range(max(len(parents), 1)))
        yield _commit(line[0], parents, raw, tuple(edges))


def _pairs(lines: list[list[str]]) -> Iterator[str]:
    """What git is to compare: a commit with each parent, a first one with nothing."""
    for oid, *parents in lines:
        yield from (f"{oid} {parent}" for parent in parents)
        if not parents:
            yield oid


def _edges(parent: int, found: list[tuple[str, str]]) -> Iterator[Edge]:
    for header, path in found:
        _, mode, before, after, _ = header[1:].split(" ")
        gone = _NONE.fullmatch
        yield Edge(path, parent, None if gone(before) else before, None if gone(after) else after, mode)


def _commit(oid: str, parents: tuple[str, ...], raw: bytes, changes: tuple[Edge, ...]) -> Commit:
    head, _, body = raw.partition(b"\n\n")
    fields: dict[bytes, bytes] = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        fields.setdefault(key, value)
    try:
        (author, authored), (committer, committed) = _who(fields[b"author"]), _who(fields[b"committer"])
        tree = fields[b"tree"].decode()
    except (KeyError, ValueError, OverflowError):
        raise Broken("The commit {commit} cannot be read; run git fsck.", commit=oid[:12]) from None
    text = body.decode("utf-8", "replace")
    return Commit(oid, tree, parents, author, authored, committer, committed, text, raw, changes)


def _who(line: bytes) -> tuple[Identity, datetime]:
    found = _SIGNED.match(line)
    if found is None:
        raise ValueError(line)
    zone = (found["zone"] or b"+0000").decode()
    minutes = int(zone[1:3]) * 60 + int(zone[3:5])
    offset = timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))
    when = (_FIRST + timedelta(seconds=int(found["stamp"]))).astimezone(offset)
    return Identity(found["name"].decode("utf-8", "replace"), found["email"].decode("utf-8", "replace")), when
