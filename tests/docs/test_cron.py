"""The crontab of the document, line by line, as cron runs it: with no home, no identity and no terminal."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.docs.session import FENCE
from tests.stories.archive import coded
from tests.stories.conftest import ZONE, Office, found_empty, program_environment, staffed

PAGE = Path(__file__).resolve().parents[2] / "docs/cron.md"
LINE = re.compile(r"(?:[\d*/]+ +){5}(?P<command>.+)")


def lines() -> list[str]:
    """The commands of the first crontab, in the order of the day."""
    block = next(found["body"] for found in FENCE.finditer(PAGE.read_text("utf-8")) if found["language"] == "crontab")
    return [found["command"].replace(r"\%", "%") for found in map(LINE.fullmatch, block.splitlines()) if found]


@pytest.fixture
def last_month(tmp_path, monkeypatch) -> tuple[Office, datetime]:
    """An office that has been there since before the last month, and the middle of that month."""
    day = datetime.now(ZONE).replace(day=1, hour=10) - timedelta(days=15)
    office = coded(staffed(found_empty(tmp_path / "records", day - timedelta(days=40), monkeypatch)))
    office.now = day
    office("ticket", "close", office.ticket(), "--force", "--note", "业主说好了")
    return office, day


def test_each_line_runs_with_an_empty_environment(last_month):
    office, day = last_month
    month = f"{day:%Y-%m}"
    env = {"PMCS_STORE": str(office.root), "PATH": "/usr/bin:/bin", "PYTHONPATH": program_environment()["PYTHONPATH"]}
    for line in lines():
        command = line.replace("/opt/pmcs/.venv/bin/pmcs", f"'{sys.executable}' -m pmcs")
        command = command.replace("date -d yesterday", f"date -d {month}-28")
        done = subprocess.run(["/bin/sh", "-c", command], cwd="/", env=env, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), f"{command}\n{done.stdout}{done.stderr}"
    assert len(lines()) == 5
    folder = office.root.parent / f"YG-{month}"
    assert (folder / "data/records").is_dir()
    assert (folder / "data/checkpoint/0001.yaml").is_file()
    assert f"reports/{month}" in office.git("ls-files", "reports")
    assert {line.split("|")[0] for line in office.git("log", "-2", "--format=%an|%s").splitlines()} == {"pmcs"}
    assert office.dirt() == ""
    checked = office.try_("archive", "verify", str(folder))
    assert checked.code == 0, checked.out
