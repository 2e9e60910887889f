"""How long what has ended is kept (DA/T 22-2015): whole years, counted from the one after the end."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.core.retention import TERMS, Filed, archive_number, lapses, longest


@pytest.mark.parametrize(
    ("term", "ended", "over"),
    [
        ("D10", date(2026, 11, 23), date(2037, 1, 1)),
        ("D10", date(2026, 1, 1), date(2037, 1, 1)),
        ("D10", date(2026, 12, 31), date(2037, 1, 1)),
        ("D30", date(2026, 2, 28), date(2057, 1, 1)),
        ("Y", date(2026, 11, 23), None),
    ],
)
def test_a_term_is_over_on_the_first_of_january_after_its_whole_years(term, ended, over):
    assert lapses(term, ended) == over


@given(st.sampled_from(["D10", "D30"]), st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_nothing_is_kept_for_less_than_its_whole_years_or_for_a_year_more(term, ended):
    over, years = lapses(term, ended), TERMS[term]
    assert years < (over - ended).days / 365.25 <= years + 1.01


def test_an_archive_number_says_fonds_category_year_term_section_and_place():
    assert archive_number("YG", "WS", 2026, Filed("KF", "D10"), 10, 1) == "YG-WS·2026-D10-KF-100001"
    assert archive_number("YG", "WS", 2026, Filed("ZH", "Y"), 1, 1234) == "YG-WS·2026-Y-ZH-011234"


def test_who_makes_no_choice_keeps_the_longest():
    assert longest(["D10", "Y", "D30"]) == "Y"
    assert longest(["D10", "D30"]) == "D30"
