"""Stores of any size: every ticket is made by the engine itself, event by event, and all go in one commit.

The days end now, with PER_DAY tickets each: stores of different sizes have equally many open tickets, and differ in
how far back they reach, as the stores of one office after a month and after five years do.
"""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from pmcs.core.flow import advance
from pmcs.core.kind import Kind
from pmcs.core.record import Record, day_of
from pmcs.core.step import Step
from pmcs.core.world import Actor, Context, Given
from pmcs.store.documents import record_path, to_bytes
from pmcs.store.founding import found_store
from pmcs.store.git import Repository
from pmcs.store.git_stream import Identity
from pmcs.store.message import plain_message
from pmcs.store.session import Session
from pmcs.store.store import Store

PER_DAY = 50
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


def found(folder: Path, since: datetime) -> Store:
    """An empty store with its staff and rooms. The caller's environment carries the manager's git identity."""
    folder.mkdir(parents=True)
    Repository.create(folder)
    store = found_store(folder, {"office": "阳光花园"}, since)
    session, now = store.session(since.date(), "zh_CN"), since + timedelta(minutes=1)
    steps: list[Step] = []
    for code, post in STAFF.items():
        posts = [{"post": post, "since": since.date().isoformat()}]
        steps += _opened(session, "staff", {"code": code, "name": code, "posts": posts}, now)
    for room in ROOMS:
        steps += _opened(session, "place", {"code": room}, now)
    with store.writing("registers"):
        store.commit(steps, _manager(session, now), Identity(*MANAGER), Identity(*MANAGER), now, subject="registers")
    return store


def build(folder: Path, size: int, until: datetime) -> Store:
    """A store of `size` tickets, the last of them of `until`."""
    days = -(-size // PER_DAY)
    first = until.date() - timedelta(days=days - 1)
    store = found(folder, datetime.combine(first - timedelta(days=1), time(9), until.tzinfo))
    shares = [
        (folder, first + timedelta(days=place), min(PER_DAY, size - place * PER_DAY), until) for place in range(days)
    ]
    with store.writing("tickets"), multiprocessing.get_context("spawn").Pool() as pool:
        files = [(store.path(path), data) for day in pool.imap(_day, shares, chunksize=4) for path, data in day]
        text = plain_message(f"{size} tickets", {"Action": "import"})
        store.save(files, text, Identity(*MANAGER), Identity(*MANAGER), until, {})
    return store


def _manager(session: Session, now: datetime) -> Actor:
    return Actor("li.na", session.posts("li.na", now))


def _opened(session: Session, kind_name: str, values: dict[str, object], now: datetime) -> list[Step]:
    kind = session.regulation.kind(kind_name)
    steps = advance(kind, None, "add", Given(values=values), Context(now, _manager(session, now), session, "A"))
    for step in steps:
        session.with_new(step.kind, step.after)
    return steps


_STORES: dict[Path, Store] = {}


def _day(share: tuple[Path, date, int, datetime]) -> list[tuple[str, bytes]]:
    """The files of one day's tickets, in another process."""
    folder, day, count, until = share
    store = _STORES.setdefault(folder, Store(folder))
    session = store.session(day, "zh_CN")
    kind = session.regulation.kind("ticket")
    dice = random.Random(day.toordinal())
    opened = datetime.combine(day, time(0), until.tzinfo)
    # The last day's lie in what there was of it.
    span = min(timedelta(hours=12), (until - opened) / 2)
    files = []
    for minute in sorted(dice.random() for _ in range(count)):
        record = _lived(session, kind, opened + span * (0.7 + minute), until, dice)
        opened_on = day_of(record.id) or day
        files.append((record_path(kind, record.id, opened_on), to_bytes(kind, record)))
    return files


def _lived(session: Session, kind: Kind, opened: datetime, until: datetime, dice: random.Random) -> Record:
    """A ticket as far as it has come by `until`."""
    record, now = None, opened.replace(microsecond=0)
    for act in _story(dice, now):
        now += act.after
        if record and now > until:
            break
        context = Context(now, Actor(act.by, session.posts(act.by, now)), session, "A")
        record = advance(kind, record, act.name, act.given, context)[0].after
    assert record is not None
    return record


def _story(dice: random.Random, opened: datetime) -> Iterator[Act]:
    """What befalls a ticket, from the call to its close."""

    def within(minutes: int) -> timedelta:
        return timedelta(seconds=dice.randint(30, minutes * 60))

    category, subject, summary = dice.choice(CALLS)
    handler, room = dice.choice(HANDLERS), dice.choice(ROOMS)
    urgency = dice.choices(("normal", "emergency", "low"), (85, 8, 7))[0]
    values = {"category": category, "subject": subject, "urgency": urgency, "place": room}
    yield Act(timedelta(), OFFICER, "new", Given(values={**values, "summary": f"{room}室来电:{summary}。"}))
    yield Act(within(40), OFFICER, "inform", Given(values={"told_by": "phone"}))
    if dice.random() < 0.04:
        yield Act(within(90), OFFICER, "triage", Given(values={"verdict": "invalid"}, note="到场查看,情况不存在。"))
        return
    yield Act(within(90), OFFICER, "triage", Given(values={"verdict": "valid"}))
    yield Act(within(30), OFFICER, "assign", Given(values={"assignee": handler}))
    yield Act(within(240), handler, "start")
    if dice.random() < 0.08:
        yield Act(within(600), OFFICER, "urge")
        yield Act(within(60), OFFICER, "progress", Given(values={"told_by": "phone"}, note="已告知处理人正在现场。"))
    if dice.random() < 0.06:
        resume_by = f"{opened + timedelta(days=5):%Y-%m-%d}"
        waiting = {"waiting_for": "parts", "resume_by": resume_by, "waits_on": handler}
        yield Act(within(300), handler, "wait", Given(values=waiting))
        yield Act(within(2000), handler, "resume")
    yield Act(within(3000), handler, "resolve", Given(note="现场处理完毕,试用正常。"))
    if dice.random() < 0.05:
        unhappy = Given(values={"outcome": "reached", "score": "2"}, note="业主说问题又出现了。")
        yield Act(within(1500), OFFICER, "visit", unhappy)
        yield Act(within(1500), handler, "resolve", Given(note="再次到场,更换后试用正常。"))
    score = dice.choice(("3", "4", "5", "5"))
    yield Act(within(1500), OFFICER, "visit", Given(values={"outcome": "reached", "score": score}))
    yield Act(within(600), OFFICER, "close")
