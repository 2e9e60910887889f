"""Shell completion in bash, zsh and fish: commands, numbers, places, staff, choices."""

from __future__ import annotations

import pytest

from tests.stories.conftest import just_now


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
    assert offered("pmcs ticket list --format ") == ["table", "json", "csv", "yaml"]
    assert "water.leak" in offered("pmcs ticket new --subject wa")
    assert "--summary" in offered("pmcs ticket new --su")


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
