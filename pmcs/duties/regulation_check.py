"""`pmcs regulation check`: each version by itself, and no kind in force changed under the records it judges (16)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from pmcs.core.finding import ERROR
from pmcs.core.kind import Kind
from pmcs.errors import Sentence
from pmcs.regulation.change import changed_meaning
from pmcs.regulation.kind_file import read_kind
from pmcs.regulation.own import completed
from pmcs.regulation.shape import Problem, Reader, Source
from pmcs.store.plain_file import read_plain
from pmcs.store.queries import Filters
from pmcs.store.regulations import FOLDER, parsed
from pmcs.store.store import Store


def regulation_problems(store: Store) -> list[Problem]:
    """Every problem of every version, the forbidden changes after those of the files themselves."""
    found = store.regulations.problems()
    if not any(problem.severity == ERROR for problem in found):
        found += _changes(store)
    return found


def _changes(store: Store) -> Iterator[Problem]:
    head = store.repository.head().oid
    if head is None:
        return
    for version in store.regulations.versions:
        folder = f"{FOLDER}/{version}/kinds/"
        for path, oid in store.repository.tree(head, store.path(folder.rstrip("/"))):
            file = path.removeprefix(store.path(""))
            present = store.root / file
            if not present.is_file():
                continue
            data = read_plain(present, file)
            name = present.stem
            if store.repository.blob_oid(data) != oid and _judges(store, name, version):
                old = _kind(file, dict(store.repository.blobs([oid]))[oid])
                yield from _compared(file, old, data, version)


def _compared(file: str, old: Kind, data: bytes, version: date) -> Iterator[Problem]:
    source = parsed({file: data})[file]
    for path, sentence in changed_meaning(old, _kind(file, data)):
        line = source.lines.get(path) or source.lines.get(path[:1], 1)
        yield Problem(
            file,
            line,
            ERROR,
            Sentence(
                "{change} Records of {version} are judged by it; open a new version with pmcs regulation amend.",
                change=sentence,
                version=version,
            ),
        )


def _kind(file: str, data: bytes) -> Kind:
    tree = parsed({file: data})[file].tree
    return completed(read_kind(Reader(Source(file, tree, {}))), ())


def _judges(store: Store, kind: str, version: date) -> bool:
    """Whether the version has records of the kind to judge."""
    zone = store.config.zone
    versions = store.regulations.versions
    place = versions.index(version)
    since = None if place == 0 else datetime.combine(version, datetime.min.time(), zone).timestamp()
    after = versions[place + 1 : place + 2]
    until = datetime.combine(after[0], datetime.min.time(), zone).timestamp() if after else None
    return bool(store.queries.list(kind, Filters(since=since, until=until), 1)[0])
