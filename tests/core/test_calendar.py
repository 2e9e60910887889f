"""Office time. All of 2026 below is from the State Council's arrangement for that year:
元旦 1-1 to 1-3, worked 1-4 · 春节 2-15 to 2-23, worked 2-14 and 2-28 · 清明 4-4 to 4-6
· 劳动节 5-1 to 5-5, worked 5-9 · 端午 6-19 to 6-21 · 中秋 9-25 to 9-27 · 国庆 10-1 to 10-7, worked 9-20 and 10-10.
A day here is 08:30-12:00 and 14:00-17:30: 7 hours.
"""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmcs.core.calendar import Calendar, calendar_from
from pmcs.core.length import parse_length
from pmcs.errors import BadInput
from pmcs.store.codec import decode

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
SHIPPED = Path(__file__).resolve().parents[2] / "records/regulation/2026-01-01/calendar.yaml"
OFFICE = calendar_from(decode(SHIPPED.read_bytes(), SHIPPED.name), SHANGHAI)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def at(text, tz=SHANGHAI):
    return datetime.fromisoformat(text).replace(tzinfo=tz)


def due(start, length, calendar=OFFICE):
    return calendar.add(at(start, calendar.tz), parse_length(length)).strftime("%Y-%m-%d %H:%M:%S")


# The shipped calendar ---------------------------------------------------------------------------------------------


def days(first, last):
    count = (date.fromisoformat(last) - date.fromisoformat(first)).days
    return [date.fromisoformat(first) + DAY * offset for offset in range(count + 1)]


@pytest.mark.parametrize(
    ("festival", "first", "last"),
    [
        ("元旦", "2026-01-01", "2026-01-03"),
        ("春节", "2026-02-15", "2026-02-23"),
        ("清明节", "2026-04-04", "2026-04-06"),
        ("劳动节", "2026-05-01", "2026-05-05"),
        ("端午节", "2026-06-19", "2026-06-21"),
        ("中秋节", "2026-09-25", "2026-09-27"),
        ("国庆节", "2026-10-01", "2026-10-07"),
    ],
)
def test_the_festivals_of_2026_are_off_and_bear_their_names(festival, first, last):
    assert [day for day, name in OFFICE.holidays.items() if day.year == 2026 and name == festival] == days(first, last)
    assert not any(OFFICE.is_working(day) for day in days(first, last))


def test_the_made_up_weekend_days_of_2026_are_worked():
    made_up = {day: name for day, name in OFFICE.workdays.items() if day.year == 2026}
    assert made_up == {
        date(2026, 1, 4): "元旦",
        date(2026, 2, 14): "春节",
        date(2026, 2, 28): "春节",
        date(2026, 5, 9): "劳动节",
        date(2026, 9, 20): "国庆节",
        date(2026, 10, 10): "国庆节",
    }
    assert all(day.weekday() >= 5 and OFFICE.is_working(day) for day in made_up)


def test_an_ordinary_week():
    assert [OFFICE.is_working(day) for day in days("2026-11-23", "2026-11-29")] == [True] * 5 + [False] * 2


# The law gives eleven days to 2024 and thirteen since; one that falls on a weekend is made good, one that is added
# is worked for. Two exceptions: the anniversary of 2015-09-03, once; and in 2020 the Spring Festival was prolonged,
# so that neither Friday 1-31 nor Saturday 2-1 (announced as worked) was.
EXTRA_DAYS = {2015: 1, 2020: 2}


@pytest.mark.parametrize("year", range(2015, 2027))
def test_every_year_has_as_many_working_days_as_the_law_leaves(year):
    whole = days(f"{year}-01-01", f"{year}-12-31")
    weekends = sum(day.weekday() >= 5 for day in whole)
    statutory = 11 if year < 2025 else 13
    assert sum(map(OFFICE.is_working, whole)) == len(whole) - weekends - statutory - EXTRA_DAYS.get(year, 0)


def test_the_years_that_are_counted_by_plain_weekdays_are_told():
    assert OFFICE.years == frozenset(range(2015, 2027))
    assert OFFICE.missing_years(at("2026-03-01"), at("2026-12-31")) == frozenset()
    assert OFFICE.missing_years(at("2026-12-30"), at("2028-01-02")) == {2027, 2028}
    assert OFFICE.missing_years(datetime(2026, 12, 31, 17, tzinfo=UTC), at("2027-01-01 02:00")) == {2027}
    assert OFFICE.missing_years(at("2028-01-02"), at("2026-12-30")) == frozenset()


