"""7.4 and every other request for approval: submit, approve, refuse, withdraw."""

from __future__ import annotations

import pytest

from pmcs.errors import BadInput, Refused
from tests.core.world import founded, kind_from, stamp


def asked(office):
    """A ticket that wang.qiang handles and has put before a leader."""
    call = {"category": "repair", "place": "3-2-1201", "summary": "水泵损坏"}
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **call).id
    office.act("li.na", "ticket.triage", "2026-11-23 09:10", on=id_, verdict="valid")
    office.act("li.na", "ticket.assign", "2026-11-23 09:20", on=id_, assignee="wang.qiang")
    office.act("wang.qiang", "ticket.start", "2026-11-23 09:30", on=id_)
    facts = {"note": "换泵 8000 元", "materials": [{"name": "报价单"}]}
    office.act("wang.qiang", "ticket.submit", "2026-11-23 10:00", on=id_, **facts)
    return id_


def test_a_request_lists_its_materials_and_says_why(office):
    id_ = asked(office)
    assert office[id_].state == "approving"
    assert office[id_].fields["materials"] == [{"name": "报价单"}]
    office.act("wang.qiang", "ticket.withdraw", "2026-11-23 10:05", on=id_)
    with pytest.raises(BadInput, match="--materials, --note"):
        office.act("wang.qiang", "ticket.submit", "2026-11-23 10:10", on=id_)


def test_approved_the_ticket_goes_on_where_it_was(office):
    id_ = asked(office)
    ticket = office.act("sun.hui", "ticket.approve", "2026-11-23 11:00", on=id_, note="同意")
    assert (ticket.state, ticket.previous) == ("processing", "approving")
    assert office.act("wang.qiang", "ticket.resolve", "2026-11-23 15:00", on=id_, note="已换").state == "resolved"
    assert office.honest()


def test_refused_it_goes_back_with_an_opinion(office):
    id_ = asked(office)
    with pytest.raises(BadInput, match="--note"):
        office.act("sun.hui", "ticket.refuse", "2026-11-23 11:00", on=id_)
    ticket = office.act("sun.hui", "ticket.refuse", "2026-11-23 11:00", on=id_, note="先修")
    assert (ticket.state, ticket.fields["assignee"]) == ("processing", "wang.qiang")
    facts = {"waiting_for": "parts", "resume_by": "2026-11-25", "waits_on": "wang.qiang"}
    office.act("wang.qiang", "ticket.wait", "2026-11-23 14:00", on=id_, **facts)
    assert office.act("wang.qiang", "ticket.resume", "2026-11-24 09:00", on=id_).state == "processing"
    assert office.honest()


def test_it_comes_back_to_each_state_it_may_be_asked_from(office):
    id_ = asked(office)
    office.act("sun.hui", "ticket.refuse", "2026-11-23 11:00", on=id_, note="先修")
    office.act("wang.qiang", "ticket.handover", "2026-11-23 11:10", on=id_, assignee="zhao.lei", note="轮换")
    facts = {"note": "再报", "materials": [{"name": "照片"}]}
    office.act("zhao.lei", "ticket.submit", "2026-11-23 11:20", on=id_, **facts)
    assert office.act("zhao.lei", "ticket.withdraw", "2026-11-23 11:30", on=id_).state == "assigned"


def test_only_a_leader_decides(office):
    id_ = asked(office)
    for who in ("chen.jing", "li.na", "system", "nobody"):
        with pytest.raises(Refused, match=f"{who} may not decide on {id_}: it takes leader"):
            office.act(who, "ticket.approve", "2026-11-23 11:00", on=id_)


def test_the_submitter_decides_on_nothing_of_theirs_whatever_their_posts(office):
    office.act("chen.jing", "staff.appoint", "2026-11-20 09:00", on="wang.qiang", post="leader", since="2026-11-20")
    id_ = asked(office)
    for action in ("approve", "refuse"):
        with pytest.raises(Refused, match=r"wang\.qiang submitted .* and may not decide on it; somebody else must"):
            office.act("wang.qiang", f"ticket.{action}", "2026-11-23 11:00", on=id_, note="同意")
    assert office.act("he.ping", "ticket.approve", "2026-11-23 11:00", on=id_).state == "processing"


def test_a_decision_is_never_typed_at_a_shared_counter(office):
    id_ = asked(office)
    for action in ("approve", "refuse"):
        with pytest.raises(Refused, match="shared counter"):
            office.act("sun.hui", f"ticket.{action}", "2026-11-23 11:00", on=id_, counter=True, note="同意")


def test_only_the_submitter_withdraws(office):
    id_ = asked(office)
    for who in ("li.na", "chen.jing", "sun.hui"):
        with pytest.raises(Refused, match=r"Only wang\.qiang, who submitted"):
            office.act(who, "ticket.withdraw", "2026-11-23 11:00", on=id_)


