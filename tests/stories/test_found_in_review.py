"""Small ways to be wrong that a careful reader found, each held shut."""

from __future__ import annotations

import json

MAP = """\
kind: ticket
source: 旧表
key: 编号
opened: {column: 登记, format: "%Y-%m-%d %H:%M"}
closed: {column: 办结, format: "%Y-%m-%d %H:%M"}
due: {column: 承诺, format: "%Y-%m-%d %H:%M"}
fields:
  category: {column: 类别, default: complaint}
  summary: 内容
"""


def listed(office, rows: str):
    plan, table = office.root.parent / "map.yaml", office.root.parent / "list.csv"
    plan.write_text(MAP, "utf-8")
    table.write_text("编号,登记,办结,承诺,类别,内容\n" + rows, "utf-8")
    return "ticket", "import", str(table), "--map", str(plan)


def test_a_former_phone_finds_nobody(office):
    resident = office.json("resident", "add", "--name", "张三丰", "--phone", "13811112222", "--relation", "owner")["id"]
    office("resident", "edit", resident, "--phone", "13833334444")
    assert office.json("resident", "list", "--phone", "13811112222") == []
    assert [row["id"] for row in office.json("resident", "list", "--phone", "138-3333-4444")] == [resident]


def test_an_e_mail_in_capitals_takes_nobody_s_place(office):
    office("staff", "add", "aa", "--name", "阿安", "--email", "LI.NA@example.com")
    office("place", "add", "5")
    assert "by: li.na" in office.file("5").read_text("utf-8")


def test_somebody_who_left_is_told_so(office):
    office("staff", "leave", "wang.qiang", "--successor", "li.na")
    said = office.refused("place", "add", "6", by="wang.qiang")
    assert "已离职" in said


def test_what_somebody_did_before_leaving_stays_allowed(office):
    office("staff", "add", "sun.ping", "--name", "孙平", "--email", "sun.ping@example.com")
    office("task", "new", "--what", "换灯", "--owner", "li.na", "--deadline", "2026-12-01", by="sun.ping")
    office.later(hours=1)
    office("staff", "leave", "sun.ping", "--successor", "li.na")
    office.clean()


def test_a_file_s_name_is_searched_for_private_numbers(office):
    scan = office.root.parent / "身份证13812345678.jpg"
    scan.write_bytes(b"jpg")
    words = ("--licence", "电工证", "--number", "D1", "--file", str(scan))
    said = office.refused("staff", "license", "wang.qiang", *words, code=2)
    assert "13812345678" not in said


def test_what_is_refused_is_not_shown_where_it_may_be_private(office):
    said = office.try_("resident", "add", "--name", "张三", "--phone", "13811112222", "--others", "13812345678")
    assert said.code == 4  # taken for the place of another flat
    assert "13812345678" not in said.errors


def test_amending_takes_nobody_s_unfinished_edit_along(office):
    file = next(office.root.glob("regulation/*/kinds/place.yaml"))
    committed = file.read_text("utf-8")
    file.write_text(committed + "# unfinished\n", "utf-8")
    office("regulation", "amend", "--from", "2027-01-01")
    copy = office.root / "regulation" / "2027-01-01" / "kinds" / "place.yaml"
    assert copy.read_text("utf-8") == committed


def test_two_rows_of_one_key_that_say_different_things_are_a_bad_row(office):
    rows = "1,2026-10-01 09:00,,,complaint,漏水\n1,2026-10-02 09:00,,,complaint,停电\n"
    said = office.try_(*listed(office, rows))
    assert said.code == 2
    assert "第 3 行" in said.errors
    assert office.json("ticket", "list") == []


def test_what_was_imported_closed_and_late_stays_late(office):
    rows = (
        "1,2026-10-01 09:00,2026-10-09 09:00,2026-10-05 09:00,complaint,迟\n"
        "2,2026-10-01 09:00,2026-10-03 09:00,2026-10-05 09:00,complaint,准\n"
    )
    office(*listed(office, rows))
    assert [row["summary"] for row in office.json("ticket", "list", "--overdue")] == ["迟"]


