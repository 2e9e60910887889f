from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pmcs.duties.imports.map_file import parse_map
from pmcs.duties.imports.rows import Row, read_rows
from pmcs.errors import BadInput

BOSTON = ZoneInfo("America/New_York")
SHANGHAI = ZoneInfo("Asia/Shanghai")
CITY = """
kind: ticket
source: boston311
key: CASE_ENQUIRY_ID
opened: {column: OPEN_DT, format: "%m/%d/%Y %I:%M:%S %p"}
closed: {column: CLOSED_DT, format: "%m/%d/%Y %I:%M:%S %p"}
due: {column: TARGET_DT, format: "%m/%d/%Y %I:%M:%S %p"}
fields:
  category: {column: TYPE, values: {Plumbing: repair, Bed Bugs: complaint}, default: suggestion}
  subject: {column: TYPE}
  summary: {column: CASE_TITLE, max: 200}
  location: {column: Location}
  channel: {column: Source, values: {Constituent Call: phone, Self Service: web}, default: other}
"""
TICKET = dict.fromkeys(["category", "subject", "summary", "location", "channel", "origin", "name"], "line")
TYPES = TICKET | {"occurred": "time", "delivered": "date"}
COLUMNS = ["CASE_ENQUIRY_ID", "OPEN_DT", "CLOSED_DT", "TARGET_DT", "TYPE", "CASE_TITLE", "Location", "Source"]


def mapped(text, cells, tz=SHANGHAI, header=None):
    """The fields of one row under the map, and the sentences on its cells."""
    chosen = parse_map(yaml.load(text, yaml.BaseLoader)).fit(header or list(cells), TYPES)
    texts, errors = chosen.values(Row(2, cells), tz)
    return texts, [str(error.sentence) for error in errors]


def one(entry, cell, name="location", tz=SHANGHAI):
    """What the field says of one cell under an entry such as `{column: 列}`."""
    texts, errors = mapped(f"kind: place\nfields: {{{name}: {entry}}}", {"列": cell}, tz)
    assert len(errors) <= 1
    return errors[0] if errors else texts.get(name)


def refusal(text, header=COLUMNS):
    with pytest.raises(BadInput) as caught:
        parse_map(yaml.load(text, yaml.BaseLoader)).fit(header, TYPES)
    return str(caught.value)


# --- stories


def test_a_citys_open_requests_become_tickets():
    cells = dict.fromkeys(COLUMNS, "") | {
        "CASE_ENQUIRY_ID": "101001240754",
        "OPEN_DT": "01/01/2015 07:27:13 AM",
        "TARGET_DT": "07/31/2015 12:05:00 PM",
        "TYPE": "Plumbing",
        "CASE_TITLE": "No hot water  ",
        "Source": "Constituent Call",
    }
    assert mapped(CITY, cells, BOSTON) == (
        {
            "origin": "boston311",
            "origin_key": "101001240754",
            "opened": "2015-01-01T07:27:13-05:00",
            "imported": "open",
            "promised": "2015-07-31T12:05:00-04:00",
            "category": "repair",
            "subject": "Plumbing",
            "summary": "No hot water",
            "channel": "phone",
        },
        [],
    )


def test_a_closed_request_without_promise_or_title():
    cells = dict.fromkeys(COLUMNS, "") | {
        "CASE_ENQUIRY_ID": "7",
        "OPEN_DT": "12/31/2014 12:00:00 AM",
        "CLOSED_DT": "1/2/2015 1:08:40 pm",
        "TYPE": "Rodents",
        "Source": "Twitter",
    }
    texts, errors = mapped(CITY, cells, BOSTON)
    assert errors == []
    assert texts == {
        "origin": "boston311",
        "origin_key": "7",
        "opened": "2014-12-31T00:00:00-05:00",
        "closed_at": "2015-01-02T13:08:40-05:00",
        "imported": "closed",
        "category": "suggestion",
        "subject": "Rodents",
        "summary": "Rodents",
        "channel": "other",
    }


