"""A quarter of a property with 12 lifts, 3 pump rooms and 40 patrol points: every figure against two other reckonings.

One adds up the ledger of what people did, by plain arithmetic of dates; the other reads the files as plain YAML.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from benchmarks.quarter.desk import ZONE, Desk
from benchmarks.quarter.premises import LIFTS, POINTS, PUMPS
from benchmarks.quarter.rounds import clock
from benchmarks.quarter.run import QUARTER, live
from tests.simulation import from_files, from_ledger
from tests.simulation.facts import MISSED, Facts
from tests.simulation.figures import Month

FIRST = date(2026, 7, 1)
MONTHS = ("2026-07", "2026-08", "2026-09")
PARTS = ("facilities", "safety")


class Lived(NamedTuple):
    """The quarter when it is over, what the report says of each month, and what the two others make of it."""

    desk: Desk
    reports: dict[str, dict[str, Any]]
    ledger: Facts
    files: Facts


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL"):
            patch.setenv(f"GIT_{name}", "")  # put back at the end: the desk sets them
        desk = live(tmp_path_factory.mktemp("quarter") / "records", FIRST)
        desk.at(clock(FIRST, QUARTER, "06:00")).cron()
        reports = {month: json.loads(desk.run("report", "monthly", month, "--format", "json")) for month in MONTHS}
        told = from_ledger.facts_of(desk.ledger, FIRST, QUARTER)
        yield Lived(desk, reports, told, from_files.facts_of(desk.folder, told.known))


def differences(said: Any, own: Any, path: str) -> Iterator[str]:
    """Where two trees of figures differ; a figure that one of them lacks is a difference."""
    if isinstance(said, dict) and isinstance(own, dict):
        for name in said | own:
            yield from differences(said.get(name, "nothing"), own.get(name, "nothing"), f"{path}/{name}")
    elif isinstance(said, list) and isinstance(own, list) and len(said) == len(own):
        for count, (one, other) in enumerate(zip(said, own, strict=True)):
            yield from differences(one, other, f"{path}/{count}")
    elif said != (pytest.approx(own, abs=1e-9) if isinstance(own, float) else own):
        yield f"{path}: the report has {said}, and it is {own}"


@pytest.mark.parametrize("source", ["ledger", "files"])
@pytest.mark.parametrize("month", MONTHS)
def test_every_figure_is_what_it_is_by_another_reckoning(lived: Lived, month: str, source: str) -> None:
    own = Month(getattr(lived, source), datetime.fromisoformat(f"{month}-01").replace(tzinfo=ZONE))
    said = {part: lived.reports[month][part] for part in PARTS}
    assert [*differences(said, {"facilities": own.facilities(), "safety": own.safety()}, month)] == []


def test_the_quarter_holds_what_it_is_meant_to_hold(lived: Lived) -> None:
    """A quarter in which little happened would prove little."""
    works = {work.id: work for work in lived.ledger.works}
    assert (len(LIFTS), len(PUMPS), len(POINTS)) == (12, 3, 40)
    patrols = [work for work in works.values() if work.checklist == "patrol_point"]
    assert len(patrols) == 40 * (34 + 14)  # each night of July and three more, then every fourth
    silent = [work for work in patrols if f"{work.day:%m-%d}" in ("07-30", "07-31", "08-01")]
    assert [work.outcome for work in silent] == [MISSED] * 120
    july, august, september = (lived.reports[month] for month in MONTHS)
    assert july["facilities"]["repairs"]["reworked"] == 1
    assert july["facilities"]["hazards"]["extended"] == 1
    assert july["safety"]["incidents"]["by_type"] == {"lift": 1}
    assert july["safety"]["incidents"]["persons"] == 2
    assert july["safety"]["hazards"]["overdue_end"] == 1
    for report in (july, august, september):
        rounds = report["safety"]["rounds"]
        assert all(rounds[name] for name in ("on_time", "late", "missed"))
    assert september["facilities"]["maintenance"]["not_due_yet"]


def test_the_files_are_in_order_and_nothing_is_made_twice(lived: Lived) -> None:
    before = len([*lived.desk.folder.rglob("*.yaml")])
    assert lived.desk.run("check", "--format", "json") is not None  # it ends the run where it finds an error
    lived.desk.cron()
    assert len([*lived.desk.folder.rglob("*.yaml")]) == before
    private = b"".join(path.read_bytes() for path in Path(lived.desk.folder / "incident").rglob("*.yaml"))
    assert "欧阳建国".encode() not in private
    assert b"13811112222" not in private
