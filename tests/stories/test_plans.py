"""5.1: a year's plan and a house rule, from the draft to the review; each measure has an owner and a progress."""

from __future__ import annotations

import pytest

YEAR = ("--type", "year", "--name", "2027年工作计划", "--starts", "2027-01-01")
FIRST = ("--measures", "item=1,measure=更换老旧水泵,owner=wang.qiang,deadline=2027-06-30")


@pytest.fixture
def plan(office):
    """A year's plan of two measures, in force."""
    id_ = office.json("plan", "new", *YEAR, "--ends", "2027-12-31", *FIRST)["id"]
    office("plan", "measure", id_, "--item", "2", "--measure", "入户走访", "--owner", "zhao.min")
    office("plan", "submit", id_)
    office("plan", "approve", id_, by="chen.lei")
    office("plan", "enact", id_)
    return id_


def test_a_year_has_an_end_and_a_rule_has_none(office):
    assert "--ends" in office.refused("plan", "new", *YEAR, code=2)
    rule = ("--type", "rule", "--name", "钥匙管理办法", "--starts", "2027-01-01")
    id_ = office.json("plan", "new", *rule)["id"]
    office("plan", "submit", id_)
    office("plan", "approve", id_, by="chen.lei")
    office("plan", "enact", id_)
    assert office.json("show", id_).get("due", {}) == {}
    assert office.git("log", "-1", "--format=%(trailers:key=Clause,valueonly)").strip() == "5.1"
    office.clean()


def test_it_is_approved_by_a_leader_who_did_not_write_it(office):
    office("staff", "appoint", "li.na", "--post", "leader", "--since", "2026-01-01", by="chen.lei")
    id_ = office.json("plan", "new", *YEAR, "--ends", "2027-12-31")["id"]
    office.refused("plan", "enact", id_)
    office("plan", "submit", id_)
    assert "li.na" in office.refused("plan", "approve", id_)
    office.refused("plan", "approve", id_, by="zhao.min")
    office("plan", "refuse", id_, "--opinion", "没有措施", by="chen.lei")
    assert office.json("show", id_)["state"] == "drafted"
    office("plan", "measure", id_, "--item", "1", "--measure", "入户走访")
    office("plan", "submit", id_)
    office("plan", "approve", id_, by="chen.lei")
    office.refused("plan", "measure", id_, "--item", "2", "--measure", "加一条")  # not behind the leader's back
    office.clean()


def test_progress_is_told_by_the_owner_of_the_measure_or_the_manager(office, plan):
    office("plan", "progress", plan, "--item", "1", "--progress", "going", by="wang.qiang")
    said = office.refused("plan", "progress", plan, "--item", "2", "--progress", "done", by="wang.qiang")
    assert "责任人" in said
    drop = ("plan", "progress", plan, "--item", "2", "--progress", "dropped")
    assert "remark" in office.refused(*drop, by="zhao.min", code=2)
    office(*drop, "--remark", "并入走访月", by="zhao.min")
    office("plan", "progress", plan, "--item", "1", "--progress", "done")
    shown = office.json("show", plan)
    assert (shown["finished"], shown["measured"]) == (1, 2)
    office.clean()


def test_a_measure_becomes_a_task_and_is_reviewed_when_it_is_done(office, plan):
    office("plan", "task", plan, "--item", "1", "--task")
    (task,) = office.json("task", "list")
    assert (task["what"], task["owner"], task["deadline"][:10]) == ("更换老旧水泵", "wang.qiang", "2027-06-30")
    assert (task["source"], task["source_item"]) == (plan, "1")
    review = ("plan", "review", plan, "--review", "完成两项")
    assert task["id"] in office.refused(*review)
    office("task", "accept", task["id"], by="wang.qiang")
    office("task", "finish", task["id"], "--note", "已更换", by="wang.qiang")
    assert task["id"] in office.refused(*review)
    office("task", "confirm", task["id"])
    office(*review)
    assert office.json("show", plan)["state"] == "reviewed"
    office.clean()


def test_the_review_is_due_at_the_end_of_the_year_and_is_announced(office, plan):
    assert office.json("show", plan)["due"]["review"] == "2027-12-31T23:59:59+08:00"
    assert "wang.qiang" not in office.at("2027-06-20 09:00")("today", by="li.na")
    assert plan in office.at("2027-06-24 09:00")("today", by="wang.qiang")  # the measure's deadline
    assert plan in office.at("2028-01-03 09:00")("plan", "list", "--overdue")


def test_a_measure_that_is_there_is_not_written_twice(office):
    id_ = office.json("plan", "new", *YEAR, "--ends", "2027-12-31", *FIRST)["id"]
    assert "1" in office.refused("plan", "measure", id_, "--item", "1", "--measure", "入户走访")
    office("plan", "drop", id_, "--note", "重新起草")
    office.clean()
