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
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from demo import LI_NA, ROOT, SAMPLE, environment
from lives import LIVES
from measuring import (
    BUILD,
    PMCS,
    RUNS,
    TOP,
    Series,
    Table,
    added_by_git,
    empty,
    in_turn,
    note,
    once,
    peak,
    pmcs,
    run,
    shown,
)

SMALL = 1000
LARGE = int(os.environ.get("BENCH_SIZE", "100000"))
KIND = os.environ.get("BENCH_KIND", "ticket")
LIFE = LIVES[KIND]
IMPORTED = min(10_000, LARGE)
ROUNDS = min(20_000, LARGE)
PLANS, SILENT = 200, 30
ARCHIVED = 3400
IMPORTS = (sys.executable, "-c", "import click, tabulate, sqlite3")
# The fastest that PyYAML has: one file after the other, no value converted.
PARSE = """
import sys, yaml
from pathlib import Path
for path in Path(sys.argv[1]).rglob("*.yaml"):
    yaml.load(path.read_bytes(), Loader=yaml.CBaseLoader)
"""


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
        words = (PMCS, "regulation", "matrix", last_month(now), "--format", "json")
        told = Series([once(words, large) for _ in range(3)])
        table.row(
            "`regulation matrix` of that month", "", shown(told.median), shown(told.median), "< 3 s", told.median < 3
        )
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


def rounds(table: Table, now: datetime) -> None:
    """Records of 31 lines, against as many tickets."""
    tickets, inspections = made(ROUNDS, now, "ticket"), made(ROUNDS, now, "inspection")
    few, many = in_turn(
        pmcs(tickets, "ticket", "list", "--limit", "20"), pmcs(inspections, "inspection", "list", "--limit", "20")
    )
    what = f"`inspection list` of {ROUNDS:,} rounds of 31 items, against `ticket list` of as many tickets"
    table.ratio(what, few, many, 1.2)


def schedules(table: Table, now: datetime, runs: int = 3) -> None:
    """What cron makes after a month of silence, and the first listing after it, which the index follows for."""
    from generator import planned

    taken, listed = [], []
    for place in range(runs):
        store = TOP / f"schedules-{place}"
        planned(store, PLANS, SILENT, now)
        run((PMCS, "schedule", "list"), store)
        taken.append(once((PMCS, "schedule", "run"), store))
        listed.append(once((PMCS, "inspection", "list", "--limit", "20"), store))
    took = statistics.median(taken)
    what = f"`schedule run` of {PLANS} daily schedules after {SILENT} days without"
    table.row(what, "", shown(took), f"{PLANS * SILENT / took:,.0f} records/s", "< 5 s", took < 5)
    print(f"| the first `inspection list` after it | | {shown(statistics.median(listed))} | | | |")


def audited(table: Table, now: datetime) -> None:
    """The whole history walked, of a store with a commit for each ticket."""
    from committed import committed

    store = TOP / f"commits-{LARGE}"
    committed(store, LARGE, now)
    note(f"its index in {once((PMCS, 'ticket', 'list', '--limit', '1'), store):.0f} s")
    took = once((PMCS, "audit", "verify"), store)
    what = f"`audit verify` of {LARGE:,} commits, none of which it finds fault with (one run)"
    table.row(what, "", shown(took), f"{LARGE / took:,.0f} commits/s", "< 60 s", took < 60)


def archived(table: Table, now: datetime) -> None:
    """The package of a month in which some 3,000 records ended, without WeasyPrint; and its verification."""
    from generator import build

    store, until = TOP / "archive", now.replace(day=1, hour=1) - timedelta(hours=2)
    build(store, ARCHIVED, until, per_day=-(-ARCHIVED // until.day))
    no_pdf = "import sys; sys.modules['weasyprint'] = None; from pmcs.cli.main import main; sys.exit(main())"
    once((PMCS, "ticket", "list", "--limit", "1"), store)
    words = ("archive", "build", f"{until:%Y-%m}", "--with-exceptions", "--output", str(TOP))
    took = once((sys.executable, "-c", no_pdf, *words), store)
    pieces = len(list((TOP / f"YG-{until:%Y-%m}" / "data" / "records").rglob("*.yaml")))
    table.row(f"`archive build` of a month in which {pieces:,} records ended, without PDF (one run)", "", shown(took),
              f"{pieces / took:,.0f} records/s", "< 30 s", took < 30)  # fmt: skip
    verified = once((PMCS, "archive", "verify", str(TOP / f"YG-{until:%Y-%m}")), store)
    print(f"| `archive verify` of it | | {shown(verified)} | | | |")


def made(size: int, now: datetime, kind: str = KIND) -> Path:
    from generator import build

    store = TOP / f"{kind}-{size}"
    if store.exists():
        return store
    begun = time.perf_counter()
    build(store, size, now, kind)
    note(f"{size:,} of {kind} made in {time.perf_counter() - begun:.0f} s")
    note(f"their index in {once((PMCS, kind, 'list', '--limit', '1'), store):.0f} s")
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
    table = Table(SMALL, LARGE)
    reading(table, small, large)
    writing(table, small, large)
    bulk(table, large, now, taken, listed)
    rounds(table, now)
    schedules(table, now)
    audited(table, now)
    archived(table, now)
    print(f"\nNoise: the middle half of the runs lies within ± {statistics.median(table.noise):.0%} of the median,"
          f" at worst ± {max(table.noise):.0%}. {time.perf_counter() - begun:.0f} s in all.")  # fmt: skip
    for folder in earlier:
        shutil.rmtree(folder, ignore_errors=True)
    if table.missed:
        print(f"Missed: {'; '.join(table.missed)}.")


if __name__ == "__main__":
    main()
