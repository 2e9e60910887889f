"""Figures of conduct and training (11, 12)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pmcs.core.figures.registry import Tally, figure, numbers, rate
from pmcs.core.life import Life, Lives, valid
from pmcs.core.period import Span

IN_FORCE = ("announced", "final")
OPEN_TO_CHANGE = (*IN_FORCE, "appealed")


@figure(kinds=("conduct",))
def breaches(person: str, lives: Lives, span: Span) -> Tally:
    """违规次数 (12): breaches and upheld complaints announced in the period and in force.

    One under appeal does not count, but is cited, so that what becomes of it is reported. Rests on the days of the
    period: each of them could have brought one.
    """
    found = list(_announced(person, lives, span, "breach", "complaint"))
    days = (span.end.date() - span.start.date()).days
    return Tally(_in_force(found), days, numbers(life.id for life in found))


@figure(kinds=("conduct",))
def praise(person: str, lives: Lives, span: Span) -> Tally:
    """表扬次数 (12): praise announced in the period and in force.

    Rests on just these: without any the item does not count, and nobody loses by it.
    """
    found = [life for life in _announced(person, lives, span, "praise") if life.record.state in IN_FORCE]
    return Tally(_in_force(found), len(found), numbers(life.id for life in found))


def _announced(person: str, lives: Lives, span: Span, *types: str) -> Iterator[Life]:
    for life in valid(lives, "conduct"):
        record = life.record
        if record.get("person") == person and record.get("type") in types and record.state in OPEN_TO_CHANGE:
            told = [act.event.at for act in life.acts if act.event.do == "announce"]
            if told and span.has(told[-1]):
                yield life


def _in_force(found: list[Life]) -> Decimal:
    return Decimal(sum(life.record.state in IN_FORCE for life in found))


@figure(kinds=("training",))
def training_rate(person: str, lives: Lives, span: Span) -> Tally:
    """培训到课率 (11.5): of the trainings held in the period that the person should have attended, the share attended.

    In per cent, of those where it is marked. Leave is no attendance: the training was missed all the same.
    """
    came: dict[str, bool] = {}
    for life in valid(lives, "training"):
        held = any(act.event.do == "hold" and span.has(act.event.at) for act in life.acts)
        for row in life.record.rows("attendance") if held else ():
            if row.get("person") == person and row.get("attended"):
                came[life.id] = row["attended"] == "came"
    return rate(sum(came.values()), came, len(came))
