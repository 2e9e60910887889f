"""The office of the half-year: thirteen people at one store, a clock in the script's hand, a ledger of what was done.

What people do are scripts: generators that yield one `Do` after another and are told the numbers of the records that
each of them touched. They go through `advance` into real commits, a commit for whoever sits down at one time.
"""

from __future__ import annotations

import heapq
import io
import os
from collections.abc import Callable, Generator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pmcs.cli.app import App
from pmcs.cli.main import main
from pmcs.core.flow import advance
from pmcs.core.step import Step
from pmcs.core.world import Actor, Context, Given
from pmcs.duties.acting import by_system
from pmcs.duties.schedules import run_schedules
from pmcs.duties.unattended import run_unattended
from pmcs.errors import PmcsError
from pmcs.store.git_stream import Identity
from pmcs.store.store import Store

ZONE = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)
MANAGER, LEADER, LEAVER, HEIR = "li.na", "chen.lei", "he.jun", "wang.qiang"
MONTHS = (3, 4, 5, 6, 7, 8)
LEAVING = date(2026, 5, 15)
PEOPLE: dict[str, tuple[str, ...]] = {
    MANAGER: ("manager",),
    "zhang.min": ("service_officer",),
    "zhao.jing": ("service_officer",),
    "sun.ping": ("order_keeper",),
    "wu.di": ("order_keeper", "security_guard"),
    "wang.qiang": ("facility_keeper",),
    "zhou.tao": ("facility_keeper",),
    LEAVER: ("facility_keeper",),
    "ma.jun": ("security_guard",),
    "he.gang": ("security_guard",),
    "lin.yue": ("activity_planner", "service_officer"),
    "qian.fen": ("finance_clerk",),
    LEADER: ("leader",),
}
"""The leader stands above the office: twelve are assessed."""
ASSESSED = tuple(code for code in PEOPLE if code != LEADER)


class Do(NamedTuple):
    """One thing that somebody does, or with `run` a whole command."""

    when: datetime
    by: str
    kind: str = ""
    do: str = ""
    id: str = ""
    values: Mapping[str, Any] = {}
    note: str = ""
    make: str = ""
    made: Mapping[str, Any] = {}
    at: datetime | None = None
    run: Callable[[Office], None] | None = None


class Did(NamedTuple):
    """A line of the ledger: when it happened, who, which kind and record, what, with which values."""

    at: datetime
    by: str
    kind: str
    id: str
    do: str
    values: Mapping[str, Any]


Script = Generator[Do, list[str], None]


def clock(day: date, text: str) -> datetime:
    """A time of a day."""
    return datetime.combine(day, time.fromisoformat(text), ZONE)


def on(day: date, count: int) -> date:
    """The working day so many working days after (or before) a day; the day itself need not be one."""
    step = 1 if count >= 0 else -1
    for _ in range(abs(count)):
        day += timedelta(days=step)
        while day.weekday() > 4:
            day += timedelta(days=step)
    return day


class Office:
    """The store, its clock, who sits at it, and the ledger."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder, self.now = folder, now
        self.ledger: list[Did] = []
        self.dice = Random(6)
        self._queue: list[tuple[datetime, str, int, Script, Do]] = []
        self._count = 0
        self._open: Store | None = None

    @property
    def store(self) -> Store:
        """The store, opened once."""
        self._open = self._open or Store(self.folder)
        return self._open

    def begin(self, script: Script) -> None:
        """Let a script run from its first step on."""
        self._next(script, None)

    def _next(self, script: Script, told: list[str] | None) -> None:
        try:
            step = script.send(told) if told is not None else next(script)
        except StopIteration:
            return
        self._count += 1
        heapq.heappush(self._queue, (step.when, step.by, self._count, script, step))

    def live(self) -> None:
        """All scripts to their ends; what one person does at one time is one commit."""
        while self._queue:
            when, by, _, script, step = self._queue[0]
            self.now = max(self.now, when)
            if step.run:
                heapq.heappop(self._queue)
                self.now += SECOND
                step.run(self)
                self._next(script, [])
            else:
                self._sit_down(when, by)

    def _sit_down(self, when: datetime, by: str) -> None:
        who = self._instead(by)
        steps: list[Step] = []
        with self.store.writing("sitting"):
            world = self.store.session(when.date(), "zh_CN")
            while self._queue and self._queue[0][:2] == (when, by) and not self._queue[0][4].run:
                script, do = heapq.heappop(self._queue)[3:]
                self.now += SECOND
                record = world.record(do.id) if do.id else None
                given = Given(do.values, do.note, do.make, do.made, do.at)
                context = Context(self.now, Actor(who, world.posts(who, self.now)), world, "A")
                try:
                    found = advance(world.regulation.kind(do.kind), record, do.do, given, context)
                except PmcsError as error:
                    raise RuntimeError(f"{self.now} {who} {do}: {error.sentence}") from error
                steps += found
                ids = [step.after.id for step in found]
                self.ledger.append(Did(do.at or self.now, who, do.kind, ids[0], do.do, do.values))
                self._next(script, ids)
            me = Identity(who, f"{who}@example.com")
            self.store.commit(steps, Actor(who, frozenset()), me, me, self.now, subject=f"{who} {len(steps)}")

    def _instead(self, by: str) -> str:
        """What somebody who has left had still to do is their successor's."""
        return HEIR if by == LEAVER and self.now.date() > LEAVING else by

    def answer(self, *words: str, by: str = MANAGER) -> tuple[int, str, str]:
        """A command as it is typed: its code, and what it said and complained of."""
        out, errors = io.StringIO(), io.StringIO()
        sit_down(by)
        folder = self.folder if self.folder.exists() else self.folder.parent
        code = main([*words], App(environment={}, folder=folder, clock=lambda: self.now, out=out, errors=errors))
        self.now += SECOND
        return code, out.getvalue(), errors.getvalue()

    def type(self, *words: str, by: str = MANAGER) -> str:
        """A command that must work, and its answer."""
        code, out, errors = self.answer(*words, by=by)
        if code:
            raise RuntimeError(f"{self.now} {by}: {' '.join(words)}: {errors or out}")
        return out

    def cron(self) -> None:
        """What cron does in a morning."""
        for run in (run_schedules, run_unattended):
            left = run(self.store, by_system(lambda: self.now, "zh_CN")).left
            if left:
                raise RuntimeError(f"{self.now}: {left}")
            self.now += SECOND


def sit_down(by: str) -> None:
    """git knows this person from now on; whoever tests puts the environment back."""
    for role in ("AUTHOR", "COMMITTER"):
        os.environ[f"GIT_{role}_NAME"] = by
        os.environ[f"GIT_{role}_EMAIL"] = f"{by}@example.com"
