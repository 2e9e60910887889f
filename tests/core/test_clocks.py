"""Clocks by hand: the office works 08:30-12:00 and 14:00-17:30, seven hours a day; 2026-11-23 is a Monday."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.core.clock import new_dues, rounds, running, share
from pmcs.core.fold import fold
from pmcs.core.record import Event, Record
from tests.core.world import clock, founded, kind_from, stamp, starter

CALENDAR = starter().calendar
CALL = {"category": "repair", "place": "3-2-1201", "summary": "水管渗漏"}


def working(office, when="2026-11-23 09:00", **values):
    """A ticket in wang.qiang's hands: opened at `when`, started half an hour later."""
    id_ = office.act("li.na", "ticket.new", when, **{**CALL, **values}).id
    opened = clock(when)
    later = [(opened + timedelta(minutes=10 * step)).strftime("%Y-%m-%d %H:%M") for step in (1, 2, 3)]
    office.act("li.na", "ticket.triage", later[0], on=id_, verdict="valid")
    office.act("li.na", "ticket.assign", later[1], on=id_, assignee="wang.qiang")
    office.act("wang.qiang", "ticket.start", later[2], on=id_)
    return id_


def pause(office, id_, when, until="2026-12-31"):
    office.act("wang.qiang", "ticket.wait", when, on=id_, waiting_for="parts", resume_by=until, waits_on="wang.qiang")


def run(office, id_, name):
    """The rounds of one clock of a record."""
    kind = office.memory.kind_for(office[id_])
    return [item for item in rounds(kind, office[id_].history) if item.clock.name == name]


# Pausing ----------------------------------------------------------------------------------------------------------


def test_waiting_stops_the_resolve_clock_and_resuming_gives_the_rest(office):
    id_ = working(office)  # 21 office hours from Monday 09:00
    pause(office, id_, "2026-11-23 15:00")  # 3:00 and 1:00 used
    assert "resolve" not in office[id_].due
    ticket = office.act("wang.qiang", "ticket.resume", "2026-11-26 10:00", on=id_)
    # 17 left: 2:00 and 3:30 on Thursday, 7 on Friday, 3:30 before noon on Monday, 1:00 after it.
    assert ticket.due["resolve"] == stamp("2026-11-30 15:00")


def test_a_late_end_stops_also_the_clocks_that_started_after_it(office):
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **CALL).id
    office.act("li.na", "ticket.inform", "2026-11-23 11:00", on=id_, told_by="phone")
    ticket = office.act("chen.jing", "ticket.void", "2026-11-23 12:00", on=id_, at="2026-11-23 10:00", note="重复")
    assert (ticket.state, ticket.due) == ("void", {})
    assert office.honest()


def test_waiting_never_pauses_the_respond_clock(office):
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **CALL).id
    office.act("li.na", "ticket.triage", "2026-11-23 09:10", on=id_, verdict="valid")
    office.act("li.na", "ticket.assign", "2026-11-23 09:20", on=id_, assignee="wang.qiang")
    pause(office, id_, "2026-11-23 09:30")
    assert office[id_].due["respond"] == stamp("2026-11-23 15:00")


def test_an_internal_approval_does_not_pause(office):
    id_ = working(office)
    due = office[id_].due["resolve"]
    office.act("wang.qiang", "ticket.submit", "2026-11-23 10:00", on=id_, note="换泵", materials=[{"name": "报价单"}])
    assert office[id_].due["resolve"] == due == stamp("2026-11-26 09:00")


def test_a_paused_clock_is_not_late_while_it_waits_and_is_when_it_was_before(office):
    early, late = working(office), working(office, "2026-11-23 08:30", urgency="emergency")
    pause(office, early, "2026-11-24 10:00")
    pause(office, late, "2026-11-24 10:00")  # due that morning at 08:30
    now = clock("2026-12-24 10:00")
    assert [run(office, early, "resolve")[0].late(now), run(office, late, "resolve")[0].late(now)] == [False, True]


# Changing ---------------------------------------------------------------------------------------------------------


