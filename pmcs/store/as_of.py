"""The store as it stood in a commit: records, regulation and settings from git alone, never from the work tree."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from pmcs.errors import BadInput, Broken, Sentence
from pmcs.store.config import FILE
from pmcs.store.git import Repository
from pmcs.store.git_place import Head
from pmcs.store.git_process import git, start
from pmcs.store.git_stream import check_path, leads_elsewhere
from pmcs.store.local import make_private
from pmcs.store.queries import Queries
from pmcs.store.regulations import FOLDER
from pmcs.store.store import Store

if TYPE_CHECKING:
    from pmcs.store.vault import Vault

KEPT = 4
"""Commits whose index and regulation are kept for the next look."""
READ_FROM = (FILE, f"{FOLDER}/", "templates/")


class _Then(Repository):
    """The repository with HEAD where it was then."""

    def __init__(self, root: Path, git_dir: Path, commit: str) -> None:
        super().__init__(root, git_dir)
        self.at = commit

    def head(self) -> Head:
        return Head(None, self.at)


class _Queries(Queries):
    """What the index knew; nobody has edited anything in a commit."""

    def edited(self, limit: int = 2000, ids: Iterable[str] = ()) -> list[tuple[str, str]]:  # noqa: ARG002
        return []


class StoreAsOf(Store):
    """One commit of a store, to be read from as a store; whatever would write is refused."""

    def __init__(self, store: Store, commit: str) -> None:
        super().__init__(store.root, keep=store.keep)
        self.present = store
        self.commit_oid = commit
        self.repository = _Then(store.repository.root, store.repository.git_dir, commit)
        self._place = store.local.worktree / "as-of" / commit
        self._reading: Any = None

    @cached_property
    def vault(self) -> Vault:
        """The key ring of today: what was destroyed since is gone from the past, too."""
        return self.present.vault

    @cached_property
    def given(self) -> Path:
        """The regulation, settings and templates of that commit, laid out for reading."""
        make_private(self._place)
        _forget(self._place.parent, self._place)
        inside = f"{self.prefix}/" if self.prefix else ""
        listed = dict(self.repository.tree(self.commit_oid, *self._wanted()))
        return lay_out(self.repository, listed, self._place) / inside

    def _wanted(self) -> list[str]:
        beside = [f"{PurePosixPath(self.prefix).parent / 'templates'}"] if self.prefix else []
        return [*(self.path(name.rstrip("/")) for name in READ_FROM), *beside]

    def _index_file(self) -> Path:
        """That of an index of its own, begun as a copy of the present one."""
        path, present = self._place / "index.sqlite", super()._index_file()
        _ = self.given  # which makes the place
        if not path.exists() and present.exists():
            _copy(present, path)
        return path

    @cached_property
    def queries(self) -> Queries:
        """What the index of that commit knows."""
        return _Queries(self.index)

    def mend(self) -> list[Sentence]:
        """There is nothing to mend in a commit."""
        return []

    def read(self, path: str) -> bytes:
        """A record's file as that commit holds it. Raises Broken."""
        lost = Broken("{file} is not in the commit {commit}.", file=repr(path), commit=self.commit_oid[:12])
        if self._reading is None:
            asked = git(self.repository.root, "cat-file", "blob", f"{self.commit_oid}:{path}", allow=(0, 128))
            if asked.returncode:
                raise lost
            return asked.stdout
        if "\n" in path:
            raise lost
        self._reading.stdin.write(os.fsencode(f"{self.commit_oid}:{path}") + b"\n")
        self._reading.stdin.flush()
        words = self._reading.stdout.readline().split()
        if len(words) != 3 or words[1] != b"blob":
            raise lost
        data: bytes = self._reading.stdout.read(int(words[2]) + 1)[:-1]
        return data

    def read_on(self) -> None:
        """Read through one git from now on, until `close`."""
        self._reading = start(self.repository.root, "cat-file", "--batch", fed=True)

    def close(self) -> None:
        """End what reads from git."""
        if self._reading is not None:
            self._reading.communicate()
        self._reading = None

    @contextlib.contextmanager
    def writing(self, doing: str) -> Iterator[None]:  # noqa: ARG002
        """Raises BadInput: the past is not written."""
        raise reads_only()
        yield


