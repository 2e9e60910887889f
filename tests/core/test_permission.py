"""Who may do what (article 6), and who never may: every rule is tried by the wrong person."""

from __future__ import annotations

import pytest

from pmcs.errors import BadInput, Refused
from tests.core.world import founded, kind_from

CALL = {"category": "complaint", "place": "3-2-1201", "summary": "保安态度恶劣"}


def complaint(office, **values):
    """A valid complaint about zhao.lei, not assigned yet."""
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **{**CALL, "about": "zhao.lei", **values}).id
    office.act("li.na", "ticket.triage", "2026-11-23 09:10", on=id_, verdict="valid")
    return id_


# Posts ------------------------------------------------------------------------------------------------------------


def test_the_refusal_says_which_posts_may(office):
    with pytest.raises(Refused, match=r"wang\.qiang may not do 登记: it takes service officer, service manager"):
        office.act("wang.qiang", "ticket.new", "2026-11-23 09:00", **CALL)


def test_a_post_counts_from_its_first_day_to_its_last(office):
    office.act("chen.jing", "staff.appoint", "2026-11-20 09:00", on="wang.qiang", post="客服专员", since="2026-11-23")
    with pytest.raises(Refused):
        office.act("wang.qiang", "ticket.new", "2026-11-22 23:59", **CALL)
    assert office.act("wang.qiang", "ticket.new", "2026-11-23 00:00", **CALL)
    row = {"post": "service_officer", "until": "2026-11-30"}
    office.act("chen.jing", "staff.relieve", "2026-11-25 09:00", on="wang.qiang", **row)
    assert office.act("wang.qiang", "ticket.new", "2026-11-30 23:59", **CALL)
    with pytest.raises(Refused):
        office.act("wang.qiang", "ticket.new", "2026-12-01 00:00", **CALL)
    assert office.honest()


def test_a_stranger_and_the_system_are_not_anyone(office):
    task = {"what": "清点", "owner": "li.na", "deadline": "2026-11-25"}
    for who in ("nobody", "system"):
        with pytest.raises(Refused, match="it takes anyone on the staff"):
            office.act(who, "task.new", "2026-11-23 09:00", **task)
    assert office.act("zhao.lei", "task.new", "2026-11-23 09:00", **task).fields["giver"] == "zhao.lei"


def test_a_person_in_a_field_may_without_the_post(office):
    id_ = complaint(office)
    office.act("li.na", "ticket.assign", "2026-11-23 09:20", on=id_, assignee="wang.qiang")
    assert office.act("wang.qiang", "ticket.start", "2026-11-23 09:30", on=id_)
    with pytest.raises(Refused, match=r"主办人 \(wang\.qiang\)"):
        office.act("sun.hui", "ticket.resolve", "2026-11-23 10:00", on=id_, note="好")


def test_what_only_follows_from_another_record_is_done_by_nobody_alone(office):
    facts = {"basis": "7.6", "issued_on": "2026-11-20", "text": "回访可用微信。"}
    first = office.act("sun.hui", "interpretation.new", "2026-11-23 09:00", **facts).id
    with pytest.raises(Refused, match="被取代 happens only through interpretation"):
        office.act("sun.hui", "interpretation.lapse", "2026-11-23 09:10", on=first)
    office.act("sun.hui", "interpretation.new", "2026-11-24 09:00", **facts, replaces=first)
    assert [(step.after.id, step.after.state) for step in office.steps] == [
        ("JS20261124-A01", "in_force"),
        (first, "ended"),
    ]
    assert office[first].history[-1].because == "JS20261124-A01"
    with pytest.raises(Refused, match="被取代 is possible only when it is 有效"):
        office.act("sun.hui", "interpretation.new", "2026-11-25 09:00", **facts, replaces=first)
    assert office.honest()


# Barred: whom a complaint is about --------------------------------------------------------------------------------


def test_whom_a_complaint_is_about_never_handles_it(office):
    id_ = complaint(office)
    with pytest.raises(Refused, match=f"zhao.lei is concerned by {id_} and cannot be its assignee"):
        office.act("li.na", "ticket.assign", "2026-11-23 09:20", on=id_, assignee="zhao.lei")
    facts = {"waiting_for": "resident", "resume_by": "2026-11-25", "waits_on": "zhao.lei"}
    office.act("li.na", "ticket.assign", "2026-11-23 09:20", on=id_, assignee="wang.qiang")
    with pytest.raises(Refused, match="cannot be its waits_on"):
        office.act("li.na", "ticket.wait", "2026-11-23 09:30", on=id_, **facts)


