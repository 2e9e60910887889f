"""On a terminal pmcs asks for what was not typed; Ctrl-C leaves nothing behind."""

from __future__ import annotations

import pytest

from pmcs.cli.screen import wide
from tests.stories.conftest import just_now
from tests.stories.terminal import Terminal


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


def test_a_wrong_answer_ends_in_one_sentence(sat):
    with Terminal("ticket", "new", cwd=sat.root) as terminal:
        terminal.wait("类别").type("repair")
        terminal.wait("位置").type("9-9-999")
        terminal.wait("内容").type("漏水")
        terminal.wait("回车").type("")
        assert terminal.ended() != 0
    assert "9-9-999" in terminal.seen
    assert "Traceback" not in terminal.seen


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
