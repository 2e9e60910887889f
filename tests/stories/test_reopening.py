"""Reopening within seven times twenty-four hours; later it is a new, linked ticket (7.6)."""

from __future__ import annotations


def closed(office) -> str:
    id_ = office.resolved()
    office.at("2026-11-24T10:00")("ticket", "visit", id_, "--outcome", "reached", "--score", "5", by="zhao.min")
    office("ticket", "close", id_, by="zhao.min")
    return id_


def test_within_the_week_to_the_hour(office):
    id_ = closed(office)
    found = office.at("2026-12-01T09:59").json("ticket", "reopen", id_, "--note", "又漏了")
    assert found["state"] == "processing"
    assert "resolve" in found["due"]


def test_after_the_week_it_is_a_new_one_that_follows(office):
    id_ = closed(office)
    said = office.at("2026-12-01T10:01").refused("ticket", "reopen", id_, "--note", "又漏了")
    assert "重开" in said
    later = office.ticket(follows=id_, summary="又漏了")
    assert later == "T20261201-A01"
    assert office.json("ticket", "show", id_)["links"] == [{"kind": "ticket", "id": later, "field": "follows"}]


def test_reopening_needs_a_reason_and_a_post(office):
    id_ = closed(office)
    assert "--note" in office.refused("ticket", "reopen", id_, code=2)
    office.refused("ticket", "reopen", id_, "--note", "又漏了", by="wang.qiang")


def test_a_breach_stays_after_closing(office):
    id_ = office.assigned()
    office.at("2026-11-27T10:00")("ticket", "resolve", id_, "--note", "修好了", by="wang.qiang")
    office("ticket", "visit", id_, "--outcome", "reached", "--score", "3", by="zhao.min")
    office("ticket", "close", id_, by="zhao.min")
    assert [row["id"] for row in office.json("ticket", "list", "--overdue")] == [id_]
    assert "曾超期" in office("show", id_)
    office.clean()
