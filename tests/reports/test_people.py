"""The report's part of people: the quarter as `quarter` tells it, against figures added up from its words by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.reports.assessment_figures import FEWEST, OTHERS, assessment_figures
from pmcs.reports.lives import Act, Life, Span
from tests.reports.test_facilities import part, some
from tests.stories.conftest import PEOPLE

PLAN = ("due", "done", "done_on_time", "not_done", "cancelled", "not_due_yet", "on_time_rate")
CAME = ("held", "hours", "expected", "attended", "coverage", "scored", "mean_score")
COURSE = ("open_start", "proposed", "announced", "appeals", "upheld", "final", "dropped", "ended", "open_end")


@pytest.fixture
def january(spring) -> dict:
    return part(spring, "2027-01", "people")


def test_who_came_and_left_and_whose_undertaking_is_missing(january, spring):
    """Five and the guard in January, another in February; in March the first leaves. One undertaking, then two."""
    names = ("start", "joined", "left", "end", "without_post", "undertakings_missing")
    assert some(january["people"], *names) == (5, 1, 0, 6, 0, 5)
    assert some(part(spring, "2027-02", "people")["people"], *names) == (6, 1, 0, 7, 0, 5)
    march = part(spring, "2027-03", "people")["people"]
    assert some(march, *names) == (7, 0, 1, 6, 0, 4)
    assert march["missing"] == ["chen.lei", "he.hua", "zhao.min", "zhou.gang"]
    assert march["by_post"]["security_guard"] == 1
    assert [(row["id"], row["days"]) for row in january["expiring"]["dates"]] == [("wang.qiang", 38)]
    assert "wang.qiang" not in str(part(spring, "2027-01")["expiring"])


def test_trainings_are_held_as_planned_and_attended(january, spring):
    """Two in January, the second two days late; three of five came. In February one cancelled, one not held."""
    training = january["training"]
    assert some(training, *PLAN) == (2, 2, 1, 0, 0, 0, 1 / 2)
    assert some(training, *CAME) == (2, 3.5, 5, 3, 3 / 5, 2, 85)
    assert some(training["by_basis"]["10.2"], *CAME) == (1, 2, 3, 2, 2 / 3, 2, 85)
    assert some(training["by_basis"]["11.5"], *CAME) == (1, 1.5, 2, 1, 1 / 2, 0, None)
    assert training["not_trained"] == ["chen.lei", "he.hua", "li.na", "sun.wei"]
    february = part(spring, "2027-02", "people")["training"]
    assert some(february, *PLAN) == (1, 0, 0, 1, 1, 0, 0)
    assert some(february, *CAME) == (0, 0, 0, 0, None, 0, None)
    assert february["not_trained"] == ["chen.lei", "he.hua", "li.na", "sun.wei", "zhou.gang"]


def test_a_training_wears_off_after_a_year(spring):
    """Those of 10 and 22 January 2027 count on 31 December, and in January 2028 no longer."""
    spring.at("2028-02-01 10:00").ticket()
    assert part(spring, "2027-12", "people")["training"]["untrained"] == 4
    assert part(spring, "2028-01", "people")["training"]["untrained"] == 6


def test_praise_and_blame_are_counted_without_names(january, spring):
    """A breach withdrawn on appeal and praise that becomes final; then one taken back; in March one is open."""
    assert some(january["conduct"], *COURSE) == (0, 2, 2, 1, 1, 1, 0, 2, 0)
    assert january["conduct"]["by_type"] == {
        "breach": {"proposed": 1, "announced": 1},
        "praise": {"proposed": 1, "announced": 1},
    }
    assert sorted(january["conduct"]["by_basis"]) == ["10.1", "11.1"]
    assert some(part(spring, "2027-02", "people")["conduct"], *COURSE) == (0, 1, 0, 0, 0, 0, 1, 1, 0)
    assert some(part(spring, "2027-03", "people")["conduct"], *COURSE) == (0, 1, 0, 0, 0, 0, 0, 0, 1)
    for figures in (january["conduct"], january["assessments"]):
        assert not [code for code in PEOPLE if code in str(figures)]


def test_assessments_tell_how_the_totals_are_spread_and_whose_is_which_they_do_not(january, spring):
    """85, 92 and 70, each of another post; the fourth is no more than a draft."""
    found = january["assessments"]
    assert some(found, "records", "by_state", "confirmed") == (4, {"confirmed": 3, "draft": 1}, 0)
    assert some(found, "totals", "persons", "median", "lowest", "highest") == (3, 3, 85, 70, 92)
    assert found["mean"] == pytest.approx(247 / 3)
    assert list(found["bands"].values()) == [0, 0, 1, 1, 1]
    assert list(found["by_post"]) == [OTHERS]
    february = part(spring, "2027-02", "people")["assessments"]
    assert some(february, "records", "by_state", "confirmed", "totals") == (3, {"confirmed": 3}, 3, 3)
    assert part(spring, "2027-03", "people")["assessments"]["records"] == 0


# Totals made up -------------------------------------------------------------------------------------------------------

SPAN = Span(0, 1000, 1000, 9000)
people = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=2),
    st.tuples(st.sampled_from(["", "guard", "keeper", "officer"]), st.integers(0, 100)),
    max_size=14,
)


@given(people)
def test_no_group_of_few_is_told_nor_can_be_worked_out_from_the_others(told):
    lives = [
        Life(code, 1.0, {"person": code, "total": str(total)}, [Act(1.0, "confirm", "confirmed", 1, 1)])
        for code, (_, total) in told.items()
    ]
    found = assessment_figures(lives, {code: post for code, (post, _) in told.items()}, SPAN)
    groups = found["by_post"].values()
    assert sum(group["persons"] for group in groups) == found["persons"] == len(told)
    for group in (found, *groups):
        assert (group["mean"] is None) == (group["bands"] is None) == (group["persons"] < FEWEST)
    # All but what is shown is nobody: there is no remainder to be worked out.
    if len(told) >= FEWEST:
        assert all(group["mean"] is not None for group in groups)
        assert found["mean"] == pytest.approx(float(sum(Decimal(total) for _, total in told.values()) / len(told)))
        assert sum(found["bands"].values()) == len(told)


def test_a_person_assessed_three_times_is_still_one():
    lives = [
        Life(f"{code}{n}", 1.0, {"person": code, "total": "90"}, [Act(1.0, "confirm", "confirmed", 1, 1)])
        for code in "ab"
        for n in range(3)
    ]
    found = assessment_figures(lives, {}, SPAN)
    assert some(found, "totals", "persons", "mean") == (6, 2, None)


@pytest.mark.parametrize(("total", "place"), [("59.99", 0), ("60", 1), ("69.9", 1), ("90", 4), ("100", 4)])
def test_a_band_begins_with_its_number(total, place):
    lives = [Life(n, 1.0, {"person": n, "total": total}, [Act(1.0, "confirm", "confirmed", 1, 1)]) for n in "abc"]
    assert list(assessment_figures(lives, {}, SPAN)["bands"].values())[place] == 3