# Deadlines --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        # 急修 does not wait for the morning.
        ("2026-11-23 23:50", "30m real", "2026-11-24 00:20:00"),
        # 16:00 to 17:30 on Friday, the rest from 08:30 on Monday.
        ("2026-11-20 16:00", "4h office", "2026-11-23 11:00:00"),
        # 2.5 h on 9-30, 7 on Thursday 10-8, 7 on 10-9, and 4.5 on Saturday 10-10, which is worked.
        ("2026-09-30 15:00", "3d office", "2026-10-10 15:00:00"),
        # Saturday 2-14 is worked; then nine days off.
        ("2026-02-13 09:00", "1d office", "2026-02-14 09:00:00"),
        ("2026-02-13 09:00", "3d office", "2026-02-25 09:00:00"),
        # Over noon.
        ("2026-11-23 10:00", "3h office", "2026-11-23 15:00:00"),
        ("2026-11-23 12:30", "30m office", "2026-11-23 14:30:00"),
        ("2026-11-23 12:00", "1m office", "2026-11-23 14:01:00"),
        # At a slot's end it stays.
        ("2026-11-23 10:00", "2h office", "2026-11-23 12:00:00"),
        ("2026-11-23 14:00", "210m office", "2026-11-23 17:30:00"),
        ("2026-11-23 08:30", "1d office", "2026-11-23 17:30:00"),
        ("2026-11-20 17:30", "1d office", "2026-11-23 17:30:00"),
        # Told at night, early, on a Sunday, on a holiday.
        ("2026-11-23 20:00", "1h office", "2026-11-24 09:30:00"),
        ("2026-11-23 06:00", "1h office", "2026-11-23 09:30:00"),
        ("2026-11-22 10:00", "1h office", "2026-11-23 09:30:00"),
        ("2026-10-03 10:00", "1h office", "2026-10-08 09:30:00"),
        # To the second.
        ("2026-11-23 09:12:04", "30m real", "2026-11-23 09:42:04"),
        ("2026-11-23 17:29:59", "1m office", "2026-11-24 08:30:59"),
        # By days, worked or not.
        ("2026-11-23 09:12:04", "3d day", "2026-11-26 23:59:59"),
        ("2026-09-30 17:00", "3d day", "2026-10-03 23:59:59"),
        ("2026-11-23 23:59:59", "0d day", "2026-11-23 23:59:59"),
        ("2026-12-30 08:00", "2d day", "2027-01-01 23:59:59"),
        ("2026-11-23 09:00", "7d", "2026-11-30 09:00:00"),
        # Nothing to spend, even at night.
        ("2026-11-22 03:00", "0h office", "2026-11-22 03:00:00"),
    ],
)
def test_when_a_promise_is_due(start, length, expected):
    assert due(start, length) == expected


def test_a_time_that_came_in_another_zone_counts_on_the_offices_day():
    late_in_london = datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert OFFICE.add(late_in_london, parse_length("0d day")) == at("2026-11-23 23:59:59")
    told = OFFICE.add(late_in_london, parse_length("1h office"))
    assert (told, told.tzinfo) == (at("2026-11-23 09:30"), SHANGHAI)


def test_a_clock_that_paused_resumes_with_what_is_left():
    promised = 4 * HOUR
    used = OFFICE.elapsed(at("2026-11-20 16:00"), at("2026-11-20 16:30"), "office")
    assert used == 30 * MINUTE
    assert OFFICE.spend(at("2026-11-25 10:00"), promised - used, "office") == at("2026-11-25 15:30")
    assert OFFICE.spend(at("2026-11-22 10:00"), -HOUR, "office") == at("2026-11-22 10:00")
    assert OFFICE.spend(at("2026-11-22 10:00"), timedelta(0), "real") == at("2026-11-22 10:00")


