"""What somebody answers for: posts, their clauses, and the open work under each (article 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from pmcs.core.derive import chosen
from pmcs.core.kind import Choose, Kind
from pmcs.core.posts import held_on
from pmcs.regulation.texts import Clause
from pmcs.store.queries import Row
from pmcs.store.store import Store


class Duty(NamedTuple):
    """One clause, by which of the person's posts, and the person's open records under it."""

    clause: Clause
    posts: tuple[str, ...]
    work: list[Row]


class Duties(NamedTuple):
    """What somebody answers for on a day."""

    posts: list[Mapping[str, Any]]
    """The rows of the register: `post since until`, those over and those to come too."""
    held: tuple[str, ...]
    """The posts held on that day."""
    duties: list[Duty]
    other: list[Row]
    """Open work under a clause of nobody's posts, or of a post that is not theirs."""


def duties_of(store: Store, person: str, today: date) -> Duties:
    """The posts, clauses and open work of a member of staff. Raises NotFound for one that is not there."""
    regulation = store.regulations.on(today)
    rows = store.row(person, ("staff",)).fields.get("posts", [])
    held = held_on(rows, today)
    answers: dict[str, list[str]] = {}
    for post in dict.fromkeys(held):
        found = regulation.posts.get(post)
        for clause in (found.clause, *found.duties) if found else ():
            answers.setdefault(clause, []).append(post)
    mine = {kind.name: kind.mine for kind in regulation.kinds}
    work = [store.row(id_) for id_ in store.lookups.work_of(person, mine)]
    under = {row.id: {*_clauses(_kind(store, row), row)} for row in work}
    clauses = [regulation.clauses[number] for number in sorted(answers, key=_order) if number in regulation.clauses]
    duties = [
        Duty(clause, tuple(answers[clause.number]), [row for row in work if _carries(under[row.id], clause)])
        for clause in clauses
    ]
    placed = {row.id for duty in duties for row in duty.work}
    return Duties(list(rows), held, duties, [row for row in work if row.id not in placed])


def left_by(store: Store, person: str) -> list[str]:
    """The unfinished records that are somebody's work, the oldest first: what a successor takes over."""
    return store.session(store.regulations.versions[-1], "").work_of(person)


def _kind(store: Store, row: Row) -> Kind:
    return store.kind_named(row.kind, datetime.fromtimestamp(row.opened, store.config.zone).date())


def _clauses(kind: Kind, row: Row) -> Iterator[str]:
    """What a record carries out: its kind's clause, that of the step to be taken next, and those it rests on."""
    fields = {name: value for name, value in row.fields.items() if isinstance(value, str)}
    steps = (action for action in kind.actions.values() if action.to and not action.own and not action.freed)
    step = next((action for action in steps if row.state in (action.start or ())), None)
    for clause in (kind.clause, step.clause if step else ""):
        found = chosen(clause, kind, fields) if isinstance(clause, Choose) else clause
        if found:
            yield str(found)
    yield from (fields[item.name] for item in kind.fields.values() if item.among == "clauses" and item.name in fields)


def _carries(under: set[str], clause: Clause) -> bool:
    """Whether a record under these clauses is work of a duty: of the clause, of its article, or of its procedure."""
    return any(
        number == clause.number or (clause.procedure and number.partition(".")[0] == clause.procedure)
        for number in under
    )


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.replace("/", ".").split(".") if part.isdecimal())
