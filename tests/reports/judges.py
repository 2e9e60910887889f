"""Programs that judge what pmcs makes, and what is said where a machine lacks one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pmcs.errors import Unable
from pmcs.reports.pdf import _installed

HERE = Path(__file__).parent


def program(*names: str) -> str:
    """The first of these that the machine has; without one the test is skipped, and says so."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"{names[0]} is not installed; .ci/run installs it where it may")
    return found


def typesetter() -> None:
    """Skip the test, and say so, where the machine lacks the libraries that PDFs are set with."""
    try:
        _installed()
    except Unable as error:
        pytest.skip(str(error.sentence))


def broken_rules(*files: Path) -> dict[str, list[str]]:
    """What veraPDF finds against PDF/A-3b, by the file's name."""
    program("java")
    done = subprocess.run(
        [sys.executable, HERE / "verapdf.py", *files], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {Path(name).name: rules for name, rules in json.loads(done.stdout).items()}
