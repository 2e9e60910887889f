"""Article 7, item by item. 2026-11-23 is a Monday; the office works 08:30-12:00 and 14:00-17:30."""

from __future__ import annotations

import pytest

from pmcs.errors import BadInput, Refused
from tests.core.world import stamp

CALL = {"category": "complaint", "place": "3-2-1201", "summary": "楼上漏水"}


def taken(office, when="2026-11-23 09:12", **values):
    """A call that li.na takes; answers with its number."""
    return office.act("li.na", "ticket.new", when, **{**CALL, **values}).id


def handled(office, **values):
    """A ticket that wang.qiang works on since 10:00."""
    id_ = taken(office, **values)
    office.act("li.na", "ticket.inform", "2026-11-23 09:13", on=id_, told_by="phone")
    office.act("li.na", "ticket.triage", "2026-11-23 09:30", on=id_, verdict="valid")
    office.act("li.na", "ticket.assign", "2026-11-23 09:35", on=id_, assignee="wang.qiang")
    office.act("wang.qiang", "ticket.start", "2026-11-23 10:00", on=id_)
    return id_


def resolved(office, **values):
    """One that wang.qiang resolved on Monday at 16:20."""
    id_ = handled(office, **values)
    office.act("wang.qiang", "ticket.resolve", "2026-11-23 16:20", on=id_, note="更换导靴")
    return id_


def test_a_complaint_goes_from_the_call_to_the_close(office):
    ticket = office.act("li.na", "ticket.new", "2026-11-23 09:12", **CALL, contact="13811112222")
    assert (ticket.id, ticket.state) == ("T20261123-A01", "registered")
    assert ticket.fields["urgency"] == "normal"
    assert ticket.fields["channel"] == "phone"
    assert "13811112222" not in repr(ticket)
    assert ticket.due == {
        "inform": stamp("2026-11-23 09:42"),
        "respond": stamp("2026-11-23 15:12"),  # 2:48 before noon, 1:12 after 14:00
        "resolve": stamp("2026-11-26 09:12"),  # 6:18 on Monday, 7 on Tuesday, 7 on Wednesday, 0:42 left of 21 hours
        "progress": stamp("2026-11-26 09:12"),
    }
    id_ = ticket.id
    ticket = office.act("li.na", "ticket.inform", "2026-11-23 09:13:10", on=id_, told_by="phone")
    assert "inform" not in ticket.due
    assert ticket.due["progress"] == stamp("2026-11-26 09:13:10")
    assert office.act("li.na", "ticket.triage", "2026-11-23 09:30", on=id_, verdict="valid").state == "triaged"
    assert office.act("li.na", "ticket.assign", "2026-11-23 09:35", on=id_, assignee="wang.qiang").state == "assigned"
    ticket = office.act("wang.qiang", "ticket.start", "2026-11-23 10:00", on=id_)
    assert ticket.state == "processing"
    assert "respond" not in ticket.due
    ticket = office.act("wang.qiang", "ticket.resolve", "2026-11-23 16:20", on=id_, note="更换导靴")
    assert (ticket.state, ticket.due) == ("resolved", {"visit": stamp("2026-11-26 23:59:59")})
    ticket = office.act("li.na", "ticket.visit", "2026-11-24 09:00", on=id_, outcome="reached", score="5")
    assert (ticket.state, ticket.due) == ("visited", {})
    ticket = office.act("li.na", "ticket.close", "2026-11-24 09:05", on=id_)
    assert (ticket.state, ticket.due) == ("closed", {"reopen": stamp("2026-12-01 09:05")})
    assert office.honest()


# 7.1 --------------------------------------------------------------------------------------------------------------


def test_what_a_call_must_bring_is_named_at_once(office):
    with pytest.raises(BadInput, match="--category, --place, --summary"):
        office.act("li.na", "ticket.new", "2026-11-23 09:12")


