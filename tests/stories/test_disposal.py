"""What is past its retention is listed, approved, destroyed by two, and stays destroyed (5.9; DA/T 22-2015)."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

PHONE = "13811112222"
MANAGER, CLERK, LEADER, GUARD = "li.na", "zhao.min", "chen.lei", "guo.ping"


@pytest.fixture
def years_later(office):
    """Two tickets of 2026 that were closed, one still open, a contract on the shelf; and the clock eleven years on."""
    guard = ("--name", "郭平", "--email", f"{GUARD}@example.com", "--posts", "post=security_guard,since=2026-01-01")
    office("staff", "add", GUARD, *guard)
    office.ticket(contact=f"欧阳 {PHONE}", summary="路灯不亮")
    office.ticket(summary="电梯异响")
    office.ticket(summary="至今未办")
    for id_ in ("A01", "A02"):
        office("ticket", "close", id_, "--force", "--note", "业主撤回")
    office("document", "new", "--class", "contract", "--title", "保洁合同", "--dated", "2026-03-01", "--shelf", "3-2")
    return office.at("2037-01-01 09:00")


def listed(office):
    return {row["id"]: row for row in office.json("archive", "due")}


def test_ten_whole_years_are_counted_from_the_year_after_the_end(years_later):
    office = years_later
    assert {id_: row["over"] for id_, row in listed(office).items()} == {
        "T20261123-A01": "2037-01-01",
        "T20261123-A02": "2037-01-01",
        "Z20261123-A01": "2037-01-01",
    }
    office.at("2036-12-31 23:59")
    assert listed(office) == {}
    assert "没有" in office("archive", "due")
    assert len(office.json("archive", "due", "--by", "2037-01-01")) == 3
    assert office.json("archive", "due", "--by", "0005-01-01") == []


def test_an_old_paper_that_was_taken_in_late_is_due_by_its_own_date(office):
    office("document", "new", "--class", "contract", "--title", "保洁合同", "--dated", "2014-03-01", "--shelf", "3-2")
    assert {id_: row["over"] for id_, row in listed(office).items()} == {"Z20261123-A01": "2025-01-01"}


def test_nobody_lists_what_is_still_to_be_kept(years_later):
    office = years_later
    said = office.refused("archive", "dispose", "T20261123-A03", "--reason", "期满")
    assert "T20261123-A03" in said
    office.at("2036-06-01 09:00")
    assert "2037-01-01" in office.refused("archive", "dispose", "T20261123-A01", "--reason", "期满")
    said = office.refused("archive", "dispose", "--reason", "期满", code=4)
    assert "期满" not in said


def destroyed(office):
    """The whole way of a disposal, each step by whoever may do it."""
    office("archive", "dispose", "--reason", "保管期满", by=CLERK)
    office.later(hours=1)
    office("disposal", "appraise", "XH20370101-A01", "--appraisal", "无继续保存价值", by=MANAGER)
    office.later(hours=1)
    office("disposal", "submit", "XH20370101-A01", by=CLERK)
    office.later(hours=1)
    office("disposal", "approve", "XH20370101-A01", by=LEADER)
    office.later(hours=1)
    office("disposal", "begin", "XH20370101-A01", by=MANAGER)
    office.later(hours=1)
    office("disposal", "witness", "XH20370101-A01", by=GUARD)


def test_the_keys_are_gone_and_the_history_stands(years_later):
    office = years_later
    before = office.git("rev-list", "HEAD").split()
    destroyed(office)
    shown = office.json("disposal", "show", "XH20370101-A01")
    assert [row["title"] for row in shown["records"]] == ["路灯不亮", "电梯异响"]
    assert [row["retention"] for row in shown["papers"]] == ["D10"]
    assert office.json("document", "show", "Z20261123-A01")["state"] == "destroyed"
    assert "T20261123-A01" in office.refused("ticket", "reveal", "T20261123-A01", "--purpose", "核对")
    assert office.git("rev-list", "HEAD").split()[-len(before) :] == before
    assert "sealed:v1:T20261123-A01:" in office.file("T20261123-A01").read_text()
    assert listed(office) == {}
    office.clean()


def test_an_audit_finds_nothing_amiss_in_it(years_later):
    office = years_later
    destroyed(office)
    assert [row for row in office.json("audit", "verify") if row["severity"] == "error"] == []


def test_one_person_alone_destroys_nothing(years_later):
    office = years_later
    office("archive", "dispose", "--reason", "保管期满", by=CLERK)
    office("disposal", "appraise", "XH20370101-A01", "--appraisal", "无", by=MANAGER)
    office("disposal", "submit", "XH20370101-A01", by=MANAGER)
    office("disposal", "approve", "XH20370101-A01", by=LEADER)
    office("disposal", "begin", "XH20370101-A01", by=MANAGER)
    for person in (MANAGER, CLERK):
        office.refused("disposal", "witness", "XH20370101-A01", by=person)
    assert "T20261123-A01" in office.refused("archive", "dispose", "T20261123-A01", "--reason", "再来", by=MANAGER)


def test_an_old_key_ring_that_comes_back_loses_the_keys_again(years_later):
    office = years_later
    office.ticket(contact="王 13900001111", summary="新工单")
    office("keys", "backup", office.root.parent / "备份.sqlite")
    before = office.head()
    assert "2222" in office("show", "T20261123-A01", "--as-of", before)
    destroyed(office)
    ring = next((office.root / ".git" / "pmcs").rglob("keys.sqlite"))
    shutil.copy(office.root.parent / "备份.sqlite", ring)
    assert "2222" not in office("show", "T20261123-A01", "--as-of", before)
    said = office.try_("doctor").out
    assert "备份.sqlite" in said
    office.refused("ticket", "reveal", "T20261123-A01", "--purpose", "核对")
    assert "13900001111" in office("ticket", "reveal", "T20370101-A01", "--purpose", "核对")


def test_a_ring_that_another_holds_is_told_and_its_keys_go_later(years_later, monkeypatch):
    office = years_later
    monkeypatch.setattr("pmcs.store.ring._WAIT", 0.1)
    office("archive", "dispose", "--reason", "保管期满", by=CLERK)
    office("disposal", "appraise", "XH20370101-A01", "--appraisal", "无继续保存价值", by=MANAGER)
    office("disposal", "submit", "XH20370101-A01", by=CLERK)
    office("disposal", "approve", "XH20370101-A01", by=LEADER)
    office("disposal", "begin", "XH20370101-A01", by=MANAGER)
    ring = next((office.root / ".git" / "pmcs").rglob("keys.sqlite"))
    with closing(sqlite3.connect(ring, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = office.try_("--lang", "en", "disposal", "witness", "XH20370101-A01", by=GUARD)
    assert said.code == 7
    assert said.errors.count("\n") == 1
    assert "saved in commit " + office.head()[:12] in said.errors
    assert office.json("disposal", "show", "XH20370101-A01")["state"] == "destroyed"
    office.refused("ticket", "reveal", "T20261123-A01", "--purpose", "核对")
    with closing(sqlite3.connect(ring)) as left:
        assert left.execute("SELECT count(*) FROM key WHERE id = 'T20261123-A01'").fetchone() == (0,)


def test_a_copy_of_the_ring_that_fails_is_no_copy(office, monkeypatch):
    office.ticket(contact="王 13900001111")
    to = office.root.parent / "copy.sqlite"

    class Full:
        def __init__(self, *_words, **_options):
            raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("pmcs.store.backups._reading", Full)
        said = office.try_("keys", "backup", to)
    assert said.code == 7
    assert not to.exists()
    office("keys", "backup", to)
    assert "copy.sqlite" in office("doctor")


def test_a_copy_of_the_ring_lies_in_no_work_tree(office, tmp_path):
    office.ticket(contact="王 13900001111")
    office.git("worktree", "add", "-q", "-b", "beside", str(tmp_path / "beside"))
    for place in (office.root, office.root / ".git", tmp_path / "beside"):
        office.refused("keys", "backup", place / "copy.sqlite", code=2)
        assert not (place / "copy.sqlite").exists()


def test_what_is_carried_out_is_what_was_approved(years_later):
    """The manager alone may correct a list; nobody destroys by it then."""
    office = years_later
    office("archive", "dispose", "T20261123-A01", "--reason", "保管期满", by=CLERK)
    office("disposal", "appraise", "XH20370101-A01", "--appraisal", "无", by=MANAGER)
    office("disposal", "submit", "XH20370101-A01", by=CLERK)
    office("disposal", "approve", "XH20370101-A01", by=LEADER)
    office("disposal", "correct", "XH20370101-A01", "--records", "record=T20261123-A02", "--note", "漏了一件")
    office.refused("disposal", "begin", "XH20370101-A01", by=MANAGER)
    office("disposal", "drop", "XH20370101-A01", "--note", "重造")
    office.clean()


def test_an_edited_list_is_held_against_the_terms_again(years_later):
    office = years_later
    office("archive", "dispose", "T20261123-A01", "--reason", "保管期满", by=CLERK)
    office("disposal", "edit", "XH20370101-A01", "--records", "record=T20261123-A03", by=CLERK)
    office("disposal", "appraise", "XH20370101-A01", "--appraisal", "无", by=MANAGER)
    office("disposal", "submit", "XH20370101-A01", by=CLERK)
    office("disposal", "approve", "XH20370101-A01", by=LEADER)
    assert "T20261123-A03" in office.refused("disposal", "begin", "XH20370101-A01", by=MANAGER)


def test_the_register_names_what_and_who_and_has_room_to_sign(years_later, tmp_path):
    office = years_later
    destroyed(office)
    office("report", "disposal", "XH20370101-A01", "--output", tmp_path / "register.html")
    page = (tmp_path / "register.html").read_text(encoding="utf-8")
    for said in (
        "T20261123-A01",
        "路灯不亮",
        "保洁合同",
        "10年",
        "赵敏",
        "李娜",
        "陈磊",
        "郭平",
        "监销",
        "保管期满",
        "签字",
    ):
        assert said in page
    assert PHONE not in page
