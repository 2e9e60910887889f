"""Return visits (7.6): three attempts on different days, a low score reopens, the visitor is not the handler."""

from __future__ import annotations

NO_ANSWER = ("--outcome", "no_answer")


def test_three_days_without_an_answer_and_the_ticket_is_unreached(office):
    id_ = office.resolved()
    states = []
    for moment in ("2026-11-24T10:00", "2026-11-24T16:00", "2026-11-25T10:00", "2026-11-26T10:00"):
        found = office.at(moment).json("ticket", "visit", id_, *NO_ANSWER, by="zhao.min")
        states.append((found["state"], found["attempts"]))
    # The second call of the same day counts for nothing.
    assert states == [("resolved", 1), ("resolved", 1), ("resolved", 2), ("unreached", 3)]
    assert office.json("ticket", "close", id_, by="zhao.min")["state"] == "closed"


def test_two_attempts_are_not_enough_to_close(office):
    id_ = office.resolved()
    for moment in ("2026-11-24T10:00", "2026-11-25T10:00"):
        office.at(moment)("ticket", "visit", id_, *NO_ANSWER, by="zhao.min")
    office.refused("ticket", "close", id_, by="zhao.min")


def test_a_low_score_reopens_and_needs_a_comment(office):
    id_ = office.resolved()
    visit = ("ticket", "visit", id_, "--outcome", "reached", "--score", "2")
    assert "--note" in office.refused(*visit, by="zhao.min", code=2)
    found = office.json(*visit, "--note", "仍有渗水", by="zhao.min")
    assert found["state"] == "processing"
    office("ticket", "resolve", id_, "--note", "重做防水", by="wang.qiang")
    found = office.json("ticket", "visit", id_, "--outcome", "reached", "--score", "4", by="zhao.min")
    assert found["state"] == "visited"
    assert found["score"] == 4


def test_attempts_begin_anew_after_the_work_is_done_again(office):
    id_ = office.resolved()
    office.at("2026-11-24T10:00")("ticket", "visit", id_, *NO_ANSWER, by="zhao.min")
    words = ("--outcome", "reached", "--score", "1", "--note", "更糟了")
    office.at("2026-11-25T10:00")("ticket", "visit", id_, *words, by="zhao.min")
    office("ticket", "resolve", id_, "--note", "重做", by="wang.qiang")
    found = office.at("2026-11-26T10:00").json("ticket", "visit", id_, *NO_ANSWER, by="zhao.min")
    assert (found["state"], found["attempts"]) == ("resolved", 1)


def test_reached_needs_a_score_between_one_and_five(office):
    id_ = office.resolved()
    assert "--score" in office.refused("ticket", "visit", id_, "--outcome", "reached", by="zhao.min", code=2)
    said = office.refused("ticket", "visit", id_, "--outcome", "reached", "--score", "6", by="zhao.min", code=2)
    assert "6" in said


def test_the_visitor_is_not_the_handler(office):
    id_ = office.resolved("zhao.min")
    said = office.refused("ticket", "visit", id_, *NO_ANSWER, by="zhao.min")
    assert "zhao.min" in said
    office("ticket", "visit", id_, "--outcome", "refused", by="li.na")


def test_who_does_not_want_to_be_asked_is_visited(office):
    id_ = office.resolved()
    assert office.json("ticket", "visit", id_, "--outcome", "refused", by="zhao.min")["state"] == "visited"
