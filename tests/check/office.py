"""A small office with an honest morning behind it, for the checks and for what attacks them."""

from __future__ import annotations

import io
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pmcs.cli.app import App
from pmcs.cli.main import main

MANAGER = ("李娜", "li.na@example.com")
OFFICER = ("王强", "wang.qiang@example.com")
LEADER = ("赵敏", "zhao.min@example.com")
BEGIN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # nine o'clock at the office, a Monday
ID_NUMBER = "11010519491231002X"


class Clock:
    """Time that passes a little with every look."""

    def __init__(self, now: datetime = BEGIN) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=700)
        return self.now


class Office:
    """One store and those who work in it, in this process."""

    def __init__(self, root: Path, now: datetime = BEGIN) -> None:
        self.root = root
        self.clock = Clock(now)

    def run(self, words: str | list[str], who: tuple[str, str] = MANAGER) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of one command, in English."""
        out, errors = io.StringIO(), io.StringIO()
        typed = words.split(" ") if isinstance(words, str) else words
        environment = {"PMCS_LANG": "en"}
        with identity(who):
            code = main(typed, App(environment, self.root, clock=self.clock, out=out, errors=errors))
        assert "has a defect" not in errors.getvalue(), errors.getvalue()
        return code, out.getvalue(), errors.getvalue()

    def do(self, words: str | list[str], who: tuple[str, str] = MANAGER) -> str:
        """What a command that must succeed printed."""
        code, out, errors = self.run(words, who)
        assert code == 0, errors
        return out

    def findings(self, *paths: str) -> list[dict[str, object]]:
        """What `pmcs check` finds."""
        code, out, errors = self.run(["check", "--format", "json", *paths])
        assert code in (0, 1), errors
        assert errors == ""
        return json.loads(out)  # type: ignore[no-any-return]

    def errors(self, *paths: str) -> list[tuple[str, str, object]]:
        """Code, file and line of every error found."""
        return [(str(f["code"]), str(f["file"]), f["line"]) for f in self.findings(*paths) if f["severity"] == "error"]

    def git(self, *words: str) -> str:
        """Plain git in the store's repository."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_AUTHOR")}
        settings = ["-c", "user.name=burglar", "-c", "user.email=burglar@example.com", "-c", "core.quotePath=false"]
        done = subprocess.run(
            ["git", *settings, *words], cwd=self.root, env=env, capture_output=True, text=True, check=True
        )
        return done.stdout

    def commit_by_hand(self) -> None:
        """What a burglar does so that nothing stands uncommitted."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "nothing happened here")


@contextmanager
def identity(who: tuple[str, str]) -> Iterator[None]:
    """git's words for who acts."""
    with pytest.MonkeyPatch.context() as patch:
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", who[0])
            patch.setenv(f"GIT_{role}_EMAIL", who[1])
        yield


def morning(root: Path) -> Office:
    """An office in which every kind of honest thing has happened."""
    office = Office(root.parent)
    office.do(["init", root.name, "--office", "阳光花园"])
    office.root = root
    post = "--posts post={},since=2026-01-01"
    office.do(f"staff add --code wang.qiang --name 王强 --email {OFFICER[1]} {post.format('service_officer')}")
    office.do(f"staff add --code zhao.min --name 赵敏 --email {LEADER[1]} {post.format('leader')}")
    for who in (MANAGER, OFFICER, LEADER):
        code = who[1].partition("@")[0]
        office.do(f"staff undertake {code} --undertaking 2026-11-20")
    office.do("place add 3-2-1201")
    office.do("place add 3-2-1202")
    resident = "--place {} --relation owner"
    office.do(
        [
            "resident",
            "add",
            "--name",
            "欧阳建国",
            "--phone",
            "13811112222",
            "--id-number",
            ID_NUMBER,
            *resident.format("3-2-1201").split(),
        ]
    )
    office.do(f"resident add --name 司马相如 --phone 13933334444 {resident.format('3-2-1202')}")
    new = "ticket new --category complaint --place 3-2-1201 --summary"
    office.do(f"{new} 楼上漏水 --contact 13755556666")  # A01: with approval
    office.do(f"{new} 电梯异响 --contact 13677778888")  # A02: through to its end
    office.do(f"{new} 路灯不亮")  # A03: just called in
    for number in ("A01", "A02"):
        office.do(f"ticket triage {number} --verdict valid")
        office.do(f"ticket assign {number} --assignee wang.qiang")
        office.do(f"ticket start {number}", OFFICER)
    office.do("ticket submit A01 --materials name=报价单 --note 需要更换主管道", OFFICER)
    office.do("ticket approve A01 --note 同意", LEADER)
    office.do("ticket resolve A02 --note 已修复", OFFICER)
    office.do("ticket visit A02 --outcome reached --score 5")
    office.do("ticket close A02")
    office.do("ticket involve A01 --what 关水阀 --owner wang.qiang --deadline 2026-11-25")
    everybody = " ".join(f"--attendance {who[1].partition('@')[0]}" for who in (MANAGER, OFFICER, LEADER))
    training = "training new --subject 岗前培训 --basis 11.5 --planned 2026-11-23 --hours 2 --trainer 赵敏"
    office.do(f"{training} {everybody}")
    office.do("training hold N20261123-A01")
    for who in (MANAGER, OFFICER, LEADER):
        office.do(f"training mark N20261123-A01 --person {who[1].partition('@')[0]} --attended came")
    return office
