"""A round is walked through on a terminal: one prompt an item, Enter for normal, b back, q stops and keeps."""

from __future__ import annotations

import os

import pytest

from tests.stories.conftest import just_now
from tests.stories.rounds import begun, results, with_checklists
from tests.stories.terminal import Terminal

ENGLISH = {"PMCS_LANG": "en"}


@pytest.fixture
def start():
    return just_now()


@pytest.fixture
def round_(office):
    """The office with checklists, wang.qiang at the keyboard, and a round of four items that he has begun."""
    office.id = begun(with_checklists(office))
    office.sit_down("wang.qiang")
    return office


def walk(office, *words, id_=None):
    return Terminal("inspection", "record", id_ or office.id, *words, cwd=office.root, env=ENGLISH)


def row(office, item):
    return next(row for row in office.json("show", office.id)["items"] if row["item"] == item)


def commits(office):
    return int(office.git("rev-list", "--count", "HEAD"))


def finished(office, id_):
    """The round can be finished, and check finds nothing wrong with its history."""
    office.later(minutes=5)("inspection", "finish", id_, by="wang.qiang")
    office.clean()


def test_thirty_one_items_are_thirty_one_times_enter_and_one_commit(round_):
    id_ = begun(round_, "lift")
    before = commits(round_)
    with walk(round_, id_=id_) as terminal:
        for number in range(1, 32):
            terminal.wait(f"{number}/31 {number} 第{number}处 [正常]").type("")
        assert terminal.ended() == 0, terminal.seen
    assert "still open" not in terminal.seen
    assert f"{id_}: 记录" in terminal.seen
    assert set(results(round_, id_).values()) == {"normal"}
    assert commits(round_) == before + 1
    finished(round_, id_)


def test_a_measured_item_asks_its_value_and_judges_it_at_once(round_):
    with walk(round_) as terminal:
        terminal.wait("1/4 1 泵房照明 [正常]").type("")
        terminal.wait("2/4 2 阀门 (常开阀门全开) [正常]").type("")
        terminal.wait("3/4 3 出水压力 (稳压时读表; 0.35–0.45 MPa):").type("")
        terminal.wait("This must be given").wait("3/4").type("正常")
        terminal.wait("is measured: give its value").wait("3/4").type("低")
        terminal.wait("3/4").type("０.30")
        terminal.wait("0.3 is out of range: 异常").wait("说明 [0.3 MPa (0.35–0.45 MPa)]").type("压力偏低")
        terminal.wait("What follows").type("")
        terminal.wait("4/4 4 地面 [正常]").type("b")
        terminal.wait("3/4").wait("[异常 0.3]").type("0.42")
        terminal.wait("4/4").type("不适用")
        assert terminal.ended() == 0, terminal.seen
    assert results(round_, round_.id) == {"1": "normal", "2": "normal", "3": "normal", "4": "na"}
    assert row(round_, "3")["value"] == 0.42
    finished(round_, round_.id)


def test_what_is_abnormal_leads_to_a_repair_a_hazard_or_work_that_is_there(round_):
    other = round_.json("repair", "new", "--place", "3-2-1201", "--fault", "积水")["id"]
    round_.sit_down("wang.qiang")
    before = commits(round_)
    with walk(round_) as terminal:
        terminal.wait("1/4").type("异常")
        terminal.wait("说明").type("灯不亮")
        terminal.wait("1 维修单").wait("What follows").type("1")
        terminal.wait("2/4").type("2")
        terminal.wait("说明").type("阀门半关")
        terminal.wait("What follows").type("隐患")
        terminal.wait("类别").type("安全防范").wait("等级").type("重大").wait("临时管控").type("专人看守")
        terminal.wait("3/4").type("0.4")
        terminal.wait("4/4").type("a")
        terminal.wait("说明").type("积水")
        terminal.wait("What follows").type("已有单据")
        terminal.wait("已有单据").type(other)
        assert terminal.ended() == 0, terminal.seen
    (made,) = [found for found in round_.json("repair", "list") if found["id"] != other]
    repair = round_.json("show", made["id"])
    assert (repair["fault"], repair["place"], repair["source"], repair["source_item"]) == (
        *("灯不亮", "3-2-1201", round_.id, "1"),
    )
    (hazard,) = round_.json("hazard", "list")
    hazard = round_.json("show", hazard["id"])
    assert (hazard["what"], hazard["level"], hazard["interim"], hazard["source_item"]) == (
        *("阀门半关", "major", "专人看守", "2"),
    )
    assert row(round_, "4")["work"] == other
    assert [made["id"] in terminal.seen, hazard["id"] in terminal.seen] == [True, True]
    assert commits(round_) == before + 3, "all rows, then what each of two has led to"
    finished(round_, round_.id)


