"""Writers killed at any moment, and several at once beside a reader: the short round of `make stress`."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.trouble.machine import PROJECT, WHO

KILLS, WRITERS, ACTIONS = 15, 4, 6


class Told(NamedTuple):
    """What it printed, and where its stores are."""

    code: int
    rows: dict[str, list[str]]
    text: str
    errors: str
    top: Path


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    top = tmp_path_factory.mktemp("stress") / "out put"
    sizes = {"STRESS_KILLS": KILLS, "STRESS_WRITERS": WRITERS, "STRESS_ACTIONS": ACTIONS, "STRESS_SEED": 7}
    done = subprocess.run(
        [sys.executable, str(PROJECT / "benchmarks" / "stress.py"), str(top)],
        env=os.environ | {"PYTHONPATH": str(PROJECT)} | {name: str(size) for name, size in sizes.items()},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    lines = [line.split("|") for line in done.stdout.splitlines() if line.startswith("| ")]
    rows = {cells[1].strip(): [cell.strip() for cell in cells[2:-1]] for cells in lines}
    return Told(done.returncode, rows, done.stdout, done.stderr, top)


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(PROJECT / "benchmarks"))
    for name, value in WHO.items():
        monkeypatch.setenv(name, value)
    return importlib.import_module("stress_judge")


def test_what_was_acknowledged_is_there_and_nothing_is_half(told: Told) -> None:
    assert (told.code, told.errors) == (0, ""), told.text + told.errors
    assert told.text.startswith("STRESS_SEED=7;")
    assert all(row == ["0", "0"] for what, row in told.rows.items() if what.endswith("(0)"))
    assert told.rows["acknowledged"] == told.rows["found"]
    assert int(told.rows["acknowledged"][1]) + int(told.rows["come too late, and told so"][1]) == WRITERS * ACTIONS
    assert told.rows["`git fsck`"] == ["clean", "clean"]


def test_kills_fall_inside_actions(told: Told) -> None:
    assert told.rows["kills"][0] == str(KILLS)
    assert int(told.rows["kills inside an action"][0].split()[0]) >= KILLS // 3


def test_it_would_tell_what_is_lost_half_or_touched(told: Told, judge: Any, tmp_path: Path) -> None:
    root = tmp_path / "s"
    shutil.copytree(told.top / "together" / "档案 库", root)
    logs = list((told.top / "together").glob("w*.log"))
    before, looking = judge.work(root), judge.Looking(root, logs)
    for _ in range(8):
        looking.look()
    counts = judge.judged(root, logs)
    assert not looking.wrong + counts.lost + counts.twice + counts.half + counts.refused + counts.check

    # A ticket that several had acted on is set back behind everybody's back.
    path = next((root / "ticket").rglob("*-A01.yaml"))
    path.write_bytes(judge.git(root, "show", f"{judge.BEGUN}:{path.relative_to(root)}").encode())
    judge.git(root, "commit", "--quiet", "-m", "nothing happened here", "--", str(path))
    assert judge.work(root) == before
    undone = judge.judged(root, logs)
    assert undone.lost
    assert undone.found == undone.acknowledged - len(undone.lost)
    for _ in range(8):
        looking.look()
    assert any("shown before" in one for one in looking.wrong)

    # A day between two others that cron made is taken out.
    until = datetime.now(UTC) + timedelta(days=70)
    assert judge.typed(root, "schedule", "run", "--until", f"{until:%Y-%m-%d}").code == 0
    assert judge.judged(root, logs).lost == undone.lost
    judge.git(root, "rm", "--quiet", str(sorted((root / "inspection").rglob("X-*-PATROL-*.yaml"))[-9]))
    judge.git(root, "commit", "--quiet", "-m", "one day less")
    assert len(judge.judged(root, logs).lost) > len(undone.lost)

    path.write_bytes(path.read_bytes()[:200])
    judge.git(root, "commit", "--quiet", "-m", "half", "--", str(path))
    (root / ".git" / "index.lock").touch()
    (root / judge.UNTRACKED).write_text("mine?\n", "utf-8")
    hurt = judge.judged(root, logs)
    assert any("not a whole record" in one for one in hurt.half)
    assert any("index.lock was left behind" in one for one in hurt.half)
    assert hurt.check
    assert judge.work(root) != before
