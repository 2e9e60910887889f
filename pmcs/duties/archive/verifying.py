"""Verifying a package with nothing but the package: manifests, sizes, its history and what follows from that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pmcs.core.finding import ERROR, Finding
from pmcs.duties.archive.bag import ALGORITHMS, DECLARATION, PAYLOAD, Sums, bag_info, read_manifest
from pmcs.duties.archive.facts import FACTS, Facts, read_facts
from pmcs.duties.archive.history import BUNDLE
from pmcs.duties.archive.package import LARGEST, PART, Package, opened
from pmcs.errors import Broken, PmcsError, Sentence
from pmcs.store.git_process import require_git

MANIFEST = "manifest-sha256.txt"
"""The digest of this file stands for the whole package: in its record and on the list it is handed over with."""


class Verified(NamedTuple):
    """What was found. Without findings the package is whole, and `facts` are there."""

    digest: str
    facts: Facts | None
    findings: list[Finding]
    sizes: tuple[int, int]
    """How many files, and their bytes."""


def verify(path: Path) -> Verified:
    """Verify the package at a path.

    Raises NotFound, Broken: there is none that could be looked at. Unable: git is missing, which reads its history.
    """
    require_git()
    with opened(path) as package:
        found = list(package.wrong)
        sums = {name: _sums(package, name) for name in sorted(package.files)}
        found += _manifests(package, sums)
        facts = None
        try:
            facts = read_facts(package.read(FACTS))
        except Broken as error:
            found.append(Finding("facts", ERROR, FACTS, error.sentence))
        if facts:
            found += _tags(package, sums, facts)
            found += _history(package, facts)
        digest = sums[MANIFEST].sha256 if MANIFEST in sums else ""
        return Verified(digest, facts, found, (len(sums), sum(item.size for item in sums.values())))


def _sums(package: Package, name: str) -> Sums:
    small, large = hashlib.sha256(), hashlib.sha512()
    size = 0
    with package.open(name) as file:
        # It may grow while it is read.
        while size <= LARGEST and (part := file.read(PART)):
            size += len(part)
            small.update(part)
            large.update(part)
    return Sums(size, small.hexdigest(), large.hexdigest())


def _manifests(package: Package, sums: Mapping[str, Sums]) -> Iterator[Finding]:
    """What the four manifests say against what is there."""
    made = {f"{of}{algorithm}.txt" for of in ("manifest-", "tagmanifest-") for algorithm in ALGORITHMS}
    payload = {name for name in sums if name.startswith(PAYLOAD)}
    tags = {name for name in sums if name not in payload and not name.startswith("tagmanifest-")}
    told = set()
    for name in sorted(made):
        try:
            listed, wrong = read_manifest(package.read(name), name)
        except Broken as error:
            yield Finding("manifest", ERROR, name, error.sentence)
            continue
        for line in wrong:
            said = Sentence("The line {line} names no file of the package, or one twice.", line=repr(line[:100]))
            yield Finding("manifest", ERROR, name, said)
        algorithm = name.rpartition("-")[2].removesuffix(".txt")
        for finding in _against(listed, sums, tags if name.startswith("tag") else payload, algorithm, name):
            if (finding.code, finding.file) not in told:
                told.add((finding.code, finding.file))
                yield finding
    for name in sorted(tags - made - {"bagit.txt", "bag-info.txt", BUNDLE}):
        yield Finding("extra", ERROR, name, Sentence("This file does not belong to the package."))
    for name in sorted({name for name in sums if name.startswith("tagmanifest-")} - made):
        yield Finding("extra", ERROR, name, Sentence("This file does not belong to the package."))


def _against(
    listed: Mapping[str, str], sums: Mapping[str, Sums], there: set[str], algorithm: str, name: str
) -> Iterator[Finding]:
    for path in sorted(listed.keys() - there):
        said = Sentence("It is listed in {manifest} and not in the package.", manifest=name)
        yield Finding("missing", ERROR, path, said)
    for path in sorted(there - listed.keys()):
        yield Finding("extra", ERROR, path, Sentence("It is in the package and not in {manifest}.", manifest=name))
    for path in sorted(there & listed.keys()):
        if getattr(sums[path], algorithm) != listed[path]:
            yield Finding("differs", ERROR, path, Sentence("It is not what {manifest} says.", manifest=name))


def _tags(package: Package, sums: Mapping[str, Sums], facts: Facts) -> Iterator[Finding]:
    """What stands outside the payload follows from it: so the digest of one manifest holds all of the package."""
    payload = [item for name, item in sums.items() if name.startswith(PAYLOAD)]
    wanted = {"bagit.txt": DECLARATION, "bag-info.txt": bag_info(facts.info(), payload)}
    for name, data in wanted.items():
        try:
            same = package.read(name) == data
        except Broken as error:
            yield Finding("missing", ERROR, name, error.sentence)
            continue
        if not same:
            said = Sentence("It does not say what the payload says: size, number of files, office, period or commit.")
            yield Finding("info", ERROR, name, said)


def _history(package: Package, facts: Facts) -> Iterator[Finding]:
    from pmcs.duties.archive.replaying import replayed

    try:
        yield from replayed(package, facts)
    except PmcsError as error:
        said = Sentence("The history cannot be read: {reason}", reason=error.sentence)
        yield Finding("history", ERROR, BUNDLE, said)
