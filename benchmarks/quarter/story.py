"""What befalls the property: a pump's pressure out of its range, a hazard extended, two people in a lift; an event a line."""
# ruff: noqa: E501  it is a table

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .desk import MANAGER
from .rounds import NIGHTLY

WANG, ZHOU, MA, HE = "wang.qiang", "zhou.tao", "ma.jun", "he.gang"
CHEN, ZHANG, SUN = "chen.lei", "zhang.min", "sun.ping"


class Event(NamedTuple):
    """Who types what, when. `name` is what the story calls the record, `made` what it calls one made by it."""

    day: int
    time: str
    by: str
    kind: str
    do: str
    name: str
    values: Mapping[str, str | list[str]] = {}
    make: str = ""
    made: str = ""


def _repair(name: str, *steps: tuple[int, str, str, str, dict[str, str | list[str]]]) -> list[Event]:
    return [Event(day, time, by, "repair", do, name, values) for day, time, by, do, values in steps]


DONE: dict[str, str | list[str]] = {"found": "零件磨损", "did": "已更换"}
GIVEN: dict[str, str | list[str]] = {"assignee": WANG}
FIVE: dict[str, str | list[str]] = {"measure": "清理并加固", "funds": "300", "fallback": "专人看守"}
NOTED: dict[str, str | list[str]] = {"note": "现场已处理"}

REPAIRS = [
    # A call becomes a repair; once that is accepted, the call goes on to its return visit.
    Event(5, "11:00", ZHANG, "ticket", "new", "call", {"category": "repair", "place": "HALL", "summary": "大堂水管漏水"}),
    Event(5, "11:10", ZHANG, "ticket", "triage", "call", {"verdict": "valid"}),
    Event(5, "11:20", ZHANG, "ticket", "dispatch", "call", {}, "repair", "pipe"),
    *_repair("pipe", (5, "11:30", ZHOU, "assign", GIVEN), (5, "13:30", WANG, "arrive", {}), (6, "15:00", WANG, "finish", DONE),
             (6, "17:00", ZHOU, "accept", {})),
    Event(7, "11:00", MANAGER, "ticket", "visit", "call", {"outcome": "reached", "score": "5"}),
    Event(7, "11:05", ZHANG, "ticket", "close", "call"),
    # Out of its range, and so abnormal by itself; the repair is rejected once.
    Event(9, "10:55", ZHOU, "inspection", "record", "PUMPS 9 PR2", {"item": "4", "value": "0.52", "urgency": "normal"}, "repair", "pump"),
    Event(9, "10:57", ZHOU, "inspection", "finish", "PUMPS 9 PR2"),
    *_repair("pump", (9, "11:20", ZHOU, "assign", GIVEN), (9, "11:40", WANG, "arrive", {}), (9, "14:00", WANG, "finish", DONE),
             (9, "15:00", ZHOU, "reject", {"note": "压力仍偏高"}),
             (10, "11:00", WANG, "finish", {**DONE, "materials": ["name=减压阀,quantity=1,amount=380.50"], "labour": "120"}),
             (10, "15:00", ZHOU, "accept", {})),
    # A lamp waits for its parts; the next night it is still out, and the open repair is named.
    Event(11, "00:30", MA, "inspection", "record", "NIGHT 10 P07", {"item": "3", "result": "abnormal", "remark": "灯不亮"}, "repair", "lamp"),
    Event(11, "00:31", MA, "inspection", "finish", "NIGHT 10 P07"),
    *_repair("lamp", (11, "11:00", ZHOU, "assign", GIVEN),
             (11, "11:30", WANG, "wait", {"waiting_for": "parts", "resume_by": "D+15"})),
    Event(12, "00:30", HE, "inspection", "record", "NIGHT 11 P07", {"item": "3", "result": "abnormal", "remark": "灯不亮", "work": "=lamp"}),
    Event(12, "00:31", HE, "inspection", "finish", "NIGHT 11 P07"),
    *_repair("lamp", (14, "14:30", WANG, "resume", {}), (16, "11:00", WANG, "finish", DONE), (17, "11:30", ZHOU, "accept", {})),
    # Found at a service; planned work, late, accepted in the next month.
    Event(30, "12:10", WANG, "maintenance", "record", "LH-A 30 L05",
          {"item": "16", "result": "abnormal", "remark": "应急灯不亮", "urgency": "low"}, "repair", "cabin"),
    Event(30, "12:15", WANG, "maintenance", "finish", "LH-A 30 L05"),
    Event(30, "16:00", ZHOU, "maintenance", "accept", "LH-A 30 L05"),
    *_repair("cabin", (30, "16:30", ZHOU, "assign", GIVEN), (44, "11:00", WANG, "finish", {**DONE, "labour": "60"}), (44, "15:00", ZHOU, "accept", {})),
    # Nothing to be mended after all.
    Event(45, "00:30", MA, "inspection", "record", "NIGHT 44 P31", {"item": "3", "result": "abnormal", "remark": "灯闪"}, "repair", "flicker"),
    Event(45, "00:31", MA, "inspection", "finish", "NIGHT 44 P31"),
    Event(45, "11:00", MANAGER, "repair", "cancel", "flicker", {"note": "定时器所致,已改"}),
    # Late in every respect.
    Event(60, "09:00", SUN, "repair", "new", "burst", {"place": "ROOF", "fault": "爆管", "urgency": "emergency"}),
    *_repair("burst", (60, "09:10", ZHOU, "assign", GIVEN), (60, "09:50", WANG, "arrive", {}),
             (61, "11:00", WANG, "finish", {**DONE, "materials": ["name=水管,quantity=2,amount=96"]}), (62, "11:00", ZHOU, "accept", {})),
    # Still to be done when the quarter is over.
    Event(88, "11:00", SUN, "repair", "new", "door", {"place": "GATE", "fault": "门禁失灵"}),
    Event(88, "11:10", ZHOU, "repair", "assign", "door", GIVEN),
    # A round that becomes a ticket.
    Event(20, "23:40", MA, "inspection", "record", "GATES 20 GATE",
          {"item": "3", "result": "abnormal", "remark": "车辆乱停", "category": "complaint"}, "ticket", "parking"),
    Event(20, "23:41", MA, "inspection", "finish", "GATES 20 GATE"),
    Event(21, "11:00", ZHANG, "ticket", "triage", "parking", {"verdict": "valid"}),
    Event(21, "12:00", ZHANG, "ticket", "resolve", "parking", {"note": "已请车主移走"}),
    Event(22, "12:00", MANAGER, "ticket", "visit", "parking", {"outcome": "reached", "score": "4"}),
    Event(22, "12:10", ZHANG, "ticket", "close", "parking"),
]  # fmt: skip

