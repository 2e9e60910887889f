"""Checkpoints: where the history stood, numbered, chained by hash and signed, so that a rewritten one contradicts them.

They are read from commits and never from the work tree.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from pmcs.errors import PmcsError, Sentence
from pmcs.store.codec import decode, encode
from pmcs.store.config import FILE, SSH
from pmcs.store.git_process import git
from pmcs.store.store import CRON, Store

FOLDER = "checkpoint"
NAMESPACE = "pmcs-checkpoint"
_KEYS = ("sequence", "date", "head", "tree", "previous", "office")
_FILE = re.compile(r"(\d{4,})\.yaml")
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Checkpoint(NamedTuple):
    """One checkpoint: `head` is the commit before its own, `tree` that commit's, `previous` the last one's `digest`."""

    sequence: int
    date: date
    head: str
    tree: str
    previous: str
    office: str
    data: bytes
    signature: str
    """Armoured; empty where the store did not sign."""

    @property
    def digest(self) -> str:
        """SHA-256 of its file."""
        return hashlib.sha256(self.data).hexdigest()


def file_of(sequence: int) -> str:
    """Where a checkpoint lies in the store."""
    return f"{FOLDER}/{sequence:04d}.yaml"


def as_file(sequence: int, day: date, head: str, tree: str, previous: str, office: str) -> bytes:
    """The bytes of a checkpoint's file."""
    values = (str(sequence), day.isoformat(), head, tree, previous, office)
    return encode(dict(zip(_KEYS, values, strict=True)))


def from_file(name: str, data: bytes, signature: str = "") -> Checkpoint | Sentence:
    """The checkpoint of a file, or what is wrong with it."""
    try:
        tree = decode(data, name)
        sequence, day, head, of, previous, office = (str(tree[key]) for key in _KEYS)
        found = Checkpoint(int(sequence), date.fromisoformat(day), head, of, previous, office, data, signature)
    except (PmcsError, KeyError, ValueError, TypeError):
        return Sentence("{file} is no checkpoint; it was changed.", file=name)
    whole = set(tree) == {*_KEYS} and _OID.fullmatch(head) and _OID.fullmatch(of)
    return found if whole else Sentence("{file} is no checkpoint; it was changed.", file=name)


def checkpoints(store: Store, at: str = "HEAD") -> list[Checkpoint]:
    """The checkpoints that a commit has, the first one first; what cannot be read is left to `judged`."""
    return [found for _, found in _read(store, at) if isinstance(found, Checkpoint)]


def last_checkpoint(store: Store, at: str = "HEAD") -> Checkpoint | None:
    """The last checkpoint that a commit has."""
    return max(checkpoints(store, at), key=lambda found: found.sequence, default=None)


def told_of(store: Store, commit: str, end: datetime) -> dict[str, object]:
    """What a report of a period, made from a commit, says of a checkpoint; nothing where there is none.

    The first that was made after the period covers all of it and stays that for good; before there is one, the last up
    to the commit.
    """
    there = checkpoints(store, store.repository.at) if commit else []
    after = [checkpoint for checkpoint in there if checkpoint.date >= end.date()]
    found = min(after, key=lambda one: one.sequence) if after else last_checkpoint(store, commit) if there else None
    if found is None:
        return {}
    told = {"sequence": found.sequence, "date": found.date.isoformat(), "head": found.head, "sha256": found.digest}
    return {"checkpoint": told}


def _read(store: Store, at: str) -> Iterator[tuple[str, Checkpoint | Sentence]]:
    if store.repository.head().oid is None:
        return
    top = store.path(FOLDER) + "/"
    there = {path.removeprefix(top): oid for path, oid in store.repository.tree(at, top.rstrip("/"))}
    contents = dict(store.repository.blobs(dict.fromkeys(there.values()))) if there else {}
    numbers = {int(found[1]): name for name in there if (found := _FILE.fullmatch(name))}
    for _, name in sorted(numbers.items()):
        signed = there.get(f"{name}.sig")
        armoured = contents[signed].decode("utf-8", "replace") if signed else ""
        yield name, from_file(f"{FOLDER}/{name}", contents[there[name]], armoured)


def judged(store: Store, copies: Mapping[str, bytes] | None = None) -> Iterator[tuple[str, Sentence]]:
    """What is wrong with the checkpoints, and with the history if they are right: file and sentence.

    `copies` are checkpoint files that were kept elsewhere, by name: the history is held against them too.
    """
    from pmcs.store.signatures import Signers
    from pmcs.store.signing import signers

    who = Signers.of(signers(store))
    previous, expected = "", 1
    known: dict[int, bytes] = {}
    for name, found in _read(store, "HEAD"):
        file = f"{FOLDER}/{name}"
        if isinstance(found, Sentence):
            yield file, found
            previous, expected = "?", expected + 1
            continue
        known[found.sequence] = found.data
        if found.sequence != expected or name != f"{expected:04d}.yaml":
            yield (
                file,
                Sentence(
                    "{file} is number {found} where {wanted} is due.", file=file, found=name[:-5], wanted=expected
                ),
            )
        elif previous not in {found.previous, "?"}:
            yield (
                file,
                Sentence("{file} does not continue the checkpoint before it: one of the two changed.", file=file),
            )
        yield from ((file, sentence) for sentence in _against_history(store, file, found))
        if sentence := _signature(store, who, file, found):
            yield file, sentence
        previous, expected = found.digest, found.sequence + 1
    for name, data in (copies or {}).items():
        kept = from_file(name, data)
        if isinstance(kept, Sentence):
            yield name, kept
            continue
        if kept.sequence not in known:
            yield (
                name,
                Sentence("The store lacks checkpoint {number}, of which {file} is a copy.", **_told(kept, name)),
            )
        elif known[kept.sequence] != data:
            yield name, Sentence("Checkpoint {number} of the store differs from its copy {file}.", **_told(kept, name))
        yield from ((name, sentence) for sentence in _against_history(store, name, kept))


def _told(kept: Checkpoint, name: str) -> dict[str, object]:
    return {"number": kept.sequence, "file": name}


def _against_history(store: Store, file: str, found: Checkpoint) -> Iterator[Sentence]:
    if not store.repository.contains("HEAD", found.head):
        yield Sentence(
            "{file} names commit {commit} of {date}, which the history does not have: it was rewritten.",
            file=file,
            commit=found.head[:12],
            date=found.date,
        )
    elif tree_of(store, found.head) != found.tree:
        yield Sentence("{file} names another tree than commit {commit} has.", file=file, commit=found.head[:12])


def tree_of(store: Store, commit: str) -> str:
    """The tree of a commit."""
    return git(store.repository.root, "rev-parse", f"{commit}^{{tree}}").stdout.decode().strip()


def _signature(store: Store, who: object, file: str, found: Checkpoint) -> Sentence | None:
    from pmcs.store.signatures import Signers

    assert isinstance(who, Signers)  # noqa: S101
    if not found.signature:
        if not _signing_at(store, found.head):
            return None
        return Sentence("{file} is not signed, though the store was.", file=file)
    when = datetime.combine(found.date, time(), UTC)
    problem = who.judged(found.data, found.signature, CRON.email, when, NAMESPACE)
    return Sentence("{file}: {problem}.", file=file, problem=problem) if problem else None


def _signing_at(store: Store, commit: str) -> bool:
    """Whether the settings of a commit ask for signatures; of one that is gone nothing is known."""
    shown = git(store.repository.root, "cat-file", "blob", f"{commit}:{store.path(FILE)}", allow=(0, 128)).stdout
    return re.search(rb"^signing: %s$" % SSH.encode(), shown, re.MULTILINE) is not None
