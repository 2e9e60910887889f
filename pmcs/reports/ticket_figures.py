"""The month's figures of tickets (7.1 to 7.6), from each ticket's moves in and out of finished states. Pure.

Months are half open. A move is a transition into (+1) or out of (-1) a `done` state; what was imported as closed moves
at the time it was closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from pmcs.reports.rates import percentile, rate

SATISFIED = 4


@dataclass(frozen=True, slots=True)
class Move:
    """Entering (`into` true) or leaving the finished states; `due` is the promise then in force. In epoch seconds."""

    at: float
    into: bool
    due: float | None = None
    visit: bool = False
    """The state entered owes a return visit."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A return visit."""

    at: float
    reached: bool
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A due time and while it was in force; `until` is None while it still is."""

    since: float
    due: float
    until: float | None = None


@dataclass(slots=True)
class Ticket:
    """What the figures need of one ticket."""

    id: str
    opened: float
    category: str
    moves: list[Move] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)

    def in_backlog(self, at: float) -> bool:
        """Opened before, and not finished before."""
        if self.opened >= at:
            return False
        into = [move.into for move in self.moves if move.at < at]
        return not into or not into[-1]

    def apart_from(self, start: float, end: float) -> bool:
        """Finished for good before the month, or not there before its end: no figure of the month knows it."""
        moves = self.moves
        if not moves:
            return self.opened >= end
        if moves[-1].into and self.opened < start:
            return all(move.at < start for move in moves)
        return self.opened >= end and all(move.at >= end for move in moves)

    def promised(self, at: float) -> float | None:
        """The due time in force just before a moment."""
        found = [item for item in self.promises if item.since < at and (item.until is None or item.until >= at)]
        return found[-1].due if found else None


def month_figures(tickets: Iterable[Ticket], start: float, end: float, now: float | None = None) -> dict[str, Any]:
    """The figures of one month, with `by_category`, `closed_before_opened` and `negative`.

    `now` is given for a month that has not ended: what is not due by then is not overdue.
    """
    by_category: dict[str, _Sums] = {}
    before: list[dict[str, Any]] = []
    negative: list[dict[str, Any]] = []
    for ticket in tickets:
        if ticket.apart_from(start, end):
            continue
        by_category.setdefault(ticket.category, _Sums()).take(ticket, start, end, now or end)
        for move in ticket.moves:
            if move.into and start <= move.at < end and move.at < ticket.opened:
                negative.append({"id": ticket.id, "hours": (move.at - ticket.opened) / 3600})
                if ticket.opened >= end:
                    before.append({"id": ticket.id, "opened": ticket.opened, "closed": move.at})
    found = _sum(by_category.values()).figures()
    found["by_category"] = {name: by_category[name].figures() for name in sorted(by_category) if by_category[name].any}
    found["closed_before_opened"] = sorted(before, key=lambda item: str(item["id"]))
    found["negative"] = sorted(negative, key=lambda item: str(item["id"]))
    return found


@dataclass(slots=True)
class _Sums:
    """What is counted and gathered; the names are those of the figures."""

    received: int = 0
    resolved: int = 0
    backlog_start: int = 0
    backlog_end: int = 0
    resolved_with_due: int = 0
    resolved_on_time: int = 0
    overdue_open_end: int = 0
    hours: list[float] = field(default_factory=list)
    visits_due: int = 0
    visits_reached: int = 0
    scored: int = 0
    satisfied: int = 0
    reopened: int = 0

    @property
    def any(self) -> bool:
        return bool(self.received or self.resolved or self.backlog_start or self.backlog_end or self.reopened)

    def take(self, ticket: Ticket, start: float, end: float, now: float) -> None:
        self.received += start <= ticket.opened < end
        self.backlog_start += ticket.in_backlog(start)
        if ticket.in_backlog(end):
            self.backlog_end += 1
            due = ticket.promised(end)
            self.overdue_open_end += due is not None and due < now
        for place, move in enumerate(ticket.moves):
            if not start <= move.at < end:
                continue
            if not move.into:
                self.reopened += 1
                continue
            self.resolved += 1
            self.hours.append((move.at - ticket.opened) / 3600)
            if move.due is not None:
                self.resolved_with_due += 1
                self.resolved_on_time += move.at <= move.due
            if move.visit:
                self._visited(ticket, move, ticket.moves[place + 1 :])

    def _visited(self, ticket: Ticket, move: Move, later: Sequence[Move]) -> None:
        """Whether the visit that this resolution owes was made, before the ticket was resolved anew."""
        self.visits_due += 1
        again = next((item.at for item in later if item.into and item.visit), None)
        reached = [
            visit
            for visit in ticket.visits
            if visit.reached and visit.at >= move.at and (again is None or visit.at < again)
        ]
        if reached:
            self.visits_reached += 1
            score = reached[-1].score
            self.scored += score is not None
            self.satisfied += score is not None and score >= SATISFIED

    def figures(self) -> dict[str, Any]:
        return {
            "received": self.received,
            "resolved": self.resolved,
            "backlog_start": self.backlog_start,
            "backlog_end": self.backlog_end,
            "resolved_with_due": self.resolved_with_due,
            "resolved_on_time": self.resolved_on_time,
            "on_time_rate": rate(self.resolved_on_time, self.resolved_with_due),
            "overdue_open_end": self.overdue_open_end,
            "median_hours": percentile(self.hours, 0.5),
            "p90_hours": percentile(self.hours, 0.9),
            "visits_due": self.visits_due,
            "visits_reached": self.visits_reached,
            "scored": self.scored,
            "satisfied": self.satisfied,
            "satisfaction_rate": rate(self.satisfied, self.scored),
            "reopened": self.reopened,
        }


def _sum(parts: Iterable[_Sums]) -> _Sums:
    whole = _Sums()
    for part in parts:
        for item in fields(_Sums):
            setattr(whole, item.name, getattr(whole, item.name) + getattr(part, item.name))
    return whole


def headline(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The plain figures without their breakdowns."""
    return {name: value for name, value in figures.items() if not isinstance(value, list | dict)}
