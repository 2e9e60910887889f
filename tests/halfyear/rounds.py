"""Rounds, services and repairs: planned by cron and by hand, begun early, on time, late or never."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.halfyear.office import LEAVER, LEAVING, MANAGER, Do, Office, Script, clock, on
from tests.halfyear.tickets import repair_of

HOUR = timedelta(hours=1)
WALKERS = (
    ("sun.ping", "order", "order_daily"),
    ("wu.di", "order", "order_daily"),
    ("wang.qiang", "equipment", "pump_room_daily"),
    (LEAVER, "equipment", "pump_room_daily"),
    ("he.gang", "safety", "night_patrol"),
    ("wu.di", "safety", "night_patrol"),
)
OFFSETS = (0, 0, 3, 0, -2)
"""Hours by which a round is begun before or after its time; an hour either way is on time."""
WEEKLY = "SAFE"


def good_rows(office: Office, checklist: str) -> list[dict[str, Any]]:
    """Every item of a checklist as it is where all is well."""
    found = []
    for item in office.store.regulations.on(office.now.date()).checklist(checklist).items.values():
        row = {"item": item.key, "result": "normal"}
        if item.measured:
            low = float(item.min or float(item.max or 2) / 2)
            row["value"] = f"{(low + float(item.max or low * 2)) / 2:.3f}"
        found.append(row)
    return found


def _walked(office: Office, when: datetime, by: str, id_: str, checklist: str) -> Script:
    yield Do(when, by, "inspection", "start", id_)
    yield Do(when, by, "inspection", "record", id_, {"items": good_rows(office, checklist)})
    yield Do(when, by, "inspection", "finish", id_)


def planned(office: Office, day: date, by: str, round_: str, checklist: str, offset: int) -> Script:
    """Named for somebody by the manager, with an hour of tolerance either way."""
    when = clock(day, "14:30")
    values = {
        "round": round_,
        "checklist": checklist,
        "place": "GATE",
        "person": by,
        "planned": f"{when:%Y-%m-%d %H:%M}",
        "earliest": f"{when - HOUR:%Y-%m-%d %H:%M}",
        "latest": f"{when + HOUR:%Y-%m-%d %H:%M}",
    }
    id_ = (yield Do(clock(day, "09:00"), MANAGER, "inspection", "new", values=values))[0]
    yield from _walked(office, when + offset * HOUR, by, id_, checklist)


def on_the_spot(office: Office, day: date, by: str) -> Script:
    """Without a set time: neither on time nor late."""
    id_ = (
        yield Do(clock(day, "20:00"), by, "inspection", "new", values={"round": "safety", "checklist": "night_patrol"})
    )[0]
    yield from _walked(office, clock(day, "20:00"), by, id_, "night_patrol")


def by_schedule(office: Office, monday: date, fate: str) -> Script:
    """The safety round of a week, which is ma.jun's: on time, late, walked by another, or by nobody."""
    id_ = f"X-{monday:%Y%m%d}T1000-{WEEKLY}-GATE"
    if fate != "missed":
        by, text = {"late": ("ma.jun", "16:30"), "other": ("he.gang", "10:00")}.get(fate, ("ma.jun", "10:00"))
        yield from _walked(office, clock(monday, text), by, id_, "safety_weekly")


def service(office: Office, day: date, by: str, offset: int) -> Script:
    """A service by hand, accepted by a colleague; offsets in hours as above."""
    when = clock(day, "10:00")
    values = {
        "checklist": "power_monthly",
        "asset": "POWER",
        "person": by,
        "planned": f"{when:%Y-%m-%d %H:%M}",
        "earliest": f"{when - HOUR:%Y-%m-%d %H:%M}",
        "latest": f"{when + HOUR:%Y-%m-%d %H:%M}",
    }
    id_ = (yield Do(clock(day, "08:00"), MANAGER, "maintenance", "new", values=values))[0]
    began = when + offset * HOUR
    yield Do(began, by, "maintenance", "start", id_)
    yield Do(began, by, "maintenance", "record", id_, {"items": good_rows(office, "power_monthly")})
    yield Do(began, by, "maintenance", "finish", id_)
    yield Do(clock(on(day, 1), "10:00"), "wang.qiang", "maintenance", "accept", id_)


def repair(day: date, by: str, other: str, *, rejected: bool) -> Script:
    """One that nobody's ticket asked for."""
    values = {"place": "GATE", "fault": "道闸不灵"}
    id_ = (yield Do(clock(day, "10:00"), "ma.jun", "repair", "new", values=values))[0]
    yield from repair_of(day, id_, by, other, rejected=rejected)


def rounds(office: Office, days: list[date], month: int) -> None:
    """A month's rounds, services and repairs."""
    for count, (by, round_, checklist) in enumerate(WALKERS):
        for turn, place in enumerate((1, 6, 11, 16)):
            day = days[place]
            if by != LEAVER or day < LEAVING:
                offset = OFFSETS[(count + turn + month) % len(OFFSETS)]
                office.begin(planned(office, day, by, round_, checklist, offset))
    office.begin(on_the_spot(office, days[8], "he.gang"))
    fates = ("good", "late", "good", "missed", "other")
    for count, monday in enumerate(day for day in days if day.weekday() == 0):
        office.begin(by_schedule(office, monday, fates[(count + month) % len(fates)]))
    office.begin(service(office, days[4], "zhou.tao", OFFSETS[month % len(OFFSETS)]))
    for place, by, other, rejected in (
        (2, "zhou.tao", "wang.qiang", month % 2 == 0),
        (9, "wang.qiang", "zhou.tao", month % 3 == 0),
        (5, LEAVER, "wang.qiang", True),
    ):
        if by != LEAVER or days[place] < LEAVING:
            office.begin(repair(days[place], by, other, rejected=rejected))
    if month == LEAVING.month:
        office.begin(repair(LEAVING, LEAVER, "zhou.tao", rejected=True))
