from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pmcs.regulation import shipped

ROOT = Path(__file__).resolve().parents[1]
CALL = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("shipped", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(module.starter_dir(), module.templates_dir(), module.examples_dir(), module.auditor_file(), sep="\\n")
"""


def packaging() -> dict[str, Any]:
    """What pyproject.toml says that goes into the wheel."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return told["tool"]["setuptools"]  # type: ignore[no-any-return]


def found_from(package: Path) -> list[Path]:
    """What a copy of the module answers when it lies in `package`."""
    copy = package / "regulation" / "shipped.py"
    copy.parent.mkdir(parents=True)
    shutil.copy(shipped.__file__, copy)
    # -I: as in a user's shell, with nothing of this clone on the path.
    run = subprocess.run([sys.executable, "-I", "-c", CALL, copy], capture_output=True, check=True)
    return [Path(line) for line in run.stdout.decode("utf-8").splitlines()]


def test_a_clone_has_the_starter_the_templates_and_the_examples_at_its_top(tmp_path: Path) -> None:
    clone = tmp_path / "克隆 a"
    assert found_from(clone / "pmcs") == [
        *(clone / "records", clone / "templates", clone / "examples", clone / "docs" / "auditor.md"),
    ]


def test_an_installed_wheel_has_them_inside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "pmcs"
    (package / "starter").mkdir(parents=True)
    (package / "templates").mkdir()
    (package / "docs").mkdir()
    (package / "examples").mkdir()
    assert found_from(package) == [
        *(package / "starter", package / "templates", package / "examples", package / "docs" / "auditor.md"),
    ]


def test_this_clone_ships_what_it_says() -> None:
    assert shipped.starter_dir() == ROOT / "records"
    assert shipped.templates_dir() == ROOT / "templates"
    assert shipped.examples_dir() == ROOT / "examples"
    assert [path.name for path in shipped.examples_dir().iterdir()] == ["key_loan.yaml"]


@pytest.mark.parametrize("path", ["pmcs/starter", "pmcs/templates", "pmcs/examples", "pmcs/docs"])
def test_no_folder_of_the_clone_stands_in_the_place_of_a_shipped_one(path: str) -> None:
    assert not (ROOT / path).exists()


def test_the_wheel_leaves_out_no_package() -> None:
    declared = set(packaging()["packages"])
    there = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "pmcs").rglob("*.py")}
    assert there | {"pmcs.starter", "pmcs.templates", "pmcs.examples"} <= declared


def test_the_wheel_takes_the_templates_and_their_font_along_with_its_licence() -> None:
    templates = ROOT / "templates"
    taken = {path for pattern in packaging()["package-data"]["pmcs.templates"] for path in templates.glob(pattern)}
    assert {path.name for path in taken if path.parent.name == "font"} == {
        "wqy-microhei.ttf",
        "fonts.conf",
        "LICENSE.txt",
    }
    assert {path for path in templates.rglob("*") if path.is_file()} <= taken


def test_the_wheel_takes_the_whole_regulation_of_the_starter_along() -> None:
    starter = ROOT / "records"
    taken = {path for pattern in packaging()["package-data"]["pmcs.starter"] for path in starter.glob(pattern)}
    there = set((starter / "regulation").rglob("*.yaml"))
    assert {path.parent.name for path in there} >= {"articles", "checklists", "kinds", "lists"}
    assert taken == {starter / "pmcs.yaml"} | there
