"""From typed words to what a record holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.core.kind import Choice, Field
from pmcs.core.scalars import parse_date, parse_time
from pmcs.core.values import convert, stored_fault
from pmcs.core.world import SYSTEM_ACTOR, Context
from pmcs.errors import BadInput, NotFound
from tests.core.world import clock, founded, stamp

NOW = clock("2026-11-23 10:00")
CONTEXT = Context(NOW, SYSTEM_ACTOR, founded().memory, "A")


def typed(text, type_="line", **rest):
    return convert(Field("x", "字段", type=type_, **rest), text, CONTEXT, NOW)


@pytest.mark.parametrize(
    ("type_", "text", "held"),
    [
        ("int", "１２", "12"),
        ("int", "1,234", "1234"),
        ("int", "-0", "0"),
        ("int", "007", "7"),
        ("number", "89.50", "89.5"),
        ("number", "1,000", "1000"),
        ("number", "-0.0", "0"),
        ("number", "0.000000001", "0.000000001"),
        ("number", "100", "100"),
        ("money", "12", "12.00"),
        ("money", "1,234.5", "1234.50"),
        ("money", "-0", "0.00"),
        ("bool", "是", "true"),
        ("bool", "No", "false"),
        ("date", "2026/1/5", "2026-01-05"),
        ("date", "2026年11月3日", "2026-11-03"),
        ("date", "20261103", "2026-11-03"),
        ("date", "昨天", "2026-11-22"),
        ("time", "9:12", stamp("2026-11-23 09:12")),
        ("time", "昨天 21:30", stamp("2026-11-22 21:30")),
        ("time", "2026-11-23T01:12:00+00:00", stamp("2026-11-23 09:12")),
        ("time", "2026-11-25", stamp("2026-11-25 23:59:59")),
        ("period", "2026-10", "2026-10"),
        ("length", "3d office", "3d office"),
        ("line", "", ""),
        ("line", "  ", ""),
        ("text", "一\n二", "一\n二"),
    ],
)
def test_what_people_write_becomes_one_way_of_writing_it(type_, text, held):
    assert typed(text, type_) == held


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("int", "1.5"),
        ("int", "1,2"),
        ("int", "12,34"),
        ("int", "9" * 19),
        ("int", "十二"),
        ("number", "1e9"),
        ("number", "NaN"),
        ("number", "12,5"),
        ("number", "1.0000000001"),
        ("money", "0.005"),
        ("money", "¥12"),
        ("bool", "perhaps"),
        ("date", "2026-02-30"),
        ("date", "2026111"),
        ("date", "11-23"),
        ("date", "0000-01-01"),
        ("time", "25:00"),
        ("time", "now"),
        ("time", "9999-12-31T23:59:59-12:00"),
        ("time", "2026-02-30 09:00"),
        ("period", "2026-13"),
        ("length", "3天"),
        ("line", "一\n二"),
        ("line", "x" * 1001),
        ("line", "\0"),
        ("text", "\ud800"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(type_, text):
    with pytest.raises(BadInput):
        typed(text, type_)


def test_a_day_alone_is_its_end_for_what_is_to_come_and_its_beginning_for_what_has_been():
    assert typed("2026-11-24", "time", never="past") == stamp("2026-11-24 23:59:59")
    assert typed("2026-11-22", "time", never="future") == stamp("2026-11-22 00:00")


@pytest.mark.parametrize(
    ("type_", "text", "limits"),
    [
        ("int", "-1", {"min": "0"}),
        ("number", "100.1", {"max": "100"}),
        ("date", "2026-11-22", {"never": "past"}),
        ("date", "2026-11-24", {"never": "future"}),
        ("time", "2026-11-23 09:59", {"never": "past"}),
        ("time", "2026-11-23 10:01", {"never": "future"}),
    ],
)
def test_limits_are_kept(type_, text, limits):
    with pytest.raises(BadInput, match=r"x (must be|is)"):
        typed(text, type_, **limits)


def test_today_is_neither_past_nor_future():
    assert typed("today", "date", never="past") == typed("今天", "date", never="future") == "2026-11-23"


def test_a_choice_is_named_by_its_identifier_or_by_its_label_in_any_language():
    item = Field("x", "x", values={"valid": Choice("属实"), "other": Choice({"zh_CN": "其他", "en": "else"})})
    for text, held in (("valid", "valid"), (" 属实 ", "valid"), ("其他", "other"), ("else", "other")):
        assert convert(item, text, CONTEXT, NOW) == held
    with pytest.raises(BadInput, match="x cannot be 不实; choose valid, other"):
        convert(item, "不实", CONTEXT, NOW)


def test_a_link_is_found_by_part_of_its_number_or_not_at_all():
    assert typed("1201", ref=("place",)) == "3-2-1201"
    with pytest.raises(NotFound):
        typed("9-9-9999", ref=("place",))


def test_a_private_number_in_clear_is_refused_or_masked_and_never_repeated():
    for text in ("电话13811112222", "１３８１１１１２２２２", "0512-12345678 找张"):
        for type_ in ("line", "text"):
            with pytest.raises(BadInput, match="--mask") as refusal:
                typed(text, type_)
            assert "1111" not in str(refusal.value)
            assert "1234" not in str(refusal.value)
    masking = CONTEXT._replace(mask=True)
    assert convert(Field("x", "x"), "电话13811112222", masking, NOW) == "电话138****2222"
    assert convert(Field("x", "x", sealed=True), "13811112222", CONTEXT, NOW) == "13811112222"  # sealed afterwards
    assert convert(Field("x", "x", sealed=False), "13811112222", CONTEXT, NOW) == "13811112222"
    with pytest.raises(BadInput) as refusal:
        typed("13811112222", "date")
    assert "13811112222" not in str(refusal.value)


def test_rows_are_rows():
    item = Field("x", "x", rows={"a": Field("a", "a", type="int"), "b": Field("b", "b", default="1")})
    assert convert(item, [{"a": "1,000"}, {"b": "2"}], CONTEXT, NOW) == [{"a": "1000", "b": "1"}, {"b": "2"}]
    for raw in ("a=1", ["a"], [["a"]]):
        with pytest.raises(BadInput, match="x takes rows of a, b"):
            convert(item, raw, CONTEXT, NOW)


# What stands in a file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "value"),
    [
        (Field("x", "x", type="int"), "12"),
        (Field("x", "x", type="date"), "2026-11-23"),
        (Field("x", "x", type="time"), "2026-11-23T09:00:00+08:00"),
        (Field("x", "x", sealed=True), "sealed:v1:R1:abc"),
        (Field("x", "x", type="refs"), ["T1", "T2"]),
        (Field("x", "x", rows={"a": Field("a", "a")}), [{"a": "1"}]),
    ],
)
def test_a_sound_value_has_no_fault(item, value):
    assert stored_fault(item, value) is None


@pytest.mark.parametrize(
    ("item", "value"),
    [
        (Field("x", "x", type="int"), "twelve"),
        (Field("x", "x", type="int"), ["12"]),
        (Field("x", "x", type="number"), "NaN"),
        (Field("x", "x", type="date"), "2026-02-30"),
        (Field("x", "x", type="time"), "2026-11-23T09:00:00"),
        (Field("x", "x", sealed=True), "13811112222"),
        (Field("x", "x"), "电话13811112222"),
        (Field("x", "x", type="refs"), "T1"),
        (Field("x", "x", rows={"a": Field("a", "a", type="int")}), [{"a": "x"}]),
        (Field("x", "x", rows={"a": Field("a", "a")}), [{"b": "1"}]),
        (Field("x", "x", rows={"a": Field("a", "a")}), {"a": "1"}),
        (Field("x", "x", values={"a": Choice("a")}), "b"),
    ],
)
def test_a_broken_value_is_said_without_showing_what_is_private(item, value):
    fault = stored_fault(item, value)
    assert fault is not None
    assert "13811112222" not in str(fault)


# Everything typed is either held or refused -----------------------------------------------------------------------


@given(
    st.sampled_from(["line", "text", "int", "number", "money", "bool", "date", "time", "period", "length"]), st.text()
)
def test_no_text_is_a_traceback_and_what_is_held_is_sound(type_, text):
    try:
        held = typed(text, type_)
    except BadInput:
        return
    if held:
        assert stored_fault(Field("x", "x", type=type_), held) is None
        assert typed(held, type_) == held


@given(st.dates())
def test_a_date_is_read_in_each_way_of_writing_it(day):
    for text in (f"{day:%Y-%m-%d}", f"{day.year:04d}/{day.month}/{day.day}", day.isoformat().replace("-", "")):
        if day.year >= 1000:
            assert parse_date("x", text, NOW) == day


@given(st.times())
def test_a_time_alone_is_of_the_day_at_hand(moment):
    plain = moment.replace(microsecond=0, tzinfo=None)
    assert parse_time("x", plain.isoformat(), NOW).replace(tzinfo=None).time() == plain
