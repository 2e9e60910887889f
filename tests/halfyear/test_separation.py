"""Whoever may not, tries: through the command line, where it is refused, and by hand, where `check` says so."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.halfyear.lives import APART, BEGIN, GONE, LIVES, PEOPLE, STRANGER, SUBMITTER
from tests.halfyear.office import ZONE, Do, Office, Script

KINDS = ("assessment", "conduct", "plan", "activity", "training", "task", "meeting", "correspondence", "staff")
SHIPPED = Path(__file__).parents[2] / "records" / "regulation" / "2026-01-01" / "kinds"
FILES: dict[str, dict[str, Any]] = {
    kind: yaml.safe_load((SHIPPED / f"{kind}.yaml").read_text(encoding="utf-8")) for kind in KINDS
}
BLOCK = re.compile(r"^- at: .*\n(?:  .*\n)*", re.MULTILINE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture(scope="module")
def manned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The small office, to be copied."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL"):
            patch.setenv(f"GIT_{name}", "")
        office = Office(tmp_path_factory.mktemp("manned") / "records", at("2026-04-02 09:00"))
        office.type("init", str(office.folder), "--office", "阳光花园")
        office.begin(_people())
        office.live()
        office.now = at(BEGIN)
        yield office


def _people() -> Script:
    when = at("2026-04-02 10:00")
    for code, posts in PEOPLE.items():
        rows = [{"post": post, "since": "2025-01-01"} for post in posts] or [
            {"post": "service_officer", "since": "2025-01-01", "until": "2026-03-31"},
            {"post": "leader", "since": "2026-04-01"},
        ]
        if code != "li.na":
            values = {"code": code, "name": code, "email": f"{code}@example.com", "posts": rows}
            yield Do(when, "li.na", "staff", "add", values=values)
        yield Do(when, "li.na", "staff", "undertake", code, {"undertaking": "2026-04-02"})
    yield Do(when, "li.na", "place", "add", values={"code": "GATE"})
    yield Do(at("2026-04-02 11:00"), "li.na", "staff", "retire", GONE, {"successor": "wang.qiang"})


@pytest.fixture
def office(manned: Office, tmp_path: Path) -> Office:
    folder = tmp_path / "records"
    shutil.copytree(manned.folder, folder)
    (tmp_path / "PAPER").write_text("纪要", encoding="utf-8")
    return Office(folder, manned.now)


class Step(NamedTuple):
    """A command of a life, and who tried it in vain before."""

    by: str
    kind: str
    do: str
    wrong: str = ""


def action_of(kind: str, do: str) -> dict[str, Any]:
    """An action as its kind file has it, by the word that is typed; none for what every kind has by itself."""
    actions = FILES[kind]["actions"] | FILES[kind].get("approvals", {})
    return actions.get(do) or next((one for one in actions.values() if one.get("typed") == do), {})


def named(kind: str, do: str) -> str:
    """The name of what is typed as this."""
    return next((name for name, one in FILES[kind]["actions"].items() if one.get("typed") == do), do)


def live(office: Office, life: str, *, strangers: bool) -> tuple[str, list[Step]]:
    """Type a life; whoever may not tries each step first and is refused. The number and what was done."""
    id_, wrong, done = "", "", []
    for line in filter(None, map(str.strip, life.splitlines())):
        if line.startswith("@"):
            office.now = at(line[2:])
            continue
        if line == "cron":
            office.cron()
            continue
        by, _, words = line.partition(":")
        typed = [
            word.replace("$", id_).replace("PAPER", str(office.folder.parent / "PAPER")) for word in shlex.split(words)
        ]
        kind, do = typed[:2]
        if by.startswith("!"):
            wrong = by[1:]
            refused(office, typed, wrong)
            continue
        if strangers:
            stranger = GONE if "anyone" in (action_of(kind, do).get("by") or ()) else STRANGER
            refused(office, typed, stranger)
            wrong = wrong or stranger
        told = json.loads(office.type(*typed, "--format", "json", by=by))
        id_ = id_ or told["id"]
        done.append(Step(by, kind, named(kind, do), wrong))
        wrong = ""
    return id_, done


def refused(office: Office, words: list[str], by: str) -> None:
    """Refused with one Chinese sentence; the store is as it was."""
    before = git(office, "rev-parse", "HEAD")
    code, out, errors = office.answer(*words, by=by)
    assert (code, out) == (3, ""), (by, words, out, errors)
    assert errors.count("\n") == 1, errors
    assert CHINESE.search(errors.partition("：")[2]), errors
    assert git(office, "rev-parse", "HEAD") == before
    assert git(office, "status", "--porcelain") == ""


def git(office: Office, *words: str) -> str:
    settings = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    return subprocess.run(
        ["git", *settings, *words], cwd=office.folder, capture_output=True, text=True, check=True
    ).stdout


def errors_of(office: Office, path: Path) -> set[int]:
    """The lines of a file with which `check` finds fault."""
    _, out, errors = office.answer("check", str(path), "--format", "json")
    assert errors == ""
    file = path.relative_to(office.folder).as_posix()
    assert {item["file"] for item in json.loads(out)} <= {file}
    return {item["line"] for item in json.loads(out) if item["severity"] == "error"}


def by_hand(office: Office, id_: str, forged: dict[int, str]) -> Iterator[tuple[int, bool]]:
    """Other names in entries of a record, committed with plain git: which entries `check` finds fault with."""
    (path,) = (found for found in office.folder.rglob(f"{id_}.yaml") if "regulation" not in found.parts)
    text = path.read_text(encoding="utf-8")
    blocks = list(BLOCK.finditer(text))
    for place, name in reversed(forged.items()):
        start, end = blocks[place].span()
        text = text[:start] + re.sub(r"(?m)^  by: .*$", f"  by: {name}", text[start:end], count=1) + text[end:]
    path.write_text(text, encoding="utf-8")
    git(office, "commit", "-qam", "nothing happened here")
    lines = errors_of(office, path)
    for place in forged:
        first = text.count("\n", 0, blocks[place].start()) + 1
        # Names are of other lengths now, lines are as many as before.
        yield place, any(first <= line < first + blocks[place][0].count("\n") for line in lines)
    git(office, "reset", "-q", "--hard", "HEAD~1")


def history(office: Office, id_: str) -> list[dict[str, Any]]:
    (path,) = (found for found in office.folder.rglob(f"{id_}.yaml") if "regulation" not in found.parts)
    return list(yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)["history"])


@pytest.mark.parametrize("life", LIVES)
def test_nobody_without_the_post_does_it(office: Office, life: str) -> None:
    id_, done = live(office, LIVES[life], strangers=True)
    events = history(office, id_)
    assert errors_of(office, next(office.folder.rglob(f"{id_}.yaml"))) == set()
    kind = done[0].kind
    wrong = {
        place: GONE if "anyone" in (action_of(kind, event["do"]).get("by") or ()) else STRANGER
        for place, event in enumerate(events)
        if event["do"] != "escalate"
    }
    for half in (0, 1):  # two who stand beside one another might agree: who submits may withdraw
        forged = {place: name for place, name in wrong.items() if place % 2 == half}
        found = dict(by_hand(office, id_, forged))
        assert [events[place]["do"] for place, seen in found.items() if not seen] == []


@pytest.mark.parametrize("case", [*APART, *SUBMITTER], ids=" ".join)
def test_what_is_kept_apart_stays_apart(office: Office, case: tuple[str, ...]) -> None:
    id_, done = live(office, (APART | SUBMITTER)[case], strangers=False)
    (step,) = (one for one in done if one.wrong)
    places = [place for place, event in enumerate(history(office, id_)) if event["do"] == step.do]
    assert dict(by_hand(office, id_, {places[-1]: step.wrong})) == {places[-1]: True}


def test_nobody_s_sheet_becomes_another_s(office: Office) -> None:
    """Period and person are what it is called by: there is nothing to edit or correct, nor is it written in by hand."""
    office.type("assessment", "new", "--period", "2026-03", "--person", "lin.yue")
    id_ = "KH-2026-03-lin.yue"
    assert office.answer("assessment", "edit", id_, "--person", "qian.fen", by="li.na")[0] == 2
    assert office.answer("assessment", "correct", id_, "--period", "2026-02", "--note", "误", by="li.na")[0] == 2
    (path,) = (office.folder / "assessment").rglob(f"{id_}.yaml")
    text = path.read_text(encoding="utf-8").replace("person: lin.yue\n", "person: qian.fen\n")
    edit = "- {at: 2026-04-07T10:00:00+08:00, by: li.na, desk: A, do: edit, set: {person: qian.fen}}\n"
    path.write_text(text + edit, encoding="utf-8")
    git(office, "commit", "-qam", "nothing happened here")
    office.now = at("2026-04-07 11:00")
    assert text.count("\n") + 1 in errors_of(office, path)


def test_nobody_takes_over_what_is_held_against_them(office: Office) -> None:
    """Whoever proposed it leaves: the person concerned is refused as successor, another is not."""
    words = shlex.split("conduct new --person zhao.min --type breach --basis 11.1 --facts 迟到 --format json")
    id_ = json.loads(office.type(*words, by="wang.qiang"))["id"]
    refused(office, ["staff", "leave", "wang.qiang", "--successor", "zhao.min"], "li.na")
    office.type("staff", "leave", "wang.qiang", "--successor", "bo.wen")
    refused(office, ["conduct", "edit", id_, "--facts", "无事"], "zhao.min")


def test_no_rule_of_the_kind_files_is_forgotten() -> None:
    groups = {
        (kind, group[0], other)
        for kind, file in FILES.items()
        for group in file.get("apart", ())
        for other in group[1:]
        if {group[0], other} - file["fields"].keys()  # two fields are filled in by no act of their own
    }
    assert groups == set(APART)
    approvals = {(kind, name) for kind, file in FILES.items() for name in file.get("approvals", {})}
    assert approvals == set(SUBMITTER)
    typed = {
        (words[0], named(words[0], words[1]))
        for life in LIVES.values()
        for line in life.splitlines()
        if ": " in line and (words := line.partition(":")[2].split())
    }
    for kind, file in FILES.items():
        decisions = {"approve", "refuse", "withdraw"} if file.get("approvals") else set()
        wanted = {name for name, one in file["actions"].items() if one.get("by") != ["system"]}
        assert wanted | {*file.get("approvals", ())} | decisions <= {do for of, do in typed if of == kind}, kind
