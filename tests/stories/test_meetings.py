"""5.6: an owners' assembly by number and by area, the committee's roster, letters answered in time."""

from __future__ import annotations

import pytest

AGENDA = {1: ("续聘物业服务人", "ordinary"), 2: ("改造车棚", "weighty"), 3: ("通报收支", "none")}
OWNERS = ("--owners", "300", "--area", "30000.5")
TWO_THIRDS = ("--present", "200", "--present-area", "20000.34")
"""Two thirds of 300 are 200; of 30000.5 they are 20000.333..., which the next hundredth reaches."""


@pytest.fixture
def paper(office):
    """A list of ballots, a page of minutes: what is kept of it is its hash."""
    path = office.root.parent / "选票.pdf"
    path.write_bytes(b"ballots")
    return path


@pytest.fixture
def called(office):
    """A meeting that is called, by its body."""

    def call(body="assembly"):
        agenda = [
            part
            for item, (topic, of) in AGENDA.items()
            for part in ("--agenda", f"item={item},topic={topic},majority={of}")
        ]
        words = ("--body", body, "--name", "年度会议", "--held-on", "2026-12-12", *agenda)
        return office.json("meeting", "new", *words, by="zhao.min")["id"]

    return call


@pytest.fixture
def opened(office, called):
    """An assembly to which exactly two thirds came."""
    id_ = called()
    office.at("2026-12-12 15:00")
    office("meeting", "count", id_, *TWO_THIRDS, *OWNERS, by="zhao.min")
    return id_


def vote(id_, item, number, area, paper):
    """The words of a count: those who agree; the rest of those who came is against."""
    agreed, agreed_area = number, area
    words = ("--agreed", agreed, "--against", str(200 - int(agreed)), "--abstained", "0")
    areas = ("--agreed-area", agreed_area, "--against-area", "0", "--abstained-area", "0")
    return ("meeting", "vote", id_, "--item", item, *words, *areas, *(("--ballots", paper) if paper else ()))


def results(office, id_):
    return {row["item"]: row.get("result") for row in office.json("show", id_)["votes"]}


# The assembly ------------------------------------------------------------------------------------------------------


def test_exactly_two_thirds_of_both_are_a_quorum(office, opened):
    page = office.json("show", opened)
    assert (page["state"], page["quorate"]) == ("opened", "met")
    assert results(office, opened) == {1: None, 2: None}  # what is not voted on has no vote
    office.clean()


@pytest.mark.parametrize("short", [("--present", "199"), ("--present-area", "20000.33")])
def test_one_owner_or_a_hundredth_of_a_square_metre_less_is_none(office, called, short):
    id_ = called()
    office.at("2026-12-12 15:00")
    words = dict(zip(TWO_THIRDS[::2], TWO_THIRDS[1::2], strict=True)) | {short[0]: short[1]}
    office("meeting", "count", id_, *(part for pair in words.items() for part in pair), *OWNERS)
    assert office.json("show", id_)["state"] == "failed"
    assert "votes" not in office.json("show", id_)
    office.refused(*vote(id_, "1", "150", "15000", None))
    # Ballots that are handed in later are counted, with the reason.
    office.refused("meeting", "recount", id_, *TWO_THIRDS, "--note", "补收选票", by="zhao.min")
    office("meeting", "recount", id_, *TWO_THIRDS, "--note", "补收选票")
    assert office.json("show", id_)["state"] == "opened"
    office.clean()


@pytest.mark.parametrize(
    ("item", "number", "area", "result"),
    [
        ("1", "100", "10000.18", "failed"),  # half of those who came is not more than half
        ("1", "101", "10000.17", "failed"),  # 20000.34 / 2
        ("1", "101", "10000.18", "passed"),
        ("2", "150", "15000.26", "passed"),  # 20000.34 * 3 / 4 is 15000.255
        ("2", "150", "15000.25", "failed"),
        ("2", "149", "15000.26", "failed"),
    ],
)
def test_an_item_is_carried_by_both_measures(office, opened, paper, item, number, area, result):
    office(*vote(opened, item, number, area, paper), by="zhao.min")
    assert results(office, opened)[int(item)] == result
    office.clean()


def test_three_quarters_of_both_exactly_carry_a_weighty_item(office, called, paper):
    id_ = called()
    office.at("2026-12-12 15:00")
    office("meeting", "count", id_, "--present", "200", "--present-area", "20000", "--owners", "300", "--area", "30000")
    office(*vote(id_, "2", "150", "15000", paper))
    assert results(office, id_)[2] == "passed"


def test_the_numbers_that_an_assembly_needs_are_asked_for(office, called):
    id_ = called()
    said = office.refused("meeting", "count", id_, "--present", "200", code=2)
    assert "--owners、--area、--present-area" in said
    said = office.refused("meeting", "count", id_, "--present", "301", "--present-area", "20000.34", *OWNERS)
    assert "301" in said
    assert "300" in said
    office.refused("meeting", "count", id_, "--present", "200", "--present-area", "30000.51", *OWNERS)


def test_a_vote_must_be_on_an_item_that_is_voted_on_whole_and_by_those_who_came(office, opened, paper):
    for item in ("3", "9"):
        assert item in office.refused(*vote(opened, item, "100", "10000", paper), code=2)
    assert "--ballots" in office.refused(*vote(opened, "1", "100", "10000", None), code=2)
    without = ("--agreed", "100", "--against", "0", "--abstained", "0", "--ballots", paper)
    assert "--agreed-area、--against-area、--abstained-area" in office.refused(
        "meeting", "vote", opened, "--item", "1", *without, code=2
    )
    more = vote(opened, "1", "150", "15000", paper)
    for option, value in (("--abstained", "1"), ("--abstained-area", "5000.35")):
        place = more.index(option) + 1
        assert "1" in office.refused(*more[:place], value, *more[place + 1 :])
    assert results(office, opened) == {1: None, 2: None}


