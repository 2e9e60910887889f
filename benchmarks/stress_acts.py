"""What the writers of `make stress` do: actions of several kinds, typed into the real program, each told in a log.

A kind joins by its lines in ACTS and, where they act on records that are there already, in SHARED.
"""

from __future__ import annotations

import io
import json
import os
import random
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from demo import LI_NA, ROOT, identity

from pmcs.cli.app import App
from pmcs.cli.main import main
from pmcs.store.git import Repository

BUSY, REFUSED = 6, 3
KEEPER = ("王强", "wang.qiang@example.com")
ZONE = ZoneInfo("Asia/Shanghai")


class Act(NamedTuple):
    """One thing to type. `on`: nothing opens a record; `shared`, one that all act on; else the writer's own, once,
    after that action of its. Without a kind it is done by cron."""

    kind: str
    action: str
    options: str = ""
    on: str = ""
    by: tuple[str, str] = LI_NA
    races: bool = False
    """Of several at once, one does it and the others come too late."""


ACTS = (
    Act("ticket", "new", "--category repair --place 3-2-1201 --summary {token} --contact {phone}"),
    Act("ticket", "triage", "--verdict valid", "new"),
    Act("ticket", "progress", on="shared"),
    Act("ticket", "urge", on="shared"),
    Act("ticket", "edit", "--contact {phone}", "shared"),
    Act("ticket", "involve", "--task --what {token} --owner li.na --deadline '{now}'", "shared"),
    Act("task", "new", "--what {token} --owner li.na --deadline '{now}'"),
    Act("task", "accept", on="new"),
    Act("resident", "add", "--name 欧阳建国 --phone {phone} --place 3-2-1201 --relation owner"),
    Act("resident", "edit", "--phone {phone}", "shared"),
    Act("place", "edit", "--name {token}", "shared"),
    Act("staff", "add", "--code {token} --name 张三 --email {token}@example.com --posts post=manager,since=2020-01-01"),
    Act("inspection", "record", "--item {item} --result normal", "shared", KEEPER),
    Act("inspection", "record", "--item {item} --result abnormal --remark {token} --repair", "shared", KEEPER),
    Act("repair", "finish", "--found {token} --did {token}", "shared", KEEPER, races=True),
    Act("repair", "reject", on="shared", races=True),
    Act("repair", "accept", on="shared", races=True),
    Act("", "escalate"),
    Act("", "schedule run", "--until {day}"),
)
SHARED = {
    "ticket": ("A01", "A02"),
    "resident": ("RA0002",),
    "place": ("3-2-1201",),
    "inspection": ("A01",),
    "repair": ("A01", "A02", "A03"),
}
SEALED = {"ticket": "contact", "resident": "phone"}


