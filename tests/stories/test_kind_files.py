"""The office that writes its own kinds: pmcs kind list, explain, new, schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pmcs.cli.screen import wide

KINDS = sorted(
    path.stem for path in Path(__file__).resolve().parents[2].glob("records/regulation/2026-01-01/kinds/*.yaml")
)


@pytest.fixture
def kinds(office):
    return office.root / "regulation" / "2026-01-01" / "kinds"


def english(office, *words):
    said = office.try_(*words, "--lang", "en")
    assert said.code == 0, said.errors
    return said.out


def change(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_the_kinds_there_are_with_their_records(office):
    office.ticket()
    office.ticket()
    found = {row["kind"]: row for row in office.json("kind", "list")}
    assert list(found) == KINDS
    assert found["ticket"] == {"kind": "ticket", "title": "工单", "clause": "7", "records": 2, "number": "T"}
    assert (found["resident"]["register"], found["staff"]["key"], found["staff"]["records"]) == ("R", "code", 4)
    table = office("kind", "list").splitlines()
    assert [line.split() for line in table if line.startswith("ticket")] == [["ticket", "工单", "7", "T", "2"]]
    assert "ticket,工单,7,T,2" in office("kind", "list", "--format", "csv")


def test_a_new_kind_is_begun_explained_checked_and_used(office, kinds):
    said = office("kind", "new", "visitor", "--like", "key_loan")
    assert "regulation/2026-01-01/kinds/visitor.yaml" in said
    text = (kinds / "visitor.yaml").read_text("utf-8")
    assert text.splitlines()[:2] == ["# yaml-language-server: $schema=../../kind.schema.json", "kind: visitor"]
    assert (kinds / "../../kind.schema.json").resolve().read_text("utf-8") == office("kind", "schema")
    assert office.try_("regulation", "check").code == 0
    # It is explained as it lies there, before anybody commits it.
    told = english(office, "kind", "explain", "visitor")
    assert told.startswith("钥匙借用 visitor\n")
    assert "  归还 return: service officer, security guard; 借出 → 已还\n" in told
    assert "dated, such as YS20261123-A01" in told
    assert "  Open once: no two open ones alike in 钥匙\n" in told
    change(kinds / "visitor.yaml", "one_open: [[key]]\n", "")
    assert "Open once" not in english(office, "kind", "explain", "visitor")
    office.git("add", "regulation")
    office.git("commit", "-qm", "regulation: visitor")
    options = ("--key", "南门", "--borrower", "王师傅", "--purpose", "检修", "--due-back", "2026-11-23 17:00")
    assert office.json("visitor", "new", *options, by="zhao.min")["id"] == "YS20261123-A01"
    assert office("kind", "new", "guest", "--like", "visitor").count("YS") == 0
    office.git("add", "regulation")
    office.git("commit", "-qm", "regulation: guest")
    office.clean()
    office("regulation", "amend", "--from", "2027-01-01")


def test_a_copy_keeps_the_comments_and_takes_free_letters(office, kinds):
    said = english(office, "kind", "new", "parking_lease", "--like", "ticket")
    assert "PL" in said
    text = (kinds / "parking_lease.yaml").read_text("utf-8")
    assert "number: PL\n" in text
    assert "  # 7.1 登记、告知\n" in text
    # Its links to earlier tickets are still links to tickets: both lines are named.
    numbers = [number for number, line in enumerate(text.splitlines(), 1) if "ref: ticket}" in line]
    assert len(numbers) == 2
    assert f"in line {numbers[0]}, {numbers[1]};" in said
    assert office.try_("regulation", "check").code == 0


def test_a_later_version_needs_the_file_too(office):
    office("regulation", "amend", "--from", "2027-01-01")
    assert "regulation/2027-01-01/kinds/" in office("kind", "new", "visitor", "--like", "key_loan")


@pytest.mark.parametrize(
    ("name", "like", "code", "word"),
    [
        ("ticket", "key_loan", 3, "kinds/ticket.yaml"),
        ("kind", "key_loan", 2, "kind"),
        ("no", "key_loan", 2, "yes"),
        ("../x", "key_loan", 2, "../x"),
        ("2nd", "key_loan", 2, "2nd"),
        ("visitor", "keyloan", 4, "key_loan"),
        ("visitor", "../posts", 4, "posts"),
    ],
)
def test_a_name_that_is_taken_or_none_and_a_kind_that_is_not_there(office, name, like, code, word):
    said = office.try_("kind", "new", name, "--like", like, "--lang", "en")
    assert (said.code, said.out, said.errors.count("\n")) == (code, "", 1)
    assert word in said.errors
    assert office.dirt() == ""


def test_a_file_is_never_written_over_and_a_broken_one_never_copied(office, kinds):
    office("kind", "new", "visitor", "--like", "key_loan")
    mine = (kinds / "visitor.yaml").read_bytes()
    assert office.try_("kind", "new", "visitor", "--like", "ticket").code == 3
    assert (kinds / "visitor.yaml").read_bytes() == mine
    (kinds / "visitor.yaml").write_text("kind: visitor\ntitle:\t[x\n", "utf-8")
    assert office.try_("kind", "new", "guest", "--like", "visitor").code == 3
    assert not (kinds / "guest.yaml").exists()


def test_errors_are_told_as_regulation_check_tells_them(office, kinds):
    change(kinds / "ticket.yaml", "from: [registered], to: {verdict", "from: [registred], to: {verdict")
    said = office.try_("kind", "explain", "ticket")
    assert said.code == 1
    assert said.out == office.try_("regulation", "check").out
    assert said.out.startswith("regulation/2026-01-01/kinds/ticket.yaml:")
    # The other kinds can still be explained, and a new one begun.
    assert "任务 task" in office("kind", "explain", "task")
    office("kind", "new", "visitor", "--like", "key_loan")
    (kinds / "task.yaml").write_text("kind: task\ntitle:\t[x\n", "utf-8")
    broken = office.try_("kind", "explain", "task")
    assert (broken.code, broken.out.split(": ")[0]) == (1, "regulation/2026-01-01/kinds/task.yaml:2")
    missing = office.try_("kind", "explain", "tickt", "--lang", "en")
    assert missing.code == 4
    assert "did you mean ticket?" in missing.errors


def test_a_warning_stands_at_the_end(office, kinds):
    change(kinds / "ticket.yaml", "apart:\n  - [visit, resolve, assignee]\n", "")
    title, *warning = english(office, "kind", "explain", "ticket").rstrip().split("\n\n")[-1].splitlines()
    assert title == "Legal, and probably a forgotten line"
    assert " ".join(line.strip() for line in warning) == (
        "regulation/2026-01-01/kinds/ticket.yaml:1: "
        "There is money or an approval here and no apart: one person could do every step."
    )


@pytest.mark.parametrize("name", KINDS)
def test_it_reads_calmly_at_ninety_columns_and_says_all_in_both_languages(office, name):
    chinese, other = office("kind", "explain", name), english(office, "kind", "explain", name)
    for said in (chinese, other):
        lines = said.splitlines()
        assert max(wide(line) for line in lines) <= 94
        assert [line for line in lines if line.lstrip()[:1] in set("，。；：、）;,")] == []
        assert "None" not in said
        assert "{" not in said
    assert len(chinese.split("\n\n")) == len(other.split("\n\n"))


def test_the_schema_is_json(office):
    assert json.loads(office("kind", "schema"))["$schema"].endswith("2020-12/schema")
