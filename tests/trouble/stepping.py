"""Kills a writing pmcs at its first step, its second, and so on: run as a process of its own, since it forks.

A step is whatever changes something, or waits for what does: a file opened to be written, renamed or removed, a folder
made, a sync, a lock, a git begun or ended, a transaction of SQLite begun or committed.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# What an action would import, so that every step is the action's own.
import pmcs.duties.acting
import pmcs.store.documents
import pmcs.store.vault  # noqa: F401
from pmcs.cli.app import App
from pmcs.cli.main import main

EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "fcntl.flock", "subprocess.Popen"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def acted(root: Path, words: list[str]) -> dict[str, object]:
    """The record as it now is; ends the process where the action is refused."""
    out, errors = io.StringIO(), io.StringIO()
    code = main([*words, "--format", "json"], App({"PMCS_LANG": "en"}, root, out=out, errors=errors))
    if code:
        sys.exit(f"{code} {errors.getvalue()}")
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


class Steps:
    """Counts them, and ends the process at one."""

    def __init__(self, last: int, told: int) -> None:
        self.last = last
        self.told = told
        self.count = 0

    def step(self, what: str) -> None:
        self.count += 1
        if self.count == self.last:
            os.write(self.told, f"killed at {what}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        def heard(event: str, arguments: tuple[Any, ...]) -> None:
            if event in EVENTS or (event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES):
                self.step(f"{event} {arguments[0]!r}")

        def after(real: Callable[..., Any], what: str) -> Callable[..., Any]:
            def done(*args: Any, **more: Any) -> Any:
                result = real(*args, **more)
                self.step(what)
                return result

            return done

        def connected(*args: Any, **more: Any) -> sqlite3.Connection:
            connection = connect(*args, **more)
            connection.set_trace_callback(lambda sql: self.step(sql) if sql[:5] in ("BEGIN", "COMMI") else None)
            return connection

        connect, sqlite3.connect = sqlite3.connect, connected
        os.fsync = after(os.fsync, "after a sync")
        subprocess.Popen.wait = after(subprocess.Popen.wait, "after a git")  # type: ignore[method-assign]
        sys.addaudithook(heard)


def killed_at(last: int, root: Path, words: list[str]) -> list[str]:
    """What the action said before its end: where it was killed, or what it acknowledged."""
    hears, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hears)
        os.setsid()
        Steps(last, told).watch()
        number = acted(root, words)["id"]
        os.write(told, f"acknowledged {number}\n".encode())
        os._exit(0)
    os.close(told)
    with os.fdopen(hears) as said:
        lines = said.read().splitlines()
    os.waitpid(child, 0)
    return lines


if __name__ == "__main__":
    root, words = Path(sys.argv[1]), sys.argv[2:]
    for last in range(1, 1000):
        lines = killed_at(last, root, words)
        mended: Any = acted(root, ["ticket", "list", "--limit", "0"])
        status = subprocess.run(["git", "-C", root, "status", "--porcelain", "-uall"], capture_output=True, check=True)
        here = root / ".git"
        left = [
            *root.rglob(".pmcs.tmp"),
            *here.glob("*.lock"),
            *here.rglob("refs/**/*.lock"),
            *here.rglob("journal.json"),
        ]
        found = {
            "lines": lines,
            "events": len(acted(root, ["ticket", "show", str(mended[-1]["id"])])["history"]),
            "ids": [row["id"] for row in mended],
            "left": [str(path) for path in left],
            "status": status.stdout.decode(),
        }
        sys.stdout.write(json.dumps(found) + "\n")
        if lines and lines[-1].startswith("acknowledged"):
            break
