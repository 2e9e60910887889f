"""A round and a service by checklist: what was looked at, what was measured, what it led to, what it covers."""

from __future__ import annotations

from datetime import date

import pytest

from pmcs.core.world import SYSTEM
from pmcs.errors import BadInput, Refused
from pmcs.regulation.shape import Source
from pmcs.regulation.sound import check
from pmcs.regulation.version import Regulation
from pmcs.store.codec import decode_marked
from tests.core.world import SHANGHAI, founded, sources, stamp

PUMPS = """
title: 泵房巡查
clause: "8.1"
items:
  1: {what: 水泵运行, standard: 无异响}
  2: {what: 出口压力, unit: MPa, min: 0.35, max: 0.45}
  3: {what: 地面}
"""
SHORT = "title: 半月保养\nitems:\n  1: {what: 机房}\n"
LONG = "title: 季度保养\ncovers: [short]\nitems:\n  2: {what: 油量}\n"
LONGEST = "title: 年度保养\ncovers: [long]\nitems:\n  3: {what: 绝缘, unit: MΩ, min: 0.5}\n"
LISTS = {"pumps": PUMPS, "short": SHORT, "long": LONG, "longest": LONGEST}


def files(**lists):
    found = dict(sources())
    for name, text in lists.items():
        file = f"checklists/{name}.yaml"
        found[file] = Source(file, *decode_marked(text.encode(), file))
    return found


@pytest.fixture(scope="module")
def regulation():
    return Regulation(date(2026, 1, 1), {name: source.tree for name, source in files(**LISTS).items()}, SHANGHAI)


@pytest.fixture
def office(regulation):
    office = founded(regulation)
    office.act("chen.jing", "place.add", "2026-01-06 09:00", code="B1", name="地下泵房")
    for code in ("PUMP1", "LIFT1"):
        office.act("wang.qiang", "asset.add", "2026-01-06 09:10", code=code, name=code, category="water", place="B1")
    for code, makes, checklist in (("P", "inspection", "pumps"), ("S", "maintenance", "short")):
        office.act(
            "wang.qiang",
            "schedule.add",
            "2026-01-06 09:20",
            code=code,
            name=code,
            makes=makes,
            checklist=checklist,
            round="equipment",
            rule="FREQ=DAILY",
            begins="2026-01-07 08:00",
        )
    return office


def planned(office, kind, day, when=None, before="08:00", after="10:00", lapses=None, **values):
    """What a schedule makes of a day, its tolerance within it."""
    asked = {
        "planned": f"{day} 08:00",
        "earliest": f"{day} {before}",
        "latest": f"{day} {after}",
        "lapses": lapses or f"{day} 23:59",
        **values,
    }
    return office.act(SYSTEM, f"{kind}.schedule", when or f"{day} 06:00", **asked)


def round_of(office, day="2026-11-23", **values):
    return planned(office, "inspection", day, schedule="P", round="equipment", checklist="pumps", asset="PUMP1").id


def started(office, when="2026-11-23 09:00"):
    id_ = round_of(office)
    office.act("wang.qiang", "inspection.start", when, on=id_)
    return id_


def record(office, id_, minute, **row):
    return office.act("wang.qiang", "inspection.record", f"2026-11-23 09:{minute}", on=id_, **row)


def test_a_round_begins_with_the_items_of_its_list_and_the_place_of_its_asset(office):
    id_ = round_of(office)
    assert (id_, office[id_].get("place")) == ("X-20261123T0800-P-PUMP1", "B1")
    walking = office.act("wang.qiang", "inspection.start", "2026-11-23 09:00", on=id_)
    assert walking.rows("items") == [
        {"item": "1", "what": "水泵运行"},
        {"item": "2", "what": "出口压力"},
        {"item": "3", "what": "地面"},
    ]
    assert (walking.get("began"), walking.get("timely")) == (stamp("2026-11-23 09:00"), "on_time")
    assert office.honest()


