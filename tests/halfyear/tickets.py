"""What becomes of tickets: every way that a figure of assessment tells apart, in each month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.halfyear.office import LEAVER, LEAVING, MANAGER, MONTHS, Do, Office, Script, clock, on

KEEPERS = ("wang.qiang", "zhou.tao", LEAVER, "sun.ping", "ma.jun")
DESK, OTHER = "zhang.min", "zhao.jing"


def _new(day: date, by: str = DESK, text: str = "09:00", told: int = 0, **values: Any) -> Do:
    given = {"category": "repair", "place": "3-2-1201", "summary": "水管漏水", **values}
    return Do(
        clock(day, text),
        by,
        "ticket",
        "new",
        values=given,
        at=clock(day, text) - timedelta(hours=told) if told else None,
    )


def _do(day: date, text: str, by: str, do: str, id_: str, note: str = "", **values: Any) -> Do:
    return Do(clock(day, text), by, "ticket", do, id_, values, note)


def _to(keeper: str, day: date, by: str = DESK, **values: Any) -> Script:
    """Registered, found true and given to somebody, who begins; answers with nothing but the ids by `yield from`."""
    id_ = (yield _new(day, by, **values))[0]
    yield _do(day, "09:00", by, "triage", id_, verdict="valid")
    yield _do(day, "09:00", by, "assign", id_, assignee=keeper)
    yield _do(day, "10:00", keeper, "start", id_)
    return id_  # type: ignore[return-value]


def _over(day: date, id_: str, score: str = "5", by: str = OTHER) -> Script:
    """Visited and closed."""
    note = "回访不满意" if score in "12" else ""
    yield _do(day, "14:30", by, "visit", id_, note, outcome="reached", score=score)
    if score not in "12":
        yield _do(day, "14:30", by, "close", id_)


def alone(day: date, keeper: str, office: Office) -> Script:
    """Whoever registered it solves it."""
    desk, other = (DESK, OTHER) if day.day % 3 else ("lin.yue", DESK)
    id_ = (yield _new(day, desk, category="inquiry"))[0]
    yield _do(day, "09:00", desk, "triage", id_, verdict="valid")
    yield _do(day, "11:00", desk, "resolve", id_, "已答复")
    yield from _over(on(day, 1), id_, office.dice.choice("345"), other)


def alone_at_second(day: date, keeper: str, office: Office) -> Script:
    """Solved by whoever registered it, and again after the visit: not at the first contact."""
    id_ = (yield _new(day, OTHER, category="inquiry"))[0]
    yield _do(day, "09:00", OTHER, "triage", id_, verdict="valid")
    yield _do(day, "11:00", OTHER, "resolve", id_, "已答复")
    yield from _over(on(day, 1), id_, "2", DESK)
    yield _do(on(day, 1), "16:30", OTHER, "resolve", id_, "已说明")
    yield from _over(on(day, 2), id_, "4", DESK)


def in_time(day: date, keeper: str, office: Office) -> Script:
    id_ = yield from _to(keeper, day)
    yield _do(on(day, 1), "15:30", keeper, "resolve", id_, "已修好")
    yield from _over(on(day, 2), id_, office.dice.choice("345"))


def late(day: date, keeper: str, office: Office) -> Script:
    id_ = yield from _to(keeper, day)
    yield _do(on(day, 6), "15:30", keeper, "resolve", id_, "已修好")
    yield from _over(on(day, 8), id_, "3")


def to_the_minute(day: date, keeper: str, office: Office) -> Script:
    """Told of as done at the very moment that was promised."""
    id_ = yield from _to(keeper, day)
    due = office.store.record(id_).due["resolve"]
    when = type(clock(day, "09:00")).fromisoformat(due)
    yield Do(when, keeper, "ticket", "resolve", id_, {}, "已修好", at=when)
    yield from _over(on(when.date(), 1), id_, "4")


def waited(day: date, keeper: str, office: Office) -> Script:
    id_ = yield from _to(keeper, day)
    yield _do(on(day, 1), "10:00", keeper, "wait", id_, waiting_for="parts", resume_by=f"{on(day, 6)}", waits_on=keeper)
    yield _do(on(day, 6), "10:00", keeper, "resume", id_)
    yield _do(on(day, 7), "15:30", keeper, "resolve", id_, "配件已到")
    yield from _over(on(day, 8), id_, "4")


def handed_over(day: date, keeper: str, office: Office) -> Script:
    """Whoever finishes it is credited, not who began."""
    id_ = yield from _to(keeper, day)
    heir = next(code for code in KEEPERS if code not in (keeper, LEAVER))
    yield _do(on(day, 1), "10:00", keeper, "handover", id_, "轮休", assignee=heir)
    yield _do(on(day, 1), "14:30", heir, "start", id_)
    yield _do(on(day, 2), "15:30", heir, "resolve", id_, "已修好")
    yield from _over(on(day, 3), id_, "5")


def returned(day: date, keeper: str, office: Office) -> Script:
    """Sent back to the desk, which solves it itself; it was handed to another all the same."""
    id_ = yield from _to(keeper, day)
    yield _do(day, "14:30", keeper, "return", id_, "不属本岗")
    yield _do(on(day, 1), "11:00", DESK, "resolve", id_, "电话答复")
    yield from _over(on(day, 2), id_, "4")


def unhappy(day: date, keeper: str, office: Office) -> Script:
    """Not content at the visit: taken up again, and solved by the same."""
    id_ = yield from _to(keeper, day)
    yield _do(on(day, 1), "15:30", keeper, "resolve", id_, "已修好")
    yield from _over(on(day, 2), id_, "2")
    yield _do(on(day, 4), "15:30", keeper, "resolve", id_, "重新修好")
    yield from _over(on(day, 5), id_, "4")


def reopened(day: date, keeper: str, office: Office) -> Script:
    """Closed, and reported again within its seven days."""
    id_ = yield from _to(keeper, day)
    yield _do(on(day, 1), "15:30", keeper, "resolve", id_, "已修好")
    yield from _over(on(day, 2), id_, "5")
    yield _do(on(day, 4), "11:00", DESK, "reopen", id_, "又漏了")
    yield _do(on(day, 5), "15:30", keeper, "resolve", id_, "换管")
    yield _do(on(day, 6), "14:30", OTHER, "visit", id_, outcome="no_answer")
    yield from _over(on(day, 7), id_, "3")


def refused(day: date, keeper: str, office: Office) -> Script:
    """Nobody says how content they are."""
    id_ = yield from _to(keeper, day)
    yield _do(on(day, 1), "15:30", keeper, "resolve", id_, "已修好")
    yield _do(on(day, 2), "14:30", OTHER, "visit", id_, outcome="refused")
    yield _do(on(day, 2), "14:30", OTHER, "close", id_)


def invalid(day: date, keeper: str, office: Office) -> Script:
    id_ = (yield _new(day, DESK))[0]
    yield _do(day, "09:00", DESK, "triage", id_, "查无此事", verdict="invalid")


def merged(day: date, keeper: str, office: Office) -> Script:
    first = yield from _to(keeper, day)
    id_ = (yield _new(day, OTHER, "10:00"))[0]
    yield _do(day, "10:00", OTHER, "triage", id_, verdict="duplicate", merged_into=first)
    yield _do(on(day, 1), "15:30", keeper, "resolve", first, "已修好")
    yield from _over(on(day, 2), first, "5")


def overdue(day: date, keeper: str, office: Office) -> Script:
    """Begun near the end of the month and not done by then."""
    day = on(date(day.year, day.month + 1, 1), -6)
    id_ = yield from _to(keeper, day)
    yield _do(on(day, 11), "15:30", keeper, "resolve", id_, "已修好")
    yield from _over(on(day, 12), id_, "3")


def told_late(day: date, keeper: str, office: Office) -> Script:
    """Entered two days after it was reported; the work was entered at once."""
    id_ = (yield _new(day, DESK, told=50))[0]
    yield _do(day, "09:00", DESK, "triage", id_, verdict="valid")
    yield _do(day, "09:00", DESK, "assign", id_, assignee=keeper)
    yield _do(day, "10:00", keeper, "start", id_)
    when = clock(day, "16:30")
    yield Do(clock(on(day, 2), "15:30"), keeper, "ticket", "resolve", id_, {}, "当日已修", at=when)
    yield from _over(on(day, 3), id_, "5")


def occurred_before(day: date, keeper: str, office: Office) -> Script:
    """Told in time of what happened long before: a late entry by what it says."""
    id_ = (yield _new(day, OTHER, occurred=f"{day - timedelta(days=3)} 08:00"))[0]
    yield _do(day, "09:00", OTHER, "triage", id_, verdict="valid")
    yield _do(day, "11:00", OTHER, "resolve", id_, "已说明")
    yield from _over(on(day, 1), id_, "4", DESK)


def void(day: date, keeper: str, office: Office) -> Script:
    """Struck out by the manager: it counts nowhere."""
    id_ = yield from _to(keeper, day)
    yield _do(on(day, 6), "15:30", keeper, "resolve", id_, "已修好")
    yield _do(on(day, 7), "16:30", MANAGER, "void", id_, "登记有误")


def with_task(day: date, keeper: str, office: Office) -> Script:
    """Somebody helps; the ticket waits for the task."""
    id_ = (yield _new(day, OTHER))[0]
    yield _do(day, "09:00", OTHER, "triage", id_, verdict="valid")
    made = {"owner": "qian.fen", "deadline": f"{on(day, 3)} 17:00"}
    told = yield Do(clock(day, "09:00"), OTHER, "ticket", "involve", id_, make="task", made=made)
    task = next(number for number in told if number.startswith("K"))
    yield Do(clock(day, "10:00"), "qian.fen", "task", "accept", task)
    yield Do(clock(on(day, 1), "10:00"), "qian.fen", "task", "finish", task, note="账单已核对")
    yield Do(clock(on(day, 1), "11:00"), OTHER, "task", "confirm", task)
    yield _do(on(day, 1), "15:30", OTHER, "resolve", id_, "已答复")
    yield from _over(on(day, 2), id_, "5", DESK)


def repaired(day: date, keeper: str, office: Office) -> Script:
    """A repair is made of it, refused once at its acceptance; accepted, it sets the ticket free."""
    mine, other = ("zhou.tao", "wang.qiang") if keeper != "zhou.tao" else ("wang.qiang", "zhou.tao")
    id_ = yield from _to(mine, day)
    told = yield Do(clock(day, "11:00"), mine, "ticket", "dispatch", id_, make="repair")
    work = next(number for number in told if number.startswith("W"))
    yield from repair_of(day, work, mine, other, rejected=True)
    yield from _over(on(day, 4), id_, "4")


def repair_of(day: date, id_: str, by: str, other: str, *, rejected: bool) -> Script:
    """A repair to its acceptance."""
    said = {"found": "垫圈老化", "did": "更换垫圈"}
    yield Do(clock(day, "14:30"), other, "repair", "assign", id_, {"assignee": by})
    yield Do(clock(day, "15:30"), by, "repair", "arrive", id_)
    yield Do(clock(on(day, 1), "10:00"), by, "repair", "finish", id_, said)
    if rejected:
        yield Do(clock(on(day, 1), "15:30"), other, "repair", "reject", id_, note="仍渗水")
        yield Do(clock(on(day, 2), "10:00"), by, "repair", "finish", id_, said)
    yield Do(clock(on(day, 3), "11:00"), other, "repair", "accept", id_)


def reopened_late(day: date, keeper: str, office: Office) -> Script:
    """Reopened in the month, and told of only when it had been assessed."""
    id_ = yield from _to(keeper, day)
    yield _do(on(day, 1), "15:30", keeper, "resolve", id_, "已修好")
    yield from _over(on(day, 2), id_, "5")
    yield Do(
        clock(date(2026, 9, 4), "11:00"), DESK, "ticket", "reopen", id_, {}, "又漏了", at=clock(on(day, 6), "11:00")
    )


FATES: tuple[Callable[[date, str, Office], Script], ...] = (
    alone, in_time, late, waited, handed_over, unhappy, reopened, refused, overdue, told_late, repaired, with_task,
    returned, to_the_minute, occurred_before, alone, in_time, invalid, merged, in_time, void, alone, alone_at_second,
)  # fmt: skip


def tickets(office: Office, days: list[date], month: int) -> None:
    """A month's tickets, a fate each, over its working days and turn about among the keepers."""
    for count, fate in enumerate(FATES):
        day = days[(count * 7 + month) % len(days)]
        keeper = KEEPERS[(count + month) % len(KEEPERS)]
        if keeper == LEAVER and day > on(LEAVING, -3):
            keeper = "zhou.tao"
        office.begin(fate(day, keeper, office))
    if month == LEAVING.month:
        office.begin(late(on(LEAVING, -3), LEAVER, office))
    if month == MONTHS[-1]:
        office.begin(reopened_late(days[14], "ma.jun", office))
