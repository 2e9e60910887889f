"""What is made of a store that writers have been at: by git and YAML alone, as an auditor reads it, and by pmcs."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from stress_acts import ACTS, SEALED, SHARED, Typed, said, typed

# What somebody has begun by hand before the writers come.
STAGED, NEW, UNTRACKED = "README.md", "staged.txt", "notes.txt"
EDITED = "resident/RA0001.yaml"
BEGUN = "begun"
KINDS = {act.kind for act in ACTS}


def git(root: Path, *words: str) -> str:
    """Plain git's answer."""
    words = ("-c", "core.quotePath=false", *words)
    return subprocess.run(
        ["git", *words], cwd=root, capture_output=True, encoding="utf-8", check=True, timeout=120
    ).stdout


def begin_work(root: Path) -> None:
    """Files staged, staged and edited again, edited, and never shown to git; a tag says where the store stood then."""
    git(root, "tag", BEGUN)
    (root / STAGED).write_text("staged\n", encoding="utf-8")
    (root / NEW).write_text("staged too\n", encoding="utf-8")
    (root / UNTRACKED).write_text("mine\n", encoding="utf-8")
    git(root, "add", STAGED, NEW)
    (root / STAGED).write_text("staged, then edited\n", encoding="utf-8")
    record = root / EDITED
    record.write_bytes(record.read_bytes().replace(b"relation: owner", b"relation: user", 1))


def work(root: Path) -> dict[str, object]:
    """That work, byte for byte: in the folder, in git's index, and as `git status` tells of it and all else."""
    files: dict[str, object] = {}
    for name in (STAGED, NEW, UNTRACKED, EDITED):
        path = root / name
        files[name] = path.read_bytes() if path.is_file() else None
    return files | {
        "index": git(root, "ls-files", "--stage", "--", STAGED, NEW, UNTRACKED, EDITED),
        "status": git(root, "status", "--porcelain", "--untracked-files=all"),
    }


def leftovers(root: Path) -> list[str]:
    """What no command may leave behind: lock files, journals, temporary files, git's crash reports."""
    names = (".pmcs.tmp", "*.lock", "journal.json", "fast_import_crash_*")
    found = {path for name in names for path in root.rglob(name)}
    # pmcs's own locks are taken by flock, and their files stay.
    left = (path for path in found if path.suffix != ".lock" or ".git/pmcs/" not in path.as_posix())
    return sorted(str(path.relative_to(root)) for path in left)


class Counts(NamedTuple):
    """How the actions of some logs stand in the store. Lists hold a sentence for each that is wrong."""

    begun: int
    acknowledged: int
    found: int
    unsaid: int
    """Saved, though its writer died before saying so."""
    busy: int
    late: int
    """Refused, since somebody else had done it meanwhile."""
    opened: int
    """Private values that the key ring opens again."""
    lost: list[str]
    twice: list[str]
    half: list[str]
    refused: list[str]
    fsck: str
    check: list[str]


def records(root: Path) -> Iterator[tuple[str, Any]]:
    """The path of every record of HEAD, and what its file holds; the reason as text where that is no YAML."""
    listed = [line.split(None, 3)[2:] for line in git(root, "ls-tree", "-r", "HEAD").splitlines()]
    wanted = [(oid, path) for oid, path in listed if path.endswith(".yaml") and path.partition("/")[0] in KINDS]
    done = subprocess.run(
        ["git", "cat-file", "--batch"],
        input="".join(f"{oid}\n" for oid, _ in wanted).encode(),
        cwd=root,
        capture_output=True,
        check=True,
        timeout=120,
    )
    rest = done.stdout
    for _, path in wanted:
        header, _, rest = rest.partition(b"\n")
        size = int(header.split()[2])
        data, rest = rest[:size], rest[size + 1 :]
        try:
            yield path, yaml.load(data, Loader=yaml.CBaseLoader)
        except yaml.YAMLError as error:
            yield path, str(error)


