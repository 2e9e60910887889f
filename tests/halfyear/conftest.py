from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.halfyear.office import Office
from tests.halfyear.oracle import Commit
from tests.halfyear.run import live


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The half-year when it is over; nobody writes in it any more."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL"):
            patch.setenv(f"GIT_{name}", "")  # put back at the end: the office sets them
        yield live(tmp_path_factory.mktemp("halfyear") / "records")


@pytest.fixture(scope="session")
def commits(lived: Office) -> Callable[[str], Commit]:
    """The files of a commit by its name."""
    return cache(lambda oid: Commit(lived.folder, oid))
