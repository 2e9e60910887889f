"""On a terminal pmcs asks for what was not typed; Ctrl-C leaves nothing behind."""

from __future__ import annotations

import pytest

from pmcs.cli.screen import wide
from tests.stories.conftest import just_now
from tests.stories.terminal import PROJECT, Terminal


@pytest.fixture
def start():
    return just_now()


@pytest.fixture
def sat(office):
    """The office's folder with li.na at the keyboard."""
    office.sit_down("li.na")
    return office


def test_a_ticket_is_asked_for_question_by_question(sat):
    with Terminal("ticket", "new", cwd=sat.root) as terminal:
        terminal.wait("1 咨询").wait("类别").type("4")
        terminal.wait("位置").type("3-2-1201")
        terminal.wait("内容").type("厨房漏水")
        terminal.wait("回车").type("")
        assert terminal.ended() == 0, terminal.seen
    (made,) = sat.json("ticket", "list")
    assert (made["category"], made["place"], made["summary"]) == ("repair", "3-2-1201", "厨房漏水")
    assert made["id"] in terminal.seen


def test_ctrl_c_leaves_nothing(sat):
    before = sat.head()
    with Terminal("ticket", "new", cwd=sat.root) as terminal:
        terminal.wait("类别").type("repair")
        terminal.wait("位置").interrupt()
        assert terminal.ended() == 130, terminal.seen
    assert "Traceback" not in terminal.seen
    assert "已放弃，未写入任何内容。" in terminal.seen
    assert sat.head() == before
    assert sat.dirt() == ""
    assert sat.ticket().endswith("-A01")


def test_a_phone_in_the_summary_is_offered_to_the_sealed_contact(sat):
    with Terminal("ticket", "new", cwd=sat.root) as terminal:
        terminal.wait("类别").type("repair")
        terminal.wait("位置").type("3-2-1201")
        terminal.wait("内容").type("厨房漏水 13811112222")
        terminal.wait("联系方式").type("y")
        terminal.wait("回车").type("")
        assert terminal.ended() == 0, terminal.seen
    (made,) = sat.json("ticket", "list")
    assert (made["summary"], made["contact"]) == ("厨房漏水", "138****2222")


def test_what_a_choice_needs_is_asked_after_it(sat):
    id_ = sat.ticket()
    with Terminal("ticket", "triage", id_, cwd=sat.root) as terminal:
        terminal.wait("核实结果").type("invalid")
        terminal.wait("备注").type("现场无渗漏")
        terminal.wait("回车").type("")
        assert terminal.ended() == 0, terminal.seen
    assert sat.json("show", id_)["state"] == "invalid"


def test_a_wrong_answer_is_refused_at_once_and_asked_again(sat):
    with Terminal("ticket", "new", "--category", "repair", "--summary", "漏水", cwd=sat.root) as terminal:
        terminal.wait("位置：").type("9-9-999")
        terminal.wait("没有 place 9-9-999").wait("位置：").type("")
        terminal.wait("此项必填").wait("位置：").type("1201")
        terminal.wait("→ 3-2-1201")
        assert terminal.ended() == 0, terminal.seen
    assert sat.json("ticket", "list")[0]["place"] == "3-2-1201"


def test_only_what_is_missing_is_asked(sat):
    with Terminal("ticket", "new", "--place", "3-2-1201", "--category", "报修", cwd=sat.root) as terminal:
        terminal.wait("内容：").type("漏水")
        assert terminal.ended() == 0, terminal.seen
    for never in ("类别：", "位置：", "补充填写"):
        assert never not in terminal.seen


def test_a_wrong_option_is_refused_before_any_question(sat):
    with Terminal("ticket", "new", "--category", "报修?", cwd=sat.root) as terminal:
        assert terminal.ended() == 2
    assert "位置：" not in terminal.seen


