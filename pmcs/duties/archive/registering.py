"""Registering a package: once it is verified and found to be of this store, its record closes what is in it."""

from __future__ import annotations

import json
from pathlib import Path

from pmcs.core.world import Given
from pmcs.duties.acting import Acting, Done, act
from pmcs.duties.archive.facts import Facts
from pmcs.duties.archive.package import opened
from pmcs.errors import Broken, Refused
from pmcs.store.lookups import PACKAGE, SCRAPPED
from pmcs.store.store import Store

EXCEPTIONS = "data/exceptions.json"
LISTED = 20


def register(store: Store, path: Path, facts: Facts, digest: str, acting: Acting) -> Done:
    """Make the record of a package that was verified. Raises Refused: it is another store's, or registered already."""
    if (facts.code, facts.folder) != (store.config.code, store.prefix) or not _ours(store, facts.commit):
        raise Refused(
            "{file} is not of this store: it does not hold the commit {commit}.", file=path.name, commit=facts.commit
        )
    edition = 1
    while row := store.queries.row(f"{store.kind_named(PACKAGE).number}-{facts.period}-{edition}", (PACKAGE,)):
        if row.fields.get("manifest") == digest and row.state not in SCRAPPED:
            raise Refused("The package is registered already, as {id}.", id=row.id)
        edition += 1
    values = {
        "period": facts.period,
        "edition": str(edition),
        "commit": facts.commit,
        "manifest": digest,
        "pieces": str(facts.pieces),
        "carried": str(len(facts.carried)),
    }
    if told := _exceptions(path, facts):
        values["exceptions"] = told
    return act(store, PACKAGE, "new", None, Given(values=values), acting)


def _ours(store: Store, commit: str) -> bool:
    return store.repository.contains("HEAD", commit)


def _exceptions(path: Path, facts: Facts) -> str:
    """The first of the exceptions that are listed in the package, a line each."""
    if not facts.exceptions:
        return ""
    with opened(path) as package:
        try:
            told = [str(item["message"]) for item in json.loads(package.read(EXCEPTIONS))]
        except (ValueError, TypeError, LookupError, RecursionError):
            raise Broken(
                "{file} is not what pmcs writes there; it was changed, or made by a later pmcs.", file=EXCEPTIONS
            ) from None
    rest = len(told) - LISTED
    return "\n".join([*told[:LISTED], *([f"… (+{rest})"] if rest > 0 else [])])
