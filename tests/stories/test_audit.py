"""`audit verify`: an honest history gives nothing, and each way to tamper with one is told by its name."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from pmcs.duties.audit.found import CODES
from tests.stories.conftest import MONDAY, PEOPLE, Office, found_empty

SAMPLE = Path(__file__).parents[1] / "data/sample"


def findings(office: Office, *words: str, least: str = "warning") -> list[tuple[str, str]]:
    """Code and file of what was found, without what is only noted."""
    said = office.try_("audit", "verify", *words, "--format", "json")
    assert said.code in (0, 1), said.errors
    found = [(row["code"], Path(row["file"]).stem) for row in said.json if row["severity"] != "info" or least == "info"]
    assert (said.code == 1) == any(row["severity"] == "error" for row in said.json)
    assert {row["code"] for row in said.json} <= CODES.keys()
    return found


def codes(office: Office, *words: str, least: str = "warning") -> set[str]:
    return {code for code, _ in findings(office, *words, least=least)}


def by_hand(
    office: Office, message: str = "fix", *, person: str = "li.na", when: str = "", amend: bool = False
) -> None:
    """Whatever lies in the work tree, committed with git."""
    office.git("add", "-A")
    date = when or office.now.isoformat(timespec="seconds")
    env = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", PEOPLE.get(person, person)), ("EMAIL", f"{person}@example.com"), ("DATE", date))
    }
    words = ["git", "commit", "-q", "-m", message, *(["--amend"] if amend else [])]
    subprocess.run(words, cwd=office.root, env=os.environ | env, check=True)


def rewritten(office: Office, id_: str, before: str, after: str) -> None:
    file = office.file(id_)
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def as_last(office: Office) -> str:
    """The message of the last commit."""
    return office.git("log", "-1", "--format=%B")


def plumbed(office: Office, edit, at: str = "HEAD") -> None:
    """A commit's object written anew as `edit` makes its text, and the branch moved there."""
    text = edit(office.git("cat-file", "commit", at))
    done = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
        cwd=office.root, input=text.encode(), capture_output=True, check=True,
    )  # fmt: skip
    office.git("update-ref", "HEAD", done.stdout.decode().strip())


def test_an_honest_history_gives_no_finding(office: Office) -> None:
    office.resolved()
    office.later(minutes=5)("ticket", "void", office.ticket(), "--note", "重复登记")
    calendar = office.root / "regulation/2026-01-01/calendar.yaml"
    calendar.write_bytes(calendar.read_bytes() + b"# a note\n")
    by_hand(office, "calendar")
    office("report", "monthly", "2026-11")
    assert findings(office) == []
    assert {"correction", "outside"} <= codes(office, least="info")


def test_a_file_edited_and_committed_with_git(office: Office) -> None:
    id_ = office.ticket()
    rewritten(office, id_, "summary: 厨房水管漏水", "summary: 没有漏水")
    by_hand(office)
    assert {("outside", ""), ("altered", id_)} <= set(findings(office))


def test_an_edit_of_the_head_alone(office: Office) -> None:
    id_ = office.ticket()
    file = office.file(id_)
    file.write_text(file.read_text("utf-8").replace("urgency: normal", "urgency: urgent", 1), "utf-8")
    by_hand(office)
    assert {("outside", id_), ("head", id_)} <= set(findings(office))


def test_an_entry_altered_in_an_amended_commit_of_pmcs(office: Office) -> None:
    id_ = office.resolved()
    rewritten(office, id_, "已更换水管", "已更换阀门")
    by_hand(
        office, as_last(office), amend=True, person="wang.qiang", when=office.git("log", "-1", "--format=%cI").strip()
    )
    assert findings(office) == []  # before a checkpoint nobody can tell; afterwards the entry is altered
    rewritten(office, id_, "已更换阀门", "已更换水管")
    by_hand(office, as_last(office))
    assert ("altered", id_) in findings(office)


