"""Where the store is: --store, PMCS_STORE, or walking up."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pmcs.errors import NotFound
from pmcs.store.config import FILE
from pmcs.store.store import Store


def find_store(start: Path, given: str | None, environment: Mapping[str, str], *, keep: bool = True) -> Store:
    """The store meant: --store, PMCS_STORE, or walking up to pmcs.yaml or records/pmcs.yaml. Raises NotFound."""
    named = given or environment.get("PMCS_STORE")
    if named:
        root = Path(os.path.expanduser(named))  # noqa: PTH111  an unknown ~user stays as it is
        for place in (root, root / "records"):
            if (place / FILE).is_file():
                return Store(place, keep=keep)
        raise NotFound(
            "There is no store in {folder} (no {file}); make one with pmcs init {folder}.", folder=named, file=FILE
        )
    for folder in (start, *start.parents):
        for place in (folder, folder / "records"):
            if (place / FILE).is_file():
                return Store(place, keep=keep)
    raise NotFound("There is no store here or above; make one with pmcs init DIR, or name it with --store DIR.")