def test_q_keeps_what_was_said_and_the_next_walk_goes_on_from_there(round_):
    with walk(round_) as terminal:
        terminal.wait("1/4").type("").wait("2/4").type("").wait("3/4").type("q")
        assert terminal.ended() == 0, terminal.seen
    assert "2 of 4 rows are still open" in terminal.seen
    with walk(round_) as terminal:
        terminal.wait("3/4").type("b")
        terminal.wait("2/4 2 阀门").wait("[正常]").type("b")
        terminal.wait("1/4").type("b").wait("first").wait("1/4").type("")
        terminal.wait("3/4").type("q")
        assert terminal.ended() == 130, terminal.seen
    assert "nothing was written" in terminal.seen
    with walk(round_) as terminal:
        terminal.wait("3/4").type("b").wait("2/4").type("3").wait("3/4").type("0.4").wait("4/4").type("")
        assert terminal.ended() == 0, terminal.seen
    assert results(round_, round_.id) == {"1": "normal", "2": "na", "3": "normal", "4": "normal"}
    changed = round_.json("show", round_.id)["history"][-1]["row"]["items"]
    assert [row["item"] for row in changed] == ["2", "3", "4"]


def test_ctrl_c_loses_no_answer(round_):
    with walk(round_) as terminal:
        terminal.wait("1/4").type("").wait("2/4").type("异常").wait("说明").type("渗水")
        terminal.wait("What follows").interrupt()
        assert terminal.ended() == 0, terminal.seen
    assert "Traceback" not in terminal.seen
    assert results(round_, round_.id) == {"1": "normal", "2": "abnormal", "3": "", "4": ""}
    assert row(round_, "2")["remark"] == "渗水"
    with walk(round_, id_=begun(round_, "lift")) as terminal:
        before = round_.head()
        terminal.wait("1/31").press("\x04")
        assert terminal.ended() == 130, terminal.seen
    assert (round_.head(), round_.dirt()) == (before, "")


def test_a_terminal_that_goes_away_takes_no_answer_with_it(round_):
    with walk(round_) as terminal:
        terminal.wait("1/4").type("2").wait("说明").type("灯不亮").wait("What follows").type("维修单")
        terminal.wait("2/4").type("").wait("3/4")
        os.close(terminal.master)
        terminal.process.wait(20)
        terminal.master = os.open(os.devnull, os.O_RDONLY)
    assert results(round_, round_.id) == {"1": "abnormal", "2": "normal", "3": "", "4": ""}
    assert [found["fault"] for found in round_.json("repair", "list")] == ["灯不亮"]
    round_.later(minutes=5).clean()


KEYS = """\
kind: key_count
title: 钥匙盘点
number: KC
fields:
  month: {label: 月份, type: period}
  keys:
    label: 钥匙
    key: [hook]
    rows:
      hook:  {label: 钩号}
      owner: {label: 所属}
      found: {label: 清点, values: {there: 在位, lent: {label: 借出, needs: [to]}}}
      to:    {label: 借给}
      from:  {label: 自何日, type: date}
states:
  counting: {label: 盘点中}
  counted:  {label: 已盘点, end: true}
actions:
  new:    {label: 开始, to: counting, by: [anyone], asks: [month, keys]}
  count:  {label: 清点, from: [counting], by: [anyone], row: keys, asks: [found], takes: [to, from]}
  finish: {label: 完成, from: [counting], to: counted, by: [manager]}
"""


