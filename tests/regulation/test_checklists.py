"""The starter's checklists: the lifts' counts, and what a round walked by any of them must be able to rely on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmcs.store.codec import decode
from tests.core.world import STARTER, starter

FOLDER = STARTER / "checklists"
LISTS = {path.stem: decode(path.read_bytes(), path.name) for path in sorted(FOLDER.iterdir())}
EVERY = pytest.mark.parametrize("name", LISTS)
LIFTS = [
    ("lift_half_monthly", 31, 31),
    ("lift_quarterly", 13, 44),
    ("lift_half_yearly", 15, 59),
    ("lift_yearly", 17, 76),
]
"""Items of its own, and with those it covers, as TSG T5002-2017 counts them."""


def covered(name):
    """A list and all it covers, near and far; the one that covers comes last."""
    return [*(far for near in LISTS[name].get("covers", []) for far in covered(near)), name]


def numbers(name):
    """The items of a round, in the order they are walked."""
    return [int(number) for one in covered(name) for number in LISTS[one]["items"]]


@pytest.mark.parametrize(("name", "own", "together"), LIFTS)
def test_a_lift_service_has_the_items_of_its_period_after_those_of_the_shorter_ones(name, own, together):
    assert len(LISTS[name]["items"]) == own
    assert numbers(name) == list(range(1, together + 1))


def test_what_the_office_was_promised_is_there():
    assert LISTS.keys() == {
        "lift_half_monthly", "lift_quarterly", "lift_half_yearly", "lift_yearly",
        "fire_monthly", "fire_yearly", "pump_room_daily", "tank_cleaning", "power_monthly", "power_yearly",
        "lightning_yearly", "access_cctv_monthly", "hvac_monthly", "equipment_weekly", "lighting_weekly",
        "order_daily", "cleaning_daily", "greening_weekly", "safety_weekly", "night_patrol", "patrol_point",
    }  # fmt: skip
    assert starter().names("checklists")["lift_quarterly"] == "电梯季度保养"


@EVERY
def test_a_list_has_a_title_serves_a_clause_and_says_nothing_else(name):
    tree = LISTS[name]
    assert tree.keys() - {"source", "covers"} == {"title", "clause", "items"}
    assert tree["title"]
    assert tree["clause"] in {"5.3", "8.1", "8.4", "9.2", "9.3"} & starter().clauses.keys()
    assert set(tree.get("covers", [])) <= LISTS.keys()


@EVERY
def test_the_items_are_numbered_through_with_those_covered_first(name):
    found = numbers(name)
    assert found == list(range(1, len(found) + 1))


@EVERY
def test_an_item_says_what_to_look_at_and_when_it_is_in_order(name):
    """A comma inside a text would have cut it, and made a key of the rest."""
    for item in LISTS[name]["items"].values():
        assert item.keys() <= {"what", "standard", "unit", "min", "max"}
        assert item["what"]
        assert item.get("standard") or item.get("unit")
    named = [item["what"] for item in LISTS[name]["items"].values()]
    assert len(named) == len(set(named))


@EVERY
def test_a_measured_item_has_a_unit_and_a_range_that_some_value_meets(name):
    for item in LISTS[name]["items"].values():
        bounds = [Decimal(item[bound]) for bound in ("min", "max") if bound in item]
        assert bool(item.get("unit")) == bool(bounds)
        assert bounds == sorted(bounds)


@pytest.mark.parametrize(
    ("name", "what", "unit", "low", "high"),
    [
        ("lift_half_monthly", "层门锁钩啮合长度", "mm", "7", None),
        ("tank_cleaning", "余氯", "mg/L", "0.05", "2"),
        ("tank_cleaning", "浑浊度", "NTU", None, "1"),
        ("lightning_yearly", "引下线接地电阻", "Ω", None, "10"),
        ("access_cctv_monthly", "录像保存天数", "天", "30", None),
    ],
)
def test_the_ranges_that_a_standard_or_good_practice_asks_for(name, what, unit, low, high):
    (item,) = [item for item in LISTS[name]["items"].values() if item["what"] == what]
    assert (item["unit"], item.get("min"), item.get("max")) == (unit, low, high)


def test_the_mains_voltage_may_stray_by_seven_per_cent():
    (item,) = [item for item in LISTS["power_monthly"]["items"].values() if item["what"] == "线电压"]
    assert Decimal("353.4") <= Decimal(item["min"]) < 380 < Decimal(item["max"]) <= Decimal("406.6")