def reads_only() -> BadInput:
    """What is said to whoever would write into the past."""
    return BadInput("With --as-of the store is only read; leave it out to act.")


def commit_meant(store: Store, text: str) -> tuple[str, datetime]:
    """The commit that a revision, or the last one of a day, means, and 'now' as of it.

    Raises BadInput: there is none, it is no commit of this history, or there was no store then.
    """
    repository, zone = store.repository, store.config.zone
    head = repository.head().oid
    if head is None:
        raise BadInput("There is no commit yet.")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        try:
            day = date.fromisoformat(text)
            end = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone) - timedelta(seconds=1)
        except (ValueError, OverflowError):
            raise BadInput("{text} is no day; write one such as 2026-11-23.", text=text) from None
        oid, now = _last_until(repository, head, end), end
        if not oid:
            raise BadInput("There is no commit of {day} or before; the store is younger.", day=text)
    else:
        asked = git(
            *(repository.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{text}^{{commit}}"),
            allow=(0, 1, 128),
        )
        oid = asked.stdout.decode().strip()
        if not oid:
            raise BadInput("There is no commit {text}; give a revision as git names it, or a day.", text=text[:60])
        if not repository.contains(head, oid):
            raise BadInput("The commit {commit} is not in the history of this branch.", commit=oid[:12])
        now = datetime.fromtimestamp(repository.stamp(oid), zone)
    if not dict(repository.tree(oid, store.path(FILE))):
        raise BadInput("There was no store yet in the commit {commit}.", commit=oid[:12])
    return oid, now


def _last_until(repository: Repository, head: str, end: datetime) -> str:
    """The last commit up to a moment; empty where there is none. git knows no time before 1970."""
    seconds = int((end - datetime.fromtimestamp(0, UTC)).total_seconds())
    if seconds < 0:
        return ""
    return git(repository.root, "rev-list", "-1", f"--until=@{seconds} +0000", head, "--").stdout.decode().strip()


def lay_out(repository: Repository, files: Mapping[str, str], place: Path) -> Path:
    """Blobs written as files under a folder named by what they are; returns it. What leads elsewhere is left out."""
    files = {path: oid for path, oid in files.items() if not leads_elsewhere(path)}
    digest = sha256(repr(sorted(files.items())).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    target = place / digest
    if target.is_dir():
        return target
    fresh = place / f"{digest}.{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    write_out(repository, files, fresh)
    try:
        fresh.rename(target)
    except OSError:  # another process was there first
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def write_out(repository: Repository, files: Mapping[str, str], folder: Path) -> None:
    """Write blobs as files into a folder, by no filter that somebody's settings name.

    Raises BadInput: a path leads out of it.
    """
    for path in files:
        check_path(path)
    for (path, _), (_, data) in zip(files.items(), repository.blobs(files.values()), strict=True):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def _copy(present: Path, path: Path) -> None:
    import sqlite3

    fresh = path.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(sqlite3.Error, OSError):
        with (
            contextlib.closing(sqlite3.connect(f"file:{present}?mode=ro", uri=True)) as source,
            contextlib.closing(sqlite3.connect(fresh)) as target,
        ):
            source.backup(target)
        fresh.replace(path)
    fresh.unlink(missing_ok=True)


def _forget(top: Path, but: Path) -> None:
    """Drop the commits that were looked at longest ago."""
    os.utime(but)
    others = sorted((path for path in top.iterdir() if path != but), key=lambda path: path.stat().st_mtime)
    for old in others[: max(len(others) + 1 - KEPT, 0)]:
        shutil.rmtree(old, ignore_errors=True)