HAZARDS = [
    # Extended with approval beyond the month; not well done at first.
    Event(12, "11:00", SUN, "hazard", "new", "wall", {"domain": "equipment", "level": "general", "place": "ROOF", "what": "女儿墙开裂"}),
    Event(12, "11:30", ZHOU, "hazard", "report", "wall"),
    Event(12, "14:00", ZHOU, "hazard", "plan", "wall", {**FIVE, "owner": WANG, "deadline": "D+20"}),
    Event(19, "11:00", WANG, "hazard", "extend", "wall", {"wanted": "D+40", "note": "待雨停"}),
    Event(19, "15:00", CHEN, "hazard", "approve", "wall"),
    Event(38, "11:00", WANG, "hazard", "rectify", "wall", NOTED),
    Event(38, "15:00", ZHOU, "hazard", "reinspect", "wall", {"result": "fail", "note": "仍有裂缝"}),
    Event(39, "12:00", WANG, "hazard", "rectify", "wall", NOTED),
    Event(39, "15:00", ZHOU, "hazard", "reinspect", "wall", {"result": "pass"}),
    # Found on a round of safety; mended by a repair, which lets it go.
    Event(16, "23:40", MA, "inspection", "record", "SAFE 16", {"item": "5", "result": "abnormal", "remark": "摄像机歪斜",
          "domain": "safety", "level": "general", "place": "GATE"}, "hazard", "camera"),
    Event(16, "23:41", MA, "inspection", "finish", "SAFE 16"),
    Event(16, "23:45", MA, "hazard", "report", "camera"),
    Event(17, "12:00", MA, "hazard", "plan", "camera", {**FIVE, "owner": HE, "deadline": "D+24"}),
    Event(18, "11:00", MA, "hazard", "mend", "camera", {}, "repair", "camera mended"),
    Event(18, "11:30", ZHOU, "repair", "assign", "camera mended", GIVEN),
    Event(20, "11:00", WANG, "repair", "finish", "camera mended", DONE),
    Event(20, "14:30", ZHOU, "repair", "accept", "camera mended"),
    Event(21, "13:00", MA, "hazard", "reinspect", "camera", {"result": "pass"}),
    # Major: reported late, overdue at the month's end.
    Event(25, "11:00", SUN, "hazard", "new", "lane", {"domain": "safety", "level": "major", "place": "GARDEN", "what": "消防车道被占",
                                                     "interim": "派人看守"}),
    Event(25, "11:45", MA, "hazard", "report", "lane"),
    Event(25, "12:30", CHEN, "hazard", "acknowledge", "lane"),
    Event(25, "14:00", MA, "hazard", "plan", "lane", {**FIVE, "owner": HE, "deadline": "D+29"}),
    Event(35, "11:00", HE, "hazard", "rectify", "lane", NOTED),
    Event(36, "11:00", MA, "hazard", "reinspect", "lane", {"result": "pass"}),
    # An extension refused; overdue when the quarter is over.
    Event(70, "11:00", SUN, "hazard", "new", "cover", {"domain": "equipment", "level": "general", "place": "GARDEN", "what": "井盖松动"}),
    Event(70, "11:20", ZHOU, "hazard", "report", "cover"),
    Event(71, "11:00", ZHOU, "hazard", "plan", "cover", {**FIVE, "owner": WANG, "deadline": "D+80"}),
    Event(78, "11:00", WANG, "hazard", "extend", "cover", {"wanted": "D+99", "note": "待料"}),
    Event(78, "15:00", MANAGER, "hazard", "refuse", "cover", {"note": "有安全风险,不得延期"}),
]  # fmt: skip

