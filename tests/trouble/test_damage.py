"""Something in the way, broken or locked: one sentence that says what, the exit code of its kind, nothing changed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.check.office import Office

NEW = ["ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", "水管"]
RESIDENT = ["resident", "add", "--name", "王五", "--phone", "13911112222", "--place", "3-2-1201", "--relation", "owner"]
REVEAL = ["resident", "reveal", "RA0001", "--purpose", "call back"]
LIST, CHECK = ["ticket", "list"], ["check"]
TICKET = "ticket/2026/11/23/T20261123-A01.yaml"
LOCAL = ".git/pmcs/root"
Damage = Callable[[Path], object]


def write(name: str, text: str | bytes = "junk") -> Damage:
    def act(root: Path) -> None:
        remove(name)(root)
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    return act


def folder(name: str) -> Damage:
    def act(root: Path) -> None:
        remove(name)(root)
        (root / name).mkdir(parents=True)

    return act


def remove(name: str) -> Damage:
    def act(root: Path) -> None:
        place = root / name
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)

    return act


def git(*words: str) -> Damage:
    return lambda root: subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)


def link(root: Path) -> None:
    (root / "ticket").rename(root / "elsewhere")
    (root / "ticket").symlink_to("elsewhere")


# What happened; what is typed; the exit code; a piece of the sentence.
DAMAGES: dict[str, tuple[Damage, list[str], int, str]] = {
    "a bare repository": (git("config", "core.bare", "true"), LIST, 2, "git clone"),
    "no branch": (git("checkout", "-q", "--detach"), NEW, 6, "git switch main"),
    "a merge": (write(".git/MERGE_HEAD"), NEW, 6, "git merge --abort"),
    "a rebase": (folder(".git/rebase-merge"), NEW, 6, "git rebase --abort"),
    "a cherry-pick": (write(".git/CHERRY_PICK_HEAD"), NEW, 6, "git cherry-pick --abort"),
    "a revert": (write(".git/REVERT_HEAD"), NEW, 6, "git revert --abort"),
    "an old rebase": (folder(".git/rebase-apply"), NEW, 6, "git rebase --abort"),
    "a bisection": (write(".git/BISECT_LOG"), NEW, 6, "git bisect reset"),
    "the branch locked": (write(".git/refs/heads/main.lock"), NEW, 6, "main.lock exists"),
    "HEAD locked": (write(".git/HEAD.lock"), NEW, 6, "HEAD.lock exists"),
    "no repository": (remove(".git"), LIST, 7, "git init"),
    "a repository elsewhere": (lambda root: (remove(".git")(root), write(".git")(root)), LIST, 2, "no git repository"),
    "HEAD is junk": (write(".git/HEAD"), LIST, 7, "git could not do it"),
    "the branch is junk": (write(".git/refs/heads/main"), LIST, 7, "git could not do it"),
    "the commits are gone": (lambda root: (remove(".git/objects")(root), folder(".git/objects")(root)), NEW, 7, "git"),
    "git's settings are junk": (write(".git/config", "[core\nbare"), NEW, 7, "bad config line 1"),
    "the ring is junk": (write(f"{LOCAL}/keys.sqlite"), RESIDENT, 5, "restore it from its backup"),
    "the ring is empty": (write(f"{LOCAL}/keys.sqlite", b""), REVEAL, 5, "restore it from its backup"),
    "the ring is a folder": (folder(f"{LOCAL}/keys.sqlite"), RESIDENT, 7, "keys.sqlite"),
    "no ring": (remove(f"{LOCAL}/keys.sqlite"), REVEAL, 7, "ask the desk"),
    "the journal is a folder": (folder(f"{LOCAL}/journal.json"), NEW, 7, "journal"),
    "the journal cannot be made": (folder(f"{LOCAL}/journal.json.tmp"), NEW, 7, "put that right"),
    "the lock is a folder": (folder(".git/pmcs/lock"), NEW, 7, "lock"),
    "the desk is junk": (write(f"{LOCAL}/desk"), NEW, 5, "pmcs desk A"),
    "the desk is a folder": (folder(f"{LOCAL}/desk"), NEW, 7, "desk"),
    "no desk": (remove(f"{LOCAL}/desk"), NEW, 3, "pmcs desk B"),
    "local state is a file": (write(".git/pmcs"), NEW, 7, "desk"),
    "a file for a folder": (write("ticket"), NEW, 7, "ticket must be a folder"),
    "a link for a folder": (link, NEW, 7, "ticket must be a folder"),
    "settings not UTF-8": (write("pmcs.yaml", b"office: \xff"), NEW, 5, "pmcs.yaml, line 1"),
    "no such zone": (write("pmcs.yaml", "time_zone: ../../etc/passwd"), NEW, 5, "Asia/Shanghai"),
    "an unknown setting": (write("pmcs.yaml", "offices: x"), LIST, 5, "offices is not a key"),
    "no settings": (remove("pmcs.yaml"), LIST, 4, "pmcs init"),
    "no regulation": (remove("regulation"), LIST, 4, "regulation"),
    "a kind in GBK": (
        write("regulation/2026-01-01/kinds/ticket.yaml", "标题: 工单".encode("gbk")),
        NEW,
        5,
        "regulation/2026-01-01/kinds/ticket.yaml:1: ",
    ),
    "a kind of nonsense": (
        write("regulation/2026-01-01/kinds/ticket.yaml", "kind: ticket\ntitel: 工单\n"),
        LIST,
        5,
        "regulation/2026-01-01/kinds/ticket.yaml:1: ",
    ),
    "a record changed": (write(TICKET), ["ticket", "urge", "A01"], 3, "pmcs edit T20261123-A01"),
    "a record gone": (remove(TICKET), ["ticket", "urge", "A01"], 5, "git checkout"),
    "a record is a folder": (folder(TICKET), ["ticket", "urge", "A01"], 5, TICKET),
    "a file in the way": (write(TICKET.replace("A01", "A04")), NEW, 3, "move it away"),
    "a path that is too long": (lambda _: None, ["--store", "x" * 5000, "today"], 7, "too long"),
    "an unknown home": (lambda _: None, ["--store", "~nobody-here/x", "today"], 4, "no store"),
    "bytes for a number": (lambda _: None, ["show", "\udcff"], 2, "no text"),
    "bytes for a text": (lambda _: None, [*NEW[:-1], "\udcff"], 2, "cannot be stored"),
    "still to come": (lambda _: None, [*NEW, "--at", "2999-01-01 10:00"], 2, "still to come"),
    "eight days ago": (lambda _: None, [*NEW, "--at", "2026-11-15 09:00"], 3, "seven days"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_one_sentence_says_what_is_wrong_and_nothing_is_changed(office: Office, damage: str) -> None:
    act, words, code, piece = DAMAGES[damage]
    act(office.root)
    before = files(office.root)
    found, out, errors = office.run(words)
    assert (found, out) == (code, ""), errors
    assert piece in errors
    assert errors.startswith("Error: ")
    assert errors.count("\n") == 1
    assert files(office.root) == before
    looked, _, told = office.run(CHECK)
    assert looked in range(8)
    assert "defect" not in told


def files(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


@pytest.mark.parametrize(
    "damage",
    [
        write(f"{LOCAL}/index.sqlite"),
        write(f"{LOCAL}/index.sqlite", b""),
        folder(f"{LOCAL}/index.sqlite"),
        folder(f"{LOCAL}/index.lock"),
        remove(f"{LOCAL}/index.sqlite"),
        write(f"{LOCAL}/compiled"),
        write(f"{LOCAL}/journal.json"),
        write(f"{LOCAL}/journal.json", "[1, 2, 3, 4, 5]"),
        write(f"{LOCAL}/journal.json", "[" * 100_000),
        lambda root: [path.write_text("[" * 100_000) for path in (root / LOCAL / "compiled").glob("*.json")],
        write(".git/index"),
    ],
)
def test_what_can_be_made_anew_stops_nobody(office: Office, damage: Damage) -> None:
    damage(office.root)
    assert "T20261123-A03" in office.do(LIST)
    assert "T20261123-A04" in office.do(NEW)
    assert office.errors() == []


def test_a_locked_index_of_git_keeps_nobody_from_working_and_is_put_right_later(office: Office) -> None:
    lock = office.root / ".git/index.lock"
    lock.touch()
    assert "T20261123-A04" in office.do(NEW)
    code, _, errors = office.run(LIST)
    assert code == 0
    assert "lags behind" in errors
    assert lock.exists()
    lock.unlink()
    office.do(LIST)
    assert office.git("status", "--porcelain") == ""


def test_the_clock_set_back_is_refused_and_work_goes_on_when_it_is_right(office: Office) -> None:
    early = Office(office.root, office.clock.now.replace(year=2025))
    code, _, errors = early.run(["ticket", "urge", "A03"])
    assert code == 3
    assert "set the clock right" in errors
    office.do(["ticket", "urge", "A03"])
    assert office.errors() == []


def test_a_broken_record_is_named_in_the_listing_and_stops_no_other(office: Office) -> None:
    (office.root / TICKET).write_bytes(b"\xff")
    office.commit_by_hand()
    code, out, errors = office.run(LIST)
    assert code == 0
    assert "T20261123-A03" in out
    assert f"{TICKET}, line 1" in errors
    office.do(NEW)
    for words in (["ticket", "urge", "A01"], ["ticket", "show", "A01"]):
        code, _, errors = office.run(words)
        assert code == 5
        assert TICKET in errors
