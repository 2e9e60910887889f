"""A record is its history, folded: facts are copied, rows appended and changed, figures worked out at the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.core.derive import band
from pmcs.core.fold import advanced, fold
from pmcs.core.kind import Field
from pmcs.core.record import Event
from tests.core.world import clock, kind_from, stamp, starter

TICKET = starter().kind("ticket")
STAFF = starter().kind("staff")
START = clock("2026-11-23 09:00")


def event(minute, do, *, to=None, by="li.na", **parts):
    return Event(START + timedelta(minutes=minute), by, do, to=to, **parts)


NEW = event(0, "new", to="registered", set={"category": "repair", "urgency": "normal", "summary": "漏水"})
VALID = event(1, "triage", to="triaged", set={"verdict": "valid"})
ASSIGN = event(2, "assign", to="assigned", set={"assignee": "wang.qiang"})
BEGIN = event(3, "start", to="processing", by="wang.qiang")


def test_the_head_is_what_the_events_say():
    record = fold(TICKET, "T20261123-A01", [NEW, VALID, ASSIGN, BEGIN])
    assert (record.state, record.previous) == ("processing", "assigned")
    assert record.fields == {
        "category": "repair",
        "urgency": "normal",
        "summary": "漏水",
        "verdict": "valid",
        "assignee": "wang.qiang",
    }
    assert record.history == (NEW, VALID, ASSIGN, BEGIN)


def test_folding_at_once_and_one_by_one_is_the_same():
    record = fold(TICKET, "T20261123-A01", [NEW])
    for item in (VALID, ASSIGN, BEGIN):
        record = advanced(TICKET, record, item)
    assert record == fold(TICKET, "T20261123-A01", [NEW, VALID, ASSIGN, BEGIN])


def test_an_empty_value_takes_a_field_away_and_clears_comes_before_the_new_facts():
    visits = [
        event(4, "resolve", to="resolved"),
        event(5, "visit", to="resolved", set={"outcome": "no_answer"}),
        event(6, "visit", to="visited", set={"outcome": "reached", "score": "5"}),
    ]
    record = fold(TICKET, "T20261123-A01", [NEW, VALID, ASSIGN, BEGIN, *visits])
    assert (record.fields["outcome"], record.fields["score"]) == ("reached", "5")
    edited = advanced(TICKET, fold(TICKET, "T20261123-A01", [NEW]), event(9, "edit", set={"summary": ""}))
    assert "summary" not in edited.fields


def test_staying_in_a_state_keeps_where_it_came_from():
    record = fold(TICKET, "T20261123-A01", [NEW, VALID, ASSIGN, event(4, "handover", to="assigned")])
    assert (record.state, record.previous) == ("assigned", "triaged")


# Rows -------------------------------------------------------------------------------------------------------------

JOINED = event(
    0, "add", to="active", set={"code": "x", "name": "X"}, add={"posts": [{"post": "manager", "since": "2026-01-01"}]}
)


def test_under_a_key_the_first_row_counts():
    again = event(1, "appoint", add={"posts": [{"post": "manager", "since": "2026-01-01", "until": "2026-02-01"}]})
    other = event(2, "appoint", add={"posts": [{"post": "leader", "since": "2026-01-01"}]})
    rows = fold(STAFF, "x", [JOINED, again, other]).rows("posts")
    assert rows == [{"post": "manager", "since": "2026-01-01"}, {"post": "leader", "since": "2026-01-01"}]


def test_a_row_is_changed_by_its_key_and_the_events_stay_as_they_were():
    change = event(1, "relieve", row={"posts": [{"post": "manager", "since": "2026-01-01", "until": "2026-12-31"}]})
    record = fold(STAFF, "x", [JOINED, change])
    assert record.rows("posts") == [{"post": "manager", "since": "2026-01-01", "until": "2026-12-31"}]
    assert JOINED.add["posts"] == [{"post": "manager", "since": "2026-01-01"}]


# Histories of two desks -------------------------------------------------------------------------------------------


def test_of_an_event_that_came_too_late_only_the_added_rows_count():
    ended = event(3, "retire", to="retired", set={"successor": "y"})
    licence = {"licence": "电工", "number": "D1"}
    late = event(4, "license", by="chen.jing", add={"licences": [licence]}, desk="B")
    relieved = event(5, "relieve", row={"posts": [{"post": "manager", "since": "2026-01-01", "until": "2026-02-01"}]})
    record = fold(STAFF, "x", [JOINED, ended, late, relieved])
    assert record.state == "retired"
    assert record.rows("licences") == [licence]
    assert "until" not in record.rows("posts")[0]
    assert len(record.history) == 4


def test_of_two_endings_the_first_holds_and_its_clocks_stay_stopped():
    merged = event(4, "merge", to="merged", set={"merged_into": "T20261123-A02"})
    late = event(5, "start", to="processing", by="wang.qiang", due={"resolve": stamp("2026-11-26 09:00")})
    record = fold(TICKET, "T20261123-A01", [NEW, VALID, ASSIGN, merged, late])
    assert (record.state, record.previous, record.due) == ("merged", "assigned", {})


def test_an_unknown_action_moves_nothing():
    record = fold(TICKET, "T20261123-A01", [NEW, event(1, "vanish", to="closed", set={"summary": "没有"})])
    assert (record.state, record.fields["summary"]) == ("registered", "漏水")


# Worked out -------------------------------------------------------------------------------------------------------

PURSE = """
kind: purse
title: 备用金
number: PU
fields:
  lines:
    label: 流水
    rows:
      way: {label: 方向, values: {in: 收, out: 支}}
      plus: {label: 收, type: money}
      minus: {label: 支, type: money}
  rounds: {label: 笔数, count: lines}
  outs: {label: 支出笔数, count: lines.way.out}
  balance: {label: 余额, total: {plus: [lines.plus], minus: [lines.minus]}, min: 0}
  size: {label: 规模, of: balance, bands: {small: 0, big: 1000}, values: {small: 小, big: 大}}
  turns: {label: 冲销次数, count: do.book}
