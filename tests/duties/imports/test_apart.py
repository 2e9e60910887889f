"""A long list is judged on every core, and nobody can tell from what comes of it."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.duties.imports import bringing
from tests.stories.conftest import program_environment

NOW = "2027-01-10T09:00:00+08:00"
MAP = """\
kind: ticket
source: 旧系统
key: 编号
opened: 登记
closed: 办结
fields:
  category: {column: 类型, values: {投诉: complaint, 报修: repair}}
  subject: 事项
  place: 房号
  contact: 电话
  summary: 内容
"""
HEADER = ("编号", "登记", "办结", "类型", "事项", "房号", "电话", "内容")


def row(place: int) -> tuple[str, ...]:
    """Every third of the new year, every fifth closed, every seventh with a phone, every eleventh of an own subject."""
    day = f"2027-01-0{place % 9 + 1}" if place % 3 == 0 else f"2026-1{place % 3}-{place % 28 + 1:02}"
    return (
        f"K{place}",
        f"{day} 08:{place % 60:02}",
        "" if place % 5 else "2027-01-09 18:00",
        "报修" if place % 2 else "投诉",
        f"楼上养鸡{place}" if place % 11 == 0 else "water.leak",
        "" if place % 4 else "3-2-1201",
        "" if place % 7 else f"1380013{place:04}",
        f"第{place}件:滴水, 已经不是第一次 #",
    )


@pytest.fixture
def amended(office):
    """An office whose regulation has a second version since new year: what nobody rates is not urgent."""
    office.at("2026-12-20 09:00")("regulation", "amend", "--from", "2027-01-01")
    file = office.root / "regulation/2027-01-01/kinds/ticket.yaml"
    file.write_text(file.read_text("utf-8").replace("default: normal}", "default: low}"), "utf-8")
    office.git("commit", "-q", "-a", "-m", "low")
    return office


@pytest.fixture
def bring(amended, tmp_path):
    """The import of some rows on one core and on two, in two copies of one store; what each said, and where it is."""

    def run(*rows, cores):
        root = tmp_path / f"{cores} cores"
        if not root.exists():
            shutil.copytree(amended.root, root)
        plan, file = tmp_path / "map.yaml", tmp_path / "list.csv"
        plan.write_text(MAP, "utf-8")
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([HEADER, *rows])
        words = [sys.executable, bringing.__file__, str(root), str(cores), NOW, str(file), "--map", str(plan)]
        environment = program_environment() | {"GIT_CONFIG_GLOBAL": os.devnull}
        return subprocess.run(words, env=environment, capture_output=True, text=True, check=False), root

    return run


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True).stdout


def test_the_commit_is_the_same_to_the_byte_on_one_core_and_on_two(bring):
    rows = [row(place) for place in range(700)]
    # Rows that are there twice, close by and far away.
    rows[300:300] = [row(299), row(5)]
    (one, first), (two, second) = (bring(*rows, cores=cores) for cores in (1, 2))
    assert (one.returncode, one.stderr) == (0, two.stderr), one.stderr
    assert one.stdout == two.stdout
    assert "702" in one.stdout
    assert "700" in one.stdout
    assert git(first, "rev-parse", "HEAD") == git(second, "rev-parse", "HEAD")
    assert git(second, "status", "--porcelain") == ""
    assert len(list((second / "ticket").rglob("*.yaml"))) == 700
    told = [git(second, "grep", "-l", f"urgency: {name}", "--", "ticket").count("\n") for name in ("normal", "low")]
    assert told == [466, 234]
    # Every seventh is private, and its key is in the ring of both.
    assert git(second, "grep", "-l", "contact: sealed:v1", "--", "ticket").count("\n") == 100
    # A second run adds nothing, and one that goes on numbers what is new behind the rest.
    more = [*rows, *(row(place) for place in range(700, 900))]
    (one, first), (two, second) = (bring(*more, cores=cores) for cores in (1, 2))
    assert (one.returncode, one.stdout) == (two.returncode, two.stdout)
    assert git(first, "rev-parse", "HEAD") == git(second, "rev-parse", "HEAD")
    assert len(list((second / "ticket").rglob("*.yaml"))) == 900


def test_every_bad_row_is_named_in_its_order_whoever_judged_it(bring):
    rows = [list(row(place)) for place in range(600)]
    rows[3][3] = "表扬"
    rows[250][7] = "业主电话 13800138000"
    rows[251][5] = "9-9-9999"
    rows[252][1] = "昨天"
    rows[500][0] = "K499"
    rows[550][7] = "长" * 100_001
    (one, first), (two, second) = (bring(*rows, cores=cores) for cores in (1, 2))
    assert (one.returncode, one.stderr) == (2, two.stderr)
    named = [line.split(",")[0] for line in one.stderr.splitlines()[:-1]]
    assert [int("".join(filter(str.isdigit, name[:8]))) for name in named] == [5, 252, 253, 254, 502, 552]
    for root in (first, second):
        assert not (root / "ticket").exists()
        assert git(root, "status", "--porcelain") == ""
    assert "13800138000" not in one.stderr + two.stderr
