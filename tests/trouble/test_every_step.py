"""kill -9 at each single step of an action, one after another, whatever the steps are: the next command mends."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.trouble.machine import NEW, PROJECT, WHO, Machine

# What must be among the steps, or the counting no longer sees them.
STEPS = ("pmcs/lock", "journal.json.tmp", "Popen 'git'", "fast_import", ".pmcs.tmp", "root/journal.json'", "COMMIT")


@pytest.mark.parametrize("action", ["new", "progress"])
def test_killed_at_each_step_it_is_whole_or_was_never(machine: Machine, action: str) -> None:
    begun = int(machine.git("rev-list", "--count", "HEAD"))
    words = [*NEW, "x", "--contact", "13755556666"] if action == "new" else ["ticket", "progress", "A01", "--note", "x"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.trouble.stepping", str(machine.root), *words],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", **WHO},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    rounds = [json.loads(line) for line in done.stdout.splitlines()]
    killed = "\n".join(line for found in rounds for line in found["lines"])
    for step in STEPS:
        assert step in killed, killed
    before = 1
    for found in rounds:
        assert (found["left"], found["status"]) == ([], ""), found
        there = len(found["ids"]) if action == "new" else found["events"]
        assert before <= there <= before + 1, found
        before = there
    # From the commit on every one was saved; none before it.
    assert rounds[-1]["lines"][-1].startswith("acknowledged")
    assert rounds[-1]["lines"][-1].removeprefix("acknowledged ") in rounds[-1]["ids"]
    assert machine.git("fsck", "--strict", "--no-dangling") == ""
    assert machine.run("check").returncode == 0
    assert int(machine.git("rev-list", "--count", "HEAD")) == begun + before - 1
