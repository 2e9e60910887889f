from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.reports import estate, quarter
from tests.reports.judges import typesetter
from tests.stories.conftest import MONDAY, Office, found_empty, staffed


@pytest.fixture(scope="session")
def furnished(tmp_path_factory) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        return staffed(found_empty(tmp_path_factory.mktemp("reports") / "records", MONDAY, monkeypatch)).root


@pytest.fixture
def office(tmp_path, monkeypatch, furnished) -> Office:
    """Four people and one flat, on Monday morning."""
    shutil.copytree(furnished, tmp_path / "records")
    found = Office(tmp_path / "records", MONDAY.replace(hour=9, minute=30), monkeypatch)
    found.sit_down("li.na")
    return found


@pytest.fixture(scope="session")
def lived(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """December 2026 as `estate` tells it, and the numbers of what it speaks of."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        office = staffed(found_empty(tmp_path_factory.mktemp("estate") / "records", MONDAY, monkeypatch))
        estate.furnish(office.at("2026-11-25 09:00"))
        return office.root, estate.live(office)


@pytest.fixture
def december(tmp_path, monkeypatch, lived) -> Office:
    """The office on 2 January, after that December."""
    shutil.copytree(lived[0], tmp_path / "records")
    found = Office(tmp_path / "records", MONDAY, monkeypatch).at("2027-01-02 10:00")
    found.sit_down("li.na")
    return found


@pytest.fixture(scope="session")
def passed(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """January to March 2027 as `quarter` tells it, and the numbers of what it speaks of."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        office = staffed(found_empty(tmp_path_factory.mktemp("quarter") / "records", MONDAY, monkeypatch))
        quarter.furnish(office)
        return office.root, quarter.live(office)


@pytest.fixture
def spring(tmp_path, monkeypatch, passed) -> Office:
    """The office on 2 April, after those months."""
    shutil.copytree(passed[0], tmp_path / "records")
    found = Office(tmp_path / "records", MONDAY, monkeypatch).at("2027-04-02 10:00")
    found.sit_down("li.na")
    return found


@pytest.fixture(scope="session")
def printed(tmp_path_factory, lived) -> dict[str, bytes]:
    """That December's report as the office hands it on, each format once."""
    typesetter()
    folder = tmp_path_factory.mktemp("printed")
    shutil.copytree(lived[0], folder / "records")
    with pytest.MonkeyPatch.context() as monkeypatch:
        office = Office(folder / "records", MONDAY, monkeypatch).at("2027-01-02 10:00")
        office.sit_down("li.na")
        before = office.head()
        for how in ("html", "json", "pdf", "xlsx"):
            office("report", "monthly", "2026-12", "--format", how, "--output", str(folder / how))
        assert (office.head(), office.dirt()) == (before, "")
    return {how: (folder / how).read_bytes() for how in ("html", "json", "pdf", "xlsx")}