def test_numbers_run_through_the_day_without_gaps(office):
    assert [taken(office, f"2026-11-23 09:{minute}") for minute in (10, 11, 12)] == [
        "T20261123-A01",
        "T20261123-A02",
        "T20261123-A03",
    ]
    assert taken(office, "2026-11-24 09:00") == "T20261124-A01"


def test_an_emergency_is_promised_in_real_minutes_round_the_clock(office):
    ticket = office[taken(office, "2026-11-28 23:50", urgency="emergency")]  # a Saturday night
    assert ticket.due["respond"] == stamp("2026-11-29 00:20")
    assert ticket.due["resolve"] == stamp("2026-11-29 23:50")


def test_a_call_entered_the_day_after_says_when_it_came_and_when_it_was_entered(office):
    id_ = taken(office, at="2026-11-22 20:00")
    event = office[id_].history[0]
    assert (event.at.isoformat(), event.recorded.isoformat()) == (stamp("2026-11-22 20:00"), stamp("2026-11-23 09:12"))
    assert id_ == "T20261123-A01"  # the day of entry
    assert office.faults(id_) == []


def test_a_phone_number_in_the_summary_is_refused_and_never_repeated(office):
    with pytest.raises(BadInput, match="sealed field") as refusal:
        taken(office, summary="请回电13811112222")
    assert "13811112222" not in str(refusal.value)
    masked = office[taken(office, summary="请回电13811112222", mask=True)]
    assert masked.fields["summary"] == "请回电138****2222"


def test_a_subject_outside_the_list_is_kept(office):
    assert office[taken(office, subject="渗漏水")].fields["subject"] == "water.leak"
    assert office[taken(office, subject="鸟巢")].fields["subject"] == "鸟巢"


# 7.2 --------------------------------------------------------------------------------------------------------------


def test_an_unfounded_ticket_ends_only_with_a_reason(office):
    id_ = taken(office)
    with pytest.raises(BadInput, match="--note"):
        office.act("li.na", "ticket.triage", "2026-11-23 09:30", on=id_, verdict="invalid")
    ticket = office.act("li.na", "ticket.triage", "2026-11-23 09:30", on=id_, verdict="不成立", note="现场无渗漏")
    assert (ticket.state, ticket.due) == ("invalid", {})


def test_a_duplicate_is_merged_into_the_one_it_repeats(office):
    first, second = taken(office), taken(office, "2026-11-23 09:20")
    with pytest.raises(BadInput, match="--merged-into"):
        office.act("li.na", "ticket.triage", "2026-11-23 09:30", on=second, verdict="duplicate")
    ticket = office.act("li.na", "ticket.triage", "2026-11-23 09:30", on=second, verdict="duplicate", merged_into=first)
    assert (ticket.state, ticket.fields["merged_into"]) == ("merged", first)


def test_only_the_handler_starts(office):
    id_ = taken(office)
    office.act("li.na", "ticket.triage", "2026-11-23 09:30", on=id_, verdict="valid")
    office.act("li.na", "ticket.assign", "2026-11-23 09:35", on=id_, assignee="wang.qiang")
    with pytest.raises(Refused, match=r"li\.na may not do 开始处理: it takes 主办人 \(wang\.qiang\)"):
        office.act("li.na", "ticket.start", "2026-11-23 10:00", on=id_)


def test_steps_are_not_skipped(office):
    with pytest.raises(Refused, match="T20261123-A01 is 已登记: 派单 is possible only when it is 已核实"):
        office.act("li.na", "ticket.assign", "2026-11-23 09:35", on=taken(office), assignee="wang.qiang")


# 7.3 --------------------------------------------------------------------------------------------------------------


