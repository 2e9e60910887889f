"""The report's part of the office's own work: the quarter as `quarter` tells it, added up from its words by hand."""

from __future__ import annotations

import pytest

from tests.reports.quarter import PHONE
from tests.reports.test_facilities import part, some

TASKS = ("open_start", "given", "finished", "finished_with_due", "finished_on_time", "open_end", "overdue_end")
LETTERS = ("open_start", "received", "answered", "answered_with_due", "answered_on_time", "open_end", "overdue_end")
HELD = ("open_start", "planned", "approved", "held", "cancelled", "attendance", "budget", "cost", "over_budget")


@pytest.fixture
def months(spring) -> list[dict]:
    return [part(spring, f"2027-{n:02}", "work") for n in (1, 2, 3)]


def test_a_plan_and_its_measures_as_they_stood_at_the_month_s_end(months, passed):
    """Approved and put in force in January; its second measure, of the 20th, was done in February: overdue then."""
    january, february, march = (month["plans"] for month in months)
    names = ("drafted", "approved", "enacted", "in_force_start", "in_force_end", "reviewed", "reviews_overdue_end")
    assert some(january, *names) == (1, 1, 1, 0, 1, 0, 1)
    assert some(january, "measured", "finished", "finished_rate", "overdue_measures") == (3, 1, 1 / 3, 1)
    row = january["overdue"][0]
    assert some(row, "id", "item", "owner", "deadline") == (passed[1]["plan"], "2", "wang.qiang", "2027-01-20")
    assert some(february, *names) == (0, 0, 0, 1, 0, 1, 0)
    assert some(february, "reviewed_with_due", "reviewed_on_time", "review_rate") == (1, 0, 0)
    # As it was reviewed: two of three done; what it leaves is overdue no more.
    assert some(february, "measured", "finished", "overdue_measures") == (3, 2, 0)
    assert march["measured"] == 0
    assert some(march, *names) == (0, 0, 0, 0, 0, 0, 0)


def test_tasks_extended_returned_and_late(months):
    """One in time by its extension, one finished on the 20th for the 12th, one overdue that is dropped in February."""
    january, february, _ = (month["tasks"] for month in months)
    assert some(january, *TASKS) == (0, 3, 2, 2, 1, 2, 1)
    assert some(january, "extensions_asked", "extensions_granted", "returned", "on_time_rate") == (1, 1, 1, 1 / 2)
    assert some(january["by_dept"]["facility"], *TASKS) == (0, 1, 1, 1, 1, 0, 0)
    assert some(january["by_dept"]["service"], *TASKS) == (0, 1, 1, 1, 0, 1, 0)
    assert some(january["by_dept"][""], *TASKS) == (0, 1, 0, 0, 0, 1, 1)
    assert some(february, *TASKS) == (2, 0, 0, 0, 0, 0, 0)
    assert some(february, "dropped", "ended", "on_time_rate") == (1, 2, None)


def test_meetings_and_what_they_decided(months):
    """The committee passes one of two items and publishes in time; the assembly of February is not quorate."""
    names = ("called", "held", "quorate", "cancelled", "items_passed", "items_failed")
    january, february, _ = (month["meetings"] for month in months)
    assert some(january, *names) == (2, 1, 1, 0, 1, 1)
    assert some(january, "published", "published_with_due", "published_on_time", "open_end") == (1, 1, 1, 1)
    assert some(january["by_body"]["assembly"], *names) == (1, 0, 0, 0, 0, 0)
    assert some(february, *names) == (1, 1, 0, 1, 0, 0)
    assert some(february, "quorate_rate", "publication_rate", "open_end") == (0, None, 0)


def test_letters_are_answered_in_time_or_not(months):
    """Three days of ten, seven days of two; what was sent is owed no answer; the last is never answered."""
    january, february, march = (month["correspondence"] for month in months)
    assert some(january, *LETTERS, "sent") == (0, 3, 2, 2, 1, 1, 0, 1)
    assert some(january["by_party"]["street"], *LETTERS) == (0, 1, 1, 1, 0, 0, 0)
    assert some(february, *LETTERS, "sent") == (1, 0, 0, 0, 0, 1, 1, 0)
    assert march["overdue_end"] == 1


def test_activities_and_their_budgets(months):
    january, february, _ = (month["activities"] for month in months)
    assert some(january, *HELD, "open_end") == (0, 2, 1, 1, 0, 80, 1000, 1200.5, 1, 1)
    assert some(january, "summed_up", "sum_up_rate", "over_budget_rate") == (1, 1, 1)
    assert some(february, *HELD, "open_end") == (1, 0, 0, 0, 1, 0, 0, 0, 0, 0)


def test_the_pages_show_it_and_the_keys_change_nothing(spring):
    how = ("report", "monthly", "2027-01", "--stdout", "--format")
    pages = [spring(*how, page) for page in ("md", "html", "json")]
    assert "1,200.50" in pages[0]
    assert "措施2" in pages[1]
    assert PHONE not in "".join(pages)
    next((spring.root / ".git" / "pmcs").rglob("keys.sqlite")).unlink()
    assert [spring(*how, page) for page in ("md", "html", "json")] == pages
