"""The report's part of safety: December as `estate` tells it, against figures added up from its words by hand."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.reports.hazard_figures import hazard_figures
from pmcs.reports.incident_figures import incident_figures
from pmcs.reports.lives import Act, Life, Span, Term
from pmcs.reports.repair_figures import repair_figures
from tests.reports.test_facilities import TIMELY, part, some


@pytest.fixture
def safety(december) -> dict:
    return part(december, name="safety")


def test_rounds_of_order_and_safety_and_beside_them_the_environment(safety):
    """Order: one on time, one missed. Safety: begun in December's last minutes, finished in January."""
    assert some(safety["rounds"]["by_round"]["order"], *TIMELY) == (2, 1, 1, 0, 0, 1, 0, 1 / 2)
    assert some(safety["rounds"]["by_round"]["safety"], *TIMELY) == (1, 1, 1, 0, 0, 0, 0, 1)
    assert some(safety["rounds"], *TIMELY) == (3, 2, 2, 0, 0, 1, 0, 2 / 3)
    assert some(safety["environment"], "due", "on_time", "by_round") == (
        *(1, 1, {"greening": safety["environment"]["by_checklist"]["lawn"]}),
    )


def test_a_round_of_the_month_s_first_moment_is_the_next_month_s(december):
    assert some(part(december, "2027-01", "safety")["rounds"], "due", "not_done_yet") == (1, 1)


def test_a_major_hazard_overdue_is_named_with_its_owner(safety, lived, december):
    hazards = safety["hazards"]
    assert some(hazards, "open_start", "found", "closed", "open_end", "overdue_end", "extended") == (0, 1, 0, 1, 1, 1)
    assert some(hazards, "reported", "reported_on_time", "reporting_rate") == (1, 0, 0)
    assert some(hazards, "to_close", "rectification_rate", "rectified_on_time_rate") == (1, 0, None)
    assert hazards["found_by_level"] == {"major": 1}
    row = hazards["pressing"][0]
    assert some(row, "id", "place", "what", "level", "owner") == (
        *(lived[1]["major"], "3-2-1201", "消防通道堵塞", "major", "sun.wei"),
    )
    # Extended to the end of the 20th: eleven days and a second before the month's end.
    assert row["deadline"] == "2026-12-20T23:59:59+08:00"
    assert row["late_hours"] == pytest.approx(11 * 24, abs=0.001)
    assert "sun.wei" in december("report", "monthly", "2026-12", "--stdout")


def test_incidents_are_answered_and_persons_only_counted(safety, lived, december):
    """The lift after six minutes, within its fifteen; nobody went to the theft, whose time is over."""
    found = safety["incidents"]
    assert some(found, "open_start", "reported", "closed", "open_end", "persons") == (0, 2, 1, 1, 2)
    assert some(found, "responded", "response_with_due", "response_on_time", "response_rate") == (1, 2, 1, 1 / 2)
    assert some(found, "response_median_minutes", "response_longest_minutes") == pytest.approx((6, 6), abs=0.01)
    assert found["controlled_median_minutes"] == pytest.approx(30, abs=0.01)
    assert found["recovered_median_minutes"] == pytest.approx(120, abs=0.01)
    assert some(found, "reviewed", "reviewed_on_time", "reviews_overdue_end") == (1, 1, 0)
    assert some(found, "by_type", "by_grade") == ({"lift": 1, "theft": 1}, {"minor": 2})
    assert [row["id"] for row in found["open"]] == [lived[1]["theft"]]
    for how in ("md", "html", "json"):
        page = december("report", "monthly", "2026-12", "--stdout", "--format", how)
        assert not [word for word in ("欧阳建国", "司马光明", "13811112222", "sealed:") if word in page]


def test_drills_and_shifts(safety, lived):
    """One held in time, one not, the cancelled one not due. One shift taken over, the next by nobody."""
    assert some(safety["drills"], "due", "held", "held_on_time", "not_held", "held_rate") == (2, 1, 1, 1, 1 / 2)
    shifts = safety["shifts"]
    assert some(shifts, "due", "taken_on_time", "taken_late", "without_takeover") == (2, 1, 0, 1)
    assert some(shifts, "without", "on_time_rate") == ([lived[1]["shift"]], 1 / 2)


def test_the_revision_of_a_plan_belongs_to_safety(safety):
    assert [(row["id"], row["field"], row["days"]) for row in safety["expiring"]["dates"]] == [
        ("FIRE", "review_by", 31)
    ]


def test_the_pages_are_the_same_with_and_without_the_keys(december):
    how = ("report", "monthly", "2026-12", "--stdout", "--format")
    pages = [december(*how, page) for page in ("md", "html", "json")]
    ring = next((december.root / ".git" / "pmcs").rglob("keys.sqlite"))
    ring.rename(december.root.parent / "elsewhere")
    assert [december(*how, page) for page in ("md", "html", "json")] == pages


