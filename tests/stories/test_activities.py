"""5.7: an activity from its budget to the sum; over the budget by a fen needs a reason."""

from __future__ import annotations

import hashlib

import pytest

SCHEME = ("--name", "元旦联欢", "--held-on", "2026-12-31", "--place", "3-2-1201", "--budget", "1000")


@pytest.fixture
def fair(office):
    """The office with a planner and a clerk of finance."""
    for code, post in (("sun.li", "activity_planner"), ("he.jun", "finance_clerk")):
        office(
            *("staff", "add", code, "--name", code, "--email", f"{code}@example.com"),
            *("--posts", f"post={post},since=2020-01-01"),
        )
    return office


@pytest.fixture
def planned(fair):
    """Its number."""
    return fair.json("activity", "new", *SCHEME, by="sun.li")["id"]


@pytest.fixture
def announced(fair, planned):
    fair("activity", "submit", planned, by="sun.li")
    fair("activity", "approve", planned)
    fair("activity", "announce", planned, by="sun.li")
    return planned


def spend(id_, amount, item="场地", voucher="P1", *words):
    return ("activity", "spend", id_, "--item", item, "--voucher", voucher, "--amount", amount, *words)


def section(office, name, by="li.na"):
    return [row for row in office.json("today", by=by) if row["section"] == name]


def test_over_the_budget_needs_a_reason_from_one_fen_on(fair, announced):
    fair(*spend(announced, "600.01"), by="sun.li")
    fair(*spend(announced, "399.99", "奖品"), by="he.jun")  # exactly the budget
    assert fair.json("show", announced)["spending"] == "within"
    more = spend(announced, "0.01", "胶带", "P2")
    assert "--over-reason" in fair.refused(*more, by="he.jun", code=2)
    fair(*more, "--over-reason", "临时加固舞台", by="he.jun")
    shown = fair.json("show", announced)
    assert (shown["cost"], shown["overrun"], shown["spending"]) == ("1000.01", "0.01", "over")
    fair(*spend(announced, "5", "胶带", "P3"), by="he.jun")  # the reason stands
    fair.clean()


def test_from_the_plan_to_the_sum(fair, announced):
    photo = fair.root.parent / "合影.jpg"
    photo.write_bytes(b"everybody smiles")
    fair.at("2026-12-31 20:00")("activity", "hold", announced, "--attendance", "85", "--photos", photo, by="sun.li")
    fair.refused("activity", "cancel", announced, "--note", "晚了", by="sun.li")
    (kept,) = fair.json("show", announced)["photos"]
    assert hashlib.sha256(b"everybody smiles").hexdigest() in str(kept)
    fair("activity", "involve", announced, "--task", "--owner", "zhao.min", "--deadline", "2027-01-05", by="sun.li")
    (task,) = fair.json("task", "list")
    assert task["what"] == "元旦联欢"
    sum_up = ("activity", "sum_up", announced, "--summary", "85 人参加")
    assert task["id"] in fair.refused(*sum_up, by="sun.li")
    fair("task", "drop", task["id"], "--note", "不需要了", by="sun.li")
    fair(*sum_up, by="sun.li")
    assert fair.json("show", announced)["state"] == "summed_up"
    fair.refused(*spend(announced, "1"), by="he.jun")
    fair.clean()


def test_neither_planner_nor_spender_approves_it(fair, planned):
    fair.refused("activity", "announce", planned, by="sun.li")
    fair("staff", "appoint", "sun.li", "--post", "manager", "--since", "2026-01-01", by="chen.lei")
    fair("activity", "submit", planned, by="sun.li")
    assert "sun.li" in fair.refused("activity", "approve", planned, by="sun.li")
    fair("activity", "refuse", planned, "--opinion", "预算太高", by="chen.lei")
    fair("activity", "edit", planned, "--budget", "800", by="sun.li")
    fair("activity", "submit", planned, by="sun.li")
    fair("activity", "approve", planned, by="chen.lei")
    assert fair.json("show", planned)["state"] == "approved"
    fair.clean()


def test_the_budget_is_not_raised_once_it_is_approved(fair, announced):
    fair.refused("activity", "edit", announced, "--budget", "5000", by="sun.li")
    fair.refused("activity", "correct", announced, "--budget", "5000", "--note", "笔误", by="sun.li")


def test_another_day_is_another_due_time(fair, announced):
    due = "2026-12-31T23:59:59+08:00"
    assert fair.json("show", announced)["due"]["hold"] == due
    later = ("activity", "postpone", announced, "--held-on", "2027-01-02")
    assert "--note" in fair.refused(*later, by="sun.li", code=2)
    fair(*later, "--note", "降温", by="sun.li")
    assert fair.json("show", announced)["due"]["hold"] == "2027-01-02T23:59:59+08:00"
    assert section(fair.at("2027-01-01 09:00"), "overdue") == []
    (late,) = section(fair.at("2027-01-03 09:00"), "overdue")
    assert (late["id"], late["clock"]) == (announced, "hold")
    assert "元旦联欢 3-2-1201" in fair("today")
    fair.clean()


def test_it_is_the_work_of_whoever_planned_it(fair, announced):
    assert [row["id"] for row in section(fair, "mine", by="sun.li")] == [announced]
    fair("staff", "leave", "sun.li", "--successor", "zhao.min")
    assert fair.json("show", announced)["planner"] == "zhao.min"
    fair.clean()


def test_it_is_cancelled_with_a_reason(fair, announced):
    assert "--note" in fair.refused("activity", "cancel", announced, by="sun.li", code=2)
    fair.refused("activity", "cancel", announced, "--note", "雨", by="zhao.min")
    fair("activity", "cancel", announced, "--note", "台风预警")
    assert fair.json("show", announced)["state"] == "cancelled"
    fair.clean()
