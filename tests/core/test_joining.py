"""Two desks, out of each other's sight, go on with one record: their histories join, and nobody's work is lost."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from itertools import permutations
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmcs.core.clock import rounds
from pmcs.core.fold import fold
from pmcs.core.joining import identity, join
from pmcs.core.record import moment
from pmcs.core.standing import holds, standing
from pmcs.errors import PmcsError, Refused
from pmcs.store.documents import to_bytes
from tests.core.test_faults import STEPS
from tests.core.world import Office, clock, founded, kind_from, stamp

ACCOUNT = """
kind: account
title: 账户
key: code
fields:
  code: {label: 户号}
  holder: {label: 经办人}
  paid:
    label: 收款
    key: [receipt]
    rows:
      receipt: {label: 收据号, must: true}
      amount: {label: 金额, type: money, must: true}
  fines: {label: 违约金, rows: {amount: {label: 金额, type: money, must: true}}}
  refunds:
    label: 退款
    key: [slip]
    rows:
      slip: {label: 单号, must: true}
      amount: {label: 金额, type: money, must: true}
      sent: {label: 寄出, values: {post: 邮寄, hand: 面交}}
  balance: {label: 余额, total: {plus: [paid.amount, fines.amount], minus: [refunds.amount]}, min: 0}
  size: {label: 规模, of: balance, bands: {small: 0, big: 200}, values: {small: 小, big: 大}}
  reminders: {label: 催缴次数, count: do.remind, since: open}
states:
  open: {label: 未结清}
  paused: {label: 暂停}
  checked: {label: 已核, done: true}
  closed: {label: 已销, end: true}
actions:
  add: {label: 开户, to: open, by: [anyone], asks: [code], takes: [holder, paid]}
  pay: {label: 收款, from: [open, checked], by: [anyone], adds: paid}
  fine: {label: 计违约金, from: [open, paused], by: [anyone], adds: fines}
  refund: {label: 退款, from: [open, checked], by: [anyone], adds: refunds}
  send: {label: 寄出, from: [open, checked], by: [anyone], row: refunds, asks: [sent]}
  remind: {label: 催缴, from: [open], by: [anyone], takes: [holder]}
  pause: {label: 暂停, from: [open], to: paused, by: [anyone], takes: [holder]}
  resume: {label: 恢复, from: [paused], to: previous, by: [anyone], clears: [holder]}
  check: {label: 核对, from: [open], to: {size: {small: checked, big: paused}}, by: [anyone]}
  again: {label: 重核, from: [checked], to: open, by: [anyone], clears: [holder]}
  end: {label: 销户, from: open, to: closed, by: [anyone], takes: [holder]}
clocks:
  settle: {label: 结清, starts: [add, open], stops: [checked], within: 3d office, pauses: [paused]}
  reply: {label: 答复, starts: [remind], stops: [pay], within: 2d real}
"""
REGULATION = kind_from(ACCOUNT, "account")


class Play(NamedTuple):
    """A kind's opening and what the staff then try, in any order and mostly in vain."""

    kind: str
    opening: dict[str, object]
    steps: list[tuple[str, str, dict[str, object]]]
    begun: int = 0
    """So many of the steps are always done first."""


def _rows(action, **columns):
    return [("li.na", action, {name: value[n] for name, value in columns.items()}) for n in range(2)]


