"""`pmcs escalate` from cron: who is told when a promise comes near, passes, and is long past (7.2, 7.5)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def levels(office, id_: str, clock: str) -> list[tuple[str, str]]:
    """What was written about one clock of a ticket: level and who is told, in order."""
    rows = office.json("ticket", "show", id_).get("escalations", [])
    return [(str(row["level"]), row["told"]) for row in rows if row["clock"] == clock]


@pytest.fixture
def urgent(office) -> str:
    """Assigned on Monday 9:30: an answer is due within 30 minutes, the work within 24 hours, both in real time."""
    id_ = office.ticket(urgency="emergency")
    office("ticket", "triage", id_, "--verdict", "valid")
    office("ticket", "assign", id_, "--assignee", "wang.qiang")
    return id_


def test_each_level_is_written_when_it_is_reached_and_once(office, urgent):
    told = []
    for minute in (23, 25, 25, 29, 31, 31, 59, 61, 120):
        office.at("2026-11-23 09:30").later(minutes=minute)("escalate")
        told.append(len(levels(office, urgent, "respond")))
    assert told == [0, 1, 1, 1, 2, 2, 2, 3, 3]
    assert levels(office, urgent, "respond") == [("80", "wang.qiang"), ("100", "manager"), ("200", "leader")]
    assert office.log()[0] == "escalate 1"
    office.clean()


def test_nothing_to_tell_is_no_commit(office, urgent):
    head = office.head()
    office("escalate")
    office.at("2026-11-23 09:55")("escalate")
    assert office.head() != head
    head = office.head()
    office("escalate")
    assert (office.head(), office.dirt()) == (head, "")


def test_cron_that_slept_three_days_catches_up_in_one_commit(office, urgent):
    other = office.ticket(urgency="emergency")
    before = len(office.log())
    office.at("2026-11-26 12:00")("escalate")
    assert len(office.log()) == before + 1
    assert levels(office, urgent, "respond") == [("80", "wang.qiang"), ("100", "manager"), ("200", "leader")]
    assert levels(office, urgent, "resolve") == [("80", "wang.qiang"), ("100", "manager"), ("200", "leader")]
    assert levels(office, urgent, "progress") == [("100", "manager")]
    office("escalate")
    assert len(office.log()) == before + 1
    # Nobody has the other one yet, so there was nobody to tell of its 80 %.
    assert levels(office, other, "resolve") == [("100", "manager"), ("200", "leader")]
    office("ticket", "triage", other, "--verdict", "valid")
    office("ticket", "assign", other, "--assignee", "zhao.min")
    office("escalate")
    assert max(levels(office, other, "resolve")) == ("80", "zhao.min")
    office.clean()


def test_one_file_that_cannot_be_read_holds_up_no_other(office, urgent):
    broken = office.ticket(urgency="emergency")
    office.file(broken).write_text("id: [", encoding="utf-8")
    said = office.at("2026-11-23 10:05").try_("escalate")
    assert said.code == 3
    assert broken in said.errors
    assert said.errors.count("\n") == 1
    assert levels(office, urgent, "respond") == [("80", "wang.qiang"), ("100", "manager")]


def test_a_clock_that_stopped_in_time_tells_nobody(office, urgent):
    office.at("2026-11-23 09:40")("ticket", "start", urgent, by="wang.qiang")
    office.at("2026-11-23 17:00")("ticket", "resolve", urgent, "--note", "修好", by="wang.qiang")
    office.at("2026-11-24 09:00")("ticket", "visit", urgent, "--outcome", "reached", "--score", "5", by="zhao.min")
    office("ticket", "close", urgent)
    head = office.head()
    office.at("2026-12-23 09:00")("escalate")
    assert office.head() == head


def test_waiting_pauses_the_work_s_levels(office, urgent):
    office.at("2026-11-23 09:40")("ticket", "start", urgent, by="wang.qiang")
    office(
        *("ticket", "wait", urgent, "--waiting-for", "parts", "--resume-by", "2026-12-20", "--waits-on", "li.na"),
        by="wang.qiang",
    )
    office.at("2026-11-25 09:30")("escalate")
    assert levels(office, urgent, "resolve") == []
    # Ten minutes ran before the pause: 80 % of 24 hours are 19:12, so 19:02 more.
    office.at("2026-11-25 09:40")("ticket", "resume", urgent, by="wang.qiang")
    office.at("2026-11-26 04:40")("escalate")
    assert levels(office, urgent, "resolve") == []
    office.at("2026-11-26 04:44")("escalate")
    assert levels(office, urgent, "resolve") == [("80", "wang.qiang")]


def test_a_reopened_ticket_begins_a_new_round(office, urgent):
    office.at("2026-11-26 12:00")("escalate")
    first = levels(office, urgent, "resolve")
    office("ticket", "start", urgent, by="wang.qiang")
    office("ticket", "resolve", urgent, "--note", "修好", by="wang.qiang")
    office("ticket", "visit", urgent, "--outcome", "reached", "--score", "5", by="zhao.min")
    office("ticket", "close", urgent)
    office.at("2026-11-27 12:00")("ticket", "reopen", urgent, "--note", "又坏了")
    office("escalate")
    assert levels(office, urgent, "resolve") == first
    office.at("2026-11-29 13:00")("escalate")
    assert levels(office, urgent, "resolve") == first * 2
    office.clean()


def test_a_visit_not_made_in_three_days_is_the_manager_s(office):
    id_ = office.resolved()
    office.at("2026-11-26 23:00")("escalate")
    assert levels(office, id_, "visit") == []
    office.at("2026-11-27 00:01")("escalate")
    assert levels(office, id_, "visit") == [("100", "manager")]


def test_cron_needs_neither_identity_nor_home(office, urgent):
    """The program as a process of its own under PATH alone, at the ticket's own hour."""
    here = str(Path(__file__).parents[2])
    code = (
        f"import sys; sys.path.insert(0, {here!r})\n"
        "import datetime, io\nfrom pathlib import Path\nfrom zoneinfo import ZoneInfo\n"
        "from pmcs.cli.app import App\nfrom pmcs.cli.main import main\n"
        "now = datetime.datetime(2026, 11, 23, 9, 55, tzinfo=ZoneInfo('Asia/Shanghai'))\n"
        "sys.exit(main(['escalate'], App(environment={}, folder=Path.cwd(), clock=lambda: now)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=office.root,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert office.git("log", "-1", "--format=%an <%ae>|%cn").strip() == "pmcs <system@pmcs.invalid>|pmcs"
    assert "Actor: system" in office.git("log", "-1", "--format=%B")
    assert office.json("ticket", "show", urgent)["history"][-1]["by"] == "system"
    office.clean()
