"""The figures of the monthly report (5.9, 7, 8, 9; DESIGN 9.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pmcs.core.kind import shown
from pmcs.core.record import in_calendar
from pmcs.errors import BadInput, Translate
from pmcs.reports.definitions import definitions
from pmcs.reports.ground import Ground
from pmcs.reports.lives import Span
from pmcs.reports.parts import part_figures
from pmcs.reports.ticket_figures import Ticket, headline, month_figures
from pmcs.reports.ticket_rows import KIND, read_tickets
from pmcs.store.store import Store

TREND = 6


def month_bounds(month: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a month and of the next, in the office's zone. Raises BadInput for what is no month."""
    try:
        year, _, number = month.partition("-")
        start = datetime(int(year), int(number), 1, tzinfo=zone)
    except ValueError:
        raise BadInput("{month} is no month; write it as 2026-10.", month=month[:60]) from None
    if month != f"{start:%Y-%m}":
        raise BadInput("{month} is no month; write it as 2026-10.", month=month[:60])
    if not in_calendar(start):
        raise BadInput("{month} is no month; write it as 2026-10.", month=month[:60])
    end = (start + timedelta(days=32)).replace(day=1)
    return start, end


def monthly_figures(store: Store, month: str, now: datetime, language: str, translate: Translate) -> dict[str, Any]:
    """Everything that the month's pages show, as plain data. Reads no seal: the same with or without the keys.

    Raises BadInput for a month that is none or has not begun.
    """
    zone = store.config.zone
    start, end = month_bounds(month, zone)
    if start > now:
        raise BadInput("{month} has not begun; choose a month up to {now}.", month=month, now=f"{now:%Y-%m}")
    touched = store.last_record_commit()
    as_of = touched[1].astimezone(zone) if touched else start
    months = _months_before(start, TREND)
    tickets = read_tickets(store, months[0][0].timestamp(), end.timestamp())
    trend = []
    judged = end if now >= end else min(as_of, end)
    for first, last in months:
        found = month_figures(tickets, first.timestamp(), last.timestamp(), min(judged, last).timestamp())
        trend.append((first, found))
    figures = trend[-1][1]
    _with_times(figures, zone)
    known = max(as_of, end) if now >= end else judged
    span = Span(start.timestamp(), end.timestamp(), judged.timestamp(), known.timestamp())
    ground = Ground(store, span, end)
    parts = part_figures(ground, translate)
    overdue = _overdue(store, tickets, end, judged, zone)
    kind = store.kind_named(KIND)
    category = kind.fields["category"].values or {}
    return {
        "month": month,
        "office": store.config.office,
        "language": language,
        "made_from": {"commit": touched[0][:12] if touched else "", "at": as_of.isoformat()},
        "complete": now >= end,
        "tickets": figures,
        "previous": headline(trend[-2][1]) if len(trend) > 1 else None,
        "trend": [
            {"month": f"{first:%Y-%m}"}
            | {
                name: found[name]
                for name in ("received", "resolved", "backlog_end", "on_time_rate", "satisfaction_rate")
            }
            for first, found in trend
        ],
        "categories": {name: shown(choice.label, language) for name, choice in category.items()},
        "people": _names(store, {row["assignee"] for row in overdue} | set(_owners(parts))),
        "overdue": overdue,
        "escalated": _escalated(store, start, end),
        "unreadable": [
            {"file": broken.path, "reason": broken.reason.render(translate)} for broken in store.queries.broken(KIND)
        ],
        "definitions": definitions(translate),
        **parts,
        "labels": ground.labels(language),
    }


def _months_before(start: datetime, count: int) -> list[tuple[datetime, datetime]]:
    """The bounds of the month that begins at `start` and of those before it, oldest first."""
    found = []
    end = (start + timedelta(days=32)).replace(day=1)
    for _ in range(count):
        found.append((start, end))
        start, end = (start - timedelta(days=1)).replace(day=1), start
    return found[::-1]


def _with_times(figures: dict[str, Any], zone: ZoneInfo) -> None:
    for row in figures["closed_before_opened"]:
        for name in ("opened", "closed"):
            row[name] = datetime.fromtimestamp(row[name], zone).isoformat()


def _overdue(
    store: Store, tickets: list[Ticket], end: datetime, judged: datetime, zone: ZoneInfo
) -> list[dict[str, Any]]:
    """What was open and overdue at the month's end, or so far, longest first."""
    moment = judged.timestamp()
    late = {}
    for ticket in tickets:
        due = ticket.promised(end.timestamp())
        if due is not None and due < moment and ticket.in_backlog(end.timestamp()):
            late[ticket.id] = due
    heads = store.lookups.heads(late)
    rows = [
        {
            "id": id_,
            "category": heads[id_].get("category", ""),
            "place": heads[id_].get("place") or heads[id_].get("location"),
            "summary": heads[id_].get("summary", ""),
            "assignee": heads[id_].get("assignee"),
            "due": datetime.fromtimestamp(due, zone).isoformat(),
            "late_hours": (moment - due) / 3600,
        }
        for id_, due in late.items()
    ]
    return sorted(rows, key=lambda row: (-float(row["late_hours"]), str(row["id"])))


def _owners(parts: Mapping[str, Mapping[str, Any]]) -> Iterator[str | None]:
    for part in parts.values():
        yield from (row["owner"] for row in part.get("hazards", {}).get("pressing", ()))


def _names(store: Store, codes: Iterable[str | None]) -> dict[str, str]:
    """What the staff are called."""
    found = {code: store.lookups.staff(code) for code in sorted({code for code in codes if code})}
    return {code: str(row.fields.get("name", code)) for code, row in found.items() if row}


def _escalated(store: Store, start: datetime, end: datetime) -> int:
    found = store.index.connection.execute(
        "SELECT count(*) FROM event JOIN record USING (rid) WHERE kind = ? AND action = 'escalate' AND at >= ? "
        "AND at < ?",
        (KIND, start.timestamp(), end.timestamp()),
    ).fetchone()
    return int(found[0])
