"""January to March 2027 of one office's people and work, typed: what tests/reports/test_people.py and others count.

Meetings, letters and assessments go by kinds that this office wrote itself, as short as they can be.
"""

from __future__ import annotations

from tests.stories.conftest import Office

KINDS = {
    "meeting": """
kind: meeting
title: 会议
number: M
fields:
  body: {label: 会议, values: {assembly: 业主大会, committee: 业委会}}
  held_on: {label: 日期, type: date}
  quorate: {label: 到会, values: {met: 达到, unmet: 未达到}}
  votes:
    label: 表决
    key: [item]
    rows:
      item: {label: 序号, type: int}
      result: {label: 结果, values: {passed: 通过, failed: 未通过}}
states:
  called: {label: 已通知}
  opened: {label: 已召开}
  ended: {label: 待公示, done: true}
  published_out: {label: 已公示, end: true}
  failed: {label: 未达法定人数, end: true}
  cancelled: {label: 已取消, end: true}
actions:
  new: {label: 通知, to: called, by: [manager], asks: [body, held_on]}
  count: {label: 清点, from: [called], to: {quorate: {met: opened, unmet: failed}}, by: [manager], asks: [quorate]}
  vote: {label: 表决, from: [opened], by: [manager], adds: votes, asks: [item, result]}
  close: {label: 散会, from: [opened], to: ended, by: [manager]}
  publish: {label: 公示, from: [ended], to: published_out, by: [manager]}
  cancel: {label: 取消, from: [called], to: cancelled, by: [manager]}
clocks:
  publish: {label: 公示, starts: [ended], stops: [publish], within: 3d day}
""",
    "correspondence": """
kind: correspondence
title: 函件
number: C
promise: answer
fields:
  direction: {label: 方向, values: {in: 来函, out: 去函}}
  party: {label: 对方, values: {committee: 业委会, street: 街道社区}}
  subject: {label: 事由}
  urgency: {label: 缓急, values: {normal: 一般, urgent: 急件}, default: normal}
states:
  waiting: {label: 待答复}
  answered: {label: 已答复, end: true}
  filed: {label: 阅存, end: true}
actions:
  new: {label: 登记, to: {direction: {in: waiting, out: filed}}, by: [manager], asks: [direction, party, subject],
        takes: [urgency]}
  answer: {label: 答复, from: [waiting], to: answered, by: [manager]}
  file: {label: 阅存, from: [waiting], to: filed, by: [manager]}
clocks:
  answer: {label: 答复, starts: [waiting], stops: [answer, file], within: {urgency: {normal: 10d day, urgent: 2d day}}}
""",
    "assessment": """
kind: assessment
title: 考核
number: KH
named_by: [period, person]
fields:
  period: {label: 考核期, type: period}
  person: {label: 被考核人, ref: staff}
  total: {label: 总分, type: number}
states:
  draft: {label: 待评分}
  confirmed: {label: 已定, end: true}
actions:
  new: {label: 开启, to: draft, by: [manager], asks: [period, person, total]}
  confirm: {label: 确定, from: [draft], to: confirmed, by: [leader]}
""",
}
PHONE = "13811112222"
ROWS = ("--attendance", "person=wang.qiang", "--attendance", "person=zhao.min", "--attendance", "person=sun.wei")


def furnish(office: Office) -> None:
    """The kinds; a planner who was there before January, a guard who comes in it."""
    folder = office.root / "regulation" / "2026-01-01" / "kinds"
    for name, text in KINDS.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    office.git("add", "-A")
    office.git("commit", "-qm", "kinds")
    _joins(office.at("2026-12-20 09:00"), "he.hua", "activity_planner")
    _joins(office.at("2027-01-05 09:00"), "sun.wei", "security_guard")


def live(office: Office) -> dict[str, str]:
    """The three months; answers with the numbers of what the tests speak of."""
    ids: dict[str, str] = {}
    _people(office)
    _trainings(office)
    _conduct(office)
    _assessments(office)
    _plans(office, ids)
    _tasks(office)
    _meetings(office)
    _letters(office)
    _activities(office)
    _tickets(office)
    office("escalate")
    return ids


def _joins(office: Office, code: str, post: str) -> None:
    mail = f"{code}@example.com"
    office(
        "staff",
        "add",
        code,
        "--name",
        code,
        "--email",
        mail,
        "--phone",
        PHONE,
        "--posts",
        f"post={post},since=2026-12-20",
    )


def _people(office: Office) -> None:
    """The guard leaves in March, another came in February; two undertakings, the second in February."""
    licence = ("--licence", "电工证", "--number", "D1", "--expires", "2027-03-10")
    office.at("2027-01-05 10:00")("staff", "license", "wang.qiang", *licence)
    office("staff", "undertake", "li.na", "--undertaking", "2027-01-05")
    _joins(office.at("2027-02-01 09:00"), "zhou.gang", "security_guard")
    office.at("2027-02-15 09:00")("staff", "undertake", "wang.qiang", "--undertaking", "2027-02-15")