PLAYS = [
    Play(
        "ticket",
        {"category": "complaint", "place": "3-2-1201", "summary": "楼上漏水"},
        [
            ("li.na", "triage", {"verdict": "valid"}),
            ("li.na", "assign", {"assignee": "wang.qiang"}),
            ("wang.qiang", "start", {}),
            *STEPS,
            ("wang.qiang", "note", {"note": "记"}),
        ],
        begun=3,
    ),
    Play(
        "task",
        {"what": "换泵", "owner": "wang.qiang", "deadline": "2026-11-25 12:00"},
        [
            ("wang.qiang", "accept", {}),
            ("wang.qiang", "return", {"note": "不属"}),
            ("chen.jing", "handover", {"owner": "zhou.min", "note": "轮换"}),
            ("wang.qiang", "extend", {"wanted": "2026-12-25 12:00", "note": "缺料"}),
            ("chen.jing", "approve", {}),
            ("sun.hui", "refuse", {"note": "否"}),
            ("wang.qiang", "withdraw", {}),
            ("wang.qiang", "finish", {"note": "完"}),
            ("li.na", "confirm", {}),
            ("li.na", "redo", {"note": "未好", "deadline": "2026-12-24 12:00"}),
            ("li.na", "drop", {"note": "撤"}),
            ("li.na", "edit", {"what": "换阀"}),
        ],
        begun=1,
    ),
    Play(
        "key_loan",
        {"key": "配电房", "borrower": "陈工", "purpose": "检修", "due_back": "2026-11-24 12:00"},
        [
            ("li.na", "renew", {"due_back": "2026-12-26"}),
            ("zhao.lei", "give_back", {}),
            ("zhao.lei", "lose", {"note": "已换锁"}),
            ("zhao.lei", "note", {"note": "催过"}),
            ("li.na", "edit", {"due_back": "2026-12-25 09:00"}),
            ("chen.jing", "correct", {"borrower": "程工", "note": "误"}),
            ("chen.jing", "void", {"note": "废"}),
        ],
    ),
    Play(
        "account",
        {"code": "1201", "holder": "甲"},
        [
            *_rows("pay", receipt=["R1", "R2"], amount=["150.00", "70.00"]),
            *_rows("pay", receipt=["R1", "R3"], amount=["151.00", "80.00"]),
            *_rows("fine", amount=["0.50", "9.00"]),
            *_rows("refund", slip=["S1", "S2"], amount=["100.00", "60.00"]),
            *_rows("send", slip=["S1", "S2"], sent=["post", "hand"]),
            ("li.na", "remind", {"holder": "乙"}),
            ("zhou.min", "pause", {"holder": "丙"}),
            ("zhou.min", "resume", {}),
            ("li.na", "check", {}),
            ("li.na", "again", {}),
            ("li.na", "end", {"holder": "丁"}),
            ("li.na", "note", {"note": "记"}),
        ],
    ),
]
ENDINGS = {"void", "drop", "end", "lose", "give_back", "close_force"}
FIRST = clock("2026-11-23 09:00")
MOVES = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 400), st.sampled_from([0, 0, 0, 90, 700])), max_size=8)


def said_at(when):
    return f"{when:%Y-%m-%d %H:%M}"


def opened(office, play, when, desk):
    opening = "account.add" if play.kind == "account" else f"{play.kind}.new"
    return office.act("li.na", opening, said_at(when), desk=desk, **play.opening).id


def went_on(office, play, id_, desk, when, moves):
    """What a desk enters from then on, minutes apart, some of it late; what is refused leaves no trace."""
    kind = office.kind(play.kind)
    for n, minutes, late in moves:
        when += timedelta(minutes=minutes)
        state = office[id_].state
        able = [step for step in play.steps if state in (kind.actions[step[1]].start or kind.states)]
        lasting = [step for step in able if step[1] not in ENDINGS] if n < 40 else []
        who, action, values = (lasting or able)[n % len(lasting or able)]
        at = said_at(when - timedelta(minutes=late)) if late else None
        with suppress(PmcsError):
            office.act(who, f"{play.kind}.{action}", said_at(when), on=id_, at=at, desk=desk, **values)
    return office[id_].history


