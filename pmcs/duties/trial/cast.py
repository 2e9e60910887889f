"""Who tries what in a trial. Only the order of those who try is decided here: who may is the engine's judgement."""

from __future__ import annotations

from collections.abc import Mapping

from pmcs.core.derive import chosen, derived_fields
from pmcs.core.kind import Action, Choose, Kind
from pmcs.core.permission import ANYONE, DECISIONS
from pmcs.core.record import Record, Value
from pmcs.core.world import SYSTEM
from pmcs.duties.trial.plan import WITHDRAW

MOST = 6
"""So many of those who may do something try it."""

Staff = Mapping[str, frozenset[str]]
"""The invented staff: code → posts held."""


def actors(kind: Kind, record: Record | None, action: Action, values: Mapping[str, Value], staff: Staff) -> list[str]:
    """Those whom the file allows an action, whoever `apart` or `barred` might keep out last.

    Where it allows nobody, somebody: the refusal then says whom it would take.
    """
    fields = {**(record.fields if record else {}), **values}
    fields = derived_fields(kind, (record or Record("", kind.name))._replace(fields=fields))
    posts, fieldnames = _allowed(kind, record, action, fields)
    people = [*_named(kind, record, action, fields, fieldnames)]
    people += [code for code, held in staff.items() if held & {*posts} or ANYONE in posts]
    people += [SYSTEM] if SYSTEM in posts else []
    concerned = _concerned(kind, record, action, fields)
    ordered = sorted(dict.fromkeys(people), key=lambda code: code in concerned)
    return _several(ordered, staff) or [next(iter(staff))]


def _allowed(
    kind: Kind, record: Record | None, action: Action, fields: Mapping[str, Value]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The posts that may, and the fields with people who may."""
    by, who = action.by, action.who
    approval = kind.approval_in(record.state) if record and action.name in DECISIONS else None
    if approval:
        by = approval.decide
    posts: tuple[str, ...] = (chosen(by, kind, fields) if isinstance(by, Choose) else by) or ()
    return posts, posts if approval else who


def _named(
    kind: Kind, record: Record | None, action: Action, fields: Mapping[str, Value], names: tuple[str, ...]
) -> list[str]:
    """The people whom the record names for it."""
    found = [fields[name] for name in names if isinstance(fields.get(name), str)]
    if record and kind.key and kind.key in names:
        found.append(record.id)
    if record and action.name == WITHDRAW:
        found += [event.by for event in reversed(record.history) if event.to == record.state][:1]
    if record and action.row:
        found += [row[name] for row in record.rows(action.row)[-1:] for name in names if name in row]
    return [code for code in found if code]


def _concerned(kind: Kind, record: Record | None, action: Action, fields: Mapping[str, Value]) -> set[str]:
    """Whom the kind would probably not let do it, or who is to decide on it afterwards."""
    history = record.history if record else ()
    approval = kind.approval_in(record.state) if record and action.name in DECISIONS else None
    groups = [*kind.apart, *([(action.name, approval.name)] if approval else [])]
    entries = {
        entry
        for group in groups
        if action.name in group
        for entry in (group if action.name == group[0] else group[:1])
        if entry != action.name
    }
    asked = kind.approvals[action.approval].decide if action.approval else ()
    deciders = [name for names in asked.table.values() for name in names] if isinstance(asked, Choose) else asked
    people = {str(fields.get(name, "")) for name in (*kind.barred, *entries, *deciders)}
    return people | {event.by for event in history if event.do in entries}


def _several(people: list[str], staff: Staff) -> list[str]:
    """Not everybody: the first of each post before its others, and only so many."""
    seen: dict[frozenset[str], int] = {}
    ranked = []
    for place, code in enumerate(people):
        held = staff.get(code, frozenset({code}))
        seen[held] = seen.get(held, 0) + 1
        ranked.append((seen[held], place, code))
    return [code for _, _, code in sorted(ranked)][:MOST]


def somebody(kind: Kind, record: Record | None, staff: Staff) -> str:
    """Somebody to be named: best one who has no part in the record yet, and whose post none of its actions takes."""
    busy: set[str] = set()
    if record:
        busy = {record.id, *(event.by for event in record.history)}
        for name, columns in kind.people:
            busy |= {record.get(name), *(str(row.get(column)) for row in record.rows(name) for column in columns)}
    lists = [item.by for item in kind.actions.values()] + [item.decide for item in kind.approvals.values()]
    posts = {post for names in lists if isinstance(names, tuple) for post in names}
    return min(staff, key=lambda code: (code in busy, bool(staff[code] & posts)))
