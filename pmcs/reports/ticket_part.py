"""What a report tells of tickets beside their figures: what is overdue, escalated, unreadable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pmcs.core.kind import shown
from pmcs.reports.ticket_rows import KIND

if TYPE_CHECKING:
    from pmcs.errors import Translate
    from pmcs.reports.lives import Span
    from pmcs.reports.ticket_figures import Ticket
    from pmcs.store.store import Store


def ticket_lists(
    store: Store, tickets: Iterable[Ticket], span: Span, language: str, translate: Translate
) -> dict[str, Any]:
    """`overdue`, `escalated`, `unreadable`, and what the categories are called."""
    category = store.kind_named(KIND).fields["category"].values or {}
    return {
        "categories": {name: shown(choice.label, language) for name, choice in category.items()},
        "overdue": _overdue(store, tickets, span),
        "escalated": _escalated(store, span),
        "unreadable": [
            {"file": broken.path, "reason": broken.reason.render(translate)} for broken in store.queries.broken(KIND)
        ],
    }


def with_times(figures: dict[str, Any], zone: ZoneInfo) -> None:
    """Write the moments of what was closed before it was opened as times."""
    for row in figures["closed_before_opened"]:
        for name in ("opened", "closed"):
            row[name] = datetime.fromtimestamp(row[name], zone).isoformat()


def names_of(store: Store, codes: Iterable[str | None]) -> dict[str, str]:
    """What the staff are called."""
    found = {code: store.lookups.staff(code) for code in sorted({code for code in codes if code})}
    return {code: str(row.fields.get("name", code)) for code, row in found.items() if row}


def _overdue(store: Store, tickets: Iterable[Ticket], span: Span) -> list[dict[str, Any]]:
    """What was open and overdue at the end, or so far, longest first."""
    late = {}
    for ticket in tickets:
        due = ticket.promised(span.end)
        if due is not None and due < span.judged and ticket.in_backlog(span.end):
            late[ticket.id] = due
    heads = store.lookups.heads(late)
    rows = [
        {
            "id": id_,
            "category": heads[id_].get("category", ""),
            "place": heads[id_].get("place") or heads[id_].get("location"),
            "summary": heads[id_].get("summary", ""),
            "assignee": heads[id_].get("assignee"),
            "due": datetime.fromtimestamp(due, store.config.zone).isoformat(),
            "late_hours": (span.judged - due) / 3600,
        }
        for id_, due in late.items()
    ]
    return sorted(rows, key=lambda row: (-float(row["late_hours"]), str(row["id"])))


def _escalated(store: Store, span: Span) -> int:
    found = store.index.read(
        "SELECT count(*) FROM event JOIN record USING (rid) WHERE kind = ? AND action = 'escalate' AND at >= ? "
        "AND at < ?",
        (KIND, span.start, span.end),
    )
    return int(found[0][0])
