"""钥匙借用: a kind of the office's own, one file and no Python."""

from __future__ import annotations

import pytest

from pmcs.core.clock import rounds, share
from pmcs.errors import BadInput, Refused
from tests.core.world import clock, stamp

LOAN = {"key": "配电房", "borrower": "陈工", "purpose": "检修", "due_back": "2026-11-24 12:00"}


def lent(office, when="2026-11-23 09:00", **values):
    return office.act("zhao.lei", "key_loan.new", when, **{**LOAN, **values})


def test_a_key_goes_out_and_comes_back(office):
    loan = lent(office, contact="13811112222")
    assert (loan.id, loan.state) == ("YS20261123-A01", "lent")
    assert loan.fields["lender"] == "zhao.lei"
    assert loan.fields["contact"].startswith("sealed:v1:YS20261123-A01:contact:")
    assert loan.due == {"give_back": stamp("2026-11-24 12:00")}
    loan = office.act("li.na", "key_loan.give_back", "2026-11-24 11:00", on=loan.id)
    assert (loan.state, loan.due) == ("returned", {})
    assert office.honest()


def test_a_key_is_out_once(office):
    first = lent(office)
    with pytest.raises(Refused, match="YS20261123-A01 already has this 钥匙"):
        lent(office, "2026-11-23 10:00")
    assert lent(office, "2026-11-23 10:00", key="水泵房").id == "YS20261123-A02"
    office.act("li.na", "key_loan.give_back", "2026-11-23 11:00", on=first.id)
    assert lent(office, "2026-11-23 12:00").id == "YS20261123-A03"


def test_renewing_promises_anew_and_an_old_breach_stays(office):
    id_ = lent(office).id
    with pytest.raises(BadInput, match="which is past"):
        office.act("li.na", "key_loan.renew", "2026-11-24 13:00", on=id_, due_back="2026-11-24 12:30")
    loan = office.act("li.na", "key_loan.renew", "2026-11-24 13:00", on=id_, due_back="2026-11-26")
    assert loan.due == {"give_back": stamp("2026-11-26 23:59:59")}
    late = [item.late(clock("2026-11-25 09:00")) for item in rounds(office.kind("key_loan"), loan.history)]
    assert late == [True, False]
    assert office.honest()


def test_the_due_time_moves_with_an_edit_of_the_field(office):
    id_ = lent(office).id
    loan = office.act("li.na", "key_loan.edit", "2026-11-23 10:00", on=id_, due_back="2026-11-25 09:00")
    assert loan.due == {"give_back": stamp("2026-11-25 09:00")}
    assert len(rounds(office.kind("key_loan"), loan.history)) == 1
    (current,) = rounds(office.kind("key_loan"), loan.history)
    half = share(current, 50, loan.fields, office.memory.calendar)
    assert half == clock("2026-11-24 09:00")


def test_a_lost_key_may_leave_a_task_behind(office):
    id_ = lent(office).id
    with pytest.raises(BadInput, match="--note"):
        office.act("zhao.lei", "key_loan.lose", "2026-11-23 10:00", on=id_)
    made = {"owner": "wang.qiang", "deadline": "2026-11-25"}
    office.act("zhao.lei", "key_loan.lose", "2026-11-23 10:00", on=id_, note="更换锁芯", make="task", made=made)
    loan, task = (step.after for step in office.steps)
    assert loan.state == "lost"
    assert (task.fields["what"], task.fields["source"], task.fields["giver"]) == ("更换锁芯", id_, "zhao.lei")
    assert office.honest()


def test_a_lost_key_without_a_task_is_lost_all_the_same(office):
    id_ = lent(office).id
    office.act("zhao.lei", "key_loan.lose", "2026-11-23 10:00", on=id_, note="已换锁")
    assert [step.after.id for step in office.steps] == [id_]


def test_only_those_at_the_desk_lend(office):
    with pytest.raises(Refused, match="it takes service officer, security guard"):
        office.act("wang.qiang", "key_loan.new", "2026-11-23 09:00", **LOAN)