def test_nobody_is_asked_in_vain(sat):
    id_ = sat.ticket()
    sat.sit_down("wang.qiang")
    with Terminal("ticket", "triage", id_, cwd=sat.root) as terminal:
        assert terminal.ended() == 3
    sat.sit_down("li.na")
    with Terminal("ticket", "assign", id_, cwd=sat.root) as terminal:
        assert terminal.ended() == 3
    assert "主办人：" not in terminal.seen


def test_a_long_list_is_shown_by_groups_and_narrowed_by_a_piece(sat):
    with Terminal("ticket", "new", cwd=sat.root) as terminal:
        terminal.wait("类别：").type("报修")
        terminal.wait("位置：").type("3-2-1201")
        terminal.wait("内容：").type("电梯")
        terminal.wait("回车").type("事项")
        terminal.wait("3 电梯").wait("事项").type("3")
        terminal.wait("2 停梯").wait("[电梯]").type("困")
        terminal.wait("1 困人").wait("[困人]").type("")
        terminal.wait("回车").type("")
        assert terminal.ended() == 0, terminal.seen
    assert sat.json("ticket", "list")[0]["subject"] == "lift.trapped"


def test_what_stands_there_is_kept_by_enter_and_private_values_stay_masked(sat):
    id_ = sat.ticket(contact="13811112222", urgency="low")
    with Terminal("ticket", "edit", id_, cwd=sat.root) as terminal:
        terminal.wait("回车").type("紧急程度")
        terminal.wait("[不急]").type("")
        terminal.wait("回车").type("联系方式")
        terminal.wait("[138****2222]").type("")
        terminal.wait("回车").type("位置描述")
        terminal.wait("位置描述").type("门厅")
        terminal.wait("回车").type("")
        assert terminal.ended() == 0, terminal.seen
    shown = sat.json("show", id_)
    assert (shown["urgency"], shown["location"], shown["contact"]) == ("low", "门厅", "138****2222")
    assert shown["history"][-1]["set"] == {"location": "门厅"}
    assert "13811112222" not in terminal.seen


def test_rows_are_asked_column_by_column(sat):
    id_ = sat.assigned("wang.qiang")
    sat.sit_down("zhao.min")
    with Terminal("ticket", "submit", id_, cwd=sat.root) as terminal:
        terminal.wait("第 1 行").wait("名称：").type("报价单")
        terminal.wait("文件").type("/nowhere").wait("无法读取").wait("文件").type("")
        terminal.wait("[y/N]").type("y")
        terminal.wait("第 2 行").wait("名称：").type("清单")
        terminal.wait("文件").type("").wait("[y/N]").type("")
        terminal.wait("备注：").type("超出预算")
        assert terminal.ended() == 0, terminal.seen
    assert [row["name"] for row in sat.json("show", id_)["materials"]] == ["报价单", "清单"]


def test_the_row_meant_is_chosen_where_there_are_several(sat):
    sat("staff", "appoint", "zhao.min", "--post", "finance_clerk", "--since", "2026-01-01")
    sat.sit_down("li.na")
    with Terminal("staff", "relieve", "zhao.min", cwd=sat.root) as terminal:
        terminal.wait("2 财务专员").wait("岗位：").type("2")
        terminal.wait("至").type("今天")
        assert terminal.ended() == 0, terminal.seen
    ended = [row["post"] for row in sat.json("show", "zhao.min")["posts"] if "until" in row]
    assert ended == ["finance_clerk"]


def test_which_record_is_asked_and_what_is_made_is_asked_to_its_end(sat):
    id_ = sat.assigned()
    sat.sit_down("li.na")
    with Terminal("ticket", "involve", cwd=sat.root) as terminal:
        terminal.wait(f"1 {id_}").wait("工单：").type("1")
        terminal.wait("任务：").wait("责任人：").type("王强")
        terminal.wait("[wang.qiang]").type("")
        terminal.wait("期限").type("昨天 25:00").wait("应为时间").wait("期限").type("明天 17:00")
        assert terminal.ended() == 0, terminal.seen
    (made,) = sat.json("task", "list")
    assert (made["owner"], made["source"]) == ("wang.qiang", id_)


