"""A set of files and the commit that says so, as one step that a power cut cannot halve (DESIGN 8 and 9.1 to 9.3).

The commit is the moment of truth. A journal, durable before it, lets the next command finish what a killed process
left: the files of the work tree and git's index. The caller holds the store's lock throughout. The journal stays as
long as git's index is not true, since a stale index would undo the action in the user's next `git commit`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath

from pmcs.errors import PmcsError, Refused, Sentence, Unable
from pmcs.store.git import Repository
from pmcs.store.git_place import Head
from pmcs.store.git_process import moved
from pmcs.store.git_stream import Change, Identity, check_path
from pmcs.store.journal import Journal, Step, clear_locks, drop_journal, read_journal, write_journal
from pmcs.store.local import journal_pending
from pmcs.store.worktree import check_folder, present, remove_temporaries, write_files

__all__ = ["apply", "journal_pending", "mend"]

_MANY = 200
_SPARE = 1 << 20


def apply(
    repository: Repository,
    state_dir: Path,
    changes: Iterable[Change],
    message: str,
    author: Identity,
    committer: Identity,
    when: datetime,
    *,
    before: Mapping[str, str | None] | None = None,
    head: Head | None = None,
    key: str | None = None,
) -> str:
    """Commit `changes`, write them into the work tree, and return the commit's id.

    `changes` is read several times, alike each time, and never held. `before` says which blob the caller saw in each
    file of the work tree (absent or None: no file); `head`, where HEAD stood then; `key`, what git signs with.
    `state_dir` is this work tree's own.
    Raises Refused: a file holds something else, a hand edit. Busy: HEAD moved or is not fit, or git is locked.
    Unable: no permission or no room. After any of these nothing was saved, unless the sentence says that it was.
    """
    if iter(changes) is changes:
        raise TypeError("changes must be readable more than once")
    mend(repository, state_dir)
    left = read_journal(state_dir)
    behind = left.behind if left else ()
    start = repository.ready()
    if head is not None and head != start:
        raise moved()
    steps = _checked(repository, changes, before or {})
    write_journal(state_dir, start, steps, behind)
    try:
        oid = repository.commit(changes, message, author, committer, when, start.oid, key)
    except Exception:
        # Only a HEAD that did not move proves that nothing happened; else `mend` finds out.
        with contextlib.suppress(OSError, PmcsError):
            if repository.head() == start:
                _settle(state_dir, start, behind)
        raise
    try:
        write_files(repository.root, changes, durable=steps is not None)
    except OSError as error:
        raise _unwritten(oid, error) from error
    # The action has happened: what ails the index is left to `mend`, which says so.
    with contextlib.suppress(PmcsError):
        if behind:
            mend(repository, state_dir)
        elif repository.refresh_index(path for path, _ in changes):
            drop_journal(state_dir)
    return oid


def mend(repository: Repository, state_dir: Path) -> list[Sentence]:
    """Finish or clear away what a killed process left, and say what was done.

    Raises Unable: the files of a saved action cannot be written.
    """
    if not journal_pending(state_dir):
        return []
    journal = read_journal(state_dir)
    if journal is None:
        # The journal is whole before anything else begins.
        drop_journal(state_dir)
        return []
    began, behind = journal.head, set(journal.behind)
    clear_locks(repository, state_dir, journal)
    repository.drop_scratch()
    head = repository.head()
    said = []
    if head.oid is not None and head.oid != began and (began is None or repository.contains(head.oid, began)):
        late = [step for step in _steps(repository, journal, head.oid) if step.after != step.before]
        behind |= {step.path for step in late}
        late = [step for step in late if present(repository, step.path) == step.before]
        try:
            remove_temporaries(repository.root, behind)
            write_files(repository.root, _Saved(repository, late), durable=journal.steps is not None)
        except OSError as error:
            raise _unwritten(head.oid, error) from error
        if late:
            said.append(
                Sentence("An interrupted action was saved, and is complete now ({count} files).", count=len(late))
            )
    elif head.oid == began and journal.steps != ():
        said.append(Sentence("An action that was interrupted before it was saved has left nothing behind."))
    if _index_follows(repository, head, behind):
        behind.clear()
    else:
        said.append(
            Sentence(
                "git's index in {folder} lags behind, since another git program holds it; do not run `git commit`"
                " before the next pmcs command has set it right.",
                folder=repository.git_dir,
            )
        )
    _settle(state_dir, head, sorted(behind))
    return said


def underway(repository: Repository, state_dir: Path) -> dict[str, set[str | None]]:
    """The files that another process is at this moment about to write, and the blobs (None: no file) before and after.

    Raises Unable: the journal cannot be read.
    """
    journal = read_journal(state_dir)
    if journal is None:
        return {}
    steps = journal.steps
    if steps is None:
        head = repository.head().oid
        steps = tuple(Step(*change) for change in repository.changed(journal.head, head)) if head else ()
    return {step.path: {step.before, step.after} for step in steps}


def _settle(state_dir: Path, head: Head, behind: Sequence[str]) -> None:
    """Leave in the journal only what git's index still lacks."""
    if behind:
        write_journal(state_dir, head, (), behind)
    else:
        drop_journal(state_dir)


