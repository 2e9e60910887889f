"""The regulation at the command line: show, check, amend, diff, interpret (articles 1 to 4, 15, 16)."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def folder(office):
    return office.root / "regulation" / "2026-01-01"


def change(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_all_sixteen_articles_and_one_clause(office):
    shown = office("regulation", "show")
    assert [number for number in range(1, 17) if not re.search(rf"^\s+{number}  ", shown, re.MULTILINE)] == []
    assert "民法典" in shown
    one = office("regulation", "show", "7.1")
    assert "7.1" in one
    assert "7.2" not in one
    assert "2/3" in office("regulation", "show", "2/3")
    whole = office.json("regulation", "show", "7")
    assert [row["clause"] for row in whole] == ["7", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6"]
    assert "9.9" in office.refused("regulation", "show", "9.9", code=4)


def test_an_office_s_own_wording_is_shown(office, folder):
    change(
        folder / "articles" / "1.yaml",
        '约束本区域的全部客服人员和有关协作部门\n    text: ""',
        "约束本区域\n    text: 本制度适用于阳光花园。",
    )
    office.git("commit", "-qam", "wording")
    assert "本制度适用于阳光花园。" in office("regulation", "show", "2")


def test_the_starter_is_sound(office):
    assert office.try_("regulation", "check").code == 0
    assert office.json("regulation", "check") == []


def test_every_error_of_every_file_at_once_with_file_and_line(office, folder):
    change(folder / "kinds" / "ticket.yaml", "from: [registered], to: {verdict", "from: [registred], to: {verdict")
    change(folder / "kinds" / "ticket.yaml", "within: 30m real, clause", "within: 3天, clause")
    change(folder / "kinds" / "task.yaml", "by: [manager], who: [giver]}", "by: [managr], who: [giver]}")
    change(folder / "posts.yaml", 'clause: "6.3"', 'clause: "66.3"')
    said = office.try_("regulation", "check")
    assert said.code == 1
    lines = said.out.splitlines()
    assert all(re.match(r"regulation/2026-01-01/[\w/.]+:\d+: .", line) for line in lines), said.out
    for file, word, near in (
        ("kinds/ticket.yaml", "registred", "registered"),
        ("kinds/ticket.yaml", "3天", "3d"),
        ("kinds/task.yaml", "managr", "manager"),
        ("posts.yaml", "66.3", ""),
    ):
        (line,) = [line for line in lines if file in line and word in line]
        assert near in line
        number = int(line.split(":")[1])
        entry = (folder / file).read_text("utf-8").splitlines()[number - 1 : number + 2]
        assert any(word in part for part in entry), line
    found = office.try_("regulation", "check", "--format", "json")
    assert found.code == 1
    assert {"file", "line", "severity", "message"} <= found.json[0].keys()


def test_a_file_that_is_no_yaml_is_told_with_its_line(office, folder):
    (folder / "kinds" / "place.yaml").write_text("kind: place\ntitle:\t[x\n", "utf-8")
    said = office.try_("regulation", "check")
    assert said.code == 1
    assert "kinds/place.yaml:2: " in said.out
    refused = office.try_("ticket", "list")
    assert refused.code == 5
    assert "regulation check" in refused.errors or "place.yaml" in refused.errors


def test_the_next_version_is_opened_as_a_copy_and_compared(office, folder):
    said = office("regulation", "amend", "--from", "2027-01-01")
    new = office.root / "regulation" / "2027-01-01"
    assert "2027-01-01" in said
    assert sorted(path.name for path in (new / "kinds").iterdir()) == sorted(
        path.name for path in (folder / "kinds").iterdir()
    )
    assert office.dirt() == ""
    assert office("regulation", "diff") == ""
    change(new / "kinds" / "ticket.yaml", "normal: 4h office", "normal: 2h office")
    said = office("regulation", "diff")
    assert len([line for line in said.splitlines() if re.match(r"[-+] ", line)]) == 2
    office.git("commit", "-qam", "two hours")
    # The old version judges until the last day of the year, the new one from the first.
    before = office.at("2026-12-31T09:00").json("show", office.ticket())
    assert before["due"]["respond"].startswith("2026-12-31T15:00")
    after = office.at("2027-01-04T09:00").json("show", office.ticket())
    assert after["due"]["respond"].startswith("2027-01-04T11:00")


def test_only_manager_or_leader_amends_and_not_the_past(office):
    office.refused("regulation", "amend", "--from", "2027-01-01", by="wang.qiang")
    office.refused("regulation", "amend", "--from", "2025-01-01")
    office.refused("regulation", "amend", "--from", "someday", code=2)
    office("regulation", "amend", "--from", "2027-01-01", by="chen.lei")


def test_an_interpretation_is_shown_with_its_clause_from_its_day_on(office):
    words = ("regulation", "interpret", "7.1", "--text", "夜间来电由门岗代登")
    office.refused(*words, by="zhao.min")
    said = office(*words, by="chen.lei")
    assert "JS20261123-A01" in said
    shown = office("regulation", "show", "7.1")
    assert "夜间来电由门岗代登" in shown
    assert "2026-11-23" in shown
    assert "夜间" not in office("regulation", "show", "7.2")
    assert office.json("regulation", "show", "7.1")["interpretations"][0]["id"] == "JS20261123-A01"
    office.clean()


def test_a_later_interpretation_takes_the_place_of_an_earlier(office):
    office("regulation", "interpret", "7.1", "--text", "夜间来电由门岗代登")
    office("regulation", "interpret", "7.1", "--text", "夜间来电由值班员登记", "--replaces", "JS20261123-A01")
    shown = office("regulation", "show", "7.1")
    assert "值班员" in shown
    assert "门岗" not in shown
    assert office.json("interpretation", "show", "JS20261123-A01")["state"] == "ended"
    assert "77.1" in office.refused("regulation", "interpret", "77.1", "--text", "x", code=2)


def test_a_year_without_holidays_is_warned_of_with_the_place_to_enter_it(office):
    office.at("2026-12-31T16:00")
    said = office.try_("ticket", "new", "--category", "repair", "--place", "3", "--summary", "漏水")
    assert said.code == 0
    assert "2027" in said.errors
    assert "calendar.yaml" in said.errors


def test_a_new_version_s_action_is_refused_on_a_record_of_the_old_one(office):
    old = office.ticket()
    office("regulation", "amend", "--from", "2027-01-01")
    file = office.root / "regulation/2027-01-01/kinds/ticket.yaml"
    text = file.read_text("utf-8")
    visit = "  call_back: {label: 回电, from: open, by: [service_officer, manager], asks: [note]}\n\n  # 7.5 沟通\n"
    assert "\n  # 7.5 沟通\n" in text
    file.write_text(text.replace("  # 7.5 沟通\n", visit), "utf-8")
    office.git("commit", "-qam", "制度：回电")
    office.at("2027-01-04 09:00")
    assert "不认得动作 call_back" in office.refused("ticket", "call_back", old, "--note", "已回电")
    new = office.ticket()
    office("ticket", "call_back", new, "--note", "已回电")
    office.clean()
