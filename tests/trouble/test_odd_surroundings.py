"""Junk in the environment, streams that are full or closed, signals in the middle, a disk that is full for a moment."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.check.office import Office
from tests.trouble.machine import NEW, PROJECT, WHO, Machine, unprivileged

PLAIN = {"PATH": os.environ["PATH"], "PMCS_LANG": "en", "GIT_CONFIG_NOSYSTEM": "1", **WHO}
JUNK = {
    "TZ": "../../etc/passwd",
    "LC_ALL": "junk",
    "LANGUAGE": "xx",
    "COLUMNS": "-1e9",
    "LINES": "x",
    "TERM": "\x1b]0;x\x07",
    "EDITOR": "/nowhere",
    "HOME": "/dev/null",
    "XDG_CONFIG_HOME": "/dev/null",
    "TMPDIR": "/nowhere",
    "GIT_DIR": "/nowhere",
    "GIT_INDEX_FILE": "/nowhere",
    "GIT_WORK_TREE": "/nowhere",
    "GIT_OBJECT_DIRECTORY": "/nowhere",
    "GIT_NAMESPACE": "x",
    "GIT_TRACE": "1",
    "GIT_AUTHOR_DATE": "junk",
    "GIT_COMMITTER_DATE": "junk",
    "GIT_EDITOR": "false",
    "GIT_CEILING_DIRECTORIES": "/",
}


def test_junk_in_the_environment_changes_nothing(machine: Machine) -> None:
    made = machine.run(*NEW, "x", "--format", "json", env={**PLAIN, **JUNK})
    assert (made.returncode, made.stderr) == (0, ""), made.stderr
    assert json.loads(made.stdout)["summary"] == "x"
    assert machine.run("check", env={**PLAIN, **JUNK}).returncode == 0
    assert machine.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("name", "value", "code", "piece"),
    [
        ("PMCS_LANG", "\x1b[31mxx", 2, "write zh_CN or en"),
        ("PMCS_STORE", "/nowhere", 4, "no store in /nowhere"),
        ("PMCS_STORE", "\x1b]0;x\x07/a\nb", 4, "no store in /a b"),
        ("PATH", "", 7, "git is not installed"),
        ("GIT_CONFIG_COUNT", "junk", 7, "git could not do it"),
        ("GIT_CONFIG_GLOBAL", "/etc/passwd", 7, "bad config line 1"),
    ],
)
def test_what_cannot_be_worked_with_is_one_sentence(
    office: Office, monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: int, piece: str
) -> None:
    import io

    from pmcs.cli.app import App
    from pmcs.cli.main import main
    from tests.check.office import MANAGER, identity

    monkeypatch.setenv(name, value)
    head = (office.root / ".git/refs/heads/main").read_bytes()
    out, errors = io.StringIO(), io.StringIO()
    environment = {"PMCS_LANG": "en", name: value}
    with identity(MANAGER):
        found = main([*NEW, "x"], App(environment, office.root, clock=office.clock, out=out, errors=errors))
    said = errors.getvalue()
    assert (found, out.getvalue(), said.count("\n")) == (code, "", 1), said
    assert said.startswith("Error: ")
    assert piece in said
    assert "\x1b" not in said
    assert (office.root / ".git/refs/heads/main").read_bytes() == head


def through(machine: Machine, streams: str, *words: str) -> subprocess.CompletedProcess[str]:
    return machine.run(*words, before=["sh", "-c", f'"$@" {streams}', "sh"])


def test_an_answer_that_cannot_be_printed_says_that_it_is_saved(machine: Machine) -> None:
    done = through(machine, ">/dev/full", *NEW, "x")
    assert done.returncode == 7
    assert done.stderr.count("\n") == 1
    assert "is saved, but the answer could not be printed" in done.stderr
    assert through(machine, ">/dev/full", "ticket", "list").returncode == 7
    # Nobody hears the sentence; the code still tells.
    assert through(machine, ">/dev/full 2>/dev/full", "ticket", "list").returncode == 7
    assert through(machine, "2>/dev/full", "ticket", "urge", "nobody").returncode == 4
    assert len(json.loads(machine.run("ticket", "list", "--format", "json").stdout)) == 2
    made = through(machine, "<&- >&- 2>&-", *NEW, "y")
    assert made.returncode == 0
    assert len(json.loads(machine.run("ticket", "list", "--format", "json").stdout)) == 3


SIGNALLED = """
import os, signal, sys
import pmcs.store.git as git
from pmcs.cli.main import main

