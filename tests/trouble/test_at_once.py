"""Several people at once: every number is given out once, nobody's entry is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trouble.machine import PROJECT, WHO, Machine

WRITERS, TURNS = 8, 10


def at_once(machine: Machine, action: str) -> list[str]:
    """What all writers were told."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "GIT_CONFIG_NOSYSTEM": "1", **WHO}
    started = [
        subprocess.Popen(
            [
                sys.executable,
                str(Path(__file__).with_name("writer.py")),
                str(machine.root),
                str(TURNS),
                action,
                f"w{one}",
            ],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for one in range(WRITERS)
    ]
    said = []
    for process in started:
        out, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        said += out.split()
    return said


@pytest.mark.parametrize("action", ["new", "progress"])
def test_eight_writers_lose_nothing(machine: Machine, action: str) -> None:
    begun = int(machine.git("rev-list", "--count", "HEAD"))
    told = at_once(machine, action)
    assert len(told) == WRITERS * TURNS
    wanted = {f"w{one}-{turn}" for one in range(WRITERS) for turn in range(TURNS)}
    listed = json.loads(machine.run("ticket", "list", "--limit", "0", "--format", "json").stdout)
    if action == "new":
        assert len(set(told)) == len(told)
        assert sorted(int(row["id"].partition("-A")[2]) for row in listed) == list(range(1, WRITERS * TURNS + 2))
        assert {row["summary"] for row in listed} == wanted | {"楼上漏水"}
    else:
        shown = json.loads(machine.run("ticket", "show", "A01", "--format", "json").stdout)
        notes = [event["note"] for event in shown["history"] if event["do"] == "progress"]
        assert len(notes) == WRITERS * TURNS
        assert set(notes) == wanted
    assert int(machine.git("rev-list", "--count", "HEAD")) == begun + WRITERS * TURNS
    assert machine.run("check").returncode == 0
    assert machine.git("status", "--porcelain") == ""
