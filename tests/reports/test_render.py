"""The monthly report as its readers meet it: page, Markdown, charts, and what a bad template says."""

from __future__ import annotations

import copy
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.errors import Broken, untranslated
from pmcs.reports.render import cell, count, local, percent, render, share, text

SHIPPED = Path(__file__).parents[2] / "templates"
HOSTILE = [
    "<script>alert('x')</script>",
    '" onmouseover="alert(1)',
    "A" * 200,
    "a | b\nc\\|d `e` **f**",
    "\u202eevil\u2066 مرحبا",
    "🚰 水管爆了 👨‍👩‍👧",
    "{{ 7 * 7 }} {% raw %}",
    "\x00\x1b[31mred\ud800",
]
VOID = {"meta", "col", "br", "hr", "img", "link", "input"}


def tickets(**changed: Any) -> dict[str, Any]:
    return {
        "received": 159, "resolved": 51, "backlog_start": 0, "backlog_end": 108, "resolved_with_due": 51,
        "resolved_on_time": 37, "on_time_rate": 0.72549, "overdue_open_end": 58, "median_hours": 33.7956,
        "p90_hours": 376.6, "visits_due": 10, "visits_reached": 8, "satisfied": 6, "satisfaction_rate": 0.75,
        "scored": 8, "reopened": 1, "closed_before_opened": [], "negative": [], **changed,
    }  # fmt: skip


def overdue(number: int) -> list[dict[str, Any]]:
    return [
        {"id": f"T20261001-A{n:03d}", "category": "complaint", "place": None, "summary": HOSTILE[n % len(HOSTILE)],
         "assignee": None, "due": "2026-10-05T09:12:04+08:00", "late_hours": float(n)}
        for n in range(number)
    ]  # fmt: skip


def month(**changed: Any) -> dict[str, Any]:
    columns = ("month", "received", "resolved", "backlog_end", "on_time_rate", "satisfaction_rate")
    trend = [
        ("2025-11", 120, 98, 22, 0.81, 0.9),
        ("2025-12", 131, 121, 33, 0.84, None),
        ("2026-01", 159, 51, 108, 0.72549, 0.75),
    ]
    return {
        "month": "2026-10", "office": "阳光花园", "language": "zh_CN", "complete": True,
        "made_from": {"commit": "abc1234", "at": "2026-11-01T06:00:00+08:00"},
        "tickets": tickets(
            by_category={"complaint": tickets(received=60, backlog_end=40, overdue_open_end=25),
                         "repair": tickets(received=99, backlog_end=68, overdue_open_end=33)},
            closed_before_opened=[{"id": "T20261003-A07", "opened": "2026-10-03T10:00:00+08:00",
                                   "closed": "2026-10-02T18:20:00+08:00"}],
            negative=[{"id": "T20261003-A07", "hours": -15.667}],
        ),
        "previous": tickets(received=147, resolved=54, on_time_rate=0.7, median_hours=40.2),
        "trend": [dict(zip(columns, row, strict=True)) for row in trend],
        "categories": {"complaint": "投诉", "repair": "报修"}, "names": {}, "unreadable": [],
        "overdue": overdue(3), "escalated": 12,
        "definitions": [{"term": "及时率", "meaning": "在时限内办结的占比"}], **changed,
    }  # fmt: skip


def empty_month() -> dict[str, Any]:
    none = dict.fromkeys(("on_time_rate", "satisfaction_rate", "median_hours", "p90_hours"))
    zero = {key: value if isinstance(value, list) else 0 for key, value in tickets().items()}
    return month(
        tickets={**zero, **none, "by_category": {}}, previous=None, trend=[], overdue=[], escalated=0, definitions=[]
    )


def page(figures: dict[str, Any], kind: str = "html", folders: tuple[Path, ...] = (SHIPPED,)) -> str:
    return render(f"monthly/tickets.{kind}.j2", figures, "zh_CN", translate=untranslated, folders=folders)


