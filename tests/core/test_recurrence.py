"""Recurrences: the names people know, and when a rule falls due, held against plain dateutil and the calendar."""

from __future__ import annotations

import time
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from pmcs.core.occurrence import first_from, next_after, occurrences
from pmcs.core.recurrence import name_of, parse_recurrence
from pmcs.errors import BadInput
from tests.core.world import SHANGHAI, clock

DAY = timedelta(days=1)


def listed(rule, begins, after, until):
    return [when.strftime("%Y-%m-%d %H:%M") for when in occurrences(rule, clock(begins), clock(after), clock(until))]


def days(rule, begins, until):
    return [text[:10] for text in listed(rule, begins, "2020-01-01 00:00", until)]


@pytest.mark.parametrize(
    ("typed", "rule", "english", "chinese"),
    [
        ("daily", "FREQ=DAILY", "daily", "每天"),
        ("每日", "FREQ=DAILY", "daily", "每天"),
        ("Weekly", "FREQ=WEEKLY", "weekly", "每周"),
        ("Half_Monthly", "FREQ=DAILY;INTERVAL=15", "half-monthly", "半月"),
        ("half monthly", "FREQ=DAILY;INTERVAL=15", "half-monthly", "半月"),
        ("每15天", "FREQ=DAILY;INTERVAL=15", "half-monthly", "半月"),
        ("每月", "FREQ=MONTHLY", "monthly", "每月"),
        ("每季", "FREQ=MONTHLY;INTERVAL=3", "quarterly", "每季度"),
        ("half/yearly", "FREQ=MONTHLY;INTERVAL=6", "half-yearly", "半年"),
        ("每年", "FREQ=YEARLY", "yearly", "每年"),
        ("EVERY 2 HOURS", "FREQ=HOURLY;INTERVAL=2", "every 2 hours", "每2小时"),
        ("每 ２ 小时", "FREQ=HOURLY;INTERVAL=2", "every 2 hours", "每2小时"),
        ("every 1 hours", "FREQ=HOURLY", "hourly", "每小时"),
        ("每1天", "FREQ=DAILY", "daily", "每天"),
        ("every 10 days", "FREQ=DAILY;INTERVAL=10", "every 10 days", "每10天"),
        ("每2周", "FREQ=WEEKLY;INTERVAL=2", "every 2 weeks", "每2周"),
        ("每2个月", "FREQ=MONTHLY;INTERVAL=2", "every 2 months", "每2个月"),
        ("RRULE:interval=01;freq=daily;", "FREQ=DAILY", "daily", "每天"),
        ("freq=monthly; bymonthday=1,-1", "FREQ=MONTHLY;BYMONTHDAY=1,-1", *["FREQ=MONTHLY;BYMONTHDAY=1,-1"] * 2),
    ],
)
def test_a_name_is_kept_as_a_rule_and_the_rule_shown_by_its_name(typed, rule, english, chinese):
    assert parse_recurrence("rule", typed) == rule == parse_recurrence("rule", rule)
    assert (name_of(rule, "en"), name_of(rule, "zh_CN")) == (english, chinese)
    assert parse_recurrence("rule", chinese) == parse_recurrence("rule", english) == rule


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "name such as monthly.* or a recurrence such as FREQ="),
        ("now and then", "name such as monthly"),
        ("每0小时", "name such as monthly"),
        ("FREQ=DAILY;FREQ=DAILY", "name such as monthly"),
        ("FREQ=MINUTELY", "somebody has to work"),
        ("FREQ=SECONDLY;INTERVAL=3600", "somebody has to work"),
        ("FREQ=DAILY;BYSECOND=1,2", "somebody has to work"),
        ("FREQ=DAILY;INTERVAL=0", "cannot have INTERVAL=0"),
        ("FREQ=DAILY;INTERVAL=-1", "cannot have INTERVAL=-1"),
        ("FREQ=DAILY;COUNT=0", "cannot have COUNT=0"),
        ("FREQ=FORTNIGHTLY", "cannot have FREQ=FORTNIGHTLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "cannot have BYMONTHDAY=0"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "cannot have BYMONTHDAY=32"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "cannot have BYMONTHDAY=1"),
        ("FREQ=WEEKLY;BYDAY=1MO", "cannot have BYDAY=1MO"),
        ("FREQ=DAILY;BYHOUR=24", "cannot have BYHOUR=24"),
        ("FREQ=DAILY;BYEASTER=1", "cannot have BYEASTER=1"),
        ("FREQ=DAILY;DTSTART", "cannot have DTSTART="),
        ("FREQ=DAILY;UNTIL=20261301", "cannot have UNTIL=20261301"),
        ("FREQ=DAILY;UNTIL=20261201;COUNT=3", "cannot have UNTIL=20261201"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=-31", "no day or hour ever meets"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=-30", "no day or hour ever meets"),
        ("FREQ=MONTHLY;BYDAY=2MO;BYSETPOS=2", "no day or hour ever meets"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(typed, sentence):
    with pytest.raises(BadInput, match=sentence):
        parse_recurrence("rule", typed)


@given(st.text(max_size=20) | st.text(alphabet="FREQ=DAILY;BYMONTH0123,-", max_size=30).map("FREQ=DAILY;".__add__))
def test_no_text_leads_to_a_traceback(text):
    try:
        rule = parse_recurrence("rule", text)
    except BadInput:
        return
    assert parse_recurrence("rule", rule) == rule


# The last day --------------------------------------------------------------------------------------------------------


def test_the_31st_falls_on_a_short_months_last_day():
    assert days("FREQ=MONTHLY", "2026-01-31 08:00", "2026-05-01 00:00") == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]
    assert days("FREQ=MONTHLY;BYMONTHDAY=15,31", "2026-02-01 08:00", "2026-05-01 00:00") == [
        "2026-02-15",
        "2026-02-28",
        "2026-03-15",
        "2026-03-31",
        "2026-04-15",
        "2026-04-30",
    ]
    assert days("FREQ=YEARLY", "2024-02-29 08:00", "2028-12-31 00:00") == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
    ]
    assert days("FREQ=YEARLY;BYMONTH=4,5", "2026-03-31 08:00", "2026-12-31 00:00") == ["2026-04-30", "2026-05-31"]
    # Within COUNT, too: the short month is one of the three.
    assert days("FREQ=MONTHLY;COUNT=3", "2026-01-30 08:00", "2027-01-01 00:00") == [
        "2026-01-30",
        "2026-02-28",
        "2026-03-30",
    ]