def test_a_record_deleted_and_its_number_missing(office: Office) -> None:
    first = office.ticket()
    office.ticket(summary="楼道灯不亮")
    office.file(first).unlink()
    by_hand(office)
    assert findings(office) == [("deleted", first)]


def test_a_number_left_out(office: Office) -> None:
    first, second, third = (office.ticket(summary=f"楼道灯不亮{number}") for number in range(3))
    # The middle one's commit is dropped, as an interactive rebase does.
    office.git("-c", "user.name=x", "-c", "user.email=li.na@example.com", "rebase", "-q", "--onto", "HEAD^^", "HEAD^")
    assert second != first != third
    assert "gap" in codes(office)


def test_a_record_moved_to_another_day(office: Office) -> None:
    id_ = office.ticket()
    file = office.file(id_)
    other = file.parents[1] / "24" / file.name
    other.parent.mkdir()
    file.rename(other)
    by_hand(office)
    assert {"deleted", "rewritten"} <= codes(office)


def test_the_first_entries_gone(office: Office) -> None:
    id_ = office.assigned()
    file = office.file(id_)
    head, _, rest = file.read_text("utf-8").partition("history:\n")
    entries = re.split(r"^(?=- at)", rest, flags=re.MULTILINE)
    file.write_text(head + "history:\n" + "".join(entries[:2] + entries[3:]), "utf-8")
    by_hand(office)
    assert ("rewritten", id_) in findings(office)


def test_an_entry_typed_into_the_file_that_the_flow_does_not_allow(office: Office) -> None:
    id_ = office.ticket()
    file = office.later(minutes=1).file(id_)
    at = office.now.replace(microsecond=0).isoformat()
    text = file.read_text("utf-8").replace("state: registered", "state: closed")
    file.write_text(text + f"- at: {at}\n  by: zhao.min\n  do: close\n  to: closed\n", "utf-8")
    subject = (
        f"ticket {id_}: close\n\nRecord: {id_}\nAction: close\nActor: zhao.min\nPost: service_officer\nClause: 7.6"
    )
    by_hand(office, subject, person="zhao.min", when=at)
    assert codes(office) == {"not_allowed", "head"}  # the due times in the head are those of before


@pytest.mark.parametrize(
    ("key", "value"),
    [("Record", "T20261123-A77"), ("Action", "close"), ("Actor", "zhao.min"), ("Post", "leader")],
)
def test_trailers_that_say_something_else(office: Office, key: str, value: str) -> None:
    office.ticket()
    plumbed(office, lambda text: re.sub(rf"^{key}: .*$", f"{key}: {value}", text, flags=re.MULTILINE))
    assert "outside" in codes(office)


def test_a_commit_without_trailers(office: Office) -> None:
    office.ticket()
    plumbed(office, lambda text: text[: text.index("\n\nRecord:")] + "\n")
    assert "outside" in codes(office)


def test_a_back_dated_commit(office: Office) -> None:
    office.ticket()
    office.later(hours=3).ticket(summary="楼道灯不亮")
    stamp = int(office.now.timestamp())
    plumbed(office, lambda text: re.sub(r"> 1\d{9}", f"> {stamp - 7200}", text))
    assert "backdated" in codes(office)
    plumbed(office, lambda text: re.sub(r"(committer.*> )1\d{9}", rf"\g<1>{stamp}", text))
    assert "backdated" in codes(office)


def test_somebody_elses_name_as_the_author(office: Office) -> None:
    office.ticket()
    plumbed(office, lambda text: text.replace("author 李娜 <li.na@", "author 赵敏 <zhao.min@"))
    assert {"author", "committer"} <= codes(office)


def test_a_stranger_commits(office: Office) -> None:
    office.ticket()
    plumbed(office, lambda text: text.replace("<li.na@example.com>", "<nobody@example.org>"))
    assert {"author", "committer"} <= codes(office)


