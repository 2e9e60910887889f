from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.halfyear.office import Office
from tests.halfyear.oracle import Commit
from tests.halfyear.run import live

IDENTITY = tuple(f"GIT_{role}_{part}" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL"))
"""What the office sets, for whoever acts."""


@pytest.fixture(scope="module", autouse=True)
def nobody_afterwards() -> Iterator[None]:
    """Whoever acted last here is nobody to the tests that follow."""
    with pytest.MonkeyPatch.context() as patch:
        for name in IDENTITY:
            patch.setenv(name, "x@example.com")
        yield


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The half-year when it is over; nobody writes in it any more."""
    with pytest.MonkeyPatch.context() as patch:
        for name in IDENTITY:
            patch.setenv(name, "")
        return live(tmp_path_factory.mktemp("halfyear") / "records")


@pytest.fixture(scope="session")
def commits(lived: Office) -> Callable[[str], Commit]:
    """The files of a commit by its name."""
    return cache(lambda oid: Commit(lived.folder, oid))
