"""Times that are none, lie at the calendar's ends, or do not fit the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.check.office import Office

NEW = ["ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", "x"]
TASK = ["task", "new", "--what", "x", "--owner", "li.na", "--deadline"]


@pytest.mark.parametrize(
    "time",
    [
        *(
            "2026-02-30 09:00",
            "2026-02-30",
            "0000-01-01",
            "0000-01-01 09:00",
            "25:00",
            "24:01",
            "09:60",
            "9999999",
            "x",
        ),
        *("10000-01-01 09:00", "2026-11-23T09:00:00+24:00", "2026-11-23T09:00:00+99:00", "2026-11-23T09:00:00-25:00"),
        *(
            "9999-12-31 23:59",
            "9999-12-31T23:59:59-12:00",
            "0001-01-01 00:00",
            "0001-01-01T00:00:00+14:00",
            "x" * 100_000,
        ),
        *("-1", "1e9", "１３月", "2026-11-23T09:00:00\u202e", "2026-13-01 00:00", "2026年2月30日 9:00"),
    ],
)
def test_an_impossible_time_is_refused_in_one_sentence(office: Office, time: str) -> None:
    head = office.git("rev-parse", "HEAD")
    for words in ([*NEW, "--at", time], [*NEW, "--occurred", time], [*TASK, time]):
        if time == "0001-01-01 00:00" and words[-2] == "--at":
            words[-1] += ":00"
        code, out, errors = office.run(words)
        assert (code, out, errors.count("\n")) == (2, "", 1), (words, errors)
        assert len(errors) < 300
    assert office.git("rev-parse", "HEAD") == head


@pytest.mark.parametrize(
    "words",
    [
        ["ticket", "list", "--since", "2026-02-30"],
        ["ticket", "list", "--until", "0000-01-01"],
        ["ticket", "list", "--limit", "9" * 40],
        ["today", "--limit", "9" * 40],
        ["search", "漏", "--limit", "-1"],
        ["report", "monthly", "2026-13"],
        ["report", "monthly", "0000-01"],
        ["report", "monthly", "0001-01"],
        ["report", "monthly", "9999-12"],
        ["report", "monthly", "10000-01"],
        ["report", "monthly", "9" * 5000],
        ["regulation", "amend", "--from", "2026-02-30"],
    ],
)
def test_an_impossible_day_month_or_number_is_refused_too(office: Office, words: list[str]) -> None:
    code, out, errors = office.run(words)
    assert (code, out, errors.count("\n")) == (2, "", 1), errors
    assert len(errors) < 300


def test_a_day_without_end_is_a_day(office: Office) -> None:
    """长期有效 is written as 9999-12-31; a list up to that day is everything."""
    everything = office.do("ticket list")
    assert office.do("ticket list --until 9999-12-31") == everything
    assert office.do("ticket list --since 0001-01-01") == everything
    office.do("staff license li.na --licence 电工证 --number 1 --expires 9999-12-31")
    far = [*TASK, "9998-12-31"]
    office.do(far)
    for words in ("today", "escalate", "task list", "task list --format json", "staff show li.na"):
        office.do(words)
    assert office.errors() == []


def test_a_last_commit_of_the_future_is_a_warning_and_work_goes_on(office: Office) -> None:
    ahead = Office(office.root, office.clock.now.replace(year=2031))
    ahead.do(NEW)
    code, out, errors = office.run(NEW)
    assert code == 0
    assert "T20261123-A04" in out
    assert errors.startswith("Note: The last commit is of 2031-11-23")
    # One's own commit is the last one now, and right.
    assert office.run(NEW)[2] == ""
    assert office.errors() == []


@pytest.mark.parametrize("stamp", [253_402_300_799, 4_000_000_000_000])
def test_a_commit_beyond_the_calendar_stops_nobody(office: Office, stamp: int) -> None:
    office.git("-c", "core.commitGraph=false", "commit", "-q", "--allow-empty", "-m", "x", "--date", f"@{stamp} +0000")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_COMMITTER_DATE", f"@{stamp} +0000")
        office.git("commit", "-q", "--allow-empty", "-m", "x")
    code, _, errors = office.run(NEW)
    assert code == 0
    assert "still to come" in errors
    for words in ("today", "check", "log A01", "report monthly 2026-11 --stdout", "doctor"):
        assert office.run(words)[0] in (0, 2)


def test_clocks_a_little_apart_are_not_talked_about(office: Office) -> None:
    office.do(NEW)
    office.clock.now -= timedelta(seconds=40)
    assert "The last commit" not in office.run(NEW)[2]
