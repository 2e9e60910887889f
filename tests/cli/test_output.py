from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from pmcs.cli.one_record import ClockLine, HistoryLine, Lines, Page, duration_words, print_record
from pmcs.cli.output import format_error, print_rows
from pmcs.cli.screen import clean, cut
from pmcs.cli.words import Words
from pmcs.errors import BadInput, Sentence

ROOT = Path(__file__).resolve().parents[2]
CHINESE, ENGLISH = Words("zh_CN"), Words("en")
COLUMNS = [("id", "单号"), ("state", "状态"), ("place", "位置"), ("summary", "内容")]
TICKETS = [
    {"id": "T20261123-A01", "state": "处理中", "place": "3-2-1201", "summary": "3号楼2单元电梯运行有异响"},
    {"id": "T20261123-A02", "state": "已办结", "place": "0101", "summary": "Leak under the sink"},
]
OFFICE = timezone(timedelta(hours=8))


class Terminal(io.StringIO):
    def isatty(self):
        return True


def printed(rows, columns, form, out=None):
    out = out or io.StringIO()
    print_rows(rows, columns, form, out)
    return out.getvalue()


@pytest.fixture
def terminal(monkeypatch):
    """A terminal of so many columns, in colours unless the user says otherwise."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")

    def of(columns):
        monkeypatch.setenv("COLUMNS", str(columns))
        return Terminal()

    return of


def place_on_screen(line, text):
    """The column at which `text` begins: Chinese characters and marks take two."""
    before = line[: line.index(text)]
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in before)


# Tables --------------------------------------------------------------------------------------------------------------


def test_a_table_lines_up_with_chinese_text_in_it():
    heading, _, first, second = printed(TICKETS, COLUMNS, "table").splitlines()
    assert place_on_screen(heading, "内容") == place_on_screen(first, "3号楼") == place_on_screen(second, "Leak")
    assert place_on_screen(heading, "位置") == place_on_screen(first, "3-2-1201") == place_on_screen(second, "0101")


def test_a_narrow_terminal_cuts_the_longest_text_and_leaves_the_number_whole(terminal):
    heading, _, first, _ = printed(TICKETS, COLUMNS, "table", terminal(50)).splitlines()
    assert first.startswith("T20261123-A01  处理中  3-2-1201  3号楼")
    assert first.endswith("…")
    assert wcswidth(first) <= 50
    assert place_on_screen(heading, "内容") == place_on_screen(first, "3号楼")


def test_a_table_that_goes_into_a_file_or_a_pipe_is_not_cut(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    assert "3号楼2单元电梯运行有异响" in printed(TICKETS, COLUMNS, "table")


@pytest.mark.parametrize("columns", [1, 3, 8, 20])
def test_no_line_is_wider_than_the_terminal_however_narrow(terminal, columns):
    lines = printed(TICKETS, COLUMNS, "table", terminal(columns)).splitlines()
    assert len(lines) == 4
    assert all(wcswidth(line) <= columns for line in lines)


def test_a_text_of_several_lines_stands_on_one():
    row = {"id": "T1", "state": None, "place": "", "summary": "漏水\r\n已报修\u2028请尽快\t谢谢"}
    assert printed([row], COLUMNS, "table").splitlines()[2:] == ["T1" + 16 * " " + "漏水 已报修 请尽快 谢谢"]


def test_a_table_without_rows_has_its_headings():
    assert printed([], COLUMNS, "table").splitlines()[0].split() == ["单号", "状态", "位置", "内容"]


@pytest.mark.parametrize(
    ("hostile", "seen"),
    [
        ("\x1b[2J\x1b[31m红\x1b[0m", "红"),
        ("\x1b]0;title\x07水管", "水管"),
        ("\x1b]8;;http://x.invalid\x1b\\水管\x1b]8;;\x1b\\", "水管"),
        ("\x9b31m水\x9b0m管", "水管"),
        ("\x1b]0;never ends 水管", "]0;never ends 水管"),
        ("a\x08b\x7fc\x00", "abc"),
        ("张\u202e三\u2066", "张三"),
        ("\x1bc水管", "水管"),
        ("一\u200b二\ufeff", "一二"),
        ("half \ud800", "half "),
    ],
)
def test_a_text_that_would_steer_the_terminal_is_only_text(hostile, seen):
    assert clean(hostile) == seen


# Wide, narrow, combining, unseen, steering, and characters that are no characters.
ANY_TEXT = st.text(
    st.sampled_from("a 漏水，—é\u0301\u200d👩🔧\x1b[m\n\r\t\x00\u202e\u3000ｱ") | st.characters(), max_size=40
)


@given(st.lists(st.fixed_dictionaries({"a": ANY_TEXT, "b": ANY_TEXT}), max_size=5), st.integers(1, 60))
def test_whatever_a_record_holds_a_table_has_one_line_a_row_and_fits(rows, columns):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        text = printed(rows, [("a", "甲"), ("b", "乙")], "table", Terminal())
    lines = text.split("\n")
    assert len(lines) == len(rows) + 3
    assert all(0 <= wcswidth(line) <= columns for line in lines)


@given(ANY_TEXT.map(clean), st.integers(1, 30))
def test_a_cut_text_is_the_beginning_of_the_text_and_fits(text, limit):
    short = cut(text, limit)
    assert wcswidth(short) <= limit or short == text
    assert text.startswith(short.removesuffix("…"))


# JSON, CSV, YAML -----------------------------------------------------------------------------------------------------


def test_json_keeps_the_types_the_order_of_the_columns_and_the_chinese():
    rows = [{"id": "T1", "score": 5, "open": True, "paid": Decimal("12.30"), "lines": [{"part": "导靴"}], "more": 1}]
    columns = [
        ("id", "单号"),
        ("open", "未结"),
        ("score", "评分"),
        ("paid", "金额"),
        ("lines", "明细"),
        ("due", "时限"),
    ]
    text = printed(rows, columns, "json")
    assert json.loads(text) == [
        {"id": "T1", "open": True, "score": 5, "paid": "12.30", "lines": [{"part": "导靴"}], "due": None},
    ]
    assert '    "id": "T1",\n    "open": true,\n    "score": 5,' in text
    assert "导靴" in text
    assert printed([], columns, "json") == "[]\n"


def test_json_can_be_shown_on_a_terminal():
    text = printed([{"id": "\x9b31m\x1b[2J\u202e\ud800"}], [("id", "")], "json")
    assert text.isascii()
    assert json.loads(text) == [{"id": "\x9b31m\x1b[2J\u202e\ud800"}]


def test_csv_is_read_back_by_a_csv_reader():
    rows = [{"id": "T1", "summary": '漏水, "很急"\n速来', "score": -3}]
    text = printed(rows, [("id", "单号"), ("summary", "内容"), ("score", "评分")], "csv")
    assert text.startswith("单号,内容,评分\r\n")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["单号", "内容", "评分"],
        ["T1", '漏水, "很急"\n速来', "-3"],
    ]


@pytest.mark.parametrize(
    ("given", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+8613800000000", "'+8613800000000"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("\x1b[m=1", "'\x1b[m=1"),
        ("-3", "-3"),
        ("-3.50", "-3.50"),
        (-3, "-3"),
        (Decimal("-3.5"), "-3.5"),
        ("a=b", "a=b"),
        (None, ""),
        (["李娜", "王强"], "李娜, 王强"),
        (["=1", "2"], "'=1, 2"),
        (datetime(2026, 11, 23, 9, 12, 4, tzinfo=OFFICE), "2026-11-23T09:12:04+08:00"),
    ],
)
def test_no_cell_becomes_a_formula_in_a_spreadsheet(given, cell):
    text = printed([{"a": given}], [("a", "甲"), ("b", "乙")], "csv")
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == [cell, ""]


def test_a_csv_file_opens_rightly_in_excel_and_a_pipe_gets_plain_utf_8(tmp_path):
    with (tmp_path / "工单.csv").open("w", encoding="utf-8", newline="") as file:
        print_rows(TICKETS, COLUMNS, "csv", file)
        print_rows(TICKETS, COLUMNS, "csv", file)
    data = (tmp_path / "工单.csv").read_bytes()
    assert data.startswith("\ufeff单号,状态".encode())
    assert data.count("\ufeff".encode()) == 1
    assert printed(TICKETS, COLUMNS, "csv").startswith("单号")


def test_yaml_is_a_list_that_any_reader_takes():
    rows = [
        {"id": "T1", "place": "0101", "summary": "漏水: 很急\n速来", "score": 5, "open": False, "due": None},
        {"id": "T2", "place": "no", "summary": "#1"},
    ]
    columns = [(name, name) for name in ("id", "place", "summary", "score", "open", "due")]
    text = printed(rows, columns, "yaml")
    assert yaml.load(text, yaml.BaseLoader) == [
        {"id": "T1", "place": "0101", "summary": "漏水: 很急\n速来", "score": "5", "open": "false"},
        {"id": "T2", "place": "no", "summary": "#1"},
    ]
    assert text.startswith("- id: T1\n  place: ")
    assert printed([], columns, "yaml") == "[]\n"


# One record ----------------------------------------------------------------------------------------------------------


def at(hour, minute):
    return datetime(2026, 11, 23, hour, minute, tzinfo=OFFICE)


PAGE = Page(
    title="T20261123-A01  投诉",
    state="处理中",
    fields=[
        ("类别", "投诉"),
        ("位置", "3-2-1201"),
        ("内容", "电梯有异响\n已停用"),
        ("用料", Lines([("part", "名称"), ("count", "数量")], [{"part": "导靴", "count": "2"}])),
    ],
    clocks=[
        ClockLine("响应", None, None),
        ClockLine("办结", at(18, 0), timedelta(hours=3, minutes=20)),
        ClockLine("回访", at(8, 0), timedelta(days=-2)),
        ClockLine("告知", None, None, late=True),
    ],
    history=[HistoryLine(at(9, 12), "李娜", "登记"), HistoryLine(at(9, 30), "王强", "开始处理", "已到场\n等配件")],
    links=[("维修", "B20261123-A02  电梯导靴更换")],
    warnings=["文件被手工改动过。"],
)


def test_the_page_of_a_record_reads_from_top_to_bottom():
    out = io.StringIO()
    print_record(PAGE, CHINESE, out)
    assert (
        out.getvalue()
        == """\