def lived(play, common, sides, *, both_open):
    """One record, begun at desk A, and what three desks make of it without a word from each other."""
    start = founded(REGULATION)
    id_ = "1201"
    after = FIRST + timedelta(days=2)
    if not both_open:
        id_ = opened(start, play, FIRST, "A")
        for place, (who, action, values) in enumerate(play.steps[: play.begun], 1):
            when = said_at(FIRST + timedelta(minutes=place))
            start.act(who, f"{play.kind}.{action}", when, on=id_, **values)
        history = went_on(start, play, id_, "A", FIRST + timedelta(minutes=play.begun), common)
        after = history[-1].entered
    told = []
    for desk, moves in zip("ABC", sides, strict=True):
        office = Office(REGULATION, start.memory.records)
        if both_open:
            opened(office, play, after, desk)
        told.append(went_on(office, play, id_, desk, after, moves))
    return start.kind(play.kind), id_, told


def desks(play):
    both_open = st.booleans() if play.kind == "account" else st.just(False)
    return st.builds(
        lambda *args, both: lived(play, *args, both_open=both), MOVES, st.tuples(MOVES, MOVES, MOVES), both=both_open
    )


def every(check):
    """The check, over histories of each kind."""

    @pytest.mark.parametrize("name", [play.kind for play in PLAYS])
    @settings(max_examples=15)
    @given(data=st.data())
    def run(name, data):
        check(*data.draw(desks(next(play for play in PLAYS if play.kind == name))))

    return run


# Whatever two or three desks have lived -----------------------------------------------------------------------------


@every
def test_no_side_and_no_order_makes_a_difference(kind, id_, told):
    a, b, c = told
    whole = join(kind, id_, join(kind, id_, a, b).history, c)
    for one, other, third in permutations(told):
        record = join(kind, id_, one, join(kind, id_, other, third).history)
        assert record == whole
        assert to_bytes(kind, record) == to_bytes(kind, whole)
    assert join(kind, id_, whole.history, a) == whole
    for side in told:
        for length in range(1, len(side) + 1):
            assert join(kind, id_, side, side[:length]) == fold(kind, id_, side)


@every
def test_every_entry_is_there_once_and_each_desk_s_in_its_order(kind, id_, told):
    a, b, _ = told
    history = join(kind, id_, a, b).history
    assert Counter(map(repr, history)) == Counter({repr(event) for event in (*a, *b)})
    for side in (a, b):
        assert [event for event in history if event in side] == list(side)
    places = [identity(kind, id_, event) for event in history]
    assert places == sorted(set(places))


@every
def test_no_row_is_lost_and_none_counts_twice(kind, id_, told):
    record = join(kind, id_, join(kind, id_, *told[:2]).history, told[2])
    for name in {name for event in record.history for name in event.add}:
        key = kind.fields[name].key
        added = [row for event in record.history for row in event.add.get(name, [])]
        first = {tuple(row[column] for column in key) if key else n: row for n, row in reversed([*enumerate(added)])}
        counted = sorted(first.values(), key=added.index) if key else added
        # What a later entry changed in a row is another matter.
        assert [row | {"sent": ""} for row in record.rows(name)] == [row | {"sent": ""} for row in counted]


@every
def test_the_record_stands_as_if_only_what_follows_had_been_entered(kind, id_, told):
    record = join(kind, id_, *told[:2])
    followed = fold(kind, id_, [event for event, held in standing(kind, record.history) if held])
    assert record.state in kind.states
    assert (record.state, record.previous, record.due) == (followed.state, followed.previous, followed.due)
    for name, item in kind.fields.items():
        assert item.rows or item.derived or record.fields.get(name) == followed.fields.get(name)


@every
def test_clocks_run_forward_and_stop_where_the_record_stops(kind, id_, told):
    record = join(kind, id_, *told[:2])
    for item in rounds(kind, record.history):
        times = [time for start, end in item.runs for time in (start, end) if time]
        assert times == sorted(times)
        assert all(term.until and term.since <= term.until for term in item.terms[:-1])
    for name, due in record.due.items():
        assert moment(due).tzinfo
        assert kind.clocks[name].window or not kind.ends(record.state)
        given_from_elsewhere = kind.clocks[name].until
        assert given_from_elsewhere or record.state not in kind.clocks[name].pauses


