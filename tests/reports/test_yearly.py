"""The year's report: its counts are those of its months, its rates reckoned from them; it is kept like a month's."""

from __future__ import annotations

import itertools
import json
import re
from statistics import mean

import pytest

from tests.reports.test_facilities import BAR, some
from tests.reports.test_render import Reader

PARTS = ("tickets", "facilities", "safety", "people", "work", "matrix")
STOCKS = re.compile(
    "open_start|open_end|in_force_.*|backlog_.*|overdue.*|.*_overdue_end|start|end|without_.*|undertakings_missing|untrained"
    "|measured|expired|near|in_use|in_order|to_close|records|totals|persons"
)
"""What is told of a moment, or of those of a period: it does not add up."""


def year(office, number: str = "2027") -> dict:
    return json.loads(office("report", "yearly", number, "--stdout", "--format", "json"))


def month(office, name: str) -> dict:
    return json.loads(office("report", "monthly", name, "--stdout", "--format", "json"))


@pytest.fixture(params=["spring", "december"])
def told(request) -> dict:
    """The quarter of 2027 and the December of 2026, each in its year."""
    return year(request.getfixturevalue(request.param), "2027" if request.param == "spring" else "2026")


def sections(figures: dict) -> dict:
    """Every table of figures by its path."""
    found = {("tickets",): figures["tickets"]}
    for part in PARTS[1:-1]:  # verdicts of clauses do not add up
        found |= {(part, name): value for name, value in figures[part].items() if isinstance(value, dict)}
    return found


def test_counts_of_the_months_add_up_to_the_year_s(told):
    counted = 0
    for path, whole in sections(told).items():
        rows = [sections(row)[path] for row in told["months"]]
        for name, value in whole.items():
            if path == ("work", "plans") and name == "finished":
                continue  # of the measures in force at the end
            if isinstance(value, int) and not STOCKS.fullmatch(name):
                assert value == sum(row[name] for row in rows), (path, name)
                counted += bool(value)
    assert counted > 20


def test_what_is_open_at_the_end_is_what_the_last_month_leaves_and_the_first_began_with(told):
    for path, whole in sections(told).items():
        rows = [sections(row)[path] for row in told["months"]]
        for one, other in itertools.pairwise(rows):
            for end, start in (("open_end", "open_start"), ("backlog_end", "backlog_start"), ("end", "start")):
                if end in whole:
                    assert one[end] == other[start], path
        for name in ("open_end", "backlog_end", "overdue_end", "end", "in_use", "expired"):
            if name in whole:
                assert whole[name] == rows[-1][name], (path, name)
        if "open_start" in whole:
            assert whole["open_start"] == rows[0]["open_start"]


def test_a_rate_is_reckoned_from_the_year_s_counts_and_never_averaged(spring):
    """January finishes one of two tasks in time; then a third, in time: two of three, not the mean of 50 and 100."""
    words = ("--what", "交办", "--owner", "wang.qiang", "--deadline", "2027-04-20")
    id_ = spring.at("2027-04-03 09:00").json("task", "new", *words, by="chen.lei")["id"]
    spring("task", "accept", id_, by="wang.qiang")
    spring("task", "finish", id_, "--note", "办好", by="wang.qiang")
    found = year(spring)
    rates = [row["work"]["tasks"]["on_time_rate"] for row in found["months"]]
    assert rates == [1 / 2, None, None, 1]
    assert found["work"]["tasks"]["on_time_rate"] == 2 / 3 != mean([1 / 2, 1])


def test_each_month_is_that_of_the_monthly_report(spring):
    found = year(spring)
    for row in found["months"]:
        own = month(spring, row["month"])
        for path, figures in sections(row).items():
            wanted = sections(own)[path]
            assert figures == {name: wanted[name] for name in figures}, (row["month"], path)


def test_the_year_by_hand(spring):
    found = year(spring)
    assert some(found, "year", "office", "complete") == ("2027", "阳光花园", False)
    assert [row["month"] for row in found["months"]] == ["2027-01", "2027-02", "2027-03"]
    assert some(found["tickets"], "received", "resolved", "backlog_end") == (3, 1, 2)
    assert some(found["people"]["people"], "start", "joined", "left", "end") == (5, 2, 1, 6)
    assert some(found["people"]["training"], "due", "done", "done_on_time", "coverage") == (3, 2, 1, 3 / 5)
    # The same three were assessed for January and confirmed in February: once.
    assert some(found["people"]["assessments"], "records", "totals", "confirmed") == (4, 3, 3)
    assert some(found["work"]["meetings"], "called", "held", "quorate") == (3, 2, 1)


# Pages, commit ------------------------------------------------------------------------------------------------------


def test_the_pages_are_one_commit_and_a_second_run_none(spring):
    before = len(spring.log())
    spring("report", "yearly", "2027")
    folder = spring.root / "reports" / "2027"
    pages = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(pages) == sorted(f"{part}.{how}" for part in PARTS for how in ("md", "html", "json"))
    assert spring.log()[0] == "report yearly 2027"
    assert "Clause: 5.9" in spring.git("log", "-1", "--format=%B")
    # A month that begins without an entry changes nothing.
    spring.at("2027-05-02 09:00")("report", "yearly", "2027")
    assert len(spring.log()) == before + 1
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == pages
    assert spring.dirt() == ""
    whole = year(spring)
    own = json.loads(pages["work.json"])
    assert own["work"] == whole["work"]
    assert own["months"] == [{"month": row["month"], "work": row["work"]} for row in whole["months"]]
    assert not set(PARTS[1:]) & json.loads(pages["tickets.json"]).keys()


def test_every_page_is_whole_and_its_tables_keep_their_columns(spring):
    for lang in ("zh_CN", "en"):
        page = spring("--lang", lang, "report", "yearly", "2027", "--stdout", "--format", "html")
        reader = Reader(page)
        names = [name for name, _ in reader.tags]
        assert names.count("caption") == names.count("table") > 1
        ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert [page.count(mark) for mark in ("<!DOCTYPE", "<main>", "</main>", "<footer>", "<style>")] == [1] * 5
        assert page.count('<article class="part">') == page.count("<h1>") == 6
        text = spring("--lang", lang, "report", "yearly", "2027", "--stdout")
        assert "\n\n\n" not in text
        for before, line in itertools.pairwise(text.splitlines()):
            if line.startswith("|") and before.startswith("|"):
                assert len(re.findall(BAR, line)) == len(re.findall(BAR, before))
            elif line.startswith("|"):
                assert before == ""


def test_a_year_that_is_over_says_nothing_of_running(december):
    assert 'class="running"' in december("report", "yearly", "2027", "--stdout", "--format", "html")
    page = december("report", "yearly", "2026", "--stdout", "--format", "html")
    assert 'class="running"' not in page
    assert "司马光明" not in page
    assert [row["month"] for row in year(december, "2026")["months"]] == [f"2026-{n:02}" for n in range(1, 13)]


@pytest.mark.parametrize("number", ["2028", "26", "202", "0001", "9999", "去年", "2027-01", "２０２７"])
def test_what_is_no_year_yet_is_refused(spring, number):
    said = spring.try_("report", "yearly", number)
    assert (said.code, said.errors.count("\n")) == (2, 1)
    assert not (spring.root / "reports").exists()
