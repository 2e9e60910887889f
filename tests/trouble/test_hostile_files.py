"""Anything in a file's place: one sentence with its name, in no time, and nothing is touched."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.check.office import Office

VERSION = "regulation/2026-01-01"
TICKET = "ticket/2026/11/23/T20261123-A01.yaml"
LIST, CHECK, URGE = ["ticket", "list"], ["check"], ["ticket", "urge", "A01"]
NEW = ["ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", "x"]
BOMB = "a: &a [x]\n" + "".join(f"b{n}: &b{n} [{', '.join(['*a'] * 10)}]\n" for n in range(50))


def written(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def sparse(path: Path) -> None:
    """Four terabytes that take no room: whoever read them would be at it still."""
    path.touch()
    os.truncate(path, 1 << 42)


def cut(path: Path) -> None:
    path.write_bytes((path.read_bytes() or b"kind: [x")[:-3] + b"\n  x: 'y")


HOSTILE: dict[str, Callable[[Path], object]] = {
    "truncated": cut,
    "empty": written(b""),
    "binary": written(bytes(range(256)) * 40),
    "a hundred megabytes": lambda path: (path.touch(), os.truncate(path, 100 << 20)),
    "without end": sparse,
    "an alias bomb": written(BOMB.encode()),
    "nested deeply": written(b"kind: " + b"[" * 100_000),
    "a million lines": written(b"- a\n" * 1_000_000),
    "many keys": written(b"".join(b"k%d:\n" % n for n in range(50_000))),
    "one long line": written(b"kind: " + b"x" * 4_000_000 + b": y"),
    "a pipe": lambda path: (path.unlink(missing_ok=True), os.mkfifo(path)),
    "a folder": lambda path: (path.unlink(missing_ok=True), path.mkdir()),
    "a device": lambda path: (path.unlink(missing_ok=True), path.symlink_to("/dev/zero")),
    "a link to nowhere": lambda path: (path.unlink(missing_ok=True), path.symlink_to("/nowhere/at all")),
    "a link to itself": lambda path: (path.unlink(missing_ok=True), path.symlink_to(path.name)),
}
# Where it lies, and what is typed that needs it.
PLACES: dict[str, list[list[str]]] = {
    TICKET: [URGE, ["edit", "T20261123-A01"]],
    f"{VERSION}/kinds/ticket.yaml": [NEW],
    f"{VERSION}/posts.yaml": [NEW],
    f"{VERSION}/calendar.yaml": [NEW],
    f"{VERSION}/lists/subjects.yaml": [NEW],
    "pmcs.yaml": [NEW, LIST],
    "../map.yaml": [["ticket", "import", "../list.csv", "--map", "../map.yaml"]],
}


@pytest.mark.parametrize("what", HOSTILE)
def test_it_is_named_in_one_sentence_and_nothing_is_touched(
    office: Office, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(office.root)
    (office.root.parent / "list.csv").write_text("编号\n1\n", "utf-8")
    head, local = office.git("rev-parse", "HEAD"), state(office.root)
    for place, commands in PLACES.items():
        path = office.root / place
        kept = path.read_bytes() if path.exists() else b""
        path.write_bytes(kept)
        HOSTILE[what](path)
        for words in [*commands, CHECK]:
            began = time.perf_counter()
            code, out, errors = office.run(words)
            assert time.perf_counter() - began < 20, (place, words)
            assert code in range(8)
            if words in commands:
                assert code in (2, 3, 4, 5, 7), (place, words, out)
                assert out == ""
                assert errors.count("\n") == 1, errors
                assert len(errors) < 600
                assert any(
                    part in errors for part in (Path(place).name, VERSION, "pmcs.yaml", "no store", "The map")
                ), (
                    place,
                    errors,
                )
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()
        if place != "../map.yaml":
            path.write_bytes(kept)
    assert office.git("rev-parse", "HEAD") == head
    assert office.git("status", "--porcelain") == ""
    assert state(office.root) == local
    assert office.errors() == []


def state(root: Path) -> dict[str, bytes]:
    """What of the local state is no cache."""
    kept = ("desk", "keys.sqlite", "journal.json")
    return {path.name: path.read_bytes() for path in (root / ".git/pmcs/root").iterdir() if path.name in kept}


def test_a_document_that_is_kept_is_a_plain_file(office: Office, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "scan")
    words = ["staff", "license", "li.na", "--licence", "电工证", "--number", "1", "--file"]
    for place in ("/dev/zero", str(tmp_path / "scan"), str(tmp_path), str(tmp_path / "gone")):
        code, out, errors = office.run([*words, place])
        assert (code, out, errors.count("\n")) == (2, "", 1), errors


def test_what_a_link_leads_to_is_not_written(office: Office, tmp_path: Path) -> None:
    """A record's file that is a link, even to the same bytes, is not what was committed."""
    path = office.root / TICKET
    elsewhere = tmp_path / "elsewhere.yaml"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    data = elsewhere.read_bytes()
    assert office.run(URGE)[0] == 3
    assert elsewhere.read_bytes() == data
    assert path.is_symlink()


def test_two_files_of_one_number_and_one_that_differs_in_capitals(office: Office) -> None:
    other = office.root / TICKET.replace("2026/11/23", "2026/11/24")
    other.parent.mkdir(parents=True)
    other.write_bytes((office.root / TICKET).read_bytes())
    small = office.root / TICKET.replace("T20261123-A01", "t20261123-a01")
    small.write_bytes((office.root / TICKET).read_bytes())
    office.commit_by_hand()
    code, out, errors = office.run(LIST)
    assert code == 0
    assert out.count("T20261123-A01") == 1
    assert "carries the number of" in errors
    assert "t20261123-a01.yaml" in errors
    assert {file for _, file, _ in office.errors()} >= {str(other.relative_to(office.root))}


@pytest.mark.parametrize(("there", "typed"), [("B1", "b1"), ("b-2", "B-2-1")])
def test_keys_that_differ_in_capitals_alone_are_one(office: Office, there: str, typed: str) -> None:
    """On some machines they would be one file."""
    office.do(["place", "add", there])
    code, _, errors = office.run(["place", "add", typed])
    assert code == 3
    assert "is there already" in errors
    (office.root.parent / "map.yaml").write_text("kind: place\nfields: {code: 房号}\n", "utf-8")
    (office.root.parent / "list.csv").write_text(f"房号\n{typed}\n", "utf-8")
    words = ["place", "import", str(office.root.parent / "list.csv"), "--map", str(office.root.parent / "map.yaml")]
    assert office.run(words)[0] == 2
    (office.root.parent / "list.csv").write_text("房号\nc1\nC1\n", "utf-8")
    assert office.run(words)[0] == 2
    assert office.errors() == []


def test_a_large_regulation_is_checked_in_no_time(office: Office) -> None:
    """Twenty thousand entries, each with the same slip: every one is named, and near names are not sought for ever."""
    subjects = office.root / VERSION / "lists/subjects.yaml"
    subjects.write_text("".join(f"group{n}: {{label: 组{n}, itms: {{}}}}\n" for n in range(20_000)), "utf-8")
    began = time.perf_counter()
    code, out, _ = office.run(["regulation", "check"])
    assert time.perf_counter() - began < 60
    assert code == 1
    assert out.count("itms") == 20_000