@given(
    st.lists(st.integers(1, 31), min_size=1, max_size=4, unique=True),
    st.sampled_from(["MONTHLY", "DAILY", "YEARLY"]),
    st.integers(2000, 2100),
)
def test_every_day_of_the_month_is_met_every_month(wanted, frequency, year):
    rule = f"FREQ={frequency};BYMONTHDAY={','.join(map(str, wanted))}"
    begins = datetime(year, 1, 1, 8, tzinfo=SHANGHAI)
    found = [when.date() for when in occurrences(rule, begins, begins - DAY, begins.replace(year=year + 1) - DAY)]
    expected = {
        begins.replace(month=month, day=min(day, monthrange(year, month)[1])).date()
        for month in range(1, 13)
        for day in wanted
    }
    assert found == sorted(expected)


# Plain dateutil ------------------------------------------------------------------------------------------------------

WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def some(values, most=3):
    return st.lists(values, min_size=1, max_size=most, unique=True).map(lambda found: ",".join(map(str, found)))


def either(key, values):
    return st.just("") | values.map(lambda value: f";{key}={value}")


TIMES = st.builds(
    lambda *parts: "".join(parts),
    either("BYHOUR", some(st.integers(0, 23))),
    either("BYMINUTE", some(st.sampled_from([0, 15, 30]), 2)),
    either("WKST", st.sampled_from(["MO", "SU"])),
    either("COUNT", st.integers(1, 40)),
)
SPACED = either("INTERVAL", st.integers(2, 17))
SMALL = some(st.integers(-28, 28).filter(bool))
RULES = (
    st.builds("FREQ=HOURLY{}{}{}".format, SPACED, either("BYDAY", some(st.sampled_from(WEEKDAYS))), TIMES)
    | st.builds("FREQ=DAILY{}{}{}".format, SPACED, either("BYMONTH", some(st.integers(1, 12), 9)), TIMES)
    | st.builds("FREQ=WEEKLY{}{}{}".format, SPACED, either("BYDAY", some(st.sampled_from(WEEKDAYS))), TIMES)
    | st.builds("FREQ=MONTHLY{};BYMONTHDAY={}{}".format, SPACED, SMALL, TIMES)
    | st.builds(
        "FREQ=MONTHLY{};BYDAY={}{}{}".format,
        SPACED,
        some(st.sampled_from(["1MO", "-1FR", "SU", "TU", "3WE"])),
        either("BYSETPOS", st.sampled_from([1, -1])),
        TIMES,
    )
    | st.builds(
        "FREQ=YEARLY{};BYMONTH={}{}".format, either("INTERVAL", st.integers(2, 4)), some(st.integers(1, 12)), TIMES
    )
    | st.builds("FREQ=YEARLY;BYWEEKNO={};BYDAY=TU{}".format, some(st.integers(1, 53)), TIMES)
)
BEGINS = st.datetimes(datetime(2023, 1, 1), datetime(2024, 12, 28)).filter(lambda when: when.day < 29)


