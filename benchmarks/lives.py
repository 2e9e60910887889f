"""What befalls the records of a kind, from the call to the close, and how that kind is typed in a benchmark.

A kind joins the benchmarks with an entry in LIVES.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from pmcs.core.world import Given

MANAGER = ("李娜", "li.na@example.com")
STAFF = {
    "zhang.min": "service_officer",
    "wang.qiang": "facility_keeper",
    "sun.ping": "order_keeper",
    "zhao.lei": "security_guard",
}
CHIEF, OFFICER, KEEPER, GUARD = "li.na", "zhang.min", "wang.qiang", "zhao.lei"
HANDLERS = (KEEPER, "sun.ping")
CHECKLIST, ITEMS, MEASURED = "lift_half_monthly", 31, {"23": "4", "29": "8"}
ROOMS = [f"{building}-{unit}-{floor:02}0{door}" for building in range(1, 7) for unit in (1, 2) for floor in range(1, 12)
         for door in (1, 2)]  # fmt: skip
CALLS = (
    ("repair", "water.leak", "楼上漏水,卫生间顶板滴水"),
    ("repair", "water.blockage", "厨房下水堵塞,污水返到地面"),
    ("repair", "power.public_light", "楼道灯不亮,老人夜里上下楼看不清"),
    ("repair", "lift.noise", "电梯运行有异响,停层时抖动"),
    ("repair", "security.entrance", "单元门禁刷卡没有反应"),
    ("complaint", "noise.building_work", "午休时间装修电钻声很大"),
    ("complaint", "cleaning.rubbish", "垃圾桶满溢,气味很大"),
    ("complaint", "parking.occupied", "私家车位被外来车辆占用"),
    ("complaint", "order.pets", "有人遛狗不牵绳,吓到孩子"),
    ("suggestion", "greenery.pruning", "南侧行道树挡住一楼采光,建议修剪"),
    ("inquiry", "fee.query", "询问本季度物业费怎样计算"),
    ("inquiry", "renovation.application", "询问装修备案要带哪些材料"),
)


class Act(NamedTuple):
    """One action of a record's story: so long after the one before."""

    after: timedelta
    by: str
    name: str
    given: Given = Given()


class Life(NamedTuple):
    """A kind in the benchmarks."""

    story: Callable[[random.Random, datetime], Iterator[Act]]
    """Begins with its opening. What makes a record of another kind does so on the day of its own number."""
    typed: tuple[str, ...]
    """What opens one on the command line."""
    words: dict[str, str]
    """What is searched for, and how much of the store it finds."""
    imported: str = ""
    """The sample's list and map that are imported, where the kind can be."""
    reported: str = ""
    """The report that counts it."""


def _within(dice: random.Random, minutes: int) -> timedelta:
    return timedelta(seconds=dice.randint(30, minutes * 60))


def _ticket(dice: random.Random, opened: datetime) -> Iterator[Act]:
    """A ticket, from the call to its close."""
    category, subject, summary = dice.choice(CALLS)
    handler, room = dice.choice(HANDLERS), dice.choice(ROOMS)
    urgency = dice.choices(("normal", "emergency", "low"), (85, 8, 7))[0]
    values = {"category": category, "subject": subject, "urgency": urgency, "place": room}
    yield Act(timedelta(), OFFICER, "new", Given(values={**values, "summary": f"{room}室来电:{summary}。"}))
    yield Act(_within(dice, 40), OFFICER, "inform", Given(values={"told_by": "phone"}))
    if dice.random() < 0.04:
        yield Act(
            _within(dice, 90), OFFICER, "triage", Given(values={"verdict": "invalid"}, note="到场查看,情况不存在。")
        )
        return
    yield Act(_within(dice, 90), OFFICER, "triage", Given(values={"verdict": "valid"}))
    yield Act(_within(dice, 30), OFFICER, "assign", Given(values={"assignee": handler}))
    yield Act(_within(dice, 240), handler, "start")
    if dice.random() < 0.08:
        yield Act(_within(dice, 600), OFFICER, "urge")
        yield Act(
            _within(dice, 60), OFFICER, "progress", Given(values={"told_by": "phone"}, note="已告知处理人正在现场。")
        )
    if dice.random() < 0.06:
        resume_by = f"{opened + timedelta(days=5):%Y-%m-%d}"
        waiting = {"waiting_for": "parts", "resume_by": resume_by, "waits_on": handler}
        yield Act(_within(dice, 300), handler, "wait", Given(values=waiting))
        yield Act(_within(dice, 2000), handler, "resume")
    yield Act(_within(dice, 3000), handler, "resolve", Given(note="现场处理完毕,试用正常。"))
    if dice.random() < 0.05:
        unhappy = Given(values={"outcome": "reached", "score": "2"}, note="业主说问题又出现了。")
        yield Act(_within(dice, 1500), OFFICER, "visit", unhappy)
        yield Act(_within(dice, 1500), handler, "resolve", Given(note="再次到场,更换后试用正常。"))
    score = dice.choice(("3", "4", "5", "5"))
    yield Act(_within(dice, 1500), OFFICER, "visit", Given(values={"outcome": "reached", "score": score}))
    yield Act(_within(dice, 600), OFFICER, "close")


