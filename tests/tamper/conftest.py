"""阳光花园, signed from its first day to December, made once; each story forges a copy of it with git alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.stories.test_signing import Signed
from tests.tamper.forging import Forged
from tests.tamper.honest import founded


@pytest.fixture(scope="session")
def honest(tmp_path_factory) -> Signed:
    with pytest.MonkeyPatch.context() as monkeypatch:
        store = founded(tmp_path_factory.mktemp("honest") / "records", monkeypatch)
    store.packed()
    return store


@pytest.fixture
def forged(tmp_path, monkeypatch, honest) -> Forged:
    """A copy of the honest store, and a forger who has git and whichever keys a story gives."""
    root = tmp_path / "records"
    shutil.copytree(honest.root, root)
    return Forged(Path(root), honest, monkeypatch)
