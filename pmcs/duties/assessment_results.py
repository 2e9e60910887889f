"""What assessments lead to (14): each person's totals of a period, who is to be promoted, what is to be proposed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

from pmcs.core.assessment import CENT, Results
from pmcs.core.kind import VOID
from pmcs.core.period import parse_period, period_of, span_of
from pmcs.core.posts import held_on
from pmcs.store.queries import Filters, Row
from pmcs.store.store import Store

KIND, CONFIRMED, CONDUCT = "assessment", "confirmed", "conduct"


class Result(NamedTuple):
    """One person's confirmed assessments of a period, of the shortest sort that there are: months before quarters."""

    person: str
    name: str
    posts: tuple[str, ...]
    """Held on the last day of the period, or today if that is still to come."""
    totals: tuple[tuple[str, Decimal], ...]
    """Numbers of the assessments with their totals, in the order of their periods."""
    open: tuple[str, ...]
    """Those not confirmed yet."""
    reached: int
    """How many came to the total that counts towards promotion."""
    promotion: bool
    rewards: tuple[str, ...]
    """The assessments for which a reward may be proposed."""
    criticisms: tuple[str, ...]
    proposed: tuple[str, ...]
    """The conduct records made of these assessments that still stand."""

    @property
    def mean(self) -> Decimal | None:
        """The mean total, to two decimals; None without a confirmed assessment."""
        if not self.totals:
            return None
        return (sum((total for _, total in self.totals), Decimal(0)) / len(self.totals)).quantize(CENT, ROUND_HALF_UP)


def results_of(
    store: Store, period: str, today: date, language: str, persons: Sequence[str] | None = None
) -> list[Result]:
    """Everybody's results (of `persons` alone, where given) in a month, a quarter or a year, the best mean first.

    Raises BadInput: no period. NotFound: the regulation has no scheme.
    """
    wanted = period_of(period)
    last = span_of(wanted, store.config.zone).end.date() - timedelta(days=1)
    version = max((day for day in store.regulations.versions if day <= last), default=store.regulations.versions[0])
    rule = store.session(version, language).scheme().results
    rows, _ = store.queries.list(KIND, Filters(), -1, order="id")
    within = [row for row in rows if row.state != VOID and _within(store, row, wanted)]
    people = dict.fromkeys(str(row.fields.get("person", "")) for row in within)
    day = min(last, today)
    found = [
        _result(store, person, _shortest([row for row in within if row.fields.get("person") == person]), rule, day)
        for person in people
        if person and (persons is None or person in persons)
    ]
    return sorted(found, key=lambda one: (one.mean is None, -(one.mean or 0), one.person))


def _within(store: Store, row: Row, wanted: str) -> bool:
    period = parse_period(str(row.fields.get("period", "")))
    if period is None:
        return False
    inner, outer = span_of(period, store.config.zone), span_of(wanted, store.config.zone)
    return outer.start <= inner.start and inner.end <= outer.end


def _shortest(rows: list[Row]) -> list[Row]:
    """A year's months, without the quarters and the year that sum up the same time."""
    ranks = [(2 if "Q" in period else 1 if "-" not in period else 3) for period in map(_period, rows)]
    return [row for row, rank in zip(rows, ranks, strict=True) if rank == max(ranks)]


def _period(row: Row) -> str:
    return str(row.fields.get("period", ""))


def _result(store: Store, person: str, rows: list[Row], rule: Results | None, day: date) -> Result:
    totals = tuple(_totals(rows))
    member = store.lookups.staff(person)
    fields = member.fields if member else {}
    reached = sum(total >= rule.least for _, total in totals) if rule else 0
    return Result(
        person=person,
        name=str(fields.get("name", person)),
        posts=held_on(fields.get("posts", []), day),
        totals=totals,
        open=tuple(row.id for row in rows if row.state != CONFIRMED),
        reached=reached,
        promotion=bool(rule and reached >= rule.periods and member and not member.ended),
        rewards=tuple(id_ for id_, total in totals if rule and total >= rule.reward),
        criticisms=tuple(id_ for id_, total in totals if rule and total < rule.criticism),
        proposed=tuple(
            number
            for row in rows
            for kind, number, field in store.queries.referring(row.id)
            if (kind, field) == (CONDUCT, "source") and store.row(number).state not in (VOID, "withdrawn")
        ),
    )


def _totals(rows: list[Row]) -> Iterator[tuple[str, Decimal]]:
    for row in sorted(rows, key=_period):
        if row.state == CONFIRMED:
            try:
                yield row.id, Decimal(str(row.fields.get("total", "")))
            except InvalidOperation:
                continue  # written by hand; `check` tells of it