@pytest.mark.parametrize(
    ("at", "timely"),
    [("07:59:59", "early"), ("08:00", "on_time"), ("10:00", "on_time"), ("10:00:01", "late"), ("23:00", "late")],
)
def test_early_on_time_and_late_by_the_tolerance(office, at, timely):
    id_ = round_of(office)
    assert office.act("wang.qiang", "inspection.start", f"2026-11-23 {at}", on=id_).get("timely") == timely


def test_entered_late_it_was_as_timely_as_it_was(office):
    id_ = round_of(office)
    done = office.act("wang.qiang", "inspection.start", "2026-11-23 18:00", on=id_, at="2026-11-23 09:30")
    assert (done.get("timely"), done.get("began")) == ("on_time", stamp("2026-11-23 09:30"))


def test_without_a_tolerance_nothing_is_said_of_time(office):
    id_ = office.act("wang.qiang", "inspection.new", "2026-11-23 08:30", round="equipment", checklist="pumps").id
    assert "timely" not in office.act("wang.qiang", "inspection.start", "2026-11-23 09:00", on=id_).fields


@pytest.mark.parametrize(
    ("value", "typed", "result"),
    [
        ("0.35", None, "normal"),
        ("0.45", "normal", "normal"),
        ("0.4501", "normal", "abnormal"),
        ("0.349", None, "abnormal"),
        ("0.4", "abnormal", "abnormal"),
    ],
)
def test_a_value_out_of_range_is_abnormal_by_itself(office, value, typed, result):
    row = {"item": "2", "value": value} | ({"result": typed} if typed else {})
    remark = {"remark": "表针抖动"} if typed == "abnormal" else {}
    found = record(office, started(office), 10, **row, **remark).rows("items")[1]
    assert found["result"] == result
    if result == "abnormal" and not remark:
        assert found["remark"] == f"{value} MPa (0.35–0.45 MPa)"


@pytest.mark.parametrize("later", ["normal", "na"])
def test_what_was_out_of_range_is_not_talked_away_later(office, later):
    id_ = started(office)
    record(office, id_, 10, item="2", value="0.5", remark="阀门半开")
    found = record(office, id_, 11, item="2", result=later).rows("items")[1]
    assert (found["result"], found["remark"]) == ("abnormal", "阀门半开")
    assert record(office, id_, 12, item="2", value="0.4").rows("items")[1]["result"] == "normal"  # read once more
    assert office.honest()


def test_what_is_measured_is_not_normal_for_having_been_looked_at(office):
    id_ = started(office)
    with pytest.raises(Refused, match=r"Item 2 \(出口压力\) is measured: give its value, 0.35–0.45 MPa"):
        record(office, id_, 10, item="2", result="normal")
    record(office, id_, 11, item="2", result="na")
    with pytest.raises(BadInput, match="remark"):
        record(office, id_, 12, item="1", result="abnormal")


def test_not_looked_at_is_not_normal(office):
    id_ = started(office)
    record(office, id_, 10, items=[{"item": "1", "result": "normal"}, {"item": "2", "value": "0.4"}])
    with pytest.raises(Refused, match="lacks 结果 in 3"):
        office.act("wang.qiang", "inspection.finish", "2026-11-23 09:20", on=id_)


def abnormal(office):
    id_ = started(office)
    record(
        office,
        id_,
        10,
        items=[{"item": "1", "result": "normal"}, {"item": "2", "value": "0.2"}, {"item": "3", "result": "normal"}],
    )
    with pytest.raises(Refused, match="Abnormal, and nothing done about it yet in X-20261123T0800-P-PUMP1: item 2"):
        office.act("wang.qiang", "inspection.finish", "2026-11-23 09:11", on=id_)
    return id_


def finish(office, id_):
    found = office.act("wang.qiang", "inspection.finish", "2026-11-23 09:30", on=id_)
    assert office.honest()
    return found


