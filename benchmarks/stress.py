"""`make stress`: a writer killed again and again, then writers beside a reader, and what is found of their actions.

    python benchmarks/stress.py [FOLDER]

STRESS_KILLS, STRESS_WRITERS, STRESS_ACTIONS: other sizes. STRESS_SEED: the seed of an earlier run, to repeat it as far
as the machine allows. Ends with 1 where anything was lost, half, wrongly listed, or somebody's own work touched.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import random
import shutil
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from demo import LI_NA, ROOT, environment
from stress_acts import Writer, furnish, said, started, typed
from stress_judge import Counts, Looking, begin_work, git, judged, work

# What a first action would import, so that the kills hit the action itself.
import pmcs.cli.acting
import pmcs.cli.kind_commands
import pmcs.cli.listing
import pmcs.cli.output
import pmcs.duties.acting
import pmcs.duties.escalation
import pmcs.duties.schedules
import pmcs.store.documents
import pmcs.store.git
import pmcs.store.message
import pmcs.store.session
import pmcs.store.transaction
import pmcs.store.vault  # noqa: F401

KILLS = int(os.environ.get("STRESS_KILLS", "300"))
WRITERS = int(os.environ.get("STRESS_WRITERS", "8"))
ACTIONS = int(os.environ.get("STRESS_ACTIONS", "50"))
SEED = os.environ.get("STRESS_SEED") or str(random.randrange(10**6))
MOST = 60.0  # seconds for one command, however busy the machine
SUBREAPER = 36


def forked(does: Callable[[], None]) -> int:
    """A process, leader of its own group, that does something and ends."""
    child = os.fork()
    if child:
        with contextlib.suppress(OSError):
            os.setpgid(child, child)
        return child
    try:
        os.setpgid(0, 0)
        does()
    except BaseException as error:  # noqa: BLE001  nothing of the parent's may run in the child
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(1)
    os._exit(0)


def ended(child: int, seconds: float) -> bool:
    """Whether the process has ended well in time; all that is left of its group is ended and reaped."""
    until = time.monotonic() + seconds
    well = False
    killed = False
    while True:
        try:
            pid, status = os.waitpid(-child, os.WNOHANG)
        except ChildProcessError:
            return well
        if pid == child:
            well = status == 0
        elif not pid and time.monotonic() < until:
            time.sleep(0.005)
        elif not pid:
            if killed:
                sys.exit(f"the process {child} does not end")
            until, killed, well = until + MOST, True, False
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)


class Round(NamedTuple):
    """What a round left, beside the counts: lines of the table, and sentences about what must not be."""

    counts: Counts
    listings: int
    wrong: list[str]
    touched: list[str]
    lines: dict[str, str]


def store_in(top: Path) -> Path:
    """A furnished store with somebody's work in it; made in a process of its own, since this one forks."""
    root = top / "档案 库"
    top.mkdir(parents=True)

    def make() -> None:
        furnish(root)
        begin_work(root)

    if not ended(forked(make), MOST):
        sys.exit(f"no store could be made in {top}")
    return root


def apart(top: Path, does: Callable[[], Any]) -> Any:
    """What something answers that runs in a process of its own: this one forks, and must hold no open files."""
    place = top / "answer"
    place.unlink(missing_ok=True)
    if not ended(forked(lambda: place.write_bytes(pickle.dumps(does())) and None), 5 * MOST):
        sys.exit(f"what was asked about the store in {top} has no answer")
    return pickle.loads(place.read_bytes())


def differing(before: dict[str, object], after: dict[str, object]) -> list[str]:
    return [f"{name}: {before[name]!r} has become {after[name]!r}" for name in before if before[name] != after[name]]


def killed(top: Path, kills: int, seed: str) -> Round:
    """One writer after another, each killed at a random moment; then a command that looks and mends."""
    root, log = store_in(top), top / "k.log"
    before = work(root)
    chance = random.Random(seed)
    state = root / ".git" / "pmcs"

    def acting(turn: int, actions: int) -> None:
        writer = Writer(root, log, f"{seed} {turn}")
        for _ in range(actions):
            writer.act()

    ended(forked(lambda: acting(-1, 8)), MOST)
    looking = Looking(root, [log])
    inside = pending = saved = 0
    touched: list[str] = []
    for turn in range(kills):
        length = statistics.median([word["took"] for word in said(log) if "took" in word][-20:])
        child = forked(lambda turn=turn: acting(turn, 50))
        time.sleep(chance.uniform(0, 2 * length))
        # By turns pmcs alone, whose git goes on to its end, and everything at once, as when the power goes.
        (os.kill if turn % 2 else os.killpg)(child, signal.SIGKILL)
        os.waitpid(child, 0)
        inside += f'{{"pid": {child},'.encode() in (state / "lock").read_bytes()
        stands = git(root, "rev-parse", "HEAD").strip()
        for journal in state.rglob("journal.json"):
            pending += 1
            saved += stands not in journal.read_text("utf-8")
        # Now and then the next command is a process of its own.
        by = started if turn % 10 == 9 else typed
        looking = apart(top, lambda looking=looking, by=by: looking.look(by))
        ended(child, MOST)
        if any(state.rglob("journal.json")):  # git was still at work
            looking = apart(top, lambda looking=looking: looking.look(typed))
        if not touched:
            touched = [f"after kill {turn + 1}: {one}" for one in differing(before, work(root))]
    return Round(
        apart(top, lambda: judged(root, [log])),
        looking.looked,
        looking.wrong,
        touched,
        {
            "kills": str(kills),
            "kills inside an action": f"{inside} ({inside / kills:.0%})",
            "with a journal, to be mended": str(pending),
            "of these with the commit made": str(saved),
            "an action's median": f"{length * 1000:.0f} ms",
        },
    )


