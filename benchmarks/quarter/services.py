"""The services of lifts, fire installations and the tank: done, early, late, not at all, or by a greater one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from .desk import SECOND, Act, Desk
from .premises import LIFTS, PLANS, Plan
from .rounds import FOUND, KEEPERS, clock, done, number

MOVED = {("LH-A", 30, "L03"): 40, ("LH-A", 60, "L04"): 57, ("LH-A", 75, "L02"): 73,
         ("LQ-A", 15, "L04"): 17, ("LQ-A", 15, "L05"): 19, ("FIRES", 35, "FIRE"): 39}  # fmt: skip
"""What is done on another day than planned: too late, too early, early within the tolerance."""
UNDONE = {("LH-A", 45, "L06"), ("LH-A", 75, "L05"), ("LH-A", 90, "L05"), ("LQ-A", 15, "L06")}
UNACCEPTED = {("LH-B", 52, "L10")}
COVERED = {
    *(("LH-A", 15, lift) for lift in LIFTS[:5]), *(("LH-B", 37, lift) for lift in LIFTS[6:11]), ("LH-C", 15, "L12"),
    *(("LQ-A", 15, lift) for lift in LIFTS[:2]), ("LQ-B", 37, "L07"), ("LHY-A", 15, "L01"),
}  # fmt: skip
"""Those that a greater service of their day does."""


def days(plan: Plan, last: int, first: date) -> list[int]:
    """The days of the quarter on which a plan's services fall."""
    if plan.rule == "half-monthly":
        return list(range(plan.day, last, 15))
    begins, found = plan.begins(first).date(), [plan.day]
    while plan.rule == "monthly":
        month = begins.month % 12 + 1
        begins = begins.replace(month=month, year=begins.year + (month == 1))
        if (begins - first).days >= last:
            break
        found.append((begins - first).days)
    return found


class Services:
    """What is serviced on a day, in the morning; another keeper accepts it in the afternoon."""

    def __init__(self, desk: Desk, first: date, day: int, last: int) -> None:
        self.desk = desk
        self.first = first
        self.day = day
        self.last = last
        self.doer, self.acceptor = KEEPERS[day % 2], KEEPERS[(day + 1) % 2]
        self.ready: list[str] = []

    def do(self, dice: Random) -> None:
        """Begin, look at everything, finish."""
        acts: list[Act] = []
        begun = clock(self.first, self.day, "10:40")
        with self.desk.store.writing("services"):  # what was typed since is read
            pass
        for what, id_ in self._today():
            but = FOUND.get(what, "")
            acts += done(self.desk, "maintenance", id_, begun, dice, but, minutes=20)
            begun += timedelta(minutes=1)
            if what not in UNACCEPTED and not but:
                self.ready.append(id_)
        self.desk.enter(self.doer, acts)

    def accept(self) -> None:
        """Accept what was done."""
        start = self.desk.now
        acts = [Act(start + count * SECOND, "maintenance", id_, "accept") for count, id_ in enumerate(self.ready)]
        self.desk.enter(self.acceptor, acts)

    def _today(self) -> Iterator[tuple[tuple[str, int, str], str]]:
        for plan in PLANS:
            if plan.makes != "maintenance" or plan.typed > self.day:
                continue
            for planned in days(plan, self.last, self.first):
                for target in plan.assets:
                    what = (plan.code, planned, target)
                    if MOVED.get(what, planned) == self.day and what not in UNDONE | COVERED:
                        yield what, number("B", plan, at(plan, self.first, planned), target)


def at(plan: Plan, first: date, day: int) -> datetime:
    """The planned time of a service."""
    return clock(first, day, plan.time)
