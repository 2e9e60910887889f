"""The files of the work tree. Their names are bytes here, since git's are UTF-8 whatever the locale says."""

# ruff: noqa: PTH102, PTH105, PTH106, PTH108, PTH112, PTH118, PTH120, PTH123

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from pmcs.errors import Unable
from pmcs.store.git import Repository
from pmcs.store.git_stream import Change
from pmcs.store.local import keep_names

_TEMPORARY = b".pmcs.tmp"
_LARGEST = 1 << 28


def present(repository: Repository, path: str) -> str | None:
    """The blob that a file of the work tree holds now; None without a file, "" for anything else than a plain one.

    A file larger than anything that pmcs writes is taken for something else, too, and not read to its end.
    """
    place = _place(repository.root, path)
    try:
        stands = os.lstat(place)
        if not stat.S_ISREG(stands.st_mode) or stands.st_size > _LARGEST:
            return ""
        with open(place, "rb") as file:
            return repository.blob_oid(file.read(_LARGEST))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Unable("The file {file} cannot be read ({reason}).", file=path, reason=error.strerror) from error


def write_files(root: Path, changes: Iterable[Change], *, durable: bool) -> None:
    """Write each file whole; on disk when this returns, one by one (`durable`) or by one sync of everything."""
    folders: set[bytes] = set()
    for path, data in changes:
        place = _place(root, path)
        folder = os.path.dirname(place)
        if data is None:
            _delete(root, place, folders)
            continue
        _make_folder(folder, folders)
        temporary = os.path.join(folder, _TEMPORARY)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(handle)
        os.replace(temporary, place)
    if durable:
        for folder in folders:
            keep_names(Path(os.fsdecode(folder)))
    else:
        os.sync()


def _make_folder(folder: bytes, known: set[bytes]) -> None:
    if folder in known:
        return
    if not os.path.isdir(folder):
        above = os.path.dirname(folder)
        _make_folder(above, known)
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder)
    known.add(folder)


def _delete(root: Path, place: bytes, folders: set[bytes]) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(place)
    # As git does, which knows no empty folders.
    folder = os.path.dirname(place)
    with contextlib.suppress(OSError):
        while folder != os.fsencode(root):
            os.rmdir(folder)
            folders.discard(folder)
            folder = os.path.dirname(folder)
    folders.add(folder)


def remove_temporaries(root: Path, paths: Iterable[str]) -> None:
    """Remove what a killed `write_files` of these paths left beside them."""
    for folder in {os.path.dirname(_place(root, path)) for path in paths}:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(os.path.join(folder, _TEMPORARY))


def check_folder(root: Path, path: str, known: set[bytes]) -> None:
    """Raises Unable: the file could not be made in its folder."""
    top = os.fsencode(root)
    folder = os.path.dirname(_place(root, path))
    checked: list[bytes] = []
    there = False
    while folder not in known and len(folder) >= len(top):
        try:
            kind = os.lstat(folder).st_mode
        except (FileNotFoundError, NotADirectoryError):
            pass  # it is made then, or what is in the way stands further up
        else:
            if not stat.S_ISDIR(kind) and folder != top:
                raise Unable("{folder} must be a folder, and no link to one; move it away.", folder=os.fsdecode(folder))
            if not there and not os.access(folder, os.W_OK | os.X_OK):
                raise Unable("There is no permission to write in {folder}.", folder=os.fsdecode(folder))
            there = True
        checked.append(folder)
        folder = os.path.dirname(folder)
    known.update(checked)


def _place(root: Path, path: str) -> bytes:
    return os.path.join(os.fsencode(root), path.encode("utf-8", "surrogateescape"))
