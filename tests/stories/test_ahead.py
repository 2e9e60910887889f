"""What is announced ahead, who is shown whom, and what was entered late."""

from __future__ import annotations

from datetime import timedelta

import pytest


def ahead(office, by="li.na"):
    rows = office.json("today", by=by)
    return {(row["id"], row["clock"]): row["clock_due"] for row in rows if row["section"] == "ahead"}


def test_a_licence_is_announced_sixty_days_before_it_runs_out_and_no_earlier(office):
    office("staff", "license", "wang.qiang", "--licence", "电工证", "--number", "D1", "--expires", "2027-01-22")
    office("staff", "license", "wang.qiang", "--licence", "登高证", "--number", "G1", "--expires", "2027-01-23")
    assert ahead(office) == {("wang.qiang", "licences.expires"): "2027-01-22"}
    office.later(days=61)
    assert ahead(office) == {("wang.qiang", "licences.expires"): "2027-01-23"}


def test_a_task_is_announced_three_days_before_its_deadline(office):
    deadline = (office.now + timedelta(days=4)).strftime("%Y-%m-%d 12:00")
    task = office.json("task", "new", "--what", "换灯", "--owner", "zhao.min", "--deadline", deadline)["id"]
    assert ahead(office) == {}
    office.later(days=1, hours=4)
    assert list(ahead(office)) == [(task, "finish")]
    office.later(days=3)
    assert ahead(office) == {}, "what is past is overdue, not ahead"


def test_a_member_of_staff_is_shown_whole_to_the_manager_and_to_themselves(office):
    office("staff", "license", "wang.qiang", "--licence", "电工证", "--number", "D1", "--expires", "2027-01-22")
    for reader in ("li.na", "chen.lei", "wang.qiang"):
        assert office.json("staff", "show", "wang.qiang", by=reader)["licences"][0]["number"] == "D1"
    others = office.json("staff", "show", "wang.qiang", by="zhao.min")
    assert "licences" not in others
    assert "history" not in others
    assert others["name"] == "王强"
    assert "D1" not in office("staff", "show", "wang.qiang", by="zhao.min")
    assert "D1" not in office("staff", "list", "--format", "json", by="zhao.min")


@pytest.mark.parametrize(("hours", "late"), [(23, False), (25, True)])
def test_what_is_entered_a_day_after_it_happened_is_a_late_entry(office, hours, late):
    when = (office.now - timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M")
    for option in ("--occurred", "--at"):
        ticket = office.ticket("--category", "complaint", option, when)
        assert office.json("ticket", "show", ticket)["history"][0].get("late", False) is late
        assert ("补录（" in office("ticket", "show", ticket)) is late


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("clears: [outcome, score]", "clears: [outcome]", "visit"),
        ("count: do.urge", "count: do.inform", "urges"),
        ("visited:    {label: 已回访,   done: true}", "visited:    {label: 已回访}", "visited"),
        ("key: [name]", "key: [name, file]", "materials"),
    ],
)
def test_a_kind_is_not_changed_under_the_records_it_judges(office, old, new, what):
    file = next(office.root.glob("regulation/*/kinds/ticket.yaml"))
    text = file.read_text("utf-8")
    changed = text.replace(old, new)
    assert changed != text
    file.write_text(changed, "utf-8")
    assert office.try_("regulation", "check").code == 0, "nothing is judged by it yet"
    office.git("checkout", "--", ".")
    office.ticket()
    file.write_text(changed, "utf-8")
    said = office.try_("regulation", "check")
    number = next(place for place, line in enumerate(changed.splitlines(), 1) if line.startswith(f"  {what}:"))
    assert said.code == 1
    assert f"kinds/ticket.yaml:{number}: " in said.out
    assert what in said.out
    assert "amend" in said.out


def test_a_label_may_change_at_any_time(office):
    office.ticket()
    file = next(office.root.glob("regulation/*/kinds/ticket.yaml"))
    file.write_text(file.read_text("utf-8").replace("{label: 已派单}", "{label: 已派}"), "utf-8")
    assert office.try_("regulation", "check").code == 0
