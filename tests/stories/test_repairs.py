"""8.2, 8.3: a repair from the report to the acceptance, and what waits for it."""

from __future__ import annotations

import pytest

MATERIALS = ("--materials", "name=接头,quantity=2,amount=12.35", "--materials", "name=生料带,quantity=1,amount=3.10")


@pytest.fixture
def office(crew):
    return crew


@pytest.fixture
def repair(office):
    """A repair that is given to wang.qiang."""
    id_ = office.json("repair", "new", "--place", "3-2-1201", "--fault", "厨房水管漏水", by="zhao.min")["id"]
    office("repair", "assign", id_, "--assignee", "wang.qiang", by="he.jun")
    return id_


def finish(office, id_, *words, by="wang.qiang"):
    office("repair", "finish", id_, "--found", "接头老化", "--did", "换接头", *words, by=by)


def test_from_the_report_to_the_acceptance(office, repair):
    office("repair", "arrive", repair, "--arrival", "水已关", by="wang.qiang")
    office("repair", "wait", repair, "--waiting-for", "待料", "--resume-by", "2026-11-24", by="wang.qiang")
    office.at("2026-11-24 09:00")
    office("repair", "resume", repair, by="wang.qiang")
    finish(office, repair, *MATERIALS, "--labour", "50.05")
    office("repair", "accept", repair, by="he.jun")
    page = office.json("show", repair)
    assert (page["state"], page["cost"], page.get("rework", 0)) == ("accepted", "65.50", 0)
    assert [event.get("to") for event in page["history"]] == [
        *("reported", "assigned", None, "waiting", "assigned", "repaired", "accepted")
    ]
    office.clean()


def test_what_was_found_and_what_was_done_are_both_asked(office, repair):
    assert "--found、--did" in office.refused("repair", "finish", repair, by="wang.qiang", code=2)
    assert "--did" in office.refused("repair", "finish", repair, "--found", "接头老化", by="wang.qiang", code=2)


def test_rework_is_counted_adds_to_the_cost_and_has_a_time_of_its_own(office, repair):
    finish(office, repair, *MATERIALS)
    office.at("2026-11-24 09:00")
    assert "--note" in office.refused("repair", "reject", repair, by="he.jun", code=2)
    office("repair", "reject", repair, "--note", "还在滴水", by="he.jun")
    page = office.json("show", repair)
    # Two office days from Tuesday 9:00, where the first round ran out on Wednesday.
    assert (page["state"], page["rework"], page["due"]["repair"]) == ("assigned", 1, "2026-11-26T09:00:00+08:00")
    finish(office, repair, "--materials", "name=退接头,amount=-6.17", "--materials", "name=阀芯,amount=25.50")
    office("repair", "accept", repair, by="he.jun")
    assert office.json("show", repair)["cost"] == "34.78"  # 12.35 + 3.10 - 6.17 + 25.50


def test_more_than_was_paid_is_not_given_back(office, repair):
    back = ("--materials", "name=退接头,amount=-5")
    assert "-5.00" in office.refused("repair", "finish", repair, "--found", "x", "--did", "y", *back, by="wang.qiang")


def test_the_repairer_does_not_accept_in_his_own_words_or_as_the_one_named(office, repair):
    finish(office, repair)
    for action in (("accept",), ("reject", "--note", "不行")):
        said = office.refused("repair", action[0], repair, *action[1:], by="wang.qiang")
        assert "wang.qiang" in said
        assert "维修人" in said
    office("repair", "reject", repair, "--note", "不行")
    office("repair", "assign", repair, "--assignee", "he.jun", by="he.jun")
    finish(office, repair, by="he.jun")
    # He was the first repairer: what he did is a part of what is accepted.
    assert "完工" in office.refused("repair", "accept", repair, by="wang.qiang")


def test_with_one_keeper_alone_the_manager_accepts(office, repair):
    finish(office, repair)
    office("repair", "accept", repair, by="li.na")


def test_an_emergency_runs_in_real_minutes_through_the_night(office):
    office.at("2026-11-23 23:50")
    words = ("--place", "3-2-1201", "--fault", "爆管", "--urgency", "急修")
    due = office.json("repair", "new", *words, by="guo.ping")["due"]
    assert due == {"arrive": "2026-11-24T00:20:00+08:00", "repair": "2026-11-24T23:50:00+08:00"}
    office.at("2026-11-24 00:21")
    assert "到场" in office("escalate")