def test_a_new_urgency_promises_from_the_opening_and_keeps_earlier_pauses(office):
    id_ = working(office)
    pause(office, id_, "2026-11-23 10:00")  # one hour, real and office, used
    office.act("wang.qiang", "ticket.resume", "2026-11-24 10:00", on=id_)
    ticket = office.act("li.na", "ticket.rerate", "2026-11-24 10:30", on=id_, urgency="emergency", note="水漫到走廊")
    assert ticket.due["resolve"] == stamp("2026-11-25 09:00")  # 24 real hours, one of them before the pause
    ticket = office.act("li.na", "ticket.rerate", "2026-11-24 11:00", on=id_, urgency="low", note="已关阀")
    # 49 office hours, one used: 5:30 on Tuesday, 7 each on Wed, Thu, Fri, Mon, Tue, Wed, 0:30 on Thursday 3 December.
    assert ticket.due["resolve"] == stamp("2026-12-03 09:00")
    assert len(run(office, id_, "resolve")) == 1
    assert office.honest()


def test_rerating_while_it_waits_promises_nothing_until_it_resumes(office):
    id_ = working(office)
    pause(office, id_, "2026-11-23 10:00")
    ticket = office.act("li.na", "ticket.rerate", "2026-11-23 11:00", on=id_, urgency="emergency", note="急")
    assert "resolve" not in ticket.due
    ticket = office.act("wang.qiang", "ticket.resume", "2026-11-25 10:00", on=id_)
    assert ticket.due["resolve"] == stamp("2026-11-26 09:00")
    assert not run(office, id_, "resolve")[0].late(clock("2026-11-25 10:00"))


def test_an_action_that_leaves_the_clocks_alone_writes_no_due_time(office):
    id_ = working(office)
    office.act("li.na", "ticket.urge", "2026-11-23 11:00", on=id_)
    office.act("li.na", "ticket.note", "2026-11-23 11:05", on=id_, note="住户不在家")
    assert [event.due for event in office[id_].history[-2:]] == [{}, {}]


# Lateness ---------------------------------------------------------------------------------------------------------


def test_a_breach_stays_a_breach_whatever_happens_after(office):
    id_ = working(office, urgency="emergency")  # due on Tuesday at 09:00
    office.act("li.na", "ticket.rerate", "2026-11-24 09:00:01", on=id_, urgency="low", note="已止水")
    office.act("wang.qiang", "ticket.resolve", "2026-11-24 10:00", on=id_, note="好")
    (resolve,) = run(office, id_, "resolve")
    assert [str(term.due) for term in resolve.terms] == ["2026-11-24 09:00:00+08:00", "2026-12-02 09:00:00+08:00"]
    assert resolve.late(clock("2030-01-01 00:00"))


def test_finishing_on_the_very_second_is_in_time(office):
    id_ = working(office, urgency="emergency")
    office.act("wang.qiang", "ticket.resolve", "2026-11-24 09:00", on=id_, note="好")
    assert not run(office, id_, "resolve")[0].late(clock("2030-01-01 00:00"))


def test_what_happened_in_time_and_was_entered_late_is_in_time(office):
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **CALL).id
    ticket = office.act("li.na", "ticket.inform", "2026-11-23 11:00", on=id_, at="2026-11-23 09:20", told_by="phone")
    assert not run(office, id_, "inform")[0].late(clock("2026-11-23 12:00"))
    assert ticket.due["progress"] == stamp("2026-11-26 09:20")


def test_an_entry_between_two_others_does_not_turn_back_what_came_after_it(office):
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **CALL).id
    office.act("li.na", "ticket.progress", "2026-11-23 11:00", on=id_, note="已派人")
    ticket = office.act("li.na", "ticket.inform", "2026-11-23 11:30", on=id_, at="2026-11-23 09:20", told_by="phone")
    assert ticket.due["progress"] == stamp("2026-11-26 11:00")
    assert office.honest()


# Rounds -----------------------------------------------------------------------------------------------------------


def test_a_return_to_work_is_a_second_round_with_its_own_promise(office):
    id_ = working(office)
    office.act("wang.qiang", "ticket.resolve", "2026-11-23 16:00", on=id_, note="好")
    office.act("li.na", "ticket.visit", "2026-11-24 09:00", on=id_, outcome="reached", score="1", note="又漏了")
    first, second = run(office, id_, "resolve")
    assert (first.stopped, second.started) == (clock("2026-11-23 16:00"), clock("2026-11-24 09:00"))
    assert second.due == clock("2026-11-27 09:00")
    assert run(office, id_, "visit")[0].stopped == clock("2026-11-24 09:00")


