"""Regulation, settings and staff as they stood in each commit, of a history walked once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pmcs.core.posts import held_on
from pmcs.core.record import Record
from pmcs.core.world import SYSTEM
from pmcs.errors import PmcsError
from pmcs.store.as_of import StoreAsOf, lay_out
from pmcs.store.config import FILE, Config, read_config
from pmcs.store.regulations import FOLDER, Regulations
from pmcs.store.session import STAFF
from pmcs.store.store import CRON, Store
from pmcs.store.walk import Commit

Blobs = Mapping[str, str]


class Person(NamedTuple):
    """A member of staff as the register had them: the record, and when they left."""

    record: Record
    left: datetime | None

    @property
    def email(self) -> str:
        return self.record.get("email").lower()


class Rules:
    """One state of regulation and settings: where they lie to be read, and what they say."""

    def __init__(self, place: int, store: Store, files: Blobs, base: Rules | None, folder: Path) -> None:
        self.place = place
        self.files = files
        self._store = store
        self._base = base
        self._folder = folder

    @cached_property
    def root(self) -> Path:
        return lay_out(self._store.repository, self.files, self._folder)

    @cached_property
    def config(self) -> Config:
        """The settings; those before where these cannot be read."""
        try:
            return read_config(self.root, self._store.local.worktree / "compiled", keep=self._store.keep)
        except PmcsError:
            return self._base.config if self._base else self._store.config

    @cached_property
    def regulations(self) -> Regulations:
        """The versions; those before where these cannot be judged by."""
        cache = self._store.local.worktree / "compiled"
        found = Regulations(self.root, cache, self.config.zone, keep=self._store.keep)
        try:
            for version in found.versions:
                found.on(version)
        except PmcsError:
            return self._base.regulations if self._base else self._store.regulations
        return found

    @cached_property
    def signing(self) -> bool:
        """Whether commits must be signed; before the store began, none was asked for."""
        return bool(self.files or self._base) and self.config.signing


class Staff:
    """One state of the staff register."""

    def __init__(self, place: int, files: Blobs, people: _People) -> None:
        self.place = place
        self.files = files
        self._people = people

    @cached_property
    def by_code(self) -> Mapping[str, Person]:
        read = (self._people.read(path, oid) for path, oid in self.files.items())
        return {person.record.id: person for person in read if person}

    @cached_property
    def emails(self) -> frozenset[str]:
        """Of all, those who have left included."""
        return frozenset(person.email for person in self.by_code.values()) - {""}

    def posts(self, code: str, when: datetime, zone: Any) -> frozenset[str]:
        """The posts that somebody held on a day, by what the register said."""
        if code == SYSTEM:
            return frozenset({SYSTEM})
        person = self.by_code.get(code)
        if person is None:
            return frozenset()
        held = {*held_on(person.record.rows("posts"), when.astimezone(zone).date())}
        there = person.left is None or when.timestamp() < person.left.timestamp()
        return frozenset(held | {"anyone"} if held or there else held)


class _People:
    """Staff records by blob: many states share most of them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._found: dict[str, Person | None] = {}

    def read(self, path: str, oid: str) -> Person | None:
        if oid not in self._found:
            try:
                data = dict(self.store.repository.blobs([oid]))[oid]
                record = self.store.parse(path, data)[1]
                ended = self.store.kind_of(record).ends(record.state)
                self._found[oid] = Person(record, record.history[-1].entered if ended else None)
            except PmcsError:
                self._found[oid] = None
        return self._found[oid]


class States:
    """What stood in each commit, by its id; each state is held once however many commits share it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self._folder = folder
        self._inside = f"{store.prefix}/" if store.prefix else ""
        self._people = _People(store)
        self.rules: list[Rules] = [Rules(0, store, {}, None, folder)]
        self.staff: list[Staff] = [Staff(0, {}, self._people)]
        self._of: dict[str, tuple[int, int]] = {}
        self._acted: dict[str, tuple[Staff, ...]] = {}

    def take(self, commit: Commit) -> None:
        """Follow one commit; its parents were followed before."""
        rules, staff = self._of[commit.parents[0]] if commit.parents else (0, 0)
        ruling, people = {}, {}
        for edge in commit.changes:
            name = edge.path.removeprefix(self._inside)
            if edge.parent == 0 and (name == FILE or name.startswith(f"{FOLDER}/")):
                ruling[name] = edge.after
            elif edge.parent == 0 and name.startswith(f"{STAFF}/") and name.endswith(".yaml"):
                people[name] = edge.after
        if ruling:
            base = self.rules[rules]
            self.rules.append(
                Rules(len(self.rules), self.store, _changed(base.files, ruling), base if rules else None, self._folder)
            )
            rules = len(self.rules) - 1
        if people:
            files = _changed(self.staff[staff].files, people)
            self.staff.append(Staff(len(self.staff), files, self._people))
            staff = len(self.staff) - 1
        self._of[commit.oid] = rules, staff
        known = tuple(state for _, state in self.before(commit) if state.files)
        self._acted[commit.oid] = known or (self.staff[staff],)

    def acting(self, oid: str) -> tuple[Staff, ...]:
        """By what the posts of a commit's actor are judged: the register before it, so that none appoints himself."""
        return self._acted[oid]

    def before(self, commit: Commit) -> Iterator[tuple[Rules, Staff]]:
        """What stood in each parent of a commit; what it made itself for a first one."""
        for oid in commit.parents or (commit.oid,):
            rules, staff = self._of[oid]
            yield self.rules[rules], self.staff[staff]

    def at(self, oid: str) -> tuple[Rules, Staff]:
        """What stood in a commit."""
        rules, staff = self._of[oid]
        return self.rules[rules], self.staff[staff]


def _changed(base: Blobs, changes: Mapping[str, str | None]) -> Blobs:
    return {path: oid for path, oid in ({**base, **changes}).items() if oid}


def judged_by(store: StoreAsOf, rules: Rules) -> StoreAsOf:
    """The same records, judged by another state of regulation and settings."""
    found = StoreAsOf(store.present, store.commit_oid)
    found.__dict__.update(
        {name: store.__dict__[name] for name in ("given", "index", "queries", "lookups") if name in store.__dict__}
    )
    found.__dict__ |= {"read": store.read, "config": rules.config, "regulations": rules.regulations}
    return found


SYSTEM_EMAIL = CRON.email.lower()
