"""What happens by itself when cron runs: a permit lapses, a record goes on when what it waited for is finished."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmcs.store.codec import decode, encode

FILE = Path(__file__).parents[1] / "data" / "every_construct.yaml"


@pytest.fixture
def trials(office):
    """The office with the two invented kinds in its regulation, and 陈磊 licensed for trials."""
    for name, tree in decode(FILE.read_bytes(), FILE.name).items():
        (office.root / "regulation/2026-01-01/kinds" / f"{name}.yaml").write_bytes(encode(tree))
    office.git("add", "regulation")
    office.git("commit", "-qm", "regulation: 试验单")
    office("staff", "license", "zhao.min", "--licence", "试验", "--number", "S1")
    return office


def trial(trials, *words, begins="2026-11-23 10:00"):
    return trials.json(
        *("trial", "new", "--begins", begins, "--place", "3-2-1201", "--title", "水泵试运行", "--owner", "zhao.min"),
        *words,
    )


def begun(trials):
    id_ = trial(trials)["id"]
    trials("trial", "start", id_, by="zhao.min")
    trials("trial", "step", id_, "--item", "1", "--what", "通电", by="zhao.min")
    trials("trial", "check", id_, "--item", "1", "--result", "fine", by="zhao.min")
    return id_


def states(trials, *ids):
    return [trials.json("show", id_)["state"] for id_ in ids]


def test_named_by_its_fields_it_lies_in_the_folder_of_its_day_and_is_found_by_a_part(trials):
    id_ = trial(trials, begins="2026-12-01 08:30")["id"]
    assert id_ == "YZ-20261201T0830-3-2-1201"
    assert trials.file(id_) == trials.root / "trial/2026/12/01/YZ-20261201T0830-3-2-1201.yaml"
    assert "is there already" in trials.refused(
        *("--lang", "en", "trial", "new", "--begins", "2026-12-01 08:30", "--place", "3-2-1201", "--title", "另一项")
    )
    assert trials.json("show", "1201T0830")["id"] == id_
    trials.clean()


def test_a_permit_lapses_when_its_time_is_over_and_once(trials):
    id_ = trial(trials)["id"]
    trials.at("2026-11-25 08:00")("escalate")
    assert states(trials, id_) == ["planned"]
    said = trials.at("2026-11-25 10:00")("escalate")
    assert f"试验单 {id_}：失效，当前状态“已失效”。" in said
    assert states(trials, id_) == ["lapsed"]
    head = trials.head()
    trials.at("2026-11-26 10:00")("escalate")
    assert trials.head() == head
    trials.clean()


def test_cron_that_slept_catches_up_in_one_commit_as_the_system(trials):
    trial(trials)
    trials.ticket(urgency="emergency")
    before = len(trials.log())
    trials.at("2026-11-28 09:00")("escalate")
    assert len(trials.log()) == before + 1
    assert "Actor: system" in trials.git("log", "-1", "--format=%B")
    trials.clean()


def test_it_goes_on_in_the_same_commit_as_what_it_waited_for(trials):
    id_ = begun(trials)
    part = trials.json("trial", "need", id_, "--part", by="zhao.min")
    (part,) = [row["id"] for row in trials.json("part", "list")]
    assert part in trials.refused("trial", "finish", id_, by="zhao.min")
    trials("part", "buy", part, by="wang.qiang")
    before = len(trials.log())
    said = trials("part", "use", part, by="wang.qiang")
    assert f"试验单 {id_}：配件已齐，当前状态“待评”。" in said
    assert len(trials.log()) == before + 1
    assert states(trials, id_, part) == ["finished", "used"]
    message = trials.git("log", "-1", "--format=%B")
    assert f"Record: {part}\nRecord: {id_}\nAction: use\nAction: freed\nActor: wang.qiang" in message
    trials.clean()


def test_what_cannot_go_on_yet_is_shown_today_and_tried_again(trials):
    id_ = begun(trials)
    trials("trial", "need", id_, "--part", by="zhao.min")
    (part,) = [row["id"] for row in trials.json("part", "list")]
    trials("trial", "step", id_, "--item", "2", "--what", "复查", by="zhao.min")
    assert "所等单据已办结 (0)" in trials("today")
    trials("part", "buy", part, by="wang.qiang")
    trials("part", "use", part, by="wang.qiang")
    assert states(trials, id_) == ["working"]
    assert "所等单据已办结 (1)" in trials("today")
    trials("escalate")
    assert states(trials, id_) == ["working"]
    trials("trial", "check", id_, "--item", "2", "--result", "fine", by="zhao.min")
    assert f"{id_}：配件已齐" in trials("escalate")
    assert "所等单据已办结 (0)" in trials("today")
    assert states(trials, id_) == ["finished"]
    trials.clean()


def test_a_record_lapses_by_the_version_that_it_was_opened_under(trials):
    """From December on only what is finished lapses; a permit of November still lapses while it is planned."""
    id_ = trial(trials)["id"]
    trials("regulation", "amend", "--from", "2026-12-01")
    file = trials.root / "regulation/2026-12-01/kinds/trial.yaml"
    tree = decode(file.read_bytes(), file.name)
    tree["actions"]["lapse"]["from"] = ["finished"]
    file.write_bytes(encode(tree))
    trials.git("commit", "-qam", "regulation: 失效")
    trials.at("2026-12-01 10:00")("escalate")
    new = trial(trials, begins="2026-12-01 11:00")["id"]
    trials.at("2026-12-05 10:00")("escalate")
    assert states(trials, id_, new) == ["lapsed", "planned"]
    trials.clean()


def test_whom_a_record_is_not_shown_to_whole_finds_it_and_reads_no_more_than_the_list_says(trials):
    id_ = trial(trials)["id"]
    trials("trial", "edit", id_, "--story", "与住户有争议")
    trials.at("2026-11-24 10:00")
    assert "争议" in trials("search", "争议")
    assert "争议" in trials("today")
    said = trials("search", "争议", by="wang.qiang")
    assert id_ in said
    assert "争议" not in said
    assert "争议" not in trials("today", by="wang.qiang")


def test_what_one_desk_forged_is_found(trials):
    """An event said to be the system's, of a record that did nothing then."""
    id_ = begun(trials)
    file = trials.file(id_)
    text = file.read_text("utf-8")
    forged = "- at: 2026-11-23T12:00:00+08:00\n  by: system\n  do: freed\n  to: finished\n  because: 3-2-1201\n"
    file.write_text(text.replace("state: working", "state: finished") + forged, "utf-8")
    trials.git("commit", "-qam", "办结")
    said = trials.try_("check")
    assert said.code == 1
    assert "3-2-1201" in said.out
