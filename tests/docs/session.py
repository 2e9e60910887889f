"""Runs the sessions printed in a document, as somebody who types along would.

What is run: in a fenced block ```sh each line `$ COMMAND` or `NAME$ COMMAND` (NAME is who types it; at first the
manager). The lines under a command are what it prints, loosely: each must be found, in this order, among the lines of
the real output; `…` stands for anything, runs of blanks count as one. A command fails if and only if its printed
output has a line that begins with 错误: as pmcs says it, or `$ echo $?` under it says another number than 0. What a
shell does, pmcs gets as well: `$(cat FILE)`. Everybody has a home of their own, so that `git config --global` and an
SSH key are theirs alone. A line `# 2026-11-23 14:20 ...` sets the clock. A fenced block with a path after the language,
as ```yaml a/b.yaml, is a file that the reader saves there.

In a fenced block ```console somebody sits at a terminal: pmcs asks, and what stands behind a question is the answer;
`^C` there is Ctrl-C.
"""

from __future__ import annotations

import builtins
import io
import os
import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

from pmcs.cli.app import App
from pmcs.cli.main import main

SHANGHAI = ZoneInfo("Asia/Shanghai")
STAFF = {
    "li.na": "李娜",
    "zhao.min": "赵敏",
    "wang.qiang": "王强",
    "chen.lei": "陈磊",
    "front.desk": "前台",
    "he.jun": "何军",
    "guo.ping": "郭平",
    "sun.li": "孙丽",
    "zhou.ting": "周婷",
}
FENCE = re.compile(r"^```(?P<language>\w+)(?: (?P<file>\S+))?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"(?P<who>[a-z][a-z.]*)?\$ (?P<command>.+)")
CLOCK = re.compile(r"# (?P<time>\d{4}-\d\d-\d\d \d\d:\d\d)\b")
CONTENT = re.compile(r"\$\(cat (?P<file>[^)]+)\)")
FAILED = "错误："
LEFT_OFF = 130


@dataclass
class Typed:
    """One command with what the document prints under it."""

    who: str
    command: str
    line: int
    printed: list[str] = field(default_factory=list)
    sitting: bool = False


@dataclass
class Reader:
    """Somebody who reads a document from top to bottom, saves its files and types its commands."""

    folder: Path
    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
    code: int = 0
    typed: int = 0

    def __post_init__(self) -> None:
        self.homes = self.folder / ".homes"

    def read(self, text: str) -> None:
        """Do what the document says; an AssertionError names the line that is not true."""
        for block in FENCE.finditer(text):
            first = text[: block.start("body")].count("\n") + 1
            if block["file"]:
                self._save(block["file"], block["body"])
            elif block["language"] in ("sh", "console"):
                self._block(block["body"], first, sitting=block["language"] == "console")

    def _save(self, name: str, body: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")

    def _block(self, body: str, first: int, *, sitting: bool) -> None:
        for entry in _entries(body, first):
            if isinstance(entry, datetime):
                self.now = entry
            else:
                entry.sitting = sitting
                self._type(entry)

    def _type(self, typed: Typed) -> None:
        self.typed += 1
        if typed.command == "echo $?":
            assert typed.printed == [str(self.code)], f"line {typed.line}: the exit code was {self.code}"
            return
        if typed.command.startswith("cd "):
            self.folder = (self.folder / typed.command.removeprefix("cd ")).resolve()
            return
        said = self._pmcs(typed) if typed.command.startswith("pmcs ") else self._shell(typed)
        what = f"line {typed.line}: {typed.command}\nexit code {self.code}, and it said:\n{said}"
        wrong = any(line.startswith(FAILED) for line in typed.printed)
        assert wrong == (FAILED in said), what
        assert wrong or FAILED in said or self.code in (0, 1, LEFT_OFF), what
        left = any(line.endswith("^C") for line in typed.printed)
        assert left == (self.code == LEFT_OFF), what
        _found(typed.printed, said, what)

    def _pmcs(self, typed: Typed) -> str:
        os.environ.update(self._identity(typed.who))
        os.chdir(self.folder)
        out = io.StringIO()
        somebody = Sitting if typed.sitting else App
        app = somebody(environment={}, folder=self.folder, clock=self._clock, out=out, errors=out)
        words = [CONTENT.sub(self._content, word) for word in shlex.split(typed.command)]
        with patch.dict(os.environ, SCREEN), patch.object(builtins, "input", _answers(typed, out)):
            self.code = main(words[1:], app)
        self.now = self.now.replace(microsecond=0) + timedelta(seconds=5)
        return out.getvalue()

    def _content(self, found: re.Match[str]) -> str:
        return (self.folder / found["file"]).read_text("utf-8").strip()

    def _clock(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def _shell(self, typed: Typed) -> str:
        dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), self.now.isoformat(timespec="seconds"))
        done = subprocess.run(
            ["bash", "-c", typed.command],
            cwd=self.folder,
            env={**os.environ, **self._identity(typed.who), **dates},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self.code = done.returncode
        assert self.code == 0, f"line {typed.line}: {typed.command}\n{done.stdout.decode()}"
        return done.stdout.decode()

    def _identity(self, who: str) -> dict[str, str]:
        assert who in STAFF, f"{who} is not in the story"
        home = self.homes / who
        (home / ".ssh").mkdir(parents=True, exist_ok=True)
        names = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", STAFF[who]), ("EMAIL", f"{who}@example.com"))
        }
        return {"HOME": str(home), "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"), **names}


class Sitting(App):
    """Somebody sits there to be asked."""

    terminal = True


SCREEN = {"COLUMNS": "100", "LINES": "40"}


def _answers(typed: Typed, out: io.StringIO) -> Callable[[str], str]:
    """What the document answers to each question, which it must show word for word."""
    lines = iter(typed.printed)

    def answer(prompt: str) -> str:
        for line in lines:
            if line.startswith(prompt.rstrip()):
                text = line.removeprefix(prompt.rstrip()).strip()
                out.write(f"{line}\n")
                if text == "^C":
                    raise KeyboardInterrupt
                return text
        raise AssertionError(f"line {typed.line}: {typed.command}\nnobody answers {prompt!r} after:\n{out.getvalue()}")

    return answer


def _entries(body: str, first: int) -> list[Typed | datetime]:
    found: list[Typed | datetime] = []
    for number, line in enumerate(body.splitlines(), first):
        prompt, clock = PROMPT.fullmatch(line), CLOCK.match(line)
        if prompt:
            found.append(Typed(prompt["who"] or "li.na", prompt["command"], number))
        elif clock:
            found.append(datetime.strptime(clock["time"], "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI))
        elif found and isinstance(found[-1], Typed) and line.strip() and not line.startswith("#"):
            found[-1].printed.append(line)
    return found


def _found(printed: list[str], said: str, what: str) -> None:
    lines = iter(_plain(line) for line in said.splitlines())
    for line in printed:
        pattern = ".*".join(re.escape(part) for part in _plain(line).split("…"))
        assert any(re.fullmatch(pattern, real) for real in lines), f"not printed, or not in this place: {line}\n{what}"


def _plain(line: str) -> str:
    return " ".join(line.split())
