"""12: praise and breaches are proposed, heard, approved, announced; an appeal has its time; three people, never two."""

from __future__ import annotations

import pytest

from tests.stories.test_people_and_posts import COUNTER

STATEMENT = ("--statement", "当天堵车，已报备")


@pytest.fixture
def proposed(office):
    """A record of conduct about wang.qiang, proposed by zhao.min, and its number."""

    def propose(kind="breach", *words, by="zhao.min", person="wang.qiang"):
        facts = ("--person", person, "--type", kind, "--basis", "11.4", "--facts", "当班时离岗半小时")
        return office.json("conduct", "new", *facts, *words, by=by)["id"]

    return propose


@pytest.fixture
def announced(office, proposed):
    """The same, announced on Monday at nine; its time for an appeal is five office days."""
    id_ = proposed()
    office("conduct", "hear", id_, *STATEMENT, by="wang.qiang")
    office("conduct", "submit", id_, by="zhao.min")
    office("conduct", "approve", id_, by="chen.lei")
    office("conduct", "announce", id_)
    return id_


def state(office, id_):
    return office.json("conduct", "show", id_)["state"]


def test_it_names_the_clause_that_it_rests_on_and_needs_no_money(office, proposed):
    id_ = proposed()
    assert office.git("log", "-1", "--format=%(trailers:key=Clause,valueonly)").split() == ["12", "11.4"]
    shown = office.json("conduct", "show", id_)
    assert (shown["basis"], shown["proposer"]) == ("11.4", "zhao.min")
    assert "amount" not in shown
    words = ("--person", "wang.qiang", "--type", "breach", "--facts", "迟到")
    assert "--basis" in office.refused("conduct", "new", *words, by="zhao.min", code=2)
    assert office.json("conduct", "show", proposed("reward", "--amount", "200.50"))["amount"] == "200.50"
    assert "amount" in office.refused("conduct", "new", *words, "--basis", "11.4", "--amount", "-1", code=2)


def test_an_upheld_complaint_names_its_ticket(office):
    ticket = office.ticket(category="complaint", about="wang.qiang")
    words = ("--person", "wang.qiang", "--type", "complaint", "--basis", "11.1", "--facts", "与住户争吵")
    assert "--source" in office.refused("conduct", "new", *words, code=2)
    id_ = office.json("conduct", "new", *words, "--source", ticket)["id"]
    assert {"kind": "conduct", "id": id_, "field": "source"} in office.json("ticket", "show", ticket)["links"]


def test_proposer_approver_and_subject_are_three_people(office, proposed):
    words = ("--person", "zhao.min", "--type", "praise", "--basis", "11.1", "--facts", "热心")
    assert "zhao.min" in office.refused("conduct", "new", *words, by="zhao.min")
    office("staff", "appoint", "li.na", "--post", "leader", "--since", "2026-01-01", by="chen.lei")
    own = proposed(by="li.na")
    about = proposed(by="zhao.min", person="li.na")
    for id_, proposer in ((own, "li.na"), (about, "zhao.min")):
        office("conduct", "hear", id_, *STATEMENT)
        assert office.refused("conduct", "submit", id_, by="wang.qiang")
        office("conduct", "submit", id_, by=proposer)
        assert "li.na" in office.refused("conduct", "approve", id_)
        office.refused("conduct", "approve", id_, by="zhao.min")  # no leader
        office("conduct", "approve", id_, by="chen.lei")
        assert state(office, id_) == "approved"
    office.clean()


def test_it_is_not_approved_before_the_person_was_heard(office, proposed):
    id_ = proposed()
    office.refused("conduct", "submit", id_, by="zhao.min")
    office.refused("conduct", "hear", id_, *STATEMENT, by="zhao.min")
    office("conduct", "hear", id_, "--statement", "本人未到场，视为没有意见")
    office("conduct", "submit", id_, by="zhao.min")
    office("conduct", "refuse", id_, "--opinion", "事实不清", by="chen.lei")
    assert state(office, id_) == "heard"
    office.refused("conduct", "drop", id_, "--note", "撤回")  # not hers
    office("conduct", "drop", id_, "--note", "查无实据", by="zhao.min")
    assert state(office, id_) == "withdrawn"
    office.clean()


def test_nothing_of_it_that_takes_three_people_is_done_at_a_shared_counter(office, announced, proposed):
    id_ = proposed()
    office("conduct", "hear", id_, *STATEMENT)
    office("conduct", "submit", id_, by="zhao.min")
    office("conduct", "appeal", announced, "--appeal", "事出有因", by="wang.qiang")
    file = office.root / "pmcs.yaml"
    file.write_text(file.read_text("utf-8").replace("counters: []", COUNTER), "utf-8")
    office.git("commit", "-qam", "a counter")
    new = ("conduct", "new", "--person", "wang.qiang", "--type", "praise", "--basis", "11.1", "--facts", "热心")
    decide = ("conduct", "decide", announced, "--outcome", "upheld", "--note", "属实")
    for words, who in ((new, "zhao.min"), (("conduct", "approve", id_), "chen.lei"), (decide, "chen.lei")):
        assert who in office.refused(*words, "--as", who, by="counter")


def test_an_upheld_appeal_withdraws_it(office, announced):
    office.refused("conduct", "appeal", announced, "--appeal", "替他说", by="zhao.min")
    office("conduct", "appeal", announced, "--appeal", "有报备记录", by="wang.qiang")
    decide = ("conduct", "decide", announced, "--outcome", "upheld")
    office.refused(*decide, "--note", "属实", by="wang.qiang")
    office.refused(*decide, "--note", "属实")
    assert "--note" in office.refused(*decide, by="chen.lei", code=2)
    office(*decide, "--note", "报备属实", by="chen.lei")
    assert state(office, announced) == "withdrawn"
    office.clean()


def test_a_dismissed_appeal_makes_it_final(office, announced):
    office("conduct", "appeal", announced, "--appeal", "有报备记录", by="wang.qiang")
    office("conduct", "decide", announced, "--outcome", "dismissed", "--note", "没有报备", by="chen.lei")
    assert state(office, announced) == "final"
    office.clean()


def test_when_the_time_for_an_appeal_is_over_cron_makes_it_final(office, announced):
    assert office.json("show", announced)["due"]["appeal"][:10] == "2026-11-30"
    office.at("2026-11-30 09:30").refused("conduct", "appeal", announced, "--appeal", "晚了", by="wang.qiang")
    assert state(office, announced) == "announced"
    assert announced in office("escalate", by="cron")
    shown = office.json("conduct", "show", announced)
    assert (shown["state"], shown["history"][-1]["by"]) == ("final", "system")
    assert announced not in office("escalate", by="cron")
    office.clean()


def test_others_see_only_that_there_is_one(office, announced):
    office("staff", "add", "he.jun", "--name", "何军", "--email", "he.jun@example.com")
    for by in ("wang.qiang", "zhao.min", "li.na", "chen.lei"):
        assert office.json("conduct", "show", announced, by=by)["facts"]
    assert "facts" not in office.json("conduct", "show", announced, by="he.jun")
    assert "离岗" not in office("search", "离岗", by="he.jun")
