"""What an assessment works out from records: one person's figures, their weights and points, and what is left to mark.

Pure: whoever opens an assessment and whoever verifies it later call the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from pmcs.core.assessment import Item, Scheme, plain, points_for, weights
from pmcs.core.figures import FIGURES, Tally, tally
from pmcs.core.kind import Label
from pmcs.core.life import Lives, valid
from pmcs.core.period import Span
from pmcs.core.record import Rows, Value

STAFF = "staff"


class Sheet(NamedTuple):
    """The rows of an assessment before anybody has marked."""

    posts: frozenset[str]
    """Held at any time of the period."""
    figures: Rows
    marks: Rows

    @property
    def leads(self) -> bool:
        """Whether the person was the manager, whom a leader assesses."""
        return "manager" in self.posts


def kinds_for(scheme: Scheme) -> tuple[str, ...]:
    """The kinds whose records a sheet by this scheme is worked out from."""
    named = (kind for item in scheme.items.values() if item.figure for kind in FIGURES[item.figure].kinds)
    return tuple(dict.fromkeys([STAFF, *named]))


def posts_held(lives: Lives, person: str, span: Span) -> frozenset[str]:
    """The posts that somebody held on any day of the span; none for strangers."""
    first, last = span.start.date().isoformat(), (span.end - timedelta(days=1)).date().isoformat()
    rows = (row for life in valid(lives, STAFF) if life.id == person for row in life.record.rows("posts"))
    held = (row for row in rows if row.get("since", "") <= last and first <= (row.get("until") or "9999"))
    return frozenset(str(row.get("post", "")) for row in held)


def sheet_of(scheme: Scheme, person: str, lives: Lives, span: Span, label: Callable[[Label], str]) -> Sheet:
    """The sheet of one person for a span. Raises Broken: a record holds what nothing can be counted from."""
    posts = posts_held(lives, person, span)
    items = scheme.items_for(posts)
    found = {item.name: tally(item.figure, person, lives, span) for item in items if item.figure}
    weigh = weights(scheme, [item for item in items if not item.figure or found[item.name].base])
    return Sheet(
        posts,
        [_row(item, weigh, label) | _figure(scheme, item, found[item.name]) for item in items if item.figure],
        [_row(item, weigh, label) for item in items if not item.figure],
    )


def _row(item: Item, weigh: Mapping[str, Decimal], label: Callable[[Label], str]) -> dict[str, Value]:
    return {
        "item": item.name,
        "what": label(item.label),
        "dimension": item.dimension,
        "weight": plain(weigh.get(item.name, Decimal(0))),
    }


def _figure(scheme: Scheme, item: Item, found: Tally) -> dict[str, Value]:
    return {
        "figure": plain(found.value),
        "base": str(found.base),
        "few": "true" if found.base < scheme.few else "false",
        "cites": list(found.cites),
        "points": plain(points_for(item, found.value)) if found.base else "0",
    }
