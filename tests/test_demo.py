"""`make demo` as a stranger's first minute, and the benchmark's stores, held to what a real store is held to."""

from __future__ import annotations

import importlib
import io
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pmcs.cli.app import App
from pmcs.cli.main import main

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "benchmarks" / "demo.py"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[bytes]:
    """The demo, told by somebody without a home, an identity or a terminal."""
    folder = tmp_path_factory.mktemp("演示") / "out put"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"HOME": "", "LC_ALL": "C", "TERM": "xterm", "GIT_DIR": "/nowhere"}
    return subprocess.run([sys.executable, str(DEMO), str(folder)], env=environment, capture_output=True, check=False)


def test_it_ends_well_and_its_last_line_is_the_page_alone(told: subprocess.CompletedProcess[bytes]) -> None:
    assert (told.returncode, told.stderr) == (0, b"")
    page = Path(told.stdout.decode().splitlines()[-1])
    assert page.name == "tickets.html"
    text = page.read_text(encoding="utf-8")
    assert text.lower().startswith("<!doctype html>")
    assert "阳光花园" in text
    assert page.parent.name[:4] in text


def test_it_shows_the_commands_as_typed_and_paints_nothing_off_a_terminal(
    told: subprocess.CompletedProcess[bytes],
) -> None:
    text = told.stdout.decode()
    assert "\033" not in text
    assert "Traceback" not in text
    for words in (
        "pmcs init . --office 阳光花园 --code YG",
        "pmcs ticket close A01",
        "pmcs report monthly 2026-10",
        "pmcs check",
    ):
        assert f"$ {words}\n" in text
    # What it says of the private: masked, in the list and everywhere else but where it was typed.
    assert "138****2222" in text
    assert text.count("13811112222") == 1


def test_a_month_goes_to_the_archive_whole_and_an_audit_finds_nothing(
    told: subprocess.CompletedProcess[bytes],
) -> None:
    text = told.stdout.decode()
    matrix = Path(text.splitlines()[-4])
    assert matrix.name == "matrix.html"
    assert "条款" in matrix.read_text(encoding="utf-8")
    said = re.search(r"archive verify \.\./(\S+)\n(.+)\n", text)
    assert said
    assert "T2" in (matrix.parents[3] / said[1] / "data/catalogue.csv").read_text(encoding="utf-8")
    assert said[2].endswith("完整。")
    assert re.search(r"件记录：0 个错误，0 个提醒", text)


def test_a_larger_property_has_lived_a_fortnight_and_its_pages_stand_beside(
    told: subprocess.CompletedProcess[bytes],
) -> None:
    text = told.stdout.decode()
    pages = [Path(line) for line in text.splitlines()[-3:-1]]
    assert [page.name for page in pages] == ["facilities.html", "safety.html"]
    assert all("翠湖园" in page.read_text(encoding="utf-8") for page in pages)
    # Out of its range is abnormal by itself, and leads to a repair before the round is over.
    assert re.search(r"finish X-\d{8}T0800-PUMPS-PR1\n错误", text)
    assert re.search(r"维修单 W\d{8}-A\d\d.报修", text)
    assert "欧**" in text
    assert "欧阳建国" not in text.partition("六、")[2]
    assert text.count("错误 0 处") == 2


def test_its_store_is_clean_and_every_step_is_a_commit_of_whoever_took_it(
    told: subprocess.CompletedProcess[bytes],
) -> None:
    store = Path(told.stdout.decode().splitlines()[-1]).parents[2]

    def git(*words: str) -> list[str]:
        done = subprocess.run(["git", "-C", str(store), *words], capture_output=True, check=True)
        return done.stdout.decode().splitlines()

    assert git("status", "--porcelain") == []
    taken = re.search(r"T\d{8}-A01", told.stdout.decode())
    assert taken is not None
    ticket = next((store / "ticket").rglob(f"{taken[0]}.yaml"))
    steps = [line.rsplit(": ", 1) for line in git("log", "--reverse", "--format=%an: %s", "--", str(ticket))]
    assert [action for _, action in steps] == [
        *("new", "inform", "triage", "assign", "start", "involve", "wait", "resume", "resolve", "visit", "close"),
    ]
    assert {who.split(":")[0] for who, _ in steps} == {"张敏", "王强"}


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    done = subprocess.run([sys.executable, str(DEMO), str(tmp_path)], capture_output=True, check=False)
    assert done.returncode == 1
    assert "not empty" in done.stderr.decode()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("kind", "letter"),
    [
        *(("ticket", "T"), ("task", "K"), ("inspection", "X"), ("maintenance", "B")),
        *(("repair", "W"), ("hazard", "H"), ("incident", "E")),
    ],
)
def test_the_benchmarks_records_pass_the_check_of_a_real_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, letter: str
) -> None:
    for name, value in (("NAME", "李娜"), ("EMAIL", "li.na@example.com")):
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    monkeypatch.syspath_prepend(str(DEMO.parent))
    generator = importlib.import_module("generator")
    until = datetime(2026, 11, 23, 17, tzinfo=ZoneInfo("Asia/Shanghai"))

    generator.build(tmp_path / "s", 40, until, kind)

    out = io.StringIO()
    code = main(["check"], App(environment={}, folder=tmp_path / "s", clock=lambda: until, out=out, errors=out))
    assert code == 0, out.getvalue()
    listed = io.StringIO()
    words = [kind, "list", "--limit", "0", "--format", "csv"]
    main(words, App(environment={}, folder=tmp_path / "s", clock=lambda: until, out=listed, errors=out))
    lines = listed.getvalue().splitlines()[1:]
    assert len([line for line in lines if line.startswith(f"{letter}2026")]) == 40


def test_by_a_clock_that_has_not_come_to_the_lists_end_the_list_is_earlier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(DEMO.parent))
    demo = importlib.import_module("demo")
    sample = (ROOT / demo.SAMPLE / "requests.csv").read_text(encoding="utf-8-sig")

    months = demo.lay_out_list(tmp_path, datetime(2030, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert months == ("2026-09", "2026-10")
    assert (tmp_path / "requests.csv").read_text(encoding="utf-8") == sample

    months = demo.lay_out_list(tmp_path, datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("Asia/Shanghai")))
    moved = (tmp_path / "requests.csv").read_text(encoding="utf-8")
    assert max(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d", moved)) < "2026-03-04 12:00"
    assert months[-1] in ("2026-01", "2026-02")
    assert len(moved.splitlines()) == len(sample.splitlines())
