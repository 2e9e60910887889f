"""Tickets as the figures need them, read from the index."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pmcs.reports.ticket_figures import Move, Promise, Ticket, Visit

if TYPE_CHECKING:
    from pmcs.store.store import Store

KIND = "ticket"


def read_tickets(store: Store) -> list[Ticket]:
    """Every ticket that is not void, with its moves, visits and promises, by number."""
    connection = store.index.connection
    tickets: dict[int, Ticket] = {}
    imported: dict[int, dict[str, Any]] = {}
    rows = connection.execute(
        "SELECT rid, id, opened, json_extract(head, '$.fields.category') FROM record WHERE kind = ? AND state <> 'void' ORDER BY id",
        (KIND,),
    )
    for rid, id_, opened, category in rows:
        tickets[rid] = Ticket(id_, opened, category or "")
    for rid, facts in connection.execute("SELECT rid, facts FROM event WHERE action = 'import' AND n = 0"):
        if rid in tickets:
            imported[rid] = json.loads(facts or "{}")
            _promised(tickets[rid], imported[rid])
    visiting = _visiting(store)
    moves = connection.execute(
        "SELECT rid, at, action, moved, state_after, due FROM event WHERE moved <> 0 ORDER BY rid, at, n"
    )
    for rid, at, action, moved, state, due in moves:
        ticket = tickets.get(rid)
        if ticket is None:
            continue
        if action == "import":
            facts = imported[rid]
            ticket.moves.append(Move(_epoch(facts["closed_at"]), into=True, due=_epoch_or_none(facts.get("promised"))))
        else:
            ticket.moves.append(Move(at, moved > 0, due, visit=state in visiting))
    for rid, at, facts in connection.execute("SELECT rid, at, facts FROM event WHERE action = 'visit'"):
        if rid in tickets:
            said = json.loads(facts or "{}")
            score = said.get("score")
            tickets[rid].visits.append(Visit(at, said.get("outcome") == "reached", int(score) if score else None))
    terms = connection.execute("SELECT rid, since, due, ended FROM round WHERE promise = 1 AND due IS NOT NULL ORDER BY rid, n")
    for rid, since, due, ended in terms:
        if rid in tickets:
            began = tickets[rid].opened if rid in imported and not tickets[rid].promises else since
            tickets[rid].promises.append(Promise(min(began, since), due, ended))
    return list(tickets.values())


def _promised(ticket: Ticket, facts: dict[str, Any]) -> None:
    """A promise that came with a ticket imported as closed was in force until it was closed."""
    if facts.get("promised") and facts.get("imported") == "closed":
        ticket.promises.append(Promise(ticket.opened, _epoch(facts["promised"]), _epoch(facts["closed_at"])))


def _visiting(store: Store) -> set[str]:
    """The states in which a return visit is owed: those that start the clock `visit`."""
    clock = store.kind_named(KIND).clocks.get("visit")
    return set(clock.starts) if clock else set()


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _epoch_or_none(text: str | None) -> float | None:
    return _epoch(text) if text else None