T20261123-A01  投诉
! 文件被手工改动过。

状态：处理中
类别：投诉
位置：3-2-1201
内容：电梯有异响
      已停用
用料：
  名称  数量
  ----  ----
  导靴  2

时限
  响应                    已停
  办结  2026-11-23 18:00  还剩 3 小时 20 分
  回访  2026-11-23 08:00  已超 2 天
  告知                    已停，曾超期

经过
  2026-11-23 09:12:00  李娜  登记
  2026-11-23 09:30:00  王强  开始处理
      已到场
      等配件

关联单据
  维修  B20261123-A02  电梯导靴更换
"""
    )


def test_what_a_record_does_not_have_takes_no_place():
    out = io.StringIO()
    print_record(Page("P1201", "active", [("Name", "")]), ENGLISH, out)
    assert out.getvalue() == "P1201\n\nState: active\nName:\n"


def test_colour_is_for_terminals_and_for_those_who_want_it(terminal, monkeypatch):
    out = terminal(80)
    print_record(PAGE, CHINESE, out)
    red = re.findall("\x1b\\[31m(.*?)\x1b", out.getvalue())
    assert [line.split()[-1] for line in red] == ["文件被手工改动过。", "天", "已停，曾超期"]
    monkeypatch.setenv("NO_COLOR", "1")
    plain = terminal(80)
    print_record(PAGE, CHINESE, plain)
    assert "\x1b" not in plain.getvalue()


def test_a_hostile_record_steers_nothing_on_its_page():
    bad = "\x1b[2J\x1b]0;x\x07"
    page = Page(
        bad,
        bad,
        [(bad, f"{bad}a\n{bad}b"), ("c", Lines([("x", bad)], [{"x": bad}]))],
        [ClockLine(bad, None, None)],
        [HistoryLine(at(9, 0), bad, bad, bad)],
        [(bad, bad)],
        [bad],
    )
    out = io.StringIO()
    print_record(page, ENGLISH, out)
    assert set(re.findall(r"[^\x20-\x7e]", out.getvalue())) == {"\n"}


@pytest.mark.parametrize(
    ("duration", "chinese", "english"),
    [
        (timedelta(seconds=59), "不到 1 分", "less than 1 min"),
        (timedelta(seconds=60), "1 分", "1 min"),
        (timedelta(minutes=59, seconds=59), "59 分", "59 min"),
        (timedelta(hours=3), "3 小时", "3 h"),
        (timedelta(hours=3, minutes=20), "3 小时 20 分", "3 h 20 min"),
        (timedelta(hours=23, minutes=59), "23 小时 59 分", "23 h 59 min"),
        (timedelta(days=2, minutes=59), "2 天", "2 d"),
        (timedelta(days=2, hours=4, minutes=59), "2 天 4 小时", "2 d 4 h"),
        (-timedelta(days=1, hours=1), "1 天 1 小时", "1 d 1 h"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(duration, chinese, english):
    assert duration_words(duration, CHINESE) == chinese
    assert duration_words(duration, ENGLISH) == english


@given(st.timedeltas(timedelta(minutes=1), timedelta(days=5000)))
def test_a_duration_said_is_never_longer_than_it_is_and_less_than_one_unit_shorter(duration):
    units = {"d": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}
    said = re.findall(r"(\d+) (\w+)", duration_words(duration, ENGLISH))
    total = sum((int(number) * units[unit] for number, unit in said), timedelta())
    step = units["h"] if duration >= units["d"] else units["min"]
    assert total <= duration < total + step


# Errors and the stream -----------------------------------------------------------------------------------------------


def test_an_error_is_one_line_in_the_users_language():
    error = BadInput(
        "{field} cannot be {value}; choose {choices}.",
        field=Sentence("Category"),
        value="\x1b[31mx\ny",
        choices=["repair", "complaint"],
    )
    assert format_error(CHINESE, error) == "错误：类别 不能为 x y；可选：repair、complaint。"
    assert format_error(ENGLISH, error) == "Error: Category cannot be x y; choose repair, complaint."


BIG = """
import sys
from pmcs.cli.output import print_rows
rows = [{"id": f"T{number}"} for number in range(50000)]
for form in ("csv", "json"):
    print_rows(rows, [("id", "id")], form, sys.stdout)
