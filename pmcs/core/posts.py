"""Posts by their dates: rows of the register of staff with `post`, `since` and `until` (article 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any


def held_on(rows: Iterable[Mapping[str, Any]], on: date) -> tuple[str, ...]:
    """The posts, each once, that the rows give somebody on a day."""
    day = on.isoformat()
    held = (row["post"] for row in rows if row.get("since", "") <= day <= (row.get("until") or "9999"))
    return tuple(dict.fromkeys(held))
