from __future__ import annotations

import shutil
from pathlib import Path

import pytest

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
