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
STAFF = {"zhang.min": "service_officer", "wang.qiang": "facility_keeper", "sun.ping": "order_keeper"}
OFFICER, HANDLERS = "zhang.min", ("wang.qiang", "sun.ping")
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
    """One action of a ticket's story: so long after the one before."""

    after: timedelta
    by: str
    name: str
    given: Given = Given()


class Life(NamedTuple):
    """A kind in the benchmarks."""

    story: Callable[[random.Random, datetime], Iterator[Act]]
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


SEARCHED = {"漏水": "one record in twelve", "3-2-1101": "one room"}
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
}