def test_a_ticket_resolves_only_when_its_sub_tasks_are_confirmed(office):
    id_ = handled(office)
    made = {"owner": "zhao.lei", "deadline": "2026-11-24 12:00"}
    office.act("wang.qiang", "ticket.involve", "2026-11-23 10:05", on=id_, make="task", made=made)
    ticket, task = (step.after for step in office.steps)
    assert ticket.history[-1].make == "task"
    assert (task.id, task.state, task.due) == ("K20261123-A01", "assigned", {"finish": stamp("2026-11-24 12:00")})
    assert task.fields == {
        "what": "楼上漏水",
        "giver": "wang.qiang",
        "owner": "zhao.lei",
        "deadline": stamp("2026-11-24 12:00"),
        "source": id_,
    }
    assert task.history[0].because == id_

    def held():
        with pytest.raises(Refused, match="T20261123-A01 is held open by K20261123-A01"):
            office.act("wang.qiang", "ticket.resolve", "2026-11-24 09:00", on=id_, note="好了")

    held()
    office.act("zhao.lei", "task.accept", "2026-11-23 11:00", on=task.id)
    office.act("zhao.lei", "task.finish", "2026-11-23 15:00", on=task.id, note="已清场")
    held()
    with pytest.raises(Refused, match=r"zhao\.lei may not do 确认"):
        office.act("zhao.lei", "task.confirm", "2026-11-23 15:10", on=task.id)
    assert office.act("wang.qiang", "task.confirm", "2026-11-23 15:20", on=task.id).due == {}
    assert office.act("wang.qiang", "ticket.resolve", "2026-11-24 09:00", on=id_, note="好了").state == "resolved"
    assert office.honest()


def test_involving_another_department_asks_for_everything_the_task_needs(office):
    with pytest.raises(BadInput, match="--task"):
        office.act("wang.qiang", "ticket.involve", "2026-11-23 10:05", on=handled(office))
    with pytest.raises(BadInput, match="--owner, --deadline"):
        office.act("wang.qiang", "ticket.involve", "2026-11-23 10:05", on="T20261123-A01", make="task")
    assert office["T20261123-A01"].state == "processing"
    assert "K20261123-A01" not in office.memory.records


def test_handing_over_and_returning_need_a_reason(office):
    id_ = handled(office)
    with pytest.raises(BadInput, match="--note"):
        office.act("wang.qiang", "ticket.handover", "2026-11-23 10:10", on=id_, assignee="zhao.lei")
    ticket = office.act("wang.qiang", "ticket.handover", "2026-11-23 10:10", on=id_, assignee="zhao.lei", note="属秩序")
    assert (ticket.state, ticket.fields["assignee"]) == ("assigned", "zhao.lei")
    with pytest.raises(BadInput, match="--note"):
        office.act("zhao.lei", "ticket.return", "2026-11-23 10:20", on=id_)
    ticket = office.act("zhao.lei", "ticket.return", "2026-11-23 10:20", on=id_, note="非本岗位")
    assert ticket.state == "triaged"
    assert "assignee" not in ticket.fields
    assert "resolve" in ticket.due
    assert office.honest()


def test_waiting_needs_its_three_facts_and_ends_where_it_began(office):
    id_ = handled(office)
    with pytest.raises(BadInput, match="--waiting-for, --resume-by, --waits-on"):
        office.act("wang.qiang", "ticket.wait", "2026-11-23 11:00", on=id_)
    facts = {"waiting_for": "待料", "resume_by": "2026-11-25", "waits_on": "zhao.lei"}
    ticket = office.act("wang.qiang", "ticket.wait", "2026-11-23 11:00", on=id_, **facts)
    assert ticket.state == "waiting"
    assert ticket.due == {"waiting": stamp("2026-11-25 23:59:59"), "progress": stamp("2026-11-26 09:13")}
    ticket = office.act("zhao.lei", "ticket.resume", "2026-11-25 09:00", on=id_)
    assert ticket.state == "processing"
    assert not {"waiting_for", "resume_by", "waits_on"} & ticket.fields.keys()
    # 1:48 were used before the pause; of the 19:12 left, 6:30 run on Wednesday, 7 on Thursday, 5:42 on Friday.
    assert ticket.due["resolve"] == stamp("2026-11-27 16:12")
    assert office.honest()