def test_the_round_is_over_when_the_abnormal_item_has_a_repair(office):
    id_ = abnormal(office)
    record(office, id_, 12, item="2", make="repair", made={"urgency": "emergency"})
    repair = next(item for item in office.memory.records.values() if item.kind == "repair")
    assert {name: repair.get(name) for name in ("source", "source_item", "place", "asset", "fault", "urgency")} == {
        "source": id_,
        "source_item": "2",
        "place": "B1",
        "asset": "PUMP1",
        "fault": "0.2 MPa (0.35–0.45 MPa)",
        "urgency": "emergency",
    }
    assert (finish(office, id_).state, office[id_].get("abnormal")) == ("finished", "1")


def test_or_a_hazard_or_a_ticket(office):
    id_ = abnormal(office)
    record(office, id_, 12, item="2", make="hazard", made={"domain": "equipment", "level": "general"})
    assert finish(office, id_).state == "finished"


def test_or_names_work_that_is_open_already(office):
    open_work, done = (
        office.act("wang.qiang", "repair.new", f"2026-11-22 09:0{place}", asset="PUMP1", fault="漏水").id
        for place in (1, 2)
    )
    office.act("chen.jing", "repair.cancel", "2026-11-22 10:00", on=done, note="重复")
    id_ = abnormal(office)
    with pytest.raises(Refused, match=f"{done} is over already; name work that is open"):
        record(office, id_, 13, item="2", work=done)
    record(office, id_, 14, item="2", work=open_work)
    assert finish(office, id_).state == "finished"


def test_work_made_in_error_and_void_is_no_work(office):
    id_ = abnormal(office)
    record(office, id_, 12, item="2", make="repair", made={})
    repair = next(item.id for item in office.memory.records.values() if item.kind == "repair")
    office.act("chen.jing", "repair.void", "2026-11-23 09:13", on=repair, note="误建")
    with pytest.raises(Refused, match="item 2"):
        office.act("wang.qiang", "inspection.finish", "2026-11-23 09:14", on=id_)


# A greater service covers the lesser ones of its day (TSG T5002-2017).


def service(office, checklist, day, schedule="S", when=None, **values):
    return planned(office, "maintenance", day, when, schedule=schedule, checklist=checklist, asset="LIFT1", **values).id


def done(office, id_, start, accepted):
    """Started, every item normal, accepted by another."""
    begun = office.act("wang.qiang", "maintenance.start", start, on=id_)
    rows = [
        {"item": row["item"], "result": "normal"} | ({"value": "0.6"} if row["what"] == "绝缘" else {})
        for row in begun.rows("items")
    ]
    day, _, hour = start.partition(" ")
    office.act("wang.qiang", "maintenance.record", f"{day} {hour}:10", on=id_, items=rows)
    office.act("wang.qiang", "maintenance.finish", f"{day} {hour}:20", on=id_)
    return office.act("chen.jing", "maintenance.accept", accepted, on=id_)


@pytest.fixture
def plans(office):
    for code, checklist in (("Q", "long"), ("Y", "longest")):
        office.act(
            "wang.qiang",
            "schedule.add",
            "2026-01-06 09:30",
            code=code,
            name=code,
            makes="maintenance",
            checklist=checklist,
            rule="FREQ=YEARLY",
            begins="2026-11-23 08:00",
        )
    return office


def test_a_greater_service_has_the_items_of_the_lesser_and_satisfies_them(plans):
    lesser, middle = service(plans, "short", "2026-11-23"), service(plans, "long", "2026-11-23", "Q")
    later = service(plans, "short", "2026-11-24", "S", "2026-11-23 06:30")
    greatest = service(plans, "longest", "2026-11-23", "Y")
    accepted = done(plans, greatest, "2026-11-23 08:30", "2026-11-23 11:00")
    assert [row["what"] for row in accepted.rows("items")] == ["机房", "油量", "绝缘"]
    assert [plans[id_].state for id_ in (lesser, middle, later)] == ["covered", "covered", "planned"]
    assert (plans[lesser].get("covered_by"), plans[lesser].get("timely")) == (greatest, "on_time")
    assert plans[lesser].get("worked") == stamp("2026-11-23 08:30")
    assert plans.honest()


