"""The store: one office's records directory, as one thing to read from and act on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmcs.core.kind import ERASE_KEYS
from pmcs.errors import BadInput, Broken, Busy, NotFound, PmcsError, Refused, Sentence, Unable
from pmcs.store.config import FILE, Config, read_config
from pmcs.store.git import Repository
from pmcs.store.git_stream import Change, Identity
from pmcs.store.index import Index
from pmcs.store.local import LocalState, journal_pending, local_state
from pmcs.store.queries import Queries, Row
from pmcs.store.regulations import Regulations

if TYPE_CHECKING:
    from pmcs.core.kind import Kind
    from pmcs.core.record import Record
    from pmcs.core.step import Step
    from pmcs.core.world import Actor
    from pmcs.store.lookups import Lookups
    from pmcs.store.past import Past
    from pmcs.store.session import Session
    from pmcs.store.vault import Vault

CRON = Identity("pmcs", "system@pmcs.invalid")
"""The identity of what `system` commits; cron has none of its own."""
NO_RECORDS = ("reports", "checkpoint")
"""Folders of a store that rest on records and hold none."""

FOLLOWED = 1000
"""Files of one commit that the index follows at once; more are read from git when they are next asked for."""


class Store:
    """A records directory with its git repository, lock, index and vault."""

    def __init__(self, root: Path, *, keep: bool = True) -> None:
        """`keep`: whether what is worked out from the files may be kept in local state for the next command."""
        self.root = root.resolve()
        self.keep = keep
        found = Repository.discover(self.root)
        if found is None:
            raise Unable(
                "{folder} is in no git repository; make one there with git init, or make a store with pmcs init.",
                folder=self.root,
            )
        self.repository = found
        inside = self.root.relative_to(found.root).as_posix()
        self.prefix = "" if inside == "." else inside
        self.local: LocalState = local_state(found.common_dir, found.git_dir, self.prefix)

    @cached_property
    def given(self) -> Path:
        """Where regulation, settings and templates are read from."""
        return self.root

    @cached_property
    def config(self) -> Config:
        """What `pmcs.yaml` says."""
        return read_config(self.given, self.local.worktree / "compiled", keep=self.keep)

    @cached_property
    def regulations(self) -> Regulations:
        """The regulation's versions."""
        return Regulations(self.given, self.local.worktree / "compiled", self.config.zone, keep=self.keep)

    @cached_property
    def index(self) -> Index:
        """The index, fresh as of its first use."""
        index = Index(
            self._index_file(),
            self.repository,
            self.prefix,
            lambda name, day: self.regulations.on(day).kind(name),
            lambda day: self.regulations.on(day).calendar,
            keep=self.keep,
        )
        index.freshen()
        return index

    def _index_file(self) -> Path:
        return self.local.worktree / "index.sqlite"

    @cached_property
    def queries(self) -> Queries:
        """What the index knows."""
        return Queries(self.index)

    @cached_property
    def lookups(self) -> Lookups:
        """Small look-ups in the index."""
        from pmcs.store.lookups import Lookups

        return Lookups(self.index)

    @cached_property
    def vault(self) -> Vault:
        """The key ring and what it seals; what was destroyed is taken out of an old ring that somebody brought back."""
        from pmcs.store.vault import Vault

        vault = Vault(self.local.shared / "keys.sqlite")
        if erased := self.erased():
            vault.mend_erased(erased, self._lawfully)
        return vault

    def _lawfully(self, ids: Sequence[str]) -> list[str]:
        from pmcs.store.destroyed import lawfully

        return lawfully(self, ids)

    def erased(self) -> list[str]:
        """The records whose private values were destroyed, as the records of disposals say."""
        return list(dict.fromkeys(id_ for _, id_ in self._destructions()))

    def destructions(self, ids: Collection[str]) -> list[str]:
        """The records that say that the private values of any of these were destroyed."""
        return list(dict.fromkeys(number for number, id_ in self._destructions() if id_ in ids))

    def _destructions(self) -> list[tuple[str, str]]:
        calls = {
            (kind, action, f"{given['rows']}.{given['of']}")
            for day in self.regulations.versions
            for kind, action, given in self.regulations.on(day).calling(ERASE_KEYS)
        }
        return [pair for call in sorted(calls) for pair in self.lookups.named_where(*call)]

    def path(self, inside: str) -> str:
        """A path of the store as the repository names it."""
        return f"{self.prefix}/{inside}" if self.prefix else inside

    def mend(self) -> list[Sentence]:
        """Finish or undo what a killed process left; one stat where there is nothing to do."""
        if not journal_pending(self.local.worktree):
            return []
        from pmcs.store.lock import store_lock
        from pmcs.store.transaction import mend

        try:
            with store_lock(self.local.lock, "mend", timeout=0):
                return mend(self.repository, self.local.worktree)
        except Busy:
            # Somebody is at it: what is unfinished is theirs, and who only looks need not wait for it.
            return []

    def kind_named(self, name: str, day: date | None = None) -> Kind:
        """A kind of the regulation in force on a day; without one, of the newest version."""
        return self.regulations.on(day or self.regulations.versions[-1]).kind(name)

    def kind_of(self, record: Record) -> Kind:
        """The kind by which a record is judged to its end: as in force on the day it was opened."""
        return self.kind_named(record.kind, record.day)

    def find(self, text: str, kinds: tuple[str, ...] = ("any",)) -> str:
        """The number that a typed part of it means. Raises NotFound, or BadInput listing several."""
        found = self.queries.find(text.strip(), () if "any" in kinds else kinds)
        if not found:
            raise NotFound(
                "There is no {kinds} {text}; list them with pmcs {first} list.",
                kinds=_kinds(kinds),
                text=_short(text),
                first=kinds[0] if kinds[0] != "any" else "KIND",
            )
        if len(found) > 1:
            raise BadInput("{text} may mean {found}; type more of the number.", text=_short(text), found=found)
        if len(kinds) != 1 or "any" in kinds:
            sharing = self.lookups.kinds_of(found[0])
            if len(sharing) > 1:
                raise BadInput(
                    "{id} is in {kinds}; say which, as in pmcs {kind} show {id}.",
                    id=found[0],
                    kinds=sharing,
                    kind=sharing[0],
                )
        return found[0]

    def row(self, id_: str, kinds: tuple[str, ...] = ()) -> Row:
        """What the index knows of a record; `kinds` tells apart registers that share a key.

        Raises NotFound; Broken, with the reason, where its file cannot be read.
        """
        row = self.queries.row(id_, kinds)
        if row is None:
            unread = [item for item in self.queries.broken() if item.id == id_ and (not kinds or item.kind in kinds)]
            broken = next(iter(unread), None)
            if broken:
                raise Broken("{file} cannot be read: {reason}", file=broken.path, reason=broken.reason)
            raise NotFound("There is no record {id}.", id=id_)
        return row

    def record(self, id_: str, kinds: tuple[str, ...] = ()) -> Record:
        """A record from its file, folded from its history.

        Raises NotFound; Broken where the file cannot be read or its head is not the fold of its history; Refused where
        it was changed by hand since its last commit.
        """
        row = self.row(id_, kinds)
        data = self.read(row.path)
        if self.repository.blob_oid(data) != row.oid:
            raise Refused(
                "The file {file} was changed by hand; take the change over with `pmcs edit {id}`,"
                " or drop it with `git checkout -- {file}`.",
                file=row.path,
                id=id_,
            )
        return self._folded(row.path, data)

    def _folded(self, path: str, data: bytes) -> Record:
        """The record of a file that says what its history says."""
        head, record = self.parse(path, data)
        differing = sorted(
            name for name in head.keys() | self.head(record).keys() if head.get(name) != self.head(record).get(name)
        )
        if differing:
            raise Broken("{file}: {fields} are not what its history says; see pmcs check.", file=path, fields=differing)
        return record

    def seen(self, id_: str, kinds: tuple[str, ...] = ()) -> tuple[Record, list[Sentence]]:
        """A record to be looked at: as last committed where its file was changed by hand or cannot be read, and why.

        Raises NotFound; Broken where not even the commit can be read.
        """
        try:
            return self.record(id_, kinds), []
        except (Broken, Refused, Unable) as error:
            problem: PmcsError = error
        by_hand = {path for path, _ in self.queries.edited(0, [id_])}
        row = self.row(id_, kinds)
        data = dict(self.repository.blobs([row.oid]))[row.oid]
        if row.path not in by_hand:
            # Another command was at it just then, or what is committed is wrong itself.
            try:
                return self._folded(row.path, data), []
            except Broken as error:
                problem = error
        return self.parse(row.path, data)[1], [problem.sentence]

    def parse(self, path: str, data: bytes) -> tuple[dict[str, Any], Record]:
        """A record's head as written, and the fold of its history. Raises Broken."""
        from pmcs.core.fold import fold
        from pmcs.core.record import day_of
        from pmcs.store.documents import MANGLED, from_bytes

        head, events = from_bytes(data, path)
        day = day_of(head["id"]) or events[0].at.date()
        kind = self.kind_named(str(head["kind"]), day)
        try:
            return head, fold(kind, head["id"], events)
        except MANGLED:
            raise Broken(
                "{file} holds what no record of {kind} can hold; pmcs check says where.", file=path, kind=kind.name
            ) from None

    @staticmethod
    def head(record: Record) -> dict[str, Any]:
        """What stands above a record's history."""
        head: dict[str, Any] = {"id": record.id, "kind": record.kind, "state": record.state, **record.fields}
        return head | {"due": dict(record.due)} if record.due else head

    def read(self, path: str) -> bytes:
        """A record's file as it lies in the work tree.

        Raises Broken: it is gone, no plain file, or too large. Unable: it cannot be read.
        """
        from pmcs.store.plain_file import read_plain

        try:
            return read_plain(self.repository.root / path, path)
        except FileNotFoundError:
            raise Broken(
                "The file {file} was deleted by hand; bring it back with `git checkout -- {file}`.", file=path
            ) from None

    def known_by(self, kind: str, field: str, text: str) -> set[str]:
        """The records of a kind whose private field holds this value today; those that once held it are left out."""
        found = set()
        for id_ in self.vault.look_up(kind, field, text):
            row = self.queries.row(id_, (kind,))
            sealed = row.fields.get(field) if row else None
            if isinstance(sealed, str) and self.vault.holds(sealed, id_, field, text):
                found.add(id_)
        return found

    def session(self, day: date, language: str) -> Session:
        """The world as an action of that day sees it."""
        from pmcs.store.session import Session

        return Session(self, self.regulations.on(day), self.local.read_desk(), language)

    def past(self) -> Past:
        """Its earlier commits."""
        from pmcs.store.past import Past

        return Past(self)

    def actor(self, now: datetime, as_: str | None = None) -> tuple[Actor, Identity, Identity]:
        """Who acts, the author and the committer of the commit: git's identity joined to the staff by e-mail (6).

        Raises BadInput or Refused where nobody of the staff has that e-mail, or `--as` is not for this identity.
        """
        from pmcs.core.world import Actor

        committer = self.repository.author()
        session = self.session(now.astimezone(self.config.zone).date(), self.config.language)
        if committer.email.lower() in self.config.counters:
            if as_ is None:
                raise BadInput("This is a shared counter; say who acts with --as CODE.")
            row = self.lookups.staff(as_)
            if row is None or row.ended:
                raise NotFound("{person} is not on the staff; see pmcs staff list.", person=as_)
            author = Identity(str(row.fields.get("name", as_)), str(row.fields.get("email", committer.email)))
            return Actor(as_, session.posts(as_, now), counter=True), author, committer
        if as_ is not None:
            raise Refused("--as is for shared counters only ({file}, counters); you act as yourself.", file=FILE)
        code = self.lookups.staff_by_email(committer.email)
        if code is None and (left := self.lookups.staff_by_email(committer.email, ended=True)):
            raise Refused("{person} has left the staff; a manager takes them back with pmcs staff revive.", person=left)
        if code is None:
            raise Refused(
                "Nobody on the staff has the e-mail {email} that git knows you by; a manager adds you with"
                " pmcs staff add --code CODE --name NAME --email {email}.",
                email=committer.email,
            )
        return Actor(code, session.posts(code, now)), committer, committer

    @contextmanager
    def writing(self, doing: str) -> Iterator[None]:
        """Hold the lock over read, check, write and commit; mended and fresh inside."""
        from pmcs.store.lock import store_lock
        from pmcs.store.transaction import mend

        with store_lock(self.local.lock, doing):
            mend(self.repository, self.local.worktree)
            self.index.freshen()
            yield

    def commit(
        self,
        steps: Sequence[Step],
        actor: Actor,
        author: Identity,
        committer: Identity,
        when: datetime,
        *,
        subject: str = "",
        seen: Mapping[str, str] | None = None,
        beside: Sequence[Change] = (),
    ) -> str:
        """One commit of what the steps made (inside `writing`). `seen` is the blob of a file edited by hand.

        `beside` are other files, which lie in the work tree already.

        Raises as `transaction.apply` does; nothing was saved then, unless its sentence says so.
        """
        from pmcs.store.record_files import RecordFiles

        changes = RecordFiles(self.path, steps, beside)
        there = {path: self.repository.blob_oid(data) for path, data in beside if data is not None}
        before = {**self.lookups.oids(changes.paths()), **there, **(seen or {})}
        from pmcs.store.message import message

        oid = self.save(changes, message(steps, actor, subject), author, committer, when, before)
        if any(call.name == ERASE_KEYS for step in steps for call in step.kind.actions[step.event.do].rules):
            from pmcs.store.destroyed import named

            try:
                self.vault.erase([id_ for step in steps for id_ in named(step.kind, step.after)], when)
            except PmcsError as error:
                raise Unable(
                    "The destruction is saved in commit {commit}, but its keys are still in the ring: {reason} They go"
                    " as soon as the ring is used again.",
                    commit=oid[:12],
                    reason=error.sentence,
                ) from error
        return oid

    def save(
        self,
        changes: Iterable[Change],
        text: str,
        author: Identity,
        committer: Identity,
        when: datetime,
        before: Mapping[str, str | None],
        *,
        key: str | None = None,
    ) -> str:
        """Commit files of the store (inside `writing`); the index follows. `key`: signed by this, whatever is set."""
        head = self.repository.head()
        from pmcs.store.transaction import apply

        if key is None and self.config.signing:
            from pmcs.store.signing import key_of

            key = key_of(self, committer, when)
        oid = apply(
            *(self.repository, self.local.worktree, changes, text, author, committer, when),
            before=before,
            head=head,
            key=key,
        )
        if not isinstance(changes, Sized) or len(changes) <= FOLLOWED:
            self.index.record_written(head.oid, oid, changes)
        return oid

    def committed(self, paths: Iterable[str]) -> dict[str, str | None]:
        """The blobs that HEAD has for files of the store, None for those it lacks."""
        head = self.repository.head().oid
        wanted = list(paths)
        found = dict(self.repository.tree(head, *wanted)) if head and wanted else {}
        return {path: found.get(path) for path in wanted}

    def last_commit_stamp(self) -> int:
        """When the last commit says that it was made, in seconds since 1970; 0 before the first."""
        head = self.repository.head().oid
        return self.repository.stamp(head) if head else 0

    def last_record_commit(self, at: str = "") -> tuple[str, datetime] | None:
        """The last commit, up to one, that touched records: reports and checkpoints are none."""
        return self.repository.last_commit(self.prefix, apart_from=[self.path(name) for name in NO_RECORDS], at=at)


def _kinds(kinds: tuple[str, ...]) -> Sentence | str:
    return "/".join(kinds) if "any" not in kinds else Sentence("record")


def _short(text: str) -> str:
    from pmcs.core.private import mask_text

    return mask_text(text[:60])
