"""Weights and points: what figures are worth, whatever the scheme."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.core.assessment import CENT, Item, Scheme, plain, points_for, total, weights

DIMENSIONS = ("attitude", "skill", "service", "discipline", "other")
amounts = st.integers(1, 10**6).map(lambda n: Decimal(n) / 1000)
figures = st.integers(-(10**6), 10**6).map(lambda n: Decimal(n) / 100)


@st.composite
def schemes(draw):
    """Five dimensions whose weights add up to 100, each with some items of any shares."""
    cuts = sorted(draw(st.lists(st.integers(0, 10000), min_size=4, max_size=4)))
    hundredths = [b - a for a, b in zip([0, *cuts], [*cuts, 10000], strict=True)]
    shares = [draw(st.lists(amounts, min_size=1, max_size=7)) for _ in DIMENSIONS]
    items = [
        Item(f"{name}{place}", name, name, share)
        for name, of in zip(DIMENSIONS, shares, strict=True)
        for place, share in enumerate(of)
    ]
    given = {name: Decimal(n) * CENT for name, n in zip(DIMENSIONS, hundredths, strict=True)}
    return Scheme(5, (), given, {item.name: item for item in items})


@given(schemes())
def test_weights_are_in_hundredths_and_add_up_to_their_dimension_and_to_100(scheme):
    found = weights(scheme, scheme.items.values())
    assert sum(found.values()) == 100
    for name, weight in scheme.dimensions.items():
        items = [item for item in scheme.items.values() if item.dimension == name]
        assert sum(found[item.name] for item in items) == weight
        whole = sum(item.share for item in items)
        for item in items:
            exact = Fraction(weight) * Fraction(item.share) / Fraction(whole)
            assert abs(Fraction(found[item.name]) - exact) < Fraction(1, 100)
            assert found[item.name] == round(found[item.name], 2) >= 0


@given(schemes(), st.data())
def test_what_does_not_count_leaves_its_weight_to_the_others_of_its_dimension(scheme, data):
    some = [items[: data.draw(st.integers(1, len(items)))] for items in _by_dimension(scheme)]
    found = weights(scheme, [item for items in some for item in items])
    assert sum(found.values()) == 100
    for items in some:
        assert sum(found[item.name] for item in items) == scheme.dimensions[items[0].dimension]


def _by_dimension(scheme):
    return [[item for item in scheme.items.values() if item.dimension == name] for name in DIMENSIONS]


def test_a_third_each_of_ten_is_given_out_to_the_last_hundredth():
    items = [Item(name, name, "skill", Decimal(1)) for name in "abc"]
    scheme = Scheme(5, (), {"skill": Decimal(10)}, {})
    assert [str(weight) for weight in weights(scheme, items).values()] == ["3.34", "3.33", "3.33"]


@given(figures, figures, figures)
def test_points_lie_between_0_and_100_and_never_fall_as_the_figure_comes_nearer_to_full(none, full, value):
    if none == full:
        return
    item = Item("x", "x", "skill", Decimal(1), figure="x", none=none, full=full)
    assert points_for(item, none) == 0
    assert points_for(item, full) == 100
    step = Decimal(1) if full > none else Decimal(-1)
    assert 0 <= points_for(item, value) <= points_for(item, value + step) <= 100


@pytest.mark.parametrize(
    ("none", "full", "value", "points"),
    [
        (60, 95, 60, "0"),
        (60, 95, 95, "100"),
        (60, 95, 80, "57.14"),
        (60, 95, 99, "100"),
        (3, 0, 1, "66.67"),
        (3, 0, 4, "0"),
    ],
)
def test_points_worked_out_by_hand(none, full, value, points):
    item = Item("x", "x", "skill", Decimal(1), figure="x", none=Decimal(none), full=Decimal(full))
    assert plain(points_for(item, Decimal(value))) == points


def test_a_total_is_rounded_half_up():
    assert total([(Decimal(50), Decimal("80.01")), (Decimal(50), Decimal(80))]) == Decimal("80.01")
    assert plain(total([(Decimal(100), Decimal("90.00"))])) == "90"