INCIDENTS = [
    # A lift traps two people.
    Event(13, "18:00", ZHANG, "incident", "new", "trapped", {"grade": "serious", "type": "lift", "place": "GATE", "asset": "L05", "what": "5 号电梯困人"}),
    Event(13, "18:01", ZHOU, "asset", "stop", "L05", {"note": "困人停梯"}),
    Event(13, "18:04", MA, "incident", "arrive", "trapped", {"plan": "TRAPPED"}),
    Event(13, "18:05", MA, "incident", "call_help", "trapped", {"outside": "lift"}),
    Event(13, "18:07", MA, "incident", "affect", "trapped", {"name": "欧阳建国", "contact": "13811112222"}),
    Event(13, "18:08", MA, "incident", "affect", "trapped", {"name": "司马光明", "harm": "受惊"}),
    Event(13, "18:25", MA, "incident", "help_came", "trapped", {"outside": "lift"}),
    Event(13, "18:32", MA, "incident", "control", "trapped", {"note": "两人已救出"}),
    Event(13, "18:40", CHEN, "incident", "acknowledge", "trapped"),
    Event(13, "20:10", WANG, "incident", "recover", "trapped", {"note": "轿门触点更换,试运行正常"}),
    Event(14, "11:00", MANAGER, "incident", "review", "trapped", {"cause": "轿门触点接触不良", "losses": "0", "lessons": "同型电梯一并检查"}),
    Event(14, "11:10", MANAGER, "incident", "follow_up", "trapped", {"urgency": "emergency"}, "repair", "contacts"),
    *_repair("contacts", (14, "11:15", ZHOU, "assign", GIVEN), (14, "11:25", WANG, "arrive", {}), (14, "14:00", WANG, "finish", DONE),
             (14, "14:40", ZHOU, "accept", {})),
    Event(14, "15:00", ZHOU, "asset", "restore", "L05"),
    Event(14, "15:10", MANAGER, "incident", "close", "trapped"),
    # Nobody hurried; reviewed late and closed in another month.
    Event(55, "18:00", ZHANG, "incident", "new", "flood", {"grade": "minor", "type": "flood", "place": "HALL", "what": "大堂进水"}),
    Event(55, "18:20", HE, "incident", "arrive", "flood"),
    Event(55, "19:00", HE, "incident", "control", "flood", NOTED),
    Event(56, "11:00", WANG, "incident", "recover", "flood", NOTED),
    Event(64, "11:00", MANAGER, "incident", "review", "flood", {"cause": "排水口堵塞", "losses": "500", "lessons": "汛前清掏"}),
    Event(64, "11:05", MANAGER, "incident", "close", "flood"),
    # Nobody goes there.
    Event(85, "11:00", ZHANG, "incident", "new", "theft", {"grade": "minor", "type": "theft", "place": "GATE", "what": "电动车被盗"}),
    # A review that is overdue when the quarter is over.
    Event(82, "11:00", ZHANG, "incident", "new", "power", {"grade": "minor", "type": "power", "place": "ROOF", "what": "顶层停电"}),
    Event(82, "11:10", MA, "incident", "arrive", "power"),
    Event(82, "11:30", MA, "incident", "control", "power", NOTED),
    Event(82, "12:30", WANG, "incident", "recover", "power", NOTED),
]  # fmt: skip

