"""A typed command must feel instant: what `pmcs ticket list` may import, and what it must not."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.stories.conftest import just_now, program_environment

NEVER = (
    "yaml",
    "jinja2",
    "cryptography",
    "openpyxl",
    "xlsxwriter",
    "asyncio",
    "msgspec",
    "dateutil",
    "http",
    "ssl",
    "xml",
)
NOT_FOR_JSON = (*NEVER, "email", "importlib.metadata", "tabulate", "wcwidth", "csv", "html")
LIST = """
import sys
before = set(sys.modules)
from pmcs.cli.main import main
from pmcs.cli.app import App
import os, pathlib, io
code = main(["ticket", "list", *sys.argv[1:]], App(environment={}, folder=pathlib.Path.cwd(), out=io.StringIO()))
import json
print(json.dumps([code, sorted(set(sys.modules) - before)]))
"""


@pytest.fixture
def start():
    return just_now()


@pytest.fixture
def imported(typed):
    typed("place", "add", "3-2-1201")
    typed("ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", "漏水")
    typed("ticket", "list")  # the regulation is compiled

    def run(*words: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", LIST, *words],
            cwd=typed.root,
            env=program_environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        code, modules = json.loads(done.stdout)
        assert code == 0
        return set(modules)

    return run


def beyond(modules: set[str], names: tuple[str, ...]) -> set[str]:
    return {module for module in modules for name in names if module == name or module.startswith(f"{name}.")}


def outside(modules: set[str]) -> set[str]:
    """What is neither Python's own nor ours."""
    found = {module.partition(".")[0] for module in modules} - set(sys.stdlib_module_names) - {"pmcs"}
    return {module for module in found if not module.startswith("_sysconfigdata")}


def test_a_table_costs_click_and_tabulate(imported, typed):
    """No seal is opened for it, though a ticket holds one."""
    typed(*["ticket", "new", "--category", "repair", "--place", "3", "--summary", "漏水", "--contact", "13811112222"])
    modules = imported()
    assert beyond(modules, NEVER) == set()
    assert outside(modules) <= {"click", "tabulate", "wcwidth"}


def test_json_costs_click_alone(imported):
    modules = imported("--format", "json")
    assert beyond(modules, NOT_FOR_JSON) == set()
    assert outside(modules) == {"click"}


def test_only_what_a_list_needs_of_pmcs_itself(imported):
    modules = {module for module in imported("--format", "json") if module.startswith("pmcs.")}
    for part in ("duties", "reports"):
        assert beyond(modules, (f"pmcs.{part}",)) == set()
    assert not modules & {
        "pmcs.store.codec",
        "pmcs.store.documents",
        "pmcs.core.flow",
        "pmcs.cli.asking",
        "pmcs.cli.today",
    }
