"""Whole processes, timed in turn and weighed, and the table in which `make bench` prints what it found."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from demo import LI_NA, ROOT, environment

RUNS = 11
BUILD = ROOT / "build" / "bench"
TOP = BUILD / f"{datetime.now():%Y%m%dT%H%M%S}"  # noqa: DTZ005  a folder of its own for each run
PMCS = str(Path(sys.executable).with_name("pmcs"))
# The peak of a process alone: its parent is as small as can be, since a parent's memory counts until the child begins.
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


class Series(NamedTuple):
    """The seconds of several runs."""

    seconds: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def noise(self) -> float:
        """Half of what the middle half of the runs spans, as a share of the median."""
        low, _, high = statistics.quantiles(self.seconds, n=4)
        return (high - low) / 2 / self.median


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(words: Sequence[str], store: Path) -> None:
    done = subprocess.run(
        words, cwd=store, env=environment(LI_NA), stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(words)}: exit {done.returncode}\n{done.stderr.decode('utf-8', 'replace')}")


def once(words: Sequence[str], store: Path) -> float:
    begun = time.perf_counter()
    run(words, store)
    return time.perf_counter() - begun


def in_turn(*commands: Callable[[int], float], runs: int = RUNS) -> list[Series]:
    """Each command's runs, one of each after the other; a first one of each is not counted."""
    taken: list[list[float]] = [[] for _ in commands]
    for place in range(runs + 1):
        for series, command in zip(taken, commands, strict=True):
            seconds = command(place)
            if place:
                series.append(seconds)
    return [Series(series) for series in taken]


def pmcs(store: Path, *words: str) -> Callable[[int], float]:
    return lambda _: once((PMCS, *words), store)


def added_by_git(store: Path) -> Callable[[int], float]:
    """A file written, added and committed with git alone."""

    def command(_: int) -> float:
        name = f"note-{time.time_ns()}.txt"
        (store / name).write_text("git\n", encoding="utf-8")
        return once(("sh", "-c", f"git add {name} && git commit -q -m {name}"), store)

    return command


class Table:
    """Rows of what, small, large, ratio and bar, printed as they come."""

    def __init__(self, small: int, large: int) -> None:
        self.missed: list[str] = []
        self.noise: list[float] = []
        print(f"| | {small:,} | {large:,} | figure | bar | |\n|---|---:|---:|---:|---:|---|", flush=True)

    def row(self, what: str, small: str, large: str, figure: str, bar: str, holds: bool) -> None:
        if not holds:
            self.missed.append(what)
        print(f"| {what} | {small} | {large} | {figure} | {bar} | {'' if holds else 'missed'} |", flush=True)

    def ratio(self, what: str, small: Series, large: Series, most: float) -> None:
        self.noise += [small.noise, large.noise]
        times = large.median / small.median
        self.row(what, shown(small.median), shown(large.median), f"{times:.2f} ×", f"≤ {most} ×", times <= most)


def shown(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 2 else f"{seconds:.1f} s"


def peak(store: Path, *words: str) -> float:
    """The most memory that a command held, in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, PMCS, *words], cwd=store, env=environment(LI_NA), capture_output=True, check=True
    )
    return int(done.stdout) / 1024


def empty(name: str) -> Path:
    """A new store in a folder of its own: for minutes after files were deleted, ext4 makes new ones far slower."""
    store = TOP / name
    store.mkdir()
    run(("git", "init", "-q", "-b", "main"), store)
    run((PMCS, "init", ".", "--office", "阳光花园"), store)
    return store
