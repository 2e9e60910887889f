"""After a morning of residents and contacts nothing private stands in clear anywhere."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.check.office import ID_NUMBER, OFFICER, Office

PHONES = ("13811112222", "13933334444", "13755556666", "13677778888")
NAMES = ("欧阳建国", "司马相如")
PRIVATE = (*PHONES, *NAMES, ID_NUMBER)


def clear(data: bytes) -> list[str]:
    """What of the private values stands in these bytes."""
    return [value for value in PRIVATE if value.encode() in data]


def objects(office: Office) -> bytes:
    """Everything that git holds: files, folders, messages."""
    return subprocess.run(
        ["git", "cat-file", "--batch-all-objects", "--batch", "--unordered"],
        cwd=office.root,
        capture_output=True,
        check=True,
    ).stdout


def test_neither_git_nor_local_state_nor_reports_hold_anything_in_clear(office: Office) -> None:
    said = office.do("report monthly 2026-11")
    for words in ("resident list", "ticket list", "today", "search 漏水", "search 欧阳建国", "show T20261123-A01"):
        said += office.do(words)
    for words in ("resident show RA0001 --format json", "ticket list --format csv", "resident list --format yaml"):
        said += office.do(words)
    said += office.do("check") + office.do("doctor") + office.do("ticket log A01") + office.do("resident log RA0001")
    assert clear(said.encode()) == []
    assert b"sealed:v1:RA0001" in objects(office)
    assert clear(objects(office)) == []
    found = {
        str(path.relative_to(office.root)): clear(path.read_bytes())
        for path in office.root.rglob("*")
        if path.is_file()
    }
    assert ".git/pmcs/root/index.sqlite" in found
    assert any(name.startswith(".git/pmcs/root/compiled/") for name in found)
    assert any(name.startswith("reports/2026-11/") for name in found)
    assert {name: values for name, values in found.items() if values} == {}


def test_only_reveal_shows_a_value_and_it_leaves_a_trace(office: Office) -> None:
    before = office.git("rev-parse", "HEAD")
    assert office.run(["resident", "reveal", "RA0001"])[0] == 2
    shown = office.do(["resident", "reveal", "RA0001", "--purpose", "回电"])
    assert {"欧阳建国", "13811112222", ID_NUMBER} <= set(shown.replace(":", " ").split())
    assert office.git("rev-parse", "HEAD^") == before
    assert "reveal" in office.git("log", "-1", "--format=%s")
    assert clear(objects(office)) == []
    assert office.errors() == []


def test_a_number_in_free_text_is_refused_and_never_repeated(office: Office) -> None:
    new = ["ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary"]
    for words in (
        [*new, "回电13811112222"],
        [*new, f"证件{ID_NUMBER}"],
        [*new, "x", "--note", "电话13811112222"],
        ["ticket", "progress", "A01", "--note", "已告知13811112222"],
        ["ticket", "13811112222"],
        ["ticket", "show", "13811112222"],
        ["13811112222"],
        ["place", "add", "13811112222"],
        ["resident", "add", "--name", "x", "--phone", "13811112222", "--relation", "13811112222", "--place", "3"],
        [*new, "x", "--at", "13811112222"],
        [*new, "x", "--urgency", "13811112222"],
    ):
        code, out, errors = office.run(words)
        assert code, words
        assert clear((out + errors).encode()) == [], words
    masked = office.do([*new, "回电13811112222", "--mask"])
    assert clear(masked.encode()) == []
    assert clear(objects(office)) == []


def test_the_ring_is_for_its_owner_alone(office: Office) -> None:
    for name in ("keys.sqlite", "..", "."):
        mode = stat.S_IMODE((office.root / ".git/pmcs/root" / name).stat().st_mode)
        assert mode & 0o077 == 0, name
    ring = office.root / ".git/pmcs/root/keys.sqlite"
    assert stat.S_IMODE(ring.stat().st_mode) == 0o600
    ring.chmod(0o644)
    assert "chmod 600" in office.do("doctor")


def test_without_the_ring_everything_still_lists(office: Office) -> None:
    ring = office.root / ".git/pmcs/root/keys.sqlite"
    ring.unlink()
    rows = json.loads(office.do("resident list --format json"))
    assert {(row["name"], row["phone"]) for row in rows} == {("***", "***")}
    shown = json.loads(office.do("ticket show A01 --format json"))
    assert shown["contact"] == "***"
    for words in ("ticket list", "today", "search 漏水", "report monthly 2026-11", "check"):
        office.do(words)
    assert not ring.exists()
    office.do("ticket triage A03 --verdict valid", OFFICER)


def test_no_value_travels_on_a_command_line_of_git(office: Office, tmp_path: Path) -> None:
    spied = tmp_path / "arguments"
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    spy = tmp_path / "bin/git"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{spied}"\nenv >> "{spied}"\nexec {real} "$@"\n', "utf-8")
    spy.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{spy.parent}:{os.environ['PATH']}")
        resident = ["resident", "add", "--name", "司马相如", "--phone", "13933334444", "--place", "3-2-1201"]
        office.do([*resident, "--relation", "owner"])
        office.do(["ticket", "new", "--category", "repair", "--place", "3", "--summary", "x", "--contact", PHONES[2]])
        office.do(["resident", "reveal", "RA0001", "--purpose", "回电"])
    assert b"fast-import" in spied.read_bytes()
    assert clear(spied.read_bytes()) == []


def test_a_killed_actions_journal_and_lock_say_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    local = office.root / ".git/pmcs"

    def look(*_: object, **__: object) -> str:
        seen.extend(path.read_bytes() for path in local.rglob("*") if path.is_file())
        raise KeyboardInterrupt

    monkeypatch.setattr("pmcs.store.git.Repository.commit", look)
    words = ["resident", "add", "--name", "司马相如", "--phone", "13933334444", "--place", "3-2-1201"]
    assert office.run([*words, "--relation", "owner"])[0] == 130
    assert any(b"resident/RA0003.yaml" in data for data in seen)
    assert [clear(data) for data in seen if clear(data)] == []
