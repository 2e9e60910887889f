"""The scheme of assessment: the starter's is sound, and every slip in one is named with its line."""

from __future__ import annotations

import pytest

from pmcs.core.figures import FIGURES
from pmcs.regulation.shape import Source
from pmcs.regulation.sound import check
from pmcs.store.codec import decode_marked
from tests.core.world import SHANGHAI, STARTER, sources, starter

FILE = "assessment.yaml"
TEXT = """\
few: 5
posts: [manager, facility_keeper]
dimensions: {attitude: 40, skill: 60}
items:
  care: {label: 负责, dimension: attitude, share: 1}
  craft: {label: 业务, dimension: skill, share: 2}
  rework: {label: 返修, dimension: skill, share: 1, figure: rework, none: 3, full: 0, posts: [facility_keeper]}
results:
  promote: {least: 90, periods: 10}
  reward: 95
  criticism: 60
"""


def problems(text):
    files = sources() | {FILE: Source(FILE, *decode_marked(text.encode(), FILE))}
    return [(problem.line, str(problem.sentence)) for problem in check(files, SHANGHAI) if problem.file == FILE]


def test_the_starters_scheme_weighs_every_dimension_of_article_13_and_uses_every_figure():
    scheme = starter().scheme
    assert list(scheme.dimensions) == list(starter().names("dimensions"))
    assert sum(scheme.dimensions.values()) == 100
    assert {item.figure for item in scheme.items.values()} - {""} == FIGURES.keys()
    assert set(scheme.posts) == starter().names("posts").keys() - {"leader", "system"}
    assert problems((STARTER / FILE).read_text()) == []


def test_a_short_scheme_is_sound():
    assert problems(TEXT) == []


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("skill: 60", "skill: 59.5", 3, "The weights add up to 99.5, not to 100."),
        ("attitude: 40, skill: 60", "attitude: 39.999, skill: 60", 3, "more than two decimals"),
        ("attitude: 40, ", "attitude: 30, zeal: 10, ", 3, "There is no dimension zeal"),
        ("dimension: attitude", "dimension: atitude", 5, "did you mean attitude"),
        ("[manager, facility_keeper]", "[manager, facility_keper]", 2, "did you mean facility_keeper"),
        ("posts: [facility_keeper]}", "posts: [finance_clerk]}", 7, "There is no post finance_clerk"),
        ("figure: rework", "figure: rewrk", 7, "There is no figure rewrk (did you mean rework?)."),
        ("none: 3, full: 0", "none: 3, full: 3", 7, "none and full are the same"),
        ("none: 3, full: 0", "none: 3", 7, "has figure, none and full, or none of them"),
        ("figure: rework, ", "", 7, "has figure, none and full, or none of them"),
        ("none: 3", "none: three", 7, "none must be a number, not three."),
        ("share: 2", "share: 0", 6, "The share of craft must be more than 0"),
        ("share: 2", "share: -1", 6, "share must be at least 0."),
        ("share: 2}", "share: 2, posts: [facility_keeper]}", 3, "skill has no item without a figure for manager"),
        ("  care: {label: 负责, dimension: attitude, share: 1}\n", "", 3, "attitude has no item without a figure"),
        ("few: 5\n", "", 1, "assessment.yaml lacks few."),
        ("few: 5", "few: a few", 1, "few must be a whole number"),
        ("label: 负责, ", "", 5, "care has no label."),
        ("share: 1}", "share: 1, clause: '13.9'}", 5, "There is no clause 13.9"),
        ("share: 1}", "shares: 1}", 5, "shares is not a key here (did you mean share?)."),
        ("criticism: 60", "criticism: 96", 11, "criticism lies above reward or least"),
        ("  reward: 95\n", "", 8, "results lacks reward."),
        (", periods: 10", "", 9, "promote lacks periods."),
        ("least: 90", "least: 101", 9, "least must be at most 100."),
    ],
)
def test_a_slip_is_named_with_its_line(right, wrong, line, said):
    assert right in TEXT
    found = problems(TEXT.replace(right, wrong, 1))
    assert [number for number, sentence in found if said in sentence] == [line], found


def test_a_version_without_a_scheme_is_sound():
    files = {name: source for name, source in sources().items() if name != FILE}
    assert [problem for problem in check(files, SHANGHAI) if problem.severity == "error"] == []


@pytest.mark.parametrize(
    "wrong",
    ["{few: {}, posts: x, dimensions: [], items: 1, results: []}", "{items: {a: [], b: {posts: x}}}"],
)
def test_nonsense_is_named_and_stops_nothing(wrong):
    assert problems(wrong)