def test_an_end_stops_every_clock(office):
    id_ = working(office)
    office.act("chen.jing", "ticket.void", "2026-11-23 11:00", on=id_, note="重复登记")
    assert office[id_].due == {}
    assert running(office.kind("ticket"), office[id_].history) == {}


def test_only_a_window_starts_where_a_record_ends(office):
    closed = {"origin": "old", "origin_key": "7", "category": "repair", "opened": "2026-11-02 08:00"}
    id_ = office.act(
        "li.na", "ticket.import", "2026-11-23 09:00", **closed, imported="closed", closed_at="2026-11-03 09:00"
    ).id
    assert [item.clock.name for item in rounds(office.kind("ticket"), office[id_].history)] == ["reopen"]


# Promises from elsewhere ------------------------------------------------------------------------------------------


def imported(office, **values):
    row = {"origin": "old", "origin_key": "7", "category": "repair", "opened": "2026-11-02 08:00", "imported": "open"}
    return office.act("li.na", "ticket.import", "2026-11-23 09:00", **row, **values).id


def test_an_imported_promise_ignores_the_urgency_and_waiting_and_does_not_escalate(office):
    id_ = imported(office, promised="2026-11-25 18:00")
    office.act("li.na", "ticket.triage", "2026-11-23 09:10", on=id_, verdict="valid", urgency="emergency")
    assert office[id_].due == {"resolve": stamp("2026-11-25 18:00")}
    office.act("li.na", "ticket.assign", "2026-11-23 09:20", on=id_, assignee="wang.qiang")
    pause(office, id_, "2026-11-23 10:00")
    assert office[id_].due["resolve"] == stamp("2026-11-25 18:00")
    (resolve,) = run(office, id_, "resolve")
    assert resolve.started == clock("2026-11-02 08:00")
    assert not resolve.escalates


def test_an_import_without_a_promise_owes_none_until_it_is_worked_on_again(office):
    id_ = imported(office)
    assert office[id_].due == {}
    office.act("li.na", "ticket.triage", "2026-11-23 09:10", on=id_, verdict="valid")
    office.act("li.na", "ticket.resolve", "2026-11-23 10:00", on=id_, note="好")
    office.act("zhou.min", "ticket.visit", "2026-11-24 09:00", on=id_, outcome="reached", score="2", note="没好")
    assert office[id_].due["resolve"] == stamp("2026-11-27 09:00")
    assert run(office, id_, "resolve")[1].escalates


def test_a_promise_found_later_is_kept_from_then_on(office):
    id_ = imported(office)
    ticket = office.act("li.na", "ticket.edit", "2026-11-23 10:00", on=id_, promised="2026-11-30 18:00")
    assert ticket.due == {"resolve": stamp("2026-11-30 18:00")}


# Due times in fields ----------------------------------------------------------------------------------------------


def test_a_task_is_due_when_it_says_and_moves_with_its_deadline(office):
    id_ = office.act("chen.jing", "task.new", "2026-11-23 09:00", what="清点", owner="li.na", deadline="2026-11-25").id
    assert office[id_].due == {"finish": stamp("2026-11-25 23:59:59")}
    office.act("li.na", "task.accept", "2026-11-23 09:30", on=id_)
    assert office.act("li.na", "task.finish", "2026-11-25 10:00", on=id_, note="完").due == {
        "confirm": stamp("2026-11-30 10:00")  # three office days
    }
    task = office.act("chen.jing", "task.redo", "2026-11-25 11:00", on=id_, note="缺二层", deadline="2026-11-27 12:00")
    assert task.due == {"finish": stamp("2026-11-27 12:00")}
    assert len(run(office, id_, "finish")) == 2
    assert office.honest()


# Escalation -------------------------------------------------------------------------------------------------------


def test_the_moments_of_escalation_run_by_the_clocks_own_measure(office):
    id_ = working(office)
    current = run(office, id_, "resolve")[0]
    moments = {percent: share(current, percent, office[id_].fields, CALENDAR) for percent in (80, 100, 200)}
    assert moments == {
        80: clock("2026-11-25 11:48"),  # 16:48 hours: 6:30 on Monday, 7 on Tuesday, 3:18 on Wednesday
        100: clock("2026-11-26 09:00"),
        200: clock("2026-12-01 09:00"),
    }


