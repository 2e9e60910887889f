"""The regulation clause by clause: one late ticket of November, and what each clause comes to by hand."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from pmcs.core.kind import Choose
from pmcs.reports.matrix import VERDICTS
from pmcs.reports.matrix_rows import clock_clauses
from pmcs.store.message import clause_from
from tests.core.world import starter

VERDICT = ("verdict", "records", "acts", "exceptions")


def matrix(office, period, *words):
    found = json.loads(office("regulation", "matrix", period, "--format", "json", *words))["matrix"]
    return {row["clause"]: row for row in found["clauses"]}, found


def some(row, *names):
    return tuple(row[name] for name in names)


def mark(office, clause, reason, *, version="2026-01-01"):
    """Mark a clause not applicable in the articles' file."""
    article, _, item = clause.partition(".")
    file = office.root / "regulation" / version / "articles" / "1.yaml"
    before, head, rest = file.read_text("utf-8").partition(f'  "{article}":\n')
    own = f'      "{item}": {{' if item else "    title:"
    new = f'      "{item}": {{not_applicable: {reason}, ' if item else f"    not_applicable: {reason}\n    title:"
    assert own in rest
    file.write_text(before + head + rest.replace(own, new, 1), "utf-8")
    office.git("commit", "-qam", f"{clause} not applicable")


@pytest.fixture
def late(office) -> str:
    """Told and begun in time on Monday, resolved on Friday for Thursday, visited on 1 December for 30 November."""
    id_ = office.at("2026-11-23 09:31").ticket()
    office.at("2026-11-23 09:40")("ticket", "inform", id_, "--told-by", "phone")
    office("ticket", "triage", id_, "--verdict", "valid")
    office("ticket", "assign", id_, "--assignee", "wang.qiang")
    office("ticket", "start", id_, by="wang.qiang")
    office.at("2026-11-27 10:00")("ticket", "resolve", id_, "--note", "已更换水管", by="wang.qiang")
    office.at("2026-12-01 10:00")("ticket", "visit", id_, "--outcome", "reached", "--score", "5")
    office("ticket", "close", id_)
    office.at("2026-12-02 10:00")
    return id_


def test_each_verdict_from_what_was_done_and_what_passed(office, late):
    mark(office, "5.8", "本单位不收费")
    rows, whole = matrix(office, "2026-11")
    # Registered and told; triaged, assigned, begun, resolved. Not an act: what cron and nobody did.
    assert some(rows["7.1"], *VERDICT) == ("carried_out", 1, 2, 0)
    assert some(rows["7.2"], *VERDICT) == ("with_exceptions", 1, 4, 1)
    assert some(rows["7.3"], *VERDICT) == ("nothing_due", 0, 0, 0)
    # Nobody told of the progress by Thursday; nobody had visited by the end of the month.
    assert some(rows["7.5"], *VERDICT) == ("not_carried_out", 0, 0, 1)
    assert some(rows["7.6"], *VERDICT) == ("not_carried_out", 0, 0, 1)
    assert some(rows["5.8"], *VERDICT, "reason") == ("not_applicable", 0, 0, 0, "本单位不收费")
    assert {rows[number]["verdict"] for number in ("1", "2", "3", "4", "6", "6.1", "15", "16", "2/1")} == {
        "declaratory"
    }
    # The article is the sum of its items, and 5.2 of the article that is its procedure.
    for number in ("7", "5.2"):
        assert some(rows[number], *VERDICT) == ("with_exceptions", 1, 6, 3)
    assert rows["7"]["sums"] == [f"7.{item}" for item in range(1, 7)]
    assert rows["5.2"]["sums"] == ["7", *rows["7"]["sums"]]
    assert rows["7.2"]["numbers"] == [late]
    assert rows["7"]["numbers"] == []
    (one,) = rows["7.2"]["listed"]
    assert some(one, "type", "record", "clock") == ("late", late, "resolve")
    assert (one["due"][:13], one["ended"][:16]) == ("2026-11-26T09", "2026-11-27T10:00")
    assert whole["verdicts"] == {
        verdict: sum(row["verdict"] == verdict and not any(part.startswith(f"{row['clause']}.") for part in row["sums"])
                     for row in whole["clauses"])
        for verdict in VERDICTS
    } | {"contradictions": 0}  # fmt: skip


def test_closing_never_clears_a_breach_and_what_stood_on_is_told_next_month(office, late):
    rows, _ = matrix(office, "2026-11")
    (visit,) = rows["7.6"]["listed"]
    assert some(visit, "type", "due", "ended") == ("late", "2026-11-30T23:59:59+08:00", None)
    rows, _ = matrix(office, "2026-12")
    assert some(rows["7.6"], *VERDICT) == ("with_exceptions", 1, 2, 1)
    (visit,) = rows["7.6"]["listed"]
    assert some(visit, "type", "due") == ("overdue", "2026-11-30T23:59:59+08:00")
    assert visit["ended"].startswith("2026-12-01T10:00")
    assert rows["7.2"]["verdict"] == "nothing_due"
    # The quarter holds both months.
    rows, _ = matrix(office, "2026-Q4")
    assert some(rows["7"], *VERDICT) == ("with_exceptions", 1, 8, 3)


