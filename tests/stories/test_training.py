"""10 and 11.5: who should come to a training and who came; who had none within a year."""

from __future__ import annotations

import pytest

PLANNED = (
    "--subject",
    "消防器材使用",
    "--basis",
    "11.5",
    "--planned",
    "2026-12-05",
    "--hours",
    "2",
    "--trainer",
    "消防站",
)


@pytest.fixture
def training(office):
    """A training planned for wang.qiang and zhao.min; chen.lei and li.na are not asked to come."""
    id_ = office.json("training", "new", *PLANNED, "--attendance", "person=wang.qiang")["id"]
    office("training", "invite", id_, "--person", "zhao.min")
    return id_


def untrained(office):
    """The people of whom check says that they came to no training."""
    found = office.json("check")
    return {item["file"].split("/")[-1].removesuffix(".yaml") for item in found if "365" in item["message"]}


def mark(office, id_, person, attended, *words):
    office("training", "mark", id_, "--person", person, "--attended", attended, *words)


def test_who_should_come_and_who_came(office, training):
    assert "zhao.min" in office.refused("training", "invite", training, "--person", "zhao.min")
    office.refused("training", "mark", training, "--person", "zhao.min", "--attended", "came")  # not held yet
    office.at("2026-12-05 16:00")("training", "hold", training)
    office("training", "invite", training, "--person", "li.na")  # came unasked
    mark(office, training, "wang.qiang", "came", "--score", "92.5")
    mark(office, training, "zhao.min", "absent")
    said = office.refused("training", "close", training)
    assert "li.na" in said
    assert "wang.qiang" not in said
    leave = ("training", "mark", training, "--person", "li.na", "--attended", "leave")
    assert "remark" in office.refused(*leave, code=2)
    office(*leave, "--remark", "当班")
    office("training", "close", training)
    shown = office.json("training", "show", training)
    assert (shown["state"], shown["expected"], shown["attended"]) == ("closed", 3, 1)
    assert shown["attendance"][0]["score"] == 92.5
    office.clean()


def test_a_score_is_no_more_than_a_hundred(office, training):
    office.at("2026-12-05 16:00")("training", "hold", training)
    words = ("--person", "wang.qiang", "--attended", "came", "--score")
    assert "100" in office.refused("training", "mark", training, *words, "101", code=2)


def test_only_the_manager_plans_and_names_the_clause(office, training):
    office.refused("training", "new", *PLANNED, by="zhao.min")
    assert "--basis" in office.refused("training", "new", *PLANNED[:2], *PLANNED[4:], code=2)
    other = office.json("training", "new", *PLANNED[:3], "10.2", *PLANNED[4:])["id"]
    assert office.git("log", "-1", "--format=%(trailers:key=Clause,valueonly)").split() == ["11.5", "10.2"]
    office("training", "cancel", other, "--note", "并入下月")
    office.clean()


def test_a_training_without_anybody_is_not_closed(office):
    id_ = office.json("training", "new", *PLANNED)["id"]
    office.at("2026-12-05 16:00")("training", "hold", id_)
    office.refused("training", "close", id_)


def test_the_day_is_announced_and_after_it_it_is_late(office, training):
    assert training in office.at("2026-12-01 09:00")("today")
    assert training not in office("training", "list", "--overdue")
    assert training in office.at("2026-12-06 09:00")("training", "list", "--overdue")


def test_check_warns_of_everybody_who_came_to_none_within_a_year(office, training):
    everybody = {"li.na", "wang.qiang", "zhao.min", "chen.lei"}
    assert untrained(office) == everybody
    office.at("2026-12-05 16:00")("training", "hold", training)
    mark(office, training, "wang.qiang", "came")
    mark(office, training, "zhao.min", "absent")
    assert untrained(office) == everybody - {"wang.qiang"}
    assert untrained(office.at("2027-12-05 15:00")) == everybody - {"wang.qiang"}
    assert untrained(office.at("2027-12-05 17:00")) == everybody
    assert office.try_("check").code == 0  # a warning, no error
