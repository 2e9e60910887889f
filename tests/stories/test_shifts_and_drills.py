"""9.1 and 9.4: a shift handed over with what is unfinished; an emergency plan, and the drill that cites it."""

from __future__ import annotations

import pytest

KIT = ("--kit", "name=对讲机,condition=ok", "--kit", "name=手电,condition=损坏")
PLAN = ("--name", "电梯困人预案", "--type", "lift")


@pytest.fixture
def office(crew):
    return crew.at("2026-11-24 08:00")


@pytest.fixture
def shift(office):
    """guo.ping's day, with two things left by those before."""
    repair = office.json("repair", "new", "--place", "3-2", "--fault", "南门灯坏", by="guo.ping")["id"]
    matters = ("--matters", f"what=南门灯坏,about={repair}", "--matters", "what=钥匙未还")
    words = ("--duty", "消控室", "--ends", "2026-11-24 20:00", "--place", "3-2")
    return office.json("shift", "new", *words, *matters, by="guo.ping")["id"]


def test_it_is_handed_over_with_the_kit_and_what_is_unfinished(office, shift):
    assert "--kit" in office.refused("shift", "hand", shift, by="guo.ping", code=2)
    assert "当班人" in office.refused("shift", "hand", shift, *KIT, by="sun.li")
    office("shift", "settle", shift, "--what", "钥匙未还", "--outcome", "已还", by="guo.ping")
    office.at("2026-11-24 19:55")
    office("shift", "hand", shift, *KIT, "--matters", "what=访客车未走", by="guo.ping")
    assert "接班" in office.refused("shift", "take", shift, "--ends", "2026-11-25 08:00", by="guo.ping")
    assert "--ends" in office.refused("shift", "take", shift, by="sun.li", code=2)
    said = office("shift", "take", shift, "--ends", "2026-11-25 08:00", by="sun.li")
    assert "交接班 D20261124-A02：上岗" in said
    following = office.json("show", "D20261124-A02")
    assert [following[name] for name in ("holder", "duty", "place", "source")] == ["sun.li", "control", "3-2", shift]
    # The key is back: that matter stays where it was settled.
    assert following["matters"] == [{"what": "南门灯坏", "about": "W20261124-A01"}, {"what": "访客车未走"}]
    before = office.json("show", shift)
    assert (before["state"], before["taker"], len(before["matters"])) == ("taken", "sun.li", 3)
    assert {"kind": "shift", "id": "D20261124-A02", "field": "source"} in before["links"]
    office.clean()


def test_nothing_left_makes_a_shift_without_matters(office):
    shift = office.json("shift", "new", "--duty", "gate", "--ends", "2026-11-24 20:00", by="guo.ping")["id"]
    office("shift", "hand", shift, *KIT, by="guo.ping")
    office("shift", "take", shift, "--ends", "2026-11-25 08:00", by="sun.li")
    assert "matters" not in office.json("show", "D20261124-A02")


def test_what_is_named_shows_who_names_it(office, shift):
    assert f"交接班  {shift} 单据" in office("show", "W20261124-A01")
    assert "W20261124-A01" in office("show", shift)
    assert office.refused(
        "shift", "hand", shift, *KIT, "--matters", "what=灯,about=D20261124-A01", by="guo.ping", code=4
    )


def test_nobody_outside_is_promised_a_shift(office):
    assert "请告知对方" not in office("shift", "new", "--duty", "gate", "--ends", "2026-11-24 20:00", by="guo.ping")


def test_late_the_manager_hears_of_it_and_stands_him_down(office, shift):
    office.at("2026-11-24 20:01")
    assert f"{shift}：交班已用 100%，已报告客服经理" in office("escalate")
    office("shift", "hand", shift, *KIT, by="guo.ping")
    assert office.json("show", shift)["due"]  # until somebody has taken it
    assert "客服经理" in office.refused("shift", "stand_down", shift, "--note", "无人接班", by="guo.ping")
    office("shift", "stand_down", shift, "--note", "无人接班,经理代守")
    assert office.json("show", shift)["state"] == "stood_down"


@pytest.fixture
def plan(office):
    contacts = ("--contacts", "name=维保单位,phone=13812345678", "--contacts", "name=消防,phone=119")
    office("emergency_plan", "add", "YA-LIFT", *PLAN, "--steps", "1 安抚 2 打维保 3 疏散", *contacts, by="guo.ping")
    return "YA-LIFT"


def test_services_numbers_stand_in_clear_a_person_s_does_not(office, plan):
    assert "13812345678" in office("show", plan)
    words = (*PLAN, "--steps", "打小李 13912345678")
    said = office.refused("emergency_plan", "add", "YA-2", *words, by="guo.ping", code=2)
    assert "13912345678" not in said
    office.clean()


def test_a_drill_is_held_and_judged_by_somebody_else(office, plan):
    id_ = office.json("drill", "new", "--plan", plan, "--planned", "2026-11-24 14:00", by="guo.ping")["id"]
    office.at("2026-11-24 15:00")
    office("drill", "hold", id_, "--attended", "person=sun.li,role=安抚", by="guo.ping")
    assert "演练" in office.refused("drill", "assess", id_, "--result", "good", by="guo.ping")
    poor = ("--result", "须改进")
    assert "--lessons、--hazard/--task" in office.refused("drill", "assess", id_, *poor, code=2)
    assert "--hazard/--task" in office.refused("drill", "assess", id_, *poor, "--lessons", "联系慢", code=2)
    task = ("--task", "--owner", "guo.ping", "--deadline", "2026-11-26 12:00")
    office("drill", "assess", id_, *poor, "--lessons", "联系慢", *task)
    (made,) = office.json("task", "list")
    assert (made["what"], made["source"]) == ("联系慢", id_)
    assert office.json("show", id_)["links"] == [{"kind": "task", "id": made["id"], "field": "source"}]
    assert f"演练  {id_} 预案" in office("show", plan)
    office.clean()


def test_a_good_one_needs_nothing_more(office, plan):
    id_ = office.json("drill", "new", "--plan", plan, "--planned", "2026-11-24 14:00", by="guo.ping")["id"]
    office("drill", "hold", id_, "--attended", "person=sun.li", by="guo.ping")
    office("drill", "assess", id_, "--result", "good", by="sun.li")
    assert office.json("show", id_)["state"] == "assessed"
