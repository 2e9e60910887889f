"""9.4: what happened, typed while it happens, and what came of it."""

from __future__ import annotations

import pytest

TABLE = "  时间                 单位\n  -------------------  ------------\n"


@pytest.fixture
def office(crew):
    return crew.at("2026-11-23 21:00:05")


@pytest.fixture
def incident(office):
    """Two people in a lift."""
    words = ("--type", "电梯困人", "--asset", "LIFT-3-2", "--what", "困两人", "--grade", "minor")
    return office.json("incident", "new", *words, by="zhao.min")["id"]


def recovered(office, id_):
    office("incident", "arrive", id_, by="guo.ping")
    office("incident", "control", id_, "--note", "两人已救出", by="wang.qiang")
    office("incident", "recover", id_, "--note", "试运行正常", by="wang.qiang")


def reviewed(office, id_):
    recovered(office, id_)
    office("incident", "review", id_, "--cause", "门机老化", "--losses", "0", "--lessons", "换门机")


def test_it_reads_as_a_timeline_to_the_second(office, incident):
    office("incident", "note", incident, "--note", "对讲已接通", by="zhao.min")
    office.at("2026-11-23 21:03:17")
    office("incident", "call_help", incident, "--outside", "lift", by="zhao.min")
    office.at("2026-11-23 21:04:02")
    office("incident", "arrive", incident, by="guo.ping")
    office("incident", "call_help", incident, "--outside", "急救120", by="guo.ping")
    office.at("2026-11-23 21:20:40")
    office("incident", "help_came", incident, "--outside", "lift", by="guo.ping")
    office.at("2026-11-23 21:25:09")
    office("incident", "control", incident, "--note", "两人已救出", by="wang.qiang")
    page = office("show", incident)
    for line in (
        "  2026-11-23 21:00:05  zhao.min    备注\n      对讲已接通",
        "  2026-11-23 21:03:17  zhao.min    呼叫外援 电梯维保单位",
        "  2026-11-23 21:04:02  guo.ping    到场 → 处置中",
        "  2026-11-23 21:20:40  guo.ping    外援到场 电梯维保单位",
        "  2026-11-23 21:25:09  wang.qiang  控制 → 已控制\n      两人已救出",
        # Called and come, each service with its times.
        f"呼叫外援：\n{TABLE}  2026-11-23 21:03:17  电梯维保单位\n  2026-11-23 21:04:02  急救120\n",
        f"外援到场：\n{TABLE}  2026-11-23 21:20:40  电梯维保单位\n",
    ):
        assert line in page
    found = office.json("show", incident)
    assert [row["outside"] for row in found["called"]] == ["lift", "medical"]
    assert found["came"] == [{"time": "2026-11-23T21:20:40+08:00", "outside": "lift"}]
    assert found["place"] == "3-2-电梯"
    office.clean()


def test_who_called_is_told_by_when_somebody_comes(office):
    words = ("--type", "fire", "--place", "3-2", "--what", "冒烟", "--grade", "serious")
    assert "到场不晚于 2026-11-23 21:05" in office("incident", "new", *words, by="sun.li")
    assert "--note" in office.refused(
        "incident", "call_help", "E20261123-A01", "--outside", "other", by="sun.li", code=2
    )


def test_who_was_hurt_is_nowhere_in_clear(office, incident):
    office(
        "incident", "affect", incident, "--name", "张三丰", "--contact", "13812345678", "--harm", "擦伤", by="guo.ping"
    )
    office("incident", "affect", incident, "--name", "李四光", "--harm", "无", by="guo.ping")
    page = office("show", incident)
    assert "张**  138****5678  擦伤" in page
    assert "涉及人员 李** 无" in page
    everything = "".join(
        [
            *(page, office("log", incident), office("incident", "list"), office("show", incident, "--format", "json")),
            *(office.file(incident).read_text(encoding="utf-8"), office.git("log", "-p")),
        ]
    )
    for private in ("张三丰", "李四光", "13812345678"):
        assert private not in everything
    assert office.try_("search", "张三丰").out == office.try_("search", "王五").out


