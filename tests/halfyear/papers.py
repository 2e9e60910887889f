"""Trainings, praise and breaches, plans, tasks, activities, meetings and letters of the half-year."""

from __future__ import annotations

from datetime import date, timedelta

from tests.halfyear.office import ASSESSED, LEADER, LEAVER, LEAVING, MANAGER, Do, Office, Script, clock, on


def training(day: date, number: int) -> Script:
    """Planned a week ahead; who should come, who came, who was on leave; one is invited at the door."""
    invited = [code for count, code in enumerate(ASSESSED) if (count + number) % 3]
    invited = [code for code in invited if code != LEAVER or day <= LEAVING]
    values = {
        "subject": "服务礼仪", "basis": "10.3", "planned": f"{day}", "hours": "2", "trainer": "外聘讲师",
        "attendance": [{"person": code} for code in invited[:-1]],
    }  # fmt: skip
    id_ = (yield Do(clock(on(day, -5), "09:00"), MANAGER, "training", "new", values=values))[0]
    yield Do(clock(day, "14:30"), MANAGER, "training", "hold", id_)
    yield Do(clock(day, "14:30"), MANAGER, "training", "invite", id_, {"person": invited[-1]})
    for count, code in enumerate(invited):
        came = ("came", "came", "absent", "came", "leave")[(count + number) % 5]
        row = {"person": code, "attended": came, **({"score": str(70 + count)} if came == "came" else {})}
        row |= {"remark": "年假"} if came == "leave" else {}
        if (count, number) != (0, 3):  # of one nobody says whether they came, and that training is never closed
            yield Do(clock(on(day, 1), "09:00"), MANAGER, "training", "mark", id_, row)
    if number != 3:
        yield Do(clock(on(day, 1), "09:00"), MANAGER, "training", "close", id_)


def conduct(
    day: date, person: str, type_: str, proposer: str, appeal: str = "", refused: bool = False, source: str = ""
) -> Script:
    """Proposed, heard, approved, announced; on appeal upheld or dismissed, or refused before it was ever told."""
    values = {"person": person, "type": type_, "basis": "11.1", "facts": "详见附件"}
    values |= {"source": source} if source else {}
    id_ = (yield Do(clock(day, "10:00"), proposer, "conduct", "new", values=values))[0]
    yield Do(clock(day, "14:30"), person, "conduct", "hear", id_, {"statement": "已知悉"})
    yield Do(clock(on(day, 1), "10:00"), proposer, "conduct", "submit", id_)
    if refused:
        yield Do(clock(on(day, 1), "15:30"), LEADER, "conduct", "refuse", id_, note="事实不清")
        yield Do(clock(on(day, 2), "10:00"), proposer, "conduct", "drop", id_, note="不再提出")
        return
    yield Do(clock(on(day, 1), "15:30"), LEADER, "conduct", "approve", id_, note="同意")
    yield Do(clock(on(day, 2), "10:00"), MANAGER, "conduct", "announce", id_)
    if appeal:
        yield Do(clock(on(day, 3), "10:00"), person, "conduct", "appeal", id_, {"appeal": "与事实不符"})
        note = "查证后裁定"
        yield Do(clock(on(day, 7), "10:00"), LEADER, "conduct", "decide", id_, {"outcome": appeal}, note)


def _task(day: date, owner: str, giver: str, extended: bool) -> Script:
    values = {"what": "整理档案", "owner": owner, "deadline": f"{on(day, 3)} 17:00"}
    id_ = (yield Do(clock(day, "11:00"), giver, "task", "new", values=values))[0]
    yield Do(clock(day, "14:30"), owner, "task", "accept", id_)
    if extended:
        yield Do(
            clock(on(day, 1), "10:00"), owner, "task", "extend", id_, {"wanted": f"{on(day, 12)} 17:00"}, "资料未齐"
        )
        yield Do(clock(on(day, 1), "11:00"), giver, "task", "approve", id_, note="同意")
    yield Do(clock(on(day, 9 if extended else 2), "10:00"), owner, "task", "finish", id_, note="已整理")
    yield Do(clock(on(day, 10 if extended else 3), "11:00"), giver, "task", "confirm", id_)