def _task(dice: random.Random, opened: datetime) -> Iterator[Act]:
    """A task, from the order to its confirmation."""
    _, _, summary = dice.choice(CALLS)
    owner, room = dice.choice(HANDLERS), dice.choice(ROOMS)
    deadline = f"{opened + timedelta(days=dice.randint(2, 9)):%Y-%m-%d}"
    yield Act(
        timedelta(),
        OFFICER,
        "new",
        Given(values={"what": f"{room}室:{summary}。", "owner": owner, "deadline": deadline}),
    )
    yield Act(_within(dice, 240), owner, "accept")
    if dice.random() < 0.05:
        yield Act(_within(dice, 300), owner, "return", Given(note="不属本岗位。"))
        yield Act(_within(dice, 300), OFFICER, "handover", Given(values={"owner": owner}, note="仍请办理。"))
        yield Act(_within(dice, 300), owner, "accept")
    yield Act(_within(dice, 3000), owner, "finish", Given(note="已办毕。"))
    if dice.random() < 0.05:
        yield Act(_within(dice, 900), OFFICER, "redo", Given(note="请补充照片。"))
        yield Act(_within(dice, 900), owner, "finish", Given(note="已补充。"))
    yield Act(_within(dice, 900), OFFICER, "confirm")


def _looked_at(dice: random.Random, who: str) -> Iterator[Act]:
    """The rows of a checklist: all in one entry, but for what is wrong, which leads to a repair."""
    wrong = {str(dice.randint(1, 22))} if dice.random() < 0.08 else set()
    rows = [
        {"item": item, "result": "normal"} | ({"value": MEASURED[item]} if item in MEASURED else {})
        for item in map(str, range(1, ITEMS + 1))
        if item not in wrong
    ]
    yield Act(_within(dice, 60), who, "record", Given(values={"items": rows}))
    for item in wrong:
        found = {"item": item, "result": "abnormal", "remark": "有漏油痕迹,需处理"}
        yield Act(_within(dice, 5), who, "record", Given(values=found, make="repair"))


def _inspection(dice: random.Random, _: datetime) -> Iterator[Act]:
    """A round of 31 items."""
    values = {"round": "equipment", "checklist": CHECKLIST, "place": dice.choice(ROOMS)}
    yield Act(timedelta(), KEEPER, "new", Given(values=values))
    yield Act(_within(dice, 30), KEEPER, "start")
    yield from _looked_at(dice, KEEPER)
    yield Act(_within(dice, 10), KEEPER, "finish")


def _maintenance(dice: random.Random, _: datetime) -> Iterator[Act]:
    """A service of 31 items, accepted by somebody else."""
    yield Act(timedelta(), KEEPER, "new", Given(values={"checklist": CHECKLIST, "place": dice.choice(ROOMS)}))
    yield Act(_within(dice, 30), KEEPER, "start", Given(values={"contractor": "安捷电梯"}))
    yield from _looked_at(dice, KEEPER)
    yield Act(_within(dice, 10), KEEPER, "finish", Given(values={"cost": "260"}))
    if dice.random() < 0.05:
        yield Act(_within(dice, 600), CHIEF, "reject", Given(note="请补清底坑。"))
        yield Act(_within(dice, 600), KEEPER, "finish")
    yield Act(_within(dice, 1500), CHIEF, "accept")


def _repair(dice: random.Random, opened: datetime) -> Iterator[Act]:
    """A repair, from the report to its acceptance."""
    _, _, fault = dice.choice(CALLS)
    assignee, room = dice.choice(HANDLERS), dice.choice(ROOMS)
    urgency = dice.choices(("normal", "emergency", "low"), (85, 8, 7))[0]
    values = {"place": room, "fault": f"{room}室:{fault}。", "urgency": urgency}
    yield Act(timedelta(), OFFICER, "new", Given(values=values))
    yield Act(_within(dice, 60), KEEPER, "assign", Given(values={"assignee": assignee}))
    yield Act(_within(dice, 120), assignee, "arrive")
    if dice.random() < 0.06:
        waiting = {"waiting_for": "parts", "resume_by": f"{opened + timedelta(days=5):%Y-%m-%d}"}
        yield Act(_within(dice, 60), assignee, "wait", Given(values=waiting))
        yield Act(_within(dice, 2000), assignee, "resume")
    did = {
        "found": "密封圈老化",
        "did": "更换密封圈,试用正常",
        "materials": [{"name": "密封圈", "quantity": "2", "amount": "12.50"}],
    }
    yield Act(_within(dice, 1500), assignee, "finish", Given(values=did))
    if dice.random() < 0.06:
        yield Act(_within(dice, 300), CHIEF, "reject", Given(note="仍有渗水。"))
        yield Act(_within(dice, 900), assignee, "finish", Given(values={name: did[name] for name in ("found", "did")}))
    yield Act(_within(dice, 600), CHIEF, "accept")