@pytest.mark.parametrize(
    ("start", "end", "office", "real"),
    [
        ("2026-11-20 16:00", "2026-11-23 11:00", 4 * HOUR, 67 * HOUR),
        ("2026-11-23 11:30", "2026-11-23 14:15", 45 * MINUTE, 165 * MINUTE),
        ("2026-10-01 00:00", "2026-10-07 23:59", timedelta(0), 7 * DAY - MINUTE),
        ("2026-09-21 00:00", "2026-10-11 00:00", 10 * 7 * HOUR, 20 * DAY),  # 9-21 to 24, 28 to 30, 10-8 to 10
        ("2026-11-23 11:00", "2026-11-20 16:00", timedelta(0), -67 * HOUR),
    ],
)
def test_how_long_something_took(start, end, office, real):
    assert OFFICE.elapsed(at(start), at(end), "office") == office
    assert OFFICE.elapsed(at(start), at(end), "real") == real


def test_seven_hours_are_a_day():
    assert OFFICE.day_length == 7 * HOUR


def test_a_calendar_can_be_kept_in_a_file_of_the_compiled_regulation():
    assert pickle.loads(pickle.dumps(OFFICE)) == OFFICE


# Summer time (New York: forward on 2026-03-08 at 02:00, back on 2026-11-01 at 02:00) -------------------------------

ALWAYS = Calendar(NEW_YORK, ((time(0), time(0)),), frozenset(range(7)), {}, {}, frozenset())


def test_a_real_day_is_24_hours_where_the_clock_goes_forward():
    assert due("2026-03-07 12:00", "24h real", ALWAYS) == "2026-03-08 13:00:00"
    assert ALWAYS.elapsed(at("2026-03-07 12:00", NEW_YORK), at("2026-03-08 12:00", NEW_YORK), "real") == 23 * HOUR


def test_the_hour_that_comes_twice_passes_twice():
    first, second = at("2026-11-01 01:30", NEW_YORK), at("2026-11-01 01:10", NEW_YORK).replace(fold=1)
    for measure in ("real", "office"):
        assert ALWAYS.elapsed(first, second, measure) == 40 * MINUTE
        assert ALWAYS.spend(first, 40 * MINUTE, measure).isoformat() == "2026-11-01T01:10:00-05:00"


def test_an_office_that_never_closes_works_23_or_25_hours_on_such_days():
    for first, hours in (("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-02", 24)):
        begin = at(first, NEW_YORK)
        assert ALWAYS.elapsed(begin, begin + DAY, "office") == hours * HOUR  # midnight to midnight by the wall
    assert due("2026-11-02 00:00", "1d office", ALWAYS) == "2026-11-03 00:00:00"


def test_office_hours_follow_the_wall_clock():
    nine_to_five = replace(ALWAYS, slots=((time(9), time(17)),))
    assert due("2026-03-07 16:00", "2h office", nine_to_five) == "2026-03-08 10:00:00"


# Any calendar -----------------------------------------------------------------------------------------------------

SPRING = datetime(2026, 3, 1)
ZONES = [SHANGHAI, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]


@st.composite
def calendars(draw, zones=ZONES):
    minutes = sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=6)))
    pairs = zip(minutes[::2], minutes[1::2], strict=False)
    slots = tuple((time(*divmod(begin, 60)), time(*divmod(end % 1440, 60))) for begin, end in pairs)
    some_days = st.sets(st.integers(0, 60), max_size=8).map(lambda found: {SPRING.date() + DAY * day for day in found})
    holidays = draw(some_days)
    return Calendar(
        draw(st.sampled_from(zones)),
        slots,
        draw(st.frozensets(st.integers(0, 6), min_size=1)),
        dict.fromkeys(holidays, "节"),
        dict.fromkeys(draw(some_days) - holidays, "调休"),
        frozenset({2026}),
    )


starts = st.integers(0, 60 * 86400).map(lambda seconds: (SPRING + timedelta(seconds=seconds)).replace(tzinfo=UTC))
spans = st.integers(1, 200 * 3600).map(lambda seconds: timedelta(seconds=seconds))
measures = st.sampled_from(["real", "office"])


@given(calendars(), starts, spans, measures)
def test_what_was_spent_has_elapsed(calendar, start, span, measure):
    assert calendar.elapsed(start, calendar.spend(start, span, measure), measure) == span


