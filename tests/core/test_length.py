from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.core.length import Length, parse_length
from pmcs.errors import BadInput


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30m real", Length(30, "m", "real")),
        ("4h office", Length(4, "h", "office")),
        ("90m office", Length(90, "m", "office")),
        ("3d office", Length(3, "d", "office")),
        ("3d day", Length(3, "d", "day")),
        ("0d day", Length(0, "d", "day")),
        ("  4h   office ", Length(4, "h", "office")),
    ],
)
def test_a_length_is_read_as_the_regulation_writes_it(text, length):
    assert parse_length(text) == length


@pytest.mark.parametrize("text", ["7d", "1h", "15m"])
def test_a_warning_gives_no_measure_and_means_real_time(text):
    assert parse_length(text) == parse_length(f"{text} real")


@pytest.mark.parametrize(
    ("text", "duration"),
    [("30m real", timedelta(seconds=1800)), ("36h real", timedelta(days=1.5)), ("7d", timedelta(hours=168))],
)
def test_how_long_a_real_length_is(text, duration):
    assert parse_length(text).duration == duration


@given(st.integers(0, 99999), st.sampled_from("mhd"), st.sampled_from(["real", "office", "day"]))
def test_a_length_is_written_as_it_is_read(amount, unit, measure):
    if measure != "day" or unit == "d":
        text = f"{amount}{unit} {measure}"
        assert str(parse_length(text)) == text


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("3天", "write 3d office or 3d day."),
        ("３日内", "write 3d office or 3d day."),
        ("5个工作日", "write 5d office."),
        ("30分钟", "write 30m real."),
        ("30 分钟", "write 30m real."),
        ("4小时", "write 4h office or 4h real."),
        ("4h day", "write 4h real or 4h office."),
        ("30m day", "write 30m real or 30m office."),
    ],
)
def test_what_an_office_is_likely_to_type_is_answered_with_what_to_write(text, advice):
    with pytest.raises(BadInput) as refused:
        parse_length(text)
    assert str(refused.value).startswith(f"The length {text} ")
    assert str(refused.value).endswith(advice)


@pytest.mark.parametrize(
    "text",
    ["", "office", "3", "3 d office", "d day", "-1d day", "1.5h office", "3w", "3D day", "三天", "100000d", "३d"],
)
def test_anything_else_is_refused_with_what_is_allowed(text):
    with pytest.raises(BadInput, match="write it as 30m real, 4h office, 3d office or 3d day"):
        parse_length(text)


@given(st.text(max_size=12))
def test_no_text_leads_to_a_traceback(text):
    with suppress(BadInput):
        assert parse_length(text).amount >= 0
