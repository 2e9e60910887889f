"""What a schedule (计划) makes: a function of its history, so that cron may run twice, late or never (8.4, 9.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple, TypeAlias

from pmcs.core.fold import applied
from pmcs.core.kind import VOID, Kind
from pmcs.core.length import Length, parse_length
from pmcs.core.occurrence import first_from, next_after, occurrences, parts_of, under_a_day
from pmcs.core.record import Event, Record, moment
from pmcs.core.recurrence import parse_recurrence

ACTIVE, FIXED, AFTER_COMPLETION = "active", "fixed", "after_completion"
Target: TypeAlias = tuple[str, str] | None
"""`("place", code)`, `("asset", code)`, or None for a schedule that makes one record each time."""
_TARGETS = {"places": "place", "assets": "asset"}


class Plan(NamedTuple):
    """What a schedule says while it is active. `begins` is aware, in the office's zone."""

    rule: str
    begins: datetime
    targets: tuple[Target, ...] = (None,)
    basis: str = FIXED
    before: Length | None = None
    after: Length | None = None
    max_gap: Length | None = None
    makes: str = ""
    """The kind of what is made."""


class Term(NamedTuple):
    """A stretch in which one plan is in force: from and with `since` up to and without `until` (None: still)."""

    since: datetime
    until: datetime | None
    plan: Plan
    entered: datetime
    """When the event was typed that opened it: `since` may lie long before."""


class Planned(NamedTuple):
    """One occurrence for one target."""

    at: datetime
    target: Target
    term: Term


def plan_of(record: Record, zone: tzinfo) -> Plan | None:
    """What a schedule's record says as it stands; None while rule or beginning is missing.

    Raises BadInput for a rule or a length that cannot be read, ValueError for such a time.
    """
    if not record.get("rule") or not record.get("begins"):
        return None
    rows = [(kind, row) for field, kind in _TARGETS.items() for row in record.rows(field) if row.get(kind)]
    targets = [(kind, str(row[kind])) for kind, row in rows if row.get("dropped") != "true"]
    before, after, max_gap = (
        parse_length(text) if text else None for text in map(record.get, ("before", "after", "max_gap"))
    )
    return Plan(
        parse_recurrence("rule", record.get("rule")),
        moment(record.get("begins")).astimezone(zone),
        tuple(dict.fromkeys(targets)) if rows else (None,),
        record.get("basis") or FIXED,
        before,
        after,
        max_gap,
        record.get("makes"),
    )


def terms(kind: Kind, history: Iterable[Event], zone: tzinfo) -> list[Term]:
    """The terms of a schedule, in their order; none while it is paused or retired, and none of one that is void.

    The opening counts from `begins` on, even where that is past; every later change counts from the time it was
    entered, so that what cron made before stays what should have been made. Errors as of `plan_of`.
    """
    record, found = Record("", kind.name), list[Term]()
    present: Plan | None = None
    for event in history:
        opening = not record.state
        record = applied(kind, record, event)
        plan = plan_of(record, zone) if record.state == ACTIVE else None
        if plan == present:
            continue
        if present:
            found[-1] = found[-1]._replace(until=event.entered)
        if plan:
            found.append(Term(plan.begins if opening else event.entered, None, plan, event.entered))
        present = plan
    if record.state == VOID:  # entered in error: it was to make nothing, ever
        return []
    return [term for term in found if term.until is None or term.since.astimezone(UTC) < term.until.astimezone(UTC)]


def planned(
    found: Iterable[Term],
    until: datetime,
    *,
    after: datetime | None = None,
    ended: Mapping[Target, datetime | None] | None = None,
) -> Iterator[Planned]:
    """The occurrences up to and with `until`, of basis `fixed` in their order.

    `after` leaves out what a run at that time has made: what was due then, by terms entered by then. (A run ahead of
    its time still gives the present time here, or a change entered soon after would be lost.)

    `ended` is for basis `after_completion`: for each target that a record was made for, when the last one ended, or
    None while it is open. Such a target has at most one occurrence due, `after` or not: the first of the rule, and
    then one interval of the rule after the day (under a day: the time) on which the last one ended. A pause drops what
    falls into it on either basis.
    """
    waiting = set[Target]()
    for term in found:
        if term.plan.basis == AFTER_COMPLETION:
            for target in term.plan.targets:
                due = _due(term, target, ended or {}) if target not in waiting else None
                if due and _before(due, term.until) and due.astimezone(UTC) <= until.astimezone(UTC):
                    waiting.add(target)
                    yield Planned(due, target, term)
            continue
        last = _least(until, term.until and term.until - datetime.resolution)
        first = term.since - datetime.resolution
        if after and _instant(term.entered) <= _instant(after):
            first = max(first, after, key=_instant)
        for at in occurrences(term.plan.rule, term.plan.begins, first, last):
            yield from (Planned(at, target, term) for target in term.plan.targets)


def following(plan: Plan, at: datetime) -> datetime | None:
    """The next occurrence of the rule after one at `at`; None where the rule ends.

    After completion it is the earliest there can be: had the one at `at` ended on its own day.
    """
    return next_after(plan.rule, at if plan.basis == AFTER_COMPLETION else plan.begins, at)


def _due(term: Term, target: Target, ended: Mapping[Target, datetime | None]) -> datetime | None:
    """When the next one after completion is due in a term, whether or not the term lasts so long."""
    plan = term.plan
    if target not in ended:
        return first_from(plan.rule, plan.begins, max(plan.begins, term.since, key=_instant))
    last = ended[target]
    if last is None:
        return None
    last = last.astimezone(plan.begins.tzinfo)
    hourly = parts_of(plan.rule)["FREQ"] == "HOURLY" and under_a_day(plan.rule)
    start = last if hourly else last.replace(hour=plan.begins.hour, minute=plan.begins.minute, second=0, microsecond=0)
    passed = max(start, last, key=_instant)
    return next_after(plan.rule, start, max(passed, term.since - datetime.resolution, key=_instant))


def _instant(when: datetime) -> datetime:
    """For comparing: of two times in one zone Python compares what the clock on the wall shows."""
    return when.astimezone(UTC)


def _least(one: datetime, other: datetime | None) -> datetime:
    return min(one, other, key=_instant) if other else one


def _before(when: datetime, until: datetime | None) -> bool:
    return until is None or _instant(when) < _instant(until)
