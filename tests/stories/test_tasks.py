"""5.10: what a leader gives somebody to do, until when, and the extension that is asked for."""

from __future__ import annotations

import pytest


@pytest.fixture
def task(office):
    """Given by chen.lei to zhao.min, until the first of December at noon."""
    words = ("--what", "核对车位台账", "--owner", "zhao.min", "--deadline", "2026-12-01 12:00")
    id_ = office.json("task", "new", *words, by="chen.lei")["id"]
    office("task", "accept", id_, by="zhao.min")
    return id_


def ask(id_, wanted="2026-12-05 12:00"):
    return ("task", "extend", id_, "--wanted", wanted, "--note", "等开发商回函")


def due(office, id_):
    return office.json("show", id_)["due"]["finish"]


def test_an_extension_moves_the_deadline_when_it_is_granted_and_not_before(office, task):
    office.refused(*ask(task), by="wang.qiang")
    assert "2026-12-01" in office.refused(*ask(task, "2026-12-01 12:00"), by="zhao.min")  # no later than it is
    assert "wanted" in office.refused(*ask(task, "2026-11-20 12:00"), by="zhao.min", code=2)
    office(*ask(task), by="zhao.min")
    assert due(office, task) == "2026-12-01T12:00:00+08:00"
    office.refused("task", "approve", task, by="zhao.min")
    office.refused("task", "approve", task, by="wang.qiang")
    office("task", "approve", task, by="chen.lei")
    shown = office.json("show", task)
    assert (shown["state"], shown["due"]["finish"]) == ("accepted", "2026-12-05T12:00:00+08:00")
    office.at("2026-12-04 09:00")("task", "finish", task, "--note", "已核对", by="zhao.min")
    assert task not in office("task", "list", "--overdue")
    office.clean()


def test_a_refused_extension_leaves_all_as_it_was(office, task):
    office(*ask(task), by="zhao.min")
    office("task", "refuse", task, "--opinion", "等不了", by="chen.lei")
    assert (office.json("show", task)["state"], due(office, task)) == ("accepted", "2026-12-01T12:00:00+08:00")
    office(*ask(task), by="zhao.min")
    office("task", "withdraw", task, by="zhao.min")
    assert task in office.at("2026-12-02 09:00")("task", "list", "--overdue")
    office.clean()


def test_the_manager_too_may_grant_it_but_no_owner_his_own(office):
    words = ("--what", "盘点钥匙", "--owner", "li.na", "--deadline", "2026-12-01 12:00")
    id_ = office.json("task", "new", *words, by="zhao.min")["id"]
    office("task", "accept", id_)
    office(*ask(id_))
    assert "li.na" in office.refused("task", "approve", id_)
    office("task", "approve", id_, by="zhao.min")
    office.clean()


def test_it_is_confirmed_by_another_than_who_did_it(office, task):
    office("task", "finish", task, "--note", "已核对", by="zhao.min")
    office.refused("task", "confirm", task, by="zhao.min")
    assert "--note" in office.refused("task", "redo", task, by="chen.lei", code=2)
    office("task", "redo", task, "--note", "漏了地下二层", "--deadline", "2026-12-03 12:00", by="chen.lei")
    assert due(office, task) == "2026-12-03T12:00:00+08:00"
    office("task", "finish", task, "--note", "已补", by="zhao.min")
    office("task", "confirm", task, by="chen.lei")
    office.clean()


def test_a_task_to_oneself_is_confirmed_by_somebody_else(office):
    words = ("--what", "写月报", "--owner", "li.na", "--deadline", "2026-12-01 12:00")
    id_ = office.json("task", "new", *words)["id"]
    office("task", "accept", id_)
    office("task", "finish", id_, "--note", "已写")
    assert "li.na" in office.refused("task", "confirm", id_)


def test_given_back_it_goes_to_another(office, task):
    office("task", "return", task, "--note", "不归我管", by="zhao.min")
    office("task", "handover", task, "--owner", "wang.qiang", "--note", "归工程", by="chen.lei")
    office("task", "accept", task, by="wang.qiang")
    office.refused("task", "finish", task, "--note", "已核对", by="zhao.min")
    office("task", "finish", task, "--note", "已核对", by="wang.qiang")
    office.clean()


def test_lateness_is_told_to_owner_giver_and_manager(office, task):
    office.at("2026-12-20 09:00")("escalate", by="cron")
    rows = office.json("show", task)["escalations"]
    assert [row["level"] for row in rows] == [80, 100, 200]
    assert "zhao.min" in str(rows[0])
    assert "chen.lei" in str(rows[1])


def test_under_another_record_it_holds_it_open(office):
    ticket = office.assigned("wang.qiang")
    words = ("--what", "请到场通知", "--owner", "zhao.min", "--deadline", "2026-12-01 12:00")
    id_ = office.json("task", "new", *words, "--source", ticket)["id"]
    resolve = ("ticket", "resolve", ticket, "--note", "已更换")
    assert id_ in office.refused(*resolve, by="wang.qiang")
    office("task", "drop", id_, "--note", "已通知")
    office(*resolve, by="wang.qiang")
    office.clean()
