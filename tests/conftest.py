from __future__ import annotations

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

from pmcs.store import git_process
from tests.once import read_once

# What the caller's shell or a git hook sets must not steer the tests; the user's git configuration neither.
for name in list(os.environ):
    if name.startswith(("GIT_", "PMCS_")) or name == "EMAIL":
        del os.environ[name]
os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
os.environ["GIT_CONFIG_NOSYSTEM"] = "1"


def _roomy(folder: str) -> bool:
    """Whether programs may be run there, and 2 GB are free."""
    try:
        there = os.statvfs(folder)
    except OSError:
        return False
    return not there.f_flag & os.ST_NOEXEC and there.f_bavail * there.f_frsize > 2 << 30 and os.access(folder, os.W_OK)


# A store is some hundred small files, and the tests make a thousand of them: on a disk that is half of their time.
if _roomy("/dev/shm"):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", "/dev/shm")

# A slow machine is no failure, so no deadline; in CI a red run must be red again when it is repeated.
settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# Whole files go to the workers one after the other: with the longest at the end, one worker would work alone.
LONGEST = (
    *("halfyear/", "simulation/test_quarter.py", "test_demo.py"),
    *("trouble/test_stress.py", "trouble/test_wrong_types.py"),
)
# What takes long to make and serves several files is made by one worker, which gets these files together.
TOGETHER = (
    ("halfyear/",),
    ("reports/test_pdf.py", "reports/test_workbook.py", "reports/test_word.py", "reports/test_in_browser.py"),
)


def _among(item: pytest.Item, parts: tuple[str, ...]) -> bool:
    return any(part in item.path.as_posix() for part in parts)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not _among(item, LONGEST))
    for item in items:
        group = next((parts[0] for parts in TOGETHER if _among(item, parts)), str(item.path))
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_collection_finish() -> None:
    """Some thousand tests lie in memory to the end: nothing there is looked through for garbage again and again."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def reading():
    """The same regulation is read once."""
    with pytest.MonkeyPatch.context() as patch:
        read_once(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def power():
    """No power is cut here, so nothing waits for the disk. The program run as a process, and killed, does wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        durable = ("core.fsync=objects,reference,index", "core.fsyncMethod=fsync")
        assert git_process._SETTINGS[:2] == durable
        patch.setattr(git_process, "_SETTINGS", ("core.fsync=none", *git_process._SETTINGS[2:]))
        yield
