"""The rounds of a day: by whom, when, how many of them are walked, and what is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from .desk import SECOND, ZONE, Act, Desk
from .premises import PLANS, POINTS, PUMPS, Plan

KEEPERS, GUARDS = ("wang.qiang", "zhou.tao"), ("ma.jun", "he.gang")
SILENT = (29, 30, 31, 32)
"""The mornings on which cron does not run: the end of the first month and the beginning of the second."""
NIGHTLY = 33
"""The last day of patrols each night; then the schedule is changed to every fourth, by a hand that came after cron."""
NOBODY = 52
"""A night on which nobody walks."""
EARLY, LATE = (6, 56), (27, 60, 76)
"""Nights on which a guard begins too early, and on which so late that half of the points are too late."""
FOUND = {("PUMPS", 9, "PR2"): "4", ("NIGHT", 10, "P07"): "3", ("NIGHT", 11, "P07"): "3", ("SAFE", 16, ""): "5",
         ("GATES", 20, "GATE"): "3", ("LH-A", 30, "L05"): "16", ("NIGHT", 44, "P31"): "3"}  # fmt: skip
"""What somebody finds, by plan, day and target: the item is left to be typed."""
LIGHT = (1, 8, 17, 24, 33, 40, 61, 68, 75, 82, 89)
"""The days on which the lights are looked at: one late, one after the silence; the one of day 47 is missed."""
PLANNED_LIGHT = {17: 15, 33: 31}
PLAN = {plan.code: plan for plan in PLANS}


def number(letter: str, plan: Plan, planned: datetime, target: str = "") -> str:
    """What the record of an occurrence is called."""
    return "-".join(part for part in (letter, f"{planned:%Y%m%dT%H%M}", plan.code, target) if part)


def clock(first: date, day: int, text: str) -> datetime:
    """A time on a day of the quarter."""
    return datetime.combine(first + timedelta(days=day), time.fromisoformat(text), ZONE)


def done(
    desk: Desk, kind: str, id_: str, start: datetime, dice: Random, but: str = "", minutes: int = 1
) -> Iterator[Act]:
    """Begun, looked at and finished, all of it in order; but for an item that is left for its finder to type."""
    rows = [row for row in good_rows(desk, kind, id_, dice) if row["item"] != but]
    yield Act(start, kind, id_, "start")
    yield Act(start + minutes * timedelta(seconds=30), kind, id_, "record", {"items": rows})
    if not but:
        yield Act(start + minutes * timedelta(seconds=45), kind, id_, "finish")


def good_rows(desk: Desk, kind: str, id_: str, dice: Random) -> list[dict[str, Any]]:
    """Every item of a record's checklist as it is where all is well."""
    regulation = desk.store.regulations.on(desk.now.date())
    found = []
    for item in regulation.checklist(desk.store.row(id_, (kind,)).fields["checklist"]).items.values():
        row = {"item": item.key, "result": "normal"}
        if item.measured:
            low = float(item.min or float(item.max or 2) / 2)
            high = float(item.max or low * 2)
            row["value"] = f"{low + (high - low) * dice.uniform(0.2, 0.8):.3f}"
        found.append(row)
    return found


def walk_day(desk: Desk, first: date, day: int, dice: Random) -> None:
    """The rounds of a day, until its night."""
    if day in SILENT:
        return
    keeper, guard = KEEPERS[day % 2], GUARDS[day % 2]
    if day - 1 in SILENT:
        # What cron could not make in time: half of last night's patrol, as late as can be.
        patrol = [number("X", PLAN["NIGHT"], clock(first, day - 1, "22:00"), point) for point in POINTS[:20]]
        starts = [clock(first, day, "06:30") + 100 * count * SECOND for count in range(20)]
        _enter(desk, guard, patrol, starts, dice)
    planned = clock(first, day, "08:00")
    chosen = [(room, dice.choices(("07:40", "06:40", "10:20", ""), (90, 3, 4, 3))[0]) for room in PUMPS]
    chosen = [(room, text or "07:40" if ("PUMPS", day, room) in FOUND else text) for room, text in chosen]
    walked = [(count, room, text) for count, (room, text) in enumerate(chosen) if text]
    ids = [number("X", PLAN["PUMPS"], planned, room) for _, room, _ in walked]
    starts = [clock(first, day, text) + count * timedelta(minutes=5) for count, _, text in walked]
    _enter(
        desk,
        keeper,
        ids,
        starts,
        dice,
        but={ids[n]: FOUND.get(("PUMPS", day, room), "") for n, (_, room, _) in enumerate(walked)},
    )


def walk_evening(desk: Desk, first: date, day: int, dice: Random) -> None:
    """What is not walked each day, and what another than the night's guard walks."""
    if day in LIGHT:
        planned = clock(first, PLANNED_LIGHT.get(day, day), "20:00")
        _enter(desk, KEEPERS[0], [number("X", PLAN["LIGHT"], planned)], [clock(first, day, "20:05")], dice)
    if day in SILENT:
        return
    ids, starts = [], []
    for code, text, target, skipped in (("GREEN", "09:30", "GARDEN", (24,)), ("CLEAN", "15:10", "HALL", (36, 63))):
        if day % _every(code) == PLAN[code].day % _every(code) and day not in skipped and day >= PLAN[code].day:
            ids.append(number("X", PLAN[code], PLAN[code].begins(first) + timedelta(days=day - PLAN[code].day), target))
            starts.append(clock(first, day, text))
    _enter(desk, "sun.ping", ids, starts, dice)


def walk_night(desk: Desk, first: date, day: int, dice: Random) -> None:
    """What a guard walks: the gate, the installations, the forty points."""
    ids, starts, but = [], [], {}
    for code, text, target, skipped in (("SAFE", "10:30", "", (65,)), ("GATES", "17:20", "GATE", (14, 48))):
        if day % _every(code) == PLAN[code].day % _every(code) and day not in (*skipped, *SILENT):
            begins = PLAN[code].begins(first) + timedelta(days=day - PLAN[code].day)
            ids.append(number("X", PLAN[code], begins, target))
            starts.append(clock(first, day, text))
            but[ids[-1]] = FOUND.get((code, day, target), "")
    if day not in (*SILENT, NOBODY) and (day <= NIGHTLY or day % 4 == 0):
        text = "21:00" if day in EARLY else "22:03"
        start = clock(first, day, text) + (timedelta(hours=2, minutes=20) if day in LATE else timedelta())
        for count, point in enumerate(POINTS):
            if dice.random() > 0.01 or ("NIGHT", day, point) in FOUND:
                ids.append(number("X", PLAN["NIGHT"], clock(first, day, "22:00"), point))
                starts.append(start + 100 * count * SECOND)
                but[ids[-1]] = FOUND.get(("NIGHT", day, point), "")
    _enter(desk, GUARDS[day % 2], ids, starts, dice, but)


def _every(code: str) -> int:
    return {"daily": 1, "every 2 days": 2, "every 3 days": 3, "weekly": 7}[PLAN[code].rule]


def _enter(
    desk: Desk, by: str, ids: list[str], starts: list[datetime], dice: Random, but: dict[str, str] | None = None
) -> None:
    acts: list[Act] = []
    with desk.store.writing("rounds"):  # what was typed since is read
        pass
    for id_, start in zip(ids, starts, strict=True):
        acts += done(desk, "inspection", id_, start, dice, (but or {}).get(id_, ""))
    desk.enter(by, acts)
