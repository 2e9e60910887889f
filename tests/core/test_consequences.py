"""What an action brings about on other records: along links, row by row, when a record is let go, and where it ends."""

from __future__ import annotations

from datetime import date

import pytest

from pmcs.core.consequence import DEEPEST
from pmcs.errors import Refused
from pmcs.regulation.version import Regulation
from pmcs.store.codec import decode_marked
from tests.core.world import SHANGHAI, founded, sources

MANAGER = "chen.jing"
UNFOUNDED = (
    "{do} is said to come of {cause}, where {person} did nothing at 2026-11-23T09:03:00+08:00"
    " that would bring it about."
)

JOB = """
kind: job
title: 事项
number: JJ
fields:
  what: {label: 内容}
  after: {label: 后续, ref: job}
  way: {label: 去向, values: {half: 半成, whole: 完成}}
  paid: {label: 收款, rows: {amount: {label: 金额, type: money}}}
  sum: {label: 合计, total: {plus: [paid.amount]}}
states:
  open: {label: 进行中}
  half: {label: 半成}
  closed: {label: 完成, end: true}
actions:
  new: {label: 新建, to: open, by: [manager], asks: [what], takes: [after, way]}
  follow: {label: 接续, from: [open], by: [manager], asks: [after]}
  poke: {label: 提醒, from: [open], by: [manager], also: [{in: after, do: poke}]}
  pass_on: {label: 转办, from: [open], by: [manager], also: [{in: after, do: {way: {half: poke, whole: close}}}]}
  pay: {label: 收款, from: [open], by: [manager], adds: paid, asks: [amount]}
  go_on: {label: 继续, from: [open], to: {way: {half: half, whole: closed}}, by: [system], held: true, freed: true}
  close: {label: 办结, from: open, to: closed, by: [manager], held: true}
"""
BILL = """
kind: bill
title: 账单
number: BB
fields:
  lines:
    label: 明细
    rows: {item: {label: 项}, job: {label: 事项, ref: job}, amount: {label: 金额, type: money}}
    key: [item]
  waits: {label: 所等, type: refs, ref: job, holds: true}
states:
  open: {label: 未过账}
  posted: {label: 已过账, end: true}
actions:
  new: {label: 新建, to: open, by: [manager], takes: [lines, waits]}
  post: {label: 过账, from: [open], to: posted, by: [manager], also: [{in: lines.job, do: pay, set: {amount: amount}}]}
  remind: {label: 提醒, from: [open], by: [manager], also: [{in: lines.job, do: poke}]}
"""


@pytest.fixture(scope="module")
def regulation():
    trees = {name: source.tree for name, source in sources().items()}
    for name, text in (("job", JOB), ("bill", BILL)):
        trees[f"kinds/{name}.yaml"] = decode_marked(text.encode(), name)[0]
    return Regulation(date(2026, 1, 1), trees, SHANGHAI)


@pytest.fixture
def office(regulation):
    return founded(regulation)


def job(office, **values):
    return office.act(MANAGER, "job.new", "2026-11-23 09:00", what="换灯", **values).id


def bill(office, *targets, **values):
    lines = [{"item": str(place), "job": id_, "amount": f"{place}.50"} for place, id_ in enumerate(targets, 1)]
    return office.act(MANAGER, "bill.new", "2026-11-23 09:01", **({"lines": lines} if lines else {}), **values).id


def test_a_circle_of_records_ends_where_it_closes_and_in_one_sentence(office):
    first = job(office)
    second = job(office, after=first)
    office.act(MANAGER, "job.follow", "2026-11-23 09:02", on=first, after=second)
    with pytest.raises(Refused, match=f"poke of {first} would bring itself about again"):
        office.act(MANAGER, "job.poke", "2026-11-23 09:03", on=first)
    assert len(office[second].history) == 1


def test_a_chain_longer_than_anybody_meant_is_refused_whole(office):
    last = job(office)
    chain = [last]
    for _ in range(DEEPEST + 1):
        last = job(office, after=last)
        chain.append(last)
    with pytest.raises(Refused, match=f"on more than 100 records; do it on {chain[0]} first"):
        office.act(MANAGER, "job.poke", "2026-11-23 09:03", on=chain[-1])
    office.act(MANAGER, "job.poke", "2026-11-23 09:04", on=chain[-2])
    assert office[chain[0]].history[-1].do == "poke"


def test_what_is_done_elsewhere_by_a_choice_needs_that_choice(office):
    first = job(office)
    second = job(office, after=first)
    with pytest.raises(Refused, match=f"转办 depends on 去向, which {second} does not have yet"):
        office.act(MANAGER, "job.pass_on", "2026-11-23 09:03", on=second)
    office.act(MANAGER, "job.pass_on", "2026-11-23 09:04", on=job(office))  # nothing linked, nothing to choose


def test_each_row_brings_its_own_figure_though_several_name_one_record(office):
    one, other = job(office), job(office)
    id_ = bill(office, one, one, other, one)
    office.act(MANAGER, "bill.post", "2026-11-23 09:03", on=id_)
    assert (office[one].fields["sum"], office[other].fields["sum"]) == ("8.50", "3.50")  # 1.50 + 2.50 + 4.50
    assert office.honest()


def test_rows_that_bring_no_figure_tell_a_record_once(office):
    one = job(office)
    office.act(MANAGER, "bill.remind", "2026-11-23 09:03", on=bill(office, one, one))
    assert [event.do for event in office[one].history] == ["new", "poke"]


def test_several_records_are_held_by_one_link_and_let_go_together(office):
    one, other = job(office, way="whole"), job(office, way="half")
    id_ = bill(office, waits=[one, other])
    with pytest.raises(Refused, match=f"{one} is held open by {id_}"):
        office.act(MANAGER, "job.close", "2026-11-23 09:02", on=one)
    office.act(MANAGER, "bill.post", "2026-11-23 09:03", on=id_)
    assert (office[one].state, office[other].state) == ("closed", "half")
    assert office.honest()


def test_what_the_record_let_go_still_lacks_is_no_reason_to_stop_the_one_that_held_it(office):
    one = job(office)
    id_ = bill(office, waits=[one])
    office.act(MANAGER, "bill.post", "2026-11-23 09:03", on=id_)
    assert (office[id_].state, office[one].state) == ("posted", "open")


@pytest.mark.parametrize(("do", "to", "found"), [("go_on", "closed", False), ("close", "closed", True)])
def test_the_system_borrows_rights_only_for_what_it_does_when_a_record_is_let_go(office, do, to, found):
    one = job(office, way="whole")
    id_ = bill(office, waits=[one])
    office.act(MANAGER, "bill.post", "2026-11-23 09:03", on=id_)
    freed = office[one].history[-1]
    assert (freed.by, freed.because) == ("system", id_)
    said = office.faults(one, [*office[one].history[:-1], freed._replace(do=do, to=to)])
    assert said == ([UNFOUNDED.format(do="close", cause=id_, person="system")] if found else [])


@pytest.mark.parametrize("do", ["void", "close"])
def test_who_acts_on_one_record_borrows_no_right_on_another(office, do):
    """Reminding along a bill brings `poke` about, and nothing else."""
    one = job(office)
    id_ = bill(office, one)
    office.act(MANAGER, "bill.remind", "2026-11-23 09:03", on=id_)
    poked = office[one].history[-1]
    assert (poked.do, poked.because) == ("poke", id_)
    forged = poked._replace(do=do, to="void" if do == "void" else "closed", note="作废")
    (said,) = office.faults(one, [*office[one].history[:-1], forged])
    assert said == UNFOUNDED.format(do=do, cause=id_, person=MANAGER)
