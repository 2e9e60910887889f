"""Two counters at work on one store."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pmcs.errors import Busy, Unable
from pmcs.store.lock import store_lock

HOLD = """
import sys
from pathlib import Path
from pmcs.store.lock import store_lock
with store_lock(Path(sys.argv[1]), "rendering 2026-10", shared=len(sys.argv) > 2):
    print("held", flush=True)
    sys.stdin.read()
"""

COUNT = """
import sys
from pathlib import Path
from pmcs.store.lock import store_lock
for _ in range(40):
    with store_lock(Path(sys.argv[1]), "counting"):
        place = Path(sys.argv[2])
        place.write_text(str(int(place.read_text()) + 1))
"""


WAIT = """
import sys
from pathlib import Path
from pmcs.store.lock import store_lock
with store_lock(Path(sys.argv[1]), "waiting", timeout=60), Path(sys.argv[2]).open("a") as file:
    file.write(sys.argv[3])
"""


def child(script, *args):
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, args)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )


@pytest.fixture
def held(tmp_path):
    with child(HOLD, tmp_path / "lock") as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_who_comes_second_is_told_who_is_at_work_and_at_what(tmp_path, held):
    with pytest.raises(Busy, match=f"rendering 2026-10 .process {held.pid}."), store_lock(tmp_path / "lock", timeout=0):
        pass


def test_who_is_killed_lets_go(tmp_path, held):
    held.send_signal(signal.SIGKILL)
    held.wait()
    with store_lock(tmp_path / "lock", "ticket new", timeout=0):
        pass


def test_readers_share_and_keep_writers_out(tmp_path):
    place = tmp_path / "lock"
    with child(HOLD, place, "shared") as process:
        process.stdout.readline()
        with store_lock(place, timeout=0, shared=True):
            pass
        with pytest.raises(Busy, match="Another pmcs"), store_lock(place, timeout=0):
            pass
        process.kill()


def test_a_dead_holder_s_words_are_not_believed(tmp_path, held):
    place = tmp_path / "lock"
    held.kill()
    held.wait()
    with store_lock(place, shared=True), pytest.raises(Busy, match="Another pmcs"), store_lock(place, timeout=0):
        pass


def test_the_lock_is_free_again_after_an_error(tmp_path):
    place = tmp_path / "state" / "lock"
    with pytest.raises(LookupError), store_lock(place):
        raise LookupError
    with store_lock(place, timeout=0):
        assert place.stat().st_mode & 0o777 == 0o600
    assert place.read_bytes() == b""


def test_a_lock_file_deleted_meanwhile_is_no_lock(tmp_path):
    place = tmp_path / "lock"
    with store_lock(place):
        place.unlink()
        with store_lock(place, timeout=0), pytest.raises(Busy), store_lock(place, timeout=0):
            pass


def test_two_at_once_lose_nothing(tmp_path):
    counter = tmp_path / "counter"
    counter.write_text("0")
    pair = [child(COUNT, tmp_path / "lock", counter) for _ in range(2)]
    for process in pair:
        process.communicate()
        assert process.returncode == 0
    assert counter.read_text() == "80"


def test_where_no_file_can_be_made_it_says_so(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Unable, match="cannot be opened"), store_lock(tmp_path / "file" / "lock"):
        pass


def stands(line, place):
    """Whether somebody stands at this place of the line."""
    with line.open("a") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError:
            return True
        return False


def test_who_has_waited_longest_is_next(tmp_path, held):
    waiting = []
    for place in range(4):
        waiting.append(child(WAIT, tmp_path / "lock", tmp_path / "said", place))
        until = time.monotonic() + 30
        while not stands(tmp_path / "lock.line", place) and time.monotonic() < until:
            time.sleep(0.01)
    # One who waited in the middle is killed: the others move up.
    waiting[1].kill()
    waiting[1].communicate()
    held.communicate()
    for process in waiting:
        process.communicate(timeout=60)
    assert (tmp_path / "said").read_text() == "023"


def test_where_there_can_be_no_line_the_lock_is_waited_for_all_the_same(tmp_path, held):
    (tmp_path / "lock.line").mkdir()
    waiting = child(WAIT, tmp_path / "lock", tmp_path / "said", "x")
    held.communicate()
    assert waiting.wait(timeout=60) == 0
    waiting.communicate()
    assert (tmp_path / "said").read_text() == "x"
