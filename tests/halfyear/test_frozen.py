"""What is confirmed stays as it was worked out; what changes beneath it, and who writes in it by hand, is told of."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.halfyear.office import Office, clock, sit_down
from tests.halfyear.oracle import Commit, Sheet
from tests.halfyear.test_scores import files, parsed_file, sheets

AFTER = clock(date(2026, 9, 26), "09:00")


def verified(office: Office, *named: str) -> dict[str, dict[str, Any]]:
    """What `assessment verify` says, by number; it answers 1 where something differs."""
    code, out, errors = office.answer("assessment", "verify", *named, "--format", "json")
    found = {item["id"]: item for item in json.loads(out)}
    assert (code, errors) == (0 if all(item["same"] for item in found.values()) else 5, ""), (code, errors)
    return found


def findings(office: Office) -> list[tuple[str, str, str]]:
    """Severity, file and sentence of what `check` says about assessments."""
    _, out, _ = office.answer("check", "--format", "json")
    return [
        (item["severity"], Path(item["file"]).stem, item["message"])
        for item in json.loads(out)
        if item["file"].startswith("assessment/")
    ]


def plain(row: dict[str, Any]) -> dict[str, str]:
    return {name: f"{row[name]:f}".rstrip("0").rstrip(".") if "." in f"{row[name]:f}" else str(row[name])
            for name in ("figure", "base")}  # fmt: skip


@pytest.fixture(scope="module")
def told(lived: Office) -> dict[str, dict[str, Any]]:
    lived.now = max(lived.now, AFTER)
    return verified(lived)


def test_everything_is_the_same_at_its_commit(lived, told) -> None:
    assert set(told) == set(sheets(lived))
    assert [id_ for id_, item in told.items() if not item["same"] or item["problems"] or item["differences"]] == []


def test_what_changed_since_is_named_with_what_was_done(lived, commits, told) -> None:
    head = commits("HEAD")
    now = histories(lived)
    for id_, tree in sheets(lived).items():
        then = {row["id"]: row["history"] for rows in commits(tree["basis"]).records.values() for row in rows}
        cited = {number for row in tree["figures"] for number in row["cites"]}
        assert told[id_]["changed"] == {
            number: [event["do"] for event in now[number] if event not in then[number]]
            for number in cited
            if now[number] != then[number]
        }
        old, new = (Sheet(commit, tree["period"], tree["person"]).rows() for commit in (commits(tree["basis"]), head))
        expected = {
            (item, name): (plain(old[item])[name], plain(new[item])[name])
            for item in old
            if "figure" in old[item]
            for name in ("figure", "base")
            if old[item][name] != new[item][name]
        }
        assert {(row["item"], row["name"]): (row["stands"], row["found"]) for row in told[id_]["later"]} == expected, (
            id_
        )
    assert sum(bool(item["later"]) for item in told.values()) > 5


def histories(office: Office) -> dict[str, list[Any]]:
    kinds = ("ticket", "inspection", "maintenance", "repair", "training", "conduct", "task")
    return {tree["id"]: tree["history"] for kind in kinds for tree in map(parsed_file, files(office, kind))}


def test_check_warns_of_just_those_that_would_count_otherwise(lived, commits) -> None:
    """A cited ticket that went its way after the month is no news; one struck out since, or reopened in it, is."""
    head: Commit = commits("HEAD")
    expected = {}
    for id_, tree in sheets(lived).items():
        changed = set()
        for row in tree["figures"]:
            figure = head.scheme["items"][row["item"]]["figure"]
            for number in row["cites"]:
                sides = (commits(tree["basis"]).alone(number), head.alone(number))
                then, now = (getattr(Sheet(side, tree["period"], tree["person"]), figure)() for side in sides)
                changed |= {number} if then != now else set()
        if changed:
            expected[id_] = changed
    warned = {}
    for severity, id_, sentence in findings(lived):
        assert severity == "warning"
        warned[id_] = set(re.findall(r"[A-Z]{1,2}\d{8}-A\d+", sentence))
    assert warned == expected
    # Appeals that were decided after the month was assessed, one each way, and a reopening that was told of late.
    assert {"KH-2026-04-he.gang", "KH-2026-05-ma.jun", "KH-2026-08-ma.jun"} <= set(warned)


@pytest.fixture
def copy(lived: Office, tmp_path: Path) -> Office:
    """The store, to be tampered with."""
    folder = tmp_path / "records"
    shutil.copytree(lived.folder, folder)
    return Office(folder, max(lived.now, AFTER))


def cited(office: Office, id_: str, item: str) -> str:
    tree = sheets(office)[id_]
    return next(row["cites"][0] for row in tree["figures"] if row["item"] == item)


def test_striking_out_a_cited_ticket_is_told_by_both(copy) -> None:
    id_ = "KH-2026-07-zhang.min"
    number = cited(copy, id_, "on_time")
    before = {name for _, name, _ in findings(copy)}
    assert id_ not in before
    sit_down("li.na")
    copy.type("ticket", "void", number, "--note", "重复")
    item = verified(copy, id_)[id_]
    assert item["same"]
    assert item["changed"][number] == ["void"]
    assert ("on_time", "base") in {(row["item"], row["name"]) for row in item["later"]}
    assert any(name == id_ and number in sentence for _, name, sentence in findings(copy))


def test_correcting_what_somebody_was_held_to_have_done_is_told_by_both(copy) -> None:
    id_ = "KH-2026-03-ma.jun"
    number = cited(copy, id_, "breaches")
    copy.type("conduct", "correct", number, "--type", "criticism", "--note", "类别有误")
    item = verified(copy, id_)[id_]
    assert (item["same"], item["changed"]) == (True, item["changed"] | {number: ["correct"]})
    assert {"item": "breaches", "name": "figure", "stands": "1", "found": "0"} in item["later"]
    assert any(name == id_ and number in sentence for _, name, sentence in findings(copy))


HANDS = {
    "the total above": (r"(?m)^total: .*$", "total: 99.9", 1),
    "the total in head and history": (r"total: [\d.]+", "total: 99.9", 0),
    "the points of a figure": (r"(item: rounds, .*points: )[\d.]+", r"\g<1>100", 0),
    "a figure and its points": (r"(item: breaches, .*figure: )1(, .*points: )50", r"\g<1>0\g<2>100", 0),
    "a weight": (r"(item: diligence, .*weight: )20", r"\g<1>30", 0),
    "a citation": (r"(item: breaches, .*cites: )\[J\S+\]", r"\g<1>[]", 0),
    "the points of a mark": (r"(item: craft, (?:what.*)?points: )[\d.]+", r"\g<1>100", 0),
    "the rank": (r"rank: staff", "rank: manager", 0),
    "the basis": (r"basis: \w+", "basis: " + "0" * 40, 0),
}


@pytest.mark.parametrize("hand", HANDS)
def test_what_is_written_in_by_hand_is_found_by_verify(copy, hand) -> None:
    id_ = "KH-2026-03-ma.jun"
    (path,) = copy.folder.rglob(f"{id_}.yaml")
    pattern, put, count = HANDS[hand]
    text = path.read_text(encoding="utf-8")
    changed = re.sub(pattern, put, text, count=count)
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    for words in (["add", str(path)], ["commit", "-qm", "nothing"]):
        subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", *words], cwd=copy.folder, check=True
        )
    item = verified(copy, id_)[id_]
    assert not item["same"], item
