"""The longest gap between two services of a lift (8.4): it bounds the one that follows, and no other."""

from __future__ import annotations

import pytest

from tests.stories.conftest import Office


@pytest.fixture
def lift(office: Office) -> Office:
    """A lift that is serviced every half month from the 1st of December on, two days early or late."""
    office("asset", "add", "L1", "--name", "1 号电梯", "--category", "lift", "--place", "3-2-1201")
    what = ("--makes", "maintenance", "--checklist", "lift_half_monthly", "--assets", "asset=L1")
    when = ("--rule", "half-monthly", "--begins", "2026-12-01 08:00", "--before", "2d day", "--after", "2d day")
    office("schedule", "add", "HALF", "--name", "半月", *what, *when, "--max-gap", "15d day")
    return office


def latest(office: Office, day: str) -> str:
    head: str = office.json("maintenance", "show", f"B-{day}T0800-HALF-L1")["latest"]
    return head[:16]


def service(office: Office, day: str, at: str) -> None:
    office.at(at)("maintenance", "start", f"B-{day}T0800-HALF-L1", by="wang.qiang")


def test_one_done_late_leaves_the_next_its_time(lift: Office) -> None:
    lift.at("2026-12-01 06:00")("schedule", "run")
    service(lift, "20261201", "2026-12-01 09:00")
    lift.at("2026-12-10 06:00")("schedule", "run")
    # The third is made on the 24th, a week ahead, while the second is still open.
    lift.at("2026-12-24 06:00")("schedule", "run")
    assert latest(lift, "20261231") == "2027-01-02T23:59"
    service(lift, "20261216", "2026-12-26 09:00")
    assert latest(lift, "20261231") == "2027-01-02T23:59"


def test_one_done_early_brings_the_next_nearer_and_none_behind_it(lift: Office) -> None:
    lift.at("2026-11-30 06:00")("schedule", "run")
    service(lift, "20261201", "2026-11-30 09:00")
    lift("schedule", "run", "--until", "2026-12-31")
    assert latest(lift, "20261216") == "2026-12-15T23:59"
    assert latest(lift, "20261231") == "2027-01-02T23:59"
    ahead = lift.at("2026-12-02 09:00").json("schedule", "next", "HALF", "--limit", "2")
    assert [row["latest"][:16] for row in ahead] == ["2026-12-15T23:59", "2027-01-02T23:59"]
    # Days are whole, whichever of the two was entered first.
    service(lift, "20261216", "2026-12-14 09:00")
    assert latest(lift, "20261231") == "2026-12-29T23:59"