def test_the_old_systems_list_in_gb18030(tmp_path):
    path = tmp_path / "工单.csv"
    path.write_bytes(
        (
            "工单号,登记时间,办结时间,类别,内容\r\n"
            '0012,2012/3/3 3:52:23,2012-03-09 08:57,报修,"　电梯\n异响"\r\n'
            "0013,2012年3月4日,,其他,漏水\r\n"
        ).encode("gb18030")
    )
    table = read_rows(path)
    chosen = parse_map(
        yaml.load(
            "{kind: ticket, source: 旧系统, key: 工单号, opened: 登记时间, closed: 办结时间,"
            " fields: {category: {column: 类别, values: {报修: repair, 投诉: complaint}}, summary: 内容}}",
            yaml.BaseLoader,
        )
    ).fit(table.header, TYPES)
    first, second = (chosen.values(row, SHANGHAI) for row in table.rows)
    assert first == (
        {
            "origin": "旧系统",
            "origin_key": "0012",
            "opened": "2012-03-03T03:52:23+08:00",
            "closed_at": "2012-03-09T08:57:00+08:00",
            "imported": "closed",
            "category": "repair",
            "summary": "电梯\n异响",
        },
        [],
    )
    assert [(error.column, str(error.sentence)) for error in second[1]] == [
        (
            "登记时间",
            "2012年3月4日 in column 登记时间 is no date or time; write it as 2026-11-23 12:30, or map its format.",
        ),
        ("类别", "其他 in column 类别 is not among the values of the map, which are 报修, 投诉; add it, or a default."),
    ]


def test_a_list_of_places_from_excel(tmp_path):
    path = tmp_path / "places.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("房屋")
        page.write_row(0, 0, ["房号", "面积", "交付日期", "看房"])
        page.write_row(1, 0, ["3-2-1201", 89.5])
        page.write_datetime(1, 2, datetime(2019, 6, 30), book.add_format({"num_format": "yyyy-mm-dd"}))
        page.write_datetime(1, 3, datetime(2019, 6, 1, 9, 30), book.add_format({"num_format": "m/d h:mm"}))
    table = read_rows(path, "房屋")
    chosen = parse_map(
        {"kind": "place", "fields": {"name": "房号", "location": "面积", "delivered": "交付日期", "occurred": "看房"}}
    ).fit(table.header, TYPES)
    assert chosen.kind == "place"
    assert chosen.columns == ["房号", "面积", "交付日期", "看房"]
    (row,) = table.rows
    assert chosen.values(row, SHANGHAI) == (
        {"name": "3-2-1201", "location": "89.5", "delivered": "2019-06-30", "occurred": "2019-06-01T09:30:00+08:00"},
        [],
    )


# --- cells


def test_a_row_needs_its_key_and_its_day():
    cells = dict.fromkeys(COLUMNS, "") | {"CASE_ENQUIRY_ID": "  "}
    assert mapped(CITY, cells, BOSTON)[1] == [
        "Column CASE_ENQUIRY_ID is empty; no row can do without it.",
        "Column OPEN_DT is empty; no row can do without it.",
    ]
    assert mapped(CITY, cells | {"CASE_ENQUIRY_ID": "1", "OPEN_DT": "2015-01-01"}, BOSTON)[1] == [
        (
            "2015-01-01 in column OPEN_DT is not of the format %m/%d/%Y %I:%M:%S %p;"
            " correct the cell, or the format in the map."
        )
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("2026-11-23", "2026-11-23T00:00:00+08:00"),
        ("2026/11/23 12:30", "2026-11-23T12:30:00+08:00"),
        (" 2026/1/3 3:05:09 ", "2026-01-03T03:05:09+08:00"),
        ("2026-11-23T12:30:00Z", "2026-11-23T20:30:00+08:00"),
        ("2026-11-23 12:30:00.7", "2026-11-23T12:30:00+08:00"),
        (datetime(2026, 11, 23, 12, 30), "2026-11-23T12:30:00+08:00"),
        (date(2026, 11, 23), "2026-11-23T00:00:00+08:00"),
        ("", None),
    ],
)
def test_times_without_a_format(cell, text):
    assert one("列", cell, "occurred") == text


@pytest.mark.parametrize("cell", ["2026-02-30", "2026/11-23", "25:00", "昨天", "9999-12-31T23:30:00-14:00", "二〇二六"])
def test_what_is_no_time(cell):
    assert "is no date or time" in one("列", cell, "occurred")


def test_a_date_is_the_day_it_was_in_the_offices_zone():
    assert one("列", "2026-11-23T20:00:00Z", "delivered") == "2026-11-24"
    assert one("列", "2026-11-23 23:59", "delivered") == "2026-11-23"
    assert one("列", datetime(2026, 11, 23, 23, 59), "delivered") == "2026-11-23"