def _checked(repository: Repository, changes: Iterable[Change], before: Mapping[str, str | None]) -> list[Step] | None:
    """What is to be done, each file found as the caller saw it; None where it is too much to list."""
    steps: list[Step] | None = []
    folders: set[bytes] = set()
    size = 0
    for path, data in changes:
        check_path(path)
        check_folder(repository.root, path, folders)
        seen = before.get(path)
        found = present(repository, path)
        if found != seen:
            raise _in_the_way(path, seen, found)
        size += len(data or b"")
        if steps is not None:
            steps.append(Step(path, seen, None if data is None else repository.blob_oid(data)))
            if len(steps) > _MANY:
                steps = None
    for folder in (repository.root, repository.common_dir):
        room = os.statvfs(folder)
        if room.f_bavail * room.f_frsize < 2 * size + _SPARE:
            raise Unable("The disk that holds {folder} is full; make room and try again.", folder=folder)
    return steps


def _in_the_way(path: str, seen: str | None, found: str | None) -> Refused:
    if found is None:
        return Refused("The file {file} was deleted by hand; bring it back with `git checkout -- {file}`.", file=path)
    if seen is None:
        return Refused("The file {file} is in the way, and git does not know it; move it away.", file=path)
    return Refused(
        "The file {file} was changed by hand; take the change over with `pmcs edit {id}`,"
        " or drop it with `git checkout -- {file}`.",
        file=path,
        id=PurePosixPath(path).stem,
    )


def _unwritten(oid: str, error: OSError) -> Unable:
    return Unable(
        "The action is saved as commit {oid}, but its files could not be written ({reason});"
        " put that right, and the next pmcs command writes them.",
        oid=oid[:12],
        reason=": ".join(filter(None, (error.strerror, os.fsdecode(error.filename or "")))),
    )


class _Saved:
    """The changes of an action as its commit holds them."""

    def __init__(self, repository: Repository, steps: list[Step]) -> None:
        self.repository = repository
        self.steps = steps

    def __iter__(self) -> Iterator[Change]:
        yield from ((step.path, None) for step in self.steps if step.after is None)
        kept = [step for step in self.steps if step.after is not None]
        blobs = self.repository.blobs(step.after for step in kept if step.after)
        for step, (_, data) in zip(kept, blobs, strict=True):
            yield step.path, data


def _steps(repository: Repository, journal: Journal, head: str) -> list[Step]:
    """What the journal's action has to have done to the files by now, HEAD being where it is."""
    if journal.steps is None:
        return [Step(*change) for change in repository.changed(journal.head, head)]
    paths = [step.path for step in journal.steps]
    now = dict(repository.tree(head, *paths)) if paths else {}
    return [step._replace(after=now.get(step.path)) for step in journal.steps]


def _index_follows(repository: Repository, head: Head, paths: set[str]) -> bool:
    """Make git's index true for these paths; what somebody has edited there is not swept into it."""
    if not paths or head.oid is None:
        return True
    entries = repository.tree(head.oid, *(paths if len(paths) <= _MANY else ()))
    now = dict.fromkeys(paths) | {path: oid for path, oid in entries if path in paths}
    edited = {path: oid for path, oid in now.items() if present(repository, path) != oid}
    try:
        return repository.refresh_index(now.keys() - edited.keys(), 0) and repository.point_index(edited, 0)
    except PmcsError:
        return False
