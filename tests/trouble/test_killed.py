"""kill -9 in mid-action: what was acknowledged is there, nothing is half, the user's own work untouched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.trouble.machine import PROJECT, WHO, Machine

KILLS = 25


def test_after_each_kill_the_next_command_mends(machine: Machine, tmp_path: Path) -> None:
    root = machine.root
    (root / "README.md").write_text("staged\n", "utf-8")
    (root / "notes.txt").write_text("mine\n", "utf-8")
    machine.git("add", "README.md")
    (root / "README.md").write_text("staged, then edited\n", "utf-8")
    resident = next((root / "resident").glob("*.yaml"))
    edited = resident.read_text("utf-8").replace("relation: owner", "relation: user", 1)
    resident.write_text(edited, "utf-8")
    said = tmp_path / "acknowledged"
    done = subprocess.run(
        [sys.executable, "-m", "tests.trouble.killing", str(root), str(said), str(KILLS), "7"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", **WHO},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout == "done", done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr == ""

    listed = json.loads(machine.run("ticket", "list", "--limit", "0", "--format", "json").stdout)
    states = {row["id"]: row["state"] for row in listed}
    acknowledged = said.read_text("utf-8").splitlines()
    assert len(acknowledged) >= KILLS
    for line in acknowledged:
        number, _, state = line.partition(" ")
        assert number in states
        assert not state or states[number] == state
    numbers = sorted(int(number.partition("-A")[2]) for number in states)
    assert numbers == list(range(1, len(numbers) + 1))

    assert machine.git("fsck", "--strict", "--no-dangling") == ""
    assert machine.git("status", "--porcelain").splitlines() == [
        "AM README.md",
        " M resident/RA0001.yaml",
        "?? notes.txt",
    ]
    assert machine.git("show", ":README.md") == "staged\n"
    assert resident.read_text("utf-8") == edited
    errors = [
        (finding["code"], finding["file"])
        for finding in json.loads(machine.run("check", "--format", "json").stdout)
        if finding["severity"] == "error"
    ]
    assert set(errors) == {("edited", "resident/RA0001.yaml"), ("fold", "resident/RA0001.yaml")}
    assert not list(root.rglob(".pmcs.tmp"))
    assert not list((root / ".git").glob("*.lock"))
    subjects = machine.git("log", "--format=%s", "--", "ticket").splitlines()
    assert len(subjects) == len(set(subjects)) == len(numbers) + sum(state == "triaged" for state in states.values())