def test_a_question_mark_explains_and_ctrl_d_leaves_nothing(sat):
    before = sat.head()
    with Terminal("task", "new", "--what", "巡查", "--owner", "li.na", cwd=sat.root) as terminal:
        terminal.wait("期限").type("？")
        terminal.wait("--deadline").wait("5.10").wait("期限").press("\x04")
        assert terminal.ended() == 130
    assert "已放弃，未写入任何内容。" in terminal.seen
    assert (sat.head(), sat.dirt()) == (before, "")


def test_tab_completes_and_no_answer_can_be_called_back(sat):
    with Terminal("resident", "add", "--relation", "业主", cwd=sat.root) as terminal:
        terminal.wait("姓名：").type("欧阳建国")
        terminal.wait("电话：").press("\x1b[A").type("13811112222")
        assert terminal.ended() == 0, terminal.seen
    assert terminal.seen.count("欧阳建国") == 1
    with Terminal("ticket", "new", "--summary", "漏水", "--category", "repair", cwd=sat.root) as terminal:
        terminal.wait("位置：").press("3-2-\t").wait("1201").type("")
        assert terminal.ended() == 0, terminal.seen


@pytest.mark.parametrize("editor", ["readline", "dumb", "none"])
def test_a_text_of_several_lines_is_pasted(sat, tmp_path, editor):
    env = {"TERM": "dumb"} if editor == "dumb" else {}
    if editor == "none":
        (tmp_path / "readline.py").write_text("raise ImportError\n", "utf-8")
        env = {"PYTHONPATH": f"{tmp_path}:{PROJECT}"}
    pasted = "厨房漏水\n楼下也漏"
    with Terminal("ticket", "new", "--category", "repair", "--place", "3", cwd=sat.root, env=env) as terminal:
        terminal.wait("内容：")
        terminal.type(f"\x1b[200~{pasted}\x1b[201~" if editor == "readline" else pasted)
        assert terminal.ended() == 0, terminal.seen
    assert sat.json("ticket", "list")[0]["summary"] == pasted


def test_why_private_values_are_looked_at_is_asked(sat):
    sat("resident", "add", "--name", "欧阳建国", "--phone", "13811112222", "--relation", "owner")
    sat.sit_down("li.na")
    with Terminal("resident", "reveal", "RA0001", cwd=sat.root) as terminal:
        terminal.wait("目的：").type("电梯回访")
        assert terminal.ended() == 0, terminal.seen
    assert "13811112222" in terminal.seen
    assert sat.json("show", "RA0001")["history"][-1]["note"] == "电梯回访"


def test_a_table_with_chinese_keeps_to_the_terminal(sat):
    sat.ticket(summary="三号楼二单元电梯运行有异响," * 8)
    with Terminal("ticket", "list", cwd=sat.root) as terminal:
        assert terminal.ended() == 0
    assert max(wide(line) for line in terminal.seen.splitlines()) <= 100


def test_in_an_editor_on_a_terminal(sat, tmp_path):
    id_ = sat.ticket()
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\nsed -i 's/^summary: .*/summary: 门厅灯不亮/' \"$1\"\n", "utf-8")
    editor.chmod(0o755)
    with Terminal("edit", id_, cwd=sat.root, env={"EDITOR": str(editor), "VISUAL": ""}) as terminal:
        assert terminal.ended() == 0, terminal.seen
    assert "修改" in terminal.seen
    assert sat.json("show", id_)["summary"] == "门厅灯不亮"
    assert sat.dirt() == ""


def test_an_editor_left_without_a_change_changes_nothing(sat):
    id_ = sat.ticket()
    before = sat.head()
    with Terminal("edit", id_, cwd=sat.root, env={"EDITOR": "true", "VISUAL": ""}) as terminal:
        assert terminal.ended() == 0
    assert sat.head() == before
