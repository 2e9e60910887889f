"""One ticket, several departments (7.3): sub-tasks hold it open until they are confirmed."""

from __future__ import annotations


def involve(office, id_, owner="zhao.min", what="联系 1101 室核查", by="wang.qiang"):
    words = ("--task", "--what", what, "--owner", owner, "--deadline", "2026-11-25 12:00")
    office("ticket", "involve", id_, *words, by=by)
    return office.json("task", "list")[0]["id"]


def test_the_ticket_is_resolved_only_when_every_part_is_done(office):
    id_ = office.assigned()
    task = involve(office, id_)
    assert office.json("task", "show", task)["source"] == id_
    assert task in office.refused("ticket", "resolve", id_, "--note", "已修", by="wang.qiang")

    office("task", "accept", task, by="zhao.min")
    office("task", "finish", task, "--note", "1101 无漏水", by="zhao.min")
    assert task in office.refused("ticket", "resolve", id_, "--note", "已修", by="wang.qiang")
    office("task", "confirm", task, by="wang.qiang")
    assert office.json("ticket", "resolve", id_, "--note", "已修", by="wang.qiang")["state"] == "resolved"
    office.clean()


def test_the_part_and_its_making_are_one_commit(office):
    id_ = office.assigned()
    before = len(office.log())
    task = involve(office, id_)
    assert len(office.log()) == before + 1
    assert len(office.git("show", "--name-only", "--format=").split()) == 2
    assert {"kind": "task", "id": task, "field": "source"} in office.json("ticket", "show", id_)["links"]
    assert task in office("show", id_)


def test_the_summary_is_what_the_part_is_about_unless_told_otherwise(office):
    id_ = office.assigned(summary="外墙渗水")
    office("ticket", "involve", id_, "--owner", "zhao.min", "--deadline", "2026-11-25 12:00", by="wang.qiang")
    assert office.json("task", "list")[0]["what"] == "外墙渗水"


def test_a_part_is_returned_and_handed_over_with_a_reason(office):
    task = involve(office, office.assigned())
    assert "--note" in office.refused("task", "return", task, by="zhao.min", code=2)
    office("task", "return", task, "--note", "属工程部", by="zhao.min")
    assert "--note" in office.refused("task", "handover", task, "--owner", "wang.qiang", code=2)
    found = office.json("task", "handover", task, "--owner", "wang.qiang", "--note", "属工程部")
    assert (found["state"], found["owner"]) == ("assigned", "wang.qiang")


def test_who_did_the_part_does_not_confirm_it(office):
    task = involve(office, office.assigned(), owner="wang.qiang")
    office("task", "accept", task, by="wang.qiang")
    office("task", "finish", task, "--note", "办了", by="wang.qiang")
    assert "wang.qiang" in office.refused("task", "confirm", task, by="wang.qiang")
    office("task", "confirm", task)


def test_a_part_needs_an_owner_and_a_day(office):
    said = office.refused("ticket", "involve", office.assigned(), "--task", by="wang.qiang", code=2)
    assert "--owner" in said
    assert "--deadline" in said


def test_a_part_given_up_holds_the_ticket_no_more(office):
    id_ = office.assigned()
    task = involve(office, id_)
    office("task", "drop", task, "--note", "无需核查", by="wang.qiang")
    office("ticket", "resolve", id_, "--note", "已修", by="wang.qiang")


def test_handing_the_ticket_over_and_back_needs_a_reason(office):
    id_ = office.assigned()
    assert "--note" in office.refused("ticket", "handover", id_, "--assignee", "zhao.min", by="wang.qiang", code=2)
    found = office.json("ticket", "handover", id_, "--assignee", "zhao.min", "--note", "属客服", by="wang.qiang")
    assert (found["state"], found["assignee"]) == ("assigned", "zhao.min")
    assert "--note" in office.refused("ticket", "return", id_, by="zhao.min", code=2)
    found = office.json("ticket", "return", id_, "--note", "不属客服", by="zhao.min")
    assert found["state"] == "triaged"
    assert "assignee" not in found


def test_a_longer_time_for_a_part_is_asked_of_its_giver(office):
    task = involve(office, office.assigned())
    office("task", "accept", task, by="zhao.min")
    office("task", "extend", task, "--wanted", "2026-11-27 12:00", "--note", "业主外出", by="zhao.min")
    office("task", "approve", task, by="wang.qiang")
    found = office.json("task", "show", task)
    assert found["deadline"].startswith("2026-11-27T12:00")
    assert found["due"]["finish"].startswith("2026-11-27T12:00")
