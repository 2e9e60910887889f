"""Who may do what: posts from a date to a date, git's identity, the shared counter (article 6)."""

from __future__ import annotations

import json

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


def test_who_leaves_sees_what_is_to_be_handed_over_and_all_of_it_goes_in_one_commit(office):
    ticket = office.assigned("zhao.min")
    task = office.json("task", "new", "--what", "盘点钥匙", "--owner", "zhao.min", "--deadline", "2026-11-30")["id"]
    measures = [f"item={item},measure=措施{item},owner={who}" for item, who in ((1, "zhao.min"), (2, "li.na"))]
    year = ("--type", "year", "--name", "年度计划", "--starts", "2027-01-01", "--ends", "2027-12-31")
    plan = office.json("plan", "new", *year, *(word for row in measures for word in ("--measures", row)))["id"]
    done = office.assigned("zhao.min")
    office("ticket", "resolve", done, "--note", "已修好", by="zhao.min")
    office("ticket", "visit", done, "--outcome", "reached", "--score", "5")
    office("ticket", "close", done)
    left = office.try_("staff", "leave", "zhao.min")
    said = left.errors
    assert (left.code, "--successor" in said) == (2, True)
    assert all(number in said for number in (ticket, task, plan))
    assert done not in said
    before = office.git("rev-list", "--count", "HEAD")
    said = office("staff", "leave", "zhao.min", "--successor", "wang.qiang")
    assert all(number in said for number in (ticket, task, plan))
    assert int(office.git("rev-list", "--count", "HEAD")) == int(before) + 1
    assert office.json("ticket", "show", ticket)["assignee"] == "wang.qiang"
    assert office.json("task", "show", task)["owner"] == "wang.qiang"
    assert [row["owner"] for row in office.json("plan", "show", plan)["measures"]] == ["wang.qiang", "li.na"]
    assert office.json("ticket", "show", done)["assignee"] == "zhao.min"
    assert "zhao.min" not in office("today", by="wang.qiang")
    office.at("2026-11-25T09:00").clean()


def test_what_is_told_as_handed_over_is_what_is_handed_over(office):
    """An assessment stays that of whoever leaves: it is no work for the successor, and none is announced."""
    office.at("2026-12-01 09:00")("assessment", "open", "2026-11", "--post", "service_officer")
    task = office.json("task", "new", "--what", "盘点钥匙", "--owner", "zhao.min", "--deadline", "2026-12-30")["id"]
    said = office.try_("staff", "leave", "zhao.min").errors
    assert (task in said, "KH-2026-11-zhao.min" in said) == (True, False)
    said = office("staff", "leave", "zhao.min", "--successor", "wang.qiang")
    assert (task in said, "KH-2026-11-zhao.min" in said) == (True, False)
    assert office.json("assessment", "show", "KH-2026-11-zhao.min")["person"] == "zhao.min"


def test_nobody_is_handed_work_that_they_must_not_do(office):
    """A complaint about wang.qiang cannot become his; it is given to somebody else first."""
    words = ("--category", "complaint", "--place", "3", "--summary", "态度恶劣", "--about", "wang.qiang")
    ticket = office.json("ticket", "new", *words)["id"]
    office("ticket", "triage", ticket, "--verdict", "valid")
    office("ticket", "assign", ticket, "--assignee", "zhao.min")
    assert ticket in office.refused("staff", "leave", "zhao.min", "--successor", "wang.qiang")
    assert office.json("staff", "show", "zhao.min")["state"] == "active"
    office("ticket", "handover", ticket, "--assignee", "li.na", "--note", "本人离职")
    office("staff", "leave", "zhao.min", "--successor", "wang.qiang")


def test_what_somebody_answers_for_is_read_off_the_posts_held_today(office):
    ticket = office.assigned("zhao.min")
    found = office.json("staff", "duties", "zhao.min")
    assert found["held"] == ["service_officer"]
    under = {duty["clause"]: [row["id"] for row in duty["records"]] for duty in found["duties"]}
    assert under["5.2"] == under["7.2"] == [ticket]
    assert under["7.6"] == under["5.9"] == []
    office("staff", "relieve", "zhao.min", "--post", "service_officer", "--until", "2026-11-23")
    found = office.at("2026-11-24T09:00").json("staff", "duties", "zhao.min")
    assert (found["held"], [duty["clause"] for duty in found["duties"]]) == ([], [None])
    assert [row["id"] for row in found["duties"][0]["records"]] == [ticket]
    assert ticket in office("staff", "duties", "zhao.min")


def test_the_history_may_not_say_that_work_was_handed_over_by_nobody(office):
    ticket = office.assigned("zhao.min")
    path = next(office.root.glob(f"ticket/**/{ticket}.yaml"))
    text = path.read_text("utf-8").replace("assignee: zhao.min\n", "assignee: li.na\n", 1)
    said = "at: 2026-11-23T18:30:00+08:00\n  by: li.na\n  do: inherit\n  set: {assignee: li.na}\n  because: zhao.min\n"
    path.write_text(f"{text}- {said}", "utf-8")
    office.git("commit", "-qam", "by hand")
    found = json.loads(office.at("2026-11-24T09:00").try_("check", "--format", "json").out)
    assert [item["code"] for item in found if item["file"].endswith(f"{ticket}.yaml")] == ["flow"]


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


def test_a_late_entry_is_judged_by_the_posts_held_when_it_is_made(office):
    """On Friday zhao.min was no keeper yet; on Monday she is, and enters what she saw on Friday."""
    lift = ("--name", "客梯", "--category", "lift", "--place", "3")
    office("asset", "add", "LIFT", *lift, by="wang.qiang")
    office("staff", "appoint", "zhao.min", "--post", "facility_keeper", "--since", "2026-11-27", by="chen.lei")
    fault = ("repair", "new", "--asset", "LIFT", "--fault", "异响")
    office.at("2026-11-26 09:00").refused("asset", "certify", "LIFT", "--name", "年检", "--number", "1", by="zhao.min")
    office.at("2026-11-27 09:00")
    id_ = office.json(*fault, "--at", "2026-11-25 16:00", by="zhao.min")["id"]
    office("staff", "relieve", "zhao.min", "--post", "facility_keeper", "--until", "2026-11-27")
    office.at("2026-11-28 09:00")
    assign = ("repair", "assign", id_, "--assignee", "wang.qiang", "--at", "2026-11-27 15:00")
    office.refused(*assign, by="zhao.min")  # then she might have, now she may not
    office.clean()


def test_who_signed_no_undertaking_is_a_finding_until_the_day_it_is_signed(office):
    assert "保密承诺日期" in office.try_("check").out
    for code in ("li.na", "wang.qiang", "zhao.min", "chen.lei"):
        office("staff", "undertake", code, "--undertaking", "2026-11-20", by=code)
    assert "保密承诺日期" not in office.try_("check").out
    assert "undertaking" in office.refused("staff", "undertake", "li.na", "--undertaking", "2026-12-01", code=2)
    office.refused("staff", "undertake", "wang.qiang", "--undertaking", "2026-11-20", by="zhao.min")
    assert "11.4" in office.git("log", "-1", "--format=%(trailers:key=Clause,valueonly)")
