"""The journal of an action: what a killed process was about, and which of git's lock files are its own."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pmcs.errors import Unable
from pmcs.store.git import Repository
from pmcs.store.git_commit import SCRATCH
from pmcs.store.git_place import Head
from pmcs.store.local import JOURNAL, keep_names, make_private

_PROC = Path("/proc")


class Step(NamedTuple):
    """A file of the work tree: the blob that it held before, and the one that it is to hold (None: no file)."""

    path: str
    before: str | None
    after: str | None


class Process(NamedTuple):
    """A process, told from a later one of the same number by its start and the machine's."""

    host: str
    boot: str
    pid: int
    started: str


class Journal(NamedTuple):
    """`steps` to do on top of the commit `head` of `ref` (None: too many to list), and files that git's index lacks."""

    head: str | None
    ref: str
    steps: tuple[Step, ...] | None
    behind: tuple[str, ...]
    process: Process


def write_journal(state_dir: Path, head: Head, steps: Sequence[Step] | None, behind: Sequence[str]) -> None:
    """Durable when it returns.

    Raises Unable: it cannot be written.
    """
    journal = Journal(head.oid, head.ref or "", None if steps is None else tuple(steps), tuple(behind), _this_process())
    make_private(state_dir)
    temporary = state_dir / f"{JOURNAL}.tmp"
    try:
        with temporary.open("wb") as file:
            file.write(json.dumps(journal).encode())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(state_dir / JOURNAL)
        keep_names(state_dir)
    except OSError as error:
        raise Unable(
            "The journal in {folder} cannot be written ({reason}); put that right and try again.",
            folder=state_dir,
            reason=error.strerror,
        ) from error


def read_journal(state_dir: Path) -> Journal | None:
    """The journal; None where there is none, or none that is whole.

    Raises Unable: it cannot be read.
    """
    try:
        head, ref, steps, behind, process = json.loads((state_dir / JOURNAL).read_bytes())
        listed = None if steps is None else tuple(Step(*step) for step in steps)
        return Journal(head, ref, listed, tuple(behind), Process(*process))
    except (FileNotFoundError, ValueError, TypeError, RecursionError):
        return None
    except OSError as error:
        raise Unable(
            "The journal in {folder} cannot be read ({reason}).", folder=state_dir, reason=error.strerror
        ) from error


def drop_journal(state_dir: Path) -> None:
    """There is nothing left to mend."""
    (state_dir / JOURNAL).unlink(missing_ok=True)


def clear_locks(repository: Repository, state_dir: Path, journal: Journal) -> None:
    """Remove what a killed git of the journal's process left: its lock files and crash reports.

    Only where that process is dead, and no git that lives could have taken the lock.
    """
    if _alive(journal.process):
        return
    began = (state_dir / JOURNAL).stat().st_mtime
    candidates = [repository.git_dir / "index.lock", repository.git_dir / "HEAD.lock"]
    if journal.ref:
        candidates.append(repository.common_dir / f"{journal.ref}.lock")
    candidates += [repository.common_dir / f"{SCRATCH}.lock", repository.common_dir / "packed-refs.lock"]
    for folder in {repository.git_dir, repository.common_dir}:
        candidates += folder.glob("fast_import_crash_*")
    for file in candidates:
        with contextlib.suppress(OSError):
            taken = file.stat().st_mtime
            if taken >= began and not any(_gits_since(repository, taken)):
                file.unlink()


def _this_process() -> Process:
    return Process(os.uname().nodename, _boot(), os.getpid(), _started(os.getpid()))


def _alive(process: Process) -> bool:
    """Whether it lives, or may live: nothing is known of another machine's."""
    if process.host != os.uname().nodename:
        return True
    return process.boot == _boot() and process.started == _started(process.pid)


def _boot() -> str:
    with contextlib.suppress(OSError):
        return (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    return ""


def _started(pid: int) -> str:
    """When the process began, in ticks since the boot; empty where nobody knows, or it is dead or dying."""
    with contextlib.suppress(OSError):
        # The name in parentheses may hold anything, blanks and parentheses too.
        fields = (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    return ""


def _gits_since(repository: Repository, moment: float) -> Iterator[str]:
    """The processes of git, in this repository or nobody knows where, that ran already at a moment."""
    if not (_PROC / "self").exists():
        yield "unknown"
        return
    booted = next(
        int(line.split()[1]) for line in (_PROC / "stat").read_text("ascii").splitlines() if line.startswith("btime")
    )
    places = (repository.root, repository.git_dir, repository.common_dir)
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if not (entry / "comm").read_text("utf-8", "replace").startswith("git"):
                continue
            began = _started(int(entry.name))
            if not began or booted + int(began) / os.sysconf("SC_CLK_TCK") > moment + 1:
                continue
            try:
                at = (entry / "cwd").readlink()
            except PermissionError:
                yield entry.name
            else:
                if any(at.is_relative_to(place) for place in places):
                    yield entry.name
