"""Stores of any size: every record is made by the engine itself, event by event, and all go in one commit.

The days end now, with PER_DAY records each: stores of different sizes have equally many open records, and differ in
how far back they reach, as the stores of one office after a month and after five years do.
"""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

from lives import LIVES, MANAGER, ROOMS, STAFF

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


def build(folder: Path, size: int, until: datetime, kind: str = "ticket", per_day: int = PER_DAY) -> Store:
    """A store of `size` records of a kind, the last of them of `until`."""
    days = -(-size // per_day)
    first = until.date() - timedelta(days=days - 1)
    store = found(folder, datetime.combine(first - timedelta(days=1), time(9), until.tzinfo))
    shares = [
        (folder, kind, first + timedelta(days=place), min(per_day, size - place * per_day), until)
        for place in range(days)
    ]
    with store.writing("records"), multiprocessing.get_context("spawn").Pool() as pool:
        files = [(store.path(path), data) for day in pool.imap(_day, shares, chunksize=4) for path, data in day]
        text = plain_message(f"{size} records", {"Action": "import"})
        store.save(files, text, Identity(*MANAGER), Identity(*MANAGER), until, {})
    return store


def planned(folder: Path, schedules: int, days: int, until: datetime) -> None:
    """A store with daily schedules of which none was run for so many days."""
    since = until - timedelta(days=days)
    store = found(folder, since - timedelta(days=1))
    session, begins = store.session(since.date(), "zh_CN"), datetime.combine(since, time(8), until.tzinfo)
    now, steps = begins - timedelta(hours=1), list[Step]()
    for number, room in zip(range(schedules), ROOMS, strict=False):
        what = {"makes": "inspection", "round": "order", "checklist": "patrol_point", "places": [{"place": room}]}
        when = {"rule": "daily", "begins": f"{begins:%Y-%m-%d %H:%M}"}
        values = {"code": f"P{number:03}", "name": f"{room}巡更", **what, **when}
        steps += _opened(session, "schedule", values, now)
    with store.writing("schedules"):
        store.commit(steps, _manager(session, now), Identity(*MANAGER), Identity(*MANAGER), now, subject="schedules")


def _manager(session: Session, now: datetime) -> Actor:
    return Actor("li.na", session.posts("li.na", now))


def _opened(session: Session, kind_name: str, values: dict[str, object], now: datetime) -> list[Step]:
    kind = session.regulation.kind(kind_name)
    steps = advance(kind, None, "add", Given(values=values), Context(now, _manager(session, now), session, "A"))
    for step in steps:
        session.with_new(step.kind, step.after)
    return steps


_STORES: dict[Path, Store] = {}


def _day(share: tuple[Path, str, date, int, datetime]) -> list[tuple[str, bytes]]:
    """The files of one day's records, in another process."""
    folder, name, day, count, until = share
    store = _STORES.setdefault(folder, Store(folder))
    session = store.session(day, "zh_CN")
    kind = session.regulation.kind(name)
    dice = random.Random(day.toordinal())
    opened = datetime.combine(day, time(0), until.tzinfo)
    # The last day's lie in what there was of it.
    span = min(timedelta(hours=12), (until - opened) / 2)
    files = []
    for minute in sorted(dice.random() for _ in range(count)):
        now = (opened + span * (0.7 + minute)).replace(microsecond=0)
        for of, record in _lived(session, kind, None, now, until, dice):
            files.append((record_path(of, record.id, day_of(record.id) or day), to_bytes(of, record)))
    return files


def _lived(
    session: Session, kind: Kind, record: Record | None, now: datetime, until: datetime, dice: random.Random
) -> Iterator[tuple[Kind, Record]]:
    """A record as far as it has come by `until`, and those that it made, as far as they have."""
    for act in islice(LIVES[kind.name].story(dice, now), 1 if record else 0, None):
        now += act.after
        if record and now > until:
            break
        context = Context(now, Actor(act.by, session.posts(act.by, now)), session, "A")
        first, *further = advance(kind, record, act.name, act.given, context)
        record = first.after
        for step in further:
            yield from _lived(session, step.kind, step.after, now, until, dice)
    assert record is not None
    yield kind, record