# 7.5 --------------------------------------------------------------------------------------------------------------


def test_urging_is_counted_and_progress_restarts_its_clock(office):
    id_ = handled(office)
    office.act("li.na", "ticket.urge", "2026-11-23 11:00", on=id_)
    ticket = office.act("li.na", "ticket.urge", "2026-11-23 15:00", on=id_)
    assert ticket.fields["urges"] == "2"
    with pytest.raises(BadInput, match="--note"):
        office.act("wang.qiang", "ticket.progress", "2026-11-24 10:00", on=id_)
    ticket = office.act("wang.qiang", "ticket.progress", "2026-11-24 10:00", on=id_, note="配件明日到")
    assert ticket.due["progress"] == stamp("2026-11-27 10:00")
    assert office.honest()


# 7.6 --------------------------------------------------------------------------------------------------------------


def test_the_handler_never_makes_the_return_visit(office):
    id_ = handled(office)
    office.act("li.na", "ticket.resolve", "2026-11-23 16:20", on=id_, note="住户称已好")
    with pytest.raises(Refused, match=r"li\.na may not do both 回访 and 办结"):
        office.act("li.na", "ticket.visit", "2026-11-24 09:00", on=id_, outcome="refused")
    assert office.act("zhou.min", "ticket.visit", "2026-11-24 09:00", on=id_, outcome="refused").state == "visited"


def test_who_is_reached_gives_a_score(office):
    id_ = resolved(office)
    with pytest.raises(BadInput, match="--score"):
        office.act("li.na", "ticket.visit", "2026-11-24 09:00", on=id_, outcome="reached")
    with pytest.raises(BadInput, match="score cannot be 6"):
        office.act("li.na", "ticket.visit", "2026-11-24 09:00", on=id_, outcome="reached", score="6")


def test_three_visits_on_three_days_without_an_answer_are_enough(office):
    id_ = resolved(office)
    said = [
        ("2026-11-24 09:00", "resolved", "1"),
        ("2026-11-24 16:00", "resolved", "1"),  # the same day counts once
        ("2026-11-25 09:00", "resolved", "2"),
        ("2026-11-26 09:00", "unreached", "3"),
    ]
    for when, state, attempts in said:
        ticket = office.act("li.na", "ticket.visit", when, on=id_, outcome="no_answer")
        assert (ticket.state, ticket.fields["attempts"]) == (state, attempts)
    assert ticket.fields["contacted"] == "given_up"
    assert "visit" not in ticket.due
    assert office.act("li.na", "ticket.close", "2026-11-26 09:05", on=id_).state == "closed"
    assert office.honest()


def test_an_answer_on_the_third_day_is_an_answer(office):
    id_ = resolved(office)
    for day in (24, 25):
        office.act("li.na", "ticket.visit", f"2026-11-{day} 09:00", on=id_, outcome="no_answer")
    ticket = office.act("li.na", "ticket.visit", "2026-11-26 09:00", on=id_, outcome="reached", score="4")
    assert ticket.state == "visited"


def test_a_low_score_needs_a_word_and_sends_the_ticket_back_with_a_new_promise(office):
    id_ = resolved(office)
    with pytest.raises(BadInput, match="--note"):
        office.act("li.na", "ticket.visit", "2026-11-24 09:00", on=id_, outcome="reached", score="2")
    low = {"outcome": "reached", "score": "2", "note": "仍有异响"}
    ticket = office.act("li.na", "ticket.visit", "2026-11-24 09:00", on=id_, **low)
    assert ticket.state == "processing"
    assert ticket.due == {"resolve": stamp("2026-11-27 09:00"), "progress": stamp("2026-11-27 09:00")}
    office.act("wang.qiang", "ticket.resolve", "2026-11-24 15:00", on=id_, note="再次调整")
    with pytest.raises(BadInput, match="--score"):  # the old score does not stand in for a new one
        office.act("li.na", "ticket.visit", "2026-11-25 09:00", on=id_, outcome="reached")
    ticket = office.act("li.na", "ticket.visit", "2026-11-25 09:00", on=id_, outcome="no_answer")
    assert ticket.state == "resolved"
    assert ticket.fields["attempts"] == "1"
    assert "score" not in ticket.fields
    assert office.honest()


