"""The history held against its checkpoints: those in the store, and a copy that was kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pmcs.duties.audit.found import Found
from pmcs.errors import NotFound, Sentence
from pmcs.store.as_of import StoreAsOf
from pmcs.store.checkpoints import FOLDER, judged
from pmcs.store.plain_file import read_plain
from pmcs.store.walk import Commit


def against_checkpoints(store: StoreAsOf, commits: Sequence[Commit], copy: Path | None) -> Iterator[Found]:
    """What the checkpoints contradict. Raises NotFound, Broken, Unable: the copy cannot be read."""
    top = store.path(FOLDER)
    for commit in commits:
        for edge in commit.changes:
            if edge.path.startswith(f"{top}/") and edge.before and edge.parent == 0:
                file = edge.path.removeprefix(top[: -len(FOLDER)])
                yield Found("checkpoint", commit.oid, file, Sentence("A checkpoint was altered or deleted."))
    copies = {copy.name: _read(copy)} if copy else {}
    yield from (Found("checkpoint", "", file, sentence) for file, sentence in judged(store, copies))


def _read(copy: Path) -> bytes:
    try:
        return read_plain(copy, str(copy))
    except FileNotFoundError:
        raise NotFound("There is no file {file}.", file=copy) from None