def judged(root: Path, logs: Iterable[Path]) -> Counts:
    """Hold the store against its writers' logs."""
    words = [word for log in logs for word in said(log)]
    begun = {word["begun"]: word for word in words if "begun" in word}
    done = {word["done"]: word for word in words if "done" in word}
    refused = [word for word in words if "refused" in word]
    half: list[str] = []
    whole: dict[str, Any] = {}
    for path, tree in records(root):
        stem = Path(path).stem
        if isinstance(tree, dict) and tree.get("id") == stem and tree.get("history") and tree.get("state"):
            whole[path] = tree
        else:
            half.append(f"{path}: not a whole record")
    noted = Counter[tuple[str, str, str, str]]()
    levels = Counter[tuple[str, ...]]()
    planned = Counter(
        (tree["schedule"], tree.get("place", ""), tree["planned"]) for tree in whole.values() if tree.get("schedule")
    )
    ids = {tree["id"] for tree in whole.values()}
    for tree in whole.values():
        noted.update((event.get("note"), tree["kind"], tree["id"], event["do"]) for event in tree["history"])
        levels.update((tree["id"], row["clock"], row["since"], row["level"]) for row in tree.get("escalations", ()))
    saved = {key[0] for key in noted if key[0] in begun}
    lost = []
    for token, word in done.items():
        if "rows" in word:
            gone = [row for row in word["rows"] if "clock" in row and not levels[_level(row)]]
            gone += [row for row in word["rows"] if "clock" not in row and row["id"] not in ids]
            lost += [f"{token}: {begun[token]['action']} {row}" for row in gone]
        elif not noted[token, begun[token]["kind"], word["id"], begun[token]["action"]]:
            lost.append(f"{token}: {begun[token]['kind']} {begun[token]['action']} {word['id']}")
    twice = [f"{key}: {count} times" for key, count in (levels + planned).items() if count > 1]
    lost += _gaps(planned)
    times = Counter[str]()
    for key, count in noted.items():
        times[key[0]] += count
    twice += [f"{token}: {times[token]} times" for token in saved if times[token] > 1]
    half += _torn(whole)
    subjects = git(root, "log", "--format=%s", f"{BEGUN}..HEAD").splitlines()
    actions = len(subjects) - sum(subject.startswith(("escalate ", "schedule run ")) for subject in subjects)
    if actions != len(saved):
        half.append(f"{actions} commits for {len(saved)} actions")
    half += [f"{word['refused']} was refused, and is there" for word in refused if word["refused"] in saved]
    half += [f"{name} was left behind" for name in leftovers(root)]
    wrong, opened = _sealed(root, whole, begun)
    fsck = subprocess.run(
        ["git", "fsck", "--strict", "--full", "--no-dangling", "--no-progress"],
        cwd=root, capture_output=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    return Counts(
        len(begun),
        len(done),
        len(done) - len({line.partition(":")[0] for line in lost}),
        len(saved - done.keys()),
        sum(word["busy"] for word in refused),
        sum(word["late"] for word in refused),
        opened,
        lost + wrong,
        twice,
        half,
        [
            f"{word['refused']}: {begun[word['refused']]} {word['sentence']}"
            for word in refused
            if not (word["busy"] or word["late"])
        ],
        fsck.stdout + fsck.stderr if fsck.returncode or fsck.stdout else "",
        _checked(root),
    )


def _level(row: dict[str, Any]) -> tuple[str, ...]:
    return row["id"], row["clock"], row["since"], str(row["level"])


def _gaps(planned: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Days that a daily schedule left out."""
    made: dict[tuple[str, ...], list[date]] = {}
    for *of, at in planned:
        made.setdefault(tuple(of), []).append(datetime.fromisoformat(at).date())
    for of, days in made.items():
        if (max(days) - min(days)).days >= len(days):
            yield f"{of}: {len(days)} of {min(days)} to {max(days)}"


def _torn(whole: dict[str, Any]) -> Iterator[str]:
    """Actions that made a second record, of which only one of the two is there."""
    asked = Counter(tree["id"] for tree in whole.values() for event in tree["history"] if event.get("make"))
    made = Counter(
        tree["history"][0]["because"]
        for tree in whole.values()
        if tree.get("source") and tree["source"] == tree["history"][0].get("because")
    )
    for id_ in asked.keys() | made.keys():
        if asked[id_] != made[id_]:
            yield f"{id_} asked for {asked[id_]} records, and {made[id_]} were made"


def _sealed(root: Path, whole: dict[str, Any], begun: dict[str, Any]) -> tuple[list[str], int]:
    """The private values that do not open, and how many do: each record is looked for by the last one given to it."""
    wrong, opened = [], 0
    for tree in whole.values():
        field = SEALED.get(tree["kind"], "")
        given = [event.get("note") for event in tree["history"] if field and event.get("set", {}).get(field)]
        value = begun.get(given[-1], {}).get("private") if given else None
        if not value:
            continue
        answer = typed(root, tree["kind"], "list", f"--{field}", value, "--limit", "0", "--format", "json")
        if answer.code == 0 and tree["id"] in [row["id"] for row in json.loads(answer.out)]:
            opened += 1
        else:
            wrong.append(f"{given[-1]}: {field} of {tree['id']} does not open {answer.errors}")
    return wrong, opened


def _checked(root: Path) -> list[str]:
    """The errors that `pmcs check` finds, but for the file that was edited by hand."""
    answer = typed(root, "check", "--format", "json")
    if not answer.out:
        return [answer.errors]
    errors = [found for found in json.loads(answer.out) if found["severity"] == "error"]
    edited = {found["code"] for found in errors if found["file"] == EDITED}
    if edited != {"edited", "fold"}:
        return [f"{EDITED}: {sorted(edited)} instead of edited, fold"]
    return [f"{found['file']}: {found['message']}" for found in errors if found["file"] != EDITED]


class Looking:
    """Somebody who lists and shows, and holds each answer against what was acknowledged before and shown before."""

    def __init__(self, root: Path, logs: Iterable[Path]) -> None:
        self.root = root
        self.logs = list(logs)
        self.looked = 0
        self.wrong: list[str] = []
        self._seen: dict[tuple[str, ...], set[str]] = {}

    def look(self, by: Any = typed) -> Looking:
        """One command of those that only look, by turns."""
        kinds = sorted(SHARED)
        commands = [*((kind, "list", "--limit", "0") for kind in kinds), ("ticket", "show", SHARED["ticket"][0])]
        commands += [("task", "list", "--limit", "0"), ("staff", "list", "--limit", "0"), ("today",)]
        words = commands[self.looked % len(commands)]
        self.looked += 1
        told = [word for log in self.logs for word in said(log)]
        answer: Typed = by(self.root, *words, "--format", "json")
        self.wrong += [f"{' '.join(words)}: {problem}" for problem in self._problems(words, told, answer)]
        return self

    def _problems(self, words: tuple[str, ...], told: list[dict[str, Any]], answer: Typed) -> Iterator[str]:
        mended = ("Note: An interrupted action was saved", "Note: An action that was interrupted before")
        notes = [line for line in answer.errors.splitlines() if not line.startswith(mended)]
        by_hand = words[0] in ("resident", "today")
        if [line.partition(" was changed by hand")[0] for line in notes] != [f"Note: {EDITED}"] * by_hand:
            yield f"it says {notes}"
        if answer.code:
            yield f"exit {answer.code}"
            return
        begun = {word["begun"]: word for word in told if "begun" in word}
        done = [(word, begun[word["done"]]) for word in told if "done" in word]
        found = json.loads(answer.out)
        if words[1:2] == ("show",):
            shown = {event.get("note", "") for event in found["history"]}
            wanted = {word["done"] for word, act in done if word["id"] == found["id"] and act["kind"] == words[0]}
        elif words[1:2] == ("list",):
            shown = {row["id"] for row in found}
            wanted = {word["id"] for word, act in done if act["kind"] == words[0]}
            states = {row["id"]: row["state"] for row in found}
            for word, act in done:
                if act["action"] in ("triage", "accept") and states.get(word["id"]) in ("registered", "assigned"):
                    yield f"{word['id']} is {states[word['id']]} after {act['action']}"
        else:
            return
        for names, what in ((wanted, "acknowledged"), (self._seen.get(words, set()), "shown before")):
            if missing := sorted(names - shown):
                yield f"{missing[:5]} {what} and not in it"
        self._seen[words] = shown
