"""December 2026 at 阳光花园, as it was typed: rounds, services, repairs, hazards, an incident, drills and shifts.

What each step means for the report stands beside it; the tests compare with figures added up from these words by hand.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pmcs.core.record import written
from pmcs.core.world import Given
from pmcs.duties.acting import act, by_system
from pmcs.store.store import Store
from tests.stories.conftest import ZONE, Office

CHECKLISTS = {
    "pump": "title: 水泵房巡查\nitems:\n  1: {what: 压力, unit: MPa, min: 0.35, max: 0.45}\n  2: {what: 渗漏}\n",
    "gate": "title: 门岗巡查\nitems:\n  1: {what: 道闸}\n",
    "lawn": "title: 绿地巡查\nitems:\n  1: {what: 草坪}\n",
    "lift_half_month": "title: 电梯半月保养\nitems:\n  1: {what: 机房清洁}\n",
    "lift_year": "title: 电梯年度保养\ncovers: [lift_half_month]\nitems:\n  2: {what: 钢丝绳}\n",
}
PEOPLE = {"ma.li": "facility_keeper", "sun.wei": "security_guard", "zhou.gang": "security_guard"}
HOUR = timedelta(hours=1)


def plan(office: Office, kind: str, planned: str, hours: float = 24, **values: str) -> str:
    """What cron makes of a plan: half an hour early or late is in time, and after `hours` it counts as missed."""
    when = datetime.fromisoformat(planned).replace(tzinfo=ZONE)
    times = {"planned": when}
    if kind != "drill":
        times |= {"earliest": when - HOUR / 2, "latest": when + HOUR / 2, "lapses": when + hours * HOUR}
    given = Given({**values, **{name: written(moment) for name, moment in times.items()}})
    done = act(Store(office.root), kind, "schedule", None, given, by_system(office._clock, "zh_CN"))
    return done.steps[0].after.id


def walk(office: Office, id_: str, begun: str, *rows: tuple[str, ...], by: str, kind: str = "inspection") -> None:
    """Begin, record each row, finish."""
    office.at(begun)(kind, "start", id_, by=by)
    for row in rows:
        office.later(minutes=1)(kind, "record", id_, *row, by=by)
    office.later(minutes=1)(kind, "finish", id_, by=by)


def furnish(office: Office) -> None:
    """Staff, checklists, a second place, equipment with its papers, a plan for emergencies and the schedules."""
    folder = office.root / "regulation" / "2026-01-01" / "checklists"
    folder.mkdir(exist_ok=True)
    for name, text in CHECKLISTS.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    office.git("add", "-A")
    office.git("commit", "-qm", "checklists")
    for code, post in PEOPLE.items():
        mail = f"{code}@example.com"
        office("staff", "add", code, "--name", code, "--email", mail, "--posts", f"post={post},since=2020-01-01")
    licence = ("--licence", "电工证", "--number", "D1", "--expires", "2027-02-10")
    office("staff", "license", "wang.qiang", *licence)  # 41 days after the month
    for code, name, category in (
        *(
            ("L1", "1 号电梯", "lift"),
            ("L2", "2 号电梯", "lift"),
            ("L3", "旧电梯", "lift"),
            ("P1", "生活水泵", "water"),
        ),
    ):
        office("asset", "add", code, "--name", name, "--category", category, "--place", "3-2-1201")
    for code, name, number, day in (
        ("L1", "年检", "N1", "2026-06-30"),  # renewed by the next
        ("L1", "年检", "N2", "2027-01-15"),  # near: 15 days
        ("L1", "维保合同", "W1", "2027-06-01"),  # far
        ("P1", "检测报告", "J1", "2026-12-20"),  # over
        ("L3", "年检", "N3", "2026-12-01"),  # over, of a thing that is retired
    ):
        office("asset", "certify", code, "--name", name, "--number", number, "--expires", day)
    office(
        *("emergency_plan", "add", "FIRE", "--name", "火灾预案", "--type", "fire", "--steps", "报警、疏散、灭火"),
        *("--review-by", "2027-01-31"),  # near: 31 days, and of article 9
    )
    daily = ("--rule", "FREQ=DAILY", "--begins", "2026-11-25 08:00")
    rounds = (("PUMP", "equipment", "pump"), ("GATE", "order", "gate"), ("LAWN", "greening", "lawn"))
    for code, category, checklist in rounds:
        what = ("--makes", "inspection", "--round", category, "--checklist", checklist)
        office("schedule", "add", code, "--name", code, *what, *daily)
    for code, checklist in (("YEAR", "lift_year"), ("HALF", "lift_half_month")):
        office("schedule", "add", code, "--name", code, "--makes", "maintenance", "--checklist", checklist, *daily)
    office("schedule", "add", "DRILL", "--name", "演练", "--makes", "drill", "--plan", "FIRE", *daily)


def live(office: Office) -> dict[str, str]:
    """The month, day by day; answers with the numbers of what the tests speak of."""
    ids: dict[str, str] = {}
    _before(office)
    _rounds(office, ids)
    _services(office)
    _repairs(office)
    _equipment(office)
    _hazards(office, ids)
    _incidents(office, ids)
    _duty(office, ids)
    _after(office)
    return ids


def _before(office: Office) -> None:
    """November: a repair that December accepts, a hazard and an incident that are open when it begins."""
    office.at("2026-11-30 10:00")
    repair = office.json("repair", "new", "--place", "3-2-1201", "--fault", "门锁坏", by="sun.wei")["id"]
    office("repair", "assign", repair, "--assignee", "wang.qiang", by="ma.li")
    office.at("2026-12-01 09:30")("repair", "finish", repair, "--found", "锁芯坏", "--did", "换锁", by="wang.qiang")
    office.at("2026-12-01 11:00")("repair", "accept", repair, by="ma.li")


def _rounds(office: Office, ids: dict[str, str]) -> None:
    pump = {"round": "equipment", "checklist": "pump", "schedule": "PUMP", "asset": "P1"}
    normal = (("--item", "1", "--value", "0.40"), ("--item", "2", "--result", "normal"))
    leak = ("--item", "2", "--result", "abnormal", "--remark", "渗漏")
    first = plan(office.at("2026-12-01 06:00"), "inspection", "2026-12-01 12:00", **pump)
    # On time; its abnormal item becomes a repair, which is rejected once and then accepted.
    walk(office, first, "2026-12-01 12:10", normal[0], (*leak, "--repair"), by="wang.qiang")
    repair = office.json("repair", "list")[0]["id"]
    office.at("2026-12-01 12:30")("repair", "assign", repair, "--assignee", "wang.qiang", by="ma.li")
    office.at("2026-12-01 13:00")("repair", "arrive", repair, by="wang.qiang")
    for done, judged, verdict in (("14:00", "15:00", ("reject", "--note", "仍渗漏")), ("16:00", "17:00", ("accept",))):
        office.at(f"2026-12-01 {done}")(
            "repair", "finish", repair, "--found", "垫片", "--did", "换垫片", by="wang.qiang"
        )
        office.at(f"2026-12-01 {judged}")("repair", verdict[0], repair, *verdict[1:], by="ma.li")
    # Early.
    walk(office, plan(office, "inspection", "2026-12-02 08:00", **pump), "2026-12-02 07:00", *normal, by="wang.qiang")
    # Late; the value is out of its range by itself, and becomes a hazard.
    third = plan(office, "inspection", "2026-12-03 08:00", **pump)
    low = ("--item", "1", "--value", "0.20", "--hazard", "--domain", "equipment", "--level", "general")
    walk(office, third, "2026-12-03 09:00", low, normal[1], by="wang.qiang")
    hazard = office.json("hazard", "list")[0]["id"]
    # Reported in time, to be rectified by the 10th.
    office.at("2026-12-03 09:30")("hazard", "report", hazard, by="ma.li")
    planned = (
        "--measure",
        "调压",
        "--owner",
        "wang.qiang",
        "--deadline",
        "2026-12-10",
        "--funds",
        "0",
        "--fallback",
        "备泵",
    )
    office("hazard", "plan", hazard, *planned, by="ma.li")
    # Missed; and one that is void, one without a time that nobody walks, one that is January's.
    plan(office, "inspection", "2026-12-04 08:00", **pump)
    void = plan(office, "inspection", "2026-12-05 20:00", **pump)
    office.at("2026-12-05 09:00")("inspection", "void", void, "--note", "排错")
    office("inspection", "new", "--round", "equipment", "--checklist", "pump", by="wang.qiang")
    office("escalate")
    # Order: one on time, one missed. Greening: one on time.
    gate = {"round": "order", "checklist": "gate", "schedule": "GATE", "place": "3-2-1201"}
    good = ("--item", "1", "--result", "normal")
    walk(office, plan(office, "inspection", "2026-12-06 20:00", **gate), "2026-12-06 20:00", good, by="sun.wei")
    plan(office, "inspection", "2026-12-07 20:00", **gate)
    lawn = {"round": "greening", "checklist": "lawn", "schedule": "LAWN", "place": "3-2-1201"}
    walk(office, plan(office, "inspection", "2026-12-08 09:00", **lawn), "2026-12-08 09:30", good, by="wang.qiang")
    office.at("2026-12-08 21:00")("escalate")
    # The hazard is rectified in time and closed.
    office.at("2026-12-09 10:00")("hazard", "rectify", hazard, "--note", "已调", by="wang.qiang")
    office.later(hours=1)("hazard", "reinspect", hazard, "--result", "pass", by="ma.li")


def _services(office: Office) -> None:
    year = {"checklist": "lift_year", "schedule": "YEAR", "asset": "L1"}
    half = {"checklist": "lift_half_month", "schedule": "HALF", "asset": "L1"}
    great = plan(office.at("2026-12-10 06:00"), "maintenance", "2026-12-10 09:00", **year)
    plan(office, "maintenance", "2026-12-10 09:15", **half)
    # On time; its abnormal item becomes a repair that is open at the end. It covers the lesser service, on time too.
    rope = ("--item", "2", "--result", "abnormal", "--remark", "断丝", "--repair", "--urgency", "low")
    clean = ("--item", "1", "--result", "normal")
    walk(office, great, "2026-12-10 09:10", clean, rope, by="wang.qiang", kind="maintenance")
    office.at("2026-12-10 11:00")("maintenance", "accept", great, by="ma.li")
    # Missed; and one that is finished and not accepted.
    plan(office, "maintenance", "2026-12-15 09:00", **half)
    last = plan(office, "maintenance", "2026-12-20 09:00", **half)
    walk(office, last, "2026-12-20 09:00", clean, by="wang.qiang", kind="maintenance")
    office("escalate")


def _repairs(office: Office) -> None:
    """Beside those that others led to: an emergency too late in every respect, one cancelled, and one void."""
    fault = ("--place", "3-2-1201", "--fault", "爆管")
    office.at("2026-12-08 10:00")
    urgent = office.json("repair", "new", *fault, "--urgency", "emergency", by="sun.wei")["id"]
    office.later(minutes=5)("repair", "assign", urgent, "--assignee", "wang.qiang", by="ma.li")
    office.at("2026-12-08 10:50")("repair", "arrive", urgent, by="wang.qiang")
    spent = ("--materials", "name=水管,quantity=2,amount=120.50", "--labour", "80")
    office.at("2026-12-09 12:00")
    office("repair", "finish", urgent, "--found", "冻裂", "--did", "换管", *spent, by="wang.qiang")
    office.later(hours=1)("repair", "accept", urgent, by="ma.li")
    wrong = office.at("2026-12-20 10:00").json("repair", "new", *fault, by="sun.wei")["id"]
    void = office.json("repair", "new", *fault, by="sun.wei")["id"]
    office.later(days=1)("repair", "cancel", wrong, "--note", "误报")
    office("repair", "void", void, "--note", "录错")


def _equipment(office: Office) -> None:
    office.at("2026-12-05 10:00")("asset", "retire", "L3", "--note", "报废", by="wang.qiang")
    office.at("2026-12-12 10:00")("asset", "stop", "L2", "--note", "曳引机异响", by="wang.qiang")


def _hazards(office: Office, ids: dict[str, str]) -> None:
    """A major one of safety: reported too late, extended once, overdue at the end of the month."""
    office.at("2026-12-05 14:00")
    what = (
        "--domain",
        "safety",
        "--level",
        "major",
        "--place",
        "3-2-1201",
        "--what",
        "消防通道堵塞",
        "--interim",
        "专人看守",
    )
    ids["major"] = office.json("hazard", "new", *what, by="sun.wei")["id"]
    office.later(minutes=45)("hazard", "report", ids["major"], by="zhou.gang")
    planned = (
        "--measure",
        "清理",
        "--owner",
        "sun.wei",
        "--deadline",
        "2026-12-15",
        "--funds",
        "100",
        "--fallback",
        "疏散",
    )
    office("hazard", "plan", ids["major"], *planned, by="zhou.gang")
    office.at("2026-12-14 10:00")(
        "hazard", "extend", ids["major"], "--wanted", "2026-12-20", "--note", "待清运", by="sun.wei"
    )
    office("hazard", "approve", ids["major"], by="chen.lei")


def _incidents(office: Office, ids: dict[str, str]) -> None:
    """Two people in a lift, six minutes; a theft that nobody goes to."""
    told = ("--place", "3-2-1201", "--what")
    office.at("2026-12-18 18:00")
    lift = office.json("incident", "new", "--grade", "minor", "--type", "lift", *told, "困人", by="zhao.min")["id"]
    office.later(minutes=6)("incident", "arrive", lift, "--plan", "FIRE", by="sun.wei")
    for name in ("欧阳建国", "司马光明"):
        office("incident", "affect", lift, "--name", name, "--contact", "13811112222", by="sun.wei")
    office.at("2026-12-18 18:30")("incident", "control", lift, "--note", "已救出", by="sun.wei")
    office.at("2026-12-18 20:00")("incident", "recover", lift, "--note", "恢复运行", by="wang.qiang")
    office.at("2026-12-20 10:00")
    office("incident", "review", lift, "--cause", "门锁接触不良", "--losses", "0", "--lessons", "换门锁")
    office("incident", "close", lift)
    office.at("2026-12-22 10:00")
    ids["theft"] = office.json(
        "incident", "new", "--grade", "minor", "--type", "theft", *told, "电动车被盗", by="zhao.min"
    )["id"]


def _duty(office: Office, ids: dict[str, str]) -> None:
    drill = {"schedule": "DRILL", "plan": "FIRE", "place": "3-2-1201"}
    held = plan(office, "drill", "2026-12-23 15:00", **drill)
    office.at("2026-12-23 14:50")("drill", "hold", held, "--attended", "person=sun.wei", by="sun.wei")
    plan(office, "drill", "2026-12-24 15:00", **drill)  # not held
    cancelled = plan(office, "drill", "2026-12-25 15:00", **drill)
    office("drill", "cancel", cancelled, "--note", "大雪")
    # The first shift is taken over in time; what it makes, the second, by nobody.
    first = office.at("2026-12-26 08:00").json(
        "shift", "new", "--duty", "gate", "--ends", "2026-12-26 20:00", by="sun.wei"
    )
    office.at("2026-12-26 19:50")("shift", "hand", first["id"], "--kit", "name=对讲机,condition=ok", by="sun.wei")
    office("shift", "take", first["id"], "--shift", "--ends", "2026-12-27 08:00", by="zhou.gang")
    ids["shift"] = office.json("shift", "list")[0]["id"]


def _after(office: Office) -> None:
    """What December's report must count as it then was, and one round of its last night."""
    night = {"round": "safety", "checklist": "gate", "schedule": "GATE", "place": "3-2-1201"}
    last = plan(office.at("2026-12-31 20:00"), "inspection", "2026-12-31 23:50", **night)
    plan(office, "inspection", "2027-01-01 00:00", **night)
    office.at("2026-12-31 23:55")("inspection", "start", last, by="sun.wei")
    office.at("2027-01-01 00:05")("inspection", "record", last, "--item", "1", "--result", "normal", by="sun.wei")
    office("inspection", "finish", last, by="sun.wei")
    office.at("2027-01-02 09:00")("asset", "restore", "L2", by="wang.qiang")
    office("asset", "add", "F1", "--name", "消火栓", "--category", "fire", "--place", "3-2-1201", by="wang.qiang")
    renewed = ("--licence", "电工证", "--number", "D1", "--expires", "2030-02-10")
    office("staff", "renew", "wang.qiang", *renewed)
    office(
        "hazard",
        "new",
        "--domain",
        "safety",
        "--level",
        "general",
        "--place",
        "3-2-1201",
        "--what",
        "一月的",
        by="sun.wei",
    )
