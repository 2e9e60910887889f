"""The facts as the script's ledger says them: what people did, and by plain arithmetic what was due by when.

Nothing of pmcs: of its occurrences, windows, clocks and consequences this is a second reckoning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from benchmarks.quarter.desk import STAFF, ZONE, Did
from benchmarks.quarter.premises import PLANS, Plan
from benchmarks.quarter.rounds import SILENT
from tests.simulation.facts import DONE, MISSED, OPEN, Case, Facts, Move, Paper, Thing, Work

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
STEPS = {"daily": 1, "every 2 days": 2, "every 3 days": 3, "every 4 days": 4, "weekly": 7, "half-monthly": 15}
MONTHS = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}
RANKS = ("lift_half_monthly", "lift_quarterly", "lift_half_yearly", "lift_yearly")
"""Each covers those before it."""
LETTERS = {"inspection": "X", "maintenance": "B", "drill": "L"}
AFTER = {
    "repair": {"new": "reported", "assign": "assigned", "wait": "waiting", "resume": "assigned", "finish": "repaired",
               "accept": "accepted", "reject": "assigned", "cancel": "cancelled"},
    "hazard": {"new": "found", "report": "reported", "plan": "rectifying", "extend": "extending",
               "approve": "rectifying", "refuse": "rectifying", "rectify": "rectified", "reinspect pass": "cleared",
               "reinspect fail": "rectifying"},
    "incident": {"new": "reported", "arrive": "responding", "control": "controlled", "recover": "recovered",
                 "review": "reviewed", "close": "closed"},
    "ticket": {"new": "registered", "triage": "triaged", "resolve": "resolved", "visit": "visited", "close": "closed"},
    "drill": {"new": "planned", "hold": "held", "assess": "assessed", "cancel": "cancelled"},
    "shift": {"new": "on_duty", "hand": "handed", "take": "taken", "stand_down": "stood_down"},
}  # fmt: skip
ASSET = {"add": "active", "restore": "active", "stop": "stopped", "retire": "retired"}


# By when ----------------------------------------------------------------------------------------------------------

HOLIDAYS = {date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27)}
WORKDAYS = {date(2026, 9, 20)}
SLOTS = ((time(8, 30), time(12)), (time(14), time(17, 30)))


def office_after(start: datetime, hours: float) -> datetime:
    """So many hours of the office later."""
    left, day = timedelta(hours=hours), start.date()
    while True:
        if day in WORKDAYS or (day.weekday() < 5 and day not in HOLIDAYS):
            for opens, closes in SLOTS:
                begins = max(start, datetime.combine(day, opens, ZONE))
                ends = datetime.combine(day, closes, ZONE)
                if begins < ends:
                    if begins + left <= ends:
                        return begins + left
                    left -= ends - begins
        day += DAY


def office_between(start: datetime, end: datetime) -> float:
    """The hours of the office between two times."""
    found, day = timedelta(), start.date()
    while day <= end.date():
        if day in WORKDAYS or (day.weekday() < 5 and day not in HOLIDAYS):
            for opens, closes in SLOTS:
                begins = max(start, datetime.combine(day, opens, ZONE))
                found += max(min(end, datetime.combine(day, closes, ZONE)) - begins, timedelta())
        day += DAY
    return found / timedelta(hours=1)


def end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), ZONE)


# Cases ------------------------------------------------------------------------------------------------------------


def cases_of(ledger: list[Did]) -> list[Case]:
    """Repairs, hazards and the like, each act in its place; what follows by itself is added."""
    cases: dict[str, Case] = {}
    for did in ledger:
        if did.kind not in AFTER:
            continue
        case = cases.setdefault(did.id, Case(did.id, did.kind))
        _apply(case, did)
        if did.kind == "repair" and did.do == "accept":
            source = cases.get(case.values.get("source", ""))
            # A repair that is accepted lets go of what waited for it.
            if source and source.kind in ("hazard", "ticket"):
                source.moves.append(Move(did.at, "freed", {"hazard": "rectified", "ticket": "resolved"}[source.kind]))
    return [case for case in cases.values() if all(move.do != "void" for move in case.moves)]


def _apply(case: Case, did: Did) -> None:
    values = {name: value for name, value in did.values.items() if isinstance(value, str)}
    if did.kind == "hazard" and "remark" in values:
        values["what"] = values["remark"]
    if did.do == "take":
        values = {}  # they are the next shift's
    do = f"{did.do} {values['result']}" if did.do == "reinspect" else did.do
    if did.do == "approve":
        values["deadline"] = case.values["wanted"]
    case.values |= {"urgency": "normal"} | case.values | values if did.kind == "repair" else values
    case.moves.append(Move(did.at, did.do, AFTER[did.kind].get(do, "")))
    case.persons += did.do == "affect"
    for row in did.values.get("materials", []):
        case.cost += float(row.rpartition("amount=")[2])
    case.cost += float(values.get("labour", 0))
    case.dues += [(clock, did.at, due) for clock, due in _dues(case, did, do)]


def _dues(case: Case, did: Did, do: str) -> Iterator[tuple[str, datetime]]:
    """The due times that an act sets (the lengths of the regulation, articles 8 and 9)."""
    at, values = did.at, case.values
    if case.kind == "repair":
        urgency = values["urgency"]
        whole = {"emergency": 24.0, "normal": 14.0, "low": 49.0}[urgency]
        later = (
            (lambda hours: at + timedelta(hours=hours))
            if urgency == "emergency"
            else (lambda hours: office_after(at, hours))
        )
        if do == "new":
            yield "arrive", later({"emergency": 0.5, "normal": 4.0, "low": 14.0}[urgency])
        if do in ("new", "reject"):
            yield "repair", later(whole)
        if do == "resume":
            waited = next(move.at for move in reversed(case.moves) if move.do == "wait")
            before = next(due for clock, _, due in reversed(case.dues) if clock == "repair")
            yield "repair", office_after(at, office_between(waited, before))
    elif case.kind == "hazard":
        if do == "new":
            yield "report", at + timedelta(minutes=30 if values["level"] == "major" else 120)
        if do in ("plan", "approve", "refuse", "reinspect fail"):
            yield "rectify", end_of(date.fromisoformat(values["deadline"]))
    elif case.kind == "incident":
        if do == "new":
            yield "arrive", at + timedelta(minutes={"minor": 15, "serious": 5, "grave": 5}[values["grade"]])
        if do == "recover":
            yield "review", end_of(at.date() + 3 * DAY)


# Rounds and services ----------------------------------------------------------------------------------------------


class Slot(NamedTuple):
    """One occurrence of a plan."""

    id: str
    plan: Plan
    target: str
    planned: datetime
    earliest: datetime
    latest: datetime
    lapses: datetime


def later(when: datetime, months: int) -> datetime:
    """So many months later; no plan of the quarter lies behind the 28th of its month."""
    count = when.month - 1 + months
    return when.replace(year=when.year + count // 12, month=count % 12 + 1)


def _next(plan: Plan, when: datetime) -> datetime:
    return when + STEPS[plan.rule] * DAY if plan.rule in STEPS else later(when, MONTHS[plan.rule])


def _moved(when: datetime, length: str, sign: int) -> datetime:
    """The end, or with `sign` -1 the beginning, of what a tolerance leaves."""
    amount, _, measure = (length or "0d day").partition(" ")
    if measure == "day":
        day = when.date() + sign * int(amount[:-1]) * DAY
        return end_of(day) if sign > 0 else datetime.combine(day, time(), ZONE)
    return when + sign * int(amount[:-1]) * timedelta(**{"m": {"minutes": 1}, "h": {"hours": 1}}[amount[-1]])


def slot(plan: Plan, planned: datetime, target: str) -> Slot:
    """An occurrence and its window, as far as the plan says it."""
    earliest, latest = _moved(planned, plan.before, -1), _moved(planned, plan.after, 1)
    lapses = max(latest, _moved(_next(plan, planned), plan.before, -1))
    parts = (LETTERS[plan.makes], f"{planned:%Y%m%dT%H%M}", plan.code, target)
    return Slot("-".join(part for part in parts if part), plan, target, planned, earliest, latest, lapses)


class Quarter:
    """What was planned, and what the ledger says of it."""

    def __init__(self, ledger: list[Did], first: date, days: int) -> None:
        self.acts: dict[str, list[Did]] = {}
        for did in ledger:
            self.acts.setdefault(did.id, []).append(did)
        self.made: dict[tuple[str, str], set[str]] = {}
        for did in ledger:
            if "source" in did.values:
                self.made.setdefault((did.values["source"], did.values.get("source_item", "")), set()).add(did.id)
        self.first, self.days = first, days
        self.end = datetime.combine(first + days * DAY, time(), ZONE)
        self.mornings = [datetime.combine(first + n * DAY, time(6), ZONE) for n in range(days + 1) if n not in SILENT]
        self.slots = [found for plan in PLANS if plan.makes != "drill" for found in self._slots(plan)]
        self.covered = dict(self._covered())
        self.worked: dict[str, datetime] = {}

    def drills(self) -> Iterator[Did]:
        """What cron makes of the plan of drills, as if somebody had done it."""
        for plan in PLANS:
            for found in self._slots(plan) if plan.makes == "drill" else ():
                yield Did(
                    min(found.planned, self.mornings[0]),
                    "",
                    "drill",
                    found.id,
                    "new",
                    {"planned": found.planned.isoformat()},
                )

    def _slots(self, plan: Plan) -> Iterator[Slot]:
        rule, when, made = plan.rule, plan.begins(self.first), datetime.min.replace(tzinfo=ZONE)
        for edited in [did for did in self.acts.get(plan.code, ()) if did.do == "edit"]:
            # What cron made on the morning of the change was made.
            yield from self._stretch(plan, rule, when, made, end_of(edited.at.date()))
            rule, made = edited.values["rule"], end_of(edited.at.date())
        yield from self._stretch(plan, rule, when, made, self.end - SECOND)

    def _stretch(self, plan: Plan, rule: str, when: datetime, after: datetime, until: datetime) -> Iterator[Slot]:
        plan = plan._replace(rule=rule)
        while when <= until:
            found = [slot(plan, when, target) for target in (plan.places or plan.assets or ("",))]
            yield from found if when > after else ()
            when = self._after_completion(found[0]) if plan.basis == "after_completion" else _next(plan, when)

    def _after_completion(self, last: Slot) -> datetime:
        """A step after the day on which the last one ended, done or missed."""
        finished = [did.at for did in self.acts.get(last.id, ()) if did.do == "finish"]
        ended = finished[0] if finished else next((at for at in self.mornings if at > last.lapses), self.end)
        return _next(last.plan, datetime.combine(ended.date(), last.planned.time(), ZONE))

    def _at(self, id_: str, do: str) -> datetime | None:
        return next((did.at for did in self.acts.get(id_, ()) if did.do == do), None)

    def _covered(self) -> Iterator[tuple[str, datetime]]:
        """What a greater service of the day does, and when."""
        for great in self.slots:
            begun = self._at(great.id, "start")
            if great.plan.checklist not in RANKS or not begun or not self._at(great.id, "accept"):
                continue
            for lesser in RANKS[: RANKS.index(great.plan.checklist)]:
                fitting = [
                    one
                    for one in self.slots
                    if one.plan.checklist == lesser and one.target == great.target and not self._at(one.id, "start")
                    and one.earliest.date() <= begun.date() and begun < one.lapses
                ]  # fmt: skip
                if fitting:
                    yield fitting[0].id, begun

    def works(self) -> Iterator[Work]:
        """Every round and service, planned or on the spot."""
        before: dict[tuple[str, str], Slot] = {}
        for one in self.slots:
            bounded = one
            if one.plan.max_gap:
                last = before.get((one.plan.code, one.target))
                done = last and (self.covered.get(last.id) or self._at(last.id, "start"))
                if done:
                    latest = min(one.latest, _moved(done, one.plan.max_gap, 1))
                    bounded = one._replace(latest=max(one.earliest, latest))
                before[one.plan.code, one.target] = one
            yield self._work(bounded)
        for id_, acts in self.acts.items():
            if acts[0].kind == "inspection" and acts[0].do == "new" and all(did.do != "void" for did in acts):
                values = acts[0].values
                yield Work(id_, "inspection", values["round"], values["checklist"], acts[0].at, None, OPEN, "", ())

    def _work(self, one: Slot) -> Work:
        begun = self.covered.get(one.id) or self._at(one.id, "start")
        over = self._at(one.id, "accept" if one.plan.makes == "maintenance" else "finish")
        outcome, timely = OPEN, ""
        if begun:
            timely = "early" if begun < one.earliest else "late" if begun > one.latest else "on_time"
            outcome = DONE if over or one.id in self.covered else OPEN
        elif any(at > one.lapses for at in self.mornings):
            outcome = MISSED
        plan, led_to = one.plan, tuple(self._led_to(one.id))
        return Work(one.id, plan.makes, plan.round, plan.checklist, one.planned, one.latest, outcome, timely, led_to)

    def _led_to(self, id_: str) -> Iterator[frozenset[str]]:
        for did in self.acts.get(id_, ()):
            if did.do == "record" and "item" in did.values:
                named = {did.values["work"]} if "work" in did.values else set()
                yield frozenset(self.made.get((id_, did.values["item"]), set()) | named)


# Registers --------------------------------------------------------------------------------------------------------


def things_of(ledger: Iterable[Did]) -> list[Thing]:
    """The equipment, and when it was in order."""
    found: dict[str, Thing] = {}
    for did in ledger:
        if did.kind == "asset" and did.do in ASSET:
            thing = found.setdefault(did.id, Thing(did.id, did.values.get("category", ""), []))
            thing.states.append((did.at, ASSET[did.do]))
    return list(found.values())


def papers_of(ledger: list[Did]) -> Iterator[Paper]:
    """What runs out."""
    names = {
        did.id: did.values["name"] for did in ledger if did.do == "add" and did.kind in ("asset", "emergency_plan")
    }
    over = {did.id: did.at for did in ledger if did.kind == "asset" and did.do == "retire"}
    for did in ledger:
        if did.do in ("certify", "renew"):
            row: Any = did.values.get("certificates", [did.values])[0]
            told = (row["name"], "certificates.expires", row["number"], date.fromisoformat(row["expires"]))
            yield Paper("asset", did.id, names[did.id], *told, did.at, over.get(did.id))
        if did.do == "license":
            row = did.values["licences"][0]
            told = (row["licence"], "licences.expires", row["number"], date.fromisoformat(row["expires"]))
            yield Paper("staff", did.id, STAFF[did.id][0], *told, did.at)
        if did.kind == "emergency_plan" and "review_by" in did.values:
            expires = date.fromisoformat(did.values["review_by"])
            yield Paper("emergency_plan", did.id, names[did.id], "", "review_by", "", expires, did.at)


def facts_of(ledger: list[Did], first: date, days: int) -> Facts:
    """Everything that the figures need."""
    told = sorted(ledger, key=lambda did: did.at)
    quarter = Quarter(told, first, days)
    known = quarter.mornings[-1]
    cases = cases_of(sorted([*told, *quarter.drills()], key=lambda did: did.at))
    return Facts(list(quarter.works()), cases, things_of(told), list(papers_of(told)), known)
