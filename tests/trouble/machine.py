"""pmcs as its users run it: a process of its own, with an environment, a folder and perhaps bad luck."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[2]
WHO = {
    "GIT_AUTHOR_NAME": "李娜",
    "GIT_AUTHOR_EMAIL": "li.na@example.com",
    "GIT_COMMITTER_NAME": "李娜",
    "GIT_COMMITTER_EMAIL": "li.na@example.com",
}
NEW = ("ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary")
# Capabilities by which root passes every permission; without them it is a user like any other.
DROPPED = (
    "import ctypes, os, sys; system = ctypes.CDLL(None)\n"
    "assert all(system.prctl(24, number, 0, 0, 0) == 0 for number in (1, 2, 3))\n"
    "os.execv(sys.argv[1], sys.argv[1:])"
)


class Machine:
    """One store on one machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        before: Sequence[str] = (),
    ) -> subprocess.CompletedProcess[str]:
        """One command; whatever ails it, it says so in sentences. `before` stands before the interpreter."""
        given = (
            {"PATH": os.environ["PATH"], "PMCS_LANG": "en", "GIT_CONFIG_NOSYSTEM": "1", **WHO} if env is None else env
        )
        done = subprocess.run(
            [*before, sys.executable, "-m", "pmcs", *words],
            cwd=cwd or self.root,
            env={"PYTHONPATH": str(PROJECT), **given},
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=60,
        )
        said = done.stdout + done.stderr
        assert "Traceback" not in said, said
        assert "has a defect" not in said, said
        assert "Warning:" not in said, said
        assert done.returncode >= 0, said
        return done

    def git(self, *words: str, **more: str) -> str:
        """Plain git, as an auditor runs it."""
        env = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/nowhere", **WHO, **more}
        words = ("-c", "core.quotePath=false", *words)
        return subprocess.run(
            ["git", *words], cwd=self.root, env=env, capture_output=True, text=True, check=True
        ).stdout

    def copy(self, place: Path) -> Machine:
        """The same store elsewhere."""
        shutil.copytree(self.root, place, symlinks=True)
        return Machine(place)


def unprivileged() -> list[str]:
    """What stands before a command so that permissions count for it, whoever runs the tests."""
    return [sys.executable, "-c", DROPPED] if os.geteuid() == 0 else []
