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
    "weasyprint",
    "fontTools",
    "docxtpl",
    "lxml",
    "asyncio",
    "msgspec",
    "dateutil",
    "http",
    "ssl",
    "xml",
)
NOT_FOR_JSON = (*NEVER, "email", "importlib.metadata", "tabulate", "wcwidth", "csv", "html")
OURS = {
    "cli": "answers app completion duty_commands kind_commands listing main offers options output screen shapes"
    " unreadable words",
    "core": "finding kind length sealed",
    "regulation": "action_file field_file kind_file language own shape version",
    "store": "compiled config edited filters git git_commit git_history git_place git_process git_stream index"
    " index_file index_schema local locating plain_file queries regulations store worktree",
}
YARDSTICK = """
import sys
import click, tabulate, sqlite3
found = sorted(sys.modules)
import json
print(json.dumps(found))
"""
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


def test_beyond_click_tabulate_and_sqlite_a_table_costs_json_and_the_time_zone(imported):
    """What is dear and needed elsewhere only stays out: subprocess, decimal, difflib, tempfile, ..."""
    told = subprocess.run([sys.executable, "-c", YARDSTICK], capture_output=True, text=True, check=True).stdout
    beyond_it = {module.partition(".")[0] for module in imported() - set(json.loads(told))}
    # gettext imports locale: in newer Pythons only when it is asked.
    known = {"pmcs", "json", "zoneinfo", "sysconfig", "locale"}
    assert {name for name in beyond_it if not name.startswith("_")} <= known


def test_only_what_a_list_needs_of_pmcs_itself(imported, typed):
    """No seal, no flow, no clock, no check: every module here is read at each start."""
    typed(*["ticket", "new", "--category", "repair", "--place", "3", "--summary", "漏水"])
    typed("ticket", "list")  # whose files are noticed as unchanged
    needed = {f"pmcs.{layer}.{module}" for layer, modules in OURS.items() for module in modules.split()}
    packages = {"pmcs", "pmcs.errors", *(f"pmcs.{layer}" for layer in OURS)}
    found = {module for module in imported() if module.partition(".")[0] == "pmcs"}
    assert found - packages == needed
