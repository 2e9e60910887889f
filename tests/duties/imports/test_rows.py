from __future__ import annotations

import csv
import io
import os
import sys
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pmcs.duties.imports import csv_file, xlsx_file
from pmcs.duties.imports.rows import Row, read_rows
from pmcs.errors import BadInput, Unable


@pytest.fixture
def write(tmp_path):
    def write(data, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


@pytest.fixture
def workbook(tmp_path):
    """A workbook of one sheet per list of lines, as Excel would save it."""

    def workbook(**sheets):
        path = tmp_path / "list.xlsx"
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, lines in sheets.items():
            page = book.create_sheet(title)
            for line in lines:
                page.append(line)
        book.save(path)
        return path

    return workbook


def cells(table):
    return [list(row.cells.values()) for row in table.rows]


def refusal(path, sheet=None):
    with pytest.raises(BadInput) as caught:
        list(read_rows(path, sheet).rows)
    return str(caught.value)


# --- CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_list_of_the_old_system_reads_in_whatever_encoding_it_saved(write, encoding):
    table = read_rows(write("编号,姓名,位置\r\n001,王强,3号楼\r\n002,李娜,㐂楼\r\n".encode(encoding)))
    assert table.header == ["编号", "姓名", "位置"]
    assert list(table.rows) == [
        Row(2, {"编号": "001", "姓名": "王强", "位置": "3号楼"}),
        Row(3, {"编号": "002", "姓名": "李娜", "位置": "㐂楼"}),
    ]


def test_one_chinese_name_after_a_megabyte_of_figures_still_decides_the_encoding(write):
    figures = b"id,name\n" + b"1234567,abcdefgh\n" * 100_000
    assert cells(read_rows(write(figures + "1,王强\n".encode("gb18030"))))[-1] == ["1", "王强"]
    assert cells(read_rows(write(figures + "1,王强\n".encode())))[-1] == ["1", "王强"]


@pytest.mark.parametrize("before", range(4))
def test_a_character_across_two_chunks_is_whole(write, monkeypatch, before):
    monkeypatch.setattr(csv_file, "CHUNK", 4)
    text = "a" * before + "名,电梯\n维修,漏水\n"
    assert cells(read_rows(write(text))) == [["维修", "漏水"]]
    assert cells(read_rows(write(text.encode("gb18030")))) == [["维修", "漏水"]]


def test_a_damaged_utf8_file_is_not_taken_for_chinese_of_another_kind(write):
    good = "编号,内容\n1,三号楼二单元电梯运行有异响请尽快\n2,地下车库漏水\n".encode()
    assert refusal(write(good[:-2] + b"\n")).startswith("Line 3 of ")
    assert "neither UTF-8 nor GB18030" in refusal(write(b"a,b\n\xff\xff,1\n"))
    assert refusal(write(good.rstrip(b"\n")[:-1])).startswith("Line 3 of ")


def test_a_marked_utf8_file_is_never_read_as_anything_else(write):
    assert "Line 2" in refusal(write(b"\xef\xbb\xbfa,b\n" + "王强,1\n".encode("gb18030")))


def test_a_row_is_numbered_by_the_line_where_it_starts(write):
    table = read_rows(write('\n编号,详情\n\n1,"第一行\n第二行\r\n\n第四行"\n , \n2,短\n'))
    assert [(row.number, row.cells["详情"]) for row in table.rows] == [(4, "第一行\n第二行\r\n\n第四行"), (9, "短")]


def test_short_rows_are_filled_and_long_ones_marked(write):
    table = read_rows(write("a,b,c\n1\n1,2,3,,\n1,2,3,4,,5\n6,7,8\n"))
    assert [(*row.cells.values(), row.error and str(row.error)) for row in table.rows] == [
        ("1", "", "", None),
        ("1", "2", "3", None),
        ("1", "2", "3", "The row has 2 cells more than the header has columns."),
        ("6", "7", "8", None),
    ]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a;b\n1;2\n", ["a", "b"]),
        ("a\tb\n1\t2\n", ["a", "b"]),
        ('"a;x",b\n1,2\n', ["a;x", "b"]),
        ('"a,x";b\n1;2\n', ["a,x", "b"]),
        ("编号,备注(甲;乙;丙)\n1,2\n", ["编号", "备注(甲;乙;丙)"]),
        ('"a ""b,c""";d\n1;2\n', ['a "b,c"', "d"]),
    ],
)
def test_the_header_says_what_separates_the_cells(write, text, header):
    table = read_rows(write(text))
    assert table.header == header
    assert cells(table) == [["1", "2"]]


