"""`make bench`: what typed commands cost in a store of 1,000 tickets and in one of 100,000.

BENCH_SIZE takes another size, BENCH_KIND another kind of `lives.py`.

Both stores are measured in turn, run by run, so that whatever else the machine does falls on both. Times are of whole
processes, from start to end, as somebody at a terminal waits for them; medians of RUNS.
"""

from __future__ import annotations

import csv
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from demo import LI_NA, ROOT, SAMPLE, environment
from lives import LIVES

SMALL = 1000
LARGE = int(os.environ.get("BENCH_SIZE", "100000"))
KIND = os.environ.get("BENCH_KIND", "ticket")
LIFE = LIVES[KIND]
IMPORTED = min(10_000, LARGE)
RUNS = 11
BUILD = ROOT / "build" / "bench"
TOP = BUILD / f"{datetime.now():%Y%m%dT%H%M%S}"  # noqa: DTZ005  a folder of its own for each run
PMCS = str(Path(sys.executable).with_name("pmcs"))
IMPORTS = (sys.executable, "-c", "import click, tabulate, sqlite3")
# The fastest that PyYAML has: one file after the other, no value converted.
PARSE = """
import sys, yaml
from pathlib import Path
for path in Path(sys.argv[1]).rglob("*.yaml"):
    yaml.load(path.read_bytes(), Loader=yaml.CBaseLoader)
"""
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

    def __init__(self) -> None:
        self.missed: list[str] = []
        self.noise: list[float] = []
        print(f"| | {SMALL:,} | {LARGE:,} | figure | bar | |\n|---|---:|---:|---:|---:|---|", flush=True)

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


def write_list(file: Path, rows: int) -> None:
    """The sample's rows over and over, each with a number of its own."""
    with (ROOT / SAMPLE / f"{LIFE.imported}.csv").open(encoding="utf-8-sig", newline="") as sample:
        header, *known = csv.reader(sample)
    key = header.index("编号")
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        for place in range(rows):
            row = list(known[place % len(known)])
            row[key] = f"N{place:06}"
            writer.writerow(row)


def empty(name: str) -> Path:
    """A new store in a folder of its own: for minutes after files were deleted, ext4 makes new ones far slower."""
    store = TOP / name
    store.mkdir()
    run(("git", "init", "-q", "-b", "main"), store)
    run((PMCS, "init", ".", "--office", "阳光花园"), store)
    return store


def importing(rows: int) -> tuple[str, ...]:
    """The import of a list of so many rows."""
    file = TOP / f"list-{rows}.csv"
    write_list(file, rows)
    return KIND, "import", str(file), "--map", str(ROOT / SAMPLE / f"{LIFE.imported}.map.yaml")


def imported(runs: int = 3) -> tuple[Series, Series]:
    """A list taken into an empty store, and the first listing after it, which the index follows for."""
    words = importing(IMPORTED)
    taken, listed = [], []
    for place in range(runs):
        store = empty(f"import-{place}")
        taken.append(once((PMCS, *words), store))
        listed.append(once((PMCS, KIND, "list", "--limit", "20"), store))
    return Series(taken), Series(listed)


def rebuilt(store: Path) -> float:
    """The index of a store made anew by the next command."""
    for left in (store / ".git" / "pmcs").rglob("index.sqlite*"):
        left.unlink()
    return once((PMCS, KIND, "list", "--limit", "1"), store)


def last_month(now: datetime) -> str:
    return f"{now.replace(day=1) - timedelta(days=1):%Y-%m}"


def reading(table: Table, small: Path, large: Path) -> None:
    record = {store: sorted((store / KIND).rglob("*.yaml"))[-150].stem for store in (small, large)}
    rows = {
        f"`{KIND} list --limit 20`": dict.fromkeys(record, (KIND, "list", "--limit", "20")),
        f"`{KIND} show ID`": {store: (KIND, "show", id_) for store, id_ in record.items()},
        **{f"`search {word}` ({what})": dict.fromkeys(record, ("search", word)) for word, what in LIFE.words.items()},
        "`today`": dict.fromkeys(record, ("today",)),
    }
    for what, words in rows.items():
        few, many = in_turn(*(pmcs(store, *words[store]) for store in (small, large)))
        table.ratio(what, few, many, 1.2)
    # Two short processes of nearly one length: more runs tell them apart. The bytecode of both is warm from the first.
    yardstick, listed = in_turn(
        lambda _: once(IMPORTS, large), pmcs(large, KIND, "list", "--limit", "20"), runs=3 * RUNS
    )
    table.noise += [yardstick.noise, listed.noise]
    times = listed.median / yardstick.median
    what = f"`{KIND} list`, against importing click, tabulate and sqlite3"
    table.row(
        what, f"imports {shown(yardstick.median)}", shown(listed.median), f"{times:.2f} ×", "≤ 1.3 ×", times <= 1.3
    )
    peaks = [peak(store, KIND, "list", "--limit", "20") for store in (small, large)]
    held = [f"{size:.0f} MiB" for size in peaks]
    table.row(f"memory of `{KIND} list`, at most", *held, held[1], "< 64 MiB", peaks[1] < 64)