def test_whom_a_complaint_is_about_does_nothing_on_it(office):
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **CALL, about="zhou.min").id
    tried = {
        "inform": {"told_by": "phone"},
        "triage": {"verdict": "invalid", "note": "无此事"},
        "progress": {"note": "快了"},
        "edit": {"summary": "误会"},
        "note": {"note": "误会"},
    }
    for action, values in tried.items():
        with pytest.raises(Refused, match=f"zhou.min is concerned by {id_} and may not act on it"):
            office.act("zhou.min", f"ticket.{action}", "2026-11-23 09:10", on=id_, **values)


def test_whom_a_complaint_is_about_never_visits(office):
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **CALL, about="zhou.min").id
    office.act("li.na", "ticket.triage", "2026-11-23 09:10", on=id_, verdict="valid")
    office.act("li.na", "ticket.resolve", "2026-11-23 09:20", on=id_, note="已道歉")
    with pytest.raises(Refused, match="concerned"):
        office.act("zhou.min", "ticket.visit", "2026-11-24 09:00", on=id_, outcome="refused")


def test_a_manager_complained_about_does_not_force_it_shut(office):
    id_ = complaint(office, about="chen.jing")
    for action in ("close_force", "void", "correct"):
        with pytest.raises(Refused, match="concerned"):
            office.act("chen.jing", f"ticket.{action}", "2026-11-23 10:00", on=id_, note="无此事")


def test_a_handler_cannot_become_the_one_complained_about(office):
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **CALL).id
    office.act("li.na", "ticket.triage", "2026-11-23 09:10", on=id_, verdict="valid")
    office.act("li.na", "ticket.assign", "2026-11-23 09:20", on=id_, assignee="zhao.lei")
    with pytest.raises(Refused, match="cannot be its assignee"):
        office.act("li.na", "ticket.edit", "2026-11-23 09:30", on=id_, about="zhao.lei")


def test_whom_a_complaint_is_about_does_nothing_on_its_sub_tasks(office):
    id_ = complaint(office)
    made = {"owner": "zhao.lei", "deadline": "2026-11-25"}
    office.act("li.na", "ticket.involve", "2026-11-23 09:20", on=id_, make="task", made=made)
    task = office.steps[1].after.id
    for action in ("accept", "return", "note"):
        with pytest.raises(Refused, match="concerned"):
            office.act("zhao.lei", f"task.{action}", "2026-11-23 10:00", on=task, note="好")
    office.act("li.na", "task.handover", "2026-11-23 10:10", on=task, owner="wang.qiang", note="回避")
    assert office.act("wang.qiang", "task.accept", "2026-11-23 10:20", on=task).state == "accepted"
    assert office.honest()


def test_a_sub_task_done_before_the_complaint_turned_on_its_owner_stays_sound(office):
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **CALL).id
    made = {"owner": "zhao.lei", "deadline": "2026-11-25"}
    office.act("li.na", "ticket.triage", "2026-11-23 09:05", on=id_, verdict="valid")
    office.act("li.na", "ticket.involve", "2026-11-23 09:20", on=id_, make="task", made=made)
    task = office.steps[1].after.id
    office.act("zhao.lei", "task.accept", "2026-11-23 10:00", on=task)
    office.act("li.na", "ticket.edit", "2026-11-23 11:00", on=id_, about="zhao.lei")
    assert office.honest()
    with pytest.raises(Refused, match="concerned"):
        office.act("zhao.lei", "task.finish", "2026-11-23 12:00", on=task, note="好")


# Apart: one person, one side --------------------------------------------------------------------------------------


def test_the_visitor_neither_resolved_nor_handles(office):
    id_ = complaint(office)
    office.act("li.na", "ticket.assign", "2026-11-23 09:20", on=id_, assignee="zhou.min")
    office.act("li.na", "ticket.resolve", "2026-11-23 10:00", on=id_, note="已道歉")
    for who, other in (("zhou.min", "主办人"), ("li.na", "办结")):
        with pytest.raises(Refused, match=f"{who} may not do both 回访 and {other} on {id_}: somebody else must"):
            office.act(who, "ticket.visit", "2026-11-24 09:00", on=id_, outcome="refused")
    assert office.act("chen.jing", "ticket.visit", "2026-11-24 09:00", on=id_, outcome="refused")


def test_who_visited_does_not_take_the_ticket_over_afterwards(office):
    id_ = complaint(office)
    office.act("zhou.min", "ticket.resolve", "2026-11-23 10:00", on=id_, note="已道歉")
    office.act("li.na", "ticket.visit", "2026-11-24 09:00", on=id_, outcome="reached", score="1", note="不满")
    with pytest.raises(Refused, match="both 回访 and 主办人"):
        office.act("zhou.min", "ticket.handover", "2026-11-24 10:00", on=id_, assignee="li.na", note="轮换")
    with pytest.raises(Refused, match="both 回访 and 办结"):
        office.act("li.na", "ticket.resolve", "2026-11-24 10:00", on=id_, note="好")


