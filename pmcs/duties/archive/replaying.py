"""The history in a package against its files: each as it was committed, all that belong there, and no other."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pmcs.core.finding import ERROR, Finding
from pmcs.duties.archive.bag import normal, unfit
from pmcs.duties.archive.contents import Contents, contents
from pmcs.duties.archive.context import ALLOWED, context, keys
from pmcs.duties.archive.facts import FACTS, Facts
from pmcs.duties.archive.history import BUNDLE, unbundled
from pmcs.duties.archive.package import Package
from pmcs.errors import Broken, PmcsError, Sentence
from pmcs.store.as_of import write_out
from pmcs.store.checkpoints import judged
from pmcs.store.config import FILE
from pmcs.store.regulations import FOLDER
from pmcs.store.store import Store

CATALOGUE = "data/catalogue.json"
COMMITTED = ("data/records/", "data/registers/", "data/regulation/", "data/checkpoint/", "data/pmcs.yaml")
"""What lies in a package just as it was committed."""


def replayed(package: Package, facts: Facts) -> Iterator[Finding]:
    """Findings of a package's history. Raises Broken, Unable: it cannot be read at all."""
    with _bundle(package) as file, unbundled(file) as repository:
        head = repository.head().oid
        if head != facts.commit:
            said = Sentence(
                "It ends with commit {head}, and the package is of {commit}.", head=head, commit=facts.commit
            )
            yield Finding("history", ERROR, BUNDLE, said)
            return
        if facts.folder and unfit(facts.folder):
            raise Broken("{file} names a folder that leads elsewhere.", file=FACTS)
        top = f"{facts.folder}/" if facts.folder else ""
        settings = dict(repository.tree(facts.commit, f"{top}{FILE}", f"{top}{FOLDER}"))
        write_out(repository, settings, repository.root)
        store = Store(repository.root / facts.folder)
        packed = contents(store, facts.period)
        beside, checkpoint = context(store, facts.commit)
        wanted = {normal(name): oid for name, (_, oid) in packed.files.items()}
        wanted |= {normal(name): oid for name, oid in beside.items()}
        yield from _as_committed(package, store, wanted)
        yield from _whole(package, store, packed)
        yield from _told(package, facts, packed, checkpoint)
        yield from _checkpoints(package, store)


@contextmanager
def _bundle(package: Package) -> Iterator[Path]:
    """The bundle as a file of our own: git gets no name that somebody else chose."""
    with tempfile.TemporaryDirectory(prefix="pmcs-package-") as folder:
        file = Path(folder) / BUNDLE
        if BUNDLE not in package.files:
            raise Broken("The package has no {file}.", file=BUNDLE)
        with package.open(BUNDLE) as source, file.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        yield file


def _as_committed(package: Package, store: Store, wanted: Mapping[str, str]) -> Iterator[Finding]:
    there = {name for name in package.files if name.startswith(COMMITTED) and name != ALLOWED}
    for name in sorted(wanted.keys() - there):
        yield Finding("missing", ERROR, name, Sentence("It belongs to the package by its history, and is not in it."))
    for name in sorted(there - wanted.keys()):
        yield Finding("extra", ERROR, name, Sentence("It does not belong to the package by its history."))
    for name in sorted(there & wanted.keys()):
        if store.repository.blob_oid(package.read(name)) != wanted[name]:
            yield Finding("not_committed", ERROR, name, Sentence("It is not as it was committed."))


def _whole(package: Package, store: Store, packed: Contents) -> Iterator[Finding]:
    """Whether each record says above its history what the history says."""
    for name in packed.files:
        if normal(name) in package.files:
            try:
                head, record = store.parse(name, package.read(normal(name)))
            except PmcsError as error:
                yield Finding("unreadable", ERROR, name, error.sentence)
                continue
            if head != store.head(record):
                said = Sentence("Above the history it says something else than the history does.")
                yield Finding("head", ERROR, name, said)


def _told(package: Package, facts: Facts, packed: Contents, checkpoint: str) -> Iterator[Finding]:
    """Whether the package says of itself what follows from its history."""
    entries = [entry for month in packed.entries.values() for entry in month]
    carried = [item._asdict() for item in packed.carried]
    if [*facts.carried] != carried or facts.checkpoint != checkpoint or facts.pieces != sum(facts.terms.values()):
        said = Sentence(
            "It does not say what follows from the history: pieces, what is carried over, or the checkpoint."
        )
        yield Finding("facts", ERROR, FACTS, said)
    try:
        listed = json.loads(package.read(CATALOGUE))
        records = [(row["number"], row["id"], row["day"], row["term"], row["file"]) for row in listed if row["id"]]
        files = {normal(row["file"]) for row in listed}
    except (Broken, ValueError, TypeError, LookupError, RecursionError):
        records, files, listed = [], set(), []
    wanted = [(entry.number, entry.id, entry.day.isoformat(), entry.term, entry.file) for entry in entries]
    if records != wanted or len(listed) != facts.pieces:
        said = Sentence("It does not list the records and numbers that follow from the history.")
        yield Finding("catalogue", ERROR, CATALOGUE, said)
    for name in sorted(files - package.files.keys()):
        yield Finding("missing", ERROR, name, Sentence("It is in the catalogue and not in the package."))


def _checkpoints(package: Package, store: Store) -> Iterator[Finding]:
    for file, sentence in judged(store):
        yield Finding("checkpoint", ERROR, f"data/{file}", sentence)
    there = package.read(ALLOWED) if ALLOWED in package.files else b""
    if there != keys(store):
        said = Sentence("It does not name the keys that the staff register and pmcs.yaml name.")
        yield Finding("checkpoint", ERROR, ALLOWED, said)
