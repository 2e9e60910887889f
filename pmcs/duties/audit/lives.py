"""One record's file through all its commits: what was taken from it, what was added, and whether it was allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from pmcs.core.derive import derive
from pmcs.core.fold import applied
from pmcs.core.joining import identity
from pmcs.core.judgement import closed
from pmcs.core.kind import VOID, Kind
from pmcs.core.late import late_by
from pmcs.core.numbering import desk_of
from pmcs.core.private import has_private
from pmcs.core.record import Event, Record, day_of
from pmcs.core.replay import faults
from pmcs.core.values import stored_fault
from pmcs.core.world import Actor, Context
from pmcs.duties.audit.found import Found
from pmcs.duties.audit.states import States, judged_by
from pmcs.duties.checking_record import FileWorld, cells
from pmcs.errors import NotFound, PmcsError, Sentence
from pmcs.store.as_of import StoreAsOf
from pmcs.store.documents import MANGLED, from_bytes, record_path
from pmcs.store.store import Store
from pmcs.store.vault import SealBroken

_HISTORY = b"\nhistory:\n"


class Touch(NamedTuple):
    """A commit that touched a file: its blob (None: deleted), and that of each parent that had another."""

    commit: str
    after: str | None
    befores: tuple[str | None, ...]
    merge: bool
    shared: bool
    """A parent of the merge had the very same file."""


class Entry(NamedTuple):
    """An event and the commit that brought it."""

    commit: str
    id: str
    kind: str
    event: Event
    apart: bool
    """It is a decision, or an action that somebody else must do than another: never typed at a counter."""


class _Version(NamedTuple):
    data: bytes
    head: dict[str, Any]
    events: tuple[Event, ...]


class Life(NamedTuple):
    """What one file's history says."""

    found: list[Found]
    entries: list[Entry]


class _World(FileWorld):
    """The world with the staff as the register had them in a commit."""

    staffs: tuple[Any, ...] = ()

    def posts(self, person: str, when: datetime) -> frozenset[str]:
        zone = self.store.config.zone
        return frozenset().union(*(staff.posts(person, when, zone) for staff in self.staffs))


class Lives:
    """Whom the files are shown to, one after another, in one process."""

    def __init__(self, store: StoreAsOf, states: States, language: str) -> None:
        self.store = store
        self.states = states
        self.language = language
        self._stores: dict[int, Store] = {}
        self._kinds: dict[tuple[int, str, date], Kind | None] = {}
        self._worlds: dict[tuple[int, date], _World] = {}

    def life(self, path: str, file: str, touches: Sequence[Touch], blobs: dict[str, bytes]) -> Life:
        """What the commits did to one file; `file` is its name in the store."""
        return _File(self, path, file, blobs).life(touches)

    def kind(self, rules: int, name: str, day: date) -> Kind | None:
        """The kind by which a record of that day was judged under a state of the rules; None where there is none."""
        key = rules, name, day
        if key not in self._kinds:
            try:
                self._kinds[key] = self._store(rules).kind_named(name, day)
            except PmcsError:
                self._kinds[key] = None
        return self._kinds[key]

    def world(self, commit: str, day: date) -> _World:
        """The world as a record of that day was judged in a commit."""
        rules = self.states.at(commit)[0]
        store = self._store(rules.place)
        version = store.regulations.day_for(day)
        if (rules.place, version) not in self._worlds:
            self._worlds[rules.place, version] = _World(store, store.regulations.on(version), None, self.language)
        world = self._worlds[rules.place, version]
        world.staffs = self.states.acting(commit)
        return world

    def _store(self, rules: int) -> Store:
        if rules not in self._stores:
            self._stores[rules] = judged_by(self.store, self.states.rules[rules])
        return self._stores[rules]


