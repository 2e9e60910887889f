"""How the story is typed: each event at its time, with days and numbers as they are in this quarter."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from .desk import ZONE, Desk
from .rounds import PLAN, number
from .story import Event

DAY = re.compile(r"D\+(\d+)")
"""A day of the quarter in a value: `D+20`, `D+4 08:00`."""
REGISTERS = ("asset", "schedule")


def happen(desk: Desk, first: date, event: Event, ids: dict[str, str]) -> None:
    """Type one event; `ids` knows the records of the story by name, and is told of those that begin."""
    when = datetime.combine(first + timedelta(days=event.day), time.fromisoformat(event.time), ZONE)
    desk.at(when)
    values = {name: _said(value, first, ids) for name, value in event.values.items()}
    id_ = event.name if event.kind in REGISTERS else ids.get(event.name) or _planned(event, first)
    if event.make:
        ids[event.made] = desk.make(event.by, event.kind, event.do, id_, event.make, **values)  # type: ignore[arg-type]
    else:
        ids[event.name] = desk.type(event.by, event.kind, event.do, id_, **values)


def _said(value: str | list[str], first: date, ids: dict[str, str]) -> str | list[str]:
    if isinstance(value, list):
        return value
    if value.startswith("="):
        return ids[value[1:]]
    return DAY.sub(lambda found: f"{first + timedelta(days=int(found[1]))}", value)


def _planned(event: Event, first: date) -> str:
    """The number of what a plan made, from `PLAN DAY TARGET`; none for what the event opens."""
    code, _, rest = event.name.partition(" ")
    if code not in PLAN:
        return ""
    day, _, target = rest.partition(" ")
    plan = PLAN[code]
    letter = {"inspection": "X", "maintenance": "B", "drill": "L"}[plan.makes]
    return number(letter, plan, plan.begins(first) + timedelta(days=int(day) - plan.day), target)
