from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from pmcs.cli.app import App
from pmcs.cli.main import main

PEOPLE = {"li.na": "李娜", "wang.qiang": "王强", "zhao.min": "赵敏", "chen.lei": "陈磊", "counter": "前台"}
CREW = {"he.jun": "facility_keeper", "guo.ping": "security_guard", "sun.li": "security_guard"}
PEOPLE |= {"he.jun": "何军", "guo.ping": "郭平", "sun.li": "孙丽"}
ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    errors: str

    @property
    def json(self):
        return json.loads(self.out)


class Office:
    """A store and the people who type at it; its clock stands at `now` and ticks a little with each look."""

    def __init__(self, root: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.now = now
        self.monkeypatch = monkeypatch

    def at(self, text: str) -> Office:
        """Put the clock to this time of the office."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=ZONE)
        return self

    def later(self, **time) -> Office:
        self.now += timedelta(**time)
        return self

    def _clock(self) -> datetime:
        self.now += timedelta(milliseconds=3)
        return self.now

    def sit_down(self, person: str) -> None:
        """git knows this person from now on."""
        for role in ("AUTHOR", "COMMITTER"):
            self.monkeypatch.setenv(f"GIT_{role}_NAME", PEOPLE.get(person, person))
            self.monkeypatch.setenv(f"GIT_{role}_EMAIL", f"{person}@example.com")

    def try_(self, *words: str, by: str = "li.na", env=None, folder: Path | None = None) -> Said:
        """Type a command, whatever comes of it."""
        self.sit_down(by)
        out, errors = io.StringIO(), io.StringIO()
        app = App(environment=env or {}, folder=folder or self.root, clock=self._clock, out=out, errors=errors)
        with redirect_stdout(out):  # click prints --help by itself
            code = main([str(word) for word in words], app)
        assert "Traceback" not in errors.getvalue()
        return Said(code, out.getvalue(), errors.getvalue())

    def __call__(self, *words: str, by: str = "li.na") -> str:
        """Type a command that works, and read its answer."""
        said = self.try_(*words, by=by)
        assert said.code == 0, said.errors
        return said.out

    def json(self, *words: str, by: str = "li.na"):
        """The same, answered as json."""
        return json.loads(self(*words, "--format", "json", by=by))

    def refused(self, *words: str, by: str = "li.na", code: int = 3) -> str:
        """Type a command that must be refused, leave the store as it is, and read the sentence."""
        before = self.head()
        said = self.try_(*words, by=by)
        assert (said.code, said.out) == (code, ""), said
        assert self.head() == before
        assert self.dirt() == ""
        assert said.errors.count("\n") == 1, said.errors
        return said.errors

    def git(self, *words: str) -> str:
        return subprocess.run(["git", *words], cwd=self.root, capture_output=True, text=True, check=True).stdout

    def head(self) -> str:
        return self.git("rev-parse", "HEAD").strip()

    def dirt(self) -> str:
        return self.git("status", "--porcelain", "--untracked-files=all")

    def log(self) -> list[str]:
        """The subjects of the commits, the newest first."""
        return self.git("log", "--format=%s").splitlines()

    def file(self, id_: str) -> Path:
        """The one file of a record."""
        return next(path for path in self.root.rglob(f"{id_}.yaml") if "regulation" not in path.parts)

    def packed(self) -> Office:
        """The same, to be copied for many stories: a few files hold all that git has of it."""
        self.git("repack", "-adq")
        return self

    def clean(self) -> None:
        """pmcs check finds no error, and git status nothing."""
        said = self.try_("check")
        assert said.code == 0, said.out
        assert self.dirt() == ""

    # What most stories begin with ---------------------------------------------------------------------------------

    def ticket(self, *words: str, by: str = "li.na", **values: str) -> str:
        """A ticket, and its number."""
        values = {"category": "repair", "place": "3-2-1201", "summary": "厨房水管漏水", **values}
        options = [part for name, value in values.items() for part in (f"--{name.replace('_', '-')}", value)]
        return self.json("ticket", "new", *options, *words, by=by)["id"]

    def assigned(self, assignee: str = "wang.qiang", **values: str) -> str:
        """A ticket that somebody works on."""
        id_ = self.ticket(**values)
        self("ticket", "triage", id_, "--verdict", "valid")
        self("ticket", "assign", id_, "--assignee", assignee)
        self("ticket", "start", id_, by=assignee)
        return id_

    def resolved(self, assignee: str = "wang.qiang", **values: str) -> str:
        """A ticket whose work is done."""
        id_ = self.assigned(assignee, **values)
        self("ticket", "resolve", id_, "--note", "已更换水管", by=assignee)
        return id_


@pytest.fixture
def start() -> datetime:
    """When the office opens. Where the program itself runs, by the machine's clock, it must have opened already."""
    return MONDAY


def found_empty(root: Path, start: datetime, monkeypatch: pytest.MonkeyPatch) -> Office:
    found = Office(root, start, monkeypatch)
    said = found.try_("init", str(root), "--office", "阳光花园", folder=root.parent)
    assert said.code == 0, said.errors
    return found


def staffed(found: Office) -> Office:
    for code, post in (("wang.qiang", "facility_keeper"), ("zhao.min", "service_officer"), ("chen.lei", "leader")):
        found(
            *("staff", "add", code, "--name", PEOPLE[code], "--email", f"{code}@example.com"),
            *("--posts", f"post={post},since=2020-01-01"),
        )
    found("place", "add", "3-2-1201")
    return found


@pytest.fixture(scope="session")
def furnished(tmp_path_factory) -> Office:
    """The office of `office` on Monday, to be copied: founding one for each story would cost most of the time."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        return staffed(found_empty(tmp_path_factory.mktemp("furnished") / "records", MONDAY, monkeypatch)).packed()


@pytest.fixture(scope="session")
def manned(tmp_path_factory, furnished) -> Office:
    """The office of `crew`, to be copied."""
    root = tmp_path_factory.mktemp("manned") / "records"
    shutil.copytree(furnished.root, root)
    with pytest.MonkeyPatch.context() as monkeypatch:
        found = Office(root, furnished.now, monkeypatch)
        for code, post in CREW.items():
            found(
                *("staff", "add", code, "--name", PEOPLE[code], "--email", f"{code}@example.com"),
                *("--posts", f"post={post},since=2020-01-01"),
            )
        found("place", "add", "3-2-电梯")
        lift = ("--name", "3号楼2单元客梯", "--category", "lift", "--place", "3-2-电梯")
        found("asset", "add", "LIFT-3-2", *lift, by="wang.qiang")
    return found.packed()


@pytest.fixture
def crew(tmp_path, monkeypatch, manned) -> Office:
    """The office with a second keeper, two guards, a lift and its place: what articles 8 and 9 need."""
    root = tmp_path / "records"
    shutil.copytree(manned.root, root)
    found = Office(root, manned.now, monkeypatch)
    found.sit_down("li.na")
    return found


@pytest.fixture
def empty_office(tmp_path, monkeypatch, start) -> Office:
    """阳光花园 on its first morning: li.na is manager and alone."""
    return found_empty(tmp_path / "records", start, monkeypatch)


@pytest.fixture
def office(tmp_path, monkeypatch, start, furnished) -> Office:
    """The same with four people and one flat."""
    root = tmp_path / "records"
    if start != MONDAY:
        return staffed(found_empty(root, start, monkeypatch))
    shutil.copytree(furnished.root, root)
    found = Office(root, furnished.now, monkeypatch)
    found.sit_down("li.na")
    return found


@pytest.fixture
def typed(empty_office):
    """The program itself, as a process without a terminal, in a store."""

    empty_office.sit_down("li.na")

    def run(*words: str, check: bool = True, env=None, cwd: Path | None = None):
        done = subprocess.run(
            [sys.executable, "-m", "pmcs", *words],
            cwd=cwd or empty_office.root,
            env=program_environment() | (env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert not check or done.returncode == 0, done.stderr
        return done

    run.root = empty_office.root
    return run


def just_now() -> datetime:
    """A little before the machine's present."""
    return datetime.now(ZONE) - timedelta(minutes=2)


def program_environment() -> dict[str, str]:
    """This process's own, with the package found wherever the program is started."""
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8"}