def test_it_is_judged_by_the_day_of_the_work_in_whichever_order_the_two_were_entered(plans):
    greatest = service(plans, "longest", "2026-11-23", "Y")
    done(plans, greatest, "2026-11-23 08:30", "2026-11-25 11:00")
    lesser = service(plans, "short", "2026-11-23", when="2026-11-26 06:00")
    other_day = service(plans, "short", "2026-11-25", when="2026-11-26 06:10")
    assert (plans[lesser].state, plans[lesser].get("covered_by")) == ("covered", greatest)
    assert plans[other_day].state == "planned"
    assert plans.honest()


def test_what_was_given_up_before_the_greater_service_was_accepted_was_done_all_the_same(plans):
    lesser = service(plans, "short", "2026-11-23")
    greatest = service(plans, "longest", "2026-11-23", "Y")
    begun = plans.act("wang.qiang", "maintenance.start", "2026-11-23 08:30", on=greatest)
    assert plans.act(SYSTEM, "maintenance.miss", "2026-11-24 00:10", on=lesser).state == "missed"
    rows = [{"item": row["item"], "result": "na"} for row in begun.rows("items")]
    plans.act("wang.qiang", "maintenance.record", "2026-11-24 09:10", on=greatest, items=rows)
    plans.act("wang.qiang", "maintenance.finish", "2026-11-24 09:20", on=greatest)
    plans.act("chen.jing", "maintenance.accept", "2026-11-25 09:00", on=greatest)
    assert (plans[lesser].state, plans[lesser].get("timely")) == ("covered", "on_time")
    assert plans.honest()


def test_a_lesser_service_covers_nothing_greater_and_none_of_another_lift(plans):
    greatest = service(plans, "longest", "2026-11-23", "Y")
    plans.act("wang.qiang", "asset.add", "2026-01-07 09:10", code="LIFT2", name="2", category="lift", place="B1")
    other = planned(plans, "maintenance", "2026-11-23", schedule="Q", checklist="long", asset="LIFT2").id
    done(plans, service(plans, "short", "2026-11-23"), "2026-11-23 08:30", "2026-11-23 11:00")
    assert [plans[id_].state for id_ in (greatest, other)] == ["planned", "planned"]


def test_what_is_planned_for_a_place_is_covered_by_what_was_done_there(plans):
    plans.act("chen.jing", "place.add", "2026-01-07 09:20", code="B2", name="配电房")
    place = {"place": "B2"}
    lesser = planned(plans, "maintenance", "2026-11-23", schedule="S", checklist="short", **place).id
    elsewhere = planned(plans, "maintenance", "2026-11-23", schedule="S", checklist="short", place="B1").id
    of_lift = service(plans, "short", "2026-11-23")
    greater = planned(plans, "maintenance", "2026-11-23", schedule="Q", checklist="long", **place).id
    done(plans, greater, "2026-11-23 08:30", "2026-11-23 11:00")
    assert [plans[id_].state for id_ in (lesser, elsewhere, of_lift)] == ["covered", "planned", "planned"]
    assert plans.honest()


def test_no_tolerance_stretches_the_gap_between_two_services_done(plans):
    gap = {"max_gap": "15d", "before": "08:00", "after": "23:00"}
    first = service(plans, "short", "2026-11-01", **gap)
    following = planned(
        plans,
        "maintenance",
        "2026-11-16",
        "2026-11-01 06:30",
        schedule="S",
        checklist="short",
        asset="LIFT1",
        max_gap="15d",
        latest="2026-11-18 23:59",
        lapses="2026-11-29 00:00",
    ).id
    third = planned(
        plans,
        "maintenance",
        "2026-12-01",
        "2026-11-01 06:40",
        schedule="S",
        checklist="short",
        asset="LIFT1",
        max_gap="15d",
        latest="2026-12-03 23:59",
        lapses="2026-12-14 00:00",
    ).id
    plans.act("wang.qiang", "maintenance.start", "2026-11-01 09:00", on=first)
    assert plans[following].get("latest") == plans[following].due["start"] == stamp("2026-11-16 09:00")
    assert plans[third].get("latest") == stamp("2026-12-03 23:59")
    late = plans.act("wang.qiang", "maintenance.start", "2026-11-16 09:00:01", on=following)
    assert late.get("timely") == "late"
    assert plans[third].get("latest") == stamp("2026-12-01 09:00:01")
    assert plans.honest()