class _File:
    def __init__(self, lives: Lives, path: str, file: str, blobs: dict[str, bytes]) -> None:
        self.lives = lives
        self.path = path
        self.file = file
        self.blobs = blobs
        self.versions: dict[str, _Version | Sentence] = {}
        self.chain: list[Record] = []
        self.kind: Kind | None = None
        self.out = Life([], [])

    def life(self, touches: Sequence[Touch]) -> Life:
        last: _Version | None = None
        for touch in touches:
            befores = [self._version(oid, None) for oid in touch.befores if oid]
            known = [item for item in befores if isinstance(item, _Version)]
            if touch.after is None:
                # Of a merge that takes over what one side has deleted, that side was told already.
                if not touch.shared or not any(item.code == "deleted" for item in self.out.found):
                    self._say("deleted", touch, Sentence("The file of a record was deleted."))
                continue
            if not known and last and not touch.merge:
                known = [last]  # deleted, and brought back
            version = self._version(touch.after, known[0] if known else None)
            if isinstance(version, Sentence):
                self._say("rewritten", touch, Sentence("The file cannot be read: {reason}", reason=version))
                continue
            try:
                self._judge(touch, version, known, first=last is None)
            except MANGLED:
                self._say("not_allowed", touch, Sentence("The file holds what no record can hold."))
            last = version
        return self.out

    def _say(self, code: str, touch: Touch, sentence: Sentence) -> None:
        self.out.found.append(Found(code, touch.commit, self.file, sentence))

    def _version(self, oid: str, base: _Version | None) -> _Version | Sentence:
        if oid not in self.versions:
            data = self.blobs[oid]
            try:
                head, events = _appended(self.path, data, base) or from_bytes(data, self.path)
                self.versions[oid] = _Version(data, head, events)
            except PmcsError as error:
                self.versions[oid] = error.sentence
            except MANGLED:
                self.versions[oid] = Sentence("it is no record")
        return self.versions[oid]

    def _judge(self, touch: Touch, version: _Version, befores: Sequence[_Version], *, first: bool) -> None:
        id_ = str(version.head["id"])
        opened = day_of(id_) or version.events[0].at.date()
        rules = self.lives.states.at(touch.commit)[0].place
        name = str(version.head["kind"])
        kind = self.lives.kind(rules, name, opened)
        if kind is None:
            self._say("not_allowed", touch, Sentence("There is no kind {kind} in the regulation.", kind=name))
            return
        if first and record_path(kind, id_, opened) != self.file:
            right = record_path(kind, id_, opened)
            self._say("rewritten", touch, Sentence("The file of {id} belongs at {path}.", id=id_, path=right))
        new = list(self._new(touch, kind, id_, version, befores))
        self._fold(kind, id_, version.events)
        right_head = Store.head(derive(kind, self.chain[len(version.events)]))
        wrong = [key for key in {**version.head, **right_head} if version.head.get(key) != right_head.get(key)]
        if wrong:
            sentence = Sentence("{fields} of {id} are not what the history says.", fields=wrong[:12], id=id_)
            self._say("head", touch, sentence)
        if not new and not touch.merge:
            self._say("outside", touch, Sentence("The file of {id} was changed without an entry.", id=id_))
        for place in new:
            self._entry(touch, kind, id_, version.events[place], place, opened)

    def _new(self, touch: Touch, kind: Kind, id_: str, version: _Version, befores: Sequence[_Version]) -> Iterator[int]:
        """The places of the entries that this commit brought; what it took is found on the way."""
        old: list[Event] = []
        for before in befores:
            count = len(before.events)
            if version.events[:count] != before.events:
                gone = [event for event in before.events if event not in version.events]
                for event in gone:
                    self._gone(touch, kind, id_, version, event)
                if not gone and not touch.merge:
                    sentence = Sentence("Entries of {id} were put in before others.", id=id_)
                    self._say("rewritten", touch, sentence)
            old += before.events
        count = len(befores[0].events) if befores else 0
        if len(befores) == 1 and version.events[:count] == befores[0].events:
            places = range(count, len(version.events))
        else:
            places = range(len(version.events))
        if touch.shared:
            return
        yield from (place for place in places if version.events[place] not in old)

    def _gone(self, touch: Touch, kind: Kind, id_: str, version: _Version, event: Event) -> None:
        place = identity(kind, id_, event)
        facts = {"action": event.do, "at": event.entered.isoformat(), "id": id_}
        if any(identity(kind, id_, other) == place for other in version.events):
            self._say("altered", touch, Sentence("The entry {action} of {at} in {id} was altered.", **facts))
        else:
            self._say("rewritten", touch, Sentence("The entry {action} of {at} in {id} is gone.", **facts))

    def _fold(self, kind: Kind, id_: str, events: tuple[Event, ...]) -> None:
        """`chain[n]` is the record after n events, underived."""
        if kind is not self.kind or not self.chain:
            self.kind, self.chain = kind, [Record(id_, kind.name)]
        standing = self.chain[-1].history
        same = len(standing) if standing == events[: len(standing)] else 0
        del self.chain[same + 1 :]
        for event in events[same:]:
            self.chain.append(applied(kind, self.chain[-1], event))

    def _entry(self, touch: Touch, kind: Kind, id_: str, event: Event, place: int, opened: date) -> None:
        apart = event.do in ("approve", "refuse") or any(event.do in group for group in kind.apart)
        self.out.entries.append(Entry(touch.commit, id_, kind.name, event, apart))
        if late_by(kind, event):
            self._say("late", touch, Sentence("{action} of {id} was entered late.", action=event.do, id=id_))
        if event.do in ("correct", VOID):
            self._say(
                "correction", touch, Sentence("{id}: {action} by {person}.", id=id_, action=event.do, person=event.by)
            )
        names = [*event.set, *event.add, *event.row]
        if any(name not in kind.fields for name in names):
            self._say(
                "not_allowed",
                touch,
                Sentence("{action} writes what is no field of {kind}.", action=event.do, kind=kind.name),
            )
            return
        for sentence in self._values(kind, id_, event):
            self._say("not_allowed", touch, sentence)
        before = derive(kind, self.chain[place]) if place else None
        world = self.lives.world(touch.commit, opened)
        context = Context(
            event.entered, Actor(event.by, frozenset()), world, event.desk or "", language=self.lives.language
        )
        try:
            action = kind.actions.get(event.do)
            shut = closed(kind, before, action, event, world) if before and action else None
            for sentence in faults(kind, before, event, context):
                self._say("archived" if sentence == shut else "not_allowed", touch, sentence)
        except NotFound as error:
            self._say("not_allowed", touch, error.sentence)
        except (PmcsError, OSError):
            pass  # a record that this one leans on cannot be read: a finding of its own
        except (*MANGLED, StopIteration):
            self._say("not_allowed", touch, Sentence("An entry of {id} cannot be reckoned with.", id=id_))

    def _values(self, kind: Kind, id_: str, event: Event) -> Iterator[Sentence]:
        """Facts that no field can hold, private values in clear or from elsewhere, a number of another day."""
        zone = self.lives.store.config.zone
        days = {event.at.astimezone(zone).date(), event.entered.astimezone(zone).date()}
        action = kind.actions.get(event.do)
        if action and action.opens and event.do != "import" and desk_of(kind, id_) and day_of(id_) not in {None, *days}:
            yield Sentence("{id} was opened on another day than its number says.", id=id_)
        if has_private(event.note):
            yield Sentence("The note holds a phone or ID number in clear; correct the record and mask it.")
        for part in (event.set, event.add, event.row):
            for name, value in part.items():
                item = kind.fields[name]
                fault = stored_fault(item, value) if value != "" else None
                if fault:
                    yield fault
                    continue
                for column, _, cell in cells(item, value):
                    if column.sealed and isinstance(cell, str) and cell:
                        yield from self._sealed(id_, name if column is item else f"{name}.{column.name}", cell)

    def _sealed(self, id_: str, name: str, cell: str) -> Iterator[Sentence]:
        try:
            self.lives.store.present.vault.open(cell, id_, name)
        except SealBroken:
            yield Sentence("The private value of {field} is damaged, or was moved there.", field=name)
        except PmcsError:
            pass  # without its key, or the ring, nobody can tell


def _appended(path: str, data: bytes, base: _Version | None) -> tuple[dict[str, Any], tuple[Event, ...]] | None:
    """Head and events of a file whose history goes on where another's ended; None where it does not.

    A list item at the margin ends whatever stood before it, and the other was read whole: so only what came is read.
    """
    begin = data.find(_HISTORY)
    start = base.data.find(_HISTORY) if base else -1
    if base is None or begin < 0 or start < 0 or not base.data.endswith(b"\n"):
        return None
    known = base.data[start:]
    tail = data[begin + len(known) :]
    if (
        not data.startswith(known, begin)
        or not tail.startswith(b"- ")
        or not (_plain(data[:begin]) and _plain(base.data[:start]))
    ):
        return None
    head, events = from_bytes(data[:begin] + _HISTORY + tail, path)
    return head, (*base.events, *events)


def _plain(head: bytes) -> bool:
    """No text in it goes on over several lines, so that `history:` at a margin is what it seems."""
    return b"\\" not in head and not any(line.count(b'"') & 1 or line.count(b"'") & 1 for line in head.split(b"\n"))
