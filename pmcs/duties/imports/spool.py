"""The files of a bulk commit, kept on disk until git asks for them."""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Self


class Spool:
    """The files of an import, written once and read as often as git asks; never all in memory."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed on exit
        self._lengths = array("Q")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, path: str, data: bytes) -> None:
        """One more file."""
        name = path.encode()
        self._lengths.extend((len(name), len(data)))
        self._file.write(name)
        self._file.write(data)

    def __len__(self) -> int:
        return len(self._lengths) // 2

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        self._file.flush()
        handle, place = self._file.fileno(), 0
        for name, data in zip(self._lengths[::2], self._lengths[1::2], strict=True):
            # Each reader has a place of its own: one may stop and begin anew.
            both = os.pread(handle, name + data, place)
            yield both[:name].decode(), both[name:]
            place += name + data