def _trainings(office: Office) -> None:
    """One held as planned, one two days late, one cancelled, one not held."""
    words = ("--trainer", "外聘", "--subject", "电梯应急")
    office.at("2027-01-06 09:00")
    first = office.json(
        *("training", "new", *words, "--basis", "10.2", "--planned", "2027-01-10", "--hours", "2", *ROWS)
    )["id"]
    second = office.json(
        *("training", "new", *words, "--basis", "11.5", "--planned", "2027-01-20", "--hours", "1.5"),
        *("--attendance", "person=zhao.min", "--attendance", "person=li.na"),
    )["id"]
    office.at("2027-01-10 14:00")("training", "hold", first)
    for person, mark in (
        *(("wang.qiang", ("came", "--score", "90")), ("zhao.min", ("came", "--score", "80"))),
        ("sun.wei", ("absent",)),
    ):
        office("training", "mark", first, "--person", person, "--attended", *mark)
    office("training", "close", first)
    office.at("2027-01-22 14:00")("training", "hold", second)
    office("training", "mark", second, "--person", "zhao.min", "--attended", "came")
    office("training", "mark", second, "--person", "li.na", "--attended", "leave", "--remark", "出差")
    office.at("2027-02-02 09:00")
    for day in ("2027-02-10", "2027-02-20"):
        id_ = office.json("training", "new", *words, "--basis", "11.5", "--planned", day, "--hours", "1")["id"]
        if day == "2027-02-10":
            office.later(days=1)("training", "cancel", id_, "--note", "讲师有事")


def _conduct(office: Office) -> None:
    """A breach withdrawn on appeal, praise that becomes final, one taken back, one open."""

    def proposed(person: str, what: str, basis: str) -> str:
        words = ("--person", person, "--type", what, "--basis", basis, "--facts", "见记录")
        return office.json("conduct", "new", *words)["id"]

    for at, person, what, basis in (
        ("2027-01-06 09:00", "wang.qiang", "breach", "11.1"),
        ("2027-01-14 09:00", "zhao.min", "praise", "10.1"),
    ):
        id_ = proposed(person if office.at(at) else "", what, basis)
        office("conduct", "hear", id_, "--statement", "属实", by=person)
        office("conduct", "submit", id_)
        office.later(days=1)("conduct", "approve", id_, by="chen.lei")
        office("conduct", "announce", id_)
        if what == "breach":
            office.later(days=1)("conduct", "appeal", id_, "--appeal", "当时在抢修", by=person)
            office.later(days=3)("conduct", "decide", id_, "--outcome", "upheld", "--note", "情况属实", by="chen.lei")
    office.at("2027-01-28 09:00")("escalate")
    dropped = proposed("wang.qiang" if office.at("2027-02-03 09:00") else "", "criticism", "11.2")
    office.later(days=1)("conduct", "drop", dropped, "--note", "误会")
    office.at("2027-03-30 09:00")
    proposed("zhao.min", "praise", "10.1")


def _assessments(office: Office) -> None:
    """Four for January, three of them confirmed in February."""
    office.at("2027-02-02 09:00")
    totals = {"wang.qiang": "85", "zhao.min": "92", "li.na": "70", "sun.wei": "55"}
    for person, total in totals.items():
        office("assessment", "new", "--period", "2027-01", "--person", person, "--total", total)
    for person in list(totals)[:3]:
        office.at("2027-02-03 09:00")("assessment", "confirm", f"KH-2027-01-{person}", by="chen.lei")


def _plans(office: Office, ids: dict[str, str]) -> None:
    """A month's plan of three measures, one of them finished late, reviewed after its time."""
    measures = [
        part
        for item, day in ((1, "2027-01-15"), (2, "2027-01-20"), (3, "2027-02-28"))
        for part in ("--measures", f"item={item},measure=措施{item},owner=wang.qiang,deadline={day}")
    ]
    words = ("--type", "month", "--name", "一月计划", "--starts", "2027-01-06", "--ends", "2027-01-31")
    ids["plan"] = id_ = office.at("2027-01-05 09:00").json("plan", "new", *words, *measures)["id"]
    office("plan", "submit", id_)
    office("plan", "approve", id_, by="chen.lei")
    office("plan", "enact", id_)
    for day, item in (("2027-01-14 09:00", "1"), ("2027-02-02 09:00", "2")):
        office.at(day)("plan", "progress", id_, "--item", item, "--progress", "done", by="wang.qiang")
    office.at("2027-02-05 09:00")("plan", "review", id_, "--review", "完成两项")


