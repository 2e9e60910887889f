"""8.1, 9.2: a hazard from the moment it is seen until it is struck off."""

from __future__ import annotations

import pytest

PLAN = ("--measure", "抽水", "--owner", "wang.qiang", "--deadline", "2026-11-26", "--funds", "0", "--fallback", "停梯")
MAJOR = ("--domain", "equipment", "--level", "重大", "--place", "3-2-电梯", "--what", "电梯底坑进水")


@pytest.fixture
def office(crew):
    return crew.at("2026-11-23 21:00")


def found(office, *words, by="zhao.min"):
    given = words or ("--domain", "safety", "--level", "general", "--place", "3-2", "--what", "楼道堆放杂物")
    return office.json("hazard", "new", *given, by=by)["id"]


@pytest.fixture
def hazard(office):
    """One that wang.qiang has to put right by Thursday."""
    id_ = found(office)
    office("hazard", "report", id_, by="zhao.min")
    office("hazard", "plan", id_, *PLAN, by="guo.ping")
    return id_


def state(office, id_):
    return office.json("show", id_)["state"]


def test_anyone_finds_it_and_the_clock_runs_from_when_it_was_seen(office):
    id_ = found(office, *MAJOR, "--interim", "停梯围挡", "--found-at", "2026-11-23 20:45", by="chen.lei")
    page = office.json("show", id_)
    assert (page["finder"], page["due"]["report"]) == ("chen.lei", "2026-11-23T21:15:00+08:00")
    assert office.json("show", found(office))["due"]["report"] == "2026-11-23T23:00:00+08:00"
    office.at("2026-11-23 21:16")
    assert f"{id_}：及时上报已用 100%，已报告客服经理" in office("escalate")
    office("hazard", "report", id_, by="chen.lei")
    assert "report" not in office.json("show", id_)["due"]


def test_all_five_are_asked_and_no_money_is_an_answer(office):
    id_ = found(office)
    office("hazard", "report", id_, by="zhao.min")
    assert "--measure、--owner、--deadline、--funds、--fallback" in office.refused(
        "hazard", "plan", id_, by="guo.ping", code=2
    )
    assert "--deadline" in office.refused(
        *("hazard", "plan", id_, "--measure", "清理", "--owner", "guo.ping", "--funds", "0", "--fallback", "无"),
        by="guo.ping",
        code=2,
    )
    office("hazard", "plan", id_, *PLAN, by="guo.ping")
    assert office.json("show", id_)["funds"] == "0.00"


def test_somebody_else_looks_again_and_strikes_it_off(office, hazard):
    assert "wang.qiang" in office.refused("hazard", "rectify", hazard, "--note", "清完", by="guo.ping")
    office("hazard", "rectify", hazard, "--note", "清完", by="wang.qiang")
    said = office.refused("hazard", "reinspect", hazard, "--result", "pass", by="wang.qiang")
    assert "定责任人" in said
    assert "--note" in office.refused("hazard", "reinspect", hazard, "--result", "fail", by="guo.ping", code=2)
    office("hazard", "reinspect", hazard, "--result", "fail", "--note", "又堆上了", by="guo.ping")
    assert state(office, hazard) == "rectifying"
    office("hazard", "rectify", hazard, "--note", "再清", by="wang.qiang")
    office("hazard", "reinspect", hazard, "--result", "合格", by="guo.ping")
    assert state(office, hazard) == "cleared"
    office.clean()


def test_whoever_put_it_right_is_not_cleared_by_handing_it_over(office, hazard):
    office("hazard", "rectify", hazard, "--note", "清完", by="wang.qiang")
    office("hazard", "reinspect", hazard, "--result", "fail", "--note", "又堆上了", by="guo.ping")
    office("hazard", "reassign", hazard, "--owner", "sun.li", "--note", "王强休假", by="li.na")
    office("hazard", "rectify", hazard, "--note", "再清", by="sun.li")
    assert "整改完成" in office.refused("hazard", "reinspect", hazard, "--result", "pass", by="wang.qiang")


def test_a_major_one_needs_interim_control_and_goes_to_the_leader_the_same_day(office):
    assert "--interim" in office.refused("hazard", "new", *MAJOR, by="zhao.min", code=2)
    id_ = found(office, *MAJOR, "--interim", "停梯围挡")
    said = office("escalate")
    assert id_ in said  # though nobody has reported it yet
    assert "报领导" in said
    assert "%" not in said
    assert "上级领导" in said
    assert office.json("show", id_)["due"]["tell_leader"] == "2026-11-23T23:59:59+08:00"
    page = office("show", id_)
    assert "报领导  2026-11-23 21:00  0     上级领导" in page  # labels, not names
    office("hazard", "acknowledge", id_, by="chen.lei")
    office.at("2026-11-24 00:30")
    assert "报领导" not in office("escalate")