def test_the_hour_that_summer_time_doubles_or_leaves_out():
    # In New York 2015 the clock went from 02:00 to 03:00 on March 8 and from 02:00 back to 01:00 on November 1.
    assert one("列", "2015-11-01 01:30", "occurred", BOSTON) == "2015-11-01T01:30:00-04:00"
    assert one("列", "2015-03-08 02:30", "occurred", BOSTON) == "2015-03-08T02:30:00-05:00"


def test_a_day_that_was_promised_lasts_to_its_end():
    text = "{kind: ticket, source: a, key: k, opened: o, due: d, fields: {name: k}}"
    cells = {"k": "1", "o": "2026-11-20", "d": "2026-11-23"}
    assert mapped(text, cells)[0]["promised"] == "2026-11-23T23:59:59+08:00"
    assert mapped(text, cells | {"d": date(2026, 11, 23)})[0]["promised"] == "2026-11-23T23:59:59+08:00"
    assert mapped(text, cells | {"d": "2026-11-23 00:00"})[0]["promised"] == "2026-11-23T00:00:00+08:00"


@pytest.mark.parametrize(
    ("form", "cell", "text"),
    [
        ("%Y年%m月%d日 %H时%M分", "2026年1月3日 8时05分", "2026-01-03T08:05:00+08:00"),
        ("%Y/%m/%d %p %I:%M", "2026/1/3 下午 12:30", "2026-01-03T12:30:00+08:00"),
        ("%Y/%m/%d %p %I:%M", "2026/1/3 上午 12:30", "2026-01-03T00:30:00+08:00"),
        ("%d-%b-%y", "23-NOV-26", "2026-11-23T00:00:00+08:00"),
        ("%d-%b-%y", "23-NOV-69", "1969-11-23T00:00:00+08:00"),
        ("%d.%m.%Y %H:%M:%S.%f", "3.1.2026 08:05:06.123", "2026-01-03T08:05:06+08:00"),
        ("100%% %Y%m%d", "100% 20261123", "2026-11-23T00:00:00+08:00"),
    ],
)
def test_written_forms_of_other_systems(form, cell, text):
    assert one(f'{{column: 列, format: "{form}"}}', cell, "occurred") == text


@pytest.mark.parametrize(
    "cell", ["2026/1/3 下午 13:30", "2026/1/3 下午 0:30", "2026/2/30 上午 1:30", "2026/1/3 下午 1:30x"]
)
def test_what_is_not_of_the_form(cell):
    assert "is not of the format" in one('{column: 列, format: "%Y/%m/%d %p %I:%M"}', cell, "occurred")


FORMS = ["%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S", "%d %b %Y %I %p", "%Y%m%d%H%M", "%d.%m.%Y"]


@given(moment=st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)), form=st.sampled_from(FORMS))
def test_what_strftime_writes_is_read_as_strptime_reads_it(moment, form):
    cell = moment.strftime(form)
    expected = datetime.strptime(cell, form).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    assert one(f'{{column: 列, format: "{form}"}}', cell, "occurred", ZoneInfo("UTC")) == expected


def test_a_choice_by_value_or_by_default():
    assert one("{column: 列, values: {电话: phone, 1: web}}", " 电话 ") == "phone"
    assert one("{column: 列, values: {电话: phone, 1: web}}", "1") == "web"
    assert one("{column: 列, values: {电话: phone}}", "") is None
    assert one("{column: 列, values: {电话: phone}, default: other}", "") == "other"
    assert one("{column: 列, values: {电话: phone}, default: other}", "来访") == "other"
    assert one("{column: 列, default: 不详}", "") == "不详"
    many = "{" + ", ".join(f"v{n}: x" for n in range(40)) + "}"
    assert "v0, v1, " in one(f"{{column: 列, values: {many}}}", "来访")
    assert "v39" not in one(f"{{column: 列, values: {many}}}", "来访")


def test_long_text_is_cut_by_characters():
    assert one("{column: 列, max: 4}", "电梯运行有异响") == "电梯运行"
    assert one("{column: 列, max: 4}", "电梯 \n运行") == "电梯"
    text = "kind: ticket\nfields: {subject: a, summary: {column: b, max: 3}}"
    assert mapped(text, {"a": "地下车库漏水", "b": ""})[0] == {"subject": "地下车库漏水", "summary": "地下车"}


