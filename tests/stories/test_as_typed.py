"""The calls of the user guide's first page, typed in a fresh folder with no terminal attached."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.stories.conftest import program_environment


@pytest.fixture
def type_(tmp_path):
    identity = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "李娜"), ("EMAIL", "li.na@example.com"))
    }

    def run(*words: str, at: str = "s", code: int = 0, env=identity) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "pmcs", *words],
            cwd=tmp_path / at,
            env=program_environment() | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stderr

    return run


def test_the_first_day(type_, tmp_path):
    type_("init", "s", "--office", "阳光花园", at=".")
    assert "time_zone: Asia/Shanghai\n" in (tmp_path / "s" / "pmcs.yaml").read_text("utf-8")
    type_("place", "add", "3-2-1201")
    type_(
        "resident", "add", "--name", "欧阳建国", "--phone", "13811112222", "--place", "3-2-1201", "--relation", "owner"
    )
    made = json.loads(
        type_(
            *[
                "ticket",
                "new",
                "--category",
                "complaint",
                "--place",
                "3-2-1201",
                "--summary",
                "楼上漏水",
                "--format",
                "json",
            ]
        )
    )
    id_ = made["id"]
    assert made["state"] == "registered"
    assert {"respond", "resolve"} <= made["due"].keys()
    (listed,) = json.loads(type_("ticket", "list", "--limit", "20", "--format", "json"))
    assert (listed["id"], listed["place"], listed["summary"]) == (id_, "3-2-1201", "楼上漏水")
    assert json.loads(type_("ticket", "show", id_, "--format", "json"))["category"] == "complaint"
    triaged = json.loads(type_("ticket", "triage", id_, "--verdict", "valid", "--format", "json"))
    assert (triaged["state"], triaged["verdict"]) == ("triaged", "valid")
    type_("ticket", "assign", id_, "--assignee", "li.na")
    type_("ticket", "start", id_)
    type_("ticket", "resolve", id_, "--note", "已修复")
    assert id_ in type_("search", "漏水")
    report = json.loads(type_("report", "monthly", "2015-03", "--stdout", "--format", "json"))
    keys = (
        "received resolved backlog_start backlog_end resolved_with_due resolved_on_time on_time_rate overdue_open_end"
        " median_hours p90_hours visits_due visits_reached satisfied satisfaction_rate reopened by_category"
    )
    assert set(keys.split()) <= report["tickets"].keys()
    type_("check")
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=tmp_path / "s", capture_output=True, text=True, check=True
    )
    assert status.stdout == ""


def test_what_is_missing_is_an_error_and_no_question(type_):
    type_("init", "s", at=".")
    said = type_("ticket", "new", code=2)
    assert all(option in said for option in ("--category", "--place", "--summary"))


def test_without_a_git_identity_one_sentence_says_the_two_commands(type_, tmp_path):
    nobody = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "GIT_CONFIG_COUNT": "1"}
    nobody |= {"GIT_CONFIG_KEY_0": "user.useConfigOnly", "GIT_CONFIG_VALUE_0": "true"}
    said = type_("init", "s", "--office", "阳光花园", at=".", code=2, env=nobody)
    assert "user.name" in said
    assert "user.email" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "s" / "pmcs.yaml").exists()


def test_outside_a_store_one_sentence(type_):
    said = type_("today", at=".", code=4)
    assert "pmcs init" in said
    assert type_("--help", at=".")
    assert "pmcs init" in type_("ticket", "list", at=".", code=4)


def test_the_store_may_be_named(type_, tmp_path):
    type_("init", "s", at=".")
    assert type_("--store", "s", "place", "list", at=".")
    assert type_("place", "list", "--store", str(tmp_path / "s"), at=".")
    (tmp_path / "s" / "深处").mkdir()
    assert type_("place", "list", at="s/深处")