def _plan(first: date, last: date, owners: tuple[str, str]) -> Script:
    """A month's plan of two measures; the second is carried out as a task."""
    measures = [
        {"item": str(count + 1), "measure": "巡楼", "owner": owner, "deadline": f"{last}"}
        for count, owner in enumerate(owners)
    ]
    values = {"type": "month", "name": "月度计划", "starts": f"{first}", "ends": f"{last}", "measures": measures}
    id_ = (yield Do(clock(first, "09:00"), MANAGER, "plan", "new", values=values))[0]
    yield Do(clock(first, "09:00"), MANAGER, "plan", "submit", id_)
    yield Do(clock(first, "14:30"), LEADER, "plan", "approve", id_, note="同意")
    yield Do(clock(on(first, 1), "09:00"), MANAGER, "plan", "enact", id_)
    made = {"owner": owners[1], "deadline": f"{last} 17:00"}
    told = yield Do(clock(on(first, 2), "09:00"), MANAGER, "plan", "task", id_, {"item": "2"}, make="task", made=made)
    task = next(number for number in told if number.startswith("K"))
    yield Do(clock(on(first, 2), "14:30"), owners[1], "task", "accept", task)
    yield Do(clock(on(last, -3), "10:00"), owners[0], "plan", "progress", id_, {"item": "1", "progress": "done"})
    yield Do(clock(on(last, -3), "10:00"), owners[1], "task", "finish", task, note="已巡")
    yield Do(clock(on(last, -2), "11:00"), MANAGER, "task", "confirm", task)
    yield Do(clock(on(last, -2), "11:00"), MANAGER, "plan", "progress", id_, {"item": "2", "progress": "done"})
    yield Do(clock(on(last, -1), "11:00"), MANAGER, "plan", "review", id_, {"review": "按计划完成"})


def _activity(day: date, cost: str) -> Script:
    """Ten days from the plan to the party."""
    planner, held = "lin.yue", on(day, 6)
    values = {"name": "邻里节", "held_on": f"{held}", "place": "GATE", "budget": "1000"}
    id_ = (yield Do(clock(day, "10:00"), planner, "activity", "new", values=values))[0]
    yield Do(clock(day, "10:00"), planner, "activity", "submit", id_)
    yield Do(clock(on(day, 1), "10:00"), LEADER, "activity", "approve", id_, note="同意")
    yield Do(clock(on(day, 2), "10:00"), planner, "activity", "announce", id_)
    yield Do(clock(held, "20:00"), planner, "activity", "hold", id_, {"attendance": "80"})
    spent = {"item": "布置", "voucher": f"V{day:%m%d}", "amount": cost}
    spent |= {"over_reason": "临时加场"} if float(cost) > 1000 else {}
    yield Do(clock(on(held, 1), "10:00"), "qian.fen", "activity", "spend", id_, spent)
    yield Do(clock(on(held, 2), "10:00"), planner, "activity", "sum_up", id_, {"summary": "圆满"})


def _assembly(day: date, paper: str) -> Script:
    agenda = [{"item": "1", "topic": "续聘物业", "majority": "ordinary"}]
    values = {"body": "assembly", "name": "业主大会", "held_on": f"{on(day, 8)}", "agenda": agenda}
    id_ = (yield Do(clock(day, "10:00"), MANAGER, "meeting", "new", values=values))[0]
    there = {"owners": "300", "area": "30000", "present": "210", "present_area": "21000"}
    yield Do(clock(on(day, 8), "10:00"), MANAGER, "meeting", "count", id_, there)
    votes = {
        "item": "1", "agreed": "150", "against": "40", "abstained": "20", "agreed_area": "15000",
        "against_area": "4000", "abstained_area": "2000", "ballots": [paper],
    }  # fmt: skip
    yield Do(clock(on(day, 8), "15:30"), "zhang.min", "meeting", "vote", id_, votes)
    yield Do(clock(on(day, 8), "16:30"), "zhang.min", "meeting", "close", id_, {"minutes": [paper]})
    yield Do(clock(on(day, 9), "10:00"), MANAGER, "meeting", "publish", id_, {"published": f"{on(day, 9)}"})


