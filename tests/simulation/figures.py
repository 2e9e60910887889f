"""The figures of a month by the definitions that the report prints, added up from plain facts. Nothing of pmcs."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from tests.simulation.facts import DONE, ENDS, MISSED, OPEN, Case, Facts, Work

ENDINGS = ("repaired", "cleared", "closed", "cancelled", "open", "no_work")
WELL = {"accepted": "repaired", "cleared": "cleared", "closed": "closed"}
WARNED = timedelta(days=60)


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


class Month:
    """One month of the facts, over when they end."""

    def __init__(self, facts: Facts, start: datetime) -> None:
        self.facts = facts
        self.start = start
        self.end = (start + timedelta(days=32)).replace(day=1)
        self.cases = {case.id: case for case in facts.cases}

    def has(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def of(self, kind: str) -> list[Case]:
        return [case for case in self.facts.cases if case.kind == kind]

    def facilities(self) -> dict[str, Any]:
        rounds = self.rounds("inspection", "equipment")
        services = self.work_figures(self.rounds("maintenance", ""))
        return {
            "rounds": self.work_figures(rounds),
            "maintenance": services | {"by_round": {}},
            "repairs": self.repairs(),
            "assets": self.assets(),
            "hazards": self.hazards("equipment"),
            "expiring": self.expiring("asset"),
            "unreadable": [],
        }

    def safety(self) -> dict[str, Any]:
        return {
            "rounds": self.work_figures(self.rounds("inspection", "safety", "order")),
            "environment": self.work_figures(self.rounds("inspection", "cleaning", "greening")),
            "hazards": self.hazards("safety"),
            "incidents": self.incidents(),
            "drills": self.drills(),
            "shifts": self.shifts(),
            "expiring": self.expiring("emergency_plan"),
            "unreadable": [],
        }

    # Rounds and services -----------------------------------------------------------------------------------------

    def rounds(self, kind: str, *categories: str) -> list[Work]:
        return [
            work
            for work in self.facts.works
            if work.kind == kind and work.category in categories and self.has(work.day)
        ]

    def work_figures(self, works: list[Work]) -> dict[str, Any]:
        categories, lists = sorted({work.category for work in works}), sorted({work.checklist for work in works})
        return {
            **self.counted(works),
            "by_round": {name: self.counted([work for work in works if work.category == name]) for name in categories},
            "by_checklist": {name: self.counted([work for work in works if work.checklist == name]) for name in lists},
            "abnormal": self.abnormal(works),
        }

    def counted(self, works: list[Work]) -> dict[str, Any]:
        timed = [work for work in works if work.latest]
        ahead = [work for work in timed if work.outcome == OPEN and work.latest and work.latest >= self.facts.known]
        due = [work for work in timed if work not in ahead]
        done = [work for work in due if work.outcome == DONE]
        in_time = [work for work in done if work.timely == "on_time"]
        return {
            "due": len(due),
            "done": len(done),
            "on_time": len(in_time),
            "early": sum(work.timely == "early" for work in done),
            "late": sum(work.timely == "late" for work in done),
            "missed": sum(work.outcome == MISSED for work in due),
            "not_done_yet": sum(work.outcome == OPEN for work in due),
            "not_due_yet": len(ahead),
            "ad_hoc": len(works) - len(timed),
            "ad_hoc_done": sum(work.outcome == DONE for work in works if not work.latest),
            "on_time_rate": share(len(in_time), len(due)),
        }

    def abnormal(self, works: list[Work]) -> dict[str, int]:
        found: Counter[str] = Counter(self.ending(led) for work in works for led in work.led_to)
        return {"items": found.total(), **{name: found[name] for name in ENDINGS}}

    def ending(self, led: frozenset[str]) -> str:
        """How an item ended by now: what is open anywhere is open, and the best ending counts."""
        states = [(case.kind, case.moves[-1:] and case.state(datetime.max.replace(tzinfo=self.start.tzinfo)))
                  for case in map(self.cases.get, led) if case]  # fmt: skip
        if not states:
            return "no_work"
        if any(state not in ENDS[kind] for kind, state in states):
            return "open"
        return min((WELL.get(str(state), "cancelled") for _, state in states), key=ENDINGS.index)

    # Repairs and hazards -----------------------------------------------------------------------------------------

    def balance(self, cases: list[Case]) -> tuple[int, int, int, int]:
        """Open at the start, opened, ended, open at the end."""
        ended = sum(move.to in ENDS[case.kind] and self.has(move.at) for case in cases for move in case.moves)
        opened = sum(self.has(case.opened) for case in cases)
        return sum(case.open(self.start) for case in cases), opened, ended, sum(case.open(self.end) for case in cases)

    def kept(self, cases: list[Case], clock: str, *wanted: str) -> tuple[int, int]:
        """How many acts of the month, or states entered in it, had a due time, and how many of them kept it."""
        pairs = [
            (move.at, case.due(clock, move.at))
            for case in cases
            for move in case.moves
            if self.has(move.at) and (move.do in wanted or move.to in wanted)
        ]
        timed = [(at, due) for at, due in pairs if due]
        return len(timed), sum(at <= due for at, due in timed)

    def repairs(self) -> dict[str, Any]:
        mine = [case for case in self.of("repair") if case.opened < self.end]
        groups = {
            urgency: [case for case in mine if case.values["urgency"] == urgency]
            for urgency in sorted({case.values["urgency"] for case in mine})
        }
        figures = {urgency: self.repair_figures(group) for urgency, group in groups.items()}
        together = groups.get("emergency", []) + groups.get("normal", [])
        return {
            **self.repair_figures(mine),
            "together": self.repair_figures(together),
            "by_urgency": {urgency: found for urgency, found in figures.items() if any(found.values())},
        }

    def repair_figures(self, cases: list[Case]) -> dict[str, Any]:
        start, opened, ended, end = self.balance(cases)
        repaired = [
            (case, move) for case in cases for move in case.moves if move.to == "repaired" and self.has(move.at)
        ]
        with_due, in_time = self.kept(cases, "repair", "repaired")
        arrivals = [
            next((move for move in case.moves if "arrive" in move.do or move.to == "repaired"), None) for case in cases
        ]
        there = [
            (move.at, case.due("arrive", move.at))
            for case, move in zip(cases, arrivals, strict=True)
            if move and self.has(move.at)
        ]
        accepted = [case for case in cases if any(move.to == "accepted" and self.has(move.at) for move in case.moves)]
        again = [case for case in accepted if any(move.do == "reject" for move in case.moves)]
        hours = [(move.at - case.opened) / timedelta(hours=1) for case, move in repaired]
        arrived = sum(due is not None and at <= due for at, due in there)
        return {
            "open_start": start,
            "reported": opened,
            "accepted": len(accepted),
            "ended": ended,
            "reopened": 0,
            "open_end": end,
            "repaired": len(repaired),
            "repaired_with_due": with_due,
            "repaired_on_time": in_time,
            "timely_rate": share(in_time, with_due),
            "arrived_with_due": len(there),
            "arrived_on_time": arrived,
            "arrival_rate": share(arrived, len(there)),
            "reworked": len(again),
            "rework_rate": share(len(again), len(accepted)),
            "median_hours": median(hours) if hours else None,
            "cost": sum(case.cost for case in accepted),
        }

    def hazards(self, domain: str) -> dict[str, Any]:
        mine = [case for case in self.of("hazard") if case.values["domain"] == domain]
        start, found, closed, end = self.balance(mine)
        reported, reported_in_time = self.kept(mine, "report", "report")
        rectified, rectified_in_time = self.kept(mine, "rectify", "rectified")
        still = [(case, case.due("rectify", self.end)) for case in mine if case.open(self.end)]
        behind = [case for case, due in still if due and due < self.end]
        overdue = [case for case in behind if case.state(self.end) in ("rectifying", "extending")]
        pressing = []
        for case, due in still:
            late = (self.end - due) / timedelta(hours=1) if due and case in overdue else None
            if late is not None or case.values["level"] == "major":
                row = {name: case.values.get(name) for name in ("place", "what", "level", "owner")}
                pressing.append({**row, "id": case.id, "deadline": due and due.isoformat(), "late_hours": late})
        levels = Counter(case.values["level"] for case in mine if self.has(case.opened))
        return {
            "open_start": start,
            "found": found,
            "closed": closed,
            "reopened": 0,
            "open_end": end,
            "overdue_end": len(overdue),
            "extended": sum(move.do == "approve" and self.has(move.at) for case in mine for move in case.moves),
            "reported": reported,
            "reported_on_time": reported_in_time,
            "reporting_rate": share(reported_in_time, reported),
            "rectified": rectified,
            "rectified_on_time": rectified_in_time,
            "rectified_on_time_rate": share(rectified_in_time, rectified),
            "to_close": closed + len(behind),
            "rectification_rate": share(closed, closed + len(behind)),
            "found_by_level": dict(sorted(levels.items())),
            "pressing": sorted(
                pressing, key=lambda row: (-(row["late_hours"] or 0), row["deadline"] or "9", row["id"])
            ),
        }

    # Equipment and papers ----------------------------------------------------------------------------------------

    def assets(self) -> dict[str, Any]:
        states = {
            thing.id: (thing.category, [state for at, state in thing.states if at < self.end][-1:])
            for thing in self.facts.things
        }
        used = {
            id_: (category, state[0]) for id_, (category, state) in states.items() if state and state[0] != "retired"
        }

        def counted(parts: list[str]) -> dict[str, Any]:
            good = parts.count("active")
            return {"in_use": len(parts), "in_order": good, "in_order_rate": share(good, len(parts))}

        return {
            **counted([state for _, state in used.values()]),
            "by_category": {
                name: counted([state for category, state in used.values() if category == name])
                for name in sorted({category for category, _ in used.values()})
            },
            "stopped": sorted(id_ for id_, (_, state) in used.items() if state != "active"),
        }

    def expiring(self, *kinds: str) -> dict[str, Any]:
        today = (self.end - timedelta(days=1)).date()
        latest: dict[tuple[str, str, str, str], Any] = {}
        by_number: dict[tuple[str, str, str, str], Any] = {}
        for paper in self.facts.papers:
            there = paper.entered < self.end and not (paper.over and paper.over < self.end)
            if paper.kind in kinds and there:
                by_number[paper.kind, paper.id, paper.what, paper.number] = paper
        for (kind, id_, what, _), paper in by_number.items():
            key = (kind, id_, paper.field, what)
            if key not in latest or latest[key].expires < paper.expires:
                latest[key] = paper
        near = [paper for paper in latest.values() if paper.expires <= today + WARNED]
        rows = [
            {
                "kind": paper.kind,
                "id": paper.id,
                "name": paper.name,
                "what": paper.what,
                "field": paper.field,
                "date": f"{paper.expires}",
                "days": (paper.expires - today).days,
            }
            for paper in sorted(near, key=lambda paper: (paper.expires, paper.id, paper.what))
        ]
        over = sum(paper.expires < today for paper in near)
        return {"expired": over, "near": len(rows) - over, "dates": rows}

    # Incidents, drills, shifts -----------------------------------------------------------------------------------

    def incidents(self) -> dict[str, Any]:
        cases = self.of("incident")
        mine = [case for case in cases if self.has(case.opened)]
        start, reported, closed, end = self.balance(cases)

        def minutes(*wanted: str) -> list[float]:
            firsts = [
                (case, next((move for move in case.moves if move.do in wanted or move.to in wanted), None))
                for case in mine
            ]
            return [(move.at - case.opened) / timedelta(minutes=1) for case, move in firsts if move]

        came = minutes("arrive")
        late = [case for case in mine if all(move.do != "arrive" for move in case.moves)
                and (due := case.due("arrive", self.facts.known)) and due < self.facts.known]  # fmt: skip
        limits = {"minor": 15, "serious": 5, "grave": 5}
        quick = sum(
            any(
                move.do == "arrive" and move.at - case.opened <= timedelta(minutes=limits[case.values["grade"]])
                for move in case.moves
            )
            for case in mine
        )
        reviewed, in_time = self.kept(cases, "review", "reviewed")
        overdue = [
            case for case in cases
            if case.state(self.end) == "recovered" and (due := case.due("review", self.end)) and due < self.end
        ]  # fmt: skip
        controlled, recovered = minutes("controlled"), minutes("recovered")
        return {
            "open_start": start,
            "reported": reported,
            "closed": closed,
            "reopened": 0,
            "open_end": end,
            "by_type": dict(sorted(Counter(case.values["type"] for case in mine).items())),
            "by_grade": dict(sorted(Counter(case.values["grade"] for case in mine).items())),
            "responded": len(came),
            "response_with_due": len(came) + len(late),
            "response_on_time": quick,
            "response_rate": share(quick, len(came) + len(late)),
            "response_median_minutes": median(came) if came else None,
            "response_longest_minutes": max(came, default=None),
            "controlled_median_minutes": median(controlled) if controlled else None,
            "recovered_median_minutes": median(recovered) if recovered else None,
            "reviewed": reviewed,
            "reviewed_with_due": reviewed,
            "reviewed_on_time": in_time,
            "review_rate": share(in_time, reviewed),
            "reviews_overdue_end": len(overdue),
            "persons": sum(case.persons for case in mine),
            "open": [
                {
                    **{name: case.values.get(name) for name in ("grade", "type", "place", "what")},
                    "id": case.id,
                    "opened": case.opened.isoformat(),
                }
                for case in sorted(cases, key=lambda case: case.id)
                if case.open(self.end)
            ],
        }

    def drills(self) -> dict[str, Any]:
        mine = [case for case in self.of("drill") if self.has(_time(case, "planned"))]
        held = [(case, move) for case in mine for move in case.moves if move.to == "held"]
        cancelled = [case for case in mine if any(move.to == "cancelled" for move in case.moves)]
        waiting = [case for case in mine if case not in (*cancelled, *(one for one, _ in held))]
        ahead = [case for case in waiting if _time(case, "planned") >= self.facts.known]
        due = len(mine) - len(cancelled) - len(ahead)
        return {
            "due": due,
            "held": len(held),
            "held_on_time": sum(move.at <= _time(case, "planned") for case, move in held),
            "not_held": due - len(held),
            "not_due_yet": len(ahead),
            "poor": sum(case.values.get("result") == "poor" for case, _ in held),
            "held_rate": share(len(held), due),
        }

    def shifts(self) -> dict[str, Any]:
        mine = [case for case in self.of("shift") if self.has(_time(case, "ends"))]
        taken = [(case, move) for case in mine for move in case.moves if move.to == "taken"]
        stood = [case for case in mine if any(move.to == "stood_down" for move in case.moves)]
        left = [case for case in mine if case.state(self.facts.known) in ("on_duty", "handed")]
        ahead = [case for case in left if _time(case, "ends") >= self.facts.known]
        without = sorted(case.id for case in left if case not in ahead)
        in_time = sum(move.at <= _time(case, "ends") for case, move in taken)
        return {
            "due": len(taken) + len(without),
            "taken": len(taken),
            "taken_on_time": in_time,
            "taken_late": len(taken) - in_time,
            "without_takeover": len(without),
            "stood_down": len(stood),
            "not_due_yet": len(ahead),
            "on_time_rate": share(in_time, len(taken) + len(without)),
            "without": without,
        }


def _time(case: Case, name: str) -> datetime:
    found = datetime.fromisoformat(case.values[name])
    return found if found.tzinfo else found.replace(tzinfo=case.opened.tzinfo)
