"""动火作业, lived through to each of its ends: a permit by level, a time to begin in, patrols, a watch after it."""

from __future__ import annotations

import pytest

from pmcs.core.consequence import tried
from pmcs.core.flow import advance
from pmcs.core.step import Errand
from pmcs.core.world import SYSTEM, Given
from pmcs.errors import BadInput, PmcsError, Refused
from tests.core.world import founded, kind_from, stamp
from tests.regulation.sketches import SKETCHES

PERMIT = {
    "place": "3-2-1201",
    "unit": "安泰焊接",
    "worker": "刘工",
    "licence": "T3201",
    "licence_until": "2027-01-31",
    "level": "two",
    "measures": "清空周边,备两具灭火器",
    "watcher": "zhao.lei",
    "valid_to": "2026-11-23 17:00",
}


@pytest.fixture(scope="module")
def regulation():
    return kind_from((SKETCHES / "hot_work.yaml").read_text("utf-8"), "hot_work")


@pytest.fixture
def office(regulation):
    office = founded(regulation)
    for person, until in (("zhao.lei", "2027-06-30"), ("wang.qiang", "2026-10-31")):
        row = {"licence": "消防监护", "number": f"X-{person}", "expires": until}
        office.act("chen.jing", "staff.license", "2026-01-06 09:00", on=person, **row)
    return office


def applied(office, when="2026-11-23 08:00", **values):
    return office.act("li.na", "hot_work.new", when, **{**PERMIT, **values}).id


def permitted(office, by="chen.jing", **values):
    id_ = applied(office, **values)
    office.act("li.na", "hot_work.submit", "2026-11-23 08:10", on=id_)
    office.act(by, "hot_work.approve", "2026-11-23 08:30", on=id_)
    return id_


def test_from_the_permit_to_no_spark_left(office):
    id_ = permitted(office)
    assert office[id_].due == {"valid": stamp("2026-11-23 17:00")}
    office.act("zhao.lei", "hot_work.start", "2026-11-23 09:00", on=id_)
    assert office[id_].due["watch"] == stamp("2026-11-23 09:30")
    for minute in (20, 45):
        office.act("zhao.lei", "hot_work.patrol", f"2026-11-23 09:{minute}", on=id_, result="fine")
    work = office.act("zhao.lei", "hot_work.patrol", "2026-11-23 10:10", on=id_, result="bad", remark="火星溅落,已扑灭")
    assert [(row["seen_at"], row["seen_by"], row["result"]) for row in work.rows("patrols")] == [
        (stamp("2026-11-23 09:20"), "zhao.lei", "fine"),
        (stamp("2026-11-23 09:45"), "zhao.lei", "fine"),
        (stamp("2026-11-23 10:10"), "zhao.lei", "bad"),
    ]
    assert work.get("patrolled") == "3"
    stopped = office.act("zhao.lei", "hot_work.stop", "2026-11-23 10:40", on=id_)
    assert (stopped.state, stopped.due) == ("cooling", {"cool": stamp("2026-11-23 11:40")})
    with pytest.raises(Refused, match="not possible before 2026-11-23 11:40:00"):
        office.act("zhao.lei", "hot_work.close", "2026-11-23 11:40", on=id_)
    closed = office.act("zhao.lei", "hot_work.close", "2026-11-23 11:41", on=id_)
    assert (closed.state, closed.due) == ("closed", {})
    assert office.honest()


@pytest.mark.parametrize(
    ("level", "may", "may_not"), [("one", "sun.hui", "chen.jing"), ("three", "chen.jing", "sun.hui")]
)
def test_who_permits_it_depends_on_the_level(office, level, may, may_not):
    id_ = applied(office, level=level)
    office.act("li.na", "hot_work.submit", "2026-11-23 08:10", on=id_)
    with pytest.raises(Refused, match=f"{may_not} may not decide"):
        office.act(may_not, "hot_work.approve", "2026-11-23 08:30", on=id_)
    assert office.act(may, "hot_work.approve", "2026-11-23 08:30", on=id_).state == "approved"
    assert office.honest()


def test_whoever_applied_or_watches_does_not_permit(office):
    id_ = applied(office, level="three")
    office.act("chen.jing", "hot_work.submit", "2026-11-23 08:10", on=id_)
    with pytest.raises(Refused, match=r"chen.jing submitted"):
        office.act("chen.jing", "hot_work.approve", "2026-11-23 08:30", on=id_)
    with pytest.raises(Refused, match=r"zhao.lei may not do both approve and 监护人"):
        office.act("zhao.lei", "hot_work.approve", "2026-11-23 08:30", on=id_)