def test_notes_corrections_and_void_records_carry_out_nothing(office):
    id_ = office.ticket()
    office.at("2026-12-01 09:00")("ticket", "note", id_, "--note", "已转告")
    rows, _ = matrix(office.at("2026-12-02 09:00"), "2026-12")
    assert rows["7"]["acts"] == 0
    assert rows["7.1"]["verdict"] == "not_carried_out"  # never told, never begun: overdue from November
    office("ticket", "void", id_, "--note", "误登")
    rows, _ = matrix(office, "2026-11")
    assert some(rows["7"], *VERDICT) == ("nothing_due", 0, 0, 0)


def test_work_that_a_schedule_opens_is_no_pass_until_somebody_does_it(december):
    """Of the estate's December: 20:00 at the gate on the 6th done, on the 7th missed; a drill not held on the 24th."""
    rows, _ = matrix(december, "2026-12")
    assert some(rows["5.3"], *VERDICT[::3]) == ("with_exceptions", 1)
    (missed,) = rows["5.3"]["listed"]
    assert some(missed, "type", "record", "ended") == ("missed", "X-20261207T2000-GATE-3-2-1201", None)
    assert "L-20261224T1500-DRILL-3-2-1201" not in rows["9.4"]["numbers"]
    assert "L-20261224T1500-DRILL-3-2-1201" in [one["record"] for one in rows["9.4"]["listed"]]


def test_a_clause_marked_not_applicable_that_has_records_is_a_contradiction(office, late):
    mark(office, "7.2", "没有维修")
    rows, whole = matrix(office, "2026-11")
    assert some(rows["7.2"], "verdict", "contradiction", "reason") == ("with_exceptions", True, "没有维修")
    assert whole["verdicts"]["contradictions"] == 1
    said = office.try_("--lang", "en", "regulation", "matrix", "2026-11").out
    assert re.search(r"^7\.2 +Carried out with exceptions, though marked not applicable", said, re.MULTILINE)


def test_an_article_marked_is_marked_in_its_items(office):
    mark(office, "9", "另有安保公司负责")
    rows, _ = matrix(office, "2026-11")
    assert {rows[number]["verdict"] for number in ("9", "9.1", "9.4")} == {"not_applicable"}


def test_a_version_that_begins_within_the_month(office, late):
    new = office.root / "regulation" / "2026-11-26"
    shutil.copytree(office.root / "regulation" / "2026-01-01", new)
    file = new / "articles" / "1.yaml"
    text = file.read_text("utf-8").replace('      "1": {brief: "守法,品行端正", text: ""}\n', "", 1)
    file.write_text(text.replace("待人有礼,服务热心", "待人有礼"), "utf-8")
    office.git("add", "-A")
    office.git("commit", "-qm", "version")
    mark(office, "7.2", "另行委托", version="2026-11-26")
    rows, whole = matrix(office, "2026-11")
    assert whole["versions"] == ["2026-01-01", "2026-11-26"]
    assert rows["10.1"]["versions"] == ["2026-01-01"]  # in force until the 25th
    assert rows["11.1"]["brief"] == "待人有礼"  # as last worded
    # Marked from the 26th on, when the due time passed; applicable before.
    assert some(rows["7.2"], "verdict", "contradiction") == ("with_exceptions", True)
    rows, whole = matrix(office, "2026-10")
    assert (whole["versions"], rows["11.1"]["brief"]) == (["2026-01-01"], "待人有礼,服务热心")
    assert "10.1" not in matrix(office, "2026-12")[0]


