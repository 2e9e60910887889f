"""What makes a meeting valid and what decides an item: shares of the people and of their floor area (民法典 278)."""

# No `from __future__ import annotations` here: a NamedTuple compiles every annotation that is a text, at each start.

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple


class Threshold(NamedTuple):
    """A share of a whole that must be reached (`>= 2/3`), or exceeded (`> 1/2`)."""

    share: Fraction
    beyond: bool = False

    def met(self, part: str, whole: str) -> bool:
        """Whether a part is so much of the whole, both decimals as records hold them; of nothing, nothing is."""
        figure, least = Fraction(part), self.share * Fraction(whole)
        return figure > 0 and (figure > least if self.beyond else figure >= least)


class Needed(NamedTuple):
    """How many people must be there or agree and, where it counts, with how much floor area."""

    number: Threshold
    area: Threshold | None = None
    of_all: bool = False
    """Of all there are, not of those who take part."""


class Body(NamedTuple):
    """One body of `voting.yaml`: what makes its meetings valid, and what decides an item of each class."""

    quorum: Needed | None = None
    decides: Mapping[str, Needed] = {}
    """By class: ordinary, weighty. What is not there it does not decide."""
    ballots: bool = False
    """Whether the list of ballots goes with each count."""

    @property
    def counted(self) -> Iterator[str]:
        """What has to be known before anything is decided: `owners`, `area`, `present_area`; `present` always is."""
        needed = [item for item in (self.quorum, *self.decides.values()) if item]
        if any(item.of_all for item in needed):
            yield "owners"
        if any(item.of_all and item.area for item in needed):
            yield "area"
        if any(item.area for item in needed):
            yield "present_area"


def exceed(parts: Iterable[str], whole: str) -> bool:
    """Whether decimals are more together than a whole."""
    return sum(map(Fraction, parts)) > Fraction(whole)
