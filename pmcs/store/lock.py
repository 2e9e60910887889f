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

_LONGEST_NAP = 0.05


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
    nap = 0.002
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
            if time.monotonic() >= deadline:
                raise _busy(holder) from None
            time.sleep(nap)
            nap = min(2 * nap, _LONGEST_NAP)
        except BaseException:
            os.close(handle)
            raise


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