def test_a_month_that_has_not_ended_has_no_overdue_tickets_of_the_future(office):
    office.ticket()
    figures = json.loads(office("report", "monthly", "2026-11", "--stdout", "--format", "json"))
    assert figures["complete"] is False
    assert figures["tickets"]["backlog_end"] == 1
    assert figures["tickets"]["overdue_open_end"] == 0
    assert figures["overdue"] == []


def test_a_subject_is_listed_by_its_label_too(office):
    ticket = office.ticket("--subject", "water.leak")
    assert [row["id"] for row in office.json("ticket", "list", "--subject", "渗漏水")] == [ticket]


def test_a_locked_index_is_said_and_the_ticket_is_not_lost(office):
    lock = office.root / ".git" / "index.lock"
    lock.touch()
    said = office.try_("ticket", "new", "--category", "complaint", "--place", "3", "--summary", "锁住")
    lock.unlink()
    assert said.code == 0
    assert "git commit" in said.errors
    assert [row["summary"] for row in office.json("ticket", "list")] == ["锁住"]
    assert office.dirt() == ""


def test_a_place_needs_its_code(office):
    assert "--code" in office.refused("place", "add", code=2)


def test_a_number_that_two_registers_share_is_asked_about(office):
    office("place", "add", "A1")
    office("staff", "add", "A1", "--name", "甲", "--email", "a1@example.com")
    said = office.refused("edit", "A1", "--name", "乙", code=2)
    assert "place" in said
    assert "staff" in said


def test_a_kind_is_not_called_as_a_command(office):
    file = next(office.root.glob("regulation/*/kinds/task.yaml"))
    text = file.read_text("utf-8").replace("kind: task\n", "kind: report\n").replace("number: K", "number: RP")
    file.with_name("report.yaml").write_text(text, "utf-8")
    said = office.try_("regulation", "check")
    assert said.code == 1
    assert "kinds/report.yaml:1: " in said.out


def test_a_file_that_cannot_be_read_hides_no_other_error_and_invents_none(office):
    folder = next(office.root.glob("regulation/*"))
    posts, task = folder / "posts.yaml", folder / "kinds" / "task.yaml"
    posts.write_text(posts.read_text("utf-8") + "x:\n\ty: 1\n", "utf-8")
    task.write_text(
        task.read_text("utf-8").replace("{label: 任务", "{labell: 任务").replace("mine:    [owner]", "mine:    [ownr]"),
        "utf-8",
    )
    said = office.try_("regulation", "check")
    assert said.code == 1
    lines = said.out.splitlines()
    assert any("posts.yaml:" in line and "制表符" in line for line in lines)
    assert all("kinds/task.yaml" in line or "posts.yaml" in line for line in lines)


def test_an_init_that_is_refused_leaves_nothing_behind(office, monkeypatch, tmp_path):
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "13812345678@example.com")
    said = office.try_("init", str(tmp_path / "new"), by="13812345678")
    assert said.code == 2
    assert not (tmp_path / "new" / ".git").exists()


def test_a_list_without_a_column_for_a_field_gives_every_row_the_default(office):
    words = listed(office, "1,2026-10-01 09:00,,,,漏水\n")
    plan = office.root.parent / "map.yaml"
    plan.write_text(MAP.replace("{column: 类别, default: complaint}", "{default: suggestion}"), "utf-8")
    office(*words)
    assert [row["category"] for row in office.json("ticket", "list")] == ["suggestion"]


def test_a_private_value_that_stays_is_not_sealed_anew(office):
    resident = office.json("resident", "add", "--name", "张三丰", "--phone", "13811112222", "--relation", "owner")["id"]
    office.refused("resident", "edit", resident, "--phone", "138 1111 2222", code=2)
    before = office.file(resident).read_text("utf-8")
    office("resident", "edit", resident, "--phone", "13811112222", "--relation", "tenant")
    phone = next(line for line in before.splitlines() if line.startswith("phone:"))
    assert phone in office.file(resident).read_text("utf-8")
