"""Shares and percentiles, as every figure of the reports has them: unrounded, and none where there is nothing."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation


def rate(part: int, whole: int) -> float | None:
    """A share; None where there is nothing to share."""
    return part / whole if whole else None


def percentile(values: Iterable[float], share: float) -> float | None:
    """The percentile by linear interpolation between the nearest ranks; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def mean(values: Iterable[Decimal]) -> float | None:
    """The mean; None of nothing."""
    found = list(values)
    return float(sum(found) / len(found)) if found else None


def number(text: object) -> Decimal | None:
    """A stored number; None for what is none, which `check` tells."""
    try:
        found = Decimal(str(text))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
