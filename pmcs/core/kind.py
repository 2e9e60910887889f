"""What a kind file says, as data (KINDS.md). Built and checked by `pmcs.regulation`; read by everything else."""

# No `from __future__ import annotations` here: a NamedTuple compiles every annotation that is a text, at each start.

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from pmcs.core.length import Length

Label = str | Mapping[str, str]
OPENING = ("new", "add", "import", "schedule")
VOID = "void"
INHERIT = "inherit"
"""What a successor takes over of whoever leaves: the engine's own, on every kind that is somebody's work."""
HAND_OVER = "hand_over"
"""The rule by which somebody leaves all open work to a successor."""
AGREES = "agrees"
"""The rule by which what stands in a field is given once more."""
ERASE_KEYS = "erase_keys"
"""The rule by which keys of private values are destroyed."""


def shown(label: Label, language: str) -> str:
    """The label in a language: exact, then by its first part, then the first one written."""
    if isinstance(label, str):
        return label
    for name in (language, language.partition("_")[0]):
        if name in label:
            return label[name]
    return next(iter(label.values()))


class Choice(NamedTuple):
    """One value of a choice field; choosing it makes `needs` compulsory."""

    label: Label
    needs: tuple[str, ...] = ()


class Choose:
    """A choice table `{field: {value: result}}`: the one way to make something depend on a choice."""

    __slots__ = ("field", "table")

    def __init__(self, field: str, table: Mapping[str, Any]) -> None:
        self.field = field
        self.table = table

    def __repr__(self) -> str:
        return f"Choose({self.field!r}, {self.table!r})"


class Field(NamedTuple):
    """A field of a record, or a column of its rows."""

    name: str
    label: Label
    type: str = "line"
    values: Mapping[str, Choice] | None = None
    among: str | None = None
    """The list of the regulation that the value comes from (`in:`)."""
    open: bool = False
    ref: tuple[str, ...] = ()
    holds: bool = False
    sealed: bool | None = None
    """True: private. False: knowingly in clear, not searched for phone and ID numbers."""
    rows: "Mapping[str, Field] | None" = None
    key: tuple[str, ...] = ()
    must: bool = False
    stamp: str | None = None
    default: str | None = None
    min: str | None = None
    max: str | None = None
    never: str | None = None
    """`past` or `future` (`not:`)."""
    warns: tuple[Length, ...] = ()
    counts: str | None = None
    per: str | None = None
    since: str | None = None
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    of: str | None = None
    bands: Mapping[str, str] | None = None

    @property
    def derived(self) -> bool:
        """Worked out after the last event; no event writes it."""
        return bool(self.counts or self.plus or self.minus or self.of)

    @property
    def person(self) -> bool:
        """Holds members of staff."""
        return self.ref == ("staff",)

    @property
    def one_person(self) -> bool:
        """Holds one member of staff: who may act, or may not."""
        return self.person and self.type != "refs"


class State(NamedTuple):
    """A state: `done` is finished work, `end` owes nothing any more (and implies done)."""

    name: str
    label: Label
    done: bool = False
    end: bool = False


class RuleCall(NamedTuple):
    """A named rule with its flat arguments."""

    name: str
    arguments: Mapping[str, Any]


class Also(NamedTuple):
    """An event on a linked record in the same commit."""

    link: str
    do: str | Choose
    set: Mapping[str, str]


class Action(NamedTuple):
    """A declared step. `start` is None for every state (`from: open` lists all that are no end)."""

    name: str
    label: Label
    start: tuple[str, ...] | None = None
    to: str | Choose | tuple[Choose, ...] | None = None
    by: tuple[str, ...] | Choose | None = None
    who: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    adds: str | None = None
    row: str | None = None
    clears: tuple[str, ...] = ()
    signs: str | None = None
    during: str | None = None
    after: str | None = None
    upon: str | None = None
    """The clock at whose end `system` does it."""
    held: bool = False
    freed: bool = False
    """Done by `system` when the last record that holds this one ends."""
    named_by: tuple[str, ...] = ()
    makes: Mapping[str, Mapping[str, str]] = {}
    also: tuple[Also, ...] = ()
    through: tuple[str, ...] = ()
    rules: tuple[RuleCall, ...] = ()
    clause: str | Choose | None = None
    typed: str | None = None
    approval: str | None = None
    """The approval that this action asks for."""
    own: bool = False
    """One of the engine's own, not written in the file."""

    @property
    def opens(self) -> bool:
        """Opens a record."""
        return self.name in OPENING

    @property
    def command(self) -> tuple[str, str | None]:
        """How it is typed: the command's name and the flag that distinguishes it, if any."""
        if not self.typed:
            return self.name, None
        name, _, flag = self.typed.partition(" --")
        return name, flag or None

    @property
    def fields(self) -> tuple[str, ...]:
        """What may be given: asked first."""
        return self.asks + self.takes


