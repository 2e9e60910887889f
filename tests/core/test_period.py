"""Periods: what is typed, the moments between which they lie, and the numbers and folders made of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.core.numbering import name_from, named_folder
from pmcs.core.period import parse_period, span_of
from tests.core.world import SHANGHAI, clock, starter


@pytest.mark.parametrize(
    ("period", "first", "after"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-Q1", "2026-01-01", "2026-04-01"),
        ("2026-Q4", "2026-10-01", "2027-01-01"),
        ("2026-02", "2026-02-01", "2026-03-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
    ],
)
def test_a_period_lies_between_two_midnights_of_the_office(period, first, after):
    assert span_of(period, SHANGHAI) == (clock(f"{first} 00:00"), clock(f"{after} 00:00"))


@given(st.integers(2, 9997))
def test_quarters_and_months_make_up_the_year(year):
    whole = span_of(f"{year:04}", SHANGHAI)
    for parts in ([f"Q{n}" for n in range(1, 5)], [f"{n:02}" for n in range(1, 13)]):
        spans = [span_of(f"{year:04}-{part}", SHANGHAI) for part in parts]
        assert [one.end for one in spans[:-1]] == [one.start for one in spans[1:]]
        assert (spans[0].start, spans[-1].end) == whole
    assert whole.has(whole.start)
    assert whole.has(whole.end - timedelta(microseconds=1))
    assert not whole.has(whole.end)


@pytest.mark.parametrize(
    "text", ["2026-Q0", "2026-Q5", "2026-00", "2026-13", "26", "2026-1", "2026Q3", "9999", "0001", ""]
)
def test_what_is_no_period(text):
    assert parse_period(text) is None


def test_a_quarter_may_be_typed_small():
    assert parse_period(" 2026-q3 ") == "2026-Q3"


def test_a_record_of_a_period_lies_with_its_year_or_month():
    kind = starter().kind("assessment")
    numbers = [
        name_from(kind, kind.named_by, {"period": one, "person": "li.na"}) for one in ("2026-10", "2026-Q3", "2026")
    ]
    assert numbers == ["KH-2026-10-li.na", "KH-2026-Q3-li.na", "KH-2026-li.na"]
    assert [named_folder(number) for number in numbers] == ["2026/10", "2026", "2026"]