def test_a_phone_in_the_wrong_column_is_not_shown_again():
    said = [one("列", "王强 13912345678", "occurred"), one("{column: 列, values: {a: b}}", "13912345678")]
    assert all(text.startswith("A private value in column 列 is no") for text in said)
    assert one("列", "x" * 500 + "\n", "occurred").startswith("x" * 59 + "… in column")


# --- maps


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kind: ticket\nfields: {name: TYPE}\nsauce: x", "sauce is unknown; the nearest name is source."),
        ("fields: {name: TYPE}", "The map names no kind; write kind: ticket."),
        ("kind: place", "The map names no fields; write them under fields: as name: column."),
        ("[kind]", "The map is no table; begin it with kind: ticket."),
        ("kind: [place]\nfields: {name: TYPE}", "kind is not one piece of text."),
        (
            "kind: ticket\nsource: a\nopened: OPEN_DT\nfields: {name: TYPE}",
            "The map has source but no key; source, key and opened go together.",
        ),
        (
            "kind: ticket\nsource: a\nkey: TYPE\nopened: OPEN_DT\nfields: {origin: TYPE}",
            "fields.origin is filled from the top of the map; take it out here.",
        ),
        (
            "kind: place\nfields: {name: {colum: TYPE, column: TYPE}}",
            "fields.name.colum is unknown; the nearest name is column.",
        ),
        (
            "kind: place\nfields: {name: {max: 3}}",
            "fields.name names no column; write fields.name: {column: NAME}.",
        ),
        ("kind: place\nfields: {name: [TYPE]}", "fields.name is no column; write fields.name: {column: NAME}."),
        (
            "kind: place\nfields: {name: {column: TYPE, max: 多}}",
            "fields.name.max is 多, which is no number of characters.",
        ),
        (
            "kind: place\nfields: {name: {column: TYPE, values: [a]}}",
            "fields.name.values is no table of a cell's text and a choice, such as {Plumbing: repair}.",
        ),
        (
            'kind: place\nfields: {occurred: {column: TYPE, format: "%Y-%q-%d"}}',
            "fields.occurred.format has %q, twice or unknown; it takes %Y, %y, %m, %b, %d, %H, %I, %M, %S, %f, %p.",
        ),
        (
            'kind: place\nfields: {occurred: {column: TYPE, format: "%Y-%m"}}',
            "fields.occurred.format is %Y-%m; it needs year, month and day, and %I goes with %p.",
        ),
        (
            'kind: place\nfields: {occurred: {column: TYPE, format: "%Y-%m-%d %I:%M"}}',
            "fields.occurred.format is %Y-%m-%d %I:%M; it needs year, month and day, and %I goes with %p.",
        ),
        (
            'kind: place\nfields: {name: {column: TYPE, format: "%Y-%m-%d"}}',
            "fields.name is no time and no date; it takes no format.",
        ),
        (
            "kind: place\nfields: {occurred: {column: TYPE, max: 3}}",
            "fields.occurred is a time or a date; it takes a column and a format only.",
        ),
        ("kind: place\nfields: {sumary: TYPE}", "fields.sumary is unknown; the nearest name is summary."),
        ("kind: place\nfields: {name: Type}", "The table has no column Type; the nearest is TYPE."),
        (
            "kind: place\nfields: {name: 姓名}",
            (
                "The table has no column 姓名; it has CASE_ENQUIRY_ID, OPEN_DT, CLOSED_DT, TARGET_DT, TYPE, CASE_TITLE,"
                " Location, Source."
            ),
        ),
        (
            "colour: red\nkindness: 1\nfields: {name: {column: TYPE, max: 0}}",
            (
                "The map has 4 mistakes; the first: colour is unknown; known are kind, source, key, opened,"
                " closed, due, fields."
            ),
        ),
    ],
)
def test_a_mistake_in_the_map_is_told_with_what_to_do(text, says):
    assert refusal(text) == says


def test_only_a_doubled_column_that_the_map_reads_is_a_mistake():
    header = ["TYPE", "", "电话", "电话"]
    parse_map({"kind": "place", "fields": {"name": "TYPE"}}).fit(header, TYPES)
    assert refusal("kind: place\nfields: {name: 电话}", header) == (
        "The table has more than one column 电话; rename the others."
    )
