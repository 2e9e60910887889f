"""The monthly report: figures, pages and their commit (5.9, 7; DESIGN 9.7)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pmcs.core.kind import shown
from pmcs.core.record import in_calendar
from pmcs.errors import BadInput, Translate
from pmcs.regulation.shipped import templates_dir
from pmcs.reports.definitions import definitions
from pmcs.reports.render import render
from pmcs.reports.ticket_figures import Ticket, headline, month_figures
from pmcs.reports.ticket_rows import KIND, read_tickets
from pmcs.store.store import Store

REPORTS = "reports"
TREND = 6
WORDS = frozenset({"definitions", "categories", "people", "language"})
"""What only the pages need to speak of the figures."""
PAGES = {"md": "monthly/tickets.md.j2", "html": "monthly/tickets.html.j2"}


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
        "people": _names(store, {row["assignee"] for row in overdue} - {None}),
        "overdue": overdue,
        "escalated": _escalated(store, start, end),
        "unreadable": [
            {"file": broken.path, "reason": broken.reason.render(translate)} for broken in store.queries.broken(KIND)
        ],
        "definitions": definitions(translate),
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


def _names(store: Store, codes: Iterable[str]) -> dict[str, str]:
    """What the staff are called."""
    found = {code: store.lookups.staff(code) for code in sorted(codes)}
    return {code: str(row.fields.get("name", code)) for code, row in found.items() if row}


def _escalated(store: Store, start: datetime, end: datetime) -> int:
    found = store.index.connection.execute(
        "SELECT count(*) FROM event JOIN record USING (rid) WHERE kind = ? AND action = 'escalate' AND at >= ? "
        "AND at < ?",
        (KIND, start.timestamp(), end.timestamp()),
    ).fetchone()
    return int(found[0])


def as_json(figures: Mapping[str, Any]) -> str:
    """The figures as the json page: stable keys, unrounded, without the words of the page."""
    plain = {name: value for name, value in figures.items() if name not in WORDS}
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def as_page(store: Store, figures: Mapping[str, Any], how: str, language: str, translate: Translate) -> str:
    """The figures as `md`, `html` or `json`; the office's own templates come before the shipped ones."""
    if how == "json":
        return as_json(figures)
    beside = [store.root.parent / "templates"] if store.prefix else []
    folders = [*beside, store.root / "templates", templates_dir()]
    return render(
        PAGES[how], figures, language, translate=translate, folders=[path for path in folders if path.is_dir()]
    )


def write_month(store: Store, month: str, now: datetime, language: str, translate: Translate) -> tuple[list[str], bool]:
    """Write and commit the month's pages; returns their paths in the store and whether anything changed."""
    from pmcs.store.message import plain_message
    from pmcs.store.store import CRON

    with store.writing(f"report monthly {month}"):
        figures = monthly_figures(store, month, now, language, translate)
        files = {
            store.path(f"{REPORTS}/{month}/tickets.{how}"): as_page(store, figures, how, language, translate).encode()
            for how in ("md", "html", "json")
        }
        committed = store.committed(files)
        changed = [
            (path, data) for path, data in files.items() if committed.get(path) != store.repository.blob_oid(data)
        ]
        if changed:
            trailers = {"Action": "report", "Actor": "system", "Clause": "5.9"}
            store.save(changed, plain_message(f"report monthly {month}", trailers), CRON, CRON, now, committed)
            store.repository.tidy()
    return list(files), bool(changed)
