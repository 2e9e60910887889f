"""Where pmcs runs: other folders, other environments, other users, full disks."""

from __future__ import annotations

import json
import os
import resource
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trouble.machine import NEW, PROJECT, WHO, Machine, unprivileged

PLAIN = {"PATH": os.environ["PATH"], "PMCS_LANG": "en", "GIT_CONFIG_NOSYSTEM": "1"}


def test_no_identity_is_one_sentence_with_the_two_commands(machine: Machine) -> None:
    done = machine.run(*NEW, "x", env=PLAIN)
    assert done.returncode == 2
    assert "git config --global user.name" in done.stderr
    assert "git config --global user.email" in done.stderr
    assert done.stderr.count("\n") == 1
    assert machine.run("ticket", "list", env=PLAIN).returncode == 0
    new = machine.run("init", "other", env=PLAIN, cwd=machine.root.parent)
    assert new.returncode == 2
    assert "git config --global user.name" in new.stderr


def test_cron_has_neither_home_nor_path_nor_identity(machine: Machine) -> None:
    assert machine.run("escalate", env={}).returncode == 0
    assert machine.run("report", "monthly", "2026-10", env={}).returncode == 0
    assert machine.git("log", "-1", "--format=%an|%cn|%s") == "pmcs|pmcs|report monthly 2026-10\n"
    assert machine.run("check", env={}).returncode == 0
    assert machine.run("ticket", "list", env={}).returncode == 0


def test_without_git_one_may_look_and_not_write(machine: Machine) -> None:
    env = {**PLAIN, **WHO, "PATH": "/nowhere"}
    assert "楼上漏水" in machine.run("ticket", "list", env=env).stdout
    for words in ((*NEW, "x"), ("log", "A01"), ("check",)):
        done = machine.run(*words, env=env)
        assert done.returncode == 7
        assert done.stderr == "Error: git is not installed, or not on PATH; install git 2.39 or newer.\n"


def test_a_terminal_without_chinese_gets_question_marks(machine: Machine) -> None:
    env = {**PLAIN, **WHO, "PMCS_LANG": "zh_CN", "PYTHONIOENCODING": "ascii"}
    done = machine.run(*NEW, "漏水", env=env)
    assert done.returncode == 0
    assert "T" in done.stdout
    assert machine.run("check", env=env).returncode == 0
    assert machine.run("nonsense", env=env).returncode == 2


def test_an_answer_that_does_not_fit_is_told(machine: Machine) -> None:
    program = shlex.join([sys.executable, "-m", "pmcs", "ticket", "list"])
    done = subprocess.run(
        ["sh", "-c", f"{program} --format json > /dev/full"],
        cwd=machine.root,
        env={**PLAIN, **WHO, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7
    assert "No space left on device" in done.stderr


def test_a_folder_that_was_deleted_under_the_user(machine: Machine, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    leave = f"import os; from pmcs.cli.main import main; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r})"
    code = f"{leave}; main()"
    for words, expected in ((["today"], 4), (["--store", str(machine.root), "ticket", "list"], 0)):
        gone.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            env={**PLAIN, **WHO, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expected, done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_are_no_trouble(machine: Machine, closed: str) -> None:
    done = machine.run("ticket", "list", before=["sh", "-c", f'"$@" {closed}', "sh"])
    assert done.returncode == 0


def test_a_store_in_a_subfolder_of_another_repository(tmp_path: Path) -> None:
    top = tmp_path / "公司 资料"
    top.mkdir()
    other = Machine(top)
    other.git("init", "-q", "-b", "main")
    (top / "letter.txt").write_text("of another department\n", "utf-8")
    other.git("add", "letter.txt")
    assert other.run("init", "records", "--office", "阳光花园").returncode == 0
    assert other.run("place", "add", "3-2-1201").returncode == 0  # records/ is found from above
    inner = Machine(top / "records")
    assert json.loads(inner.run(*NEW, "x", "--format", "json").stdout)["id"].endswith("-A01")
    assert other.git("status", "--porcelain") == "A  letter.txt\n"
    assert {name.partition("/")[0] for name in other.git("ls-tree", "-r", "--name-only", "HEAD").splitlines()} == {
        "records"
    }
    found = json.loads(inner.run("check", "--format", "json").stdout)
    assert [finding for finding in found if finding["severity"] == "error"] == []
    shutil.rmtree(top / "records/ticket")
    deleted = json.loads(inner.run("check", "--format", "json").stdout)
    assert [item["file"].partition("/")[0] for item in deleted if item["severity"] == "error"] == ["ticket"]


def test_a_second_worktree_shares_numbers_keys_and_lock(machine: Machine, tmp_path: Path) -> None:
    machine.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    side = Machine(tmp_path / "side")
    shown = json.loads(side.run("resident", "reveal", "RA0001", "--purpose", "call", "--format", "json").stdout)
    assert "13811112222" in str(shown)
    assert json.loads(side.run(*NEW, "x", "--format", "json").stdout)["id"].endswith("-A02")
    assert side.git("status", "--porcelain") == machine.git("status", "--porcelain") == ""


def test_a_missing_permission_is_one_sentence(machine: Machine) -> None:
    before = machine.git("rev-parse", "HEAD")
    for place in (".git/objects", ".git/refs/heads", ".git/pmcs/root", "ticket"):
        folder = machine.root / place
        everything = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
        for path in everything:
            path.chmod(0o500)
        done = machine.run(*NEW, "x", before=unprivileged())
        for path in everything:
            path.chmod(0o700)
        assert done.returncode == 7, (place, done.stderr)
        assert done.stderr.count("\n") == 1, done.stderr
        assert machine.git("rev-parse", "HEAD") == before
        assert machine.git("status", "--porcelain") == ""
    ticket = next((machine.root / "ticket").rglob("*.yaml"))
    ticket.chmod(0)
    done = machine.run("ticket", "urge", "A01", before=unprivileged())
    listed = machine.run("ticket", "list", before=unprivileged())
    ticket.chmod(0o600)
    assert (done.returncode, listed.returncode) == (7, 0)
    assert "Permission denied" in done.stderr
    assert "Permission denied" in listed.stderr


@pytest.mark.parametrize("limit", [0, 100, 1000, 40_000])
def test_a_disk_that_takes_no_more_loses_nothing(machine: Machine, limit: int) -> None:
    before = machine.git("rev-list", "--count", "HEAD")
    code = (
        f"import resource, os, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {resource.RLIM_INFINITY}));"
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    done = machine.run(*NEW, "x" * 900, "--contact", "13755556666", before=[sys.executable, "-c", code])
    after = machine.git("rev-list", "--count", "HEAD")
    assert done.returncode == 7 or after != before
    assert json.loads(machine.run("ticket", "list", "--format", "json").stdout)
    count = int(machine.git("rev-list", "--count", "HEAD"))
    assert count == int(after)
    assert machine.git("status", "--porcelain") == ""
    assert machine.run(*NEW, "y").returncode == 0
    assert machine.run("check").returncode == 0
    assert machine.git("fsck", "--no-dangling") == ""
