"""What an inspection or a maintenance looks at, item by item (8.1, 8.4, 9.3)."""

# No `from __future__ import annotations` here: a NamedTuple compiles every annotation that is a text, at each start.

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from pmcs.core.kind import Label


class Item(NamedTuple):
    """One thing to look at. What has a `unit` is measured; `min` and `max` are the permitted range in it."""

    key: str
    what: str
    standard: str = ""
    unit: str = ""
    min: str | None = None
    max: str | None = None

    @property
    def measured(self) -> bool:
        """Whether looking is not enough: a value has to be read."""
        return bool(self.unit)

    @property
    def range(self) -> str:
        """The permitted range as people write it: `0.35–0.45 MPa`, `≤ 10 Ω`; empty where nothing is measured."""
        if self.min is not None and self.max is not None:
            figures = f"{self.min}–{self.max}"
        elif self.min is not None:
            figures = f"≥ {self.min}"
        else:
            figures = f"≤ {self.max}" if self.max is not None else ""
        return f"{figures} {self.unit}".strip()

    def permits(self, value: str) -> bool:
        """Whether a measured value (a decimal) lies within the range, its bounds included."""
        figure = Decimal(value)
        low = self.min is None or figure >= Decimal(self.min)
        return low and (self.max is None or figure <= Decimal(self.max))


class Checklist(NamedTuple):
    """One list: its items and those of the lists that it covers, by key, in the order in which they are done."""

    name: str
    title: Label
    items: Mapping[str, Item]
    covers: frozenset[str] = frozenset()
    """Every list that a service by this one satisfies, however far down (TSG T5002-2017: a year's work is also a half
    year's, a quarter's and a half month's)."""
    covered_by: frozenset[str] = frozenset()
    """Every list that covers this one."""
