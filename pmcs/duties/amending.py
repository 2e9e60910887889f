"""New versions of the regulation and interpretations of its clauses (articles 15 and 16)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from pmcs.core.world import Actor
from pmcs.errors import BadInput, Refused
from pmcs.store.git_stream import Identity
from pmcs.store.message import plain_message
from pmcs.store.plain_file import read_plain
from pmcs.store.queries import Filters, Row
from pmcs.store.regulations import FOLDER
from pmcs.store.store import Store

MAY_AMEND = ("manager", "leader")


def amend(store: Store, since: date, now: datetime, actor: Actor, author: Identity, committer: Identity) -> Path:
    """Open the next version as a copy of the newest, in one commit; returns its folder.

    Raises Refused where the post is missing, or the day lies before what the present version already judges.
    """
    if not actor.posts & set(MAY_AMEND):
        raise Refused(
            "{person} may not amend the regulation: it takes {posts}.", person=actor.code, posts=list(MAY_AMEND)
        )
    newest = store.regulations.versions[-1]
    if since <= newest:
        raise Refused("The version of {newest} is in force from that day; choose a later one.", newest=newest)
    if since < now.date() or (since == now.date() and _judged(store, now)):
        raise Refused(
            "{since} has records already, judged by the version of {newest}; choose a later day.",
            since=since,
            newest=newest,
        )
    target = store.root / FOLDER / since.isoformat()
    with store.writing("regulation amend"):
        # As committed: nobody's unfinished edit becomes the next version.
        source = store.path(f"{FOLDER}/{newest}")
        listed = list(store.repository.tree(store.repository.head().oid or "", source))
        blobs = dict(store.repository.blobs(oid for _, oid in listed))
        files = {store.path(f"{FOLDER}/{since}") + path.removeprefix(source): blobs[oid] for path, oid in listed}
        text = plain_message(f"regulation: open {since}", {"Action": "amend", "Actor": actor.code, "Clause": "16"})
        store.save(list(files.items()), text, author, committer, now, {})
    return target


def _judged(store: Store, now: datetime) -> bool:
    midnight = datetime.combine(now.date(), datetime.min.time(), now.tzinfo).timestamp()
    kinds = [kind for kind in store.regulations.on(now.date()).kinds if not kind.is_register]
    return any(store.queries.list(kind.name, Filters(since=midnight), 1)[0] for kind in kinds)


def differences(store: Store, old: str | None, new: str | None) -> Iterator[str]:
    """The lines that differ between two versions: the last two unless they are named. Raises BadInput."""
    versions = [version.isoformat() for version in store.regulations.versions]
    for name in (old, new):
        if name is not None and name not in versions:
            raise BadInput("There is no version {version}; there are {versions}.", version=name, versions=versions)
    if new is None:
        new = versions[-1]
    if old is None:
        earlier = [version for version in versions if version < new]
        if not earlier:
            return
        old = earlier[-1]
    top = store.root / FOLDER
    files = sorted(
        {
            path.relative_to(top / version).as_posix()
            for version in (old, new)
            for path in (top / version).rglob("*.yaml")
        }
    )
    for file in files:
        before, after = (_lines(top / version / file) for version in (old, new))
        yield from difflib.unified_diff(before, after, f"{old}/{file}", f"{new}/{file}", lineterm="")


def _lines(path: Path) -> list[str]:
    return read_plain(path, path.name).decode("utf-8", "replace").splitlines() if path.is_file() else []


def interpretations(store: Store, clause: str, today: date) -> list[Row]:
    """The company's interpretations of a clause that are in force, oldest first."""
    rows, _ = store.queries.list("interpretation", Filters(fields={"basis": clause}, open=True), -1, order="oldest")
    return [row for row in rows if row.fields.get("issued_on", "") <= today.isoformat()]
