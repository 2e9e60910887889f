"""Lives of records, read from the index: only those that have a part in the month, and of each only what is counted."""

# ruff: noqa: S608  what is put into the SQL here are our own words and question marks

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pmcs.core.kind import VOID
from pmcs.core.record import moment
from pmcs.reports.lives import Act, Life, Span, Term

if TYPE_CHECKING:
    from pmcs.core.kind import Kind
    from pmcs.store.store import Store

REACH = timedelta(days=2)
"""By how much the text of a time may stand apart from its moment: times of all zones stand in one index."""


def stirring(store: Store, kind: Kind, span: Span) -> list[Life]:
    """Those opened before the month's end and not over before its start, by number."""
    return _read(
        store,
        kind,
        "SELECT rid FROM record WHERE kind = ? AND opened < ? AND (ended = 0 OR changed >= ?)",
        (kind.name, span.end, span.start),
    )


def dated(store: Store, kind: Kind, name: str, span: Span) -> list[Life]:
    """Those whose time in field `name` lies in the month, by number; `when` is that time."""
    found = _read(
        store,
        kind,
        "SELECT rid FROM field WHERE kind = ? AND name = ? AND value >= ? AND value < ?",
        (kind.name, name, *reach(span)),
    )
    for life in found:
        life.when = epoch(life.get(name)) or life.opened
    return [life for life in found if span.has(life.when)]


def between(store: Store, kind: Kind, name: str, first: str, last: str) -> list[Life]:
    """Those whose day, month or year in field `name` is no less than `first` and less than `last`, by number."""
    return _read(
        store,
        kind,
        "SELECT rid FROM field WHERE kind = ? AND name = ? AND value >= ? AND value < ?",
        (kind.name, name, first, last),
    )


def entered(store: Store, kind: Kind, state: str, span: Span) -> list[Life]:
    """Those that came into a state in the span, by number."""
    return _read(
        store,
        kind,
        "SELECT rid FROM event JOIN record USING (rid)"
        " WHERE at >= ? AND at < ? AND kind = ? AND state_after = ? AND state_before <> state_after",
        (span.start, span.end, kind.name, state),
    )


def register(store: Store, kind: Kind) -> list[Life]:
    """All entries of a register, whenever they were there, by number."""
    return _read(store, kind, "SELECT rid FROM record WHERE kind = ?", (kind.name,))


def reach(span: Span) -> tuple[str, str]:
    """Two days between which every time of the month stands, as texts."""
    first, last = (datetime.fromtimestamp(at, UTC) for at in (span.start, span.end))
    return (first - REACH).date().isoformat(), (last + REACH).date().isoformat()


def epoch(text: str | None) -> float | None:
    """A stored time in epoch seconds; None for what is none, which `check` tells."""
    try:
        return moment(text).timestamp() if text else None
    except ValueError:
        return None


def _read(store: Store, kind: Kind, chosen: str, values: Sequence[str | float]) -> list[Life]:
    read = store.index.read
    lives: dict[int, Life] = {}
    for rid, id_, opened, head in read(
        f"SELECT rid, id, opened, head FROM record WHERE rid IN ({chosen}) AND state <> '{VOID}' ORDER BY id", values
    ):
        lives[rid] = Life(id_, opened, json.loads(head)["fields"])
    ends = ends_of(kind)
    told = json.dumps([*lives])
    for rid, at, do, before, after, moved in read(
        "SELECT rid, at, action, state_before, state_after, moved FROM event"
        " WHERE rid IN (SELECT value FROM json_each(?)) ORDER BY rid, n",
        (told,),
    ):
        lives[rid].acts.append(Act(at, do, after if after != before else "", moved, _turned(before, after, ends)))
    for rid, clock, since, due, ended in read(
        "SELECT rid, clock, since, due, ended FROM round"
        " WHERE due IS NOT NULL AND rid IN (SELECT value FROM json_each(?)) ORDER BY rid, since, n",
        (told,),
    ):
        lives[rid].terms.append(Term(clock, since, due, ended))
    return list(lives.values())


def ends_of(kind: Kind) -> frozenset[str]:
    """The states in which a record of the kind is over."""
    return frozenset(name for name in kind.states if kind.ends(name))


def _turned(before: str, after: str, ends: Iterable[str]) -> int:
    return (after in ends) - (before in ends)