def test_a_paused_clock_has_no_moment_to_escalate_at(office):
    id_ = working(office)
    pause(office, id_, "2026-11-23 10:00")
    current = run(office, id_, "resolve")[0]
    assert [share(current, percent, office[id_].fields, CALENDAR) for percent in (80, 100, 200)] == [None] * 3


def test_each_level_is_written_once_by_the_system(office):
    id_ = working(office)
    row = {"clock": "resolve", "since": stamp("2026-11-23 09:00"), "level": "80", "told": "wang.qiang"}
    ticket = office.act("system", "ticket.escalate", "2026-11-25 12:00", on=id_, **row)
    assert ticket.fields["escalations"] == [row]
    with pytest.raises(Exception, match="already has a row"):
        office.act("system", "ticket.escalate", "2026-11-25 12:30", on=id_, **row)
    with pytest.raises(Exception, match="it takes system"):
        office.act("li.na", "ticket.escalate", "2026-11-25 12:30", on=id_, **{**row, "level": "100"})
    assert office.honest()


# Windows ----------------------------------------------------------------------------------------------------------

WARRANTY = """
kind: works
title: 施工
number: W
fields:
  what: {label: 内容}
states:
  open: {label: 施工, done: false}
  accepted: {label: 已验收, done: true}
  paid: {label: 已退, end: true}
actions:
  new: {label: 开工, to: open, by: [manager], asks: [what]}
  accept: {label: 验收, from: [open], to: accepted, by: [manager]}
  refund: {label: 退保证金, from: [open, accepted], to: paid, by: [manager], after: warranty}
clocks:
  warranty: {label: 保证期, starts: [accept], stops: [], within: 3d real}
"""


def test_after_a_window_means_after_it_has_run_out():
    office = founded(kind_from(WARRANTY, "works"))
    id_ = office.act("chen.jing", "works.new", "2026-11-23 09:00", what="换门").id
    with pytest.raises(Exception, match="has not begun"):
        office.act("chen.jing", "works.refund", "2026-11-23 09:30", on=id_)
    office.act("chen.jing", "works.accept", "2026-11-23 10:00", on=id_)
    with pytest.raises(Exception, match="not possible before 2026-11-26 10:00"):
        office.act("chen.jing", "works.refund", "2026-11-26 10:00", on=id_)
    assert office.act("chen.jing", "works.refund", "2026-11-26 10:00:01", on=id_).state == "paid"


# Arithmetic -------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 60 * 24 * 4), min_size=2, max_size=10))
def test_whatever_the_pauses_the_working_time_to_the_promise_is_three_days(gaps):
    kind = starter().kind("ticket")
    moment = clock("2026-11-23 09:00")
    opening = Event(
        moment, "li.na", "new", to="registered", set={"urgency": "normal"}, due={"resolve": stamp("2026-11-26 09:00")}
    )
    history, state, used = [opening], "registered", timedelta(0)
    history.append(Event(moment, "li.na", "triage", recorded=moment + timedelta(seconds=1), to="triaged"))
    history.append(Event(moment, "li.na", "assign", recorded=moment + timedelta(seconds=2), to="assigned"))
    state = "assigned"
    for gap in gaps:
        before, moment = moment, moment + timedelta(minutes=gap)
        if state == "assigned":
            used += CALENDAR.elapsed(before, moment, "office")
        do, state = ("wait", "waiting") if state == "assigned" else ("resume", "assigned")
        record = fold(kind, "T20261123-A01", history)
        event = Event(moment, "wang.qiang", do, to=state)
        due = new_dues(kind, record, event, record.fields, CALENDAR)
        history.append(event._replace(due={name: when.isoformat() if when else "" for name, when in due.items()}))
    record = fold(kind, "T20261123-A01", history)
    left = timedelta(hours=21) - used
    if state == "waiting":
        assert "resolve" not in record.due
    elif left > timedelta(0):
        promised = running(kind, history)["resolve"].due
        assert CALENDAR.elapsed(moment, promised, "office") == left
    else:
        assert running(kind, history)["resolve"].late(moment)


def test_a_record_without_clocks_has_no_due_times():
    event = Event(clock("2026-11-23 09:00"), "li.na", "add", to="active")
    assert fold(starter().kind("place"), "3", [event]) == Record("3", "place", "active", history=(event,))
