from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.check.office import Office, morning


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The honest morning itself; nobody writes in it."""
    return morning(tmp_path_factory.mktemp("office") / "阳光 花园")


@pytest.fixture
def office(honest: Office, tmp_path: Path) -> Office:
    """A copy of it, to be burgled."""
    root = tmp_path / honest.root.name
    shutil.copytree(honest.root, root)
    return Office(root, honest.clock.now)
