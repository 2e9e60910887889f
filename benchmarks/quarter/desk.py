"""The desk of the property: its clock, who sits at it, and a ledger of all that people did there."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
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
from pmcs.store.git_stream import Identity
from pmcs.store.store import Store

ZONE = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)
MANAGER = "li.na"
STAFF = {
    "li.na": ("李娜", "manager"),
    "chen.lei": ("陈磊", "leader"),
    "zhang.min": ("张敏", "service_officer"),
    "wang.qiang": ("王强", "facility_keeper"),
    "zhou.tao": ("周涛", "facility_keeper"),
    "sun.ping": ("孙萍", "order_keeper"),
    "ma.jun": ("马军", "security_guard"),
    "he.gang": ("何刚", "security_guard"),
}


class Did(NamedTuple):
    """One thing that somebody did: a line of the ledger."""

    at: datetime
    by: str
    kind: str
    id: str
    do: str
    values: Mapping[str, Any] = {}


class Act(NamedTuple):
    """One thing to be entered among many: when, on which record (none: it opens one), what, with which values."""

    at: datetime
    kind: str
    id: str
    do: str
    values: Mapping[str, Any] = {}


class Desk:
    """One store and whoever types there. What is done takes a second, so that every time of the ledger is exact."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder = folder
        self.now = now
        self.ledger: list[Did] = []
        self._open: Store | None = None

    @property
    def store(self) -> Store:
        """The store, opened once for all that is written many at a time."""
        self._open = self._open or Store(self.folder)
        return self._open

    def at(self, when: datetime) -> Desk:
        """Put the clock forward. It is never put back: what follows then is a second later."""
        self.now = max(self.now, when)
        return self

    def run(self, *words: str, by: str = MANAGER) -> str:
        """A command of somebody's that must work, and what it answers."""
        out, errors = io.StringIO(), io.StringIO()
        for role in ("AUTHOR", "COMMITTER"):
            os.environ[f"GIT_{role}_NAME"] = STAFF[by][0]
            os.environ[f"GIT_{role}_EMAIL"] = f"{by}@example.com"
        folder = self.folder if self.folder.exists() else self.folder.parent
        code = main([*words], App(environment={}, folder=folder, clock=lambda: self.now, out=out, errors=errors))
        if code:
            raise RuntimeError(f"{self.now} {by}: {' '.join(words)}: {errors.getvalue() or out.getvalue()}")
        self.now += SECOND
        return out.getvalue()

    def type(self, by: str, kind: str, do: str, id_: str = "", *flags: str, **values: str | list[str]) -> str:
        """One action as it is typed, entered in the ledger; the number of its record."""
        at, words = self.now, [kind, do, *([id_] if id_ else []), *flags]
        for name, value in values.items():
            for one in value if isinstance(value, list) else [value]:
                words += [f"--{name.replace('_', '-')}", one]
        found: str = json.loads(self.run(*words, "--format", "json", by=by))["id"]
        self.ledger.append(Did(at, by, kind, found, do, values | {"flags": flags} if flags else values))
        return found

    def make(self, by: str, kind: str, do: str, id_: str, made: str, **values: str) -> str:
        """The same where it makes another record, as `--repair` does: both are entered; the number of what was made."""
        before, at = self._files(made), self.now
        self.type(by, kind, do, id_, f"--{made}", **values)
        (found,) = self._files(made) - before
        source = {"source": id_, "source_item": values["item"]} if "item" in values else {"source": id_}
        self.ledger.append(Did(at, by, made, found, "new", {**values, **source}))
        return found

    def _files(self, kind: str) -> set[str]:
        return {path.stem for path in (self.folder / kind).rglob("*.yaml")}

    def enter(self, by: str, acts: Iterable[Act]) -> None:
        """Many actions of one person in their order, in one commit."""
        todo = sorted(acts, key=lambda act: act.at)
        if not todo:
            return
        steps: list[Step] = []
        who = Identity(STAFF[by][0], f"{by}@example.com")
        with self.store.writing("entries"):
            world = self.store.session(todo[0].at.date(), "zh_CN")
            for act in todo:
                record = world.record(act.id) if act.id else None
                context = Context(act.at, Actor(by, world.posts(by, act.at)), world, "A")
                found = advance(world.regulation.kind(act.kind), record, act.do, Given(values=act.values), context)
                self.ledger.append(Did(act.at, by, act.kind, found[0].after.id, act.do, act.values))
                steps += found
            self.at(todo[-1].at + SECOND)
            self.store.commit(
                steps,
                actor=Actor(by, frozenset()),
                author=who,
                committer=who,
                when=self.now,
                subject=f"{len(steps)} entries",
            )
        self.now += SECOND

    def cron(self) -> None:
        """What cron does each morning."""
        for run in (run_schedules, run_unattended):
            left = run(self.store, by_system(lambda: self.now, "zh_CN")).left
            if left:
                raise RuntimeError(f"{self.now}: {[str(error.sentence) for error in left]}")
            self.now += SECOND