class Approval(NamedTuple):
    """One request for approval (7.4): the state it waits in, who decides, where it goes."""

    name: str
    label: Label
    state: str
    decide: tuple[str, ...] | Choose
    to: str | None = None
    copies: Mapping[str, str] = {}
    also: tuple[Also, ...] = ()
    clause: str | Choose | None = None


class Clock(NamedTuple):
    """A deadline that starts and stops at actions or states entered, and may pause."""

    name: str
    label: Label
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    within: Length | Choose | None = None
    until: str | Mapping[str, str] | None = None
    since: Mapping[str, str] = {}
    pauses: tuple[str, ...] = ()
    warns: tuple[Length, ...] = ()
    escalates: Mapping[int, str] = {}
    clause: str | Choose | None = None
    window: bool = False
    """Named by a `during`, `after` or `upon`: its end is no breach."""


class Declared(NamedTuple):
    """Everything that one file of `kinds/` declares, with the engine's own additions."""

    name: str
    title: Label
    fields: Mapping[str, Field]
    states: Mapping[str, State]
    actions: Mapping[str, Action]
    clause: str | Choose | None = None
    help: str = ""
    number: str | None = None
    named_by: tuple[str, ...] = ()
    """Fields that name a record in place of day and desk."""
    register: str | None = None
    key: str | None = None
    tree: str | None = None
    barred: tuple[str, ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()
    one_open: tuple[tuple[str, ...], ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    promise: str | None = None
    urgent: bool = False
    """Comes before other kinds where it is overdue, at risk or due today."""
    mine: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()
    findings: tuple[RuleCall, ...] = ()
    columns: tuple[str, ...] = ()
    approvals: Mapping[str, Approval] = {}
    clocks: Mapping[str, Clock] = {}


class Kind(Declared):
    """A type of record. Two of them are the same only where they are one object."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def is_register(self) -> bool:
        """A kind without a day."""
        return self.number is None

    @property
    def handed_on(self) -> tuple[str, ...]:
        """Of `mine`, what a successor takes over. Whom a record is named by it concerns: nobody else's assessment."""
        return tuple(name for name in self.mine if name not in self.named_by)

    @property
    def openings(self) -> list[Action]:
        """The actions that open a record."""
        return [action for action in self.actions.values() if action.opens]

    @property
    def opening_fields(self) -> tuple[str, ...]:
        """What any opening asks or takes, each once: what `edit` may change."""
        return tuple(dict.fromkeys(name for action in self.openings for name in action.fields if name in self.fields))

    @cached_property
    def derived_fields(self) -> tuple[Field, ...]:
        """What is worked out after the last event, in the order of the file."""
        return tuple(item for item in self.fields.values() if item.derived)

    @cached_property
    def people(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The fields that name members of staff: each alone, or with its columns that do."""
        found = []
        for item in self.fields.values():
            columns = tuple(name for name, column in (item.rows or {}).items() if column.person)
            if item.person or columns:
                found.append((item.name, columns))
        return tuple(found)

    def sealed_fields(self) -> Iterator[Field]:
        """The private fields."""
        return (item for item in self.fields.values() if item.sealed)

    def links(self, *, holding: bool = False) -> Iterator[Field]:
        """Fields that name another record; only those that hold it open, where asked."""
        return (item for item in self.fields.values() if item.ref and (item.holds or not holding))

    def approval_in(self, state: str) -> Approval | None:
        """The approval that waits in this state."""
        return next((item for item in self.approvals.values() if item.state == state), None)

    def ends(self, state: str) -> bool:
        """Nothing is owed any more in this state."""
        return state in self.states and self.states[state].end

    def done(self, state: str) -> bool:
        """The work is finished in this state."""
        return state in self.states and (self.states[state].done or self.states[state].end)

    def with_actions(self, actions: Mapping[str, Action]) -> "Kind":
        """The same kind with other actions."""
        return self._replace(actions=actions)