def _letter(day: date, handler: str) -> Script:
    values = {"direction": "in", "party": "committee", "subject": "路灯", "handler": handler}
    id_ = (yield Do(clock(day, "09:00"), "zhao.jing", "correspondence", "new", values=values))[0]
    yield Do(clock(on(day, 4), "14:30"), handler, "correspondence", "answer", id_, {"reply": "已安排"})


CONDUCT = (
    # month, which working day, whose, what, by whom, appeal
    (3, 3, "zhang.min", "praise", MANAGER, "", False),
    (3, 5, "ma.jun", "breach", MANAGER, "", False),
    (3, 7, LEAVER, "breach", "wang.qiang", "upheld", False),
    (4, 3, "zhou.tao", "praise", "zhao.jing", "", False),
    (4, 8, "sun.ping", "breach", MANAGER, "dismissed", False),
    # Announced in April, under appeal when April is assessed, withdrawn after that.
    (4, -3, "he.gang", "breach", MANAGER, "upheld", False),
    (5, 4, "he.gang", "breach", MANAGER, "", True),
    (5, 6, "lin.yue", "praise", "qian.fen", "", False),
    # Approved in May and announced in June: it is June's.
    (5, -1, "zhao.jing", "breach", MANAGER, "", False),
    # Announced in May, under appeal when May is assessed, and found right after that.
    (5, -3, "ma.jun", "breach", MANAGER, "dismissed", False),
    (6, 3, MANAGER, "praise", "zhang.min", "", False),
    (6, 6, "wu.di", "breach", MANAGER, "", False),
    (6, 9, "wu.di", "breach", "he.gang", "", False),
    (7, 5, "qian.fen", "praise", MANAGER, "", False),
    (7, 5, "wang.qiang", "reward", MANAGER, "", False),
    (8, 4, MANAGER, "breach", "zhao.jing", "dismissed", False),
    (8, 6, "zhang.min", "praise", "sun.ping", "", False),
)


def papers(office: Office, days: list[date], month: int) -> None:
    """A month's papers."""
    for turn, place in enumerate((7, 14)):
        office.begin(training(days[place], 2 * (month - 3) + turn))
    for of, place, person, type_, proposer, appeal, refused in CONDUCT:
        if of == month:
            office.begin(conduct(days[place], person, type_, proposer, appeal, refused))
    if month == 7:
        office.begin(_with_source(office, days[6]))
    owners = ("zhao.jing", "sun.ping", LEAVER if month < 6 else "qian.fen", "wu.di")
    for turn, place in enumerate((3, 12, 8)):
        office.begin(_task(days[place], owners[turn], LEADER if turn else MANAGER, turn == 2))
    office.begin(_plan(days[0], days[-1], (LEAVER if month < 6 else "wang.qiang", "zhang.min")))
    if month in (4, 7):
        office.begin(_activity(days[2], "1200.50" if month == 4 else "800"))
    if month == 6:
        office.begin(_assembly(days[1], str(office.folder / "ballots.csv")))
    for place in (2, 10):
        office.begin(_letter(days[place], ("zhang.min", "qian.fen")[place == 10]))
    if month == LEAVING.month:
        office.begin(_letter(on(LEAVING, -2), LEAVER))
    if days[0] - timedelta(days=40) < LEAVING < days[0]:
        office.begin(_promoted(days[5]))


def _with_source(office: Office, day: date) -> Script:
    """A complaint that proved true, with the ticket that it came by."""
    yield Do(clock(day, "08:00"), "", run=lambda _: None)  # until then there is no ticket
    ticket = next(did.id for did in office.ledger if did.kind == "ticket" and did.at.month == 7)
    yield from conduct(day, "sun.ping", "complaint", MANAGER, source=ticket)


def _promoted(day: date) -> Script:
    """A second post, from the next month on, that rests on an assessment (14)."""
    row = {"post": "order_keeper", "since": "2026-07-01", "basis": "KH-2026-03-ma.jun"}
    yield Do(clock(day, "16:30"), MANAGER, "staff", "appoint", "ma.jun", row)