def writing(table: Table, small: Path, large: Path) -> None:
    few, many = in_turn(*(pmcs(store, KIND, *LIFE.typed) for store in (small, large)))
    table.ratio(f"`{KIND} new`, committed", few, many, 2)
    plain_few, plain_many = in_turn(*(added_by_git(store) for store in (small, large)))
    times = many.median / plain_many.median
    what = f"`git add FILE && git commit` there, and `{KIND} new` against it"
    table.row(what, shown(plain_few.median), shown(plain_many.median), f"{times:.2f} ×", "< 1 ×", times < 1)


def bulk(table: Table, large: Path, now: datetime, taken: Series, listed: Series) -> None:
    if LIFE.reported:
        words = (PMCS, "report", LIFE.reported, last_month(now), "--stdout", "--format", "html")
        page = Series([once(words, large) for _ in range(3)])
        what = f"`report {LIFE.reported}` of the last whole month"
        table.row(what, "", shown(page.median), shown(page.median), "≤ 3 s", page.median <= 3)
    if LIFE.imported:
        rate = IMPORTED / taken.median
        what = f"`{KIND} import` of {IMPORTED:,} rows into an empty store"
        table.row(what, "", shown(taken.median), f"{rate:,.0f} rows/s", "≥ 3,000 rows/s", rate >= 3000)
        print(f"| the first `{KIND} list` after it | | {shown(listed.median)} | | | |")
        held = peak(empty("import-all"), *importing(LARGE))
        what = f"memory of `{KIND} import` of {LARGE:,} rows, the largest process"
        table.row(what, "", f"{held:.0f} MiB", f"{held:.0f} MiB", "< 128 MiB", held < 128)
    files, anew = once((sys.executable, "-c", PARSE, KIND), large), rebuilt(large)
    times = anew / files
    what = "the index made anew, against parsing the files with PyYAML's C loader (one run each)"
    table.row(what, f"parse {shown(files)}", shown(anew), f"{times:.2f} ×", "≤ 1.5 ×", times <= 1.5)


def made(size: int, now: datetime) -> Path:
    from generator import build

    begun = time.perf_counter()
    store = TOP / f"{size}"
    build(store, size, now, KIND)
    note(f"{size:,} of {KIND} made in {time.perf_counter() - begun:.0f} s")
    note(f"their index in {once((PMCS, 'ticket', 'list', '--limit', '1'), store):.0f} s")
    return store


def main() -> None:
    os.environ.update(environment(LI_NA))
    # Earlier runs go only afterwards: for minutes after many files were deleted, ext4 makes new ones far slower.
    earlier = list(BUILD.glob("*"))
    TOP.mkdir(parents=True)
    begun = time.perf_counter()
    now = datetime.now(ZoneInfo("Asia/Shanghai")).replace(microsecond=0)
    # First, while the disk has nothing else to write: a hundred thousand files just made take minutes to get there.
    taken, listed = imported() if LIFE.imported else (Series([]), Series([]))
    small, large = made(SMALL, now), made(LARGE, now)
    git = subprocess.run(["git", "--version"], capture_output=True, check=True).stdout.decode().split()[-1]
    print(
        f"\n{os.cpu_count()} cores, {platform.machine()}, {platform.system()}; Python {platform.python_version()},"
        f" git {git}, SQLite {sqlite3.sqlite_version}. Medians of {RUNS} runs in turn"
        f" (`ticket list` against imports: {3 * RUNS});"
        f" load average {os.getloadavg()[0]:.1f} at the start.\n"
    )
    table = Table()
    reading(table, small, large)
    writing(table, small, large)
    bulk(table, large, now, taken, listed)
    print(f"\nNoise: the middle half of the runs lies within ± {statistics.median(table.noise):.0%} of the median,"
          f" at worst ± {max(table.noise):.0%}. {time.perf_counter() - begun:.0f} s in all.")  # fmt: skip
    for folder in earlier:
        shutil.rmtree(folder, ignore_errors=True)
    if table.missed:
        print(f"Missed: {'; '.join(table.missed)}.")


if __name__ == "__main__":
    main()
