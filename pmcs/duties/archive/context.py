"""What a package holds beside the records: the regulation, the office's settings and the last checkpoint."""

from __future__ import annotations

from pmcs.store.checkpoints import FOLDER as CHECKPOINTS
from pmcs.store.checkpoints import file_of, last_checkpoint
from pmcs.store.config import FILE
from pmcs.store.regulations import FOLDER
from pmcs.store.signing import allowed_signers, signers
from pmcs.store.store import Store

ALLOWED = f"data/{CHECKPOINTS}/allowed_signers"


def context(store: Store, commit: str) -> tuple[dict[str, str], str]:
    """Files of a commit by path in the package, with their blobs; and which of them is the last checkpoint."""
    last = last_checkpoint(store, commit)
    newest = file_of(last.sequence) if last else ""
    top = f"{store.prefix}/" if store.prefix else ""
    found = {}
    for path, oid in store.repository.tree(commit, *(store.path(name) for name in (FOLDER, FILE, CHECKPOINTS))):
        inside = path.removeprefix(top)
        if not inside.startswith(f"{CHECKPOINTS}/") or inside in (newest, f"{newest}.sig"):
            found[f"data/{inside}"] = oid
    return found, f"data/{newest}" if newest else ""


def keys(store: Store) -> bytes:
    """Who may sign, as git and ssh-keygen read it; empty where nobody's key is registered."""
    return allowed_signers(signers(store)).encode()