def test_refused_with_a_reason_it_can_be_submitted_again_or_cancelled(office):
    id_ = applied(office)
    office.act("li.na", "hot_work.submit", "2026-11-23 08:10", on=id_)
    with pytest.raises(BadInput, match="lacks --note"):
        office.act("chen.jing", "hot_work.refuse", "2026-11-23 08:20", on=id_)
    assert office.act("chen.jing", "hot_work.refuse", "2026-11-23 08:20", on=id_, note="灭火器过期").state == "applied"
    office.act("li.na", "hot_work.submit", "2026-11-23 08:40", on=id_)
    assert office.act("li.na", "hot_work.withdraw", "2026-11-23 08:50", on=id_).state == "applied"
    with pytest.raises(BadInput, match="lacks --note"):
        office.act("chen.jing", "hot_work.cancel", "2026-11-23 09:00", on=id_)
    assert (
        office.act("chen.jing", "hot_work.cancel", "2026-11-23 09:00", on=id_, note="改用冷作业").state == "cancelled"
    )
    assert office.honest()


def test_only_the_watcher_begins_and_only_within_the_permit(office):
    id_ = permitted(office)
    with pytest.raises(Refused, match=r"wang.qiang may not do 动火"):
        office.act("wang.qiang", "hot_work.start", "2026-11-23 09:00", on=id_)
    with pytest.raises(Refused, match="动火 is no longer possible"):
        office.act("zhao.lei", "hot_work.start", "2026-11-23 17:01", on=id_)


def test_a_watcher_without_a_licence_in_force_does_not_begin(office):
    id_ = permitted(office, watcher="wang.qiang")
    with pytest.raises(Refused, match=r"wang.qiang has no licence 消防监护 in force on 2026-11-23"):
        office.act("wang.qiang", "hot_work.start", "2026-11-23 09:00", on=id_)
    without = permitted(office, watcher="zhou.min")
    with pytest.raises(Refused, match=r"zhou.min has no licence"):
        office.act("zhou.min", "hot_work.start", "2026-11-23 09:00", on=without)


def test_a_licence_taken_later_does_not_heal_what_was_begun_without(office):
    """What check says of a history depends on what stood when it was entered."""
    id_ = permitted(office)
    office.act("zhao.lei", "hot_work.start", "2026-11-23 09:00", on=id_)
    kept = office["zhao.lei"]
    office.memory.records["zhao.lei"] = founded()["zhao.lei"]
    office.act("chen.jing", "staff.license", "2026-11-24 09:00", on="zhao.lei", licence="消防监护", number="X9")
    assert any("no licence" in said for said in office.faults(id_))
    office.memory.records["zhao.lei"] = kept
    assert office.faults(id_) == []


def test_a_permit_nobody_used_lapses_by_itself(office):
    id_ = permitted(office)

    def cron(when):
        context = office.context(SYSTEM, when)
        return tried(Errand("expire", Given(), target=id_), context, advance)

    assert cron("2026-11-23 17:00") == []
    (step,) = cron("2026-11-23 17:01")
    assert (step.after.state, step.event.by, step.after.due) == ("expired", "system", {})
    office.keep([step])
    with pytest.raises(Refused, match="is 已失效"):
        office.act("zhao.lei", "hot_work.start", "2026-11-23 17:02", on=id_)
    assert office.honest()


def test_what_has_begun_does_not_lapse(office):
    id_ = permitted(office)
    office.act("zhao.lei", "hot_work.start", "2026-11-23 16:50", on=id_)
    context = office.context(SYSTEM, "2026-11-23 17:30")
    assert tried(Errand("expire", Given(), target=id_), context, advance) == []
    with pytest.raises(Refused, match="may not do 过期失效"):
        office.act("chen.jing", "hot_work.expire", "2026-11-23 17:30", on=permitted(office))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"licence_until": "2026-11-22"}, "licence_until is 2026-11-22, which is past"),
        ({"valid_to": "2026-11-23 07:00"}, "valid_to is .* which is past"),
        ({"level": "four"}, "level cannot be four; choose one, two"),
        ({"watcher": "nobody"}, "There is no"),
    ],
)
def test_what_cannot_be_permitted_is_not_applied_for(office, values, sentence):
    with pytest.raises(PmcsError, match=sentence):
        applied(office, **values)


def test_a_patrol_says_what_was_seen(office):
    id_ = permitted(office)
    office.act("zhao.lei", "hot_work.start", "2026-11-23 09:00", on=id_)
    with pytest.raises(BadInput, match="lacks result"):
        office.act("zhao.lei", "hot_work.patrol", "2026-11-23 09:20", on=id_)
    with pytest.raises(BadInput, match="lacks remark"):
        office.act("zhao.lei", "hot_work.patrol", "2026-11-23 09:20", on=id_, result="bad")
    with pytest.raises(Refused, match=r"li.na may not do 监护"):
        office.act("li.na", "hot_work.patrol", "2026-11-23 09:20", on=id_, result="fine")
