"""Ctrl-C at any moment: no traceback, and nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.stories.conftest import Office, just_now, program_environment

NEW = ("place", "add")
# What Python does before it comes to us is its own affair.
BEGUN = "from pmcs.__main__ import main; print('up', flush=True); main()"


@pytest.fixture
def start():
    return just_now()


def test_ctrl_c_while_python_still_loads_and_while_it_works(typed, empty_office: Office) -> None:
    empty_office.sit_down("li.na")
    dice = random.Random(7)
    seen = set()
    for place in range(24):
        process = subprocess.Popen(
            [sys.executable, "-c", BEGUN, *NEW, f"P{place}"],
            cwd=empty_office.root,
            env=os.environ | program_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        time.sleep(dice.uniform(0, 0.3))
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)
        assert process.returncode in {0, 130}, errors
        assert "Traceback" not in errors
        seen.add(process.returncode)
        if process.returncode == 0:
            assert f"P{place}" in out
            assert (empty_office.root / "place" / f"P{place}.yaml").is_file()
    assert 130 in seen
    typed("place", "list")
    assert empty_office.dirt() == ""
    typed("check")