@given(calendars(), starts, spans, spans, measures)
def test_a_pause_of_no_time_changes_nothing(calendar, start, first, second, measure):
    middle = calendar.spend(start, first, measure)
    assert calendar.spend(middle, second, measure) == calendar.spend(start, first + second, measure)


@given(calendars(), starts, starts, starts, measures)
def test_parts_of_a_time_add_up(calendar, one, two, three, measure):
    first, middle, last = sorted([one, two, three])
    parts = calendar.elapsed(first, middle, measure) + calendar.elapsed(middle, last, measure)
    assert parts == calendar.elapsed(first, last, measure)


@given(calendars(), starts, starts, spans, spans, measures)
def test_who_starts_later_or_has_more_time_is_never_due_earlier(calendar, one, two, less, more, measure):
    early, late = sorted([one, two])
    less, more = sorted([less, more])
    assert calendar.spend(early, less, measure) <= calendar.spend(late, less, measure)
    assert calendar.spend(early, less, measure) <= calendar.spend(early, more, measure)


@given(calendars([SHANGHAI]), starts, st.integers(1, 300), st.sampled_from("mhd"))
def test_office_time_never_ends_when_the_office_is_closed(calendar, start, amount, unit):
    moment = calendar.add(start, parse_length(f"{amount}{unit} office"))
    just_before = moment - timedelta(microseconds=1)
    assert calendar.is_working(just_before.date())
    assert any(
        begin <= just_before.time() and (end == time(0) or just_before.time() < end) for begin, end in calendar.slots
    )


@settings(max_examples=30)
@given(calendars([SHANGHAI]), starts, st.integers(0, 5 * 1440))
def test_elapsed_counts_the_minutes_one_by_one(calendar, start, minutes):
    start = start.astimezone(SHANGHAI).replace(second=0)
    open_minutes = {
        minute
        for begin, end in calendar.slots
        for minute in range(begin.hour * 60 + begin.minute, (end.hour * 60 + end.minute) or 1440)
    }
    counted = 0
    for offset in range(minutes):
        moment = start + MINUTE * offset
        named = moment.date() in calendar.workdays
        off = moment.date() in calendar.holidays or moment.weekday() not in calendar.weekdays
        counted += (named or not off) and moment.hour * 60 + moment.minute in open_minutes
    assert calendar.elapsed(start, start + MINUTE * minutes, "office") == counted * MINUTE


# What cannot be counted -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("never", [{"slots": ()}, {"weekdays": frozenset(), "workdays": {}}])
def test_an_office_that_never_works_is_told_so(never):
    closed = replace(OFFICE, **never)
    with pytest.raises(BadInput, match="no working hours in the 4000 days before 2037-11-05"):
        closed.add(at("2026-11-23 09:00"), parse_length("1h office"))
    assert closed.elapsed(at("2026-11-23 09:00"), at("2026-11-30 09:00"), "office") == timedelta(0)


@pytest.mark.parametrize("length", ["99999d real", "99999d office", "99999d day"])
def test_a_time_beyond_the_end_of_the_calendar_is_refused(length):
    with pytest.raises(BadInput, match="give a nearer date"):
        due("9990-01-01 09:00", length)


# Reading calendar.yaml --------------------------------------------------------------------------------------------

GOOD = {
    "slots": ["08:30-12:00", "14:00-17:30"],
    "weekdays": ["mon", "fri"],
    "years": {"2026": {"holidays": {"2026-01-01": "元旦"}, "workdays": {"2026-01-04": "元旦"}}},
}


def test_a_calendar_is_what_its_file_says():
    assert calendar_from(GOOD, SHANGHAI) == Calendar(
        SHANGHAI,
        ((time(8, 30), time(12)), (time(14), time(17, 30))),
        frozenset({0, 4}),
        {date(2026, 1, 1): "元旦"},
        {date(2026, 1, 4): "元旦"},
        frozenset({2026}),
    )


def test_a_night_is_two_slots_in_any_order():
    calendar = calendar_from({**GOOD, "slots": ["22:00-24:00", "0:00 - 6:00"]}, SHANGHAI)
    assert calendar.slots == ((time(0), time(6)), (time(22), time(0)))
    assert calendar.day_length == 8 * HOUR
    assert due("2026-11-23 23:00", "1h office", calendar) == "2026-11-24 00:00:00"


