"""`pmcs audit verify`: the whole history judged once, from git alone (5.9)."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple

from pmcs.duties.audit.beside import beside
from pmcs.duties.audit.checkpoints import against_checkpoints
from pmcs.duties.audit.commits import CommitJudge
from pmcs.duties.audit.found import Found
from pmcs.duties.audit.lives import Entry, Life, Lives, Touch
from pmcs.duties.audit.signatures import SignatureJudge
from pmcs.duties.audit.states import States
from pmcs.duties.checking import gaps
from pmcs.errors import BadInput, PmcsError
from pmcs.store.as_of import StoreAsOf
from pmcs.store.config import FILE
from pmcs.store.git_process import git
from pmcs.store.processes import answered, cores
from pmcs.store.regulations import FOLDER
from pmcs.store.store import Store
from pmcs.store.walk import Commit, walk

_CHUNK = 100
_MANY = 300

Touched = tuple[str, list[Touch]]


class Verified(NamedTuple):
    """What was walked and what was found."""

    commits: int
    records: int
    found: list[Found]


class History(NamedTuple):
    """A history walked once: the commits without their changes, and the touches of each record's file."""

    commits: list[Commit]
    touched: dict[str, list[Touch]]
    judge: CommitJudge


def verify(store: Store, language: str, since: str | None = None, checkpoint: Path | None = None) -> Verified:
    """All that the history of HEAD shows, the oldest first; of the commits after `since` where it is given.

    Raises BadInput: there is no such revision, or no commit. Unable: the clone is shallow.
    """
    head = store.repository.head().oid
    if head is None:
        raise BadInput("There is no commit yet.")
    wanted = _after(store, since, head) if since else None
    then = StoreAsOf(store, head)
    folder = Path(tempfile.mkdtemp(prefix="pmcs-audit-"))
    try:
        states = States(then, folder)
        history = read_history(then, states)
        for rules in states.rules:
            _ = rules.regulations if rules.files else None  # read before the work is shared
        touched = [
            (path, touches)
            for path, touches in history.touched.items()
            if wanted is None or any(touch.commit in wanted for touch in touches)
        ]
        _ = then.index, then.lookups, then.queries
        entries: dict[str, list[Entry]] = {}
        by_commit: dict[str, list[Found]] = {}
        for life in _lives(then, states, language, touched):
            for entry in life.entries:
                entries.setdefault(entry.commit, []).append(entry)
            for item in life.found:
                by_commit.setdefault(item.commit, []).append(item)
        judge = SignatureJudge(states)
        signed = {commit.oid: list(judge.findings(commit)) for commit in history.commits}
        found: list[Found] = []
        for commit in history.commits:
            if wanted is None or commit.oid in wanted:
                found += history.judge.findings(commit, entries.get(commit.oid, ()))
                found += signed[commit.oid]
                found += by_commit.get(commit.oid, ())
        found += _gaps(then, history)
        found += beside(store.repository)
        found += against_checkpoints(then, history.commits, checkpoint)
        return Verified(len(wanted if wanted is not None else history.commits), len(touched), found)
    finally:
        then.close()
        then.index.close()
        shutil.rmtree(folder, ignore_errors=True)


def _after(store: Store, since: str, head: str) -> Collection[str]:
    """The commits after a revision, or of a day and later."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", since):
        try:
            begin = datetime.combine(date.fromisoformat(since), time(), store.config.zone)
        except ValueError:
            raise BadInput("{text} is no day; write one such as 2026-11-23.", text=since) from None
        # --since stops at the first commit that is older, and one that is dated back is what is looked for.
        times = git(store.repository.root, "log", "--format=%H %ct", head, "--").stdout.decode().splitlines()
        return {oid for oid, _, second in (line.partition(" ") for line in times) if int(second) >= begin.timestamp()}
    asked = git(
        *(store.repository.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{since}^{{commit}}"),
        allow=(0, 1, 128),
    ).stdout.decode()
    if not asked.strip():
        raise BadInput("There is no commit {text}; give a revision as git names it, or a day.", text=since[:60])
    listed = git(store.repository.root, "rev-list", head, f"^{asked.strip()}", "--").stdout
    return {*listed.decode().split()}


def read_history(store: StoreAsOf, states: States) -> History:
    """Every commit once, and what each did to the files of records."""
    judge = CommitJudge(states, _Names(states), store.prefix)
    commits, touched = [], dict[str, list[Touch]]()
    for commit in walk(store.repository, until=store.commit_oid, under=store.prefix):
        states.take(commit)
        commits.append(commit)
        merge = len(commit.parents) > 1
        files: dict[str, list[str | None]] = {}
        afters = {}
        for edge in commit.changes:
            if edge.path.endswith(".yaml") and judge.is_record(judge.place(edge), commit.oid):
                files.setdefault(edge.path, []).append(edge.before)
                afters[edge.path] = edge.after
        for path, befores in files.items():
            shared = merge and len(befores) < len(commit.parents)
            touched.setdefault(path, []).append(Touch(commit.oid, afters[path], tuple(befores), merge, shared))
    return History(commits, touched, judge)


class _Names:
    """The names of the kinds that a commit, or one before it, knew: by the regulation's files."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._found: dict[int, frozenset[str]] = {}

    def __call__(self, commit: str) -> frozenset[str]:
        rules = self._states.at(commit)[0]
        if rules.place not in self._found:
            known = frozenset().union(*self._found.values())
            files = (Path(path) for path in rules.files if path != FILE and path.startswith(FOLDER))
            self._found[rules.place] = known | {file.stem for file in files if file.parent.name == "kinds"}
        return self._found[rules.place]


def _lives(store: StoreAsOf, states: States, language: str, touched: Sequence[Touched]) -> Iterator[Life]:
    chunks = [touched[first : first + _CHUNK] for first in range(0, len(touched), _CHUNK)]

    def begin() -> Callable[[Sequence[Touched]], list[Life]]:
        lives = Lives(store, states, language)
        store.read_on()
        inside = f"{store.prefix}/" if store.prefix else ""

        def judged(chunk: Sequence[Touched]) -> list[Life]:
            oids = {oid for _, touches in chunk for touch in touches for oid in (touch.after, *touch.befores) if oid}
            blobs = dict(store.repository.blobs(sorted(oids)))
            return [lives.life(path, path.removeprefix(inside), touches, blobs) for path, touches in chunk]

        return judged

    found = answered(chunks, begin) if len(touched) >= _MANY and cores() > 1 else map(begin(), chunks)
    for part in found:
        yield from part


def _gaps(store: StoreAsOf, history: History) -> Iterator[Found]:
    """Numbers that no commit ever held."""
    inside = f"{store.prefix}/" if store.prefix else ""
    files = [path.removeprefix(inside) for path in history.touched]
    names = sorted({file.partition("/")[0] for file in files})
    try:
        yield from (Found("gap", "", item.file, item.sentence) for item in gaps(store, names, files))
    except PmcsError:
        return