def _tasks(office: Office) -> None:
    """One extended and in time, one returned and late, one that nobody does."""

    def given(at: str, owner: str, deadline: str, *dept: str) -> str:
        words = ("--what", "交办事项", "--owner", owner, "--deadline", deadline, *dept)
        return office.at(at).json("task", "new", *words, by="chen.lei")["id"]

    first = given("2027-01-05 09:00", "wang.qiang", "2027-01-10", "--dept", "facility")
    office("task", "accept", first, by="wang.qiang")
    office.later(days=1)("task", "extend", first, "--wanted", "2027-01-15", "--note", "等配件", by="wang.qiang")
    office("task", "approve", first, by="chen.lei")
    office.at("2027-01-14 09:00")("task", "finish", first, "--note", "办好", by="wang.qiang")
    office("task", "confirm", first, by="chen.lei")
    second = given("2027-01-06 09:00", "zhao.min", "2027-01-12", "--dept", "service")
    office.later(days=1)("task", "return", second, "--note", "不归客服", by="zhao.min")
    office.later(days=1)("task", "handover", second, "--owner", "wang.qiang", "--note", "转工程")
    office("task", "accept", second, by="wang.qiang")
    office.at("2027-01-20 09:00")("task", "finish", second, "--note", "办好", by="wang.qiang")
    office.at("2027-02-01 09:00")("task", "confirm", second, by="chen.lei")
    third = given("2027-01-07 09:00", "wang.qiang", "2027-01-25")
    office.at("2027-02-10 09:00")("task", "drop", third, "--note", "不办了", by="chen.lei")


def _meetings(office: Office) -> None:
    """The committee decides one of two items and publishes; the assembly is not quorate; one is cancelled."""

    def called(at: str, body: str) -> str:
        return office.at(at).json("meeting", "new", "--body", body, "--held-on", "2027-01-16")["id"]

    first = called("2027-01-08 09:00", "committee")
    office.at("2027-01-16 09:00")("meeting", "count", first, "--quorate", "met")
    for item, result in (("1", "passed"), ("2", "failed")):
        office("meeting", "vote", first, "--item", item, "--result", result)
    office("meeting", "close", first)
    office.at("2027-01-18 09:00")("meeting", "publish", first)
    second = called("2027-01-10 09:00", "assembly")
    office.at("2027-02-03 09:00")("meeting", "count", second, "--quorate", "unmet")
    office("meeting", "cancel", called("2027-02-04 09:00", "assembly"))


def _letters(office: Office) -> None:
    """One answered in time, one late, one sent, one never answered."""

    def written(at: str, *words: str) -> str:
        return office.at(at).json("correspondence", "new", "--subject", "事由", "--party", *words)["id"]

    first = written("2027-01-05 09:00", "committee", "--direction", "in")
    office.at("2027-01-08 09:00")("correspondence", "answer", first)
    second = written("2027-01-05 09:00", "street", "--direction", "in", "--urgency", "urgent")
    office.at("2027-01-12 09:00")("correspondence", "answer", second)
    written("2027-01-06 09:00", "street", "--direction", "out")
    written("2027-01-28 09:00", "committee", "--direction", "in")


def _activities(office: Office) -> None:
    """One over its budget, one cancelled."""
    words = ("--name", "元宵灯会", "--held-on", "2027-01-20", "--place", "3-2-1201", "--budget")
    first = office.at("2027-01-05 09:00").json("activity", "new", *words, "1000", by="he.hua")["id"]
    office("activity", "submit", first, by="he.hua")
    office("activity", "approve", first)
    office("activity", "announce", first, by="he.hua")
    spent = ("--item", "灯笼", "--voucher", "V1", "--amount", "1200.50", "--over-reason", "加订")
    office("activity", "spend", first, *spent, by="he.hua")
    office.at("2027-01-20 20:00")("activity", "hold", first, "--attendance", "80", by="he.hua")
    office.at("2027-01-25 09:00")("activity", "sum_up", first, "--summary", "顺利", by="he.hua")
    second = office.at("2027-01-06 09:00").json("activity", "new", *words, "500", by="he.hua")["id"]
    office.at("2027-02-01 09:00")("activity", "cancel", second, "--note", "下雪", by="he.hua")


def _tickets(office: Office) -> None:
    """Two in January and one in March; one is resolved in February, in time; then the guard leaves."""
    first = office.at("2027-01-29 09:00").assigned()
    office.ticket()
    office.at("2027-02-01 09:00")("ticket", "resolve", first, "--note", "已修", by="wang.qiang")
    office.at("2027-03-10 09:00")("staff", "leave", "sun.wei", "--successor", "zhou.gang")
    office.at("2027-03-31 18:00").ticket(category="complaint")
