"""How early and how late an occurrence of a schedule may be done, and when it counts as missed (8.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import islice, pairwise
from typing import NamedTuple

from pmcs.core.length import Length
from pmcs.core.occurrence import DAY, far_from, first_from, occurrences, parts_of, under_a_day
from pmcs.core.record import Record
from pmcs.core.schedule import AFTER_COMPLETION, Plan, following, plan_of
from pmcs.errors import BadInput, Sentence

SECOND = timedelta(seconds=1)
SAMPLE = 400
"""Occurrences looked at to find the least and the longest interval: more than a week of hours."""


class Window(NamedTuple):
    """Both ends belong to it; from `lapses` on what was not begun is missed."""

    earliest: datetime
    latest: datetime
    lapses: datetime


def window(plan: Plan, planned: datetime, last_done: datetime | None = None) -> Window:
    """When the occurrence at `planned` may be begun, in the zone of the plan.

    `last_done` is when the service before was done. With `max_gap` no tolerance stretches the gap between the two
    beyond it (15 days for lifts, TSG T5002-2017), though `latest` is never before `earliest`. Without `before` or
    `after` the window reaches to the ends of the day; under a day from `planned` to a second before the next one.
    """
    zone = plan.begins.tzinfo
    after = following(plan, planned)
    earliest = _earliest(plan, planned)
    latest = _latest(plan, planned, after)
    if plan.max_gap and last_done:
        latest = max(earliest, min(latest, moved(last_done, plan.max_gap, zone)))
    lapses = max(latest, _earliest(plan, after)) if after else latest + max(latest - earliest, DAY)
    return Window(*(when.astimezone(zone) for when in (earliest, latest, lapses)))


def unreckonable(record: Record, zone: tzinfo) -> Sentence | None:
    """Why a schedule, as it stands, makes no sense; None if it does."""
    try:
        plan = plan_of(record, zone)
        return _fault(plan) if plan else Sentence("A schedule needs {fields}.", fields=["rule", "begins"])
    except BadInput as error:
        return error.sentence
    except ValueError:
        return Sentence("{field} must be a time such as 2026-11-23 09:12.", field="begins")
    except OverflowError:
        return Sentence("This leads beyond the year 9999 or before the year 1; give a nearer date.")


def _fault(plan: Plan) -> Sentence | None:
    for name, length in (("before", plan.before), ("after", plan.after), ("max_gap", plan.max_gap)):
        if length and length.measure == "office":
            meant = length._replace(measure="day" if length.unit == "d" else "real")
            return Sentence(
                "{field} of a schedule cannot be in office time; write {length}.", field=name, length=str(meant)
            )
    if plan.basis == AFTER_COMPLETION and "COUNT" in parts_of(plan.rule):
        return Sentence("A rule with COUNT cannot go by completion; give UNTIL, or take the basis fixed.")
    first = first_from(plan.rule, plan.begins)
    if first is None:
        return Sentence(
            "The rule {rule} is never met in the ten years after {begins}; change one of the two.",
            rule=plan.rule,
            begins=plan.begins,
        )
    window(plan, first)  # its ends may lie beyond the calendar
    for one, other in _pairs(plan):
        if _latest(plan, one, other) >= _earliest(plan, other):
            return Sentence(
                "{before} and {after} together must be shorter than the interval from {first} to {second}.",
                before="before",
                after="after",
                first=one,
                second=other,
            )
        if plan.max_gap and moved(_earliest(plan, one), plan.max_gap, plan.begins.tzinfo) < _earliest(plan, other):
            return Sentence(
                "{max_gap} is shorter than the interval from {first} to {second}; take a rule that recurs more often.",
                max_gap="max_gap",
                first=one,
                second=other,
            )
    return None


def _pairs(plan: Plan) -> Iterator[tuple[datetime, datetime]]:
    begins = plan.begins
    every = occurrences(plan.rule, begins, begins - SECOND, far_from(begins))
    return pairwise(islice(every, SAMPLE))


def _earliest(plan: Plan, planned: datetime) -> datetime:
    """In UTC, as all that is reckoned with here."""
    if plan.before is None and under_a_day(plan.rule):
        return planned.astimezone(UTC)
    days = 0 if plan.before is None else plan.before.amount
    if plan.before and plan.before.measure != "day":
        return planned.astimezone(UTC) - plan.before.duration
    return datetime.combine(planned.date() - days * DAY, time(0), planned.tzinfo).astimezone(UTC)


def _latest(plan: Plan, planned: datetime, after: datetime | None) -> datetime:
    if plan.after is None and after and under_a_day(plan.rule):
        return after.astimezone(UTC) - SECOND
    return moved(planned, plan.after or Length(0, "d", "day"), plan.begins.tzinfo)


def moved(when: datetime, length: Length, zone: tzinfo | None) -> datetime:
    """So much later, in UTC; days end at 23:59:59 in the zone."""
    if length.measure != "day":
        return when.astimezone(UTC) + length.duration
    return datetime.combine(when.astimezone(zone).date() + length.duration, time(23, 59, 59), zone).astimezone(UTC)
