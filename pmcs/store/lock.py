"""The store's lock (DESIGN section 8): one flock covers read, check, write and commit."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from pmcs.errors import Busy, Unable

_NAP = 0.005  # seconds
_PLACES = 16


@contextlib.contextmanager
def store_lock(path: Path, doing: str = "", *, timeout: float = 10.0, shared: bool = False) -> Iterator[None]:
    """Hold the lock file; `doing` is what others are told meanwhile. `timeout` is in seconds.

    The kernel lets go of it when its holder dies, and not before a git that the holder started to write is done too.
    Raises Busy: somebody else holds it; Unable: the file cannot be made.
    """
    handle = _taken(path, shared, time.monotonic() + timeout)
    try:
        if not shared:
            os.set_inheritable(handle, True)
            os.ftruncate(handle, 0)
            os.pwrite(handle, json.dumps({"pid": os.getpid(), "doing": doing}, ensure_ascii=False).encode(), 0)
        yield
    finally:
        if not shared:
            # A full disk must not hide what went wrong inside.
            with contextlib.suppress(OSError):
                os.ftruncate(handle, 0)
        os.close(handle)


def _taken(path: Path, shared: bool, deadline: float) -> int:
    handle = _tried(path, shared)
    if isinstance(handle, bytes) and time.monotonic() < deadline:
        with _in_line(path, deadline):
            while isinstance(handle := _tried(path, shared), bytes) and time.monotonic() < deadline:
                time.sleep(_NAP)
    if isinstance(handle, bytes):
        raise _busy(handle)
    return handle


def _tried(path: Path, shared: bool) -> int | bytes:
    """The lock; or what its holder wrote."""
    while True:
        handle = _opened(path, shared)
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            # Somebody may have deleted the file and made another while we waited at this one.
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), path.stat()):
                    return handle
            os.close(handle)
        except BlockingIOError:
            holder = os.pread(handle, 1000, 0)
            os.close(handle)
            return holder
        except BaseException:
            os.close(handle)
            raise


@contextlib.contextmanager
def _in_line(path: Path, deadline: float) -> Iterator[None]:
    """Wait until nobody stands before us, lest one of many be passed over until the deadline.

    Each byte of a file is a place, from the last to the first; the kernel clears the place of whoever is killed. Where
    there can be no such file everybody crowds round the lock, which alone decides.
    """
    try:
        line = os.open(
            path.with_name(f"{path.name}.line"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
        )
    except OSError:
        yield
        return
    try:
        for place in reversed(range(_PLACES)):
            while not _stands(line, place) and time.monotonic() < deadline:
                time.sleep(_NAP)
            with contextlib.suppress(OSError):
                fcntl.lockf(line, fcntl.LOCK_UN, 1, place + 1)
        yield
    finally:
        os.close(line)


def _stands(line: int, place: int) -> bool:
    try:
        fcntl.lockf(line, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system that knows no such locks has no line
        return True
    return True


def _opened(path: Path, shared: bool) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, (os.O_RDONLY if shared else os.O_RDWR) | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise Unable(
            "The lock {file} cannot be opened ({reason}); check who owns its folder and its permissions.",
            file=path,
            reason=error.strerror,
        ) from error


def _busy(holder: bytes) -> Busy:
    with contextlib.suppress(ValueError, KeyError, TypeError, ProcessLookupError):
        said = json.loads(holder)
        pid, doing = int(said["pid"]), str(said["doing"])
        # What a killed holder wrote stays in the file; the one who holds it now may be a reader, who writes nothing.
        with contextlib.suppress(PermissionError):
            os.kill(pid, 0)
        if doing:
            return Busy(
                "pmcs is at work here: {doing} (process {pid}); try again when it has finished.", pid=pid, doing=doing
            )
        return Busy("pmcs is at work here (process {pid}); try again when it has finished.", pid=pid)
    return Busy("Another pmcs is at work here; try again when it has finished.")
