"""The month's report through the command line: figures against independent ones, pages, commit, cron."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from statistics import median

import pytest
import yaml

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
FIGURES = json.loads((SAMPLE / "figures.json").read_text("utf-8"))
PARTS = ("tickets", "facilities", "safety", "people", "work", "matrix")
# Worked out by the sample to four decimals.
CLOSE = 0.00006


@pytest.fixture
def with_sample(office):
    said = office.try_("ticket", "import", str(SAMPLE / "requests.csv"), "--map", str(SAMPLE / "requests.map.yaml"))
    assert said.code == 0
    return office


def report(office, month: str) -> dict:
    return json.loads(office("report", "monthly", month, "--stdout", "--format", "json"))


def same(found: dict, wanted: dict) -> None:
    for name, value in wanted.items():
        if name != "by_category":
            assert found[name] == (None if value is None else pytest.approx(value, abs=CLOSE)), name


def test_every_month_of_the_sample_has_the_figures_worked_out_beside_it(with_sample):
    assert len(FIGURES) > 3
    for month, wanted in FIGURES.items():
        found = report(with_sample, month)["tickets"]
        same(found, wanted)
        for category, figures in wanted["by_category"].items():
            if any(figures.values()):
                same(found["by_category"][category], figures)
        assert found["by_category"].keys() <= wanted["by_category"].keys()


# A month of live tickets -------------------------------------------------------------------------------------------


@pytest.fixture
def busy_month(office):
    """November 2026 from the 23rd: a bit of everything that can happen to a ticket."""
    visit = ("--outcome", "reached")
    good = office.resolved()
    office("ticket", "visit", good, *visit, "--score", "5", by="zhao.min")
    office("ticket", "close", good)
    low = office.resolved(category="complaint")
    office("ticket", "visit", low, *visit, "--score", "2", "--note", "又漏了", by="zhao.min")
    office.later(hours=2)("ticket", "resolve", low, "--note", "换了水管", by="wang.qiang")
    office("ticket", "visit", low, *visit, "--score", "4", by="zhao.min")
    office("ticket", "close", low)
    office.later(days=1)("ticket", "reopen", low, "--note", "第三次漏")
    silent = office.resolved(category="suggestion")
    office("ticket", "visit", silent, "--outcome", "no_answer", by="zhao.min")
    middling = office.resolved()
    office("ticket", "visit", middling, *visit, "--score", "3", by="zhao.min")
    office("ticket", "visit", office.resolved(), "--outcome", "refused", by="zhao.min")
    forced = office.ticket(category="inquiry")
    office("ticket", "close", forced, "--force", "--note", "当场答复")
    invalid = office.ticket(category="complaint")
    office("ticket", "triage", invalid, "--verdict", "invalid", "--note", "不在本园区")
    twin = office.ticket()
    office("ticket", "triage", twin, "--verdict", "duplicate", "--merged-into", good)
    office("ticket", "void", office.ticket(), "--note", "录错")
    late = office.assigned(urgency="emergency")
    waiting = office.assigned()
    office(
        *("ticket", "wait", waiting, "--waiting-for", "parts", "--resume-by", "2026-12-20", "--waits-on", "li.na"),
        by="wang.qiang",
    )
    office("ticket", "rerate", office.assigned(urgency="low"), "--urgency", "emergency", "--note", "水漫到楼下")
    office.later(days=2)("ticket", "resolve", late, "--note", "修好", by="wang.qiang")
    office.assigned(urgency="emergency")
    return office.at("2026-12-02 09:00")


COUNTS = (
    *("received", "resolved", "reopened", "backlog_end", "overdue_open_end", "resolved_with_due", "resolved_on_time"),
    *("visits_due", "visits_reached", "scored", "satisfied"),
)


def lives(root: Path, start: str, end: str) -> dict:
    """The figures once more, from the files alone: a reading of their histories that shares nothing with pmcs's."""
    done = {"resolved", "visited", "unreached", "closed", "invalid", "merged"}
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    figures = dict.fromkeys(COUNTS, 0)
    hours = []
    for path in sorted((root / "ticket").rglob("*.yaml")):
        record = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
        if record["state"] == "void":
            continue
        state, due, owing, opened = "", None, False, datetime.fromisoformat(record["history"][0]["at"])
        figures["received"] += first <= opened < last
        for event in record["history"]:
            at, entered, facts = datetime.fromisoformat(event["at"]), event.get("to", state), event.get("set", {})
            promise = due
            if "resolve" in facts.get("due", {}):
                due = facts["due"]["resolve"] or None
            if entered == "waiting":
                due = None
            if at < last and entered in done and state not in done:
                figures["resolved"] += 1
                hours.append((at - opened).total_seconds() / 3600)
                figures["resolved_with_due"] += promise is not None
                figures["resolved_on_time"] += promise is not None and at <= datetime.fromisoformat(promise)
                figures["visits_due"] += entered == "resolved"
                owing, due = entered == "resolved", None
            if at < last and state in done and entered not in done:
                figures["reopened"] += 1
            if event["do"] == "visit" and facts["outcome"] == "reached" and owing:
                figures["visits_reached"] += 1
                figures["scored"] += 1
                figures["satisfied"] += int(facts["score"]) > 3
            state = entered
        if state not in done:
            figures["backlog_end"] += 1
            figures["overdue_open_end"] += due is not None and datetime.fromisoformat(due) < last
    return figures | {"median_hours": median(hours)}