def test_an_approval_from_a_counter(office: Office) -> None:
    settings = office.root / "pmcs.yaml"
    settings.write_text(settings.read_text("utf-8").replace("counters: []", "counters: [counter@example.com]"), "utf-8")
    by_hand(office, "a counter")
    id_ = office.ticket("--as", "li.na", by="counter")
    for words in (("triage", id_, "--verdict", "valid"), ("assign", id_, "--assignee", "wang.qiang")):
        office("ticket", *words)
    office("ticket", "start", id_, by="wang.qiang")
    office("ticket", "submit", id_, "--materials", "name=报价单", "--note", "换水泵", by="wang.qiang")
    office("ticket", "approve", id_, "--opinion", "同意", by="chen.lei")
    assert codes(office) == set()
    plumbed(office, lambda text: re.sub(r"committer .*?>", "committer 前台 <counter@example.com>", text))
    assert codes(office) == {"counter_approval"}


@pytest.mark.parametrize("what", ["link", "executable", "script", "submodule"])
def test_what_has_no_place_in_a_store(office: Office, what: str) -> None:
    place = office.root / "ticket" / "run.sh"
    place.parent.mkdir(exist_ok=True)
    if what == "link":
        place.symlink_to("/etc/passwd")
    elif what == "submodule":
        office.git("update-index", "--add", "--cacheinfo", f"160000,{office.head()},ticket/module")
    else:
        place.write_text("echo\n", "utf-8")
        place.chmod(0o755 if what == "executable" else 0o644)
    if what == "submodule":
        office.git("commit", "-q", "-m", "x")
    else:
        by_hand(office, "x")
    assert "outside" in codes(office)


def test_late_entries_and_corrections_are_noted(office: Office) -> None:
    id_ = office.ticket()
    office.later(days=2)("ticket", "triage", id_, "--verdict", "valid", "--at", "2026-11-23 10:00")
    office("ticket", "correct", id_, "--summary", "卫生间漏水", "--note", "听错了")
    assert codes(office) == set()
    assert {"late", "correction"} <= codes(office, least="info")


def test_two_desks_merged_by_hand(office: Office, tmp_path: Path) -> None:
    office.ticket()
    other = Office(tmp_path / "other", office.now, office.monkeypatch)
    subprocess.run(["git", "clone", "-q", str(office.root), str(other.root)], check=True)
    other("desk", "B")
    other.ticket(summary="楼道灯不亮", by="zhao.min")
    other.ticket(summary="电梯异响", by="zhao.min")
    office.later(minutes=1).ticket(summary="门禁坏了")
    office.git("fetch", "-q", str(other.root), "HEAD")
    office.sit_down("li.na")
    office.monkeypatch.setenv("GIT_COMMITTER_DATE", office.later(minutes=1).now.isoformat(timespec="seconds"))
    office.git("merge", "-q", "--no-edit", "FETCH_HEAD")
    office.monkeypatch.delenv("GIT_COMMITTER_DATE")
    assert findings(office) == []
    # And one that throws the other desk's records away.
    office.git("reset", "-q", "--hard", "HEAD^1")
    office.git("merge", "-q", "-s", "ours", "--no-edit", "FETCH_HEAD")
    assert "deleted" in codes(office)


def test_only_what_came_after_a_revision(office: Office) -> None:
    id_ = office.ticket()
    rewritten(office, id_, "summary: 厨房水管漏水", "summary: 没有漏水")
    by_hand(office)
    bad = office.head()
    office.later(minutes=5).ticket(summary="楼道灯不亮")
    assert "altered" in codes(office)
    assert codes(office, "--since", bad) == set()
    assert office.try_("audit", "verify", "--since", "nope").code == 2
    assert office.try_("audit", "verify", "--since", "2026-02-30").code == 2


