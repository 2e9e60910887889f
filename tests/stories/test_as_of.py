"""`--as-of`: the store as it stood then, and nothing written into it."""

from __future__ import annotations

import pytest

from tests.stories.conftest import Office


def test_lists_pages_and_search_are_those_of_then(office: Office) -> None:
    first = office.ticket()
    then = office.head()
    listed, shown = office("ticket", "list"), office("show", first)
    office.at("2026-11-24 09:00").ticket(summary="电梯异响")
    office("ticket", "triage", first, "--verdict", "valid")
    assert office("ticket", "list", "--as-of", then) == listed
    assert office("--as-of", "2026-11-23", "ticket", "list").splitlines()[2].split()[0] == first
    assert office.json("--as-of", then, "show", first)["state"] == "registered"
    assert office.json("show", first)["state"] == "triaged"
    assert office("search", "电梯异响", "--as-of", then).splitlines()[:1] == office("search", "没有的").splitlines()[:1]
    assert office("log", first, "--as-of", then).count("\n") < office("log", first).count("\n")
    assert shown.splitlines()[0] == office("show", first, "--as-of", then).splitlines()[0]


def test_a_report_as_of_a_commit_is_the_one_that_was_made_then(office: Office) -> None:
    office.resolved()
    for how in ("md", "html", "json"):
        then, made = office.head(), office("report", "monthly", "2026-11", "--stdout", "--format", how)
        office.later(days=1).ticket(summary="电梯异响")
        calendar = office.root / "regulation/2026-01-01/calendar.yaml"
        calendar.write_bytes(calendar.read_bytes() + b"# edited\n")
        office.git("commit", "-qam", "calendar")
        assert office("report", "monthly", "2026-11", "--format", how, "--as-of", then) == made
        assert office("report", "monthly", "2026-11", "--stdout", "--format", how) != made


def test_the_regulation_and_the_settings_are_those_of_then(office: Office) -> None:
    then = office.head()
    settings = office.root / "pmcs.yaml"
    settings.write_text(settings.read_text("utf-8").replace("office: 阳光花园", "office: 月光花园"), "utf-8")
    office.git("commit", "-qam", "renamed")
    assert "月光花园" in office("report", "monthly", "2026-11", "--stdout")
    assert "阳光花园" in office("report", "monthly", "2026-11", "--as-of", then)


@pytest.mark.parametrize(
    "words",
    [
        ("ticket", "new", "--category", "repair", "--summary", "x"),
        ("escalate",),
        ("desk", "B"),
        ("regulation", "amend", "--from", "2027-01-01"),
        ("schedule", "run"),
        ("doctor",),
    ],
)
def test_nothing_is_written_into_the_past(office: Office, words: tuple[str, ...]) -> None:
    office.refused(*words, "--as-of", "HEAD", code=2)


def test_what_is_no_moment_of_this_history(office: Office) -> None:
    office.refused("ticket", "list", "--as-of", "nope", code=2)
    office.refused("ticket", "list", "--as-of", "2026-11-22", code=2)
    office.refused("ticket", "list", "--as-of", "2026-13-40", code=2)
    main = office.git("branch", "--show-current").strip()
    office.git("switch", "-q", "-c", "other")
    office.ticket()
    other = office.head()
    office.git("switch", "-q", main)
    office.refused("ticket", "list", "--as-of", other, code=2)
    office.refused("ticket", "list", "--as-of", "--output=x", code=2)


def test_few_commits_are_kept_beside_the_store(office: Office) -> None:
    for number in range(6):
        office.ticket(summary=f"楼道灯不亮{number}")
        office("ticket", "list", "--as-of", "HEAD")
    assert len(list((office.root / ".git/pmcs/root/as-of").iterdir())) == 4