@pytest.mark.parametrize("years", ["", {}, {"2027": ""}, {"2027": {"holidays": ""}}])
def test_a_year_may_be_empty_or_left_out(years):
    calendar = calendar_from({**GOOD, "years": years}, SHANGHAI)
    assert calendar.years == {int(year) for year in years}
    assert (calendar.holidays, calendar.workdays) == ({}, {})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"slot": []}, "The calendar knows no slot; its keys are slots, weekdays, years."),
        ({"slots": []}, "The calendar's slots must be a list; write slots: ["),
        ({"slots": "08:30-12:00"}, "The calendar's slots must be a list"),
        ({"slots": [["08:30-12:00"]]}, "The calendar's slots must be a list"),
        ({"slots": ["8.30-12"]}, "slot 8.30-12 is no time of day; write it as 08:30-12:00."),
        ({"slots": ["08:30-25:00"]}, "slot 08:30-25:00 is no time of day"),
        ({"slots": ["08:60-12:00"]}, "slot 08:60-12:00 is no time of day"),
        ({"slots": ["24:00-24:00"]}, "slot 24:00-24:00 is no time of day"),
        ({"slots": ["08：30-12：00"]}, "slot 08：30-12：00 is no time of day"),
        ({"slots": ["22:00-06:00"]}, "a night is two slots, 22:00-24:00 and 00:00-06:00."),
        ({"slots": ["09:00-09:00"]}, "slot 09:00-09:00 ends before it begins"),
        ({"slots": ["08:30-12:00", "11:00-17:30"]}, "the one from 08:30 is not over at 11:00; correct one."),
        ({"slots": ["08:30-24:00", "14:00-17:30"]}, "the one from 08:30 is not over at 14:00"),
        ({"slots": ["08:30-12:00", "08:30-12:00"]}, "the one from 08:30 is not over at 08:30"),
        ({"weekdays": []}, "The calendar's weekdays must be a list; write weekdays: [mon, tue"),
        ({"weekdays": ["周一"]}, "The calendar knows no weekday 周一; write mon, tue, wed, thu, fri, sat, sun."),
        ({"years": ["2026"]}, "Under years the calendar needs lines 'key: value'."),
        ({"years": {"26": {}}}, "The calendar's year 26 is no year; write it as 2026."),
        ({"years": {"2026": "none"}}, "Under 2026 the calendar needs lines"),
        ({"years": {"2026": {"festivals": {}}}}, "The year 2026 of the calendar knows no festivals; its keys are holi"),
        ({"years": {"2026": {"holidays": ["2026-01-01"]}}}, "Under 2026 holidays the calendar needs lines"),
        ({"years": {"2026": {"holidays": {"01-01": "元旦"}}}}, "has 01-01 under 2026 holidays, which is no date;"),
        ({"years": {"2026": {"holidays": {"2026-02-29": "春节"}}}}, "has 2026-02-29 under 2026 holidays, which is no"),
        ({"years": {"2026": {"holidays": {"2026-W01-1": "春节"}}}}, "which is no date; write it as 2026-05-01."),
        (
            {"years": {"2026": {"workdays": {"2027-01-03": "元旦"}}}},
            "has 2027-01-03 under 2026; move it to its own year",
        ),
        ({"years": {"2026": {"workdays": {"2026-01-04": ""}}}}, "day 2026-01-04 has no name"),
        (
            {"years": {"2026": {"holidays": {"2026-01-04": "元旦"}, "workdays": {"2026-01-04": "元旦"}}}},
            "The calendar has 2026-01-04 under holidays and under workdays; keep one of them.",
        ),
    ],
)
def test_what_is_wrong_with_a_calendar_is_said(change, sentence):
    with pytest.raises(BadInput) as refused:
        calendar_from({**GOOD, **change}, SHANGHAI)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("key", GOOD)
def test_a_key_that_is_left_out_is_asked_for_with_an_example(key):
    with pytest.raises(BadInput, match=f"The calendar lacks {key}; add it, as {key}: "):
        calendar_from({name: value for name, value in GOOD.items() if name != key}, SHANGHAI)
