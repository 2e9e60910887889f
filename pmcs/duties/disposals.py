"""What is past its retention, and the list of what is to be destroyed (5.9; DA/T 22-2015)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from math import inf
from typing import NamedTuple

from pmcs.core.kind import ERASE_KEYS
from pmcs.core.retention import TERMS, lapses
from pmcs.core.title import title_of
from pmcs.core.world import Given
from pmcs.duties.acting import Acting, Done, act
from pmcs.errors import NotFound, Refused
from pmcs.store.store import Store

DISPOSAL, DOCUMENT = "disposal", "document"
SHORTEST = min(years for years in TERMS.values() if years)


class Due(NamedTuple):
    """A record that is past its retention."""

    id: str
    kind: str
    title: str
    term: str
    begun: date
    """From when the term runs."""
    over: date
    """The first day after it."""
    listed: str
    """The disposal under way that lists it; empty: none."""


def due(store: Store, day: date) -> list[Due]:
    """Everything that is past its term on a day and not destroyed yet, what lapsed first at the head."""
    regulation = store.regulations.on(day)
    retention = regulation.retention
    zone, gone, listed = store.config.zone, set(store.erased()), store.lookups.under_way(DISPOSAL)
    before = datetime(max(day.year - SHORTEST, date.min.year), 1, 1, tzinfo=zone).timestamp()
    found = []
    for name in regulation.kind_names:
        today = regulation.kind(name)
        waiting = retention.runs_by_itself(today)
        # What the term of a paper runs from may lie long before the day on which it was taken in.
        until = inf if waiting else before
        rows = [] if today.is_register else store.lookups.ending(name, until, also_open=waiting)
        for row in rows:
            kind = store.kind_named(name, row.day)
            if row.id in gone or (waiting and row.ended):
                continue
            end = datetime.fromtimestamp(row.ended, zone).date() if row.ended else None
            term = retention.filed(kind, row.fields).term
            begun = retention.begins(kind, row.fields, row.day, end)
            over = lapses(term, begun) if begun else None
            if begun and over and over <= day:
                title = title_of(kind, row.fields)
                found.append(Due(row.id, name, title, term, begun, over, listed.get(row.id, "")))
    return sorted(found, key=lambda item: (item.over, item.id))


def dispose(store: Store, reason: str, ids: Sequence[str], acting: Acting) -> Done:
    """Open a disposal that lists the records given, or all that are due and in no list yet.

    Raises NotFound: nothing is due. Refused: the regulation has no such kind, or one of them is still to be kept.
    """
    day = acting.clock().date()
    if not store.regulations.on(day).calling(ERASE_KEYS):
        raise Refused("The regulation has no kind {kind}; copy it from the starter.", kind=DISPOSAL)
    wanted = [store.find(id_) for id_ in ids] or [item.id for item in due(store, day) if not item.listed]
    if not wanted:
        raise NotFound("Nothing is past its retention that is not in a list already.")
    papers = [id_ for id_ in wanted if store.row(id_).kind == DOCUMENT]
    values = {
        "reason": reason,
        "records": [{"record": id_} for id_ in wanted if id_ not in papers],
        "papers": [{"document": id_} for id_ in papers],
    }
    given = Given(values={name: value for name, value in values.items() if value})
    return act(store, DISPOSAL, "new", None, given, acting)
