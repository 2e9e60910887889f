"""`retention.yaml`: sections and terms by kind; every slip is told with its line."""

from __future__ import annotations

from datetime import date

import pytest

from pmcs.core.retention import Filed
from pmcs.regulation.shape import Source
from pmcs.regulation.sound import check
from pmcs.store.codec import decode_marked
from tests.core.world import SHANGHAI, STARTER, sources, starter

FILE = "retention.yaml"
TEXT = (STARTER / FILE).read_text(encoding="utf-8")
SLIPS = [
    ("ticket:         {section: KF, term: D10}", "ticket:         {section: KF, term: D11}", "D11"),
    ("ticket:         {section: KF", "ticket:         {section: KX", "KX"),
    ("category: WS", "category: wen", "wen"),
    ("  ticket: ", "  tickets: ", "tickets"),
    ("{level: {general", "{levels: {general", "levels"),
    ("major: D30", "majors: D30", "majors"),
    (", major: D30", "", "major"),
    ("since: dated", "since: title", "title"),
    ("others: ", "other: ", "other"),
    ("  task: ", "  place: {section: ZH, term: D10}\n  task: ", "place"),
    ("reports: {section: ZH, term: D30}", "reports: {section: ZH}", "term"),
]


def problems(text):
    files = sources() | {FILE: Source(FILE, *decode_marked(text.encode(), FILE))}
    return [(problem.line, str(problem.sentence)) for problem in check(files, SHANGHAI) if problem.file == FILE]


def test_the_starters_own_is_sound():
    assert problems(TEXT) == []


@pytest.mark.parametrize(("right", "wrong", "named"), SLIPS)
def test_a_slip_is_told_where_it_stands(right, wrong, named):
    assert TEXT.count(right) == 1
    found = problems(TEXT.replace(right, wrong))
    assert found
    assert named in found[0][1]
    if right.split(":")[0] in wrong:
        assert any(line == TEXT[: TEXT.index(right)].count("\n") + 1 for line, _ in found)


def test_a_term_may_depend_on_a_choice_and_without_one_the_longest_holds():
    retention, hazard, incident = starter().retention, starter().kind("hazard"), starter().kind("incident")
    assert retention.filed(hazard, {"level": "major"}) == Filed("AF", "D30")
    assert retention.filed(hazard, {"level": "general"}) == Filed("AF", "D10")
    assert retention.filed(incident, {"grade": "grave"}) == Filed("AF", "Y")
    assert retention.filed(incident, {}) == Filed("AF", "Y")
    assert retention.filed(starter().kind("staff"), {}) == Filed("ZH", "D10")


def test_of_paper_the_term_runs_from_its_own_date():
    retention, document = starter().retention, starter().kind("document")
    opened = date(2026, 11, 23)
    assert retention.begins(document, {"dated": "2024-03-01"}, opened, None) == date(2024, 3, 1)
    assert retention.begins(document, {}, opened, None) == opened
    assert retention.begins(document, {"dated": "in spring"}, opened, None) == opened
    assert retention.begins(starter().kind("ticket"), {}, opened, None) is None