def test_the_actions_and_one_records_life(office: Office) -> None:
    id_ = office.resolved()
    rows = office.json("audit", "log", "--record", id_, "--limit", "0")
    assert [row["actions"] for row in rows] == [["resolve"], ["start"], ["assign"], ["triage"], ["new"]]
    assert [row["actor"] for row in office.json("audit", "log", "--actor", "wang.qiang")] == ["wang.qiang"] * 2
    assert office.json("audit", "log", "--clause", "7.1")[0]["records"] == [id_]
    assert office.json("audit", "log", "--until", "2026-11-22") == []
    assert office("audit", "log", "--until", "2026-11-22").strip() == "无。"
    life = office.json("audit", "show", id_)
    assert [(row["do"], row["post"], row["signed"]) for row in life][-1] == ("resolve", "facility_keeper", False)
    assert [row["commit"] for row in life] == [row["commit"] for row in rows][::-1]


def test_from_a_day_on(office: Office) -> None:
    id_ = office.ticket()
    rewritten(office, id_, "summary: 厨房水管漏水", "summary: 没有漏水")
    by_hand(office)
    office.at("2026-11-25 09:00").ticket(summary="楼道灯不亮")
    assert "altered" in codes(office, "--since", "2026-11-23")
    assert codes(office, "--since", "2026-11-24") == set()
    assert "共 1 次提交" in office("audit", "verify", "--since", "2026-11-24")


def test_the_worksheet_says_when_it_was_done_and_not_when_it_was_corrected(office: Office) -> None:
    id_ = office.ticket()
    office("ticket", "close", id_, "--force", "--note", "业主说好了")
    office.at("2026-11-25 09:00")("ticket", "correct", id_, "--summary", "卫生间水管漏水", "--note", "写错了")
    (row,) = office.json("audit", "sample", "2026-11", "--seed", "七")
    assert row["done"].endswith("2026-11-23 09:00")


def test_a_sample_is_drawn_again_with_sha256sum(office: Office) -> None:
    ids = [office.ticket(summary=f"楼道灯不亮{number}") for number in range(9)]
    drawn = [row["id"] for row in office.json("audit", "sample", "2026-11", "--n", "4", "--seed", "七")]
    script = "for id in {}; do printf '%s %s' 七 $id | sha256sum | sed \"s/-/$id/\"; done | sort | head -4".format(
        " ".join(ids)
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert [line.split()[1] for line in done.stdout.splitlines()] == drawn
    assert office("audit", "sample", "2026-11", "--n", "4", "--seed", "七", "--format", "html").count("<tr>") == 5


def test_imports_hand_edits_taken_over_and_amendments_are_honest(office: Office) -> None:
    office("ticket", "import", SAMPLE / "requests.csv", "--map", SAMPLE / "requests.map.yaml")
    id_ = office.later(minutes=3).ticket()
    file = office.file(id_)
    file.write_text(file.read_text("utf-8").replace("summary: 厨房水管漏水", "summary: 卫生间水管漏水", 1), "utf-8")
    office("edit", id_)
    office("regulation", "amend", "--from", "2027-01-01")
    office("staff", "leave", "wang.qiang", "--successor", "zhao.min")
    office.at("2027-01-04 09:00").ticket(summary="楼道灯不亮", by="zhao.min")
    office("escalate")
    assert findings(office) == []


def test_a_store_in_a_folder_of_its_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "init", "-q", "-b", "main", tmp_path], check=True)
    (tmp_path / "run.sh").write_text("echo\n", "utf-8")
    office = found_empty(tmp_path / "office", MONDAY, monkeypatch)
    by_hand(office, "beside the store")
    office("place", "add", "3-2-1201")
    id_ = office.ticket()
    assert findings(office) == []
    assert [row["do"] for row in office.json("audit", "show", id_)] == ["new"]
    assert office.json("ticket", "list", "--as-of", "HEAD")[0]["id"] == id_
    assert office("report", "monthly", "2026-11", "--as-of", "HEAD")
    rewritten(office, id_, "summary: 厨房水管漏水", "summary: 没有漏水")
    by_hand(office)
    assert ("altered", id_) in findings(office)
