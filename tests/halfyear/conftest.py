from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.halfyear.office import Office
from tests.halfyear.run import live


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The half-year when it is over; nobody writes in it any more."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL"):
            patch.setenv(f"GIT_{name}", "")  # put back at the end: the office sets them
        yield live(tmp_path_factory.mktemp("halfyear") / "records")