def test_columns_without_a_name_are_passed_over_and_names_are_trimmed(write):
    table = read_rows(write(" a ,,b\n1,2,3\n"))
    assert table.header == ["a", "", "b"]
    assert list(table.rows) == [Row(2, {"a": "1", "b": "3"})]


def test_rows_come_as_they_are_asked_for(write):
    table = read_rows(write('a,b\n1,2\n3,"4\n'))
    assert next(table.rows).cells == {"a": "1", "b": "2"}
    with pytest.raises(BadInput, match="The quotes in line 3 of "):
        next(table.rows)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\n \n,,\n", "is empty"),
        (b"a,b\n1,\x00\n", "NUL"),
        ("a,b\n".encode("utf-16"), "NUL"),
        (b'a,b\n1,"x"y\n', "The quotes in line 2"),
        (b'a,b\n1,"' + b"x" * 140_000 + b'"\n', "A cell in line 2"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx"),
        (b"PK\x03\x04 and no more", "no XLSX workbook"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(write, data, says):
    assert says in refusal(write(data))


def test_one_endless_line_is_refused_before_it_fills_the_memory(write, monkeypatch):
    monkeypatch.setattr(csv_file, "LONGEST_LINE", 3_000_000)
    assert "a line of more than" in refusal(write(b"a," * 2_500_000))


def test_what_is_no_file_is_refused(tmp_path, write, monkeypatch):
    assert "is no file" in refusal(tmp_path)
    assert "There is no file" in refusal(tmp_path / "none.csv")
    os.mkfifo(tmp_path / "pipe")
    assert "is no file" in refusal(tmp_path / "pipe")
    assert "old .xls" in refusal(write(b"a,b\n1,2\n", "list.xls"))
    assert "has no sheet 住户" in refusal(write(b"a,b\n1,2\n"), "住户")

    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", forbidden)
    assert "cannot be read: Permission denied" in refusal(write_free(tmp_path))


def write_free(folder):
    # Path.open is taken away; root may read every file, so taking the permission away would prove nothing.
    with open(folder / "locked.csv", "wb") as file:  # noqa: PTH123
        file.write(b"a,b\n")
    return folder / "locked.csv"


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=8)
LINE = st.lists(st.one_of(TEXT, st.sampled_from(["\n", "a\r\nb", '"', ",;", "漏水"])), min_size=3, max_size=3)


@given(lines=st.lists(LINE, max_size=5), encoding=st.sampled_from(["utf-8-sig", "utf-8"]))
def test_what_a_spreadsheet_writes_is_what_is_read(tmp_path_factory, lines, encoding):
    text = io.StringIO()
    csv.writer(text).writerows([["甲", "乙", "丙"], *lines])
    path = tmp_path_factory.getbasetemp() / "round.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    assert cells(read_rows(path)) == [line for line in lines if "".join(line).strip()]


# --- XLSX


def test_excel_cells_become_what_a_person_sees_in_them(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["编号", "日期", "时间", "钟点", "面积", "房号", "交付", "备注"])
        page.write_number(2, 0, 101001240754.0)
        page.write_datetime(2, 1, datetime(2026, 11, 23), book.add_format({"num_format": "yyyy/m/d"}))
        page.write_datetime(2, 2, datetime(2015, 1, 1, 7, 27, 13), book.add_format({"num_format": "yyyy/m/d h:mm"}))
        page.write_datetime(2, 3, datetime(2026, 11, 23), book.add_format({"num_format": "yyyy/m/d h:mm"}))
        page.write_formula(2, 4, "=0.1+0.2", None, 0.1 + 0.2)
        page.write_number(2, 5, 101, book.add_format({"num_format": "0000"}))
        page.write_boolean(2, 6, 1)
    table = read_rows(path)
    assert table.header == ["编号", "日期", "时间", "钟点", "面积", "房号", "交付", "备注"]
    assert [(row.number, *row.cells.values(), row.error) for row in table.rows] == [
        (
            3,
            "101001240754",
            date(2026, 11, 23),
            datetime(2015, 1, 1, 7, 27, 13),
            datetime(2026, 11, 23),
            "0.3",
            "0101",
            "true",
            "",
            None,
        )
    ]


def test_a_date_cell_keeps_an_hour_that_its_format_hides_and_an_impossible_date_is_an_error(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy/m/d"})
        page.write_column(0, 0, ["日期"])
        page.write_datetime(1, 0, datetime(2026, 11, 23, 15, 30), day)
        page.write_number(2, 0, 1e9, day)
    first, second = read_rows(path).rows
    assert first.cells == {"日期": datetime(2026, 11, 23, 15, 30)}
    assert str(second.error) == "The cell A3 holds the Excel error #VALUE!."


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (7, "7"),
        (7.0, "7"),
        (-2.5, "-2.5"),
        (1e11, "100000000000"),
        (999999999999999, "999999999999999"),
        (0.00001, "0.00001"),
        (123456.789, "123456.789"),
    ],
)
def test_numbers_have_no_tail_and_no_exponent(workbook, number, text):
    assert cells(read_rows(workbook(表=[["a"], [number]]))) == [[text]]


