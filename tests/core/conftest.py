from __future__ import annotations

import pytest

from tests.core.world import founded


@pytest.fixture
def office():
    return founded()