signal.signal(signal.SIGINT, signal.default_int_handler)
real, name, side = git.Repository.commit, sys.argv.pop(1), sys.argv.pop(1)

def commit(*args):
    if side == "before":
        os.kill(os.getpid(), getattr(signal, name))
    made = real(*args)
    if side == "after":
        os.kill(os.getpid(), getattr(signal, name))
    return made

git.Repository.commit = commit
main()
"""


@pytest.mark.parametrize(
    ("name", "side"), [("SIGINT", "before"), ("SIGINT", "after"), ("SIGTERM", "after"), ("SIGHUP", "before")]
)
def test_a_signal_in_the_middle_leaves_all_or_nothing(machine: Machine, name: str, side: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SIGNALLED, name, side, *NEW, "x"],
        cwd=machine.root,
        env={**PLAIN, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    told = "Note: Interrupted; pmcs ticket list shows whether it was saved." if name == "SIGINT" else ""
    assert (done.stdout + done.stderr).strip() == told
    after = machine.run("ticket", "list", "--format", "json")
    assert len(json.loads(after.stdout)) == (2 if side == "after" else 1)
    assert machine.git("status", "--porcelain") == ""
    assert machine.run(*NEW, "y").returncode == 0
    assert machine.run("check").returncode == 0


def test_an_index_for_which_there_is_no_room_stops_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sqlite3.connect

    def small(path: Any, *args: Any, **more: Any) -> sqlite3.Connection:
        connection = real(path, *args, **more)
        if "index.sqlite" in str(path):
            connection.execute("PRAGMA max_page_count = 12")
        return connection

    monkeypatch.setattr(sqlite3, "connect", small)
    for _ in range(2):
        assert "is saved" not in office.do([*NEW, "x"])
        assert "T20261123-A03" in office.do("ticket list")
        (office.root / ".git/pmcs/root/index.sqlite").unlink(missing_ok=True)
    monkeypatch.setattr(sqlite3, "connect", real)
    assert "T20261123-A05" in office.do("ticket list")
    assert office.errors() == []


def test_a_ring_for_which_there_is_no_room_refuses_the_private_value(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sqlite3.connect

    def small(path: Any, *args: Any, **more: Any) -> sqlite3.Connection:
        connection = real(path, *args, **more)
        if "keys.sqlite" in str(path):
            connection.execute("PRAGMA max_page_count = 1")
            connection.set_authorizer(full)
        return connection

    def full(action: int, *_: Any) -> int:
        return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_INSERT else sqlite3.SQLITE_OK

    head = office.git("rev-parse", "HEAD")
    monkeypatch.setattr(sqlite3, "connect", small)
    code, out, errors = office.run([*NEW, "x", "--contact", "13755556666"])
    assert (code, out, errors.count("\n")) == (7, "", 1), errors
    assert "13755556666" not in errors
    assert office.git("rev-parse", "HEAD") == head
    assert office.git("status", "--porcelain") == ""


@pytest.mark.parametrize("what", ["journal.json.tmp", "fast-import"])
def test_a_disk_that_fills_up_at_the_journal_or_in_git_saves_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch, what: str, tmp_path: Path
) -> None:
    head = office.git("rev-parse", "HEAD")
    if what == "fast-import":
        real = subprocess.run(["sh", "-c", "command -v git"], capture_output=True, text=True, check=True).stdout.strip()
        fake = tmp_path / "bin" / "git"
        fake.parent.mkdir()
        fake.write_text(
            '#!/bin/sh\ncase "$*" in *fast-import*) cat >/dev/null;'
            " echo 'fatal: write error: No space left on device' >&2; exit 128;; esac\n"
            f'exec {real} "$@"\n'
        )
        fake.chmod(0o755)
        monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    else:
        opened = Path.open

        def full(path: Path, *args: Any, **more: Any) -> Any:
            if path.name == what:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            return opened(path, *args, **more)

        monkeypatch.setattr(Path, "open", full)
    code, out, errors = office.run([*NEW, "x"])
    assert (code, out, errors.count("\n")) == (7, "", 1), errors
    assert "full" in errors or "No space left" in errors
    monkeypatch.undo()
    assert office.git("rev-parse", "HEAD") == head
    assert office.git("status", "--porcelain") == ""
    assert not (office.root / ".git/pmcs/root/journal.json").exists()
    office.do([*NEW, "y"])
    assert office.errors() == []


def test_a_store_on_read_only_ground_can_be_looked_at(machine: Machine) -> None:
    folders = [machine.root, *(path for path in machine.root.rglob("*") if path.is_dir() and not path.is_symlink())]
    before = machine.git("rev-parse", "HEAD")
    for path in folders:
        path.chmod(0o500)
    try:
        assert "楼上漏水" in machine.run("ticket", "list", before=unprivileged()).stdout
        assert machine.run("ticket", "show", "A01", before=unprivileged()).returncode == 0
        assert machine.run("check", before=unprivileged()).returncode == 0
        done = machine.run(*NEW, "x", before=unprivileged())
    finally:
        for path in folders:
            path.chmod(0o700)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (7, "", 1), done.stderr
    assert machine.git("rev-parse", "HEAD") == before
    assert machine.git("status", "--porcelain") == ""


HOSTILE_WORDS = [
    "../../etc/passwd",
    "-",
    "--",
    "",
    " ",
    "%",
    "*",
    "\0",
    "CON",
    "😀",
    "\u202eabc",
    "\x1b]0;t\x07",
    "x" * 100_000,
]


@pytest.mark.parametrize("word", HOSTILE_WORDS)
def test_any_word_anywhere_is_answered_in_a_sentence(office: Office, word: str) -> None:
    head = office.git("rev-parse", "HEAD")
    for words in (
        [word],
        ["show", word],
        ["ticket", "show", word],
        ["ticket", "urge", word],
        ["ticket", word],
        ["log", word],
        ["edit", word],
        ["check", word],
        ["search", word],
        ["report", "monthly", word],
        ["regulation", "show", word],
        ["regulation", "diff", word],
        ["ticket", "list", "--place", word],
        ["ticket", "list", "--state", word],
        ["ticket", "list", "--subject", word],
        ["ticket", "list", "--text", word],
        ["ticket", "list", "--format", word],
        ["--store", word, "today"],
        ["--lang", word, "today"],
        ["ticket", "import", word, "--map", word],
        [*NEW, "x", "--subject", word, "--urgency", word.strip() or "none"],
        [*NEW, "x", "--task", word],
        ["desk", word],
    ):
        code, out, errors = office.run(words)
        assert code in range(8), words
        assert len(errors) < 2_000 or word in errors
        if code and "Usage" not in errors:
            assert errors.count("\n") <= 1, (words, errors)
        assert not {"\x1b", "\u202e", "\x07"} & {*out, *errors}, words
    assert office.git("rev-parse", "HEAD") == head


def test_a_name_that_steers_the_terminal_steers_nothing(office: Office) -> None:
    hostile = office.root / "ticket" / "\x1b]0;owned\x07\x1b[31mx.yaml"
    hostile.write_text("a: b\n", "utf-8")
    for words in (["check"], ["ticket", "list"], ["today"], ["doctor"]):
        _, out, errors = office.run(words)
        assert "\x1b" not in out + errors
    office.commit_by_hand()
    for words in (["check"], ["ticket", "list"], ["today"], ["doctor"]):
        _, out, errors = office.run(words)
        assert "\x1b" not in out + errors


@pytest.mark.parametrize("text", ["\x90", "\x1b]", "\x9b", "\x1b[0", "138 1234 ", "010-", "'\"", "\u0301", "\r"])
def test_a_long_text_of_one_sign_is_shown_at_once(office: Office, text: str) -> None:
    note = "a" + text * (90_000 // len(text))
    office.do(["ticket", "progress", "A01", "--note", note])
    began = time.perf_counter()
    for words in (["show", "T20261123-A01"], ["show", "T20261123-A01", "--format", "csv"], ["search", note[:9000]]):
        office.do(words)
    assert time.perf_counter() - began < 20
    assert json.loads(office.do(["show", "T20261123-A01", "--format", "json"]))["history"][-1]["note"] == note