def test_closing_comes_after_the_visit_or_by_the_manager_with_a_reason(office):
    id_ = resolved(office)
    with pytest.raises(Refused, match="待回访"):
        office.act("li.na", "ticket.close", "2026-11-24 09:00", on=id_)
    with pytest.raises(Refused, match="service manager"):
        office.act("li.na", "ticket.close_force", "2026-11-24 09:00", on=id_, note="住户迁出")
    with pytest.raises(BadInput, match="--note"):
        office.act("chen.jing", "ticket.close_force", "2026-11-24 09:00", on=id_)
    assert office.act("chen.jing", "ticket.close_force", "2026-11-24 09:00", on=id_, note="住户迁出").state == "closed"


def test_a_closed_ticket_reopens_for_seven_times_24_hours(office):
    id_ = resolved(office)
    office.act("li.na", "ticket.visit", "2026-11-24 09:00", on=id_, outcome="reached", score="4")
    office.act("li.na", "ticket.close", "2026-11-24 09:05", on=id_)
    late = office.memory.with_new(office.kind("ticket"), office[id_])
    ticket = office.act("li.na", "ticket.reopen", "2026-12-01 09:05", on=id_, note="复发")
    assert ticket.state == "processing"
    assert ticket.due == {"resolve": stamp("2026-12-04 09:05"), "progress": stamp("2026-12-04 09:05")}
    assert office.honest()
    office.memory = late
    with pytest.raises(Refused, match="no longer possible"):
        office.act("li.na", "ticket.reopen", "2026-12-01 09:05:01", on=id_, note="复发")


# Imported ---------------------------------------------------------------------------------------------------------

FROM_ELSEWHERE = {"origin": "old", "origin_key": "7", "category": "repair", "opened": "2026-11-02 08:00"}


def test_an_imported_open_ticket_keeps_its_promise_and_goes_on(office):
    ticket = office.act(
        "li.na", "ticket.import", "2026-11-23 09:00", **FROM_ELSEWHERE, imported="open", promised="2026-11-24 18:00"
    )
    assert (ticket.id, ticket.state) == ("T20261102-A01", "registered")
    assert ticket.due == {"resolve": stamp("2026-11-24 18:00")}
    assert office.act("li.na", "ticket.triage", "2026-11-23 09:10", on=ticket.id, verdict="valid").state == "triaged"
    assert office.honest()


def test_an_imported_closed_ticket_owes_nothing(office):
    closed = {**FROM_ELSEWHERE, "imported": "closed", "promised": "2026-11-04 18:00"}
    with pytest.raises(BadInput, match="--closed-at"):
        office.act("li.na", "ticket.import", "2026-11-23 09:00", **closed)
    ticket = office.act("li.na", "ticket.import", "2026-11-23 09:00", **closed, closed_at="2026-11-03 08:00")
    assert ticket.state == "closed"
    assert not {"resolve", "visit", "progress"} & ticket.due.keys()
    assert office.honest()


def test_the_same_row_of_the_same_source_comes_in_once(office):
    office.act("li.na", "ticket.import", "2026-11-23 09:00", **FROM_ELSEWHERE, imported="open")
    with pytest.raises(Refused, match="T20261102-A01 already has this 导入来源, 原编号"):
        office.act("li.na", "ticket.import", "2026-11-23 09:01", **FROM_ELSEWHERE, imported="open")
