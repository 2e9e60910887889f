"""The history held against its checkpoints: those in the store, and a copy that was kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from pmcs.duties.audit.found import Found
from pmcs.errors import PmcsError, Sentence
from pmcs.store.as_of import StoreAsOf
from pmcs.store.codec import decode
from pmcs.store.plain_file import read_plain
from pmcs.store.walk import Commit

FOLDER = "checkpoint"


def against_checkpoints(store: StoreAsOf, commits: Sequence[Commit], copy: Path | None) -> Iterator[Found]:
    """What the checkpoints contradict. Raises Broken, Unable: the copy cannot be read."""
    trees = {commit.oid: commit.tree for commit in commits}
    inside = store.path(FOLDER)
    for commit in commits:
        for edge in commit.changes:
            if edge.path.startswith(f"{inside}/") and edge.before:
                sentence = Sentence("A checkpoint was altered or deleted.")
                yield Found("checkpoint", commit.oid, edge.path.removeprefix(inside[: -len(FOLDER)]), sentence)
    listed = {path: oid for path, oid in store.repository.tree(store.commit_oid, inside) if path.endswith(".yaml")}
    blobs = dict(store.repository.blobs(sorted({*listed.values()}))) if listed else {}
    previous = ""
    for place, (path, oid) in enumerate(sorted(listed.items()), 1):
        file = path.removeprefix(inside[: -len(FOLDER)])
        try:
            said = decode(blobs[oid], file)
        except PmcsError as error:
            yield Found("checkpoint", "", file, error.sentence)
            continue
        yield from _contradicted(said, file, trees)
        if said.get("sequence") != str(place) or (place > 1 and said.get("previous") != previous):
            yield Found("checkpoint", "", file, Sentence("The checkpoint does not follow the one before it."))
        previous = sha256(blobs[oid]).hexdigest()
    if copy is not None:
        yield from _contradicted(decode(read_plain(copy, copy.name), copy.name), copy.name, trees)


def _contradicted(said: Mapping[str, Any], file: str, trees: Mapping[str, str]) -> Iterator[Found]:
    head = str(said.get("head", ""))
    if head not in trees:
        sentence = Sentence("The history was rewritten: it no longer holds the commit {commit}.", commit=head[:12])
        yield Found("checkpoint", "", file, sentence)
    elif trees[head] != said.get("tree"):
        yield Found("checkpoint", head, file, Sentence("The checkpoint names another tree than its commit has."))
