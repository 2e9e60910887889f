"""What a figure is: a name, the kinds that it is counted from, and a function of a person, their records and a span.

The function answers with a `Tally`. It is pure and sees the records of the span as they stood in one commit, so that
the same commit gives the same tally for ever. A case belongs to the span in which it happened, by the event's own
time in the office's zone, whenever it was entered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from pmcs.core.life import Lives
from pmcs.core.period import Span
from pmcs.errors import Broken


class Tally(NamedTuple):
    """A figure of one person: its value, on how many cases it rests, and the records it was counted from."""

    value: Decimal = Decimal(0)
    base: int = 0
    cites: tuple[str, ...] = ()


class Figure(NamedTuple):
    """A registered figure."""

    name: str
    kinds: tuple[str, ...]
    run: Callable[[str, Lives, Span], Tally]


FIGURES: dict[str, Figure] = {}


def figure(*, kinds: tuple[str, ...]) -> Callable[[Callable[[str, Lives, Span], Tally]], Callable[..., Tally]]:
    """Register a function as a figure that is counted from these kinds."""

    def register(function: Callable[[str, Lives, Span], Tally]) -> Callable[..., Tally]:
        FIGURES[function.__name__] = Figure(function.__name__, kinds, function)
        return function

    return register


def tally(name: str, person: str, lives: Lives, span: Span) -> Tally:
    """A person's figure; no case where the regulation has none of its kinds.

    Raises Broken: a record holds what nothing can be counted from.
    """
    found = FIGURES[name]
    if not any(kind in lives for kind in found.kinds):
        return Tally()
    try:
        return found.run(person, lives, span)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise Broken(
            "The figure {figure} of {person} cannot be worked out from the records; see pmcs check.",
            figure=name,
            person=person,
        ) from None


def rate(part: int, cites: Iterable[str], whole: int) -> Tally:
    """A share in per cent with two decimals, of so many cases."""
    if not whole:
        return Tally()
    value = (Decimal(part) * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Tally(value, whole, numbers(cites))


def numbers(cites: Iterable[str]) -> tuple[str, ...]:
    """The numbers of records, each once and in their order."""
    return tuple(sorted(set(cites)))
