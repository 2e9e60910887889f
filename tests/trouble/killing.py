"""Kills a writing pmcs again and again, and lets the next command mend: run as a process of its own, since it forks."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time
from pathlib import Path

# What a first action would import, so that the kills hit the action itself.
import pmcs.duties.acting
import pmcs.store.documents
import pmcs.store.vault  # noqa: F401
from tests.trouble.writer import acted


def forked(root: Path, said: Path, turns: int) -> int:
    child = os.fork()
    if child:
        return child
    os.setsid()
    with said.open("ab", buffering=0) as file:
        for turn in range(turns):
            words = ["ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", f"k{turn}"]
            number = acted(root, [*words, "--contact", "13755556666"])["id"]
            file.write(f"{number}\n".encode())
            acted(root, ["ticket", "triage", str(number), "--verdict", "valid"])
            file.write(f"{number} triaged\n".encode())
    os._exit(0)


def killed(root: Path, said: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    said.touch()
    for turn in range(kills):
        before = said.stat().st_size
        child = forked(root, said, 50)
        for _ in range(5000):
            if said.stat().st_size > before:
                break
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.15))
        # By turns pmcs alone, whose git goes on to its end, and everything at once, as when the power goes.
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL) if turn % 2 else os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    killed(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    sys.stdout.write("done")