def test_a_kind_of_ones_own_is_walked_through_without_a_checklist(round_):
    (round_.root / "regulation/2026-01-01/kinds/key_count.yaml").write_text(KEYS, "utf-8")
    round_.git("add", "regulation")
    round_.git("commit", "-qm", "keys")
    rows = [part for hook in ("A1", "A2", "A3") for part in ("--keys", f"hook={hook},owner=阳光花园")]
    id_ = round_.json("key_count", "new", "--month", "2026-11", *rows, by="wang.qiang")["id"]
    with Terminal("key_count", "count", cwd=round_.root, env=ENGLISH) as terminal:
        terminal.wait("钥匙盘点").type("1").wait("1/3 A1 阳光花园 [在位]").type("")
        terminal.wait("2/3").type("借").wait("借给").type("工程部").wait("3/3").type("")
        assert terminal.ended() == 0, terminal.seen
    assert "What follows" not in terminal.seen
    keys = round_.json("show", id_)["keys"]
    assert [(row["found"], row.get("to")) for row in keys] == [("there", None), ("lent", "工程部"), ("there", None)]
    round_.later(minutes=5)
    told = round_("key_count", "count", "--help")
    assert "--from DATE" in told
    path = round_.root.parent / "keys.csv"
    path.write_text("钩号,清点,自何日\nA1,在位,2026-11-02\n", "utf-8")
    round_("key_count", "count", id_, "--from-file", path)
    assert round_.json("show", id_)["keys"][0]["from"] == "2026-11-02"


def test_a_question_mark_explains_and_an_unknown_word_is_asked_again(round_):
    with walk(round_) as terminal:
        terminal.wait("1 正常").wait("1/4").type("好")
        terminal.wait("There is no 好 here").wait("1/4").type("n").wait("There is no n here")
        terminal.wait("1/4").type("?").wait("b goes back").wait("1/4").type("1")
        terminal.wait("2/4").type("？").wait("常开阀门全开").wait("2/4").type("q")
        assert terminal.ended() == 0, terminal.seen
    assert results(round_, round_.id)["1"] == "normal"


def test_whoever_does_not_walk_the_round_is_asked_nothing(round_):
    round_.sit_down("li.na")
    with walk(round_) as terminal:
        assert terminal.ended() == 3, terminal.seen
    assert "1/4" not in terminal.seen


def test_a_row_that_is_said_is_not_walked_to(round_):
    with walk(round_, "--item", "4", "--result", "normal") as terminal:
        assert terminal.ended() == 0, terminal.seen
    with walk(round_, "--items", "item=2,result=异常,remark=渗水", "--repair") as terminal:
        assert terminal.ended() == 0, terminal.seen
    assert "故障" not in terminal.seen
    assert results(round_, round_.id) == {"1": "", "2": "abnormal", "3": "", "4": "normal"}


def test_when_all_is_recorded_one_row_may_still_be_changed(round_):
    for item in ("1", "2", "4"):
        round_("inspection", "record", round_.id, "--item", item, "--result", "normal", by="wang.qiang")
    round_("inspection", "record", round_.id, "--item", "3", "--value", "0.4", by="wang.qiang")
    with walk(round_) as terminal:
        terminal.wait("4 4 地面").wait("项目").type("4")
        terminal.wait("Enter to finish").type("结果").wait("结果").type("3")
        terminal.wait("Enter to finish").type("")
        assert terminal.ended() == 0, terminal.seen
    assert results(round_, round_.id)["4"] == "na"