"""


def test_a_reader_that_has_seen_enough_ends_it_quietly():
    # No buffering of ours: `head` goes after the first line, while most is still to be written.
    with subprocess.Popen(
        [sys.executable, "-c", BIG], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as command:
        assert command.stdout.read(4) == b"id\r\n"
        command.stdout.close()
        assert command.stderr.read() == b""
    assert command.returncode == 0


def test_a_terminal_that_lacks_a_character_gets_the_others():
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="gbk")
    print_rows([{"a": "漏水🔧"}], [("a", "内容")], "csv", out)
    assert raw.getvalue().decode("gbk").splitlines() == ["内容", "漏水?"]


def test_a_real_terminal_is_known_as_one(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("TERM", "xterm")
    main, side = pty.openpty()
    with os.fdopen(side, "w", encoding="utf-8") as out:
        print_rows(TICKETS, COLUMNS, "table", out)
        print_record(Page("T1", "open"), ENGLISH, out)
        seen = ""
        while not seen.endswith("open\r\n"):
            seen += os.read(main, 4096).decode()
    os.close(main)
    assert all(wcswidth(line) <= 30 for line in seen.split("\x1b")[0].splitlines())
    assert "T20261123-A01" in seen
    assert "\x1b[1mT1\x1b[0m" in seen


def test_times_are_shown_in_the_zone_they_come_in():
    out = io.StringIO()
    print_record(Page("T1", "open", history=[HistoryLine(datetime(2026, 1, 1, tzinfo=UTC), "a", "b")]), ENGLISH, out)
    assert "2026-01-01 00:00:00  a  b" in out.getvalue()
