"""Seeing: what is due today, lists narrowed, words found, one record on a page, git's view of it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest
import yaml

from pmcs.cli.screen import wide
from tests.stories.conftest import program_environment

FORMATS = ("table", "json", "csv", "yaml")


def ids(rows) -> list[str]:
    return [row["id"] for row in rows]


@pytest.fixture
def month(office):
    """Three days of tickets: A01 on Monday, two on Tuesday, one on Wednesday at another building."""
    office("place", "add", "5-1-101")
    office("place", "add", "3-20")
    office.assigned(summary="三号楼水管漏水", subject="水管漏水")
    office.at("2026-11-24T09:00")
    office.ticket(category="complaint", summary="楼上深夜装修")
    office.ticket(category="inquiry", place="3-20", summary="咨询装修押金")
    office.at("2026-11-25T09:00")
    office.ticket(category="suggestion", place="5-1-101", summary="建议加装路灯")
    return office


def test_lists_are_narrowed(month):
    one, two, three, four = "T20261123-A01", "T20261124-A01", "T20261124-A02", "T20261125-A01"

    def listed(*words):
        return ids(month.json("ticket", "list", *words))

    assert listed() == [four, three, two, one]
    assert listed("--category", "complaint") == [two]
    assert listed("--category", "投诉") == [two]
    assert listed("--state", "registered") == [four, three, two]
    assert listed("--state", "处理中", "--state", "registered") == [four, three, two, one]
    assert listed("--assignee", "wang.qiang") == [one]
    # Building 3 holds 3-2-1201 and 3-20, unit 3-2 holds no 3-20.
    assert listed("--place", "3") == [three, two, one]
    assert listed("--place", "3-2") == [two, one]
    assert listed("--since", "2026-11-24") == [four, three, two]
    assert listed("--until", "2026-11-24") == [three, two, one]
    assert listed("--since", "2026-11-24", "--until", "2026-11-24") == [three, two]
    assert listed("--text", "装修") == [three, two]
    assert listed("--text", "漏水", "--place", "3") == [one]
    assert listed("--subject", "水管漏水") == [one]
    assert listed("--category", "repair", "--place", "5") == []


def test_late_ones_are_listed(month):
    assert ids(month.json("ticket", "list", "--overdue")) == []
    month.at("2026-11-26T15:00")
    assert ids(month.json("ticket", "list", "--overdue")) == ["T20261123-A01"]
    (row,) = month.json("ticket", "list", "--overdue")
    assert row["overdue"] is True
    assert " !" in month("ticket", "list", "--overdue")


def test_ended_ones_are_listed_too_and_open_ones_alone(month):
    month("ticket", "close", "T20261123-A01", "--force", "--note", "重复登记")
    assert len(month.json("ticket", "list")) == 4
    assert len(month.json("ticket", "list", "--open")) == 3


def test_twenty_rows_and_how_many_more(office):
    for number in range(22):
        office("place", "add", f"7-{number:02d}")
    said = office("place", "list")
    assert "20 " in said.splitlines()[-1]
    assert "--limit 0" in said
    assert len(office.json("place", "list")) == 20
    assert len(office.json("place", "list", "--limit", "0")) == 26
    assert len(office.json("place", "list", "--limit", "3")) == 3
    said = office("search", "7", "--limit", "2")
    assert "--limit 0" in said


def test_wrong_filters_are_told(month):
    assert "registered" in month.refused("ticket", "list", "--state", "open", code=2)
    assert "complaint" in month.refused("ticket", "list", "--category", "fire", code=2)
    assert "2026-13-01" in month.refused("ticket", "list", "--since", "2026-13-01", code=2)
    month.refused("ticket", "list", "--place", "9-9", code=4)
    month.refused("ticket", "list", "--limit", "-1", code=2)
    month.refused("ticket", "list", "--format", "xml", code=2)


def test_every_listing_in_every_format(month):
    ways = (
        ("ticket", "list"),
        ("ticket", "show", "T20261123-A01"),
        ("ticket", "log", "T20261123-A01"),
        ("today",),
        ("search", "装修"),
        ("staff", "list"),
        ("place", "list"),
        ("check",),
        ("regulation", "show"),
        ("regulation", "check"),
    )
    for way in ways:
        table, as_json, as_csv, as_yaml = (month(*way, "--format", how) for how in FORMATS)
        assert table.strip(), way
        json.loads(as_json)
        rows = list(csv.reader(io.StringIO(as_csv)))
        assert len({len(row) for row in rows}) <= 1, way
        assert "{'" not in as_csv, way
        assert yaml.load(as_yaml, yaml.BaseLoader) is not None


def test_an_empty_listing_says_so_and_is_an_empty_array(office):
    assert office.json("ticket", "list") == []
    assert office("ticket", "list").strip() == "无。"
    assert office("search", "漏水", "--format", "yaml") == "[]\n"


def test_json_keeps_its_keys_whatever_the_language(month):
    chinese = month("ticket", "list", "--format", "json")
    assert month("ticket", "list", "--format", "json", "--lang", "en") == chinese


def test_today_has_its_sections(office):
    done = office.resolved()
    asked = office.assigned(summary="换水泵")
    office("ticket", "submit", asked, "--materials", "name=报价单", "--note", "换水泵", by="wang.qiang")
    mine = office.assigned(summary="换门锁")
    office.at("2026-11-26T08:40")

    def section(name, by="wang.qiang"):
        return ids(row for row in office.json("today", by=by) if row["section"] == name)

    # Three office days from Monday 09:00 end on Thursday 09:00: more than 80 % are gone. A new one has until 15:00.
    fresh = office.at("2026-11-26T09:00").ticket(summary="楼道灯不亮")
    assert mine in section("at_risk") + section("overdue")
    assert fresh in section("due_today")
    assert section("approval") == [asked]
    assert section("to_visit") == [done]
    assert set(section("mine")) == {done, asked, mine}
    assert section("mine", by="zhao.min") == []
    office.at("2026-11-26T10:00")
    assert mine in section("overdue")
    said = office("today", by="wang.qiang")
    assert [line for line in said.splitlines() if line.endswith(")") and line.startswith("待回访")] == ["待回访 (1)"]


def test_today_shows_twenty_a_section(office):
    for number in range(21):
        office.ticket(summary=f"第 {number} 件")
    office.at("2026-11-23T13:00")
    said = office("today")
    assert said.count("--limit 0") >= 1
    assert "--limit 0" not in office("today", "--limit", "0")


def test_two_characters_are_found(month):
    assert ids(month.json("search", "漏水")) == ["T20261123-A01"]
    assert ids(month.json("search", "装修")) == ["T20261124-A02", "T20261124-A01"]
    assert ids(month.json("search", "水漏")) == []
    assert ids(month.json("search", "装修", "押金")) == ["T20261124-A02"]
    assert ids(month.json("search", "路灯", "--limit", "0")) == ["T20261125-A01"]


def test_notes_are_searched_and_every_kind(month):
    month("ticket", "note", "T20261124-A01", "--note", "保安已上门劝阻")
    assert ids(month.json("search", "劝阻")) == ["T20261124-A01"]
    assert "wang.qiang" in ids(month.json("search", "王强"))


def test_a_part_of_the_number_is_enough(month):
    assert month.json("show", "1123-A01")["id"] == "T20261123-A01"
    assert month.json("show", "A02")["id"] == "T20261124-A02"
    assert month.json("ticket", "show", "t20261125-a01")["id"] == "T20261125-A01"
    said = month.refused("show", "A01", code=2)
    assert "T20261123-A01" in said
    assert "T20261125-A01" in said
    assert "Z77" in month.refused("ticket", "show", "Z77", code=4)
    month.refused("task", "show", "T20261123-A01", code=4)


def test_one_page(month):
    said = month("show", "1123-A01")
    for part in ("工单 T20261123-A01", "处理中", "三号楼水管漏水", "wang.qiang", "办结", "还剩", "登记 → 已登记"):
        assert part in said
    assert all(wide(line) < 120 for line in said.splitlines())


def test_the_log_is_git_s_view(month):
    rows = month.json("log", "1123-A01")
    assert [row["subject"].split()[-1] for row in rows] == ["start", "assign", "triage", "new"]
    assert rows[0]["author"] == "王强"
    assert rows[-1]["clause"] == "7.1"


def test_a_broken_file_is_named_in_every_listing_until_it_is_mended(month):
    file = month.file("T20261124-A01")
    whole = file.read_bytes()
    file.write_bytes(whole[:60] + b"\n\t: [")
    month.git("commit", "-qam", "oops")
    for way in (("ticket", "list"), ("today",), ("search", "漏水"), ("doctor",)):
        said = month.try_(*way)
        assert said.code == 0
        assert file.name in said.out + said.errors, way
    assert file.name not in month.try_("staff", "list").errors
    assert len(month.json("ticket", "list")) == 3
    said = month.try_("show", "T20261124-A01")
    assert (said.code, said.out) == (5, "")
    assert file.name in said.errors
    said = month.try_("check")
    assert said.code == 1
    assert file.name in said.out
    file.write_bytes(whole)
    month.git("commit", "-qam", "mended")
    assert file.name not in month.try_("ticket", "list").errors
    assert len(month.json("ticket", "list")) == 4


def test_a_pipe_that_closes_is_no_error(typed):
    done = subprocess.run(
        ["sh", "-c", '"$0" -m pmcs regulation show | head -1', sys.executable],
        cwd=typed.root,
        env=program_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_items_of_a_checklist_are_no_words_of_a_round_but_what_was_seen_there_is(office):
    round_ = office.json(
        *("inspection", "new", "--round", "equipment", "--checklist", "lift_half_monthly", "--place", "3-2-1201"),
        by="wang.qiang",
    )["id"]
    office("inspection", "start", round_, by="wang.qiang")
    office("inspection", "record", round_, "--item", "17", "--result", "na", "--remark", "井道封闭", by="wang.qiang")
    assert round_ in office("search", "井道封闭")
    assert round_ not in office("search", "17")
    assert round_ not in office("search", "手动紧急操作装置")