FALSE_ALARMS = ("leads to", "lies before", "no later than", "to come", "does not write", "two entries", "cannot stand")


@every
def test_a_check_names_what_no_longer_follows_and_raises_no_false_alarm(kind, id_, told):
    record = join(kind, id_, *told[:2])
    office = Office(REGULATION, {**founded(REGULATION).memory.records, id_: record})
    before = []
    for place, (_, held) in enumerate(standing(kind, record.history), 1):
        so_far = office.faults(id_, record.history[:place])
        said, before = so_far[len(before) :], so_far
        rows = [sentence for sentence in said if "this later one differs" in sentence]
        assert not any(words in sentence for sentence in said for words in FALSE_ALARMS), said
        assert held or len(said) == len(rows) + 1


# Stories, worked out by hand ------------------------------------------------------------------------------------------


class Desks:
    """A ticket begun at desk A on Monday 2026-11-23 and in wang.qiang's hands from 09:30; then each desk is alone."""

    def __init__(self):
        office = founded(REGULATION)
        self.id = office.act("li.na", "ticket.new", "2026-11-23 09:00", **PLAYS[0].opening).id
        for minute, (who, action, values) in zip(("10", "20", "30"), PLAYS[0].steps[:3], strict=True):
            office.act(who, f"ticket.{action}", f"2026-11-23 09:{minute}", on=self.id, **values)
        self.a, self.b = (Office(REGULATION, office.memory.records) for _ in "AB")

    def on(self, desk, who, action, when, /, **values):
        office = self.a if desk == "A" else self.b
        return office.act(who, f"ticket.{action}", f"2026-11-23 {when}", on=self.id, desk=desk, **values)

    def joined(self):
        """The office as it is once both desks have heard of each other."""
        kind = self.a.kind("ticket")
        sides = self.a[self.id].history, self.b[self.id].history
        record = join(kind, self.id, *sides)
        assert record == join(kind, self.id, *reversed(sides))
        return Office(REGULATION, {**self.a.memory.records, self.id: record})


PAUSE = {"waiting_for": "parts", "resume_by": "2026-12-31", "waits_on": "wang.qiang"}


def test_one_desk_resolves_and_the_other_then_puts_on_hold():
    desks = Desks()
    alone = desks.on("A", "wang.qiang", "resolve", "10:00", note="好")
    desks.on("B", "zhou.min", "wait", "10:30", **PAUSE)
    office = desks.joined()
    ticket = office[desks.id]
    assert (ticket.state, ticket.due, ticket.fields) == ("resolved", alone.due, alone.fields)
    assert ticket.history[-1].do == "wait"
    assert office.faults(desks.id) == [f"{desks.id} is 待回访: 挂起 is possible only when it is 已派单, 处理中."]


def test_one_desk_puts_on_hold_and_the_other_then_resolves():
    desks = Desks()
    desks.on("A", "wang.qiang", "resolve", "10:30", note="好")
    desks.on("B", "zhou.min", "wait", "10:00", **PAUSE)
    office = desks.joined()
    ticket = office[desks.id]
    assert ticket.state == "waiting"
    assert ticket.due == {
        "inform": stamp("2026-11-23 09:30"),
        "waiting": stamp("2026-12-31 23:59:59"),
        "progress": stamp("2026-11-26 09:00"),
    }
    assert office.faults(desks.id) == [f"{desks.id} is 挂起: 办结 is possible only when it is 已核实, 已派单, 处理中."]
    # The resolution that did not count has not frozen the ticket.
    assert office.act("li.na", "ticket.edit", "2026-11-23 11:00", on=desks.id, summary="改").fields["summary"] == "改"


