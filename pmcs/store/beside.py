"""Files that go into a commit beside its records: they lie in the work tree while the action is judged."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pmcs.store.git import Repository
from pmcs.store.git_stream import Change


@contextmanager
def laid_down(repository: Repository, files: Sequence[Change]) -> Iterator[None]:
    """The files are there, those that were not are written; gone again where nothing comes of it (inside the lock).

    Raises OSError: they cannot be written.
    """
    began = repository.head() if files else None
    fresh: list[Path] = []
    try:
        for path, data in files:
            place = repository.root / path
            if data is not None and not place.exists():
                fresh.append(place)
                _write(place, data)
        yield
    except BaseException:
        # Whoever is interrupted after the commit has what it holds.
        if began == repository.head():
            for place in fresh:
                _take_away(place, repository.root)
        raise


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        fresh.write_bytes(data)
        fresh.replace(place)
    finally:
        fresh.unlink(missing_ok=True)


def _take_away(place: Path, root: Path) -> None:
    with contextlib.suppress(OSError):  # a folder that holds something else stays
        place.unlink(missing_ok=True)
        for folder in place.parents:
            if folder == root:
                break
            folder.rmdir()
