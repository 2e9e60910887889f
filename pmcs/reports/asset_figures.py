"""Equipment in order at the month's end (8.1), by category. Pure, but for the reading of the register at its foot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from pmcs.core.kind import VOID
from pmcs.reports.life_rows import ends_of
from pmcs.reports.rates import rate

if TYPE_CHECKING:
    from pmcs.core.kind import Kind
    from pmcs.store.store import Store

IN_ORDER = "active"


class Asset(NamedTuple):
    """One thing in use, and whether it was in order."""

    id: str
    category: str
    in_order: bool


def asset_figures(assets: Iterable[Asset]) -> dict[str, Any]:
    """In use, in order, their share; with `by_category`, and `stopped`: what was not in order."""
    parts: dict[str, list[Asset]] = {}
    for item in assets:
        parts.setdefault(item.category, []).append(item)
    whole = [item for part in parts.values() for item in part]
    return {
        **_counted(whole),
        "by_category": {name: _counted(parts[name]) for name in sorted(parts)},
        "stopped": sorted(item.id for item in whole if not item.in_order),
    }


def _counted(assets: list[Asset]) -> dict[str, Any]:
    good = sum(item.in_order for item in assets)
    return {"in_use": len(assets), "in_order": good, "in_order_rate": rate(good, len(assets))}


def read_assets(store: Store, kind: Kind, end: float) -> list[Asset]:
    """What was in use just before a moment, as it stood then, by code."""
    ends = ends_of(kind)
    rows = store.index.read(
        # Of a group's other columns SQLite takes those of the row that has the maximum.
        "SELECT r.id, json_extract(r.head, '$.fields.category'), e.state_after, max(e.n) FROM record r"
        " JOIN event e ON e.rid = r.rid WHERE r.kind = ? AND r.state <> ? AND e.at < ? GROUP BY r.rid ORDER BY r.id",
        (kind.name, VOID, end),
    )
    return [Asset(id_, category or "", state == IN_ORDER) for id_, category, state, _ in rows if state not in ends]
