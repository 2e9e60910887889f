"""The scratch store of a trial: the regulation as it lies in the work tree, and an invented staff."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from hashlib import sha1
from pathlib import Path

from pmcs.core.assessment import Scheme
from pmcs.core.fold import fold
from pmcs.core.kind import Kind
from pmcs.core.record import Event, Record, Value
from pmcs.core.retention import Retention
from pmcs.core.world import SYSTEM
from pmcs.errors import NotFound, Refused
from pmcs.regulation.version import Regulation
from pmcs.store.config import FILE
from pmcs.store.documents import record_path, to_bytes
from pmcs.store.git import Repository
from pmcs.store.git_stream import Change, Identity
from pmcs.store.past import Past, no_scheme
from pmcs.store.regulations import FOLDER, Regulations
from pmcs.store.session import Session
from pmcs.store.store import CRON, Store

DESK = "A"
OF_EACH_POST = 3
"""So many of each post that whoever `apart` keeps out has two colleagues left."""
STAFF = "staff"
SINCE, UNTIL = "2000-01-01", "2099-12-31"


def version_with(store: Store, kind: str) -> date:
    """The newest version of the regulation that has a file of the kind. Raises NotFound."""
    folder = store.regulations.folder
    for version in reversed(store.regulations.versions):
        if (folder / version.isoformat() / "kinds" / f"{kind}.yaml").is_file():
            return version
    newest = store.regulations.versions[-1]
    raise NotFound(
        "There is no kind {kind}; write it in {file}.", kind=kind, file=f"{FOLDER}/{newest}/kinds/{kind}.yaml"
    )


class Scratch(Store):
    """A store whose commits are never made: a trial needs hundreds of records, and keeps none.

    The work tree and the index follow as after any commit, so that whatever judges an action reads what it always
    reads; git alone is spared, which is where the time would go.
    """

    def __init__(self, root: Path, compiled: Path) -> None:
        """`compiled` is where the parsed regulation of the store itself is kept: what is the same is not read anew."""
        super().__init__(root, keep=False)
        self._compiled = compiled

    @cached_property
    def regulations(self) -> Regulations:
        """The version that is played."""
        return Regulations(self.root, self._compiled, self.config.zone)

    @cached_property
    def paper(self) -> Path:
        """A file to be named where files are asked for."""
        path = self.root / "invented.txt"
        path.write_text("invented\n", "utf-8")
        return path

    def last_commit_stamp(self) -> int:
        """No commit is ever made here."""
        return 0

    def past(self) -> Past:
        """Nor is there an earlier one."""
        return _Present(self)

    def session(self, day: date, language: str) -> Session:
        """The world of a trial, which does not wait until terms of ten years are over."""
        return _Played(self, self.regulations.on(day), self.local.read_desk(), language)

    def save(
        self,
        changes: Iterable[Change],
        text: str,
        author: Identity,  # noqa: ARG002  as in Store
        committer: Identity,  # noqa: ARG002
        when: datetime,
        before: Mapping[str, str | None],  # noqa: ARG002
        *,
        key: str | None = None,  # noqa: ARG002
    ) -> str:
        """Write the files, and let HEAD name a commit that nobody will ask for."""
        head = self.repository.head()
        oid = sha1(f"{head.oid} {when} {text}".encode()).hexdigest()  # noqa: S324  a name, not a seal
        for path, data in changes:
            place = self.repository.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data or b"")
        (self.repository.git_dir / (head.ref or "HEAD")).write_text(f"{oid}\n", "ascii")
        self.index.record_written(head.oid, oid, changes)
        return oid


class _Played(Session):
    def retention(self) -> Retention:
        return _Over(*super().retention())


class _Over(Retention):
    """Terms began before anybody was born."""

    def begins(self, kind: Kind, fields: Mapping[str, Value], opened: date, end: date | None) -> date | None:
        return super().begins(kind, fields, opened, end) and date(1900, 1, 1)


class _Present(Past):
    """What lies in the work tree, in place of what a commit would have."""

    def basis(self) -> str:
        return self.store.repository.head().oid or ""

    def _found(self, commit: str) -> str:
        return commit

    def scheme(self, regulation: Regulation, commit: str) -> Scheme:  # noqa: ARG002  as in Past
        if regulation.scheme is None:
            raise no_scheme(regulation.since)
        return regulation.scheme

    def _blobs(self, commit: str, paths: Mapping[str, Sequence[str]]) -> Mapping[str, str]:  # noqa: ARG002
        return {path: path for of in paths.values() for path in of}

    def _contents(self, wanted: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
        return ((path, self.store.read(path)) for path in wanted)


@contextmanager
def scratch_store(store: Store, version: date) -> Iterator[Scratch]:
    """A store of its own with one version of the regulation, uncommitted files included; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pmcs-trial-") as folder:
        root = Path(folder).resolve()
        there = store.regulations.folder / version.isoformat()
        for path in sorted(there.rglob("*.yaml")):
            copy = root / FOLDER / version.isoformat() / path.relative_to(there)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
        (root / FILE).write_bytes((store.root / FILE).read_bytes())
        Repository.create(root)
        yield Scratch(root, store.regulations.cache)


def hire(scratch: Scratch, version: date, now: datetime) -> dict[str, frozenset[str]]:
    """Some staff for each post of the regulation; who there is, with the posts held. Raises Refused without posts."""
    regulation = scratch.regulations.on(version)
    kind = regulation.kind(STAFF)
    licences = _licences(regulation) if "licences" in kind.fields else []
    found: dict[str, frozenset[str]] = {}
    changes: list[tuple[str, bytes | None]] = []
    for post in regulation.posts:
        for place in range(1, OF_EACH_POST + 1) if post != SYSTEM else ():
            code = f"{post}{place}"
            record = _member(kind, code, post, licences, now)
            changes.append((record_path(kind, code, now.date()), to_bytes(kind, record)))
            found[code] = frozenset({post})
    if not found:
        raise Refused("There is no post in {file}; add one first.", file=f"{FOLDER}/{version}/posts.yaml")
    with scratch.writing("init"):
        scratch.save(changes, STAFF, CRON, CRON, now, {})
    scratch.local.write_desk(DESK)
    return found


def _licences(regulation: Regulation) -> list[dict[str, str]]:
    """Every licence that a rule of the regulation asks for: a trial looks at kinds, not at who lacks what."""
    calls = [call for kind in regulation.kinds for action in kind.actions.values() for call in action.rules]
    names = {str(call.arguments["licence"]) for call in calls if "licence" in call.arguments}
    return [{"licence": name, "number": "1", "expires": UNTIL} for name in sorted(names)]


def _member(kind: Kind, code: str, post: str, licences: list[dict[str, str]], now: datetime) -> Record:
    event = Event(
        at=now.replace(microsecond=0),
        by=SYSTEM,
        desk=DESK,
        do="add",
        to="active",
        set={"code": code, "name": code, "email": f"{code}@example.invalid"},
        add={"posts": [{"post": post, "since": SINCE}], **({"licences": licences} if licences else {})},
    )
    return fold(kind, code, [event])
