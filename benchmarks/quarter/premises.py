"""The premises: places, equipment with its papers, plans for emergencies, and the schedules of all work."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from .desk import MANAGER, SECOND, STAFF, ZONE, Act, Desk

PUMPS = tuple(f"PR{number}" for number in range(1, 4))
POINTS = tuple(f"P{number:02}" for number in range(1, 41))
LIFTS = tuple(f"L{number:02}" for number in range(1, 13))
SITES = ("GATE", "GARDEN", "HALL", "ROOF")
OTHERS = (
    ("FIRE", "fire", "消火栓系统"),
    ("TANK", "tank", "生活水箱"),
    ("PUMP", "water", "生活水泵"),
    ("MAST", "lightning", "接闪器"),
)


class Plan(NamedTuple):
    """A schedule as it is typed: from which day of the quarter on, at what time, for what, how early and how late."""

    code: str
    makes: str
    checklist: str
    rule: str
    day: int
    time: str
    round: str = ""
    places: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    max_gap: str = ""
    basis: str = ""
    plan: str = ""
    typed: int = 0
    """The day on which it is typed; its beginning may lie before that."""

    def begins(self, first: date) -> datetime:
        """Its first occurrence."""
        return datetime.combine(first + timedelta(days=self.day), time.fromisoformat(self.time), ZONE)


TOLERANT = {"before": "2d day", "after": "2d day"}
LIFT = {"makes": "maintenance", "time": "08:00", **TOLERANT}
HALF = {"checklist": "lift_half_monthly", "rule": "half-monthly", "max_gap": "15d day", **LIFT}
PLANS = (
    Plan("NIGHT", "inspection", "patrol_point", "daily", 0, "22:00", "safety", POINTS, (), "30m real", "3h real"),
    Plan("PUMPS", "inspection", "pump_room_daily", "daily", 0, "08:00", "equipment", PUMPS, (), "1h real", "2h real"),
    Plan("LIGHT", "inspection", "lighting_weekly", "weekly", 1, "20:00", "equipment", basis="after_completion"),
    Plan("SAFE", "inspection", "safety_weekly", "weekly", 2, "10:00", "safety"),
    Plan("GATES", "inspection", "order_daily", "every 2 days", 0, "17:00", "order", ("GATE",)),
    Plan("CLEAN", "inspection", "cleaning_daily", "every 3 days", 0, "15:00", "cleaning", ("HALL",)),
    Plan("GREEN", "inspection", "greening_weekly", "weekly", 3, "09:00", "greening", ("GARDEN",)),
    Plan("LH-A", day=0, assets=LIFTS[:6], **HALF),
    Plan("LH-B", day=7, assets=LIFTS[6:11], **HALF),
    # Typed when a greater service of its first day was accepted already.
    Plan("LH-C", day=15, assets=LIFTS[11:], typed=20, **HALF),
    Plan("LQ-A", checklist="lift_quarterly", rule="quarterly", day=15, assets=(*LIFTS[:6], LIFTS[11]), **LIFT),
    Plan("LQ-B", checklist="lift_quarterly", rule="quarterly", day=37, assets=LIFTS[6:11], **LIFT),
    Plan("LHY-A", checklist="lift_half_yearly", rule="half-yearly", day=15, assets=LIFTS[:2], **LIFT),
    Plan("LHY-B", checklist="lift_half_yearly", rule="half-yearly", day=37, assets=LIFTS[6:7], **LIFT),
    Plan("LY", checklist="lift_yearly", rule="yearly", day=15, assets=LIFTS[:1], **LIFT),
    Plan("FIRES", "maintenance", "fire_monthly", "monthly", 4, "09:00", assets=("FIRE",), **TOLERANT),
    Plan("TANKS", "maintenance", "tank_cleaning", "half-yearly", 40, "09:00", assets=("TANK",), **TOLERANT),
    Plan("DRILLS", "drill", "", "monthly", 11, "15:00", places=("HALL",), plan="EVACUATE"),
)  # fmt: skip


def open_office(desk: Desk, office: str) -> None:
    """A store with its staff."""
    desk.run("init", str(desk.folder), "--office", office)
    people = {code: person for code, person in STAFF.items() if code != MANAGER}
    _enter(desk, MANAGER, *(
        ("staff", "add", {"code": code, "name": name, "email": f"{code}@example.com",
                          "posts": [{"post": post, "since": "2020-01-01"}]})
        for code, (name, post) in people.items()
    ))  # fmt: skip


def furnish(desk: Desk, first: date) -> None:
    """What is there before the first day. Days of papers count from it."""

    def day(count: int) -> str:
        return f"{first + timedelta(days=count)}"

    def paper(code: str, name: str, number: str, count: int) -> tuple[str, str, dict[str, Any]]:
        return "asset", code, {"certificates": [{"name": name, "number": number, "expires": day(count)}]}

    places = [("place", "add", {"code": code}) for code in (*PUMPS, *POINTS, *SITES)]
    licence = {"licence": "特种设备作业人员证", "number": "TS1", "expires": day(123)}
    _enter(desk, MANAGER, *places, ("staff", "zhou.tao", {"licences": [licence]}))
    lifts = [(code, "lift", f"{number + 1} 号电梯", SITES[number % 4]) for number, code in enumerate(LIFTS)]
    things = [*lifts, *((code, category, name, "ROOF") for code, category, name in OTHERS)]
    _enter(
        desk,
        "wang.qiang",
        *(
            ("asset", "add", {"code": code, "category": category, "name": name, "place": place})
            for code, category, name, place in things
        ),
        # Renewed in time; forgotten; next year's stands beside it already; far away; after the quarter.
        *(paper("L01", "年检", "N1", 76), paper("L02", "年检", "N2", 50), paper("L03", "年检", "N3", 385)),
        *(paper("L03", "年检", "N4", 20), paper("L04", "维保合同", "W4", 700), paper("MAST", "检测报告", "J1", 95)),
    )
    evacuation = {
        "code": "EVACUATE",
        "name": "疏散预案",
        "type": "fire",
        "steps": "报警、疏散、清点",
        "review_by": day(106),
    }
    trapped = {"code": "TRAPPED", "name": "电梯困人预案", "type": "lift", "steps": "安抚、呼叫维保、救出"}
    _enter(desk, "ma.jun", *(("emergency_plan", "add", values) for values in (evacuation, trapped)))


def _enter(desk: Desk, by: str, *todo: tuple[str, str, dict[str, Any]]) -> None:
    """Entries of registers, a second each; what is no `add` is a paper of an entry."""
    papers = {"staff": "license", "asset": "certify"}
    acts = []
    for count, (kind, what, values) in enumerate(todo):
        when = desk.now + count * SECOND
        acts.append(
            Act(when, kind, "", "add", values) if what == "add" else Act(when, kind, what, papers[kind], values)
        )
    desk.enter(by, acts)


def plan_work(desk: Desk, first: date, day: int) -> None:
    """The schedules that are typed on a day of the quarter."""
    acts = []
    for plan in PLANS:
        if plan.typed == day:
            values: dict[str, Any] = {
                name: value for name, value in plan._asdict().items()
                if value and name not in ("day", "time", "places", "assets", "typed")
            }  # fmt: skip
            for kind in ("place", "asset"):
                rows = [{kind: code} for code in getattr(plan, f"{kind}s")]
                values |= {f"{kind}s": rows} if rows else {}
            values |= {"name": plan.code, "begins": f"{plan.begins(first):%Y-%m-%d %H:%M}"}
            acts.append(Act(desk.now + len(acts) * SECOND, "schedule", "", "add", values))
    desk.enter(MANAGER, acts)
