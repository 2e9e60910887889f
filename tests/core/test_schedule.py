"""Schedules: what a history makes, whenever and however often cron runs, and how late it may be done."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.core.fold import fold
from pmcs.core.length import parse_length
from pmcs.core.record import Event, Record
from pmcs.core.recurrence import parse_recurrence
from pmcs.core.schedule import Plan, planned, terms
from pmcs.core.tolerance import unreckonable, window
from tests.core.world import SHANGHAI, clock, kind_from, stamp

FILE = """
kind: schedule
title: 周期计划
key: code
fields:
  code: {label: 编码}
  name: {label: 名称}
  places: {label: 位置, key: [place], rows: {place: {label: 位置, ref: place}}}
  assets: {label: 设备, key: [asset], rows: {asset: {label: 设备, ref: place}}}
  rule: {label: 周期, type: recurrence}
  begins: {label: 起始, type: time}
  basis: {label: 基准, values: {fixed: 固定日期, after_completion: 完成后顺延}, default: fixed}
  before: {label: 可提前, type: length}
  after: {label: 可推迟, type: length}
  max_gap: {label: 两次最长间隔, type: length}
states:
  active: {label: 执行中}
  paused: {label: 暂停}
  retired: {label: 停用, end: true}
actions:
  add: {label: 登记, by: [manager], asks: [code, name, rule, begins],
        takes: [places, assets, basis, before, after, max_gap]}
  pause: {label: 暂停, from: [active], to: paused, by: [manager]}
  resume: {label: 继续, from: [paused], to: active, by: [manager]}