class Reader(HTMLParser):
    """Reads a page strictly: every tag closed in turn; collects tags, attributes and the words in each tag."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self.feed(source)
        self.close()
        assert not self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append((self.stack[-1] if self.stack else "", data.strip()))


def chart(source: str, name: str) -> str:
    found = re.search(rf'aria-labelledby="{name}-title.*?</svg>', source, re.DOTALL)
    assert found
    return found[0]


def numbers(svg: str) -> list[str]:
    return [re.sub(r"<[^>]*>", "", found) for found in re.findall(r'<text class="number"[^>]*>(.*?)</text>', svg)]


@pytest.mark.parametrize("figures", [month(), empty_month(), month(overdue=overdue(200)), month(complete=False)])
def test_the_page_is_whole_and_stands_alone(figures: dict[str, Any]) -> None:
    source = page(figures)
    reader = Reader(source)
    names = [name for name, _ in reader.tags]
    assert {"script", "link", "img", "iframe"}.isdisjoint(names)
    assert not re.search(r"https?://|@import|url\(", source)
    keys = {key for _, attributes in reader.tags for key in attributes}
    assert not [key for key in keys if key.startswith("on") or key in {"href", "src"}]
    assert ("html", {"lang": "zh-CN"}) in reader.tags
    assert names.count("caption") == names.count("table")
    assert all("scope" in attributes for name, attributes in reader.tags if name == "th")
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = " ".join(str(a["aria-labelledby"]) for _, a in reader.tags if "aria-labelledby" in a).split()
    assert set(wanted) <= set(ids)


@pytest.mark.parametrize("kind", ["html", "md"])
def test_the_same_month_gives_the_same_bytes(kind: str) -> None:
    assert page(month(), kind) == page(copy.deepcopy(month()), kind)


def test_what_residents_typed_stays_text() -> None:
    labels = {"complaint": HOSTILE[1], "repair": HOSTILE[2]}
    figures = month(overdue=overdue(len(HOSTILE)), office=HOSTILE[0], categories=labels)
    source = page(figures)
    Reader(source)
    assert "<script" not in source
    assert 'onmouseover="' not in source
    assert "\u202e" not in source
    assert "\x1b" not in source
    assert "{{ 7 * 7 }}" in source
    assert source.encode()
    assert "A" * 121 not in source


def test_the_leader_reads_figures_with_the_change_on_last_month() -> None:
    words = [word for _, word in Reader(page(month())).words]
    for change in ("+12", "\N{MINUS SIGN}3", "+2.5 points", "\N{MINUS SIGN}6.4 h", "no change"):
        assert f"on last month: {change}" in words
    for shown in ("159", "72.5%", "37 / 51", "33.8 h"):
        assert shown in words
    assert "2026-10-03 10:00" in words
    assert "\N{MINUS SIGN}15.7 h" in words
    assert "October 2026" in words


@pytest.mark.parametrize("kind", ["html", "md"])
def test_a_month_without_tickets_shows_dashes_and_no_change(kind: str) -> None:
    source = page(empty_month(), kind)
    assert "—" in source
    assert "None.\n" in source or "None.<" in source
    assert "no figures of last month" in source
    assert "on last month" not in source
    assert not re.search(r"\bNone\b(?!\.)|nan", source)


def test_a_running_month_says_as_of_when() -> None:
    assert "As of the last entry, 2026-11-01 06:00." in page(month(complete=False))
    assert "As of the last entry" not in page(month())


@pytest.mark.parametrize("kind", ["html", "md"])
def test_two_hundred_overdue_show_the_thirty_longest_and_count_the_rest(kind: str) -> None:
    source = page(month(overdue=overdue(200)), kind)
    assert re.findall(r"T20261001-A\d+", source) == [f"T20261001-A{n}" for n in range(199, 169, -1)]
    assert "The 30 longest overdue are listed; 170 more are not." in source


def test_the_charts_show_the_figures() -> None:
    source = page(month())
    assert numbers(chart(source, "chart-flow")) == ["120", "98", "131", "121", "159", "51"]
    assert numbers(chart(source, "chart-backlog")) == ["22", "33", "108"]
    assert numbers(chart(source, "chart-rates")) == ["81.0%", "84.0%", "72.5%", "90.0%", "75.0%"]
    assert numbers(chart(source, "chart-categories")) == ["15 + 25", "35 + 33"]


def test_the_bars_are_as_tall_as_their_numbers() -> None:
    bars = re.findall(r'<rect [^>]*y="([\d.]+)"[^>]* height="([\d.]+)"', chart(page(month()), "chart-backlog"))
    tall = [float(height) for _, height in bars]
    assert [height / tall[2] for height in tall] == pytest.approx([22 / 108, 33 / 108, 1], abs=0.002)
    assert {round(float(y) + float(height), 1) for y, height in bars} == {160.0}


def test_a_month_without_a_rate_leaves_a_gap_in_its_line() -> None:
    lines = re.findall(r'<path d="(M[^"]*)" fill="none"', chart(page(month()), "chart-rates"))
    assert [line.count("M") for line in lines] == [1, 2]
    assert lines[1].count("L") == 0


def test_markdown_tables_keep_their_columns() -> None:
    figures = month(overdue=overdue(len(HOSTILE)), office="# | <b>", categories={"complaint": "a|b\n|c"})
    lines = page(figures, "md").splitlines()
    assert lines[0].startswith(r"# # \| \<b\>")
    tables: list[list[int]] = []
    for before, line in zip(["", *lines], lines, strict=False):
        if line.startswith("|"):
            if not before.startswith("|"):
                assert before == "", "a table stands after an empty line"
                tables.append([])
            tables[-1].append(len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)))
    assert len(tables) == 6
    assert all(len(set(table)) == 1 for table in tables)
    assert [table[0] for table in tables] == [5, 12, 7, 8, 4, 3]
    assert "\n\n\n" not in "\n".join(lines)
    assert not re.search(r"(?<!\\)<", "\n".join(lines))


@given(st.text())
def test_a_cell_is_one_line_whose_marks_are_all_escaped(typed: str) -> None:
    shown = cell(typed)
    assert len(shown.splitlines()) <= 1
    assert re.sub(r"\\(.)", r"\1", shown) == text(typed)
    assert not re.search(r"[|<>`*_\[\]~&]", re.sub(r"\\.", "", shown))
    shown.encode()


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (count(1234567), "1,234,567"),
        (count(None), "—"),
        (percent(0.72549), "72.5%"),
        (percent(0.0005), "0.1%"),
        (percent(1), "100.0%"),
        (percent(None), "—"),
        (percent(share(8, 10)), "80.0%"),
        (percent(share(0, 0)), "—"),
        (local("2026-11-23T09:12:04+08:00"), "2026-11-23 09:12"),
        (local("2026-11-23"), "2026-11-23"),
        (local(None), "—"),
        (text("  a\n\tb\x07 "), "a b"),
        (text("一二三四五", 4), "一二三…"),
        (text(None), "—"),
    ],
)
def test_filters(shown: str, wanted: str) -> None:
    assert shown == wanted


def small(folder: Path, source: str, **figures: Any) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "own.md.j2").write_text(source, encoding="utf-8")
    return render("own.md.j2", figures, "en", translate=untranslated, folders=[folder, SHIPPED])


def test_a_change_is_the_difference_of_what_is_shown(tmp_path: Path) -> None:
    source = "{{ a | change(b, 'percent') }}"
    assert small(tmp_path, source, a=0.7246, b=0.7004) == "+2.5 points"  # 72.5 against 70.0
    assert small(tmp_path, source, a=0.70049, b=0.70001) == "no change"
    assert small(tmp_path, source, a=None, b=0.7) == "—"
    assert small(tmp_path, "{{ 3 | change(1500, 'count') }}") == "\N{MINUS SIGN}1,497"


def test_an_office_puts_its_own_template_over_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "monthly").mkdir()
    own = tmp_path / "monthly" / "tickets.html.j2"
    own.write_text("<p>{{ office }} {{ tickets.received | count }}</p>", encoding="utf-8")
    assert page(month(), folders=(tmp_path, SHIPPED)) == "<p>阳光花园 159</p>"
    assert page(month(), "md", folders=(tmp_path, SHIPPED)) == page(month(), "md")


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("one\n{{ nowhere }}", 2, "'nowhere' is undefined"),
        ("{{ made.at }}", 1, "has no attribute 'at'"),
        ("one\ntwo\n{% if %}", 3, "Expected an expression"),
        ("{{ 1 / 0 }}", 1, "division by zero"),
        ("\n{{ 'x' | hours }}", 2, ""),
        ("\n\n{{ 'x' | local }}", 3, "isoformat"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("{% include 'own.md.j2' %}", 1, "recursion"),
    ],
)
def test_a_failing_template_is_one_sentence(tmp_path: Path, source: str, line: int, reason: str) -> None:
    with pytest.raises(Broken) as caught:
        small(tmp_path, source, made={})
    said = str(caught.value)
    assert said.startswith(f"The template {tmp_path / 'own.md.j2'} fails in line {line}: ")
    assert reason in said
    assert "\n" not in said


def test_a_template_that_is_missing_or_no_text_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Broken, match=r"There is no template monthly/none\.md\.j2 in "):
        render("monthly/none.md.j2", {}, "en", translate=untranslated, folders=[tmp_path])
    with pytest.raises(Broken, match=r"There is no template other\.j2 in "):
        small(tmp_path, "{% include 'other.j2' %}")
    (tmp_path / "own.md.j2").write_bytes("投诉".encode("gbk"))
    with pytest.raises(Broken, match=r"The template own\.md\.j2 cannot be used: .*utf-8"):
        render("own.md.j2", {}, "en", translate=untranslated, folders=[tmp_path])


def test_every_figure_of_the_page_is_asked_for_by_name() -> None:
    figures = month()
    del figures["tickets"]["reopened"]
    with pytest.raises(Broken, match=r"tickets\.html\.j2 fails in line \d+: 'dict object' has no attribute 'reopened'"):
        page(figures)


def test_a_ticket_that_cannot_be_read_is_named_and_not_counted_in_silence():
    lost = [{"file": "ticket/2026/10/03/T20261003-A01.yaml", "reason": "line 3: a quote is not closed."}]
    for kind in ("html", "md"):
        shown = page(month(unreadable=lost), kind)
        assert "Not counted, because the file cannot be read:" in shown
        assert "T20261003-A01" in shown
        assert "a quote is not closed" in shown
