"""Changing what the opening asked: by option, by hand, in an editor; and what may not be changed so."""

from __future__ import annotations

import subprocess


def test_by_option(office):
    id_ = office.ticket()
    found = office.json("ticket", "edit", id_, "--summary", "卫生间水管漏水", "--channel", "visit")
    assert (found["summary"], found["channel"]) == ("卫生间水管漏水", "visit")
    assert found["history"][0]["set"]["summary"] == "厨房水管漏水"
    office("edit", "A01", "--summary", "阳台水管漏水")
    assert office.json("show", "A01")["summary"] == "阳台水管漏水"
    office.clean()


def test_what_is_no_change_or_no_field_of_the_opening_is_refused(office):
    id_ = office.ticket()
    office.refused("ticket", "edit", id_, "--summary", "厨房水管漏水", code=2)
    office.refused("ticket", "edit", id_, "--summary", "", code=2)
    office.refused("edit", id_, "--assignee", "li.na", code=2)
    office.refused("edit", id_, code=2)


def test_by_hand_and_taken_over(office):
    id_ = office.ticket()
    file = office.file(id_)
    file.write_text(file.read_text("utf-8").replace("summary: 厨房水管漏水", "summary: 水管爆了", 1), "utf-8")
    said = office.try_("ticket", "list")
    assert file.name in said.errors
    assert "厨房水管漏水" in said.out
    shown = office("show", id_)
    assert "! " in shown
    said = office.try_("ticket", "triage", id_, "--verdict", "valid")
    assert (said.code, said.out) == (3, "")
    assert f"pmcs edit {id_}" in said.errors
    office("edit", id_)
    found = office.json("show", id_)
    assert found["summary"] == "水管爆了"
    assert found["history"][-1]["do"] == "edit"
    office.clean()


def test_a_hand_edit_beyond_the_opening_is_not_taken_over(office):
    id_ = office.ticket()
    file = office.file(id_)
    before = file.read_bytes()
    for old, new in (
        ("state: registered", "state: closed"),
        ("by: li.na", "by: zhao.min"),
        ("2026-11-26T", "2027-11-26T"),
    ):
        changed = before.decode().replace(old, new, 1)
        assert changed != before.decode()
        file.write_text(changed, "utf-8")
        said = office.try_("edit", id_)
        assert said.code in (3, 5), said
        assert file.read_text("utf-8") == changed
        assert office.try_("check").code == 1
    file.write_bytes(before)
    office.clean()


def test_after_the_work_is_done_only_the_manager_corrects(office):
    id_ = office.resolved()
    assert "correct" in office.refused("ticket", "edit", id_, "--summary", "卫生间漏水")
    office.refused("ticket", "correct", id_, "--summary", "卫生间漏水", "--note", "写错", by="zhao.min")
    found = office.json("ticket", "correct", id_, "--summary", "卫生间漏水", "--note", "写错")
    assert found["summary"] == "卫生间漏水"


def test_somebody_s_staged_work_stays_staged(office):
    id_ = office.ticket()
    (office.root / "备忘.txt").write_text("别动", "utf-8")
    office.git("add", "备忘.txt")
    office("edit", id_, "--summary", "又改了")
    staged = subprocess.run(
        ["git", "-c", "core.quotepath=off", "status", "--porcelain"],
        cwd=office.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert staged.stdout == "A  备忘.txt\n"