@given(RULES, BEGINS, st.integers(-30, 1000), st.integers(0, 60))
def test_a_rule_recurs_as_dateutil_reckons_from_its_beginning(rule, begins, later, length):
    begins = begins.replace(microsecond=0)
    after = begins + later * DAY
    until = after + length * DAY
    try:
        plain = rrulestr(rule, dtstart=begins)
        expected = []
        for when in plain:
            if when > until or len(expected) > 3000:
                break
            expected += [when] if when > after else []
    except ValueError:  # every 24 hours from six it is never five
        expected = []
    zone = SHANGHAI
    found = occurrences(rule, *(when.replace(tzinfo=zone) for when in (begins, after, until)))
    assert [when.replace(tzinfo=None) for when in found] == expected


@given(RULES, BEGINS, st.lists(st.integers(0, 400), max_size=6), st.sampled_from(["Asia/Shanghai", "Europe/Berlin"]))
def test_asked_in_pieces_or_at_once_it_is_the_same_and_none_twice(rule, begins, marks, zone):
    begins = begins.replace(microsecond=0, tzinfo=ZoneInfo(zone))
    marks = [begins - DAY, *(begins + mark * DAY for mark in sorted(marks)), begins + 401 * DAY]
    pieces = [when for one, other in pairwise(marks) for when in occurrences(rule, begins, one, other)]
    assert pieces == list(occurrences(rule, begins, marks[0], marks[-1]))
    assert len({when.astimezone(UTC) for when in pieces}) == len(pieces)


@given(BEGINS)
def test_half_a_month_is_never_more_than_fifteen_days(begins):
    rule = parse_recurrence("rule", "半月")
    found = list(islice(occurrences(rule, begins.replace(tzinfo=SHANGHAI), *DECADE), 100))
    assert {other - one for one, other in pairwise(found)} == {15 * DAY}


DECADE = clock("2023-01-01 00:00") - DAY, clock("2033-01-01 00:00")


# Ends ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260103", "2026-01-03 20:00"),
        ("20260103T100000", "2026-01-03 08:00"),
        ("20260103T000000Z", "2026-01-03 08:00"),  # eight o'clock in Shanghai
        ("20260102T235959Z", "2026-01-02 20:00"),
    ],
)
def test_until_holds_in_local_time_and_in_that_of_greenwich(until, last):
    rule = parse_recurrence("rule", f"FREQ=DAILY;BYHOUR=8,20;UNTIL={until}")
    assert listed(rule, "2026-01-01 08:00", "2025-12-31 00:00", "2026-02-01 00:00")[-1] == last


def test_what_never_recurs_after_its_beginning_ends_the_search():
    begins = clock("2026-01-01 06:00")
    assert first_from("FREQ=HOURLY;INTERVAL=24;BYHOUR=5", begins) is None
    assert first_from("FREQ=MONTHLY;INTERVAL=12;BYMONTH=5", begins) is None
    assert first_from("FREQ=DAILY;UNTIL=20251231", begins) is None
    assert next_after("FREQ=DAILY;COUNT=3", begins, clock("2026-01-02 06:00")) == clock("2026-01-03 06:00")
    assert next_after("FREQ=DAILY;COUNT=3", begins, clock("2026-01-03 06:00")) is None
    assert next_after("FREQ=YEARLY", clock("9990-01-01 00:00"), clock("9998-06-01 00:00")) is None


def test_two_hundred_schedules_begun_long_ago_are_quick():
    after = clock("2026-11-01 00:00")
    rules = ["FREQ=HOURLY;INTERVAL=2"] * 40 + [
        "FREQ=DAILY;INTERVAL=15",
        "FREQ=WEEKLY",
        "FREQ=MONTHLY;BYMONTHDAY=31",
    ] * 54
    began = time.perf_counter()
    found = [
        list(occurrences(rule, clock("2023-11-01 08:00") + place * DAY, after, after + 30 * DAY))
        for place, rule in enumerate(rules)
    ]
    assert time.perf_counter() - began < 1
    assert {len(times) for times in found[:40]} == {360}


def test_summer_time_neither_loses_nor_doubles():
    berlin = ZoneInfo("Europe/Berlin")
    begins = datetime(2026, 3, 28, 2, 30, tzinfo=berlin)
    daily = occurrences("FREQ=DAILY", begins, begins - DAY, begins + 2 * DAY)
    assert [when.isoformat() for when in daily] == [
        "2026-03-28T02:30:00+01:00",
        "2026-03-29T03:30:00+02:00",
        "2026-03-30T02:30:00+02:00",
    ]
    hourly = list(occurrences("FREQ=HOURLY", begins, begins + DAY - timedelta(hours=2), begins + DAY))
    assert len({when.astimezone(UTC) for when in hourly}) == len(hourly)


def test_a_yearly_choice_among_last_days_is_made_in_the_year():
    rule = "FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=30;BYSETPOS=-1"
    assert days(rule, "2026-01-01 08:00", "2027-12-31 00:00") == ["2026-02-28", "2027-02-28"]
