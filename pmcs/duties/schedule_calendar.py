"""What schedules plan as a calendar file, which a phone or `khal` reads (RFC 5545)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from pmcs.core.kind import shown
from pmcs.core.private import mask_text
from pmcs.duties.schedules import Occurrence, Scheduled, schedules
from pmcs.errors import Unable
from pmcs.store.store import Store

if TYPE_CHECKING:
    from icalendar import Event


SHOWN = timedelta(hours=1)
"""How long it stands in the calendar; within what time it may be done, the description says."""


def calendar(store: Store, codes: Collection[str], now: datetime, until: date, language: str) -> str:
    """The occurrences from now up to the end of a day, of the schedules named or of all, as the text of an .ics file.

    The same schedules make the same events, by their numbers: a calendar that reads it again doubles none.
    Raises Unable without the package icalendar.
    """
    try:
        from icalendar import Calendar
    except ModuleNotFoundError:
        raise Unable("Writing a calendar needs icalendar; type: pip install 'pmcs[ical]'") from None
    found = Calendar()
    found.add("prodid", "-//pmcs//schedule//ZH")
    found.add("version", "2.0")
    found.add("x-wr-calname", store.config.office)
    last = datetime.combine(until, time(23, 59, 59), store.config.zone)
    for record in schedules(store, codes):
        for occurrence in Scheduled(store, record, now).ahead():
            if occurrence.planned > last:
                break
            found.add_component(_event(store, occurrence, language))
    text: str = found.to_ical().decode()
    return text


def _event(store: Store, occurrence: Occurrence, language: str) -> Event:
    from icalendar import Event

    record, zone = occurrence.schedule, store.config.zone
    event = Event()
    event.add("uid", f"{occurrence.number}@{store.config.code or 'pmcs'}")
    # Of the schedule, not of the writing: what did not change is the same event to the byte.
    event.add("dtstamp", record.history[-1].entered.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", occurrence.planned.astimezone(UTC))
    event.add(
        "dtend", max(occurrence.planned, min(occurrence.window.latest, occurrence.planned + SHOWN)).astimezone(UTC)
    )
    target = _target(store, occurrence)
    event.add("summary", " ".join(filter(None, (mask_text(record.get("name")), target))))
    if target:
        event.add("location", target)
    names = store.regulations.on(occurrence.planned.date()).names("checklists")
    window = [f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" for moment in occurrence.window[:2]]
    said = [shown(names.get(record.get("checklist"), ""), language), " – ".join(window), record.get("person")]
    event.add("description", "\n".join(filter(None, [*said, occurrence.number])))
    return event


def _target(store: Store, occurrence: Occurrence) -> str:
    """What it is for, by its name; by its code where it has none."""
    if occurrence.target is None:
        return ""
    code = occurrence.target[1]
    name = store.row(code, (occurrence.target[0],)).fields.get("name")
    return str(name or code)