states:
  open: {label: 开}
  shut: {label: 关, end: true}
actions:
  new: {label: 建, to: open, by: [anyone], takes: [lines]}
  book: {label: 记, from: [open], by: [anyone], adds: lines}
  end: {label: 关, from: [open], to: shut, by: [anyone]}
"""


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 10**9)), max_size=20))
def test_counts_totals_and_bands_follow_the_rows(lines):
    kind = kind_from(PURSE, "purse").kind("purse")
    history = [event(0, "new", to="open")]
    cents = 0
    for place, (comes, amount) in enumerate(lines, 1):
        cents += amount if comes else -amount
        text = f"{amount // 100}.{amount % 100:02d}"
        row = {"way": "in", "plus": text} if comes else {"way": "out", "minus": text}
        history.append(event(place, "book", add={"lines": [row]}))
    fields = fold(kind, "PU20261123-A01", history).fields
    assert round(float(fields["balance"]) * 100) == cents
    assert fields["size"] == ("big" if cents >= 100_000 else "small")
    assert int(fields.get("rounds", 0)) == int(fields.get("turns", 0)) == len(lines)
    assert int(fields.get("outs", 0)) == sum(not comes for comes, _ in lines)


@pytest.mark.parametrize(("value", "name"), [("-5", "small"), ("0", "small"), ("999.99", "small"), ("1000", "big")])
def test_a_band_begins_at_its_figure_and_the_first_takes_what_lies_below(value, name):
    assert band(Field("size", "规模", of="x", bands={"small": "0", "big": "1000"}), value) == name


@pytest.mark.parametrize("broken", ["many", ["a"], {"plus": "x"}, [{"plus": "lots"}], [{"plus": ["1"]}]])
def test_a_broken_value_in_a_file_never_stops_the_fold(broken):
    kind = kind_from(PURSE, "purse").kind("purse")
    opening = event(0, "new", to="open", set={"lines": broken})
    record = fold(kind, "PU20261123-A01", [opening, event(1, "book", add={"lines": [{"plus": "2.00"}]})])
    assert record.rows("lines")[-1] == {"plus": "2.00"}


def test_days_without_an_answer_count_from_the_last_resolution():
    day = timedelta(days=1)
    history = [NEW, VALID, ASSIGN, BEGIN, event(4, "resolve", to="resolved")]
    silent = event(5, "visit", to="resolved", set={"outcome": "no_answer"})
    history += [silent, silent._replace(at=silent.at + day)]
    assert fold(TICKET, "T20261123-A01", history).fields["attempts"] == "2"
    low = event(3000, "visit", to="processing", set={"outcome": "reached", "score": "1"})
    history += [low, event(3001, "resolve", to="resolved")]
    assert "attempts" not in fold(TICKET, "T20261123-A01", history).fields
    history.append(silent._replace(at=silent.at + 5 * day))
    assert fold(TICKET, "T20261123-A01", history).fields["attempts"] == "1"