def test_a_month_of_live_tickets_is_counted_as_their_histories_tell(busy_month):
    found = report(busy_month, "2026-11")["tickets"]
    wanted = lives(busy_month.root, "2026-11-01T00:00:00+08:00", "2026-12-01T00:00:00+08:00")
    assert {name: found[name] for name in wanted} == pytest.approx(wanted)
    # By hand: 12 received less the void one; the low score and the reopening are two of the three that left again.
    assert (found["received"], found["reopened"], found["backlog_start"]) == (12, 2, 0)
    assert (found["visits_due"], found["visits_reached"], found["satisfied"], found["scored"]) == (7, 4, 2, 4)
    assert found["satisfaction_rate"] == 0.5
    assert found["resolved"] == 10
    assert found["backlog_end"] == found["received"] - found["resolved"] + found["reopened"] == 4
    # The next month begins where this one ended.
    december = report(busy_month, "2026-12")
    assert (december["tickets"]["backlog_start"], december["complete"]) == (4, False)
    assert december["previous"]["received"] == 12


def test_the_overdue_are_listed_with_who_has_them(office):
    """By name on the page, by code in json; the longest overdue first."""
    later = office.assigned(urgency="emergency")
    first = office.at("2026-11-23 07:00").ticket(urgency="emergency")
    office.at("2026-12-01 08:00").ticket()
    rows = report(office, "2026-11")["overdue"]
    assert [(row["id"], row["assignee"]) for row in rows] == [(first, None), (later, "wang.qiang")]
    # Promised within 24 hours of 2026-11-23 07:00, the month ends six days and 17 hours after that.
    assert rows[0]["late_hours"] == pytest.approx(6 * 24 + 17, abs=0.01)
    page = office("report", "monthly", "2026-11", "--stdout", "--format", "md")
    assert "王强" in page
    assert page.index(first) < page.index(later)


# Pages, commit, cron ------------------------------------------------------------------------------------------------


def test_the_report_is_written_and_committed_once(with_sample):
    before = len(with_sample.log())
    with_sample("report", "monthly", "2026-06")
    assert len(with_sample.log()) == before + 1
    assert "Clause: 5.9" in with_sample.git("log", "-1", "--format=%B")
    pages = {path: path.read_bytes() for path in (with_sample.root / "reports/2026-06").iterdir()}
    assert {path.name for path in pages} == {f"{part}.{how}" for part in PARTS for how in ("md", "html", "json")}
    with_sample.later(days=3)("report", "monthly", "2026-06")
    assert len(with_sample.log()) == before + 1
    assert {path: path.read_bytes() for path in pages} == pages
    assert with_sample.dirt() == ""
    # Another month's report does not touch the records, so this one stays what it was.
    with_sample("report", "monthly", "2026-05")
    with_sample("report", "monthly", "2026-06")
    assert len(with_sample.log()) == before + 2


def test_the_pages_are_the_same_with_and_without_the_keys(office):
    for contact in ("13811112222", "13911112222"):
        office.ticket("--contact", contact)
    office("resident", "add", "--name", "欧阳建国", "--phone", "13811112222", "--relation", "owner")
    how = ("report", "monthly", "2026-11", "--stdout", "--format")
    pages = [office(*how, page) for page in ("md", "html", "json")]
    ring = next((office.root / ".git" / "pmcs").rglob("keys.sqlite"))
    ring.rename(office.root.parent / "elsewhere")
    assert [office(*how, page) for page in ("md", "html", "json")] == pages
    assert all(word not in "".join(pages) for word in ("13811112222", "欧阳建国"))


