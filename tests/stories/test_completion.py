"""Shell completion in bash, zsh and fish: commands, numbers, places, staff, choices."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.stories.conftest import just_now, program_environment


@pytest.fixture
def start():
    return just_now()


@pytest.fixture
def offered(typed):
    """What Tab offers after a line, in one of the shells."""
    typed("place", "add", "3-2-1201")
    typed("ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", "漏水")

    def offer(line: str, shell: str = "bash") -> list[str]:
        words = line.split(" ")
        number = words[-1] if shell == "fish" else str(len(words) - 1)
        env = {"_PMCS_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": number}
        said = typed(env=env).stdout.splitlines()
        if shell == "zsh":
            return said[1::3]
        return [text.split(",", 1)[1].split("\t")[0] for text in said if "," in text]

    return offer


def test_in_bash(offered):
    assert "ticket" in offered("pmcs ti")
    assert set(offered("pmcs ticket re")) >= {"resolve", "return", "rerate", "reopen", "resume", "refuse", "reveal"}
    (number,) = offered("pmcs ticket show T")
    assert number.endswith("-A01")
    assert offered("pmcs show T") == [number]
    assert offered("pmcs ticket new --place 3-2") == ["3-2", "3-2-1201"]
    assert offered("pmcs ticket list --place 3-2-") == ["3-2-1201"]
    assert offered("pmcs ticket assign A01 --assignee l") == ["li.na"]
    assert offered("pmcs ticket new --category ") == ["inquiry", "complaint", "suggestion", "repair"]
    assert offered("pmcs ticket list --format ") == ["table", "json", "csv", "yaml", "xlsx", "pdf"]
    assert "water.leak" in offered("pmcs ticket new --subject wa")
    assert "--summary" in offered("pmcs ticket new --su")


def test_whose_assessments_are_opened(offered):
    """The posts of the scheme; a leader is not assessed."""
    assert offered("pmcs assessment open 2026-10 --post s") == ["service_officer", "security_guard"]
    assert offered("pmcs assessment open 2026-10 --post l") == []


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_in_zsh_and_fish(offered, shell):
    assert offered("pmcs ticket new --category c", shell) == ["complaint"]
    assert offered("pmcs ticket assign A01 --assignee l", shell) == ["li.na"]
    assert offered("pmcs ticket show T", shell)[0].endswith("-A01")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell(typed, shell):
    said = typed("completion", shell).stdout
    assert f"_PMCS_COMPLETE={shell}_complete" in said


def test_outside_a_store_nothing_breaks(typed, tmp_path):
    env = {"_PMCS_COMPLETE": "bash_complete", "COMP_WORDS": "pmcs ticket show T", "COMP_CWORD": "3"}
    done = typed(env=env, cwd=tmp_path)
    assert done.stderr == ""


def test_clauses_states_versions_and_labels(offered):
    assert "7.6" in offered("pmcs regulation show 7")
    assert offered("pmcs regulation diff 2") == ["2026-01-01"]
    assert offered("pmcs ticket list --state res") == ["resolved"]
    assert offered("pmcs ticket new --category 报") == ["报修"]
    assert offered("pmcs staff appoint li.na --post sec") == ["security_guard"]


def test_what_a_document_may_be_and_whose_actions_are_asked_for(offered):
    assert {"contract", "drawing"} <= set(offered("pmcs document add --class "))
    assert offered("pmcs document add --retention ") == ["Y", "D30", "D10"]
    assert offered("pmcs document add --secrecy i") == ["inside"]
    assert offered("pmcs audit log --actor li") == ["li.na"]
    assert "7.1" in offered("pmcs audit log --clause 7")


def test_an_action_is_offered_the_records_on_which_it_is_possible(offered):
    (number,) = offered("pmcs ticket triage ")
    assert number.endswith("-A01")
    assert offered("pmcs ticket assign ") == []
    assert offered("pmcs ticket urge ") == [number]


def test_beside_a_number_stands_what_its_list_would_show(offered, typed):
    fish = {"_PMCS_COMPLETE": "fish_complete", "COMP_WORDS": "pmcs ticket show T", "COMP_CWORD": "T"}
    assert typed(env=fish).stdout.endswith("-A01\t漏水\n")
    kind = typed.root / "regulation/2026-01-01/kinds/ticket.yaml"
    text = kind.read_text("utf-8").replace("\ncolumns:", "\nsees: [leader]\ncolumns: [id, state]\n#", 1)
    kind.write_text(text, "utf-8")
    said = typed(env=fish).stdout
    assert said.startswith("plain,T")
    assert "漏水" not in said


def test_what_an_action_makes_is_offered_with_its_options(offered):
    assert offered("pmcs ticket involve A01 --ta") == ["--task"]
    assert offered("pmcs ticket involve A01 --task --owner l") == ["li.na"]


def test_the_options_understood_anywhere(offered, typed, tmp_path):
    assert offered("pmcs --as l") == ["li.na"]
    assert offered("pmcs ticket list --lang ") == ["zh_CN", "en"]
    said = typed(env=tab("pmcs --store /tm"), cwd=tmp_path).stdout
    assert said == "dir,/tm\n"
    line = f"pmcs ticket show --store {typed.root} T"
    assert typed(env=tab(line), cwd=tmp_path).stdout.startswith("plain,T")


@pytest.mark.parametrize(("shell", "prefix"), [("zsh", "--place="), ("fish", "--place=")])
def test_an_option_with_an_equals_sign_keeps_it(offered, shell, prefix):
    assert offered("pmcs ticket list --place=3-2-", shell) == [f"{prefix}3-2-1201"]


def tab(line: str) -> dict[str, str]:
    return {"_PMCS_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}


def test_a_broken_regulation_prints_nothing_into_the_line(typed):
    kind = typed.root / "regulation" / "2026-01-01" / "kinds" / "ticket.yaml"
    kind.write_text("kind: [", "utf-8")
    done = typed(env=tab("pmcs ticket show T"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_in_a_real_bash(offered, typed, tmp_path):
    program = tmp_path / "pmcs"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pmcs "$@"\n', "utf-8")
    program.chmod(0o755)
    kind = typed.root / "regulation/2026-01-01/kinds/ticket.yaml"
    kind.write_text(kind.read_text("utf-8").replace("repair: 报修", "repair: 报 修($(touch x);a*)"), "utf-8")
    script = f"""
    PATH={tmp_path}:$PATH
    eval "$(pmcs completion bash)"
    for line in 'pmcs ticket new --category 报' 'pmcs ticket assign A01 --assignee l' 'pmcs ticket list --place = 3-2-'
    do
        COMP_WORDS=($line); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMPREPLY=()
        _pmcs_completion pmcs
        echo "${{COMPREPLY[@]}}"
    done
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=typed.root,
        env=os.environ | program_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    # bash puts the word into the line as it is: what is no word by itself, or would be carried out, is escaped.
    assert done.stdout.splitlines() == [r"报\ 修\(\$\(touch\ x\)\;a\*\)", "li.na", "3-2-1201"]
    assert done.stderr == ""
