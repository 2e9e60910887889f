"""Tickets as the figures need them, read from the index."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from pmcs.reports.ticket_figures import Move, Promise, Ticket, Visit

if TYPE_CHECKING:
    from pmcs.store.store import Store

KIND = "ticket"


def read_tickets(store: Store, start: float, end: float) -> list[Ticket]:
    """Every ticket that has a part in the months from `start` to `end`, with its moves, visits and promises, by number.

    Those void, finished for good before `start`, or neither opened nor closed before `end` have none. Epoch seconds.
    """
    connection = store.index.connection
    moved = "SELECT DISTINCT rid FROM event WHERE moved IN (-1, 1) AND at >= ? AND action <> 'import'"
    stirred = {rid for (rid,) in connection.execute(moved, (start,))}
    tickets: dict[int, Ticket] = {}
    imported: dict[int, Move | None] = {}
    rows = connection.execute(
        "SELECT r.rid, r.id, r.opened, r.done, json_extract(r.head, '$.fields.category'), e.action = 'import',"
        " json_extract(e.facts, '$.closed_at'), json_extract(e.facts, '$.promised')"
        " FROM record r JOIN event e ON e.rid = r.rid AND e.n = 0"
        " WHERE r.kind = ? AND r.state <> 'void' ORDER BY r.id",
        (KIND,),
    )
    for rid, id_, opened, done, category, told, closed, promised in rows:
        at = _epoch(closed) if told and closed else None
        first = opened if at is None else min(opened, at)
        last = opened if at is None else max(opened, at)
        if first >= end or (done and last < start and rid not in stirred):
            continue
        tickets[rid] = Ticket(id_, opened, category or "")
        if told:
            imported[rid] = None if at is None else Move(at, into=True, due=_epoch_or_none(promised))
    _read_moves(store, tickets, imported)
    for rid, at, facts in connection.execute("SELECT rid, at, facts FROM event WHERE action = 'visit'"):
        if rid in tickets:
            said = json.loads(facts or "{}")
            tickets[rid].visits.append(Visit(at, said.get("outcome") == "reached", _score(said.get("score"))))
    terms = connection.execute(
        "SELECT rid, since, due, ended FROM round WHERE promise = 1 AND due IS NOT NULL ORDER BY rid, n"
    )
    for rid, since, due, ended in terms:
        if rid in tickets:
            began = tickets[rid].opened if rid in imported and not tickets[rid].promises else since
            tickets[rid].promises.append(Promise(min(began, since), due, ended))
    return list(tickets.values())


def _read_moves(store: Store, tickets: dict[int, Ticket], imported: dict[int, Move | None]) -> None:
    visiting = _visiting(store)
    moves = store.index.connection.execute(
        "SELECT rid, at, n, moved, state_after, due FROM event WHERE moved IN (-1, 1) ORDER BY rid, at, n"
    )
    for rid, at, n, moved, state, due in moves:
        ticket = tickets.get(rid)
        if ticket is None:
            continue
        told = imported.get(rid) if n == 0 else None
        ticket.moves.append(told or Move(at, moved > 0, due, visit=state in visiting))


def _visiting(store: Store) -> set[str]:
    """The states in which a return visit is owed: those that start the clock `visit`."""
    clock = store.kind_named(KIND).clocks.get("visit")
    return set(clock.starts) if clock else set()


def _score(text: str | None) -> int | None:
    """A score; what is none, by hand, is a finding of `check` and counts as not given."""
    return int(text) if text and text.isdecimal() else None


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _epoch_or_none(text: str | None) -> float | None:
    return _epoch(text) if text else None