def test_who_finished_a_task_does_not_confirm_it(office):
    task = {"what": "清点", "owner": "chen.jing", "deadline": "2026-11-25"}
    id_ = office.act("chen.jing", "task.new", "2026-11-23 09:00", **task).id
    office.act("chen.jing", "task.accept", "2026-11-23 09:10", on=id_)
    office.act("chen.jing", "task.finish", "2026-11-23 09:20", on=id_, note="完")
    with pytest.raises(Refused, match="both 确认 and 办毕"):
        office.act("chen.jing", "task.confirm", "2026-11-23 09:30", on=id_)


TWO_LOCKS = """
kind: vault_visit
title: 库房
number: VV
apart: [[check, open_up]]
fields:
  what: {label: 事由}
states:
  shut: {label: 关}
  opened: {label: 开}
  done: {label: 毕, end: true}
actions:
  new: {label: 申请, to: shut, by: [anyone], asks: [what]}
  open_up: {label: 开库, from: [shut], to: opened, by: [anyone, system]}
  check: {label: 核对, from: [opened], to: done, by: [anyone, system]}
clocks: {}
"""


def test_the_system_is_nobody_s_other_half():
    office = founded(kind_from(TWO_LOCKS, "vault_visit"))
    id_ = office.act("li.na", "vault_visit.new", "2026-11-23 09:00", what="盘库").id
    office.act("system", "vault_visit.open_up", "2026-11-23 09:10", on=id_)
    assert office.act("system", "vault_visit.check", "2026-11-23 09:20", on=id_).state == "done"


# The shared counter -----------------------------------------------------------------------------------------------


def test_a_word_taken_at_the_counter_is_enough_for_ordinary_work(office):
    ticket = office.act("li.na", "ticket.new", "2026-11-23 09:00", counter=True, **CALL)
    assert ticket.history[0].by == "li.na"


def test_a_word_taken_at_the_counter_is_never_enough_where_two_are_kept_apart(office):
    id_ = complaint(office)
    for action, values in (("resolve", {"note": "好"}), ("visit", {"outcome": "refused"})):
        with pytest.raises(Refused, match=r"never typed at a shared counter; zhou\.min must use an identity"):
            office.act("zhou.min", f"ticket.{action}", "2026-11-24 09:00", on=id_, counter=True, **values)
        office.act("li.na", "ticket.resolve", "2026-11-23 10:00", on=id_, note="好") if action == "resolve" else None


# Choice of posts, and rows ----------------------------------------------------------------------------------------

BY_RANK = """
kind: review
title: 评审
number: RV
fields:
  rank: {label: 级别, values: {staff: 员工, manager: 经理}}
  marks:
    label: 打分
    key: [item]
    rows:
      item: {label: 项}
      marker: {label: 打分人, ref: staff}
      points: {label: 分, type: int}
states:
  draft: {label: 草稿}
  done: {label: 毕, end: true}
actions:
  new: {label: 建, to: draft, by: {rank: {staff: [manager, leader], manager: [leader]}}, asks: [rank, marks]}
  mark: {label: 打分, from: [draft], who: [marker], row: marks, asks: [points]}
  finish: {label: 毕, from: [draft], to: done, by: {rank: {staff: [manager], manager: [leader]}}}
"""


def test_who_may_can_hang_on_a_choice():
    office = founded(kind_from(BY_RANK, "review"))
    marks = [{"item": "a", "marker": "li.na"}, {"item": "b", "marker": "wang.qiang"}]
    with pytest.raises(Refused, match="it takes leader"):
        office.act("chen.jing", "review.new", "2026-11-23 09:00", rank="manager", marks=marks)
    id_ = office.act("sun.hui", "review.new", "2026-11-23 09:00", rank="manager", marks=marks).id
    with pytest.raises(Refused, match="it takes leader"):
        office.act("chen.jing", "review.finish", "2026-11-23 10:00", on=id_)
    assert office.act("he.ping", "review.finish", "2026-11-23 10:00", on=id_).state == "done"


