"""Two desks' histories of one record made one (KINDS.md, Events and the fold; DESIGN sections 4 and 13)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from pmcs.core.fold import fold, same_row
from pmcs.core.kind import Action, Choose, Kind
from pmcs.core.numbering import desk_of
from pmcs.core.permission import DECISIONS
from pmcs.core.record import Event, Record, Rows, written
from pmcs.core.standing import standing
from pmcs.errors import Sentence


def join(kind: Kind, id_: str, ours: Iterable[Event], theirs: Iterable[Event]) -> Record:
    """The record that two histories make together: every entry of both once, in their order, folded again.

    Whose side is whose makes no difference, nor in which order several desks are joined. What no longer follows stays
    in the history: the fold counts only the rows it adds, and a check says so.

    Two different entries with one identity mean that somebody altered one after it was committed. Which of them is the
    true one cannot be seen here, so both stay, in the order of their texts, and a check says so. To choose one would
    lose the other without a word, to refuse would keep two desks apart until somebody mends a file by hand.
    """
    found: dict[tuple[datetime, str], list[Event]] = {}
    # By their texts first: of equal entries that are spelled differently, every desk keeps the same.
    for event in sorted([*ours, *theirs], key=repr):
        same = found.setdefault(identity(kind, id_, event), [])
        if event not in same:
            same.append(event)
    return fold(kind, id_, [event for place in sorted(found) for event in found[place]])


def identity(kind: Kind, id_: str, event: Event) -> tuple[datetime, str]:
    """What tells an entry of a record from all others, and orders them: its entry time and its desk."""
    return event.entered, event.desk or desk_of(kind, id_) or ""


def may_lead(kind: Kind, before: Record, action: Action, event: Event) -> bool:
    """Whether another desk's entries, which its own had not heard of yet, may explain where a stored event leads.

    What the event itself brings decides as ever; only what it took from the record may have been otherwise there.
    """
    desk = identity(kind, before.id, event)[1]
    if all(identity(kind, before.id, item)[1] == desk for item in before.history):
        return False
    approval = kind.approval_in(before.state)
    decides = action.name in (*DECISIONS, "withdraw")
    if action.to == "previous" or (decides and not (action.name == "approve" and approval and approval.to)):
        return event.to in {item.to for item in before.history if item.to}
    for choose in action.to if isinstance(action.to, tuple) else (action.to,):
        if not isinstance(choose, Choose):
            return False
        if choose.field in event.set or choose.field in action.clears:
            decided = choose.table.get(str(event.set.get(choose.field)))
            if decided is not None:
                return bool(event.to == decided)
        elif event.to in choose.table.values():
            return True
    return False


def altered(kind: Kind, before: Record, event: Event) -> Sentence | None:
    """Two entries have one identity: one of them was written by hand."""
    moment, desk = identity(kind, before.id, event)
    if (moment, desk) != identity(kind, before.id, before.history[-1]):
        return None
    return Sentence(
        "Desk {desk} has two entries of {at}; one of them was altered afterwards.", desk=desk, at=written(moment)
    )


def reopened(before: Record, action: Action) -> Sentence | None:
    """Another desk had opened the same record before: its opening counts."""
    if not action.opens:
        return None
    return Sentence("{id} was opened before; this later {action} does not count.", id=before.id, action=action.name)


def _added(kind: Kind, history: Iterable[Event], name: str) -> Rows:
    """The rows added to a field since it was last emptied."""
    rows: Rows = []
    for event, held in standing(kind, history):
        if held and name in kind.actions[event.do].clears:
            rows = []
        rows += event.add.get(name, [])
    return rows


def doubled(kind: Kind, before: Record, event: Event) -> Iterator[Sentence]:
    """Rows under a key that is taken, and that say something else: the first counts."""
    for name, rows in event.add.items():
        item = kind.fields.get(name)
        if not item or not item.key:
            continue
        # A private cell is encrypted anew each time: nothing can be told from its text.
        columns = [column for column, shape in (item.rows or {}).items() if not shape.sealed]
        known = _added(kind, (*before.history, event._replace(add={})), name)
        for row in rows:
            first = next((other for other in known if same_row(row, other, item.key)), row)
            if any(row.get(column) != first.get(column) for column in columns):
                yield Sentence(
                    "{field} had a row {key} before; this later one differs and does not count.",
                    field=name,
                    key=[str(row.get(column, "")) for column in item.key],
                )
            known.append(row)
