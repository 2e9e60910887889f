"""Workbooks, read back by a program that is not theirs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from pmcs.errors import BadInput
from pmcs.reports import workbook as making
from pmcs.reports.workbook import Block, Figure, Sheet, book, workbook


def read(data: bytes):
    return load_workbook(BytesIO(data))


def cells(data: bytes) -> list[tuple]:
    return list(read(data).active.values)


def test_texts_numbers_and_days_come_back_as_such():
    row = ["0101", 12, Decimal("0.50"), 0.25, date(2026, 11, 23), datetime(2026, 11, 23, 9, 12), None, ""]
    data = workbook("表", ["a"] * 8, [row])
    assert cells(data)[1][:4] == ("0101", 12, 0.5, 0.25)
    kinds = [cell.data_type for cell in read(data).active[2]][:6]
    assert kinds == ["s", "n", "n", "n", "d", "d"]
    assert [cell.number_format for cell in read(data).active[2]][4:6] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+8613811112222", "@SUM(A1)", "-1", "{=1}", "https://example.com", "'x", "1e5"]
)
def test_no_text_becomes_a_formula_a_number_or_a_link(text):
    cell = read(workbook("表", ["a"], [[text]])).active["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_what_no_workbook_holds_is_left_out_and_no_more():
    data = workbook("表", ["a", "b", "c"], [["\x00\x1b漏\ud800水\ufffe", "一\n二\t三", "长" * 40_000]])
    first, second, third = cells(data)[1]
    assert (first, second) == ("漏水", "一\n二\t三")
    assert (len(third), third[-1]) == (32_767, "…")


def test_a_number_that_excel_would_round_stays_a_text():
    """It holds 15 digits: an identity or account number would end in zeros."""
    data = workbook("表", ["a"] * 3, [[110101199003071234, 123456789012345, Decimal("12345678901234.567")]])
    assert cells(data)[1] == ("110101199003071234", 123456789012345, "12345678901234.567")


def test_a_day_before_excel_counts_right_is_a_text():
    assert cells(workbook("表", ["a"], [[date(1900, 2, 28)]]))[1] == ("1900-02-28",)


def test_sheets_have_names_that_excel_takes():
    wanted = ["设备[1]:月/报*?\\", "长" * 40, "长" * 41, "History", "'引号'", "", "a", "A"]
    names = read(book("表", [Sheet(name, [Block(["a"], [["x"]])]) for name in wanted])).sheetnames
    assert names[0] == "设备 1  月 报"
    assert names[1:4] == ["长" * 31, "长" * 29 + " 2", "History_"]
    assert names[4:] == ["引号", "1", "a", "A 2"]


def test_tables_stand_below_one_another_and_sums_are_bold():
    blocks = [
        Block((), [["x", 1]], "标题", ["说明"]),
        Block(["a", "b"], [["y", Figure(0.5, "0.0%")], ["z", 3]], totals=frozenset({1})),
    ]
    sheet = read(book("表", [Sheet("一", blocks)])).active
    found = [tuple(value for value in row if value is not None) for row in sheet.values]
    assert found == [("标题",), ("说明",), ("x", 1), (), ("a", "b"), ("y", 0.5), ("z", 3)]
    assert [row[0].font.b for row in sheet.iter_rows()] == [True, False, False, False, True, False, True]
    assert sheet["B6"].number_format == "0.0%"


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(making, "MOST_ROWS", 3)
    assert len(cells(workbook("表", ["a"], [["x"]]))) == 2
    with pytest.raises(BadInput, match="ask for fewer"):
        workbook("表", ["a"], [["x"]] * 3)


# Through the command line -----------------------------------------------------------------------------------------


def test_the_report_has_a_sheet_for_each_part_with_the_figures_as_numbers(printed):
    whole = read(printed["xlsx"])
    assert whole.sheetnames == ["客户服务月报", "设施设备月报", "公共安全月报", "人员月报", "工作月报", "指标口径"]
    rows = list(whole["设施设备月报"].values)
    measured = {row[0]: row[1:4] for row in rows if row[0]}
    # Worked out in test_facilities.py from the story of that December.
    assert measured["巡查准时率"] == (0.25, 1, 4)
    assert measured["零修急修及时率"] == (0.75, 3, 4)
    rate = next(cell for row in whole["设施设备月报"].iter_rows() for cell in row if cell.value == 0.25)
    assert rate.number_format == "0.0%"


def test_a_list_as_a_workbook_is_what_the_screen_shows_with_days_as_days(december, tmp_path):
    path = tmp_path / "list.xlsx"
    for _ in range(2):
        december("hazard", "list", "--format", "xlsx", "--output", str(path))
        data = path.read_bytes()
        december.later(hours=5)
    head, *rows = cells(data)
    objects = december.json("hazard", "list")
    assert head[0] == "单号"
    assert [row[0] for row in rows] == [row["id"] for row in objects]
    due = datetime.fromisoformat(objects[1]["due"]["rectify"]).replace(tzinfo=None)
    assert due in rows[1]
    assert path.read_bytes() == data


def test_what_is_private_stays_masked_in_a_list(office, tmp_path):
    path = tmp_path / "list.xlsx"
    office(
        "resident", "add", "--name", "张三丰", "--phone", "13811112222", "--place", "3-2-1201", "--relation", "owner"
    )
    office("resident", "list", "--format", "xlsx", "--output", str(path))
    shown = str(cells(path.read_bytes()))
    assert "张" in shown
    assert "张三丰" not in shown
    assert "13811112222" not in shown


def test_a_file_for_what_is_printed_is_asked_otherwise(office, tmp_path):
    assert "xlsx" in office.refused("staff", "list", "--output", str(tmp_path / "x"), code=2)
    assert not (tmp_path / "x").exists()
