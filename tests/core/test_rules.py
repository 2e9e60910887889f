"""Named rules of every stage: what they are asked with, and what becomes of their answers."""

from __future__ import annotations

import pytest

from pmcs.core.rules import EFFECT, RULES, rule
from pmcs.core.step import Errand
from pmcs.core.world import Given
from pmcs.errors import Refused
from pmcs.regulation.shape import Source
from pmcs.regulation.sound import check
from pmcs.store.codec import decode_marked
from tests.core.world import SHANGHAI, founded, kind_from, sources

MOVE = """
kind: move
title: 搬迁
number: BQ
clause: "5.5"

fields:
  from_desk: {label: 原经手人, ref: staff}
  to_desk:   {label: 新经手人, ref: staff}
  first:     {label: 首项, ref: task}

states:
  asked: {label: 已申请}
  done:  {label: 已搬, end: true}

actions:
  new:    {label: 申请, to: asked, by: [manager], asks: [from_desk, to_desk], takes: [first]}
  finish: {label: 搬完, from: [asked], to: done, by: [manager], rules: [pass_on: {task: first, to: to_desk}]}

clocks:
  wait: {label: 等待, starts: [new], stops: [finish], within: 5d office}
"""


@pytest.fixture(autouse=True)
def pass_on():
    """An effect: the task named goes to somebody else, and somebody is told by another task."""

    @rule(EFFECT, task="field", to="field")
    def pass_on(view, task, to):
        person = view.record.get(to)
        if view.record.get(task):
            given = Given(values={"owner": person}, note="搬迁", because=view.record.id)
            yield Errand("handover", given, target=view.record.get(task))
        told = {"what": "清点", "owner": person, "deadline": "2026-11-30"}
        yield Errand("new", Given(values=told, because=view.record.id), kind="task")

    yield
    del RULES["pass_on"]


@pytest.fixture
def office():
    return founded(kind_from(MOVE, "move"))


def test_an_effect_acts_on_a_linked_record_and_opens_another_in_the_same_commit(office):
    task = office.act("chen.jing", "task.new", "2026-11-23 09:00", what="换锁", owner="li.na", deadline="2026-11-30").id
    move = {"from_desk": "li.na", "to_desk": "zhou.min", "first": task}
    id_ = office.act("chen.jing", "move.new", "2026-11-23 09:10", **move).id
    office.act("chen.jing", "move.finish", "2026-11-23 09:20", on=id_)
    assert [(step.after.id, step.event.do, step.event.because) for step in office.steps] == [
        (id_, "finish", ""),
        (task, "handover", id_),
        ("K20261123-A02", "new", id_),
    ]
    assert (office[task].get("owner"), office["K20261123-A02"].get("owner")) == ("zhou.min", "zhou.min")
    assert office.honest()


def test_what_an_effect_may_not_do_refuses_the_whole_action(office):
    """A task that is confirmed cannot change hands: nothing of the move is done either."""
    task = office.act("chen.jing", "task.new", "2026-11-23 09:00", what="换锁", owner="li.na", deadline="2026-11-30").id
    move = {"from_desk": "li.na", "to_desk": "zhou.min", "first": task}
    id_ = office.act("chen.jing", "move.new", "2026-11-23 09:10", **move).id
    office.act("li.na", "task.accept", "2026-11-23 09:11", on=task)
    office.act("li.na", "task.finish", "2026-11-23 09:12", on=task, note="已换")
    with pytest.raises(Refused, match=f"{task} is 待确认"):
        office.act("chen.jing", "move.finish", "2026-11-23 09:20", on=id_)
    assert office[id_].state == "asked"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("pass_on:", "pass_onn:", "There is no rule pass_onn (did you mean pass_on?)."),
        ("task: first", "task: frist", "There is no field frist (did you mean first?)."),
        (", to: to_desk", "", "The rule pass_on lacks to."),
        (", to: to_desk", ", to: to_desk, on: first", "There is no argument on"),
    ],
)
def test_a_call_is_checked_against_what_the_rule_declares(old, new, sentence):
    text = MOVE.replace(old, new)
    files = {**sources(), "kinds/move.yaml": Source("kinds/move.yaml", *decode_marked(text.encode(), "move"))}
    found = [str(item.sentence) for item in check(files, SHANGHAI) if item.severity == "error"]
    assert any(said.startswith(sentence) for said in found), found


def test_an_effect_is_no_finding():
    text = MOVE.replace("clocks:", "findings: [pass_on: {task: first, to: to_desk}]\n\nclocks:")
    files = {**sources(), "kinds/move.yaml": Source("kinds/move.yaml", *decode_marked(text.encode(), "move"))}
    assert any("There is no rule pass_on" in str(item.sentence) for item in check(files, SHANGHAI))


@pytest.mark.parametrize("do", ["approve", "void", "correct", "reveal"])
def test_nobody_decides_or_voids_by_way_of_another_record(do):
    text = MOVE.replace("rules: [pass_on: {task: first, to: to_desk}]", f"also: [{{in: first, do: {do}}}]")
    files = {**sources(), "kinds/move.yaml": Source("kinds/move.yaml", *decode_marked(text.encode(), "move"))}
    found = [str(item.sentence) for item in check(files, SHANGHAI) if item.severity == "error"]
    assert any(said.startswith(f"There is no action {do}") for said in found), found
