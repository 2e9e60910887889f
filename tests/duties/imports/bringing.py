"""An import at a given moment on so many cores: run as a process of its own, since it forks."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import pmcs.duties.imports.run
from pmcs.cli.app import App
from pmcs.cli.main import main


def bring(root: Path, cores: int, now: datetime, *words: str) -> int:
    """Keys and nonces are noughts, so that whole commits can be compared."""
    os.urandom = bytes
    os.cpu_count = lambda: cores
    pmcs.duties.imports.run.MANY = 40
    code = main(["ticket", "import", *words], App(environment={}, folder=root, clock=lambda: now))
    assert (cores > 1) == ("multiprocessing" in sys.modules)
    return code


if __name__ == "__main__":
    sys.exit(bring(Path(sys.argv[1]), int(sys.argv[2]), datetime.fromisoformat(sys.argv[3]), *sys.argv[4:]))