DUTY = [
    Event(11, "14:50", MA, "drill", "hold", "DRILLS 11 HALL", {"attended": ["person=he.gang", "person=sun.ping"]}),
    Event(11, "16:00", MANAGER, "drill", "assess", "DRILLS 11 HALL", {"result": "good"}),
    Event(43, "14:50", HE, "drill", "hold", "DRILLS 42 HALL", {"attended": ["person=ma.jun"]}),
    Event(44, "16:00", MANAGER, "drill", "assess", "DRILLS 42 HALL",
          {"result": "poor", "lessons": "集合太慢", "owner": MA, "deadline": "D+60"}, "task", "slow"),
    Event(74, "11:00", MA, "drill", "new", "extra", {"plan": "TRAPPED", "planned": "D+80 15:00", "organizer": MA}),
    Event(79, "11:00", MANAGER, "drill", "cancel", "extra", {"note": "台风"}),
    # Taken over in time, then late, then the manager stands one down.
    Event(3, "11:00", MA, "shift", "new", "gate 1", {"duty": "gate", "ends": "D+3 20:00"}),
    Event(3, "19:50", MA, "shift", "hand", "gate 1", {"kit": ["name=对讲机,condition=ok"]}),
    Event(3, "19:55", HE, "shift", "take", "gate 1", {"ends": "D+4 11:00"}, "shift", "gate 2"),
    Event(4, "11:05", HE, "shift", "hand", "gate 2", {"kit": ["name=对讲机,condition=ok"]}),
    Event(4, "11:10", MA, "shift", "take", "gate 2", {"ends": "D+4 20:00"}, "shift", "gate 3"),
    Event(4, "14:00", MANAGER, "shift", "stand_down", "gate 3", {"note": "门岗合并"}),
    # Across the end of the month; the last one is taken over by nobody.
    Event(30, "11:00", HE, "shift", "new", "night 1", {"duty": "control", "ends": "D+31 12:00"}),
    Event(31, "11:50", HE, "shift", "hand", "night 1", {"kit": ["name=对讲机,condition=bad"]}),
    Event(31, "11:55", MA, "shift", "take", "night 1", {"ends": "D+31 20:00"}, "shift", "night 2"),
]  # fmt: skip

EQUIPMENT = [
    Event(20, "11:00", ZHOU, "asset", "stop", "L09", {"note": "曳引机异响"}),
    Event(28, "11:00", ZHOU, "asset", "restore", "L09"),
    Event(58, "11:00", ZHOU, "asset", "stop", "TANK", {"note": "清洗后水质待检"}),
    Event(70, "11:30", WANG, "asset", "renew", "L01", {"name": "年检", "number": "N1", "expires": "D+441"}),
    Event(80, "11:00", WANG, "asset", "retire", "MAST", {"note": "更换为新接闪器"}),
    # A round on the spot, one that nobody walks, and two that were entered by mistake.
    Event(26, "11:00", ZHOU, "inspection", "new", "spot", {"round": "equipment", "checklist": "lighting_weekly", "place": "HALL"}),
    Event(26, "11:10", ZHOU, "inspection", "new", "spot 2", {"round": "equipment", "checklist": "lighting_weekly", "place": "ROOF"}),
    Event(26, "11:20", ZHOU, "inspection", "new", "mistake", {"round": "equipment", "checklist": "lighting_weekly", "place": "GATE"}),
    Event(26, "11:30", MANAGER, "inspection", "void", "mistake", {"note": "重复"}),
    Event(26, "11:40", SUN, "hazard", "new", "error", {"domain": "safety", "level": "general", "place": "GATE", "what": "误报"}),
    Event(26, "11:50", MANAGER, "hazard", "void", "error", {"note": "误报"}),
    # A guard has left: the points are walked every fourth night from now on.
    Event(NIGHTLY, "11:00", MANAGER, "schedule", "edit", "NIGHT", {"rule": "every 4 days"}),
]  # fmt: skip
EVENTS = sorted([*REPAIRS, *HAZARDS, *INCIDENTS, *DUTY, *EQUIPMENT], key=lambda event: (event.day, event.time))