class Typed(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    errors: str


def typed(root: Path, *words: str) -> Typed:
    """A command, in this process: Python need not start for each."""
    out, errors = io.StringIO(), io.StringIO()
    code = main([*words], App({"PMCS_LANG": "en"}, root, out=out, errors=errors))
    return Typed(code, out.getvalue(), errors.getvalue())


def started(root: Path, *words: str) -> Typed:
    """A command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "pmcs", *words],
        cwd=root,
        env=os.environ | {"PMCS_LANG": "en", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return Typed(done.returncode, done.stdout, done.stderr)


def said(log: Path) -> Iterator[dict[str, Any]]:
    """What a log tells by now; a line that its writer was killed in is no word."""
    if log.exists():
        yield from (json.loads(line) for line in log.read_bytes().splitlines(keepends=True) if line.endswith(b"\n"))


class Writer:
    """Somebody at work in a store. Each action is told in the log when it begins and when it was acknowledged."""

    def __init__(self, root: Path, log: Path, seed: str) -> None:
        self.root = root
        self.name = log.stem
        # No buffer: what is told stands, whatever happens to the teller.
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._chance = random.Random(seed)
        self._deck: list[Act] = []
        self._count = 0
        self._own: dict[tuple[str, str], list[str]] = {}
        begun: dict[str, dict[str, Any]] = {}
        for word in said(log):
            if "begun" in word:
                self._count += 1
                begun[word["begun"]] = word
                self._forget(word["kind"], word["id"])
            elif "done" in word:
                self._keep(begun[word["done"]]["kind"], begun[word["done"]]["action"], word["id"])

    def _tell(self, **word: object) -> None:
        os.write(self._log, f"{json.dumps(word, ensure_ascii=False)}\n".encode())

    def _keep(self, kind: str, action: str, id_: str) -> None:
        self._own.setdefault((kind, action), []).append(id_)

    def _forget(self, kind: str, id_: str) -> None:
        """Whether or not it is saved, an action is not tried a second time on a record of one's own."""
        for (of, _), ids in self._own.items():
            if of == kind and id_ in ids:
                ids.remove(id_)

    def act(self) -> None:
        """The next action: all of ACTS in turn, each time in another order."""
        self._deck = self._deck or self._chance.sample(ACTS, len(ACTS))
        act = self._deck.pop()
        if act.on in ("", "shared"):
            id_ = self._chance.choice(SHARED[act.kind]) if act.on else ""
        elif self._own.get((act.kind, act.on)):
            id_ = self._own[act.kind, act.on][-1]
        else:
            act = next(other for other in ACTS if (other.kind, other.action) == (act.kind, act.on))
            id_ = ""
        self._do(act, id_)

    def _do(self, act: Act, id_: str) -> None:
        token = f"{self.name}-{self._count}"
        self._count += 1
        phone = f"137{self._chance.randrange(10**8):08}"
        now = datetime.now(ZONE)
        given = {"token": token, "phone": phone, "now": now.strftime("%Y-%m-%d %H:%M")}
        given |= {"item": f"{self._chance.randint(1, 22)}", "day": f"{now + timedelta(self._chance.randint(1, 60)):%F}"}
        words = [*shlex.split(act.action), *filter(None, [id_]), *shlex.split(act.options.format(**given))]
        words = [act.kind, *words, "--note", token] if act.kind else words
        self._forget(act.kind, id_)
        self._tell(
            begun=token, kind=act.kind, action=act.action, id=id_, private=phone if "{phone}" in act.options else ""
        )
        os.environ.update(identity(act.by))
        started = time.monotonic()
        answer = typed(self.root, *words, "--format", "json")
        took = time.monotonic() - started
        if answer.code:
            late = act.races and answer.code == REFUSED
            self._tell(refused=token, busy=answer.code == BUSY, late=late, sentence=answer.errors.strip())
            return
        found = json.loads(answer.out)
        if act.kind:
            if token not in [event.get("note") for event in found["history"]]:
                self._tell(refused=token, busy=False, late=False, sentence=f"answered without the action: {answer.out}")
                return
            self._tell(done=token, id=found["id"], took=took)
            self._keep(act.kind, act.action, found["id"])
        else:
            self._tell(done=token, id="", took=took, rows=found)


def furnish(root: Path) -> None:
    """A store of its own, with what is shared."""
    Repository.create(root)
    now = datetime.now(ZONE)
    soon, today = now.strftime("%Y-%m-%d %H:%M"), f"{now:%F} 08:00"
    ticket = ("ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary")
    resident = ("resident", "add", "--relation", "owner", "--place", "3-2-1201", "--name", "欧阳建国", "--phone")
    repair = ("repair", "new", "--place", "3-2-1201", "--fault", "漏水")
    keeper = ("--code", "wang.qiang", "--name", KEEPER[0], "--email", KEEPER[1])
    patrol = ("--makes", "inspection", "--round", "order", "--checklist", "patrol_point", "--places", "place=3-2-1201")
    furniture = (
        ("init", str(root), "--office", "阳光花园"),
        ("place", "add", "3-2-1201"),
        ("staff", "add", *keeper, "--posts", "post=facility_keeper,since=2020-01-01"),
        (*resident, "13811112222"),
        (*resident, "13811113333"),
        (*ticket, "楼上漏水"),
        (*ticket, "电梯异响"),
        ("ticket", "triage", "A01", "--verdict", "valid"),
        ("ticket", "triage", "A02", "--verdict", "valid"),
        ("ticket", "involve", "A01", "--task", "--what", "查看", "--owner", "li.na", "--deadline", soon),
        *(
            words
            for id_ in SHARED["repair"]
            for words in (repair, ("repair", "assign", id_, "--assignee", "wang.qiang"))
        ),
        ("schedule", "add", "PATROL", "--name", "巡更", *patrol, "--rule", "daily", "--begins", today),
        ("inspection", "new", "--round", "equipment", "--checklist", "lift_half_monthly", "--place", "3-2-1201"),
        ("inspection", "start", "A01"),
    )
    for words in furniture:
        os.environ.update(identity(KEEPER if words[:2] == ("inspection", "start") else LI_NA))
        answer = typed(root if words[0] != "init" else root.parent, *words)
        if answer.code:
            sys.exit(f"{' '.join(words)}: {answer.code} {answer.errors}")