def test_one_side_only_notes():
    desks = Desks()
    alone = desks.on("A", "wang.qiang", "resolve", "10:30", note="好")
    desks.on("B", "zhou.min", "note", "10:00", note="业主来电")
    desks.on("B", "zhou.min", "note", "10:45", note="又来电")
    office = desks.joined()
    ticket = office[desks.id]
    assert (ticket.state, ticket.due, ticket.fields) == (alone.state, alone.due, alone.fields)
    assert [event.do for event in ticket.history[4:]] == ["note", "resolve", "note"]
    assert office.faults(desks.id) == []


def test_a_late_entry_that_knew_nothing_of_the_other_desk_is_no_fault_and_ends_every_clock():
    desks = Desks()
    desks.on("A", "wang.qiang", "wait", "11:00", **PAUSE)
    desks.on("B", "chen.jing", "close_force", "12:00", at="2026-11-23 10:30", note="强")
    office = desks.joined()
    assert office.faults(desks.id) == []
    assert (office[desks.id].state, office[desks.id].due) == ("closed", {"reopen": stamp("2026-11-30 10:30")})
    # It counts from the change of state that it follows: the clock on waiting ran no time at all.
    last = rounds(office.kind("ticket"), office[desks.id].history)[-2]
    assert (last.clock.name, last.started, last.stopped) == (
        "waiting",
        clock("2026-11-23 11:00"),
        clock("2026-11-23 11:00"),
    )


def test_its_own_desk_s_changes_of_state_are_known_to_a_late_entry():
    desks = Desks()
    desks.on("A", "li.na", "urge", "10:00")
    desks.on("B", "zhou.min", "wait", "11:00", **PAUSE)
    desks.on("B", "zhou.min", "urge", "11:30")
    office = desks.joined()
    history = office[desks.id].history
    forged = [*history[:-1], history[-1]._replace(at=clock("2026-11-23 10:30"), recorded=history[-1].at)]
    assert any("lies before the last change of state" in said for said in office.faults(desks.id, forged))


def test_a_clock_paused_at_one_desk_takes_no_due_time_from_the_other():
    desks = Desks()
    desks.on("A", "wang.qiang", "wait", "10:00", **PAUSE)
    rerated = desks.on("B", "zhou.min", "rerate", "10:30", urgency="emergency", note="急")
    assert rerated.due["resolve"] == stamp("2026-11-24 09:00")
    office = desks.joined()
    assert "resolve" not in office[desks.id].due
    assert office[desks.id].fields["urgency"] == "emergency"
    # Resumed, it has the 24 hours of an emergency, one of them used before the pause.
    ticket = office.act("wang.qiang", "ticket.resume", "2026-11-23 12:00", on=desks.id)
    assert ticket.due["resolve"] == stamp("2026-11-24 11:00")


def test_where_a_desk_went_back_to_is_judged_by_what_it_knew():
    desks = Desks()
    desks.on("A", "li.na", "wait", "10:00", **PAUSE)
    desks.on("A", "li.na", "resume", "11:00")
    desks.on("B", "chen.jing", "handover", "09:50", assignee="zhou.min", note="轮换")
    office = desks.joined()
    assert (office[desks.id].state, office[desks.id].fields["assignee"]) == ("processing", "zhou.min")
    assert office.faults(desks.id) == []


def test_a_third_call_that_a_desk_took_for_the_first_was_decided_rightly():
    desks = Desks()
    desks.on("A", "wang.qiang", "resolve", "10:00", note="好")
    desks.b = Office(REGULATION, desks.a.memory.records)
    for desk, day in (("A", 24), ("A", 25), ("B", 26)):
        office = desks.a if desk == "A" else desks.b
        office.act("li.na", "ticket.visit", f"2026-11-{day} 09:00", on=desks.id, desk=desk, outcome="no_answer")
    office = desks.joined()
    ticket = office[desks.id]
    assert (ticket.state, ticket.fields["attempts"], ticket.fields["contacted"]) == ("resolved", "3", "given_up")
    assert office.faults(desks.id) == []


