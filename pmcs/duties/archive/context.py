"""What a package holds beside the records: the regulation, the office's settings and the last checkpoint."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from pmcs.errors import PmcsError
from pmcs.store.codec import decode
from pmcs.store.config import FILE
from pmcs.store.regulations import FOLDER
from pmcs.store.store import Store

CHECKPOINTS = "checkpoint"


def context(store: Store, commit: str) -> tuple[dict[str, str], str]:
    """Files of a commit by path in the package, with their blobs; and which of them is the last checkpoint."""
    last = last_checkpoint(store, commit)
    top = f"{store.prefix}/" if store.prefix else ""
    found = {}
    for path, oid in store.repository.tree(commit, *(store.path(name) for name in (FOLDER, FILE, CHECKPOINTS))):
        inside = path.removeprefix(top)
        if not inside.startswith(f"{CHECKPOINTS}/") or (last and path.startswith(last.path)):
            found[f"data/{inside}"] = oid
    return found, f"data/{last.path.removeprefix(top)}" if last else ""


class Checkpoint(NamedTuple):
    """A checkpoint as it is committed."""

    path: str
    """In the repository."""
    day: date
    head: str


def last_checkpoint(store: Store, commit: str) -> Checkpoint | None:
    """The last checkpoint that a commit holds; None where there is none that can be read."""
    found = [
        (path, oid) for path, oid in store.repository.tree(commit, store.path(CHECKPOINTS)) if path.endswith(".yaml")
    ]
    if not found:
        return None
    path, oid = max(found)
    try:
        tree = decode(dict(store.repository.blobs([oid]))[oid], path)
        return Checkpoint(path, date.fromisoformat(str(tree["date"])), str(tree["head"]))
    except (PmcsError, LookupError, ValueError):
        return None
