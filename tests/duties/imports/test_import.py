"""Taking over lists through the command line: last year's requests, the flats, the residents."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import xlsxwriter

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
MAP = """\
kind: ticket
source: 旧系统
key: 编号
opened: {column: 登记, format: "%Y-%m-%d %H:%M"}
closed: {column: 办结, format: "%Y-%m-%d %H:%M"}
due: {column: 承诺, format: "%Y-%m-%d %H:%M"}
fields:
  category: {column: 类型, values: {投诉: complaint, 报修: repair}}
  subject: {column: 事项}
  summary: {column: 内容, max: 20}
  location: {column: 位置}
"""
HEADER = ("编号", "登记", "办结", "承诺", "类型", "事项", "内容", "位置")
OLD = ("A1", "2025-03-04 23:50", "2025-03-06 10:00", "2025-03-05 12:00", "报修", "water.leak", "厨房漏水", "3号楼")
OPEN = ("A2", "2025-03-05 08:00", "", "2025-03-06 08:00", "投诉", "楼上养鸡", "公鸡打鸣", "5号楼")
RESIDENTS = """\
kind: resident
fields:
  name: 姓名
  phone: 电话
  place: 房号
  relation: {column: 身份, values: {业主: owner, 租户: tenant}}
"""


def table(path: Path, *rows, header=HEADER, encoding="utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture
def bring(office, tmp_path):
    """`pmcs ticket import` of some rows; answers what the command said."""
    plan = tmp_path / "map.yaml"
    plan.write_text(MAP, encoding="utf-8")

    def run(*rows, options=(), **how):
        file = table(tmp_path / "list.csv", *rows, **how)
        return office.try_("ticket", "import", str(file), "--map", str(plan), *options)

    return run


def test_a_closed_and_an_open_request_come_over_on_the_days_they_were_opened(office, bring):
    before = len(office.log())
    assert bring(OLD, OPEN).code == 0
    assert len(office.log()) == before + 1
    assert "Clause: 7.1" in office.git("log", "-1", "--format=%B")
    assert (office.root / "ticket/2025/03/04/T20250304-A01.yaml").is_file()
    closed = office.json("ticket", "show", "T20250304-A01")
    assert (closed["state"], closed["closed_at"]) == ("closed", "2025-03-06T10:00:00+08:00")
    assert [event["do"] for event in closed["history"]] == ["import"]
    waiting = office.json("ticket", "show", "T20250305-A01")
    assert (waiting["state"], waiting["due"]) == ("registered", {"resolve": "2025-03-06T08:00:00+08:00"})
    office.clean()


def test_an_imported_request_that_was_open_goes_on_through_the_ordinary_steps(office, bring):
    bring(OPEN)
    office("ticket", "triage", "T20250305-A01", "--verdict", "valid")
    office("ticket", "assign", "T20250305-A01", "--assignee", "wang.qiang")
    office("ticket", "start", "T20250305-A01", by="wang.qiang")
    office("ticket", "resolve", "T20250305-A01", "--note", "已劝离", by="wang.qiang")
    visited = office.json("ticket", "visit", "T20250305-A01", "--outcome", "reached", "--score", "5", by="zhao.min")
    assert visited["state"] == "visited"
    assert office.json("ticket", "close", "T20250305-A01")["state"] == "closed"
    office.clean()


def test_a_closed_request_owes_no_return_visit(office, bring):
    bring(OLD)
    office.later(days=30)
    said = office("today")
    assert "T20250304-A01" not in said
    assert json.loads(office("report", "monthly", "2025-03", "--format", "json"))["tickets"]["visits_due"] == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_chinese_list_is_read_in_every_encoding_that_excel_writes(office, bring, encoding):
    assert bring(OLD, encoding=encoding).code == 0
    assert office.json("ticket", "show", "T20250304-A01")["location"] == "3号楼"


def test_a_workbook_with_date_cells_and_numbers_as_keys(office, bring, tmp_path):
    bring(OPEN)
    book = xlsxwriter.Workbook(str(tmp_path / "list.xlsx"))
    sheet, form = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, [1007, 45720.5, "", "", "报修", "water.leak", "第一行\n第二行", "302"])
    sheet.write_number(1, 1, 45720.5, form)
    book.close()
    said = office.try_("ticket", "import", str(tmp_path / "list.xlsx"), "--map", str(tmp_path / "map.yaml"))
    assert said.code == 0, said.errors
    found = office.json("ticket", "show", "T20250304-A01")
    # Excel counts days from 1899-12-30; 45720.5 is noon of 2025-03-04.
    assert (found["opened"], found["origin_key"]) == ("2025-03-04T12:00:00+08:00", "1007")
    assert found["summary"] == "第一行\n第二行"


def test_a_second_run_and_a_doubled_row_add_nothing(office, bring):
    bring(OLD, OPEN)
    head = office.head()
    said = bring(OLD, OPEN, options=("--format", "json"))
    assert (said.code, said.json["added"], said.json["already"]) == (0, 0, 2)
    assert office.head() == head
    more = bring(OLD, ("A3", *OLD[1:]), ("A3", *OLD[1:]), options=("--format", "json")).json
    assert (more["read"], more["added"], more["already"]) == (3, 1, 2)
    assert office.json("ticket", "list", "--limit", "0")[-1]["id"] == "T20250304-A01"
    office.clean()


def test_every_bad_cell_is_named_at_once_and_nothing_is_written(office, bring):
    head = office.head()
    said = bring(
        OLD,
        ("A4", "昨天", "2025-03-06 10:00", "", "报修", "", "灯不亮", ""),
        ("A5", "2025-03-04 10:00", "2025-13-06 10:00", "", "表扬", "", "很好", ""),
        ("", "2025-03-04 10:00", "", "", "报修", "", "门坏了", ""),
        ("A6", "2027-03-04 10:00", "", "", "报修", "", "明年的事", ""),
        options=("--format", "json"),
    )
    assert said.code == 2
    wrong = [(bad["row"], bad["column"]) for bad in said.json["bad"]]
    assert wrong == [(3, "登记"), (4, "办结"), (4, "类型"), (5, "编号"), (6, "登记")]
    assert all(bad["reason"] for bad in said.json["bad"])
    assert (office.head(), office.dirt()) == (head, "")
    assert office.json("ticket", "list") == []
    said = bring(("A4", "昨天", "", "", "报修", "", "灯不亮", ""))
    assert "昨天" in said.errors
    assert "登记" in said.errors
    # The numbers were not used up.
    bring(OLD)
    assert office.json("ticket", "show", "T20250304-A01")["origin_key"] == "A1"


def test_a_dry_run_says_the_same_and_writes_nothing(office, bring):
    head = office.head()
    said = bring(OLD, OPEN, options=("--dry-run", "--format", "json"))
    assert (said.code, said.json["read"], said.json["added"], said.json["dry_run"]) == (0, 2, 0, True)
    assert said.json["unknown"] == {"subject": ["楼上养鸡"]}
    assert (office.head(), office.dirt()) == (head, "")
    assert bring(("A4", "昨天", *OLD[2:]), options=("--dry-run",)).code == 2


def test_an_unknown_subject_is_kept_and_told_once(office, bring):
    said = bring(OLD, OPEN, ("A7", *OPEN[1:]))
    assert (said.code, said.errors.count("楼上养鸡")) == (0, 1)
    assert office.json("ticket", "show", "T20250305-A02")["subject"] == "楼上养鸡"


def test_an_empty_summary_takes_the_subject_and_a_long_one_is_cut(office, bring):
    bring((*OLD[:6], "", ""), ("A8", *OLD[1:6], "很" * 50, ""))
    assert office.json("ticket", "show", "T20250304-A01")["summary"] == "water.leak"
    assert office.json("ticket", "show", "T20250304-A02")["summary"] == "很" * 20


def test_a_phone_in_a_cell_is_refused_or_masked_and_never_shown(office, bring):
    row = (*OLD[:6], "电话13812341234", "")
    said = bring(row, options=("--format", "json"))
    assert (said.code, said.json["bad"][0]["row"], said.json["bad"][0]["column"]) == (2, 2, "内容")
    assert "13812341234" not in said.out + said.errors
    assert bring(row, options=("--mask",)).code == 0
    assert office.json("ticket", "show", "T20250304-A01")["summary"] == "电话138****1234"
    assert "13812341234" not in office.git("log", "-p", "--all")


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("kind: ticket", "kind: place", "place"),
        ("source: 旧系统\nkey: 编号\n", "", "source"),
        ("key: 编号", "key: 编码", "编号"),
        ("  location: {column: 位置}", "  assignee: {column: 位置}", "assignee"),
        ("  category: {column: 类型, values: {投诉: complaint, 报修: repair}}\n", "", "category"),
        ("fields:", "fields: [", "map.yaml"),
    ],
)
def test_a_map_that_does_not_fit_is_refused_as_a_whole(office, bring, tmp_path, old, new, word):
    assert old in MAP
    (tmp_path / "map.yaml").write_text(MAP.replace(old, new), encoding="utf-8")
    said = bring(OLD)
    assert said.code == (5 if new.endswith("[") else 2)
    assert said.errors.count("\n") == 1
    assert word in said.errors
    assert office.json("ticket", "list") == []


def test_who_has_not_the_post_imports_nothing(office, bring, tmp_path):
    bring(OLD, options=("--dry-run",))
    said = office.try_(
        *("ticket", "import", str(tmp_path / "list.csv"), "--map", str(tmp_path / "map.yaml")), by="wang.qiang"
    )
    assert said.code == 2
    assert "wang.qiang" in said.errors


def test_the_project_s_sample_comes_over_whole(office):
    said = office.try_(
        *("ticket", "import", str(SAMPLE / "requests.csv"), "--map", str(SAMPLE / "requests.map.yaml")),
        *("--format", "json"),
    )
    assert (said.code, said.json["read"], said.json["added"]) == (0, 240, 240)
    rows = office.json("ticket", "list", "--limit", "0")
    assert (len(rows), sum(row["state"] == "registered" for row in rows)) == (240, 21)
    office.clean()


def test_imported_promises_do_not_escalate(office, bring):
    bring(OPEN)
    head = office.head()
    assert office.later(days=60).try_("escalate", by="nobody").code == 0
    assert office.head() == head


# Registers ----------------------------------------------------------------------------------------------------------


def test_flats_are_imported_with_the_levels_above_them(office, tmp_path):
    plan = tmp_path / "places.yaml"
    plan.write_text("kind: place\nfields:\n  code: 房号\n  area: 面积\n", encoding="utf-8")
    file = table(tmp_path / "p.csv", ("8-1-101", "88.50"), ("8-1-102", ""), ("3-2-1201", "90"), header=("房号", "面积"))
    said = office.try_("place", "import", str(file), "--map", str(plan), "--format", "json")
    assert (said.code, said.json["added"], said.json["already"]) == (0, 2, 1)
    assert {"8", "8-1", "8-1-101", "8-1-102"} < {row["code"] for row in office.json("place", "list", "--limit", "0")}
    assert office.json("place", "show", "8-1-101")["area"] == 88.5
    again = office.try_("place", "import", str(file), "--map", str(plan), "--format", "json").json
    assert (again["added"], again["already"]) == (0, 3)
    office.clean()


def test_a_level_listed_after_what_lies_in_it_is_told_and_not_lost(office, tmp_path):
    plan = tmp_path / "places.yaml"
    plan.write_text("kind: place\nfields: {code: 房号, name: 名称}\n", encoding="utf-8")
    file = table(tmp_path / "p.csv", ("9-1-101", ""), ("9", "九号楼"), header=("房号", "名称"))
    said = office.try_("place", "import", str(file), "--map", str(plan), "--format", "json")
    assert (said.code, [(bad["row"], bad["column"]) for bad in said.json["bad"]]) == (2, [(3, "房号")])
    table(file, ("9", "九号楼"), ("9-1-101", ""), header=("房号", "名称"))
    office("place", "import", str(file), "--map", str(plan))
    assert office.json("place", "show", "9")["name"] == "九号楼"


def residents(path: Path, count: int, **how) -> Path:
    rows = [(f"王小{n}", f"138{n:08d}", "3-2-1201", "业主" if n % 2 else "租户") for n in range(count)]
    return table(path, *rows, header=("姓名", "电话", "房号", "身份"), **how)


def test_a_list_of_residents_is_sealed_and_found_by_phone(office, tmp_path):
    (tmp_path / "r.yaml").write_text(RESIDENTS, encoding="utf-8")
    words = ("resident", "import", str(residents(tmp_path / "r.csv", 60, encoding="gb18030")))
    said = office.try_(*words, "--map", str(tmp_path / "r.yaml"), "--format", "json")
    assert (said.code, said.json["added"]) == (0, 60)
    history = office.git("log", "-p", "--all")
    assert "13800000007" not in history
    assert "王小7" not in history
    shown = office.json("resident", "show", "RA0008")
    assert (shown["phone"], shown["relation"]) == ("138****0007", "owner")
    revealed = office("resident", "reveal", "RA0008", "--purpose", "核对")
    assert "13800000007" in revealed
    assert "王小7" in revealed
    again = office.try_(*words, "--map", str(tmp_path / "r.yaml"), "--format", "json").json
    assert (again["added"], again["already"]) == (0, 60)
    office.clean()


def test_a_second_flat_of_the_same_owner_is_a_row_of_its_own(office, tmp_path):
    (tmp_path / "r.yaml").write_text(RESIDENTS, encoding="utf-8")
    office("place", "add", "3-2-1202")
    rows = [("欧阳建国", "13811112222", place, "业主") for place in ("3-2-1201", "3-2-1202", "3-2-1201")]
    file = table(tmp_path / "r.csv", *rows, header=("姓名", "电话", "房号", "身份"))
    said = office.try_("resident", "import", str(file), "--map", str(tmp_path / "r.yaml"), "--format", "json").json
    assert (said["added"], said["already"]) == (2, 1)


def test_a_list_with_a_bad_row_seals_nothing(office, tmp_path):
    """Not even a key is left behind in the ring."""
    (tmp_path / "r.yaml").write_text(RESIDENTS, encoding="utf-8")
    rows = [("张三", "13811112222", "3-2-1201", "业主"), ("李四", "13811113333", "3-2-9999", "业主")]
    file = table(tmp_path / "r.csv", *rows, header=("姓名", "电话", "房号", "身份"))
    words = ("resident", "import", str(file), "--map", str(tmp_path / "r.yaml"), "--format", "json")
    said = office.try_(*words)
    assert (said.code, [(bad["row"], bad["column"]) for bad in said.json["bad"]]) == (2, [(3, "房号")])
    assert office.json("resident", "list") == []
    table(file, rows[0], header=("姓名", "电话", "房号", "身份"))
    dry = office.try_(*words, "--dry-run").json
    assert (dry["read"], dry["already"]) == (1, 0)
    assert office.try_(*words).json["added"] == 1


def test_staff_are_imported_and_then_given_posts(office, tmp_path):
    plan = tmp_path / "s.yaml"
    plan.write_text("kind: staff\nfields: {code: 代号, name: 姓名, email: 邮箱, phone: 电话}\n", encoding="utf-8")
    file = table(
        tmp_path / "s.csv",
        ("sun.li", "孙丽", "sun.li@example.com", "13911112222"),
        header=("代号", "姓名", "邮箱", "电话"),
    )
    office("staff", "import", str(file), "--map", str(plan))
    office("staff", "appoint", "sun.li", "--post", "service_officer", "--since", "2026-11-01")
    office.ticket(by="sun.li")
    assert "13911112222" not in office.git("log", "-p", "--all")