def test_a_row_with_an_excel_error_or_a_rounded_number_is_marked(workbook):
    path = workbook(表=[["a", "b"], [1, "#REF!"], [110101199003071234, 2], [3, 4], [5, 6, 7]])
    rows = list(read_rows(path).rows)
    assert [row.error and str(row.error) for row in rows] == [
        "The cell B2 holds the Excel error #REF!.",
        "The cell A3 holds a number of more than 15 digits, which Excel has rounded; make it text.",
        None,
        "The row has 1 cells more than the header has columns.",
    ]
    assert rows[2] == Row(4, {"a": "3", "b": "4"})


def test_a_sheet_is_found_by_its_name_and_the_first_is_read_without_one(workbook):
    path = workbook(位置=[["编码"], ["1-1"]], 住户=[["姓名"], [], ["王强"]])
    assert read_rows(path).header == ["编码"]
    table = read_rows(path, "住户")
    assert list(table.rows) == [Row(3, {"姓名": "王强"})]
    assert "has no sheet 住; it has 位置, 住户." in refusal(path, "住")
    assert "is empty" in refusal(workbook(空=[]))


def rezip(path, change):
    """Write the workbook again with some of its parts changed."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, change(name, data))
    return path


def test_a_sheet_whose_size_is_written_wrongly_is_read_to_its_end(workbook):
    path = workbook(表=[["a", "b"], [1, 2], [3, 4]])
    rezip(path, lambda _, data: data.replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1:A1"'))
    assert cells(read_rows(path)) == [["1", "2"], ["3", "4"]]


def test_a_damaged_workbook_is_refused(workbook, write):
    path = workbook(表=[["a", "b"], [1, 2], [3, 4]])
    whole = path.read_bytes()
    assert "no XLSX workbook" in refusal(write(whole[: len(whole) // 2], "half.xlsx"))
    assert "no XLSX workbook" in refusal(write(b"a,b\n1,2\n", "renamed.xlsx"))
    rezip(path, lambda name, data: data[:-60] if "sheet1" in name else data)
    assert "no XLSX workbook" in refusal(path)


def test_a_sheet_that_claims_a_billionth_row_is_not_waited_for(workbook, monkeypatch):
    path = workbook(表=[["a"], [1]])
    rezip(path, lambda _, data: data.replace(b'<row r="2"', b'<row r="999999999"').replace(b'"A2"', b'"A999999"'))
    monkeypatch.setattr(xlsx_file, "LAST_ROW", 50)
    assert "more rows than Excel allows" in refusal(path)


def test_a_workbook_that_unpacks_without_end_is_not_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b" " * 2_000_000)
    monkeypatch.setattr(xlsx_file, "UNZIPPED", 1_000_000)
    assert "unpacks to more than" in refusal(path)


def test_without_openpyxl_the_way_to_get_it_is_told(workbook, monkeypatch):
    path = workbook(表=[["a"], [1]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(Unable, match=r"pip install 'pmcs\[xlsx\]'"):
        read_rows(path)