def together(top: Path, writers: int, actions: int, seed: str) -> Round:
    """Several writers at once, and somebody who looks all the time."""
    root = store_in(top)
    logs = [top / f"w{number}.log" for number in range(writers)]
    before = work(root)
    stop = top / "stop"

    def acting(log: Path) -> None:
        writer = Writer(root, log, f"{seed} {log.stem}")
        for _ in range(actions):
            writer.act()

    def reading() -> None:
        looking = Looking(root, logs)
        last = False
        while not last:
            last = stop.exists()
            looking.look(started if looking.looked % 10 == 9 else typed)
        (top / "looking").write_bytes(pickle.dumps(looking))

    reader = forked(reading)
    children = [forked(lambda log=log: acting(log)) for log in logs]
    until = time.monotonic() + MOST + writers * actions
    failed = [child for child in children if not ended(child, until - time.monotonic())]
    stop.touch()
    if not ended(reader, MOST) or failed:
        sys.exit(f"{len(failed)} writers, or the reader, came to no end; see {top}")
    looking = pickle.loads((top / "looking").read_bytes())
    took = [word["took"] for log in logs for word in said(log) if "took" in word]
    return Round(
        apart(top, lambda: judged(root, logs)),
        looking.looked,
        looking.wrong,
        differing(before, work(root)),
        {"an action's median": f"{statistics.median(took) * 1000:.0f} ms", "the longest": f"{max(took):.1f} s"},
    )


def table(rounds: dict[str, tuple[Round, float]]) -> bool:
    """Print what the rounds left; whether all is as it must be."""
    rows: dict[str, list[str]] = {}
    wrong: list[str] = []

    def row(what: str, texts: Iterable[str]) -> None:
        rows[what] = list(texts)

    def must(what: str, lists: Iterable[Sequence[str]]) -> None:
        given = list(lists)
        rows[what] = [str(len(one)) for one in given]
        wrong.extend(f"{what}: {sentence}" for one in given for sentence in one)

    all_rounds = [one for one, _ in rounds.values()]
    counts = [one.counts for one in all_rounds]
    row("actions begun", (f"{one.begun:,}" for one in counts))
    row("acknowledged", (f"{one.acknowledged:,}" for one in counts))
    row("found", (f"{one.found:,}" for one in counts))
    must("lost (0)", (one.lost for one in counts))
    must("half (0)", (one.half for one in counts))
    must("twice (0)", (one.twice for one in counts))
    must("refused (0)", (one.refused for one in counts))
    row("told to try again", (str(one.busy) for one in counts))
    row("come too late, and told so", (str(one.late) for one in counts))
    row("saved, its answer cut off", (str(one.unsaid) for one in counts))
    row("private values that open", (str(one.opened) for one in counts))
    row("`git fsck`", (one.fsck or "clean" for one in counts))
    wrong += [f"git fsck: {one.fsck}" for one in counts if one.fsck]
    must("`pmcs check`, errors (0)", (one.check for one in counts))
    must("staged or edited work touched (0)", (one.touched for one in all_rounds))
    row("listings beside", (f"{one.listings:,}" for one in all_rounds))
    must("listings wrong (0)", (one.wrong for one in all_rounds))
    for what in dict.fromkeys(name for one in all_rounds for name in one.lines):
        row(what, (one.lines.get(what, "") for one in all_rounds))
    row("took", (f"{seconds:.0f} s" for _, seconds in rounds.values()))
    print(f"| | {' | '.join(rounds)} |\n|---|{'---:|' * len(rounds)}")
    for what, texts in rows.items():
        print(f"| {what} | {' | '.join(texts)} |")
    print(*(["", "What must not be:", *wrong] if wrong else []), sep="\n")
    return not wrong


def main() -> int:
    os.environ.update(environment(LI_NA))
    # What a killed pmcs leaves running becomes this process's child, to be waited for.
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    top = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "stress"
    shutil.rmtree(top, ignore_errors=True)
    print(
        f"STRESS_SEED={SEED}; {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the start.\n", flush=True
    )
    rounds = {}
    for name, does in (
        ("one writer, killed", lambda: killed(top / "killed", KILLS, SEED)),
        (f"{WRITERS} writers × {ACTIONS}", lambda: together(top / "together", WRITERS, ACTIONS, SEED)),
    ):
        begun = time.monotonic()
        rounds[name] = does(), time.monotonic() - begun
    return 0 if table(rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
