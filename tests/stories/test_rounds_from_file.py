"""A round done on paper or a phone comes in as a table: all rows in one commit, or none and a sentence for each."""

from __future__ import annotations

import openpyxl
import pytest

from tests.stories.rounds import begun, results, with_checklists

HEAD = "项号,结果,实测,说明\n"


@pytest.fixture
def round_(office):
    office.id = begun(with_checklists(office))
    return office


def recorded(office, text, *words, name="round.csv", encoding="utf-8", by="wang.qiang"):
    path = office.root.parent / name
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return office.try_("inspection", "record", office.id, "--from", path, *words, by=by, env={"PMCS_LANG": "en"})


def refused(office, text, *words, code=2, **how):
    """The sentences of a file of which nothing was taken."""
    before = office.head()
    said = recorded(office, text, *words, **how)
    assert (said.code, said.out) == (code, ""), said
    assert (office.head(), office.dirt()) == (before, "")
    return said.errors.splitlines()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_phones_table_is_one_event_and_what_is_left_out_stays_open(round_, encoding):
    before = len(round_.log())
    said = recorded(round_, HEAD + "1,正常,,\n3,,0.30,\n2,abnormal,,阀门半关\n", encoding=encoding)
    assert said.code == 0, said.errors
    assert "1 of 4 rows are still open" in said.out
    assert results(round_, round_.id) == {"1": "normal", "2": "abnormal", "3": "abnormal", "4": ""}
    pressure = round_.json("show", round_.id)["items"][2]
    assert (pressure["value"], pressure["remark"]) == (0.3, "0.3 MPa (0.35–0.45 MPa)")
    assert len(round_.log()) == before + 1
    round_.clean()


def test_thirty_one_rows_under_names_in_any_order_and_the_words_beside_them(round_):
    round_.id = begun(round_, "lift")
    lines = "".join(f"不适用,第{number}处,{number}\n" for number in range(31, 0, -1))
    said = recorded(round_, "result,项目,item\n" + lines)
    assert said.code == 0, said.errors
    assert "still open" not in said.out
    assert set(results(round_, round_.id).values()) == {"na"}
    round_("inspection", "finish", round_.id, by="wang.qiang")


def test_a_workbook_is_read_as_well(round_):
    book = openpyxl.Workbook()
    for line in (["项号", "结果", "实测"], [1, "正常", None], [3, None, 0.42]):
        book.active.append(line)
    book.save(round_.root.parent / "round.xlsx")
    said = recorded(round_, (round_.root.parent / "round.xlsx").read_bytes(), name="round.xlsx")
    assert said.code == 0, said.errors
    assert results(round_, round_.id) == {"1": "normal", "2": "", "3": "normal", "4": ""}


def test_every_mistake_is_named_by_its_row_and_nothing_is_written(round_):
    text = HEAD + "1,正常,,\n,正常,,\n9,正常,,\n2,异常,,\n1,正常,,\n3,正常,低,\n4,好,,\n4,正常,,,多\n"
    *rows, last = refused(round_, text)
    assert "7 of 8 rows" in last
    assert [line.partition(": ")[0] for line in rows] == [
        *("Row 3, column 项号", "Row 4, column 项号", "Row 5", "Row 6, column 项号", "Row 7, column 实测"),
        *("Row 8, column 结果", "Row 9"),
    ]


def test_what_only_the_whole_row_shows_is_named_by_its_row_too(round_):
    text = HEAD + "1,正常,,\n2,异常,,\n3,正常,,\n"
    *rows, last = refused(round_, text)
    assert [line.split(":")[0] for line in rows] == ["Row 3", "Row 4"]
    assert "remark" in rows[0]
    assert "is measured" in rows[1]
    assert "2 of 3 rows" in last


def test_another_rounds_file_is_noticed_by_its_words(round_):
    rows = refused(round_, "项号,项目,结果\n1,泵房照明,正常\n2,轿厢照明,正常\n")
    assert rows[0].startswith("Row 3, column 项目: ")
    assert "阀门" in rows[0]