"""
KIND = kind_from(FILE, "schedule").kind("schedule")
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


def event(at, do, to="active", **values):
    rows = {f"{name}s": [{name: code} for code in values.pop(f"{name}s", [])] for name in ("place", "asset")}
    return Event(
        clock(at), "wang.qiang", do, to=to, set=values | {name: found for name, found in rows.items() if found}
    )


def added(at="2026-11-01 09:00", rule="daily", begins="2026-11-01 08:00", **values):
    return event(at, "add", rule=parse_recurrence("rule", rule), begins=stamp(begins), **values)


def made(history, until, **others):
    found = planned(terms(KIND, history, SHANGHAI), clock(until), **others)
    return [(item.at.strftime("%m-%d %H:%M"), item.target and item.target[1]) for item in found]


def plan(rule="daily", begins="2026-11-01 08:00", **lengths):
    basis = lengths.pop("basis", "fixed")
    lengths = {name: parse_length(text) for name, text in lengths.items()}
    return Plan(parse_recurrence("rule", rule), clock(begins), basis=basis, **lengths)


# History -------------------------------------------------------------------------------------------------------------


def test_a_schedule_makes_one_for_each_place_and_asset_from_its_beginning_even_where_that_is_past():
    history = [added("2026-11-03 09:00", places=["pump1"], assets=["lift1", "lift2"])]
    assert made(history, "2026-11-02 08:00") == [
        ("11-01 08:00", "pump1"),
        ("11-01 08:00", "lift1"),
        ("11-01 08:00", "lift2"),
        ("11-02 08:00", "pump1"),
        ("11-02 08:00", "lift1"),
        ("11-02 08:00", "lift2"),
    ]
    assert made([added()], "2026-11-01 08:00") == [("11-01 08:00", None)]
    assert made([added()], "2026-11-01 07:59") == []


def test_a_lift_added_later_counts_from_then_on_and_one_taken_away_no_longer():
    history = [
        added(assets=["lift1"]),
        event("2026-11-02 12:00", "edit", to=None, assets=["lift1", "lift2"]),
        event("2026-11-03 12:00", "edit", to=None, assets=["lift2"]),
    ]
    assert made(history, "2026-11-04 23:00") == [
        ("11-01 08:00", "lift1"),
        ("11-02 08:00", "lift1"),
        ("11-03 08:00", "lift1"),
        ("11-03 08:00", "lift2"),
        ("11-04 08:00", "lift2"),
    ]


def test_a_change_at_the_very_time_of_an_occurrence_belongs_to_the_new_term():
    history = [added(assets=["lift1"]), event("2026-11-02 08:00", "edit", to=None, assets=["lift1", "lift2"])]
    assert made(history, "2026-11-02 09:00") == [
        ("11-01 08:00", "lift1"),
        ("11-02 08:00", "lift1"),
        ("11-02 08:00", "lift2"),
    ]


def test_a_pause_makes_nothing_and_does_not_move_the_days():
    history = [
        added(rule="每3天"),
        event("2026-11-03 09:00", "pause", to="paused"),
        event("2026-11-06 09:00", "resume"),
        event("2026-11-11 09:00", "retire", to="retired"),
        event("2026-11-18 09:00", "revive"),
    ]
    assert [day for day, _ in made(history, "2026-11-20 00:00")] == [
        "11-01 08:00",
        "11-07 08:00",
        "11-10 08:00",
        "11-19 08:00",
    ]


def test_another_rule_counts_from_when_it_was_entered_though_dated_back():
    edit = event("2026-11-02 07:00", "edit", to=None, rule="FREQ=DAILY;INTERVAL=2")
    history = [added(), edit._replace(recorded=clock("2026-11-04 10:00"))]
    assert [day for day, _ in made(history, "2026-11-08 00:00")] == [
        "11-01 08:00",
        "11-02 08:00",
        "11-03 08:00",
        "11-04 08:00",
        "11-05 08:00",
        "11-07 08:00",
    ]


def test_a_beginning_put_off_before_it_came_leaves_nothing_of_the_first():
    history = [
        added(begins="2026-12-01 08:00"),
        event("2026-11-20 09:00", "edit", to=None, begins=stamp("2026-12-05 08:00")),
    ]
    assert made(history, "2026-12-05 12:00") == [("12-05 08:00", None)]
    assert len(terms(KIND, history, SHANGHAI)) == 1


def test_a_change_of_words_opens_no_term():
    history = [
        added(),
        event("2026-11-03 09:00", "edit", to=None, name="晨检"),
        event("2026-11-03 09:30", "note", to=None),
    ]
    assert len(terms(KIND, history, SHANGHAI)) == 1


def test_an_event_that_no_longer_follows_changes_nothing():
    history = [
        added(),
        event("2026-11-02 09:00", "pause", to="paused"),
        event("2026-11-02 10:00", "pause", to="paused"),
    ]
    assert len(made(history, "2026-11-09 00:00")) == 2
    assert len(made([added(), event("2026-11-02 09:00", "resume")], "2026-11-04 00:00")) == 3


# After completion ----------------------------------------------------------------------------------------------------


def test_after_completion_the_next_is_an_interval_after_the_day_on_which_the_last_one_ended():
    history = [added(rule="half-monthly", basis="after_completion", assets=["lift1", "lift2", "lift3"])]
    ended = {("asset", "lift1"): clock("2026-11-03 16:20"), ("asset", "lift2"): None}
    assert made(history, "2026-11-18 07:59", ended=ended) == [("11-01 08:00", "lift3")]
    assert made(history, "2026-11-18 08:00", ended=ended) == [("11-18 08:00", "lift1"), ("11-01 08:00", "lift3")]


@pytest.mark.parametrize(
    ("rule", "ended", "due"),
    [
        ("monthly", "2027-01-31 17:00", "02-28 08:00"),
        ("every 2 hours", "2026-11-03 16:20", "11-03 18:20"),
        ("FREQ=WEEKLY;BYDAY=MO", "2026-11-04 10:00", "11-09 08:00"),
        ("daily", "2026-11-04 07:00", "11-05 08:00"),
    ],
)
def test_intervals_after_completion(rule, ended, due):
    history = [added(rule=rule, basis="after_completion")]
    assert made(history, "2028-01-01 00:00", ended={None: clock(ended)}) == [(due, None)]


def test_what_fell_due_in_a_pause_waits_for_the_next_interval():
    history = [
        added(rule="每10天", basis="after_completion"),
        event("2026-11-10 09:00", "pause", to="paused"),
        event("2026-11-20 09:00", "resume"),
    ]
    assert made(history, "2026-12-31 00:00", ended={None: clock("2026-11-02 10:00")}) == [("11-22 08:00", None)]
    assert made(history, "2026-12-31 00:00") == [("11-01 08:00", None)]


# Windows -------------------------------------------------------------------------------------------------------------


def told(found):
    return [when.strftime("%m-%d %H:%M:%S") for when in found]


def test_a_day_is_its_own_tolerance():
    assert told(window(plan(), clock("2026-11-05 08:00"))) == ["11-05 00:00:00", "11-05 23:59:59", "11-06 00:00:00"]


def test_a_round_of_hours_lasts_until_the_next():
    found = window(plan("every 2 hours"), clock("2026-11-05 08:00"))
    assert told(found) == ["11-05 08:00:00", "11-05 09:59:59", "11-05 10:00:00"]


def test_given_tolerances_count_by_the_clock_or_by_the_day():
    by_clock = plan("half-monthly", before="2d real", after="36h real")
    assert told(window(by_clock, clock("2026-11-16 08:00"))) == ["11-14 08:00:00", "11-17 20:00:00", "11-29 08:00:00"]
    by_day = plan("half-monthly", before="2d day", after="3d day")
    assert told(window(by_day, clock("2026-11-16 08:00"))) == ["11-14 00:00:00", "11-19 23:59:59", "11-29 00:00:00"]


def test_no_tolerance_stretches_the_gap_between_two_services():
    lift = plan("half-monthly", before="3d day", after="3d day", max_gap="15d day")
    at = clock("2026-11-16 08:00")
    assert told(window(lift, at, clock("2026-10-30 10:00")))[:2] == ["11-13 00:00:00", "11-14 23:59:59"]
    assert told(window(lift, at, clock("2026-11-01 10:00")))[:2] == ["11-13 00:00:00", "11-16 23:59:59"]
    assert told(window(lift, at, clock("2026-11-04 10:00")))[:2] == ["11-13 00:00:00", "11-19 23:59:59"]
    assert told(window(lift, at, clock("2026-10-01 10:00")))[:2] == ["11-13 00:00:00", "11-13 00:00:00"]


def test_where_the_rule_ends_the_last_one_lapses_after_its_tolerance_and_at_least_a_day():
    last = plan("FREQ=DAILY;INTERVAL=15;COUNT=2", before="2d day", after="2d day")
    assert told(window(last, clock("2026-11-16 08:00"))) == ["11-14 00:00:00", "11-18 23:59:59", "11-23 23:59:58"]
    hour = plan("FREQ=HOURLY;INTERVAL=2;COUNT=1", after="10m real")
    assert told(window(hour, clock("2026-11-01 08:00"))) == ["11-01 08:00:00", "11-01 08:10:00", "11-02 08:10:00"]


# What makes no sense -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, None),
        ({"rule": "FREQ=DAILY;INTERVAL=15", "before": "3d day", "after": "3d day", "max_gap": "15d day"}, None),
        ({"rule": "FREQ=DAILY;INTERVAL=15", "max_gap": "15d real"}, None),
        ({"begins": ""}, "needs rule, begins"),
        ({"begins": "soon"}, "begins must be a time"),
        ({"rule": "sometimes"}, "rule must be a name"),
        ({"before": "3d office"}, "before of a schedule cannot be in office time; write 3d day"),
        ({"max_gap": "4h office"}, "max_gap of a schedule cannot be in office time; write 4h real"),
        ({"before": "12h real", "after": "12h real"}, "must be shorter than the interval"),
        ({"before": "12h real", "after": "11h real"}, None),
        ({"after": "1d day"}, "must be shorter than the interval"),
        ({"rule": "FREQ=WEEKLY;BYDAY=MO,TU", "after": "1d day"}, "must be shorter than the interval"),
        ({"rule": "FREQ=MONTHLY", "max_gap": "30d day"}, "max_gap is shorter than the interval"),
        ({"rule": "FREQ=MONTHLY", "max_gap": "31d day"}, None),
        ({"rule": "FREQ=DAILY;UNTIL=20200101"}, "never met"),
        ({"rule": "FREQ=HOURLY;INTERVAL=24;BYHOUR=5"}, "never met"),
        ({"rule": "FREQ=DAILY;COUNT=3", "basis": "after_completion"}, "COUNT cannot go by completion"),
        ({"begins": "0002-01-02T08:00:00+08:00", "rule": "FREQ=YEARLY", "before": "99999d real"}, "before the year 1"),
        ({"begins": "9998-01-01T08:00:00+08:00", "rule": "FREQ=YEARLY", "after": "99999d day"}, "beyond the year 9999"),
    ],
)
def test_a_schedule_whose_parts_do_not_fit_is_told_so(values, sentence):
    record = Record("S1", "schedule", fields={"rule": "FREQ=DAILY", "begins": stamp("2026-11-01 08:00")} | values)
    found = unreckonable(record, SHANGHAI)
    assert sentence in str(found) if sentence else found is None


# Any history, any cron -----------------------------------------------------------------------------------------------

RULES = st.sampled_from(
    [
        "每2小时",
        "daily",
        "weekly",
        "half-monthly",
        "monthly",
        "quarterly",
        "FREQ=MONTHLY;BYMONTHDAY=15,31",
        "FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=8,20",
        "FREQ=DAILY;COUNT=9",
        "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270101",
    ]
)
CHANGES = st.sampled_from(["pause", "resume", "retire", "revive", "rule", "begins", "assets"])


@st.composite
def histories(draw):
    begins = draw(st.datetimes(datetime(2026, 9, 1), datetime(2026, 12, 1))).replace(microsecond=0, tzinfo=SHANGHAI)
    at = clock("2026-10-01 09:00")
    first = Event(
        at, "a", "add", to="active", set={"rule": parse_recurrence("rule", draw(RULES)), "begins": begins.isoformat()}
    )
    history = [first]
    for change in draw(st.lists(CHANGES, max_size=6)):
        at += draw(st.integers(1, 20 * 24)) * HOUR
        if change == "rule":
            history.append(Event(at, "a", "edit", set={"rule": parse_recurrence("rule", draw(RULES))}))
        elif change == "begins":
            history.append(
                Event(at, "a", "edit", set={"begins": (begins + draw(st.integers(-30, 30)) * DAY).isoformat()})
            )
        elif change == "assets":
            names = draw(st.lists(st.sampled_from(["l1", "l2", "l3"]), unique=True))
            history.append(Event(at, "a", "edit", set={"assets": [{"asset": name} for name in names]}))
        else:
            to = {"pause": "paused", "retire": "retired"}.get(change, "active")
            history.append(Event(at, "a", change, to=to))
    return history


@given(histories(), st.lists(st.integers(-100, 180 * 24), max_size=8))
def test_whenever_cron_runs_the_same_is_made_and_none_twice(history, hours):
    opened, end = history[0].at, history[0].at + 180 * DAY
    everything = [(item.at, item.target) for item in planned(terms(KIND, history, SHANGHAI), end)]
    done, last = [], None
    for now in [*(opened + hour * HOUR for hour in sorted(hours)), end]:
        known = terms(KIND, [entry for entry in history if entry.at <= now], SHANGHAI)
        due = [(item.at, item.target) for item in planned(known, now)]
        fresh = [(item.at, item.target) for item in planned(known, now, after=last)]
        assert set(done) <= set(due)
        assert set(due) - set(done) <= set(fresh)
        done += [found for found in fresh if found not in done]
        last = now
    assert len(set(everything)) == len(everything)
    assert sorted(done, key=str) == sorted(everything, key=str)


@given(
    st.integers(0, 4),
    st.integers(0, 6),
    st.booleans(),
    st.lists(st.floats(0, 1), min_size=2, max_size=40),
    st.times(),
)
def test_whoever_is_never_later_than_the_latest_leaves_no_gap_of_more_than_fifteen_days(
    before, after, by_day, shares, at
):
    measure = "day" if by_day else "real"
    lift = plan("half-monthly", before=f"{before}d {measure}", after=f"{after}d {measure}", max_gap="15d real")
    lift = lift._replace(begins=datetime.combine(lift.begins.date(), time(at.hour, at.minute), SHANGHAI))
    history = [added(rule="half-monthly", begins=lift.begins.strftime("%Y-%m-%d %H:%M"))]
    done = []
    for item, share in zip(planned(terms(KIND, history, SHANGHAI), clock("2029-01-01 00:00")), shares, strict=False):
        earliest, latest, lapses = window(lift, item.at, done[-1] if done else None)
        assert earliest <= latest <= lapses
        done.append(earliest + int(share * ((latest - earliest) // SECOND)) * SECOND)
    assert len(done) == len(shares)
    assert all(other - one <= 15 * DAY for one, other in pairwise(done))


def test_a_month_of_windows_of_many_rounds_is_quick():
    began = perf_counter()
    for place in range(20):
        rounds = plan("每2小时", begins=f"2023-11-{place + 1:02d} 08:00")
        for turn in range(360):
            window(rounds, clock("2026-11-01 00:00") + 2 * turn * HOUR)
    assert perf_counter() - began < 1


@given(RULES, st.integers(0, 60))
def test_windows_of_one_rule_follow_each_other(rule, minutes):
    exact = plan(rule, after=f"{minutes}m real")
    history = [added(rule=rule)]
    found = [item.at for item in planned(terms(KIND, history, SHANGHAI), clock("2026-12-20 00:00"))][:30]
    for one, other in pairwise(found):
        assert window(exact, one).lapses == window(exact, other).earliest
        assert window(exact, one).latest < window(exact, other).earliest
        assert window(exact, one).lapses.tzinfo == SHANGHAI


def test_terms_and_record_say_the_same():
    history = [added(before="1d day"), event("2026-11-03 09:00", "edit", to=None, after="2h real")]
    record = fold(KIND, "S1", history)
    assert unreckonable(record, UTC) is not None  # a day before, and two hours after, of a day
    assert [str(term.plan.after) for term in terms(KIND, history, SHANGHAI)] == ["None", "2h real"]