def test_printing_writes_nothing(with_sample):
    head = with_sample.head()
    for page in ("md", "html", "json"):
        with_sample("report", "monthly", "2026-06", "--stdout", "--format", page)
    assert (with_sample.head(), with_sample.dirt()) == (head, "")
    assert not (with_sample.root / "reports").exists()


def test_a_month_that_runs_says_so_and_counts_up_to_the_last_record(office):
    office.assigned()
    page = office("report", "monthly", "2026-11", "--stdout", "--format", "html")
    assert 'class="running"' in page
    assert office.later(days=1)("report", "monthly", "2026-11", "--stdout", "--format", "html") == page
    office.at("2026-12-01 00:05").ticket()
    assert 'class="running"' not in office("report", "monthly", "2026-11", "--stdout", "--format", "html")


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "11", "十一月", "2027-01", "0000-01", "99999-01"])
def test_what_is_no_month_yet_is_refused(office, month):
    said = office.try_("report", "monthly", month)
    assert (said.code, said.errors.count("\n")) == (2, 1)
    assert (office.root / "reports").exists() is False


def test_a_month_before_the_first_record_is_empty_and_divides_by_nothing(office):
    found = report(office, "2025-01")["tickets"]
    assert (found["received"], found["on_time_rate"], found["median_hours"], found["by_category"]) == (
        0,
        None,
        None,
        {},
    )
    assert "—" in office("report", "monthly", "2025-01", "--stdout", "--format", "md")


def test_a_report_edited_by_hand_is_not_overwritten(with_sample):
    with_sample("report", "monthly", "2026-06")
    page = with_sample.root / "reports/2026-06/tickets.md"
    page.write_text("经理批注", encoding="utf-8")
    with_sample.ticket()  # another commit on the records, so the page would be another
    said = with_sample.try_("report", "monthly", "2026-06")
    assert said.code != 0
    assert page.read_text("utf-8") == "经理批注"


def test_the_office_s_own_template_comes_before_the_shipped_one(with_sample):
    own = with_sample.root / "templates" / "monthly"
    own.mkdir(parents=True)
    (own / "tickets.md.j2").write_text("{{ office }} {{ month }}:{{ tickets.received }} 件\n", encoding="utf-8")
    page = with_sample("report", "monthly", "2026-06", "--stdout", "--format", "md")
    assert page.startswith(f"阳光花园 2026-06:{FIGURES['2026-06']['received']} 件\n\n# 阳光花园")
    assert "<svg" in with_sample("report", "monthly", "2026-06", "--stdout", "--format", "html")
    (own / "tickets.md.j2").write_text("{{ nobody }}\n", encoding="utf-8")
    said = with_sample.try_("report", "monthly", "2026-06", "--stdout")
    assert said.code == 5
    assert "tickets.md.j2" in said.errors


def test_the_definitions_and_the_balance_stand_on_the_page(with_sample):
    for page in ("md", "html"):
        text = with_sample("report", "monthly", "2026-06", "--stdout", "--format", page)
        assert "结案" in text or "办结" in text
        assert text.count("÷") >= 3


def bare(office, *words: str) -> subprocess.CompletedProcess[str]:
    """The program as cron starts it: PATH and nothing else, no HOME, no identity, no terminal."""
    here = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {here!r})\nfrom pmcs.cli.main import main\n"]
    command[-1] += "sys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [*command, *words],
        cwd=office.root,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_cron_writes_the_report_with_an_empty_environment(with_sample):
    done = bare(with_sample, "report", "monthly", "2026-06")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert with_sample.log()[0].startswith("report")
    assert with_sample.git("log", "-1", "--format=%an %ae").strip() == "pmcs system@pmcs.invalid"
    assert with_sample.dirt() == ""
    pages = sorted((with_sample.root / "reports/2026-06").iterdir())
    head = with_sample.head()
    shutil.rmtree(with_sample.root / ".git" / "pmcs")
    done = bare(with_sample, "report", "monthly", "2026-06")
    assert (done.returncode, with_sample.head()) == (0, head), done.stderr
    assert len(pages) == 18
