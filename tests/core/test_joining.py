"""Two desks, out of each other's sight, go on with one record: their histories join, and nobody's work is lost."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
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
  paid: {label: 收款, key: [receipt], rows: {receipt: {label: 收据号, must: true}, amount: {label: 金额, type: money, must: true}}}
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


def _rows(action, **columns):
    return [("li.na", action, {name: value[n] for name, value in columns.items()}) for n in range(2)]


PLAYS = [
    Play(
        "ticket",
        {"category": "complaint", "place": "3-2-1201", "summary": "楼上漏水"},
        [("wang.qiang", "note", {"note": "记"}), *STEPS],
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
        history = went_on(start, play, id_, "A", FIRST, common)
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
    @settings(max_examples=20)
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
