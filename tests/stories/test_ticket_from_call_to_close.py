"""One call through article 7, from the phone to the closed ticket, and the ways off that path."""

from __future__ import annotations


def test_a_leak_is_called_in_repaired_visited_and_closed(office):
    said = office("ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", "厨房水管漏水")
    assert "T20261123-A01" in said
    # Monday 09:00: four office hours are 3 before noon and 1 after 14:00; three office days end on Thursday.
    assert "2026-11-23 15:00" in said
    assert "2026-11-26 09:00" in said

    office.later(minutes=4)("ticket", "inform", "A01", "--told-by", "phone")
    office.later(minutes=6)("ticket", "triage", "A01", "--verdict", "valid")
    office("ticket", "assign", "A01", "--assignee", "wang.qiang")
    office.later(hours=1)("ticket", "start", "A01", by="wang.qiang")
    office("ticket", "progress", "A01", "--note", "已到场,需换角阀", "--told-by", "face", by="wang.qiang")
    office.later(hours=4)("ticket", "resolve", "A01", "--note", "已更换角阀\n试水无渗漏", by="wang.qiang")
    assert "A01" in office.at("2026-11-24T10:00")("today")
    office("ticket", "visit", "A01", "--outcome", "reached", "--score", "5", by="zhao.min")
    closed = office.json("ticket", "close", "A01", by="zhao.min")

    assert closed["state"] == "closed"
    assert closed["score"] == 5
    assert [event["do"] for event in closed["history"]] == [
        *("new", "inform", "triage", "assign", "start", "progress", "resolve", "visit", "close")
    ]
    assert [event["by"] for event in closed["history"][-3:]] == ["wang.qiang", "zhao.min", "zhao.min"]
    assert office.log()[:3] == [f"ticket T20261123-A01: {action}" for action in ("close", "visit", "resolve")]
    office.clean()


def test_every_action_is_one_commit_that_answers_an_auditor_without_pmcs(office):
    id_ = office.resolved()
    last = office.git("log", "-1", "--format=%an|%ae|%s|%b")
    assert last.startswith(f"王强|wang.qiang@example.com|ticket {id_}: resolve|已更换水管\n")
    trailers = dict(
        line.split(": ", 1) for line in office.git("log", "-1", "--format=%(trailers:only)").splitlines() if line
    )
    assert trailers == {
        "Record": id_,
        "Action": "resolve",
        "Actor": "wang.qiang",
        "Post": "facility_keeper",
        "Clause": "7.2",
    }
    assert office.git("show", "--name-only", "--format=").split() == [f"ticket/2026/11/23/{id_}.yaml"]


def test_the_clock_of_telling_the_resident_runs_until_inform(office):
    id_ = office.ticket()
    assert "还剩 18 分" in office.later(minutes=11)("show", id_)
    office.later(minutes=30)("ticket", "inform", id_, "--told-by", "phone")
    assert "已停，曾超期" in office("show", id_)


def test_what_proves_nothing_ends_with_a_reason_and_owes_no_visit(office):
    id_ = office.ticket()
    assert "--note" in office.refused("ticket", "triage", id_, "--verdict", "invalid", code=2)
    ended = office.json("ticket", "triage", id_, "--verdict", "invalid", "--note", "现场查看无渗漏")
    assert ended["state"] == "invalid"
    assert ended["due"] == {}


def test_a_second_call_about_the_same_goes_into_the_first(office):
    first, second = office.ticket(), office.ticket(summary="楼下说天花板滴水")
    assert "--merged-into" in office.refused("ticket", "triage", second, "--verdict", "duplicate", code=2)
    merged = office.json("ticket", "triage", second, "--verdict", "duplicate", "--merged-into", first)
    assert (merged["state"], merged["merged_into"]) == ("merged", first)
    links = office.json("ticket", "show", first)["links"]
    assert links == [{"kind": "ticket", "id": second, "field": "merged_into"}]
    assert office.json("ticket", "triage", first, "--verdict", "valid")["state"] == "triaged"


def test_an_urgent_repair_is_promised_round_the_clock(office):
    due = office.at("2026-11-28T22:10").json(
        *("ticket", "new", "--category", "repair", "--urgency", "emergency"),
        *("--place", "3-2-1201", "--summary", "水管爆裂"),
    )["due"]
    assert due["respond"].startswith("2026-11-28T22:40:00")
    assert due["resolve"].startswith("2026-11-29T22:10:00")


def test_a_change_of_urgency_promises_anew_from_the_opening(office):
    id_ = office.ticket()
    office.later(hours=2)
    due = office.json("ticket", "rerate", id_, "--urgency", "emergency", "--note", "水已漏到楼下")["due"]
    assert due["respond"].startswith("2026-11-23T09:30:00")
    assert due["resolve"].startswith("2026-11-24T09:00:00")


def test_what_happened_earlier_is_told_beside_when_it_was_entered(office):
    id_ = office.ticket()
    office.later(hours=26)
    found = office.json("ticket", "triage", id_, "--verdict", "valid", "--at", "2026-11-23 16:30")
    event = found["history"][-1]
    assert event["at"].startswith("2026-11-23T16:30:00")
    assert event["recorded"].startswith("2026-11-24T11:00:00")
    assert "16:30" in office.refused("ticket", "assign", id_, "--assignee", "li.na", "--at", "2026-11-23 10:00")


def test_steps_out_of_order_are_refused_with_what_is_possible(office):
    id_ = office.ticket()
    assert "已登记" in office.refused("ticket", "start", id_)
    assert "已登记" in office.refused("ticket", "close", id_)
    assert "已登记" in office.refused("ticket", "visit", id_, "--outcome", "no_answer")


def test_only_the_manager_closes_by_force_and_says_why(office):
    id_ = office.assigned()
    assert "客服经理" in office.refused("ticket", "close", id_, "--force", "--note", "业主已搬走", by="zhao.min")
    assert "--note" in office.refused("ticket", "close", id_, "--force", code=2)
    assert office.json("ticket", "close", id_, "--force", "--note", "业主已搬走")["state"] == "closed"


def test_a_complaint_about_somebody_is_never_theirs(office):
    id_ = office.ticket(category="complaint", about="wang.qiang", summary="上门维修态度差")
    office("ticket", "triage", id_, "--verdict", "valid")
    assert "wang.qiang" in office.refused("ticket", "assign", id_, "--assignee", "wang.qiang")
    office("ticket", "assign", id_, "--assignee", "zhao.min")
    assert "wang.qiang" in office.refused("ticket", "note", id_, "--note", "我没有", by="wang.qiang")


def test_urging_is_counted(office):
    id_ = office.assigned()
    office("ticket", "urge", id_, "--note", "业主再次来电")
    assert office.json("ticket", "urge", id_)["urges"] == 2


def test_a_voided_number_stays(office):
    id_ = office.ticket()
    office("ticket", "void", id_, "--note", "误登记")
    assert office.json("ticket", "show", id_)["state"] == "void"
    assert office.ticket() == "T20261123-A02"
    office.clean()


def test_a_ticket_is_not_merged_into_itself(office):
    ticket = office.ticket()
    said = office.refused("ticket", "triage", ticket, "--verdict", "duplicate", "--merged-into", ticket, by="zhao.min")
    assert ticket in said