def test_nothing_is_decided_that_nobody_asked(office):
    id_ = asked(office)
    office.act("wang.qiang", "ticket.withdraw", "2026-11-23 10:05", on=id_)
    with pytest.raises(Refused, match="approve is possible only when it is 待审批"):
        office.act("sun.hui", "ticket.approve", "2026-11-23 11:00", on=id_)


def test_after_the_first_approval_only_the_manager_corrects(office):
    id_ = asked(office)
    with pytest.raises(BadInput, match="Nothing to change"):
        office.act("li.na", "ticket.edit", "2026-11-23 10:30", on=id_, summary="水泵损坏")
    office.act("li.na", "ticket.edit", "2026-11-23 10:30", on=id_, summary="1 号水泵损坏")
    office.act("sun.hui", "ticket.approve", "2026-11-23 11:00", on=id_)
    with pytest.raises(Refused, match="past editing"):
        office.act("li.na", "ticket.edit", "2026-11-23 11:30", on=id_, summary="2 号水泵损坏")
    with pytest.raises(Refused, match="service manager"):
        office.act("li.na", "ticket.correct", "2026-11-23 11:30", on=id_, summary="2 号水泵损坏", note="笔误")
    with pytest.raises(BadInput, match="--note"):
        office.act("chen.jing", "ticket.correct", "2026-11-23 11:30", on=id_, summary="2 号水泵损坏")
    ticket = office.act("chen.jing", "ticket.correct", "2026-11-23 11:30", on=id_, summary="2 号水泵损坏", note="笔误")
    assert ticket.fields["summary"] == "2 号水泵损坏"
    assert office.honest()


# A task's extension: `copies`, a rule, and deciders by field -------------------------------------------------------


def extension(office, wanted="2026-11-27 12:00"):
    task = {"what": "清点", "owner": "li.na", "deadline": "2026-11-25 12:00"}
    id_ = office.act("zhao.lei", "task.new", "2026-11-23 09:00", **task).id
    office.act("li.na", "task.accept", "2026-11-23 09:10", on=id_)
    office.act("li.na", "task.extend", "2026-11-23 09:20", on=id_, wanted=wanted, note="人手不足")
    return id_


def test_a_granted_extension_moves_the_deadline_and_its_clock(office):
    id_ = extension(office)
    assert office[id_].due == {"finish": stamp("2026-11-25 12:00")}  # asking moves nothing
    task = office.act("zhao.lei", "task.approve", "2026-11-23 10:00", on=id_)  # the giver, without a post for it
    assert (task.state, task.fields["deadline"]) == ("accepted", stamp("2026-11-27 12:00"))
    assert task.due == {"finish": stamp("2026-11-27 12:00")}
    assert office.honest()


def test_a_refused_extension_moves_nothing(office):
    id_ = extension(office)
    task = office.act("chen.jing", "task.refuse", "2026-11-23 10:00", on=id_, note="按期")
    assert (task.state, task.fields["deadline"]) == ("accepted", stamp("2026-11-25 12:00"))
    assert office.honest()


def test_an_extension_lies_later_than_what_stands(office):
    with pytest.raises(Refused, match="must be later than"):
        extension(office, "2026-11-25 12:00")


def test_the_decider_in_a_field_is_that_person_only(office):
    id_ = extension(office)
    with pytest.raises(Refused, match="it takes 交办人, service manager, leader"):
        office.act("zhou.min", "task.approve", "2026-11-23 10:00", on=id_)


GRANT = """
kind: grant
title: 审批
number: GR
fields:
  task: {label: 任务, ref: task}
  size: {label: 金额, values: {small: 小, large: 大}}
states:
  draft: {label: 草稿}
  asked: {label: 待批}
  granted: {label: 已批, end: true}
actions:
  new: {label: 建, to: draft, by: [anyone], asks: [task, size]}
approvals:
  ask: {label: 报批, state: asked, from: [draft], by: [anyone], to: granted,
        decide: {size: {small: [manager], large: [leader]}}, also: [{in: task, do: void}]}
"""


def test_who_decides_can_hang_on_a_choice_and_the_approval_can_act_elsewhere():
    office = founded(kind_from(GRANT, "grant"))
    task = office.act("zhao.lei", "task.new", "2026-11-23 09:00", what="清点", owner="li.na", deadline="2026-11-25").id
    id_ = office.act("li.na", "grant.new", "2026-11-23 09:10", task=task, size="large").id
    office.act("li.na", "grant.ask", "2026-11-23 09:20", on=id_)
    with pytest.raises(Refused, match="it takes leader"):
        office.act("chen.jing", "grant.approve", "2026-11-23 09:30", on=id_)
    with pytest.raises(BadInput, match="--note"):  # what follows must be allowed too, or nothing happens
        office.act("sun.hui", "grant.approve", "2026-11-23 09:30", on=id_)
    assert (office[id_].state, office[task].state) == ("asked", "assigned")
