"""The quarter itself, day by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from random import Random

from .desk import Desk
from .events import happen
from .premises import furnish, open_office, plan_work
from .rounds import SILENT, clock, walk_day, walk_evening, walk_night
from .services import Services
from .story import EVENTS

QUARTER = 92


def live(folder: Path, first: date, days: int = QUARTER, office: str = "阳光花园") -> Desk:
    """So many days from the first on, to the end of the last night; answers with the desk and its ledger."""
    desk = Desk(folder, clock(first, -1, "08:00"))
    open_office(desk, office)
    furnish(desk, first)
    ids: dict[str, str] = {}
    for day in range(days):
        dice, services = Random(day), Services(desk, first, day, days)
        agenda: list[tuple[str, Callable[[], None]]] = [
            ("05:00", partial(plan_work, desk, first, day)),
            *([] if day in SILENT else [("06:00", desk.cron)]),
            ("10:50", partial(walk_day, desk, first, day, dice)),
            ("12:00", partial(services.do, dice)),
            ("16:20", services.accept),
            ("20:10", partial(walk_evening, desk, first, day, dice)),
            ("23:30", partial(walk_night, desk, first, day, dice)),
            *((event.time, partial(happen, desk, first, event, ids)) for event in EVENTS if event.day == day),
        ]
        for text, happening in sorted(agenda, key=lambda item: item[0]):
            desk.at(clock(first, day, text))
            happening()
    return desk