@pytest.fixture
def ticket(office):
    id_ = office.ticket(by="zhao.min")
    office("ticket", "triage", id_, "--verdict", "valid", by="zhao.min")
    return id_


def dispatched(office, ticket, *words):
    before = {row["id"] for row in office.json("repair", "list")}
    office("ticket", "dispatch", ticket, "--repair", *words, by="zhao.min")
    (id_,) = {row["id"] for row in office.json("repair", "list")} - before
    office("repair", "assign", id_, "--assignee", "wang.qiang", by="he.jun")
    return id_


def test_the_ticket_waits_and_goes_on_by_itself_in_the_same_commit(office, ticket):
    repair = dispatched(office, ticket)
    assert repair in office.refused("ticket", "resolve", ticket, "--note", "好了", by="zhao.min")
    finish(office, repair)
    said = office("repair", "accept", repair, by="he.jun")
    assert "维修已验收，当前状态“待回访”" in said
    page = office.json("show", ticket)
    assert (page["state"], list(page["due"])[-1]) == ("resolved", "visit")
    assert office.git("show", "--format=", "--name-only").split() == [
        str(office.file(id_).relative_to(office.root)) for id_ in (repair, ticket)
    ]
    office.clean()


def test_two_repairs_hold_it_until_both_are_accepted_one_of_them_after_rework(office, ticket):
    one, two = dispatched(office, ticket), dispatched(office, ticket, "--fault", "主阀也坏")
    finish(office, one)
    finish(office, two)
    office("repair", "accept", one, by="he.jun")
    office("repair", "reject", two, "--note", "仍漏", by="he.jun")
    assert office.json("show", ticket)["state"] == "triaged"
    finish(office, two)
    office("repair", "accept", two, by="he.jun")
    assert office.json("show", ticket)["state"] == "resolved"


def test_a_cancelled_repair_frees_the_ticket_for_people_only(office, ticket):
    repair = dispatched(office, ticket)
    assert "客服经理" in office.refused("repair", "cancel", repair, "--note", "住户已自修", by="he.jun")
    office("repair", "cancel", repair, "--note", "住户已自修")
    office("escalate")
    assert office.json("show", ticket)["state"] == "triaged"
    office("ticket", "resolve", ticket, "--note", "住户已自修", by="zhao.min")


def test_freed_while_it_waits_for_approval_it_goes_on_once_that_is_decided(office, ticket):
    office("ticket", "assign", ticket, "--assignee", "zhao.min", by="zhao.min")
    office("ticket", "start", ticket, by="zhao.min")
    repair = dispatched(office, ticket)
    office("ticket", "submit", ticket, "--materials", "name=报价", "--note", "超预算", by="zhao.min")
    finish(office, repair)
    office("repair", "accept", repair, by="he.jun")
    assert office.json("show", ticket)["state"] == "approving"
    office("ticket", "approve", ticket, by="chen.lei")
    assert "待回访" in office("escalate")
    assert office.json("show", ticket)["state"] == "resolved"


def test_links_are_seen_from_both_ends(office, ticket):
    repair = dispatched(office, ticket)
    assert office.json("show", ticket)["links"] == [{"kind": "repair", "id": repair, "field": "source"}]
    assert office.json("show", repair)["source"] == ticket
    assert f"维修单  {repair} 来源单据" in office("show", ticket)
    assert f"来源单据：{ticket}" in office("show", repair)


def test_what_is_to_be_made_is_named_as_it_is_typed(office, ticket):
    assert "--repair/--hazard" in office.refused("ticket", "dispatch", ticket, by="zhao.min", code=2)
    office("ticket", "dispatch", ticket, "--hazard", "--domain", "equipment", "--level", "general", by="zhao.min")
    hazard = office.json("hazard", "list")[0]
    assert (hazard["what"], hazard["source"]) == ("厨房水管漏水", ticket)
    # A hazard has its own deadlines and does not keep the caller waiting.
    office("ticket", "resolve", ticket, "--note", "已转隐患", by="zhao.min")
