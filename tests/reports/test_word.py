"""The office's own Word forms, made here as an office would make them, and read back."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document


def form(path: Path, *lines: str) -> Path:
    """A form with these paragraphs."""
    made = Document()
    for line in lines:
        made.add_paragraph(line)
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(path)
    return path


def lines(path: Path) -> list[str]:
    return [paragraph.text for paragraph in Document(path).paragraphs if paragraph.text]


@pytest.fixture
def leak(office) -> str:
    """A ticket on which somebody worked."""
    said = ("--summary", "漏水 <b> & {{ 7*7 }}", "--contact", "13811112222")
    office("ticket", "new", "--category", "repair", "--place", "3-2-1201", *said)
    return office.json("ticket", "list")[0]["id"]


def test_a_ticket_in_the_form_that_lies_in_the_store(office, leak, tmp_path):
    form(
        office.root / "templates" / "forms" / "ticket.docx",
        "{{ office }} {{ kind }} {{ id }}:{{ state }}",
        "{{ labels.summary }}:{{ fields.summary }}",
        "{{ labels.contact }}:{{ fields.contact }};{{ fields.assignee }}。",
        "{%p for event in history %}",
        "{{ event.at }} {{ event.by }} {{ event.do }} → {{ event.to }}",
        "{%p endfor %}",
    )
    first, second = tmp_path / "1.docx", tmp_path / "2.docx"
    office("report", "form", leak, "--output", str(first))
    office.later(days=3)("report", "form", leak, "--output", str(second))
    found = lines(first)
    assert found[0].startswith(f"阳光花园 工单 {leak}:")
    assert found[1].endswith(":漏水 <b> & {{ 7*7 }}")
    assert "138****2222" in found[2]
    assert found[2].endswith(";。")
    assert " li.na " in found[3]
    assert first.read_bytes() == second.read_bytes()
    assert b"13811112222" not in b"".join(ZipFile(first).read(name) for name in ZipFile(first).namelist())
    assert {part.date_time[:3] for part in ZipFile(first).infolist()} == {(1980, 1, 1)}


def test_rows_of_a_round_are_a_table_of_the_form(december, tmp_path):
    """`fields.items` is the field, though every mapping of Python has something of that name."""
    round_ = december.json("inspection", "list")[-1]["id"]
    shape = form(tmp_path / "f.docx", "{%p for row in fields.items %}", "{{ row.what }}", "{%p endfor %}")
    december("report", "form", round_, "--form", str(shape), "--output", str(tmp_path / "o.docx"))
    assert lines(tmp_path / "o.docx") == [row["what"] for row in december.json("show", round_)["items"]]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("{{ fields.colour }}", "colour"),
        ("{{ nowhere }}", "nowhere"),
        ("{% for x in %}", "Expected"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ fields.__class__ }}", "unsafe"),
        ("{{ fields.update({'a': 1}) }}", "unsafe|not safely callable"),
        ("{% include '/etc/passwd' %}", "loader"),
        ("{{ 1 / 0 }}", "division"),
    ],
)
def test_a_form_that_asks_for_what_there_is_not_is_one_sentence(office, leak, tmp_path, place, reason):
    shape, output = form(tmp_path / "f.docx", place), tmp_path / "o.docx"
    said = office.refused("report", "form", leak, "--form", str(shape), "--output", str(output), code=5)
    assert re.search(reason, said)
    assert str(shape) in said
    assert not output.exists()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 and no more", "投诉".encode("gbk")])
def test_what_is_no_form_is_one_sentence(office, leak, tmp_path, data):
    (tmp_path / "f.docx").write_bytes(data)
    words = ("report", "form", leak, "--form", str(tmp_path / "f.docx"), "--output", str(tmp_path / "o.docx"))
    assert str(tmp_path / "f.docx") in office.refused(*words, code=5)


def test_a_form_that_is_not_there_is_told_with_its_place(office, leak, tmp_path):
    said = office.refused("report", "form", leak, "--output", str(tmp_path / "o.docx"), code=4)
    assert "ticket.docx" in said
    assert str(office.root / "templates" / "forms") in said
    gone = ("--form", str(tmp_path / "gone.docx"), "--output", str(tmp_path / "o.docx"))
    assert "gone.docx" in office.refused("report", "form", leak, *gone, code=5)


def test_without_docxtpl_the_way_to_get_it_is_told(office, leak, tmp_path, monkeypatch):
    shape = form(tmp_path / "f.docx", "x")
    monkeypatch.setitem(sys.modules, "docxtpl", None)
    words = ("report", "form", leak, "--form", str(shape), "--output", str(tmp_path / "o.docx"))
    assert "pip install 'pmcs[docx]'" in office.refused(*words, code=7)


def test_the_month_in_the_offices_own_form(december, printed, tmp_path):
    shape = form(
        tmp_path / "f.docx",
        "{{ title }}",
        "{{ figures.facilities.rounds.on_time_rate | percent }}",
        "{%p for page in pages %}",
        "{{ page.title }}:{{ page.lead }}",
        "{%p endfor %}",
    )
    words = ("report", "monthly", "2026-12", "--format", "docx", "--form", str(shape), "--output")
    for name in ("1.docx", "2.docx"):
        december(*words, str(tmp_path / name))
    found = lines(tmp_path / "1.docx")
    rate = json.loads(printed["json"])["facilities"]["rounds"]["on_time_rate"]
    assert found[1] == f"{rate:.1%}" == "25.0%"
    assert found[2].startswith("客户服务月报:本月受理")
    assert len(found) == 8
    assert (tmp_path / "1.docx").read_bytes() == (tmp_path / "2.docx").read_bytes()


def test_what_the_kind_hides_is_hidden_in_a_form_too(december, tmp_path):
    """Of a member of staff a colleague sees the columns of the list; the person, the manager and leaders all."""
    shape = form(tmp_path / "f.docx", "{{ lines | length }}|{{ history | length }}|{{ fields.undertaking }}")
    told = {}
    for who in ("li.na", "wang.qiang", "zhao.min"):
        path = tmp_path / f"{who}.docx"
        december("report", "form", "wang.qiang", "--form", str(shape), "--output", str(path), by=who)
        told[who] = lines(path)[0].split("|")
    assert told["li.na"] == told["wang.qiang"] != told["zhao.min"]
    seen = december.json("show", "wang.qiang", by="zhao.min")
    assert "history" not in seen
    assert told["zhao.min"][1] == "0" != told["li.na"][1]
    assert int(told["zhao.min"][0]) < int(told["li.na"][0])
