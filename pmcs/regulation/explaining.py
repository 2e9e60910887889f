"""A kind read back as sentences, all that its file says, so that a line that was forgotten shows (KINDS.md)."""

from __future__ import annotations

from collections.abc import Iterator

from pmcs.core.kind import VOID, Choose, Kind
from pmcs.errors import Sentence
from pmcs.regulation.explaining_actions import action_line, approval_line, clock_line, involved
from pmcs.regulation.explaining_fields import field_line
from pmcs.regulation.explaining_rules import rule_lines
from pmcs.regulation.explaining_words import Line, Said, Section, Teller
from pmcs.regulation.ground import ESCALATIONS

_TOLD_ELSEWHERE = ("escalate", "approve", "refuse", "withdraw")
_A_DAY = "20261123-A01"


def explained(teller: Teller) -> tuple[str, list[Section]]:
    """The kind's title with its name, and everything that its file says, in the order of the file."""
    kind = teller.kind
    actions = [action for action in kind.actions.values() if action.approval is None]
    fields = (item for name, item in kind.fields.items() if name != ESCALATIONS)
    found = [
        Section(Sentence("In short"), tuple(_head(teller))),
        Section(Sentence("Fields"), tuple(field_line(teller, item, kind.fields) for item in fields)),
        Section(Sentence("States"), tuple(_states(teller))),
        Section(Sentence("Actions"), tuple(action_line(teller, item) for item in actions if not item.own)),
        Section(Sentence("Approvals"), tuple(approval_line(teller, item) for item in kind.approvals.values())),
        Section(Sentence("Clocks"), tuple(clock_line(teller, item) for item in kind.clocks.values())),
        Section(
            Sentence("What comes by itself"),
            tuple(action_line(teller, item) for item in actions if item.own and item.name not in _TOLD_ELSEWHERE),
        ),
    ]
    return teller.named(kind.title, kind.name), [section for section in found if section.lines]


def _head(teller: Teller) -> Iterator[Line]:
    kind = teller.kind
    if kind.help:
        yield Line(Sentence("What it is for"), (kind.help,))
    if isinstance(kind.clause, Choose):
        yield teller.by_choice(Sentence("Clause"), kind.clause, lambda number: _clause(teller, number))
    elif kind.clause:
        yield Line(Sentence("Clause"), (_clause(teller, kind.clause),))
    yield Line(Sentence("Number"), tuple(_number(teller, kind)))
    if kind.columns:
        yield Line(Sentence("A list shows"), (_joined(teller.fields(kind.columns)),))
    if kind.promise:
        yield Line(Sentence("Promised"), (teller.clock(kind.promise),))
    if kind.urgent:
        yield Line(Sentence("Urgent"), (Sentence("before other kinds where it is overdue, at risk or due today"),))
    if kind.mine:
        yield Line(Sentence("Whose work it is"), (_joined(teller.fields(kind.mine)),))
    if kind.sees:
        yield Line(Sentence("Shown whole only to"), (_joined(teller.posts_or_people(kind.sees)),))
    for group in kind.one_open:
        yield Line(
            Sentence("Open once"), (Sentence("no two open ones alike in {fields}", fields=teller.fields(group)),)
        )
    for group in kind.unique:
        yield Line(Sentence("There once"), (Sentence("no two ever alike in {fields}", fields=teller.fields(group)),))
    if kind.barred:
        barred = Sentence("neither acts on it nor is named elsewhere in it")
        yield Line(Sentence("Kept out"), (_joined(teller.fields(kind.barred)), barred))
    for group in kind.apart:
        first, *others = involved(teller, group)
        yield Line(Sentence("Kept apart"), (Sentence("{first} is none of: {others}", first=first, others=others),))
    for line in rule_lines(teller, kind.findings):
        yield Line(Sentence("Checked"), line.parts)


def _joined(several: list[Said]) -> Sentence:
    return Sentence("{names}", names=several)


def _clause(teller: Teller, number: str) -> Said:
    clause = teller.regulation.clauses.get(number)
    brief = clause and (clause.brief or clause.title)
    return Sentence("{clause} ({brief})", clause=number, brief=brief) if brief else number


def _number(teller: Teller, kind: Kind) -> Iterator[Said]:
    if kind.number and kind.named_by:
        yield Sentence("{letters} and {fields}", letters=kind.number, fields=teller.fields(kind.named_by))
    elif kind.number:
        yield Sentence("dated, such as {example}", example=kind.number + _A_DAY)
    elif kind.register:
        yield Sentence("an entry without a day, such as {example}", example=f"{kind.register}A0001")
    else:
        yield Sentence("an entry without a day, named by its {field}", field=teller.field(kind.key or ""))
    if kind.tree:
        yield Sentence("a tree by the parts of {field}", field=teller.field(kind.tree))


def _states(teller: Teller) -> Iterator[Line]:
    for name, state in teller.kind.states.items():
        if name != VOID:
            told = Sentence("an end: nothing is owed any more") if state.end else Sentence("the work is done")
            yield Line(teller.named(state.label, name), (told,) if state.end or state.done else ())