def test_a_row_belongs_to_the_person_in_it():
    office = founded(kind_from(BY_RANK, "review"))
    marks = [{"item": "a", "marker": "li.na"}, {"item": "b", "marker": "wang.qiang"}]
    id_ = office.act("chen.jing", "review.new", "2026-11-23 09:00", rank="staff", marks=marks).id
    with pytest.raises(Refused, match=r"li\.na may not do 打分: it takes 打分人"):
        office.act("li.na", "review.mark", "2026-11-23 09:30", on=id_, item="b", points="5")
    record = office.act("li.na", "review.mark", "2026-11-23 09:30", on=id_, item="a", points="5")
    assert record.rows("marks") == [{"item": "a", "marker": "li.na", "points": "5"}, marks[1]]
    assert office.honest()


BY_CHOICE = """
kind: letter
title: 函件
number: LT
fields:
  way:  {label: 去向, values: {in: 收, out: 发}}
  rank: {label: 级别, values: {low: 低, high: 高}}
states:
  waiting: {label: 待办}
  sent:    {label: 已发}
  filed:   {label: 毕, end: true}
actions:
  new:  {label: 建, to: {way: {in: waiting, out: sent}}, by: [manager], takes: [way, rank]}
  file: {label: 归档, from: [waiting, sent], to: filed, by: {rank: {low: [manager], high: [leader]}}}
"""


def test_a_record_never_begins_in_no_state_where_its_choice_was_left_out():
    office = founded(kind_from(BY_CHOICE, "letter"))
    with pytest.raises(BadInput, match="--way"):
        office.act("chen.jing", "letter.new", "2026-11-23 09:00")
    assert office.act("chen.jing", "letter.new", "2026-11-23 09:00", way="in").state == "waiting"
    assert office.honest()


def test_where_the_choice_that_says_who_may_is_missing_it_is_named():
    office = founded(kind_from(BY_CHOICE, "letter"))
    id_ = office.act("chen.jing", "letter.new", "2026-11-23 09:00", way="out").id
    with pytest.raises(Refused, match="归档 depends on 级别"):
        office.act("chen.jing", "letter.file", "2026-11-23 09:30", on=id_)
    assert office[id_].state == "sent"


COMPLAINT = """
kind: hearing
title: 听证
number: HR
barred: [about]
fields:
  about: {label: 当事人, ref: staff}
  panel: {label: 听证组, type: refs, ref: staff}
states:
  open: {label: 进行中}
  over: {label: 结束, end: true}
actions:
  new: {label: 新建, to: open, by: [manager], asks: [about], takes: [panel]}
  close: {label: 结束, from: open, to: over, by: [manager]}
"""


def test_whoever_is_concerned_is_not_one_of_several_either():
    office = founded(kind_from(COMPLAINT, "hearing"))
    office.act("chen.jing", "hearing.new", "2026-11-23 09:00", about="li.na", panel=["zhou.min"])
    with pytest.raises(Refused, match=r"li\.na is concerned by .* and cannot be its panel"):
        office.act("chen.jing", "hearing.new", "2026-11-23 09:01", about="li.na", panel=["zhou.min", "li.na"])


PURCHASE = """
kind: purchase
title: 采购
number: CG
fields:
  amount: {label: 金额, type: money}
  size: {label: 规模, of: amount, bands: {small: 0, large: 1000}}
  others: {label: 相关, type: refs, ref: purchase}
states:
  open: {label: 进行中}
  over: {label: 结束, end: true}
actions:
  new: {label: 新建, to: open, by: {size: {small: [service_officer], large: [manager]}}, asks: [amount]}
  price: {label: 改价, from: [open], by: {size: {small: [service_officer], large: [manager]}}, asks: [amount]}
  tie: {label: 关联, from: [open], by: [manager], asks: [others]}
  close: {label: 结束, from: open, to: over, by: [manager]}
"""


def test_a_band_says_who_may_by_the_figure_that_the_event_brings():
    office = founded(kind_from(PURCHASE, "purchase"))
    id_ = office.act("li.na", "purchase.new", "2026-11-23 09:00", amount="999.99").id
    for what, on in (("purchase.new", None), ("purchase.price", id_)):
        with pytest.raises(Refused, match=r"li\.na may not do"):
            office.act("li.na", what, "2026-11-23 09:01", on=on, amount="1000")
    office.act("chen.jing", "purchase.price", "2026-11-23 09:02", on=id_, amount="1000")
    assert office.honest()


def test_no_record_is_one_of_several_that_it_names_itself():
    office = founded(kind_from(PURCHASE, "purchase"))
    one, other = (office.act("li.na", "purchase.new", "2026-11-23 09:00", amount="1").id for _ in range(2))
    office.act("chen.jing", "purchase.tie", "2026-11-23 09:01", on=one, others=[other])
    with pytest.raises(Refused, match=f"others of {one} cannot be {one} itself"):
        office.act("chen.jing", "purchase.tie", "2026-11-23 09:02", on=one, others=[other, one])