def test_the_names_are_opened_for_a_purpose_by_who_may_write_them(office, incident):
    office("incident", "affect", incident, "--name", "张三丰", "--contact", "13812345678", by="guo.ping")
    office("incident", "affect", incident, "--name", "李四光", "--harm", "无", by="guo.ping")
    assert "--purpose" in office.refused("incident", "reveal", incident, by="guo.ping", code=2)
    said = office("incident", "reveal", incident, "--purpose", "家属来问", by="guo.ping")
    assert said == "涉及人员：姓名 张三丰 电话 13812345678\n涉及人员：姓名 李四光\n"
    found = office.json("incident", "reveal", incident, "--purpose", "保险", by="guo.ping")
    assert found["persons"] == [{"name": "张三丰", "contact": "13812345678"}, {"name": "李四光"}]
    # Anyone reports a fire; that opens nothing.
    assert "安全防范员" in office.refused("incident", "reveal", incident, "--purpose", "看看", by="chen.lei")
    assert "家属来问" in office("show", incident)


def test_it_is_closed_after_the_review_and_what_it_led_to(office, incident):
    assert "已复盘" in office.refused("incident", "close", incident)
    recovered(office, incident)
    assert "--cause、--losses、--lessons" in office.refused("incident", "review", incident, code=2)
    assert "客服经理" in office.refused(
        *("incident", "review", incident, "--cause", "a", "--losses", "0", "--lessons", "b"), by="guo.ping"
    )
    office("incident", "review", incident, "--cause", "门机老化", "--losses", "1200.50", "--lessons", "换门机")
    office("incident", "follow_up", incident, "--repair")
    office("incident", "follow_up", incident, "--hazard", "--domain", "equipment", "--level", "general")
    office("incident", "follow_up", incident, "--task", "--owner", "he.jun", "--deadline", "2026-11-26 12:00")
    (task,), (repair,), (hazard,) = (office.json(kind, "list") for kind in ("task", "repair", "hazard"))
    assert (task["what"], repair["asset"], hazard["place"]) == ("换门机", "LIFT-3-2", "3-2-电梯")
    said = office.refused("incident", "close", incident)
    assert task["id"] in said
    assert repair["id"] in said
    assert hazard["id"] not in said  # it has deadlines and a way of its own
    office("repair", "cancel", repair["id"], "--note", "并入任务")
    office("task", "accept", task["id"], by="he.jun")
    office("task", "finish", task["id"], "--note", "已换", by="he.jun")
    office("task", "confirm", task["id"])
    office("incident", "close", incident)
    assert len(office.json("show", incident)["links"]) == 3
    office.clean()


def test_who_had_command_does_not_review(office, incident):
    office("incident", "arrive", incident)
    office("incident", "control", incident, "--note", "已救出")
    office("incident", "recover", incident, "--note", "正常")
    words = ("--cause", "a", "--losses", "0", "--lessons", "b")
    assert "控制" in office.refused("incident", "review", incident, *words)
    office("incident", "review", incident, *words, by="chen.lei")


def test_a_graver_grade_tells_the_leader_anew(office, incident):
    assert "上级领导" not in office("escalate")
    office("incident", "regrade", incident, "--grade", "serious", "--note", "有人受伤", by="guo.ping")
    assert office.json("show", incident)["due"]["tell_leader"][:16] == "2026-11-23T22:00"
    assert "上级领导" in office("escalate")
    office("incident", "acknowledge", incident, by="chen.lei")
    office.at("2026-11-23 21:40:00")
    office("incident", "regrade", incident, "--grade", "grave", "--note", "伤重", by="guo.ping")
    assert office.json("show", incident)["due"]["tell_leader"] == "2026-11-23T22:10:00+08:00"
    assert "上级领导" in office("escalate")
