"""Which destructions count: a key that is gone comes back from nowhere, so a record is not taken at its word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pmcs.core.derive import derive
from pmcs.core.fold import applied
from pmcs.core.kind import ERASE_KEYS, Kind
from pmcs.core.record import Record
from pmcs.core.replay import faults
from pmcs.core.world import SYSTEM_ACTOR, Context
from pmcs.errors import PmcsError
from pmcs.store.session import Session

if TYPE_CHECKING:
    from pmcs.store.store import Store


def lawfully(store: Store, ids: Iterable[str]) -> list[str]:
    """Those of some records that a destruction names which the regulation allowed, step by step.

    Whoever can write into a clone's history can write that anything was destroyed.
    """
    wanted, found = set(ids), set[str]()
    for number in store.destructions(wanted):
        try:
            record = store.record(number)
            kind = store.kind_of(record)
            if not _faulty(store, kind, record):
                found |= wanted & {*named(kind, record)}
        except PmcsError:
            continue  # one that cannot be read is a finding of `check`
    return sorted(found)


def named(kind: Kind, record: Record) -> Iterator[str]:
    """The records whose keys one record says to be destroyed."""
    for event in record.history:
        action = kind.actions.get(event.do)
        for call in action.rules if action else ():
            if call.name == ERASE_KEYS:
                yield from (str(row.get(call.arguments["of"], "")) for row in record.rows(call.arguments["rows"]))


def _faulty(store: Store, kind: Kind, record: Record) -> bool:
    world = Session(store, store.regulations.on(record.day), None, store.config.language)
    before: Record | None = None
    stood = Record(record.id, kind.name)
    try:
        for event in record.history:
            if event.entered.timestamp() >= store.last_commit_stamp() + 1:  # no term has lapsed that is yet to come
                return True
            context = Context(event.entered, SYSTEM_ACTOR, world, event.desk or "", language=world.language)
            if next(iter(faults(kind, before, event, context)), None):
                return True
            stood = applied(kind, stood, event)
            before = derive(kind, stood)
    except (ValueError, ArithmeticError, TypeError, LookupError, AttributeError):
        return True
    return False