def test_what_an_event_itself_decides_no_other_desk_explains():
    desks = Desks()
    desks.on("B", "zhou.min", "rerate", "09:40", urgency="low", note="缓")
    desks.on("A", "wang.qiang", "resolve", "10:00", note="好")
    desks.on("A", "li.na", "visit", "15:00", outcome="reached", score="5")
    office = desks.joined()
    assert office.faults(desks.id) == []
    history = office[desks.id].history
    for do, to, right in (("visit", "processing", "visited"), ("resolve", "closed", "resolved")):
        place = next(place for place, event in enumerate(history) if event.do == do)
        forged = [*history[:place], history[place]._replace(to=to)]
        assert office.faults(desks.id, forged) == [f"{do} leads to {right}, not to {to}."]


def test_who_submitted_is_whose_submission_counts():
    desks = Desks()
    desks.on("A", "wang.qiang", "submit", "10:00", note="批", materials=[{"name": "甲"}])
    desks.on("B", "zhou.min", "submit", "10:05", note="批", materials=[{"name": "乙"}])
    office = desks.joined()
    assert office[desks.id].rows("materials") == [{"name": "甲"}, {"name": "乙"}]
    with pytest.raises(Refused, match=r"Only wang\.qiang, who submitted"):
        office.act("zhou.min", "ticket.withdraw", "2026-11-23 11:00", on=desks.id)
    assert office.act("wang.qiang", "ticket.withdraw", "2026-11-23 11:00", on=desks.id).state == "processing"


def test_an_entry_altered_after_it_was_committed_stays_beside_the_true_one():
    desks = Desks()
    desks.on("A", "li.na", "urge", "10:00", note="催一")
    true = desks.a[desks.id].history
    false = (*true[:-1], true[-1]._replace(note="催二"))
    kind = desks.a.kind("ticket")
    record = join(kind, desks.id, true, false)
    assert record == join(kind, desks.id, false, true)
    assert Counter(event.note for event in record.history[-2:]) == {"催一": 1, "催二": 1}
    office = Office(REGULATION, {**desks.a.memory.records, desks.id: record})
    assert office.faults(desks.id) == [
        "Desk A has two entries of 2026-11-23T10:00:00+08:00; one of them was altered afterwards."
    ]


def test_equal_entries_spelled_differently_are_one():
    desks = Desks()
    history = desks.a[desks.id].history
    turned = (history[0]._replace(set=dict(reversed(history[0].set.items()))), *history[1:])
    kind = desks.a.kind("ticket")
    one, other = join(kind, desks.id, history, turned), join(kind, desks.id, turned, history)
    assert len(one.history) == len(history)
    assert to_bytes(kind, one) == to_bytes(kind, other)


# Accounts: money, and a name that both desks give ---------------------------------------------------------------------


def account(history_a, history_b):
    kind = REGULATION.kind("account")
    record = join(kind, "1201", history_a, history_b)
    assert record == join(kind, "1201", history_b, history_a)
    return Office(REGULATION, {**founded(REGULATION).memory.records, "1201": record})


def at_desk(desk, *steps, start=None):
    office = Office(REGULATION, (start or founded(REGULATION)).memory.records)
    for action, when, values in steps:
        on = None if action == "add" else "1201"
        office.act("li.na", f"account.{action}", f"2026-11-23 {when}", on=on, desk=desk, **values)
    return office


OPEN = ("add", "09:00", {"code": "1201", "holder": "甲"})


