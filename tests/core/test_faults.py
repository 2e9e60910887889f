"""Replaying a history: an honest one says nothing, a tampered one says what is wrong with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.core.record import Event
from pmcs.errors import PmcsError
from tests.core.world import clock, founded

CALL = {"category": "complaint", "place": "3-2-1201", "summary": "楼上漏水"}


def lived():
    """A ticket with a sub-task, an approval, a low score and a second round, closed in the end."""
    office = founded()
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **CALL, about="zhao.lei", contact="13811112222").id
    office.act("li.na", "ticket.triage", "2026-11-23 09:10", on=id_, verdict="valid")
    office.act("li.na", "ticket.assign", "2026-11-23 09:20", on=id_, assignee="wang.qiang")
    office.act("wang.qiang", "ticket.start", "2026-11-23 09:30", on=id_)
    made = {"owner": "zhou.min", "deadline": "2026-11-24 12:00"}
    office.act("wang.qiang", "ticket.involve", "2026-11-23 09:40", on=id_, make="task", made=made)
    facts = {"note": "换泵", "materials": [{"name": "报价单"}]}
    office.act("wang.qiang", "ticket.submit", "2026-11-23 10:00", on=id_, **facts)
    office.act("sun.hui", "ticket.approve", "2026-11-23 10:30", on=id_)
    office.act("zhou.min", "task.accept", "2026-11-23 11:00", on="K20261123-A01")
    office.act("zhou.min", "task.finish", "2026-11-23 11:10", on="K20261123-A01", note="完")
    office.act("wang.qiang", "task.confirm", "2026-11-23 11:20", on="K20261123-A01")
    office.act("wang.qiang", "ticket.resolve", "2026-11-23 15:00", on=id_, note="好", at="2026-11-23 14:30")
    office.act("li.na", "ticket.visit", "2026-11-24 09:00", on=id_, outcome="reached", score="2", note="又漏")
    office.act("wang.qiang", "ticket.resolve", "2026-11-24 15:00", on=id_, note="好")
    office.act("li.na", "ticket.visit", "2026-11-25 09:00", on=id_, outcome="reached", score="5")
    office.act("li.na", "ticket.close", "2026-11-25 09:10", on=id_)
    return office, id_


@pytest.fixture(scope="module")
def past():
    return lived()


def tampered(past, do, /, **changes):
    """What a replay says once the first event of that name is changed; a change of None removes it."""
    office, id_ = past
    id_ = changes.pop("on", id_)
    history = list(office[id_].history)
    place = next(place for place, event in enumerate(history) if event.do == do)
    history[place] = history[place]._replace(**changes)
    return office.faults(id_, history)


def test_an_honest_history_says_nothing(past):
    assert past[0].honest()


@pytest.mark.parametrize(
    ("do", "changes", "sentence"),
    [
        ("start", {"by": "zhou.min"}, "zhou.min may not do 开始处理: it takes 主办人 (wang.qiang)."),
        ("triage", {"by": "zhao.lei"}, "zhao.lei is concerned by T20261123-A01 and may not act on it."),
        ("triage", {"by": "nobody"}, "nobody may not do 核实: it takes service officer, service manager."),
        (
            "approve",
            {"by": "wang.qiang"},
            "wang.qiang submitted T20261123-A01 and may not decide on it; somebody else must.",
        ),
        ("approve", {"by": "chen.jing"}, "chen.jing may not decide on T20261123-A01: it takes leader."),
        ("visit", {"by": "chen.jing", "note": ""}, "visit lacks note."),
        (
            "assign",
            {"set": {"assignee": "zhao.lei"}},
            "zhao.lei is concerned by T20261123-A01 and cannot be its assignee.",
        ),
        ("assign", {"set": {}}, "assign lacks assignee."),
        ("assign", {"set": {"assignee": "wang.qiang", "category": "repair"}}, "assign does not write category."),
        ("triage", {"to": "closed"}, "triage leads to triaged, not to closed."),
        ("triage", {"set": {"verdict": "duplicate"}}, "triage lacks merged_into."),
        ("start", {"do": "vanish"}, "vanish is no action of ticket."),
        ("start", {"do": "new"}, "T20261123-A01 was opened before; this later new does not count."),
        (
            "start",
            {"do": "close", "to": "closed"},
            "T20261123-A01 is 已派单: 结案 is possible only when it is 已回访, 未联系上.",
        ),
        (
            "start",
            {"because": "K20261123-A01"},
            "start is said to come of K20261123-A01, where wang.qiang did nothing at",
        ),
        (
            "start",
            {"because": "T20990101-A01"},
            "start is said to come of T20990101-A01, where wang.qiang did nothing at",
        ),
        ("resolve", {"at": clock("2026-11-15 09:00")}, "--at is 2026-11-15T09:00:00+08:00, more than seven days ago"),
        ("resolve", {"at": clock("2026-11-23 15:30")}, "was still to come when it was entered."),
        ("resolve", {"at": clock("2026-11-23 10:00")}, "lies before the last change of state of T20261123-A01"),
        (
            "assign",
            {"recorded": clock("2026-11-23 09:05")},
            "assign was entered at 2026-11-23T09:05:00+08:00, no later",
        ),
        ("submit", {"add": {}}, "submit lacks materials."),
        ("submit", {"add": {"materials": [{"name": "a"}], "escalations": [{}]}}, "submit does not write escalations."),
        ("close", {"row": {"materials": [{"name": "报价单"}]}}, "close does not write materials."),
    ],
)
def test_each_kind_of_tampering_has_its_sentence(past, do, changes, sentence):
    assert any(sentence in said for said in tampered(past, do, **changes)), tampered(past, do, **changes)


def test_the_first_event_must_open_and_open_whole(past):
    office, id_ = past
    history = office[id_].history
    assert "triage cannot stand here in the history." in office.faults(id_, history[1:])
    assert "new lacks summary." in tampered(past, "new", set={"category": "complaint", "place": "3-2-1201"})


def test_one_hand_on_both_sides_is_found(past):
    said = tampered(past, "visit", by="wang.qiang")
    assert any("wang.qiang may not do both 回访 and" in sentence for sentence in said)
    said = tampered(past, "confirm", on="K20261123-A01", by="zhou.min")
    assert any("zhou.min may not do both 确认 and 办毕" in sentence for sentence in said)


def test_a_removed_event_leaves_a_gap_that_shows(past):
    office, id_ = past
    for place in range(1, len(office[id_].history) - 1):
        history = list(office[id_].history)
        gone = history.pop(place)
        if gone.do != "involve":  # it changes no state; the task made by it says so instead
            assert office.faults(id_, history), gone.do


def test_a_right_cannot_be_borrowed_from_a_record_made_by_somebody_else(past):
    office, _ = past
    task = office["K20261123-A01"]
    forged = task.history[0]._replace(by="he.ping")
    assert any(
        "is said to come of T20261123-A01, where he.ping did nothing" in said
        for said in office.faults(task.id, [forged])
    )


def test_two_desks_may_enter_in_the_same_second(past):
    office = founded()
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **CALL).id
    office.act("li.na", "ticket.urge", "2026-11-23 10:00", on=id_)
    urge = office[id_].history[-1]
    assert office.faults(id_, [*office[id_].history, urge._replace(desk="B")]) == []
    assert office.faults(id_, [*office[id_].history, urge]) != []


def test_two_entries_in_one_second_stay_in_order():
    office = founded()
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **CALL).id
    office.act("li.na", "ticket.urge", "2026-11-23 10:00:00.250000", on=id_)
    office.act("li.na", "ticket.urge", "2026-11-23 10:00:00.500000", on=id_)
    assert office[id_].fields["urges"] == "2"
    assert office.honest()
    with pytest.raises(PmcsError, match="set the clock right"):
        office.act("li.na", "ticket.urge", "2026-11-23 10:00:00.500000", on=id_)


TEXT = st.text(max_size=5)
VALUE = st.one_of(TEXT, st.lists(TEXT, max_size=2), st.lists(st.dictionaries(TEXT, TEXT, max_size=2), max_size=2))
NAMES = ["category", "about", "assignee", "materials", "source", "opened", "promised", "attempts", "urgency", "nothing"]


@given(
    st.sampled_from(["do", "by", "to", "because"]),
    st.one_of(
        TEXT, st.sampled_from(["approve", "visit", "void", "edit", "import", "escalate", "system", "T20261123-A01"])
    ),
    st.integers(0, 5),
)
def test_no_word_in_a_history_stops_the_replay(field, word, place):
    office, id_ = LIVED
    history = list(office[id_].history)
    history[place] = history[place]._replace(**{field: word})
    assert isinstance(office.faults(id_, history), list)


@given(st.dictionaries(st.sampled_from(NAMES), VALUE, max_size=4), st.integers(0, 5))
def test_no_value_in_a_history_stops_the_replay(values, place):
    office, id_ = LIVED
    history = list(office[id_].history)
    history[place] = history[place]._replace(set={**history[place].set, **values})
    assert isinstance(office.faults(id_, history), list)


LIVED = lived()


# Whatever the staff do --------------------------------------------------------------------------------------------

STEPS = [
    ("li.na", "inform", {"told_by": "phone"}),
    ("li.na", "triage", {"verdict": "valid"}),
    ("li.na", "triage", {"verdict": "invalid", "note": "无"}),
    ("li.na", "assign", {"assignee": "wang.qiang"}),
    ("wang.qiang", "start", {}),
    ("wang.qiang", "handover", {"assignee": "zhou.min", "note": "轮换"}),
    ("wang.qiang", "return", {"note": "不属"}),
    ("wang.qiang", "wait", {"waiting_for": "parts", "resume_by": "2026-12-31", "waits_on": "wang.qiang"}),
    ("wang.qiang", "resume", {}),
    ("wang.qiang", "progress", {"note": "在途"}),
    ("li.na", "rerate", {"urgency": "emergency", "note": "急"}),
    ("li.na", "rerate", {"urgency": "low", "note": "缓"}),
    ("wang.qiang", "submit", {"note": "批", "materials": [{"name": "甲"}]}),
    ("sun.hui", "approve", {}),
    ("sun.hui", "refuse", {"note": "否"}),
    ("wang.qiang", "withdraw", {}),
    ("wang.qiang", "resolve", {"note": "好"}),
    ("li.na", "visit", {"outcome": "no_answer"}),
    ("li.na", "visit", {"outcome": "reached", "score": "1", "note": "差"}),
    ("li.na", "visit", {"outcome": "reached", "score": "5"}),
    ("li.na", "close", {}),
    ("chen.jing", "close_force", {"note": "强"}),
    ("li.na", "reopen", {"note": "又"}),
    ("li.na", "edit", {"summary": "改"}),
    ("chen.jing", "correct", {"summary": "正", "note": "误"}),
    ("chen.jing", "void", {"note": "废"}),
]


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 3000)), max_size=25))
def test_whatever_is_accepted_is_found_sound(steps):
    office = founded()
    id_ = office.act("li.na", "ticket.new", "2026-11-23 09:00", **CALL).id
    moment = clock("2026-11-23 09:00")
    for (who, action, values), minutes in steps:
        moment += timedelta(minutes=minutes)
        if moment > clock("2026-12-30 00:00"):
            break
        before = office[id_]
        try:
            office.act(who, f"ticket.{action}", f"{moment:%Y-%m-%d %H:%M}", on=id_, **values)
        except PmcsError:
            assert office[id_] is before
    assert office.faults(id_) == []
    record = office[id_]
    kind = office.kind("ticket")
    assert not (kind.ends(record.state) and set(record.due) - {"reopen"})
    assert record.state != "waiting" or "resolve" not in record.due
    assert isinstance(record.history[0], Event)
