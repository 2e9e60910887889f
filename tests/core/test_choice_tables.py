"""Choice tables over what is counted and reckoned: none counted is the lowest band, no figure is no choice."""

from __future__ import annotations

import pytest

from pmcs.errors import BadInput
from pmcs.store.message import clause_of
from tests.core.world import founded, kind_from

ROUND = """
kind: round
title: 巡查
number: XC
clause: "7.1"
fields:
  what: {label: 事由}
  cost: {label: 费用, type: money}
  dear: {label: 贵贱, of: cost, bands: {cheap: 0, dear: 1000}}
  seen: {label: 所见, rows: {item: {label: 项}, result: {label: 结果, values: {good: 好, bad: 坏}}}, key: [item]}
  bad: {label: 坏处, count: seen.result.bad}
  sound: {label: 结论, of: bad, bands: {whole: 0, broken: 1}}
states:
  open: {label: 进行中}
  passed: {label: 合格, end: true}
  failed: {label: 不合格, end: true}
actions:
  new: {label: 新建, to: open, by: [manager], asks: [what], takes: [cost]}
  look: {label: 查看, from: [open], by: [manager], adds: seen}
  close:
    label: 结束
    from: [open]
    to: {sound: {whole: passed, broken: failed}}
    by: {sound: {whole: [service_officer], broken: [manager]}}
    clause: {sound: {whole: "7.2", broken: "7.4"}}
  weigh: {label: 评估, from: [open], to: {dear: {cheap: passed, dear: failed}}, by: [manager]}
  name: {label: 记名, from: [open], by: [manager], clause: {dear: {cheap: "7.2", dear: "7.4"}}}
"""


@pytest.fixture
def office():
    return founded(kind_from(ROUND, "round"))


def opened(office, **values):
    return office.act("chen.jing", "round.new", "2026-11-23 09:00", what="例行", **values).id


def test_none_counted_is_in_the_lowest_band_wherever_a_table_looks(office):
    id_ = opened(office)
    closed = office.act("li.na", "round.close", "2026-11-23 09:10", on=id_)
    kind = office.kind("round")
    assert (closed.state, clause_of(kind, closed, kind.actions["close"])) == ("passed", "7.2")
    id_ = opened(office)
    office.act("chen.jing", "round.look", "2026-11-23 09:05", on=id_, item="门", result="bad")
    closed = office.act("chen.jing", "round.close", "2026-11-23 09:10", on=id_)
    assert (closed.state, clause_of(kind, closed, kind.actions["close"])) == ("failed", "7.4")
    assert office.honest()


def test_no_figure_is_no_choice_and_the_figure_is_asked_for(office):
    id_ = opened(office)
    with pytest.raises(BadInput, match="评估 of 巡查 lacks --cost; give them"):
        office.act("chen.jing", "round.weigh", "2026-11-23 09:10", on=id_)
    assert office.act("chen.jing", "round.weigh", "2026-11-23 09:10", on=opened(office, cost="1000")).state == "failed"


def test_a_clause_that_no_choice_names_is_the_kinds(office):
    kind = office.kind("round")
    named = office.act("chen.jing", "round.name", "2026-11-23 09:10", on=opened(office))
    assert clause_of(kind, named, kind.actions["name"]) == "7.1"
