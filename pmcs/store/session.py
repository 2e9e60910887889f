"""The world as one action sees it: the store at HEAD, and the records that this very commit makes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmcs.core.kind import Kind, shown
from pmcs.core.period import periods_with
from pmcs.core.posts import held_on
from pmcs.core.record import Record, Value, day_of
from pmcs.core.world import SYSTEM, World
from pmcs.errors import BadInput, PmcsError, Refused
from pmcs.regulation.version import ANYONE, Regulation

if TYPE_CHECKING:
    from pmcs.core.assessment import Scheme
    from pmcs.core.calendar import Calendar
    from pmcs.core.checklist import Checklist
    from pmcs.core.life import Lives
    from pmcs.core.period import Span
    from pmcs.core.retention import Retention
    from pmcs.core.voting import Body
    from pmcs.store.past import Past
    from pmcs.store.store import Store

STAFF = "staff"


class Session:
    """One action's view. Numbers given out and records made are seen by what follows in the same commit."""

    def __init__(self, store: Store, regulation: Regulation, desk: str | None, language: str) -> None:
        self.store = store
        self.regulation = regulation
        self.desk = desk
        self.language = language
        self.made: dict[str, tuple[Kind, Record]] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._values: dict[tuple[str, ...], tuple[str, bool]] = {}
        self._alone: tuple[str, ...] = ()
        """Values that no record of the store has; asked for a second time in a row by every import."""
        self._found: dict[tuple[tuple[str, ...], str], str] = {}
        """What the store was asked for already: rows of an import, and occurrences of a schedule, name the same."""
        self._posts: dict[str, Any] = {}
        self._past: Past | None = None
        self._entries: dict[str, dict[str, str]] = {}

    @property
    def calendar(self) -> Calendar:
        """The office calendar of the regulation that judges the record at hand."""
        return self.regulation.calendar

    def label(self, label: object) -> str:
        """A label in the user's language."""
        return shown(label, self.language) if isinstance(label, str | Mapping) else str(label)

    def post(self, name: str) -> str:
        """The label of a post."""
        found = self.regulation.posts.get(name)
        return self.label(found.label if found else ANYONE if name == "anyone" else name)

    def record(self, id_: str) -> Record:
        """A record by its whole number."""
        return self.made[id_][1] if id_ in self.made else self.store.record(id_)

    def kind_for(self, record: Record) -> Kind:
        """The kind by which a record is judged."""
        return self.store.kind_of(record)

    def kind(self, name: str) -> Kind:
        """The kind in force for what is opened now."""
        return self.regulation.kind(name)

    def find(self, kinds: tuple[str, ...], text: str) -> str:
        """The number meant, in this commit or in the store; ended register entries are not to be named anew."""
        if text in self.made and ("any" in kinds or self.made[text][0].name in kinds):
            return text
        if (kinds, text) not in self._found:
            self._found[kinds, text] = self._find(kinds, text)
        return self._found[kinds, text]

    def told(self, kinds: tuple[str, ...], id_: str) -> None:
        """Let this register entry be named though it may have ended: what it made was due before that."""
        self._found[kinds, id_] = id_

    def _find(self, kinds: tuple[str, ...], text: str) -> str:
        found = self.store.find(text, kinds)
        row = self.store.row(found, () if "any" in kinds else kinds)
        kind = self.store.kind_named(row.kind, day_of(found))
        if kind.is_register and row.ended:
            raise Refused("{kind} {id} is no longer in use; name another.", kind=self.label(kind.title), id=found)
        return found

    def twin(self, kind: Kind, values: Mapping[str, Value], *, open_only: bool) -> str | None:
        """A record with the same values."""
        if kind.key and list(values) == [kind.key]:
            name = str(values[kind.key])
            return self._keys.get((kind.name, name.casefold())) or self.store.lookups.keyed(kind.name, name)
        texts = {name: str(value) for name, value in values.items()}
        key = self._print(kind, texts)
        found, ended = self._values.get(key, ("", False))
        if found and not (open_only and ended):
            return found
        if key == self._alone:
            return None
        twin = self.store.queries.twin(kind.name, texts, open_only=open_only)
        if twin is None and not open_only:
            self._alone = key
        return None if twin in self.made and not self._has(twin, texts, open_only=open_only) else twin

    def _has(self, id_: str, values: Mapping[str, str], *, open_only: bool) -> bool:
        """Whether a record has these values still, as this commit leaves it."""
        kind, record = self.made[id_]
        there = all(str(record.fields.get(name)) == value for name, value in values.items())
        return there and not (open_only and kind.ends(record.state))

    def known_alone(self, kind: Kind, values: Mapping[str, str]) -> None:
        """No record of the store has these values: found out before, so that `twin` need not ask."""
        self._alone = self._print(kind, values)

    @staticmethod
    def _print(kind: Kind, values: Mapping[str, str]) -> tuple[str, ...]:
        return (kind.name, *values, *values.values())

    def holders(self, id_: str) -> list[str]:
        """The open records that hold this one open, those of this commit as it leaves them."""
        found = [holder for holder in self.store.queries.holders(id_) if holder not in self.made]
        return found + [
            record.id
            for kind, record in self.made.values()
            if not kind.ends(record.state) and any(id_ in record.named(link.name) for link in kind.links(holding=True))
        ]

    def naming(self, id_: str, kind: str) -> list[str]:
        """The records of a kind that name this one, in this commit or in the store."""
        found = [number for of, number, _ in self.store.queries.referring(id_, -1) if of == kind]
        made = [
            record.id
            for of, record in self.made.values()
            if of.name == kind and any(id_ in record.named(link.name) for link in of.links())
        ]
        return list(dict.fromkeys([*made, *found]))

    def work_of(self, person: str) -> list[str]:
        """The unfinished records that are somebody's work and can be handed on, the oldest first."""
        handed_on = {kind.name: kind.handed_on for kind in self.regulation.kinds}
        return self.store.lookups.work_of(person, handed_on, unfinished=True)

    def alike(self, kind: Kind, values: Mapping[str, Value], states: Sequence[str]) -> list[str]:
        """The records of a kind with these values in one of the states, in this commit or in the store."""
        texts = {name: str(value) for name, value in values.items()}
        found = [id_ for id_ in self.store.lookups.alike(kind.name, texts, states) if id_ not in self.made]
        made = [
            record.id
            for of, record in self.made.values()
            if of.name == kind.name and record.state in states and self._has(record.id, texts, open_only=False)
        ]
        return [*made, *found]

    def entry(self, among: str, text: str) -> str | None:
        """A name of a list, by name or label."""
        if among not in self._entries:
            names = self.regulation.names(among)
            labels = {self.label(label): name for name, label in reversed(names.items())}
            self._entries[among] = labels | {name: name for name in names}
        return self._entries[among].get(text)

    def checklist(self, name: str) -> Checklist:
        """A checklist of the regulation that judges the record at hand."""
        return self.regulation.checklist(name)

    def voting(self, body: str) -> Body:
        """What decides in a body, by the regulation that judges the record at hand."""
        return self.regulation.voting(body)

    @property
    def past(self) -> Past:
        """The store as it stood in earlier commits; read once for all records of a command."""
        if self._past is None:
            self._past = self.store.past()
        return self._past

    def basis(self) -> str:
        """The last commit that touched records or regulation."""
        return self.past.basis()

    def scheme(self, commit: str = "") -> Scheme:
        """The scheme of this regulation in a commit, or as it stands. Raises NotFound."""
        from pmcs.store.past import no_scheme

        if commit:
            return self.past.scheme(self.regulation, commit)
        if self.regulation.scheme is None:
            raise no_scheme(self.regulation.since)
        return self.regulation.scheme

    def lived(self, kinds: Sequence[str], span: Span, commit: str) -> Lives:
        """The records of a span as they stood in a commit, of those kinds that the regulation has."""
        return self.past.lives([kind for kind in kinds if kind in self.regulation.kind_names], span, commit)

    def retention(self) -> Retention:
        """How long things are kept. Raises NotFound."""
        return self.regulation.retention

    def archived(self, ended: datetime, when: datetime) -> str | None:
        """The package by which what ended then was archived, as of a moment."""
        day = ended.astimezone(self.store.config.zone).date()
        return self.store.lookups.package(periods_with(day), ended.timestamp(), when.timestamp())

    def posts(self, person: str, when: datetime) -> frozenset[str]:
        """The posts somebody held on a day; `anyone` for all who were on the staff."""
        if person == SYSTEM:
            return frozenset({SYSTEM})
        if person not in self._posts:
            made = self.made.get(person)
            made = made if made and made[0].name == STAFF else None
            row = self.store.lookups.staff(person) if made is None else None
            fields = made[1].fields if made else row.fields if row else None
            left = row.changed if row and row.ended else None
            self._posts[person] = None if fields is None else (fields.get("posts", []), left)
        found = self._posts[person]
        if found is None:
            return frozenset()
        rows, left = found
        held = {*held_on(rows, when.astimezone(self.store.config.zone).date())}
        there = left is None or when.timestamp() < left
        return frozenset(held | {"anyone"} if held or there else held)

    def number(self, kind: Kind, day: datetime) -> str:
        """The next number of this desk: without gaps, unique offline (DESIGN section 4)."""
        if self.desk is None:
            raise Refused(
                "This clone is no desk and issues no numbers; name it with pmcs desk B (a letter of its own)."
            )
        local = day.astimezone(self.store.config.zone)
        place = local.date().isoformat().replace("-", "") if kind.number else ""
        key = (kind.name, place)
        last = self._numbers.get(key)
        series = f"{kind.number}{place}-{self.desk}" if kind.number else f"{kind.register}{self.desk}"
        if last is None:
            last = self.store.queries.next_seq(kind.name, series) - 1
        self._numbers[key] = last + 1
        return f"{series}{last + 1:02d}" if kind.number else f"{series}{last + 1:04d}"

    def judging(self, day: date) -> Session:
        """The same commit, judged by the regulation in force on a day."""
        regulation = self.store.regulations.on(day)
        if regulation is self.regulation:
            return self
        other = Session(self.store, regulation, self.desk, self.language)
        other.made, other._keys, other._numbers = self.made, self._keys, self._numbers
        other._values, other._posts, other._found = self._values, self._posts, self._found
        other._past = self.past
        return other

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Inside, a refusal is swallowed; whatever goes wrong, what was made before it is forgotten."""
        parts: tuple[dict[Any, Any], ...] = (self.made, self._keys, self._numbers, self._values, self._posts)
        before = [dict(part) for part in parts]
        try:
            yield
        except PmcsError as error:
            for part, content in zip(parts, before, strict=True):
                part.clear()
                part.update(content)
            if not isinstance(error, Refused):
                raise

    def with_new(self, kind: Kind, record: Record) -> World:
        """The same world with this record in it."""
        self.made[record.id] = (kind, record)
        if kind.key:
            self._keys[kind.name, record.id.casefold()] = record.id
        self._posts.pop(record.id, None)
        for group in (*kind.unique, *kind.one_open):
            values = {name: str(record.fields[name]) for name in group if record.fields.get(name)}
            key = self._print(kind, values)
            known, ended = self._values.get(key, (record.id, True))
            # One that has ended does not hide an open one.
            if len(values) == len(group) and (ended or known == record.id):
                self._values[key] = record.id, kind.ends(record.state)
        return self

    def let_go(self, record: Record) -> None:
        """Hold no more of a record made than what tells a twin of it: a bulk commit is larger than memory."""
        self.made.pop(record.id, None)

    def seal(self, id_: str, field_name: str, text: str, kind: str) -> str:
        """A private value encrypted for its record and field, and remembered for look-ups on this machine."""
        sealed = self.store.vault.seal(id_, field_name, text)
        self.store.vault.remember(kind, field_name, id_, text)
        return sealed

    def holds(self, id_: str, field_name: str, sealed: str, text: str) -> bool:
        """Whether a sealed value is this one: figures however they are spaced, a name as it is spelled.

        False where this machine has no key.
        """
        from pmcs.store.vault import KeyErased, KeyMissing, SealBroken

        if any(map(str.isdigit, text)):
            return bool(sealed) and self.store.vault.holds(sealed, id_, field_name, text)
        with suppress(KeyErased, KeyMissing, SealBroken):
            return bool(sealed) and self.store.vault.open(sealed, id_, field_name) == text
        return False

    def file(self, text: str) -> str:
        """A file's path (inside the store relative to it; of an absolute one its name) and SHA-256."""
        from pmcs.core.private import has_private

        path = Path(os.path.expanduser(text))  # noqa: PTH111  an unknown ~user stays as it is
        try:
            if path.exists() and not (path.is_file() or path.is_dir()):
                raise BadInput("{file} is no plain file; name one that holds what is to be kept.", file=text)
            with path.open("rb") as handle:
                digest = hashlib.file_digest(handle, "sha256").hexdigest()
        except OSError as error:
            raise BadInput("The file {file} cannot be read ({reason}).", file=text, reason=error.strerror) from error
        resolved = path.resolve()
        inside = resolved.is_relative_to(self.store.root)
        # Where it lies on this machine says nothing to anybody else.
        name = str(resolved.relative_to(self.store.root)) if inside else path.name if path.is_absolute() else text
        if has_private(name):
            raise BadInput("The name of a file holds a phone or ID number; give the file another name.")
        return f"{name} sha256:{digest}"
