"""Figures of rounds, services and repairs (8, 9.3), and of what was entered late (7.1)."""

from __future__ import annotations

from decimal import Decimal

from pmcs.core.figures.registry import Tally, figure, numbers, rate
from pmcs.core.late import late_by
from pmcs.core.life import Life, Lives, valid
from pmcs.core.period import Span
from pmcs.core.record import moment

DONE_BY = {"inspection": ("inspector", "began"), "maintenance": ("doer", "worked")}
"""Who did it, and when: fields of the record."""
ENTERED = ("ticket", "task", "inspection", "repair", "maintenance", "hazard", "incident", "shift")
"""Where a late entry counts: daily work, not the papers about it."""


@figure(kinds=tuple(DONE_BY))
def rounds_on_time_rate(person: str, lives: Lives, span: Span) -> Tally:
    """巡查保养准时率 (8.1, 8.4, 9.3): of the person's rounds and services with a set time, the share begun on time.

    In per cent, of those that the person began in the period, and those named for the person whose time ran out in it.
    Early or late is not on time; what was done without a set time does not count.
    """
    found = {life.id: timely for life in valid(lives, *DONE_BY) if (timely := _timely(person, life, span)) is not None}
    return rate(sum(found.values()), found, len(found))


def _timely(person: str, life: Life, span: Span) -> bool | None:
    """Whether it was begun on time; None where it is no case of this person and span."""
    record = life.record
    who, when = DONE_BY[record.kind]
    if record.state == "missed":
        missed = record.get("person") == person and record.get("lapses") and span.has(moment(record.get("lapses")))
        return False if missed else None
    done = record.get(when)
    if record.get(who) != person or not done or not record.get("timely") or not span.has(moment(done)):
        return None
    return record.get("timely") == "on_time"


@figure(kinds=("repair",))
def rework(person: str, lives: Lives, span: Span) -> Tally:
    """返修次数 (8.3): how often in the period a repair that the person had finished was refused at its acceptance.

    Rests on the repairs of the person that were accepted or refused in the period.
    """
    refused, cases = 0, set()
    for life in valid(lives, "repair"):
        finisher = ""
        for act in life.acts:
            if act.event.do == "finish":
                finisher = act.event.by
            elif act.event.do in ("accept", "reject") and finisher == person and span.has(act.event.at):
                refused += act.event.do == "reject"
                cases.add(life.id)
    return Tally(Decimal(refused), len(cases), numbers(cases))


@figure(kinds=ENTERED)
def late_entries(person: str, lives: Lives, span: Span) -> Tally:
    """补录次数 (7.1): the person's entries about the period made more than a day after what they tell of.

    Late is what `core.late` calls so. Rests on all entries of the person about the period; cites those with late ones.
    """
    entries, late = 0, []
    for life in valid(lives, *ENTERED):
        for event in life.record.history:
            if event.by == person and span.has(event.at) and not event.because:
                entries += 1
                late += [life.id] if late_by(life.kind, event) else []
    return Tally(Decimal(len(late)), entries, numbers(late))
