"""A new version of the regulation (article 16) and a record's file edited by hand (DESIGN section 4)."""

from __future__ import annotations

import pytest


def test_the_next_version_is_a_copy_in_one_commit_and_judges_from_its_day_on(office):
    old = office.ticket()
    before = len(office.log())
    office("regulation", "amend", "--from", "2026-12-01")
    assert len(office.log()) == before + 1
    assert "Clause: 16" in office.git("log", "-1", "--format=%B")
    kind = office.root / "regulation/2026-12-01/kinds/ticket.yaml"
    text = kind.read_text("utf-8")
    assert text == (office.root / "regulation/2026-01-01/kinds/ticket.yaml").read_text("utf-8")
    kind.write_text(text.replace("within: 30m real", "within: 10m real"), encoding="utf-8")
    office.git("commit", "-qam", "十分钟内告知")
    assert "10m real" in office("regulation", "diff")
    assert office.json("ticket", "show", old)["due"]["inform"] == "2026-11-23T10:00:00+08:00"
    new = office.at("2026-12-01 09:00").json(
        *("ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", "漏水")
    )
    assert new["due"]["inform"] == "2026-12-01T09:10:00+08:00"
    # Opened under the old version, judged by it to its end.
    office("ticket", "triage", old, "--verdict", "valid")
    office.clean()


@pytest.mark.parametrize("day", ["2026-11-22", "2026-01-01", "2025-06-01", "2026-02-30", "morgen"])
def test_no_version_begins_in_the_past(office, day):
    office.refused("regulation", "amend", "--from", day, code=2 if day in ("2026-02-30", "morgen") else 3)


def test_today_only_while_nothing_of_today_was_judged(office):
    office.ticket()
    office.refused("regulation", "amend", "--from", "2026-11-23")
    office.at("2026-11-24 08:00")("regulation", "amend", "--from", "2026-11-24")


def test_who_is_neither_manager_nor_leader_does_not_amend(office):
    said = office.refused("regulation", "amend", "--from", "2026-12-01", by="wang.qiang")
    assert "wang.qiang" in said
    office("regulation", "amend", "--from", "2026-12-01", by="chen.lei")


# Hand edits ---------------------------------------------------------------------------------------------------------


def test_what_was_changed_by_hand_becomes_an_event(office):
    id_ = office.ticket()
    file = office.file(id_)
    file.write_text(file.read_text("utf-8").replace("厨房水管漏水", "卫生间水管漏水", 1), encoding="utf-8")
    office("edit", id_)
    shown = office.json("ticket", "show", id_)
    assert shown["summary"] == "卫生间水管漏水"
    assert [event["do"] for event in shown["history"]] == ["new", "edit"]
    assert shown["history"][0]["set"]["summary"] == "厨房水管漏水"
    office.clean()


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("state: registered", "state: closed", "state"),
        ("by: li.na", "by: wang.qiang", "history"),
        ("category: repair", "category: repair\nscore: '5'", "score"),
        ("kind: ticket", "kind: task", "kind"),
        ("- at: 2026-11-23T09:30:00", "- at: 2026-11-23T08:30:00", "history"),
    ],
)
def test_what_only_an_action_may_change_is_refused_and_left_as_it_is(office, old, new, named):
    id_ = office.ticket()
    file = office.file(id_)
    text = file.read_text("utf-8").replace(old, new, 1)
    assert text != file.read_text("utf-8")
    file.write_text(text, encoding="utf-8")
    head = office.head()
    said = office.try_("edit", id_)
    assert said.code == 3
    assert said.errors.count("\n") == 1
    assert (office.head(), file.read_text("utf-8")) == (head, text)
    assert named in said.errors or office.try_("edit", id_, "--lang", "en")
    # Nobody acts on such a file either, and `check` names it.
    assert office.try_("ticket", "triage", id_, "--verdict", "valid").code == 3
    assert office.try_("check").code == 1


def test_a_phone_written_in_by_hand_is_refused(office):
    id_ = office.ticket()
    file = office.file(id_)
    text = file.read_text("utf-8").replace("厨房水管漏水", "漏水,电话13812341234", 1)
    file.write_text(text, encoding="utf-8")
    said = office.try_("edit", id_)
    assert said.code == 2
    assert "13812341234" not in said.errors


@pytest.mark.parametrize("text", ["id: [", "", "乱写\n", "\x00"])
def test_a_file_that_is_no_record_any_more_is_told(office, text):
    id_ = office.ticket()
    office.file(id_).write_text(text, encoding="utf-8")
    said = office.try_("edit", id_)
    assert said.code == 5
    assert said.errors.count("\n") == 1


def test_a_file_that_was_deleted_is_told(office):
    id_ = office.ticket()
    office.file(id_).unlink()
    said = office.try_("edit", id_)
    assert said.code != 0
    assert said.errors.count("\n") == 1