def test_a_wrong_figure_is_counted_again_and_both_stay_in_the_history(office, opened, paper):
    office(*vote(opened, "1", "90", "9000", paper))
    office(*vote(opened, "1", "190", "19000", paper))
    page = office.json("show", opened)
    assert (results(office, opened)[1], page["passed"]) == ("passed", 1)
    assert [event["do"] for event in page["history"]].count("vote") == 2
    office.clean()


def test_it_does_not_close_before_all_is_voted_on_and_is_published_in_time(office, opened, paper):
    office(*vote(opened, "1", "190", "19000", paper))
    assert "2" in office.refused("meeting", "close", opened, "--minutes", paper)
    office(*vote(opened, "2", "20", "2000", paper))
    office("meeting", "close", opened, "--minutes", paper)
    page = office.json("show", opened)
    assert (page["state"], page["passed"], page["due"]) == ("ended", 1, {"publish": "2026-12-19T23:59:59+08:00"})
    office("meeting", "task", opened, "--item", "1", "--task", "--owner", "zhao.min", "--deadline", "2026-12-31")
    task = office.json("task", "list")[0]
    assert (task["what"], task["source"], task["source_item"]) == ("续聘物业服务人", opened, "1")
    office.at("2026-12-20 09:00")
    office("escalate")
    assert [row["level"] for row in office.json("show", opened)["escalations"]] == [100]
    office("meeting", "publish", opened, "--published", "2026-12-20")
    assert office.json("show", opened)["state"] == "published_out"
    office.clean()


def test_in_a_store_from_before_the_file_all_else_works_and_the_count_names_it(office, called):
    office.git("rm", "-q", "regulation/2026-01-01/voting.yaml")
    office.git("commit", "-qm", "without")
    id_ = called()
    assert "voting.yaml" in office.refused("meeting", "count", id_, *TWO_THIRDS, *OWNERS, code=4)
    assert office.try_("regulation", "check").code == 0


# The committee -----------------------------------------------------------------------------------------------------


def test_the_roster_keeps_contacts_sealed_and_the_end_of_term_is_announced(office):
    who = ("--name", "周敏", "--phone", "13812345678", "--relation", "owner", "--place", "3-2-1201")
    owner = office.json("resident", "add", *who)["id"]
    office("committee", "add", "第三届", "--elected", "2024-01-10", "--term-ends", "2027-01-09")
    join = ("--resident", owner, "--since", "2024-01-10", "--role", "chair", "--contact", "13987654321")
    office.refused("committee", "join", "第三届", *join, by="zhao.min")
    office("committee", "join", "第三届", *join)
    assert "13987654321" not in office.file("第三届").read_text("utf-8")
    assert "13987654321" not in office("show", "第三届")
    assert "13987654321" in office("committee", "reveal", "第三届", "--purpose", "通知开会")
    assert "第三届" in office("today")
    assert "第三届" in office.try_("check").out  # not filed with the authority yet
    office("committee", "edit", "第三届", "--filed", "2024-02-01")
    assert "第三届" not in office.try_("check").out
    office("committee", "leave", "第三届", "--resident", owner, "--until", "2026-11-23")
    assert office.json("show", "第三届")["members"][0]["until"] == "2026-11-23"
    office.clean()


# Letters -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def letter(office):
    """An urgent letter of the committee, which came on Friday afternoon and was entered on Monday at nine."""
    words = ("--direction", "in", "--party", "committee", "--subject", "请说明车位收费", "--urgency", "urgent")
    words = (*words, "--received", "2026-11-20 16:00", "--handler", "zhao.min")
    return office.json("correspondence", "new", *words)["id"]


def answer(office, id_):
    office("correspondence", "answer", id_, "--reply", "附收费明细", by="zhao.min")
    return office.json("show", id_)["state"]


def test_an_urgent_letter_is_due_two_office_days_after_it_came(office, letter):
    # Friday from 16:00 to 17:30, all Monday, the rest on Tuesday.
    assert office.json("show", letter)["due"]["answer"] == "2026-11-24T16:00:00+08:00"
    office.at("2026-11-24 15:00")
    assert answer(office, letter) == "answered"
    assert letter not in office("correspondence", "list", "--overdue")
    office.clean()


def test_what_is_late_is_escalated_to_manager_and_leader_and_can_still_be_answered(office, letter):
    office.at("2026-11-30 09:00")
    office("escalate")
    rows = office.json("show", letter)["escalations"]
    assert [row["level"] for row in rows] == [80, 100, 200]
    assert letter in office("correspondence", "list", "--overdue")
    assert answer(office, letter) == "answered"
    office.clean()


def test_it_is_answered_only_when_what_it_led_to_is_done(office, letter):
    asked = ("--task", "--owner", "wang.qiang", "--deadline", "2026-11-24 12:00")
    office("correspondence", "follow_up", letter, *asked, by="zhao.min")
    task = office.json("task", "list")[0]["id"]
    assert task in office.refused("correspondence", "answer", letter, "--reply", "已办", by="zhao.min")
    office("task", "accept", task, by="wang.qiang")
    office("task", "finish", task, "--note", "已核对", by="wang.qiang")
    assert task in office.refused("correspondence", "file", letter, "--note", "阅")
    office("task", "confirm", task, by="zhao.min")
    assert answer(office, letter) == "answered"
    office.clean()


def test_what_goes_out_is_filed_at_once_and_owes_nothing(office):
    id_ = office.json("correspondence", "new", "--direction", "out", "--party", "street", "--subject", "备案材料")["id"]
    page = office.json("show", id_)
    assert (page["state"], page.get("due", {})) == ("filed", {})
