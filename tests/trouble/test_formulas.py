"""A table that somebody opens in a spreadsheet must not reckon, and one that is brought along keeps its text."""

from __future__ import annotations

import csv
import io
import json

import pytest
import yaml

from tests.check.office import Office

LIVE = [
    *("=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "+1+1", "-1+1", "@SUM(A1)", "＝1+1", "\t=1", "\u202e=1"),
    *("=1\nfollowed by a line", "-2 apples", "--1", "+86", "-", "=", '"=1"', "=1,=2", "=1;=2"),
]
NEW = ["ticket", "new", "--category", "complaint", "--place", "3-2-1201", "--summary"]
MAP = """\
kind: ticket
source: 旧表
key: 编号
opened: {column: 登记, format: "%Y-%m-%d %H:%M"}
fields:
  category: {default: complaint}
  summary: 内容
"""


def cells(table: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row]


def asleep(cell: str) -> bool:
    """Whether a spreadsheet takes it for text, or for a plain number."""
    seen = cell.lstrip("\u202e\ufeff\x1b")
    return seen[:1] not in tuple("=+-@\t\r＝＋－＠") or seen.replace(".", "", 1).lstrip("-").isdigit()


def test_no_export_of_any_command_holds_a_live_formula(office: Office) -> None:
    for line in LIVE:
        office.do([*NEW, line, "--location", line.splitlines()[0], "--note", line])
    office.do(["task", "new", "--what", LIVE[0], "--owner", "li.na", "--deadline", "2026-11-24"])
    office.do(["place", "add", "B-1", "--name", LIVE[0]])
    office.do(["resident", "add", "--name", LIVE[0], "--phone", "+86-13811113333", "--relation", "owner"])
    told = json.loads(office.do("ticket list --limit 0 --format json"))
    assert {row["summary"] for row in told} >= {*LIVE}
    for words in (
        "ticket list --limit 0",
        "task list",
        "place list",
        "resident list",
        "today --limit 0",
        "search cmd",
        "show T20261123-A04",
        "log T20261123-A04",
        "check",
        "regulation show 7",
        "regulation check",
        "ticket urge T20261123-A04",
        "resident reveal RA0003 --purpose =1+1",
        "escalate",
    ):
        code, out, errors = office.run([*words.split(), "--format", "csv"])
        assert code == 0, errors
        assert [cell for cell in cells(out) if not asleep(cell)] == []


def test_a_negative_number_stays_one(office: Office) -> None:
    office.do([*NEW, "-3.50"])
    assert "-3.50" in cells(office.do("ticket list --format csv"))


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_a_table_with_formulas_is_taken_over_as_it_is_written(office: Office, quoting: int) -> None:
    """Blanks at the ends of a cell are no part of it; an apostrophe is, since nobody can tell whose it was."""
    plan, table = office.root.parent / "map.yaml", office.root.parent / "list.csv"
    plan.write_text(MAP, "utf-8")
    lines = [*(line.strip() for line in LIVE), "'=1+1", "''x", " =1 "]
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=quoting)
        writer.writerow(["编号", "登记", "内容"])
        writer.writerows((f"N{turn}", "2026-10-01 09:00", line) for turn, line in enumerate(lines))
    office.do(["ticket", "import", str(table), "--map", str(plan)])
    found = json.loads(office.do("ticket list --limit 0 --format json"))
    brought = {row["origin_key"]: row["summary"] for row in found if "origin_key" in row}
    assert brought == {f"N{turn}": line.strip() for turn, line in enumerate(lines)}


def test_what_json_and_yaml_give_needs_no_apostrophe(office: Office) -> None:
    """Who takes a list elsewhere and back takes one of these; csv is for spreadsheets."""
    office.do([*NEW, LIVE[0]])
    assert json.loads(office.do("ticket list --limit 1 --format json"))[0]["summary"] == LIVE[0]
    assert yaml.load(office.do("ticket list --limit 1 --format yaml"), yaml.BaseLoader)[0]["summary"] == LIVE[0]
