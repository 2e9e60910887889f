"""A package as it lies there, folder or tar, which may be anybody's: nothing is unpacked, followed or waited for."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pmcs.core.finding import ERROR, Finding
from pmcs.duties.archive.bag import normal, unfit
from pmcs.errors import Broken, NotFound, Sentence

LARGEST = 8 << 30
"""Bytes of a file that is read; no package of an office comes near."""
MOST = 2_000_000
"""Files of a package."""
PART = 1 << 20
TEXT = 256 << 20
"""Bytes of a file that is held in memory."""


class Package:
    """The plain files of a package with their sizes; what is none of these is in `wrong`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.files: dict[str, int] = {}
        self.wrong: list[Finding] = []

    def take(self, path: str, size: int) -> bool:
        """Note a file; False where it is not to be read."""
        name = normal(path)
        if unfit(name):
            said = Sentence("The name leads out of the package, or is not one on every machine.")
        elif name in self.files:
            said = Sentence("The package has two files of this name.")
        elif size > LARGEST:
            said = Sentence("The file is larger than {limit} GiB and was not read.", limit=LARGEST >> 30)
        elif len(self.files) >= MOST:
            raise Broken("{file} has more than {limit} files; no package is so large.", file=self.name, limit=MOST)
        else:
            self.files[name] = size
            return True
        self.wrong.append(Finding("name", ERROR, path, said))
        return False

    def open(self, path: str) -> BinaryIO:
        """One of `files`, to be read."""
        raise NotImplementedError

    def read(self, path: str) -> bytes:
        """A file whole. Raises Broken: it is not there, or too large to be what it should be."""
        if path not in self.files:
            raise Broken("The package has no {file}.", file=path)
        if self.files[path] > TEXT:
            raise Broken("{name} is larger than {limit} MiB; no such file is so large.", name=path, limit=TEXT >> 20)
        with self.open(path) as file:
            return file.read(TEXT + 1)


class Folder(Package):
    """A package that is a folder."""

    def __init__(self, root: Path) -> None:
        super().__init__(root.name)
        self.root = root
        self._paths: dict[str, Path] = {}
        for top, folders, names in os.walk(root):
            folders.sort()
            for name in sorted([*names, *(name for name in folders if (Path(top) / name).is_symlink())]):
                place = Path(top) / name
                stands = place.lstat()
                inside = place.relative_to(root).as_posix()
                if not stat.S_ISREG(stands.st_mode):
                    self.wrong.append(Finding("kind", ERROR, inside, Sentence("This is no plain file.")))
                elif self.take(inside, stands.st_size):
                    self._paths[normal(inside)] = place

    def open(self, path: str) -> BinaryIO:
        """One of `files`; a link that was put into its place meanwhile is not followed."""
        handle = os.open(self._paths[path], os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        return os.fdopen(handle, "rb")


class Tar(Package):
    """A package in a tar, all of it under one folder; it is read where it lies."""

    def __init__(self, file: Path, archive: tarfile.TarFile) -> None:
        super().__init__(file.name)
        self._archive = archive
        self._members: dict[str, tarfile.TarInfo] = {}
        tops: set[str] = set()
        for member in archive:
            top, _, inside = member.name.partition("/")
            if member.isdir() and not unfit(member.name):
                continue
            if not member.isreg() or member.issparse():
                self.wrong.append(Finding("kind", ERROR, member.name, Sentence("This is no plain file.")))
            elif unfit(top) or not inside:
                self.take(f"/{member.name}", 0)
            elif self.take(inside, member.size):
                self._members[normal(inside)] = member
                tops.add(top)
        if len(tops) > 1:
            said = Sentence("A package in a tar lies under one folder, and here are {count}.", count=len(tops))
            self.wrong.append(Finding("name", ERROR, sorted(tops)[1], said))

    def open(self, path: str) -> BinaryIO:
        """One of `files`."""
        found = self._archive.extractfile(self._members[path])
        assert found is not None  # noqa: S101  a plain file
        return found  # type: ignore[return-value]


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """The package at a path. Raises NotFound: nothing of a package is there; Broken: neither a folder nor a tar."""
    if path.is_dir():
        if not any((path / name).exists() for name in ("bagit.txt", "manifest-sha256.txt", "data")):
            raise NotFound("There is no package {file}.", file=path)
        yield Folder(path)
        return
    if not path.is_file():
        raise NotFound("There is no package {file}.", file=path)
    try:
        with tarfile.open(path, "r:") as archive:
            yield Tar(path, archive)
    except (tarfile.TarError, EOFError, UnicodeError, ValueError) as error:
        raise Broken("{file} is no tar that can be read; fetch the package again.", file=path) from error