def _hazard(dice: random.Random, opened: datetime) -> Iterator[Act]:
    """A hazard, from its finding to its clearing."""
    _, _, what = dice.choice(CALLS)
    owner, room = dice.choice(HANDLERS), dice.choice(ROOMS)
    level = dice.choices(("general", "major"), (85, 15))[0]
    values = {"domain": "safety", "level": level, "place": room, "what": f"{room}室:{what}。"}
    if level == "major":
        values["interim"] = "已拉警戒带,专人看守。"
    yield Act(timedelta(), GUARD, "new", Given(values=values))
    yield Act(_within(dice, 100), GUARD, "report")
    deadline = f"{opened + timedelta(days=9):%Y-%m-%d}"
    five = {"measure": "更换", "owner": owner, "deadline": deadline, "funds": "300", "fallback": "停用并公告"}
    yield Act(_within(dice, 1400), GUARD, "plan", Given(values=five))
    if level == "general" and dice.random() < 0.1:
        wanted = {"wanted": f"{opened + timedelta(days=14):%Y-%m-%d}"}
        yield Act(_within(dice, 900), owner, "extend", Given(values=wanted, note="等配件。"))
        yield Act(_within(dice, 300), CHIEF, "approve")
    yield Act(_within(dice, 5000), owner, "rectify", Given(note="已更换。"))
    if dice.random() < 0.05:
        yield Act(_within(dice, 900), GUARD, "reinspect", Given(values={"result": "fail"}, note="固定不牢。"))
        yield Act(_within(dice, 900), owner, "rectify", Given(note="已加固。"))
    yield Act(_within(dice, 900), GUARD, "reinspect", Given(values={"result": "pass"}))


def _incident(dice: random.Random, _: datetime) -> Iterator[Act]:
    """An incident, from the call to the review."""
    what = dice.choice(CALLS)[2]
    room, grade = dice.choice(ROOMS), dice.choices(("minor", "serious"), (90, 10))[0]
    values = {"grade": grade, "type": "flood", "place": room, "what": f"{room}室:{what}。"}
    yield Act(timedelta(), OFFICER, "new", Given(values=values))
    yield Act(_within(dice, 14), GUARD, "arrive")
    for note in ("已关总阀。", "已通知楼下住户。"):
        yield Act(_within(dice, 5), GUARD, "note", Given(note=note))
    if dice.random() < 0.3:
        yield Act(_within(dice, 5), GUARD, "call_help", Given(values={"outside": "fire"}))
        yield Act(_within(dice, 20), GUARD, "help_came", Given(values={"outside": "fire"}))
    yield Act(_within(dice, 60), GUARD, "control", Given(note="水已止住。"))
    yield Act(_within(dice, 300), KEEPER, "recover", Given(note="已恢复供水。"))
    told = {"cause": "软管老化", "losses": "800", "lessons": "每季度查软管"}
    yield Act(_within(dice, 3000), CHIEF, "review", Given(values=told))
    yield Act(_within(dice, 900), CHIEF, "close")


SEARCHED = {"漏水": "one record in twelve", "3-2-1101": "one room"}
OF_ROUNDS = {"漏油": "one record in twelve"}
LIVES = {
    "ticket": Life(
        _ticket,
        ("new", "--category", "repair", "--place", "3-2-1101", "--summary", "楼上漏水"),
        SEARCHED,
        imported="requests",
        reported="monthly",
    ),
    "task": Life(
        _task, ("new", "--what", "3-2-1101室漏水", "--owner", "wang.qiang", "--deadline", "明天 18:00"), SEARCHED
    ),
    "repair": Life(_repair, ("new", "--place", "3-2-1101", "--fault", "楼上漏水"), SEARCHED),
    "hazard": Life(
        _hazard,
        ("new", "--domain", "safety", "--level", "general", "--place", "3-2-1101", "--what", "楼上漏水"),
        SEARCHED,
    ),
    "incident": Life(
        _incident,
        ("new", "--grade", "minor", "--type", "flood", "--place", "3-2-1101", "--what", "楼上漏水"),
        SEARCHED,
    ),
    "inspection": Life(
        _inspection, ("new", "--round", "equipment", "--checklist", CHECKLIST, "--place", "3-2-1101"), OF_ROUNDS
    ),
    "maintenance": Life(_maintenance, ("new", "--checklist", CHECKLIST, "--place", "3-2-1101"), OF_ROUNDS),
}
