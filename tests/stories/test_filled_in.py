"""Marks are typed row by row on a terminal: Enter takes all that are empty, a number one of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.conftest import just_now
from tests.stories.terminal import Terminal

ENGLISH = {"PMCS_LANG": "en"}


@pytest.fixture
def start():
    return just_now()


@pytest.fixture
def sheet(office):
    """An assessment of last month with five items to be marked, and li.na at the keyboard."""
    period = f"{office.now.date().replace(day=1) - timedelta(days=1):%Y-%m}"
    office("assessment", "open", period, "--post", "facility_keeper")
    office.id = f"KH-{period}-wang.qiang"
    office.sit_down("li.na")
    return office


def mark(office, action="mark"):
    return Terminal("assessment", action, office.id, cwd=office.root, env=ENGLISH)


def marks(office):
    return {row["item"]: row.get("points") for row in office.json("show", office.id)["marks"]}


def commits(office):
    return int(office.git("rev-list", "--count", "HEAD"))


def test_enter_takes_one_after_the_other_and_all_are_one_commit(sheet):
    before = commits(sheet)
    with mark(sheet) as terminal:
        terminal.wait("[1,2,3,4,5]: ").type("")
        for place in range(1, 6):
            terminal.wait(f"{place}/5 ").wait("得分").type(str(80 + place)).wait("理由").type("按平时记录")
        assert terminal.ended() == 0, terminal.seen
    assert list(marks(sheet).values()) == [81, 82, 83, 84, 85]
    assert commits(sheet) == before + 1
    sheet.later(minutes=5).clean()


def test_a_number_takes_one_row_and_the_others_are_offered_the_next_time(sheet):
    with mark(sheet) as terminal:
        terminal.wait("[1,2,3,4,5]: ").type("3").wait("得分").type("90").wait("理由").type("好").ended()
    assert [name for name, points in marks(sheet).items() if points] == ["manner"]
    with mark(sheet) as terminal:
        terminal.wait("[1,2,4,5]: ").interrupt()
        assert terminal.ended() == 130


def test_what_was_said_before_ctrl_c_is_kept_and_nothing_is_nothing(sheet):
    before = commits(sheet)
    with mark(sheet) as terminal:
        terminal.wait("[1,2,3,4,5]: ").type("").wait("得分").interrupt()
        assert terminal.ended() == 130
    assert commits(sheet) == before
    with mark(sheet) as terminal:
        terminal.wait("[1,2,3,4,5]: ").type("").wait("得分").type("120").wait("100").type("70").wait("理由").type(
            "迟到"
        )
        terminal.wait("2/5").wait("得分").type("80").interrupt()
        assert terminal.ended() == 0, terminal.seen
    assert marks(sheet) == {"diligence": 70, "craft": None, "manner": None, "conduct": None, "cooperation": None}
    sheet.later(minutes=5).clean()


def test_who_may_not_is_told_before_anything_is_asked(sheet):
    sheet.sit_down("wang.qiang")
    with mark(sheet) as terminal:
        assert terminal.ended() == 3
    assert "[1" not in terminal.seen
    with mark(sheet, "self") as terminal:
        terminal.wait("[1,2,3,4,5]: ").type("")
        for place in range(1, 6):
            terminal.wait(f"{place}/5 ").wait("自评").type("95")
        assert terminal.ended() == 0, terminal.seen


def test_lines_told_apart_by_a_number_are_numbered_on(office):
    office.sit_down("li.na")
    plan = ("--type", "rule", "--name", "钥匙管理", "--starts", "2026-01-01")
    first = office.json("plan", "new", *plan, "--measures", "item=4,measure=登记")["id"]
    with Terminal("plan", "measure", first, cwd=office.root, env=ENGLISH) as terminal:
        terminal.wait("序号 [5]: ").type("").wait("措施").type("月底盘点")
        terminal.wait("More").type("").ended()
    assert [row["item"] for row in office.json("show", first)["measures"]] == [4, 5]
    with Terminal("plan", "new", cwd=office.root, env=ENGLISH) as terminal:
        terminal.wait("名称").type("2027年计划").wait("自").type("2027-01-01").wait("类别").type("1").wait("至")
        terminal.type("2027-12-31").wait("More").type("措施")
        for place, more in ((1, "y"), (2, "n")):
            terminal.wait(f"序号 [{place}]: ").type("").wait("措施").type(f"措施{place}")
            for column in ("责任人", "期限", "进度", "说明"):
                terminal.wait(column).type("")
            terminal.wait("One more?").type(more)
        terminal.wait("More").type("")
        assert terminal.ended() == 0, terminal.seen
    second = next(row["id"] for row in office.json("plan", "list") if row["id"] != first)
    assert [row["item"] for row in office.json("show", second)["measures"]] == [1, 2]
