"""Half a year of one office, assessed each month: every score against a reckoning of its own from the files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.halfyear.office import ASSESSED, HEIR, LEADER, LEAVER, MANAGER, MONTHS, Office
from tests.halfyear.oracle import CENT, Sheet, parsed
from tests.halfyear.run import PERIODS
from tests.halfyear.sheets import APPEALS, present

COUNTED = ("weight", "figure", "base", "few", "cites", "points")


def sheets(office: Office) -> dict[str, dict[str, Any]]:
    return {path.stem: parsed(path.read_bytes()) for path in sorted((office.folder / "assessment").rglob("*.yaml"))}


def read(row: dict[str, Any], name: str) -> Any:
    """A value of a file as what it means."""
    if name == "cites":
        return row[name]
    return {"few": lambda text: text == "true", "base": int}.get(name, Decimal)(row[name])


def unlike(rows: list[dict[str, Any]], own: dict[str, dict[str, Any]], where: str) -> Iterator[str]:
    """Where rows as they stand and as they are worked out differ."""
    for row in rows:
        for name in (*(name for name in COUNTED if name in own[row["item"]]), "dimension", "what"):
            if name == "points" and "figure" not in row:
                continue
            stands = row[name] if name in ("dimension", "what") else read(row, name)
            if stands != own[row["item"]][name]:
                yield f"{where} {row['item']} {name}: {stands}, and it is {own[row['item']][name]}"


@pytest.mark.parametrize("period", PERIODS)
def test_every_row_is_what_the_files_of_its_commit_say(lived, commits, period) -> None:
    """As it was opened, and as it was confirmed, which after an appeal is another commit."""
    wrong = []
    for id_, tree in sheets(lived).items():
        if tree["period"] == period:
            opened = tree["history"][0]
            for facts, rows, name in (
                (opened["set"], opened["add"]["figures"] + opened["add"]["marks"], "opened"),
                (tree, tree["figures"] + tree["marks"], "confirmed"),
            ):
                own = Sheet(commits(facts["basis"]), period, tree["person"]).rows()
                assert {row["item"] for row in rows} == set(own)
                wrong += unlike(rows, own, f"{id_} {name}")
    assert wrong == []


@pytest.mark.parametrize("period", PERIODS)
def test_every_total_is_weights_times_points(lived, commits, period) -> None:
    for id_, tree in sheets(lived).items():
        if tree["period"] == period:
            own = Sheet(commits(tree["basis"]), period, tree["person"]).rows()
            given = {row["item"]: Decimal(row["points"]) for row in tree["marks"]}
            assert sum(row["weight"] for row in own.values()) == 100
            whole = sum(row["weight"] * row.get("points", given.get(name)) for name, row in own.items())
            assert Decimal(tree["total"]) == (whole / 100).quantize(CENT, ROUND_HALF_UP), id_


def test_everybody_is_assessed_by_another_and_confirmed_by_the_leader(lived) -> None:
    found = sheets(lived)
    expected = {f"KH-2026-{month:02}-{person}" for month in MONTHS for person in present(month)}
    assert set(found) == expected
    assert len(expected) == 3 * 12 + 3 * 11
    for tree in found.values():
        head = tree["person"] == MANAGER
        assert (tree["rank"], tree["scorer"]) == (("manager", LEADER) if head else ("staff", MANAGER))
        assert tree["state"] == "confirmed"
    assert {key for key, tree in found.items() if tree.get("outcome")} == {f"KH-{a}-{b}" for a, b in APPEALS}


def test_an_appeal_that_is_upheld_is_worked_out_again_without_what_was_struck_out(lived) -> None:
    tree = sheets(lived)["KH-2026-04-zhou.tao"]
    opened = {row["item"]: row for row in tree["history"][0]["add"]["figures"]}
    final = {row["item"]: row for row in tree["figures"]}
    (struck,) = set(opened["on_time"]["cites"]) - set(final["on_time"]["cites"])
    (path,) = (lived.folder / "ticket").rglob(f"{struck}.yaml")
    assert parsed(path.read_bytes())["state"] == "void"
    assert tree["history"][0]["set"]["basis"] != tree["basis"]
    totals = [event["set"]["total"] for event in tree["history"] if "total" in event.get("set", {})]
    assert len(totals) == 2
    assert totals[-1] == tree["total"]


def test_the_ledger_agrees_where_it_can_tell(lived) -> None:
    """Trainings, praise, breaches and rework straight from what the script did."""
    found = sheets(lived)
    done = [did for did in lived.ledger if did.kind == "repair" and did.do in ("finish", "reject")]
    refused: Counter[tuple[str, int]] = Counter()
    finisher: dict[str, str] = {}
    for did in done:
        if did.do == "finish":
            finisher[did.id] = did.by
        else:
            refused[finisher[did.id], did.at.month] += 1
    marked = [did for did in lived.ledger if (did.kind, did.do) == ("training", "mark")]
    held = {did.id: did.at.month for did in lived.ledger if (did.kind, did.do) == ("training", "hold")}
    called: Counter[tuple[str, int]] = Counter((did.values["person"], held[did.id]) for did in marked)
    came = Counter((did.values["person"], held[did.id]) for did in marked if did.values["attended"] == "came")
    late = Counter(
        (did.by, did.at.month)
        for did in lived.ledger
        if did.kind == "ticket" and (did.do == "new" and "occurred" in did.values)
    )
    for tree in found.values():
        rows = {row["item"]: row for row in tree["figures"]}
        key = (tree["person"], int(tree["period"][-2:]))
        if "rework" in rows:
            assert int(rows["rework"]["figure"]) == refused[key], key
        assert int(rows["training"]["base"]) == called[key], key
        if called[key]:
            assert Decimal(rows["training"]["figure"]) == (Decimal(100 * came[key]) / called[key]).quantize(
                CENT, ROUND_HALF_UP
            )
        assert int(rows["late_entries"]["figure"]) >= late[key], key


def test_the_half_year_holds_what_it_is_meant_to_hold(lived) -> None:
    """A half-year in which little happened would prove little: every figure takes several values."""
    values: dict[str, set[str]] = {}
    empty: Counter[str] = Counter()
    for tree in sheets(lived).values():
        for row in tree["figures"]:
            values.setdefault(row["item"], set()).add(row["figure"])
            empty[row["item"]] += row["base"] == "0"
    assert {name: len(found) for name, found in values.items() if len(found) < 2} == {}
    assert [name for name in ("praise", "training", "on_time", "satisfaction") if not empty[name]] == []
    records = [path for path in lived.folder.rglob("*.yaml") if "regulation" not in path.parts]
    assert 400 <= len(records) <= 800
    held = {tree["id"]: [row["post"] for row in tree["posts"]] for tree in map(parsed_file, files(lived, "staff"))}
    assert {post for posts in held.values() for post in posts} == {
        *("manager", "service_officer", "order_keeper", "facility_keeper", "security_guard", "activity_planner"),
        *("finance_clerk", "leader"),
    }
    assert len(ASSESSED) == 12
    assert sum(len(posts) > 1 for posts in held.values()) == 3


def files(office: Office, kind: str) -> list[Path]:
    return sorted((office.folder / kind).rglob("*.yaml"))


def parsed_file(path: Path) -> dict[str, Any]:
    return parsed(path.read_bytes())


def test_who_left_handed_everything_over_and_is_assessed_no_more(lived) -> None:
    (staff,) = (tree for tree in map(parsed_file, files(lived, "staff")) if tree["id"] == LEAVER)
    assert (staff["state"], staff["successor"]) == ("retired", HEIR)
    assert [row["until"] for row in staff["posts"]] == ["2026-05-15"]
    assert f"KH-2026-05-{LEAVER}" in sheets(lived)
    assert f"KH-2026-06-{LEAVER}" not in sheets(lived)
    inherited: set[str] = set()
    for kind in ("ticket", "repair", "task", "plan", "conduct", "correspondence", "inspection"):
        for tree in map(parsed_file, files(lived, kind)):
            for event in tree["history"]:
                left = date.fromisoformat(event["at"][:10]) > date(2026, 5, 15)
                assert not (left and event["by"] == LEAVER), tree["id"]
                if event["do"] == "inherit":
                    inherited.add(kind)
                    assert event["because"] == LEAVER
                    assert HEIR in str(event.get("set", "")) + str(event.get("row", "")), tree["id"]
    assert inherited == {"ticket", "repair", "task", "plan", "correspondence"}