def test_what_covers_brings_the_next_one_forward_too(plans):
    lesser = service(plans, "short", "2026-11-23", max_gap="15d")
    following = planned(
        plans,
        "maintenance",
        "2026-12-08",
        "2026-11-23 06:30",
        schedule="S",
        checklist="short",
        asset="LIFT1",
        max_gap="15d",
        latest="2026-12-10 23:59",
        lapses="2026-12-20 00:00",
    ).id
    done(plans, service(plans, "long", "2026-11-23", "Q"), "2026-11-23 09:00", "2026-11-23 11:00")
    assert plans[lesser].state == "covered"
    assert plans[following].get("latest") == stamp("2026-12-08 09:00")
    assert plans.honest()


@pytest.mark.parametrize(
    ("lists", "line", "said"),
    [
        ({"a": "title: A\ncovers: [a]\nitems:\n  1: {what: x}\n"}, 2, "a covers itself by way of a"),
        (
            {
                "a": "title: A\ncovers: [b]\nitems:\n  1: {what: x}\n",
                "b": "title: B\ncovers: [a]\nitems:\n  2: {what: x}\n",
            },
            2,
            "a covers itself by way of b",
        ),
        ({"a": "title: A\ncovers: [short]\nitems:\n  1: {what: x}\n"}, 4, "Item 1 stands in short too, which a covers"),
        ({"a": "title: A\ncovers: [shirt]\nitems:\n  9: {what: x}\n"}, 2, "no checklist shirt (did you mean short?)"),
        ({"a": "title: A\nitems:\n  1: {what: x, unit: V, min: 3, max: 2}\n"}, 3, "Item 1 permits nothing"),
        ({"a": "title: A\nitems:\n  1: {what: x, min: 3}\n"}, 3, "Item 1 has a range and no unit"),
        ({"a": "title: A\nitems:\n  1: {what: x, unit: V, min: three}\n"}, 3, "min must be a number, not three"),
        ({"a": "title: A\nitems:\n  0: {what: x}\n"}, 3, "0 is no number of an item"),
        ({"a": "title: A\nitems:\n  1: {standard: x}\n"}, 3, "Item 1 does not say what is looked at"),
        ({"a": "title: A\nitems:\n  1: {what: x, units: V}\n"}, 3, "units is not a key here (did you mean unit?)"),
        ({"a": "title: A\n"}, 1, "a has no items"),
        ({"a": "items:\n  1: {what: x}\n"}, 1, "a has no title"),
        ({"a": "title: A\nclause: '8.9'\nitems:\n  1: {what: x}\n"}, 2, "There is no clause 8.9"),
    ],
)
def test_a_slip_in_a_checklist_is_named_with_its_line(lists, line, said):
    problems = check(files(**LISTS, **lists), SHANGHAI)
    assert (problems[0].file, problems[0].line) == ("checklists/a.yaml", line)
    assert said in str(problems[0].sentence)


def test_a_range_may_be_written_with_its_thousands_apart():
    megger = 'title: A\nitems:\n  1: {what: x, unit: V, min: "1,000", max: "2,500"}\n'
    trees = {name: source.tree for name, source in files(a=megger).items()}
    assert check(files(a=megger), SHANGHAI) == check(files(), SHANGHAI)
    item = Regulation(date(2026, 1, 1), trees, SHANGHAI).checklist("a").items["1"]
    assert (item.permits("1000"), item.permits("2501"), item.range) == (True, False, "1000–2500 V")
