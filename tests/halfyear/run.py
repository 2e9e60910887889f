"""The half-year itself: March to August 2026, and the assessment of each month in the one after it."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta
from pathlib import Path

from tests.halfyear.office import HEIR, LEAVER, LEAVING, MANAGER, MONTHS, PEOPLE, SECOND, Do, Office, Script, clock
from tests.halfyear.papers import papers
from tests.halfyear.rounds import WEEKLY, rounds
from tests.halfyear.sheets import assess
from tests.halfyear.tickets import tickets

PERIODS = tuple(f"2026-{month:02}" for month in MONTHS)
OPENED, OVER = date(2026, 2, 26), date(2026, 9, 25)


def found(folder: Path) -> Office:
    """The store on its first morning: people with their posts, a flat, a gate, the weekly round."""
    office = Office(folder, clock(OPENED, "08:00"))
    office.type("init", str(folder), "--office", "阳光花园")
    (folder / "ballots.csv").write_text("户,票\n3-2-1201,同意\n", encoding="utf-8")
    office.begin(_furnish())
    office.live()
    return office


def _furnish() -> Script:
    when = clock(OPENED, "09:00")
    for code, posts in PEOPLE.items():
        if code != MANAGER:
            values = {
                "code": code,
                "name": code,
                "email": f"{code}@example.com",
                "posts": [{"post": post, "since": "2025-01-01"} for post in posts],
            }
            yield Do(when, MANAGER, "staff", "add", values=values)
    for code in PEOPLE:
        yield Do(when, MANAGER, "staff", "undertake", code, {"undertaking": f"{OPENED}"})
    for place in ("3-2-1201", "GATE"):
        yield Do(when, MANAGER, "place", "add", values={"code": place})
    thing = {"code": "POWER", "category": "power", "name": "配电室", "place": "GATE"}
    yield Do(when + SECOND, "wang.qiang", "asset", "add", values=thing)
    weekly = {
        "code": WEEKLY, "name": "每周安全巡查", "makes": "inspection", "round": "safety", "checklist": "safety_weekly",
        "rule": "weekly", "begins": "2026-03-02 10:00", "person": "ma.jun", "before": "1h real", "after": "2h real",
        "places": [{"place": "GATE"}],
    }  # fmt: skip
    yield Do(when, MANAGER, "schedule", "add", values=weekly)


def _cron() -> Script:
    """Mondays, and some mornings of the middle of the week."""
    day = date(2026, 3, 2)
    while day <= OVER:
        if day.weekday() in (0, 3):
            yield Do(clock(day, "06:00"), "", run=Office.cron)
        day += timedelta(days=1)


def _leaves() -> Script:
    values = {"successor": HEIR}
    yield Do(clock(LEAVING, "17:00"), MANAGER, "staff", "retire", LEAVER, values)


def working_days(month: int) -> list[date]:
    """The weekdays of a month of 2026; its holidays are among them, since somebody is always there."""
    days = [date(2026, month, 1) + timedelta(days=count) for count in range(31)]
    return [day for day in days if day.month == month and day.weekday() < 5]


def live(folder: Path) -> Office:
    """From the first morning to the last confirmation."""
    office = found(folder)
    office.begin(_cron())
    office.begin(_leaves())
    for month in MONTHS:
        days = working_days(month)
        tickets(office, days, month)
        rounds(office, days, month)
        papers(office, days, month)
        assess(office, month)
    office.live()
    subprocess.run(["git", "gc", "-q", "--prune=now"], cwd=folder, check=True)  # copies are quickly made then
    return office