def test_a_row_left_blank_on_paper_stays_open_but_must_be_there(round_):
    said = recorded(round_, HEAD + "1,,,\n2,正常,,\n")
    assert said.code == 0, said.errors
    assert results(round_, round_.id) == {"1": "", "2": "normal", "3": "", "4": ""}
    assert refused(round_, HEAD + "9,,,\n2,正常,,\n")[0].startswith("Row 2, column 项号: ")
    (said,) = refused(round_, HEAD + "1,,,\n")
    assert "says anything" in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        (HEAD, "says anything"),
        ("结果\n正常\n", "no column 项号"),
        ("项号,结果,结论\n1,正常,好\n", "结论"),
        ("项号,结果,result\n1,正常,正常\n", "more than one column"),
        ("项号,结果,结果\n1,正常,正常\n", "more than one column"),
        (b"\0\0\0\0", "NUL"),
        (b"\xff\xff\xff,\xff\n", "neither UTF-8 nor GB18030"),
        (HEAD + '1,"正常\n', "quotes"),
        ("项号,结果\n" + "1,正常\n" * 2001, "more than 2000 rows"),
    ],
)
def test_a_file_that_is_no_such_table_is_one_sentence(round_, text, told):
    said = refused(round_, text)
    assert len(said) == 1
    assert told in said[0]


def test_nothing_private_and_nothing_that_steers_a_terminal_is_echoed(round_):
    said = "\n".join(refused(round_, HEAD + "1,异常,,找 13811112222\n13811112222,正常,,\n4,\x1b[31m红\x1b[0m,,\n"))
    assert "13811112222" not in said
    assert "\x1b" not in said
    masked = recorded(round_, HEAD + "1,异常,,找 13811112222\n", "--mask")
    assert masked.code == 0, masked.errors
    assert "138****2222" in round_("show", round_.id)


def test_what_concerns_the_round_and_not_a_row_is_said_once(round_):
    planned = round_.json("inspection", "new", "--round", "safety", "--checklist", "pumps", by="wang.qiang")["id"]
    round_.id, walking = planned, round_.id
    assert len(refused(round_, HEAD + "1,正常,,\n", code=3)) == 1
    round_.id = walking
    assert len(refused(round_, HEAD + "1,正常,,\n2,正常,,\n", code=3, by="zhao.min")) == 1
    (beside,) = refused(round_, HEAD + "1,正常,,\n", "--item", "2")
    assert "--item" in beside
    missing = round_.try_("inspection", "record", round_.id, "--from", "/nowhere.csv", by="wang.qiang")
    assert (missing.code, missing.errors.count("\n")) == (2, 1)


def test_rows_that_an_action_adds_come_from_a_file_as_well(office):
    path = office.root.parent / "licences.csv"
    path.write_text("证照,编号,有效期至\n电梯安全管理员,A-1,2027-01-31\n消防设施操作员,B-2,\n", "utf-8")
    columns = office.try_("staff", "license", "wang.qiang", "--help").out
    assert "--from" in columns
    said = office.try_("staff", "license", "wang.qiang", "--from", path)
    assert said.code == 0, said.errors
    licences = office.json("show", "wang.qiang")["licences"]
    assert [row["number"] for row in licences] == ["A-1", "B-2"]


def test_the_same_row_twice_and_a_row_that_is_not_there_are_refused_when_typed(round_):
    one = ("--items", "item=1,result=normal")
    round_.refused("inspection", "record", round_.id, *one, *one, by="wang.qiang", code=2)
    round_.refused("inspection", "record", round_.id, "--item", "9", "--result", "normal", by="wang.qiang", code=2)


def test_a_service_is_recorded_from_a_file_like_a_round(round_):
    id_ = round_.json("maintenance", "new", "--checklist", "pumps", "--place", "3-2-1201", by="wang.qiang")["id"]
    round_("maintenance", "start", id_, by="wang.qiang")
    path = round_.root.parent / "service.csv"
    path.write_text("item,result,value\n1,normal,\n2,normal,\n3,,0.4\n4,na,\n", "utf-8")
    round_("maintenance", "record", id_, "--from", path, by="wang.qiang")
    round_("maintenance", "finish", id_, by="wang.qiang")
    assert results(round_, id_) == {"1": "normal", "2": "normal", "3": "normal", "4": "na"}
