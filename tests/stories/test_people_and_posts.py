"""Who may do what: posts from a date to a date, git's identity, the shared counter (article 6)."""

from __future__ import annotations

COUNTER = "counters: [counter@example.com]"


def test_the_founder_is_manager_and_named_by_the_mail(empty_office):
    (found,) = empty_office.json("staff", "list")
    assert (found["id"], found["name"], found["email"]) == ("li.na", "李娜", "li.na@example.com")
    assert [row["post"] for row in found["posts"]] == ["manager"]


def test_who_is_not_on_the_staff_is_told_how_to_get_there(office):
    said = office.refused("ticket", "new", "--category", "repair", "--place", "3", "--summary", "漏水", by="xu.fang")
    assert "xu.fang@example.com" in said
    assert "pmcs staff add" in said


def test_a_refusal_says_which_post_may(office):
    new = ("ticket", "new", "--category", "repair", "--place", "3", "--summary", "漏水")
    said = office.refused(*new, by="wang.qiang")
    assert "wang.qiang" in said
    assert "客服专员" in said
    assert "客服经理" in said
    office(*new, by="zhao.min")


def test_an_assignee_starts_whatever_the_post(office):
    id_ = office.ticket()
    office("ticket", "triage", id_, "--verdict", "valid")
    office("ticket", "assign", id_, "--assignee", "wang.qiang")
    said = office.refused("ticket", "start", id_, by="zhao.min")
    assert "wang.qiang" in said
    office("ticket", "start", id_, by="wang.qiang")


def test_a_post_begins_and_ends_on_a_day(office):
    office(
        "staff", "appoint", "wang.qiang", "--post", "service_officer", "--since", "2026-11-25", "--until", "2026-11-27"
    )
    new = ("ticket", "new", "--category", "repair", "--place", "3", "--summary", "漏水")
    office.at("2026-11-24T17:00").refused(*new, by="wang.qiang")
    office.at("2026-11-25T09:00")(*new, by="wang.qiang")
    office.at("2026-11-27T17:00")(*new, by="wang.qiang")
    office.at("2026-11-28T09:00").refused(*new, by="wang.qiang")


def test_a_post_is_taken_away_from_a_day(office):
    office("staff", "relieve", "zhao.min", "--post", "service_officer", "--until", "2026-11-23")
    new = ("ticket", "new", "--category", "repair", "--place", "3", "--summary", "漏水")
    office.at("2026-11-23T17:00")(*new, by="zhao.min")
    office.at("2026-11-24T09:00").refused(*new, by="zhao.min")


def test_staff_is_appointed_by_manager_or_leader_only(office):
    words = ("staff", "appoint", "zhao.min", "--post", "manager", "--since", "2026-11-23")
    said = office.refused(*words, by="zhao.min")
    assert "客服经理" in said
    office(*words, by="chen.lei")


def test_who_has_left_acts_no_more_and_is_named_no_more(office):
    kept = office.assigned("zhao.min")
    office("staff", "leave", "zhao.min", "--successor", "li.na")
    assert office.json("staff", "show", "zhao.min")["state"] == "retired"
    new = ("ticket", "new", "--category", "repair", "--place", "3", "--summary", "漏水")
    office.refused(*new, by="zhao.min")
    id_ = office.ticket()
    office("ticket", "triage", id_, "--verdict", "valid")
    assert "zhao.min" in office.refused("ticket", "assign", id_, "--assignee", "zhao.min")
    assert office.json("ticket", "show", kept)["assignee"] == "li.na"
    office.at("2026-11-25T09:00").clean()


def test_as_is_for_counters_only(office):
    said = office.refused("ticket", "new", "--category", "repair", "--place", "3", "--summary", "x", "--as", "zhao.min")
    assert "--as" in said


def test_a_shared_counter_says_who_acts(office):
    file = office.root / "pmcs.yaml"
    file.write_text(file.read_text("utf-8").replace("counters: []", COUNTER), "utf-8")
    office.git("commit", "-qam", "a counter")
    new = ("ticket", "new", "--category", "repair", "--place", "3", "--summary", "漏水")
    assert "--as" in office.refused(*new, by="counter", code=2)
    made = office.json(*new, "--as", "zhao.min", by="counter")
    assert made["history"][0]["by"] == "zhao.min"
    assert office.git("log", "-1", "--format=%ae %ce").split() == ["zhao.min@example.com", "counter@example.com"]
    office.refused(*new, "--as", "wang.qiang", by="counter")
    assert "xu.fang" in office.refused(*new, "--as", "xu.fang", by="counter", code=4)


def test_nothing_is_approved_and_no_visit_made_at_a_counter(office):
    done = office.resolved()
    asked = office.assigned()
    office("ticket", "submit", asked, "--materials", "name=报价单", "--note", "换水泵", by="wang.qiang")
    file = office.root / "pmcs.yaml"
    file.write_text(file.read_text("utf-8").replace("counters: []", COUNTER), "utf-8")
    office.git("commit", "-qam", "a counter")
    assert "chen.lei" in office.refused("ticket", "approve", asked, "--as", "chen.lei", by="counter")
    visit = ("ticket", "visit", done, "--outcome", "no_answer")
    assert "zhao.min" in office.refused(*visit, "--as", "zhao.min", by="counter")


def test_the_mail_joins_git_to_the_person_whatever_its_case(office, monkeypatch):
    office("staff", "edit", "zhao.min", "--email", "Zhao.Min@Example.com")
    office.ticket(by="zhao.min")
