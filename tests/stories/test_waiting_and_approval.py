"""A ticket that waits (7.3) and one that needs a leader's word (7.4)."""

from __future__ import annotations


def wait(office, id_, **other):
    given = {"waiting_for": "parts", "resume_by": "2026-11-30", "waits_on": "wang.qiang", **other}
    options = [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", value)]
    return office.json("ticket", "wait", id_, *options, by="wang.qiang")


def test_waiting_stops_the_promise_but_not_the_response(office):
    id_ = office.ticket()
    office("ticket", "triage", id_, "--verdict", "valid")
    office("ticket", "assign", id_, "--assignee", "wang.qiang")
    found = wait(office, id_)
    assert found["state"] == "waiting"
    assert found["due"]["respond"].startswith("2026-11-23T15:00")
    assert "resolve" not in found["due"]
    assert found["due"]["waiting"].startswith("2026-11-30")


def test_the_time_waited_is_given_back(office):
    id_ = office.assigned()
    wait(office.at("2026-11-23T10:00"), id_)
    found = office.at("2026-11-25T10:00").json("ticket", "resume", id_, by="wang.qiang")
    assert found["state"] == "processing"
    # One hour of three days of seven was used; twenty are left from Wednesday 10:00: 5.5, 7, 7, and 0.5 on Monday.
    assert found["due"]["resolve"].startswith("2026-11-30T09:00")
    assert "waiting_for" not in found


def test_waiting_needs_a_reason_of_the_list_a_day_and_somebody(office):
    id_ = office.assigned()
    said = office.refused("ticket", "wait", id_, by="wang.qiang", code=2)
    assert all(name in said for name in ("--waiting-for", "--resume-by", "--waits-on"))
    words = ("--resume-by", "2026-11-30", "--waits-on", "wang.qiang")
    said = office.refused("ticket", "wait", id_, "--waiting-for", "weather", *words, by="wang.qiang", code=2)
    assert "weather" in said
    assert "contractor" in said
    past = ("--waiting-for", "parts", "--resume-by", "2026-11-01", "--waits-on", "wang.qiang")
    assert "2026-11-01" in office.refused("ticket", "wait", id_, *past, by="wang.qiang", code=2)


def test_a_reason_may_be_typed_in_chinese(office):
    assert wait(office, office.assigned(), waiting_for="待料")["waiting_for"] == "parts"


def test_a_leader_approves_what_was_submitted_with_its_papers(office):
    id_ = office.assigned()
    quote = office.root.parent / "报价单.txt"
    quote.write_text("水泵 3200 元", "utf-8")
    found = office.json(
        *("ticket", "submit", id_, "--materials", f"name=报价单,file={quote}", "--note", "申请更换水泵"),
        by="wang.qiang",
    )
    assert found["state"] == "approving"
    assert "sha256:" in found["materials"][0]["file"][0]
    assert id_ in office("today", by="chen.lei").split("待审批 (1)")[1]
    said = office.refused("ticket", "approve", id_, "--opinion", "同意", by="li.na")
    assert "上级领导" in said
    found = office.json("ticket", "approve", id_, "--opinion", "同意,走专项", by="chen.lei")
    assert found["state"] == "processing"
    assert found["history"][-1]["note"] == "同意,走专项"


def test_refused_goes_back_to_where_it_came_from_with_an_opinion(office):
    id_ = office.assigned()
    office("ticket", "submit", id_, "--materials", "name=报价单", "--note", "换水泵", by="wang.qiang")
    assert "--note" in office.refused("ticket", "refuse", id_, by="chen.lei", code=2)
    found = office.json("ticket", "refuse", id_, "--opinion", "先报维修方案", by="chen.lei")
    assert found["state"] == "processing"


def test_nobody_decides_on_what_they_submitted(office):
    id_ = office.assigned("chen.lei")
    office("ticket", "submit", id_, "--materials", "name=报价单", "--note", "换水泵", by="chen.lei")
    assert "chen.lei" in office.refused("ticket", "approve", id_, "--opinion", "同意", by="chen.lei")
    assert office.json("ticket", "withdraw", id_, by="chen.lei")["state"] == "processing"


def test_papers_and_a_reason_are_asked_for(office):
    id_ = office.assigned()
    said = office.refused("ticket", "submit", id_, by="wang.qiang", code=2)
    assert "--materials" in said
    assert "--note" in said


def test_waiting_for_an_approval_does_not_stop_the_clock(office):
    id_ = office.assigned()
    before = office.json("ticket", "show", id_)["due"]["resolve"]
    found = office.json("ticket", "submit", id_, "--materials", "name=报价单", "--note", "换水泵", by="wang.qiang")
    assert found["due"]["resolve"] == before
