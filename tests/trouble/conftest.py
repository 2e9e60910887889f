from __future__ import annotations

from pathlib import Path

import pytest

from tests.check.conftest import honest, office  # noqa: F401  the honest morning, to be damaged
from tests.trouble.machine import NEW, Machine


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A store with a place, a resident and one ticket; nobody writes in it."""
    top = tmp_path_factory.mktemp("machine")
    machine = Machine(top / "档案 库")
    assert machine.run("init", machine.root.name, "--office", "阳光花园", cwd=top).returncode == 0
    for words in (
        ("place", "add", "3-2-1201"),
        (
            "resident",
            "add",
            "--name",
            "欧阳建国",
            "--phone",
            "13811112222",
            "--place",
            "3-2-1201",
            "--relation",
            "owner",
        ),
        (*NEW, "楼上漏水"),
    ):
        assert machine.run(*words).returncode == 0
    return machine


@pytest.fixture
def machine(first: Machine, tmp_path: Path) -> Machine:
    """A copy of it, for bad luck."""
    return first.copy(tmp_path / first.root.name)
