"""The scheme by which people are assessed (13, 14): what counts, how much, and how many points a figure is worth."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from pmcs.core.kind import Label

CENT = Decimal("0.01")
WHOLE = Decimal(100)


class Item(NamedTuple):
    """One thing that is marked: worked out from records where it has a `figure`, else by hand with a reason."""

    name: str
    label: Label
    dimension: str
    share: Decimal
    posts: frozenset[str] = frozenset()
    """Only who held one of these posts is marked in it; empty for everybody."""
    clause: str = ""
    figure: str = ""
    none: Decimal = Decimal(0)
    """The figure that is worth no points."""
    full: Decimal = Decimal(0)
    """The figure that is worth all 100."""


class Results(NamedTuple):
    """From which total on, or below which, something follows (14)."""

    least: Decimal
    """A total that counts towards promotion."""
    periods: int
    """In how many months of a year it must have been reached."""
    reward: Decimal
    criticism: Decimal


class Scheme(NamedTuple):
    """One version's scheme."""

    few: int
    """A figure that rests on fewer cases says so."""
    posts: tuple[str, ...]
    dimensions: Mapping[str, Decimal]
    """Their weights, which add up to 100."""
    items: Mapping[str, Item]
    results: Results | None = None

    def items_for(self, posts: Collection[str]) -> list[Item]:
        """The items in which somebody who held these posts is marked, in the order of the file."""
        return [item for item in self.items.values() if not item.posts or item.posts & set(posts)]


def points_for(item: Item, value: Decimal) -> Decimal:
    """The points of a figure, 0 to 100 with two decimals: in proportion between `none` and `full`, either way round."""
    share = (value - item.none) / (item.full - item.none) * 100
    return min(max(share, Decimal(0)), WHOLE).quantize(CENT, ROUND_HALF_UP)


def weights(scheme: Scheme, items: Iterable[Item]) -> dict[str, Decimal]:
    """The weight of each of these items: its dimension's, by shares, to two decimals.

    The weights of a dimension's items add up to that of the dimension exactly: the hundredths left over go to those
    that lost most by rounding down, the first of equals first.
    """
    found: dict[str, Decimal] = {}
    wanted = list(items)
    for dimension, weight in scheme.dimensions.items():
        parts = [item for item in wanted if item.dimension == dimension]
        if parts:
            found |= dict(
                zip((item.name for item in parts), _split(weight, [item.share for item in parts]), strict=True)
            )
    return {item.name: found[item.name] for item in wanted}


def _split(weight: Decimal, shares: list[Decimal]) -> list[Decimal]:
    whole = sum(shares)
    exact = [weight * share / whole for share in shares]
    parts = [part.quantize(CENT, ROUND_FLOOR) for part in exact]
    left = int((weight - sum(parts)) / CENT)
    for place in sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])[:left]:
        parts[place] += CENT
    return parts


def total(marked: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """The total of weights and points, to two decimals, half up."""
    whole = sum((weight * points for weight, points in marked), Decimal(0))
    return (whole / 100).quantize(CENT, ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """A number as it stands in a record."""
    return f"{value.normalize():f}" if value else "0"
