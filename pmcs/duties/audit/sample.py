"""A random sample that anybody can draw again with sha256sum."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from pmcs.core.period import Span
from pmcs.store.queries import Row
from pmcs.store.store import Store


def place_in_draw(seed: str, number: str) -> str:
    """SHA-256 of `SEED NUMBER`: `printf '%s %s' SEED NUMBER | sha256sum`."""
    return sha256(f"{seed} {number}".encode()).hexdigest()


def drawn(seed: str, numbers: Iterable[str], size: int) -> list[str]:
    """The `size` numbers whose digests come first, in the order of the digests."""
    return sorted(set(numbers), key=lambda number: (place_in_draw(seed, number), number))[:size]


def population(store: Store, span: Span) -> dict[str, Row]:
    """The records opened in a span, by number; entries of registers are none."""
    found: dict[str, Row] = {}
    for name in sorted({name for day in store.regulations.versions for name in store.regulations.on(day).kind_names}):
        if store.kind_named(name).is_register:
            continue
        for (id_,) in store.index.read(
            "SELECT id FROM record WHERE kind = ? AND opened >= ? AND opened < ?",
            (name, span.start.timestamp(), span.end.timestamp()),
        ):
            found[id_] = store.row(id_, (name,))
    return found