def test_a_finding_and_an_unreadable_file_are_exceptions_of_their_clause(office, late):
    rows, _ = matrix(office, "2026-11")
    trained = [one["record"] for one in rows["11.5"]["listed"]]
    assert rows["11.5"]["verdict"] == "not_carried_out"
    assert sorted(trained) == sorted(path.stem for path in (office.root / "staff").glob("*.yaml"))
    assert {one["type"] for one in rows["11.5"]["listed"]} == {"finding"}
    broken = office.root / "hazard" / "2026" / "11" / "24" / "H20261124-A01.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("{", "utf-8")
    office.git("add", "-A")
    office.git("commit", "-qm", "by hand")
    rows, whole = matrix(office, "2026-11")
    # Whether it was of equipment or safety nobody can read.
    for clause in ("8.1", "9.2"):
        assert [one["type"] for one in rows[clause]["listed"]] == ["unreadable"]
        assert rows[clause]["verdict"] == "not_carried_out"
    assert [row["file"] for row in whole["unreadable"]] == ["hazard/2026/11/24/H20261124-A01.yaml"]


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.hrefs = [], []

    def handle_starttag(self, tag, attributes):
        if tag not in {"meta", "link", "br", "hr", "col", "img"}:
            self.open.append(tag)
        self.hrefs += [value for name, value in attributes if name == "href"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def links(file):
    page = Links()
    page.feed(file.read_text("utf-8"))
    assert page.open == []
    return [(file.parent / unquote(href)).resolve() for href in page.hrefs]


def test_the_page_links_the_files_of_its_records(office, late, tmp_path):
    office("report", "monthly", "2026-11")
    folder = office.root / "reports" / "2026-11"
    assert office.file(late).resolve() in links(folder / "matrix.html")
    elsewhere = tmp_path / "for the auditor"
    elsewhere.mkdir()
    office("regulation", "matrix", "2026-11", "--format", "html", "--output", elsewhere / "m.html")
    for found in (links(folder / "matrix.html"), links(elsewhere / "m.html")):
        assert found
        assert all(path.is_file() for path in found)
    assert json.loads((folder / "matrix.json").read_text("utf-8"))["matrix"] == matrix(office, "2026-11")[1]
    assert "7.2" in (folder / "matrix.md").read_text("utf-8")
    assert "matrix" not in json.loads((folder / "tickets.json").read_text("utf-8"))


@pytest.mark.parametrize("how", ["html", "json", "xlsx", "table"])
def test_the_same_records_give_the_same_bytes(office, late, tmp_path, how):
    files = [tmp_path / name for name in ("one", "two", "three")]
    for file in files[:2]:
        office("regulation", "matrix", "2026-11", "--format", how, "--output", file)
    for ring in (office.root / ".git" / "pmcs").rglob("keys.sqlite*"):
        ring.unlink()
    office.at("2026-12-20 10:00")("regulation", "matrix", "2026-11", "--format", how, "--output", files[2])
    assert files[0].read_bytes() == files[1].read_bytes() == files[2].read_bytes()


def test_the_workbook_has_a_line_a_clause_and_its_records(office, late, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    file = tmp_path / "m.xlsx"
    office("regulation", "matrix", "2026-11", "--format", "xlsx", "--output", file)
    rows = [row for row in openpyxl.load_workbook(file).active.iter_rows(values_only=True) if row[0] == "7.2"]
    assert some(rows[0], 3, 4) == (1, 1)
    assert [row[5] for row in rows] == [None, late, late]


def test_the_year_has_the_matrix_too(office, late):
    office("report", "yearly", "2026")
    found = json.loads((office.root / "reports" / "2026" / "matrix.json").read_text("utf-8"))
    assert [month["month"] for month in found["months"]][-2:] == ["2026-11", "2026-12"]
    assert found["matrix"]["verdicts"].keys() == found["months"][-1]["matrix"]["verdicts"].keys()
    rows = {row["clause"]: row for row in found["matrix"]["clauses"]}
    assert some(rows["7"], *VERDICT) == ("with_exceptions", 1, 8, 3)


@pytest.mark.parametrize("period", ["2026-13", "2026-Q5", "x", "2026-11-23"])
def test_what_is_no_period(office, period):
    assert "2026-Q3" in office.refused("regulation", "matrix", period, code=2)


def test_a_period_that_has_not_begun_and_a_workbook_without_a_file(office):
    assert "2027-01" in office.refused("regulation", "matrix", "2027-01", code=2)
    assert "--output" in office.refused("regulation", "matrix", "2026-11", "--format", "xlsx", code=2)


@pytest.mark.parametrize(
    ("clause", "reason", "said"),
    [("5.8", '""', "reason"), ("5.8", "true", "reason"), ("5.8", "[a]", "single text"), ("2", "没有", "declaratory")],
)
def test_a_slip_in_the_mark_is_named_with_its_line(office, clause, reason, said):
    mark(office, clause, reason)
    found = office.try_("--lang", "en", "regulation", "check")
    file = office.root / "regulation" / "2026-01-01" / "articles" / "1.yaml"
    line = next(place for place, text in enumerate(file.read_text("utf-8").splitlines(), 1) if "not_applicable" in text)
    assert found.code == 1
    assert [told for told in found.out.splitlines() if f"articles/1.yaml:{line}: " in told and said in told], found.out


def test_every_action_and_clock_of_the_starter_cites_a_clause_that_is_there():
    regulation = starter()
    for kind in regulation.kinds:
        tables = [part.clause for part in (kind, *kind.actions.values()) if isinstance(part.clause, Choose)]
        choices = [{table.field: value} for table in tables for value in table.table] or [{}]
        for fields in choices:
            for action in kind.actions.values():
                assert clause_from(kind, fields, "", action) in regulation.clauses, (kind.name, action.name)
            for clock in kind.clocks.values():
                assert {*clock_clauses(kind, clock, fields)} <= regulation.clauses.keys(), (kind.name, clock.name)
                assert clock_clauses(kind, clock, fields)
