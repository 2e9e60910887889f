"""The assessment of a month: opened for all, marked, shown, appealed against, confirmed."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from tests.halfyear.office import ASSESSED, LEADER, LEAVER, LEAVING, MANAGER, Do, Office, Script, clock, on

ITEMS = ("diligence", "craft", "manner", "conduct", "cooperation")
APPEALS = {("2026-04", "zhou.tao"): "upheld", ("2026-06", "wu.di"): "dismissed"}


def next_month(month: int) -> date:
    """The second of the month after one of 2026."""
    return date(2026, month + 1, 2)


def present(month: int) -> list[str]:
    """Who is assessed for a month: not those who left before it."""
    return [code for code in ASSESSED if code != LEAVER or date(2026, month, 1) <= LEAVING]


def assess(office: Office, month: int) -> None:
    """The sheets of a month."""
    office.begin(_opened(office, month))


def _opened(office: Office, month: int) -> Script:
    day = on(next_month(month), 1)
    yield Do(clock(day, "08:30"), MANAGER, run=lambda there: _open(there, f"2026-{month:02}"))
    for person in present(month):
        office.begin(_sheet(office, day, f"2026-{month:02}", person))


def _open(office: Office, period: str) -> None:
    office.type("assessment", "open", period)


def marks(dice: Random) -> list[dict[str, Any]]:
    """A mark and a reason for each item that no figure answers."""
    return [{"item": item, "points": f"{dice.randint(140, 200) / 2:g}", "reason": "据日常表现"} for item in ITEMS]


def _scored(day: date, id_: str, scorer: str, rows: list[dict[str, Any]]) -> Script:
    for do, values in (("mark", {"marks": rows}), ("score", {}), ("deliver", {})):
        yield Do(clock(day, "14:30"), scorer, "assessment", do, id_, values)


def _sheet(office: Office, day: date, period: str, person: str) -> Script:
    id_, dice = f"KH-{period}-{person}", Random(f"{period} {person}")
    scorer = LEADER if person == MANAGER else MANAGER
    gone = person == LEAVER and day > LEAVING
    if not gone:
        own = [{"item": item, "self": str(dice.randint(60, 100))} for item in ITEMS]
        yield Do(clock(day, "10:00"), person, "assessment", "self", id_, {"marks": own})
    yield from _scored(day, id_, scorer, marks(dice))
    if not gone:
        yield Do(clock(on(day, 1), "10:00"), person, "assessment", "acknowledge", id_)
    outcome = APPEALS.get((period, person))
    if outcome:
        yield Do(clock(on(day, 1), "11:00"), person, "assessment", "appeal", id_, {"appeal": "超时并非本人之责"})
        if outcome == "upheld":
            office.begin(_put_right(office, on(day, 2), person, period))
        yield Do(clock(on(day, 3), "10:00"), LEADER, "assessment", "decide", id_, {"outcome": outcome}, "已核对单据")
        if outcome == "dismissed":
            return
        day = on(day, 4)
        yield Do(clock(day, "10:00"), MANAGER, "assessment", "recompute", id_)
        again = [{"item": "craft", "points": "97.5", "reason": "申诉属实,改评"}]
        yield from _scored(day, id_, scorer, again)
        yield Do(clock(on(day, 1), "10:00"), person, "assessment", "acknowledge", id_)
    # The window of five working days is over on the seventh, unless a holiday lies in it.
    yield Do(clock(on(day, 10), "11:00"), LEADER, "assessment", "confirm", id_)


def _put_right(office: Office, day: date, person: str, period: str) -> Script:
    """The ticket that was held against them was never theirs: the manager strikes it out."""
    cited = next(
        row["cites"][0]
        for row in office.store.record(f"KH-{period}-{person}").rows("figures")
        if row["item"] == "on_time" and row["cites"]
    )
    yield Do(clock(day, "10:00"), MANAGER, "ticket", "void", cited, note="重复登记")
