"""Parsed files kept as JSON, keyed by their content, so that a typed command reads no YAML (DESIGN section 10)."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FORMAT = "1"
KEPT = 8

Trees = dict[str, Any]


def compiled(cache: Path, files: Mapping[str, bytes], parse: Callable[[], Trees], *, keep: bool = True) -> Trees:
    """The parsed files: from the cache if exactly these were parsed before, else by `parse`, which may raise.

    Without `keep` nothing is written.
    """
    digest = hashlib.blake2b(FORMAT.encode(), digest_size=20)
    for name, data in sorted(files.items()):
        digest.update(b"%d %s %d " % (len(name), name.encode(), len(data)) + data)
    place = cache / f"{digest.hexdigest()}.json"
    with contextlib.suppress(OSError, ValueError, RecursionError):
        found = json.loads(place.read_bytes())
        if isinstance(found, dict):
            return found
    trees = parse()
    if not keep:
        return trees
    with contextlib.suppress(OSError):
        _keep(place, trees)
    return trees


def _keep(place: Path, trees: Trees) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = place.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(trees, ensure_ascii=False), encoding="utf-8")
    fresh.replace(place)
    others = sorted(place.parent.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in others[KEPT:]:
        old.unlink(missing_ok=True)