def test_a_month_that_runs_owes_only_what_its_last_entry_knows(december):
    """January has been entered up to the morning of the 2nd."""
    found = part(december, "2027-01", "safety")
    # The deadline was passed in December; the hazard entered on the 2nd has none yet.
    assert some(found["hazards"], "open_start", "found", "open_end", "overdue_end") == (1, 1, 2, 1)
    assert found["hazards"]["pressing"][0]["late_hours"] == pytest.approx(11 * 24 + 33, abs=0.1)
    assert found["incidents"]["open_start"] == 1


# Lives made up --------------------------------------------------------------------------------------------------------

MONTHS = [Span(n * 1000, (n + 1) * 1000, (n + 1) * 1000, 9000) for n in range(6)]


@st.composite
def lives(draw) -> Life:
    """Opened, perhaps done and rejected some times, perhaps over, perhaps open again; its clock restarted each time."""
    opened = draw(st.integers(0, 5999)) + 0.5
    times = sorted(draw(st.lists(st.integers(int(opened) + 1, 6500), max_size=6, unique=True)))
    acts, terms = [Act(opened, "new", "reported")], []
    due = st.integers(0, 7000)
    done = ended = False
    began: float | None = opened
    for at in times:
        if ended:
            done = ended = False
            acts.append(Act(at, "reopen", "assigned", -1, -1))
            began = at
        elif done and draw(st.booleans()):
            done = False
            acts.append(Act(at, "reject", "assigned", -1, 0))
            began = at
        elif done:
            ended = True
            acts.append(Act(at, "accept", "accepted", 0, 1))
        elif draw(st.booleans()):
            done = True
            acts.append(Act(at, "finish", "repaired", 1, 0))
        else:
            done = ended = True
            acts.append(Act(at, "cancel", "cancelled", 1, 1))
        if done and began is not None:
            terms.append(Term("repair", began, draw(due), at))
            began = None
    if began is not None:
        terms.append(Term("repair", began, draw(due)))
    terms += [term._replace(clock="rectify") for term in terms]
    fields = {name: draw(st.sampled_from(values)) for name, values in CHOICES.items()}
    return Life(f"W{opened}", opened, fields, acts, terms)


CHOICES = {
    "urgency": ["emergency", "normal", "low"],
    "level": ["general", "major"],
    "type": ["fire"],
    "grade": ["minor"],
}


@given(st.lists(lives(), max_size=12))
def test_what_came_in_went_out_or_is_there_still(found):
    for span in MONTHS:
        repairs = repair_figures(found, span)
        for row in (repairs, repairs["together"], *repairs["by_urgency"].values()):
            assert row["open_start"] + row["reported"] - row["ended"] + row["reopened"] == row["open_end"]
            assert row["accepted"] >= row["reworked"]
            assert row["repaired"] == row["repaired_with_due"] >= row["repaired_on_time"]
        hazards = hazard_figures(found, span)
        assert hazards["open_start"] + hazards["found"] - hazards["closed"] + hazards["reopened"] == hazards["open_end"]
        assert hazards["overdue_end"] <= hazards["open_end"]
        assert hazards["overdue_end"] <= hazards["to_close"] - hazards["closed"]
        incidents = incident_figures(found, span)
        assert (
            incidents["open_start"] + incidents["reported"] - incidents["closed"] + incidents["reopened"]
            == incidents["open_end"]
        )
        for figures in (repairs, hazards, incidents):
            assert all(
                0 <= value <= 1 for name, value in figures.items() if name.endswith("_rate") and value is not None
            )
        whole = [repairs["by_urgency"][name] for name in repairs["by_urgency"]]
        for name in ("reported", "ended", "open_end", "repaired", "accepted", "reworked"):
            assert repairs[name] == sum(row[name] for row in whole)


@given(st.lists(lives(), max_size=12))
def test_a_month_ends_with_what_the_next_begins_with(found):
    for one, other in itertools.pairwise(MONTHS):
        assert repair_figures(found, one)["open_end"] == repair_figures(found, other)["open_start"]


def test_an_hour_late_is_late_and_the_last_second_is_not():
    """Of two repairs, one finished at its due time, one after it; a cancelled one was not repaired."""

    def life(name: str, at: float, do: str, ends: int) -> Life:
        acts = [Act(100, "new", "reported"), Act(at, do, "repaired" if not ends else "cancelled", 1, ends)]
        return Life(name, 100, {"urgency": "normal"}, acts, [Term("repair", 100, 500, at)])

    found = repair_figures(
        [life("A", 500, "finish", 0), life("B", 501, "finish", 0), life("C", 400, "cancel", 1)], MONTHS[0]
    )
    assert some(found, "repaired", "repaired_on_time", "timely_rate", "ended") == (2, 1, 0.5, 1)
    assert json.dumps(found)