@pytest.mark.parametrize(
    ("second", "said"),
    [("120.00", ["paid had a row R7 before; this later one differs and does not count."]), ("100.00", [])],
)
def test_both_desks_take_money_on_one_receipt(second, said):
    start = at_desk("A", OPEN)
    a = at_desk("A", ("pay", "10:00", {"receipt": "R7", "amount": "100.00"}), start=start)
    b = at_desk(
        "B",
        ("pay", "10:05", {"receipt": "R7", "amount": second}),
        ("pay", "10:06", {"receipt": "R8", "amount": "30.00"}),
        ("fine", "10:07", {"amount": "5.00"}),
        start=start,
    )
    office = account(a["1201"].history, b["1201"].history)
    assert office["1201"].rows("paid") == [{"receipt": "R7", "amount": "100.00"}, {"receipt": "R8", "amount": "30.00"}]
    assert office["1201"].fields["balance"] == "135.00"
    assert office.faults("1201") == said


def test_one_entry_cannot_bring_two_rows_under_one_key():
    office = at_desk("A", OPEN, ("pay", "10:00", {"receipt": "R7", "amount": "100.00"}))
    opening, pay = office["1201"].history
    twice = pay._replace(add={"paid": [*pay.add["paid"], {"receipt": "R7", "amount": "1.00"}]})
    assert office.faults("1201", [opening, twice]) == [
        "paid had a row R7 before; this later one differs and does not count."
    ]


def test_money_taken_after_the_other_desk_closed_is_money_taken():
    start = at_desk("A", OPEN)
    a = at_desk("A", ("end", "10:00", {"holder": "乙"}), start=start)
    b = at_desk("B", ("pay", "10:05", {"receipt": "R7", "amount": "100.00"}), start=start)
    office = account(a["1201"].history, b["1201"].history)
    assert (office["1201"].state, office["1201"].fields["balance"]) == ("closed", "100.00")
    assert office.faults("1201") == ["1201 is 已销: 收款 is possible only when it is 未结清, 已核."]


def test_both_desks_pay_the_same_money_back():
    start = at_desk("A", OPEN, ("pay", "09:10", {"receipt": "R1", "amount": "100.00"}))
    a = at_desk("A", ("refund", "10:00", {"slip": "S1", "amount": "100.00"}), start=start)
    b = at_desk("B", ("refund", "10:05", {"slip": "S2", "amount": "100.00"}), start=start)
    office = account(a["1201"].history, b["1201"].history)
    assert office["1201"].fields["balance"] == "-100.00"
    assert office.faults("1201") == ["balance would fall to -100.00, below 0."]


def test_both_desks_open_the_same_account():
    a = at_desk("A", OPEN, ("pay", "10:00", {"receipt": "R1", "amount": "50.00"}))
    second = {"code": "1201", "holder": "乙", "paid": [{"receipt": "R2", "amount": "20.00"}]}
    b = at_desk("B", ("add", "09:20", second), ("remind", "09:50", {}), ("pause", "10:30", {}))
    office = account(a["1201"].history, b["1201"].history)
    record = office["1201"]
    assert [(event.desk, event.do) for event in record.history] == [
        ("A", "add"), ("B", "add"), ("B", "remind"), ("A", "pay"), ("B", "pause")
    ]  # fmt: skip
    assert (record.state, record.previous, record.fields["holder"]) == ("paused", "open", "甲")
    assert (record.fields["balance"], record.fields["reminders"]) == ("70.00", "1")
    assert office.faults("1201") == ["1201 was opened before; this later add does not count."]
    (settle,) = (item for item in rounds(REGULATION.kind("account"), record.history) if item.clock.name == "settle")
    assert settle.runs == [(clock("2026-11-23 09:00"), clock("2026-11-23 10:30"))]
    assert not holds(REGULATION.kind("account"), record.state, record.history[0])


def test_a_desk_that_opened_the_record_itself_may_enter_late_what_came_before_the_other_opening():
    a = at_desk("A", OPEN)
    b = at_desk(
        "B",
        ("add", "09:20", {"code": "1201", "at": "2026-11-23 08:00"}),
        ("remind", "09:30", {"at": "2026-11-23 08:30"}),
    )
    office = account(a["1201"].history, b["1201"].history)
    assert office.faults("1201") == ["1201 was opened before; this later add does not count."]
