"""Many record files read by several processes: decoding YAML is what making an index costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pmcs.store.git import Repository
from pmcs.store.index_writing import Outcome
from pmcs.store.processes import answered

_CHUNK = 200

File = tuple[str, str]
"""Path and blob."""


def read_apart(
    repository: Repository, files: Sequence[File], read: Callable[[str, str, bytes], Outcome]
) -> Iterator[tuple[str, str, Outcome]]:
    """Path, blob and what `read` makes of it, in the order of `files`.

    Raises what `read` raises of pmcs's own errors; Unable: one of the processes was killed.
    """

    def outcomes(chunk: Sequence[File]) -> list[Outcome]:
        blobs = repository.blobs([oid for _, oid in chunk])
        return [read(path, oid, data) for (path, oid), (_, data) in zip(chunk, blobs, strict=True)]

    chunks = [files[first : first + _CHUNK] for first in range(0, len(files), _CHUNK)]
    for chunk, found in zip(chunks, answered(chunks, lambda: outcomes), strict=True):
        yield from ((path, oid, outcome) for (path, oid), outcome in zip(chunk, found, strict=True))
