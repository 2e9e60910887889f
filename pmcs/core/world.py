"""What an action may ask about the world beyond its own record. The store answers; the engine only asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pmcs.core.record import Record, Value
from pmcs.errors import NotFound

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from pmcs.core.assessment import Scheme
    from pmcs.core.calendar import Calendar
    from pmcs.core.checklist import Checklist
    from pmcs.core.kind import Kind
    from pmcs.core.life import Lives
    from pmcs.core.period import Span
    from pmcs.core.retention import Retention
    from pmcs.core.voting import Body

SYSTEM = "system"


class Actor(NamedTuple):
    """Who acts: a member of staff by code with the posts held now, or `system` (cron)."""

    code: str
    posts: frozenset[str]
    counter: bool = False
    """Typed at a shared counter on somebody's word (`--as`): never enough to approve."""


SYSTEM_ACTOR = Actor(SYSTEM, frozenset({SYSTEM}))


class World(Protocol):
    """The store, as far as the engine may see it. Each lookup raises NotFound with its sentence."""

    @property
    def calendar(self) -> Calendar:
        """The office calendar of the regulation in force for the record at hand."""

    def label(self, label: object) -> str:
        """A label of a kind file in the user's language."""

    def post(self, name: str) -> str:
        """The label of a post, also of `anyone`."""

    def record(self, id_: str) -> Record:
        """A record by its whole number."""

    def kind_for(self, record: Record) -> Kind:
        """The kind by which this record is judged: as in force on the day it was opened."""

    def kind(self, name: str) -> Kind:
        """The kind as this world judges what is opened."""

    def find(self, kinds: tuple[str, ...], text: str) -> str:
        """The number that a typed part of it means, among records of these kinds (`any`: all)."""

    def twin(self, kind: Kind, values: Mapping[str, Value], *, open_only: bool) -> str | None:
        """A record of the kind with the same values, if there is one."""

    def holders(self, id_: str) -> list[str]:
        """The open records that hold this one open."""

    def naming(self, id_: str, kind: str) -> list[str]:
        """The records of a kind that name this one in a field."""

    def work_of(self, person: str) -> list[str]:
        """The unfinished records that are somebody's work: named in a field, or a column, that is handed on."""

    def alike(self, kind: Kind, values: Mapping[str, Value], states: Sequence[str]) -> list[str]:
        """The records of a kind with these values that are in one of the states."""

    def entry(self, among: str, text: str) -> str | None:
        """The name in a list of the regulation that the text means (by name or label)."""

    def checklist(self, name: str) -> Checklist:
        """A checklist of the regulation in force for the record at hand."""

    def voting(self, body: str) -> Body:
        """What makes a meeting of a body valid and what decides there, by the regulation for the record at hand."""

    def basis(self) -> str:
        """The last commit that touched the office's records or its regulation; empty before the first."""

    def scheme(self, commit: str = "") -> Scheme:
        """The scheme of assessment of this regulation, as it stood in a commit or stands now. Raises NotFound."""

    def lived(self, kinds: Sequence[str], span: Span, commit: str) -> Lives:
        """The records of these kinds that may count in a span, as they stood in a commit; only kinds that there are.

        Raises Broken: a file of that commit cannot be read.
        """

    def retention(self) -> Retention:
        """How long things are kept, by the regulation in force. Raises NotFound: it does not say."""

    def archived(self, ended: datetime, when: datetime) -> str | None:
        """The package by which what ended then was archived, as of a moment; None: by none."""

    def posts(self, person: str, when: datetime) -> frozenset[str]:
        """The posts that somebody held then; empty for strangers. A member of staff without a post has `anyone`."""

    def number(self, kind: Kind, day: datetime) -> str:
        """The next number of a kind on a day."""

    def judging(self, day: date) -> World:
        """The same world, judged by the regulation in force on a day."""

    def attempt(self) -> AbstractContextManager[object]:
        """Inside, a refusal is swallowed; whatever goes wrong, what was made before it is forgotten."""

    def with_new(self, kind: Kind, record: Record) -> World:
        """The same world, in which this record, of the commit at hand, is already there."""

    def seal(self, id_: str, field_name: str, text: str, kind: str) -> str:
        """A private value, encrypted for this record and field."""

    def holds(self, id_: str, field_name: str, sealed: str, text: str) -> bool:
        """Whether a sealed value of a record is this one."""

    def file(self, text: str) -> str:
        """A file as it is written in a record: its path and SHA-256."""


def found(world: World, id_: str) -> Record | None:
    """A record by its whole number, if it is there."""
    try:
        return world.record(id_) if id_ else None
    except NotFound:
        return None


def as_of(world: World, record: Record, when: datetime) -> Record:
    """A record as it stood at an entry of another: what the same command entered is there already."""
    from pmcs.core.fold import fold

    second = when.replace(microsecond=0)
    events = [event for event in record.history if event.entered.replace(microsecond=0) <= second]
    return record if len(events) == len(record.history) else fold(world.kind_for(record), record.id, events)


class Context(NamedTuple):
    """The circumstances of one action: all that is neither record nor regulation."""

    now: datetime
    actor: Actor
    world: World
    desk: str
    mask: bool = False
    """Mask phones and ID numbers found in free text instead of refusing them."""
    language: str = "zh_CN"
    underway: tuple[tuple[str, str], ...] = ()
    """Records and actions, from what was typed on down to this: a circle of consequences ends where it closes."""


class Given(NamedTuple):
    """What was typed. Values are raw text; lines are a list of columns by name."""

    values: Mapping[str, Value] = {}
    note: str = ""
    make: str = ""
    made: Mapping[str, Value] = {}
    at: datetime | None = None
    because: str = ""