def test_one_that_turns_out_major_goes_to_the_leader_then(office, hazard):
    assert "tell_leader" not in office.json("show", hazard)["due"]
    words = ("--level", "major", "--note", "堵住消防通道")
    assert "--interim" in office.refused("hazard", "regrade", hazard, *words, by="guo.ping", code=2)
    office("hazard", "regrade", hazard, *words, "--interim", "专人看守", by="guo.ping")
    assert "报领导" in office("escalate")
    # The extension of a major one is the leader's to decide.
    office("hazard", "extend", hazard, "--wanted", "2026-11-30", "--note", "料未到", by="wang.qiang")
    assert "上级领导" in office.refused("hazard", "approve", hazard)
    office("hazard", "approve", hazard, by="chen.lei")


def test_an_extension_is_asked_for_and_moves_the_deadline_only_when_it_is_granted(office, hazard):
    ask = ("--note", "料未到")
    assert "2026-11-26" in office.refused("hazard", "extend", hazard, "--wanted", "2026-11-26", *ask, by="wang.qiang")
    office("hazard", "extend", hazard, "--wanted", "2026-11-30", *ask, by="wang.qiang")
    assert "wang.qiang" in office.refused("hazard", "approve", hazard, by="wang.qiang")
    office("hazard", "refuse", hazard, "--note", "先用备件")
    page = office.json("show", hazard)
    assert (page["deadline"], page["due"]["rectify"]) == ("2026-11-26", "2026-11-26T23:59:59+08:00")
    office("hazard", "extend", hazard, "--wanted", "2026-11-30", *ask, by="wang.qiang")
    office("hazard", "approve", hazard, "--opinion", "同意")
    page = office.json("show", hazard)
    assert (page["deadline"], page["due"]["rectify"], page["extensions"]) == (
        *("2026-11-30", "2026-11-30T23:59:59+08:00", 1),
    )
    office.at("2026-12-01 08:30")
    assert [row["id"] for row in office.json("hazard", "list", "--overdue")] == [hazard]
    assert f"{hazard}：整改已用 100%，已报告客服经理" in office("escalate")


def test_a_repair_holds_it_and_its_acceptance_takes_it_on(office, hazard):
    office("hazard", "mend", hazard, "--repair", by="wang.qiang")
    (repair,) = office.json("repair", "list")
    assert (repair["fault"], repair["source"]) == ("楼道堆放杂物", hazard)
    assert repair["id"] in office.refused("hazard", "rectify", hazard, "--note", "清完", by="wang.qiang")
    office("repair", "assign", repair["id"], "--assignee", "he.jun", by="wang.qiang")
    office("repair", "finish", repair["id"], "--found", "门坏", "--did", "换门", by="he.jun")
    office("hazard", "extend", hazard, "--wanted", "2026-11-30", "--note", "料未到", by="wang.qiang")
    office("repair", "accept", repair["id"], by="wang.qiang")
    assert state(office, hazard) == "extending"  # nobody decides by the way
    office("hazard", "approve", hazard)
    assert "待复查" in office("escalate")
    assert f"维修单  {repair['id']} 来源单据" in office("show", hazard)


def test_a_cancelled_repair_frees_it_for_its_owner_only(office, hazard):
    office("hazard", "mend", hazard, "--repair", by="wang.qiang")
    (repair,) = office.json("repair", "list")
    office("repair", "cancel", repair["id"], "--note", "不用修")
    office("escalate")
    assert state(office, hazard) == "rectifying"
    office("hazard", "rectify", hazard, "--note", "清完", by="wang.qiang")


def test_it_counts_for_the_clause_of_its_domain(office, hazard):
    assert "Clause: 9.2" in office.git("log", "-1", "--format=%B", "--", f"{office.file(hazard)}")
    id_ = found(office, *MAJOR, "--interim", "停梯")
    assert "Clause: 8.1" in office.git("log", "-1", "--format=%B", "--", f"{office.file(id_)}")


def test_the_place_of_a_lift_need_not_be_said(office):
    id_ = found(office, "--domain", "equipment", "--level", "general", "--asset", "LIFT-3-2", "--what", "门机异响")
    assert office.json("show", id_)["place"] == "3-2-电梯"
    assert f"隐患  {id_} 设备" in office("show", "LIFT-3-2")
