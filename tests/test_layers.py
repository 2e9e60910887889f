"""The direction of imports, read from the source of every module; nothing is imported."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ["errors", "core", "regulation", "store", "duties", "reports", "cli", "__main__"]
NOT_IN_CORE = {
    *("click", "jinja2", "os", "pathlib", "random", "socket", "sqlite3", "subprocess", "time", "yaml"),
}
CLOCK_READINGS = {
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
}


def sources() -> dict[str, str]:
    """Every module of pmcs: dotted name (a package's own file as `pkg.__init__`) to source."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "pmcs").rglob("*.py"))
    }


def imports(module: str, source: str) -> set[str]:
    """What `module` imports, wherever in the file, as absolute dotted names; `from a import b` counts as `a.b`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".")[: -node.level]
                base = ".".join([*package, *([node.module] if node.module else [])])
            found |= {f"{base}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"import_module", "__import__"}:
            found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}
    return found


def layer(name: str) -> str:
    """The part of a dotted name under pmcs; the package's own file is `__init__`."""
    return [*name.split("."), "__init__"][1]


def wrong_way(module: str, source: str) -> list[str]:
    """Imports of a higher layer, of the package itself, or out of a file that belongs to no layer."""
    mine = layer(module)
    if mine != "__init__" and mine not in LAYERS:
        return [f"{module} belongs to no layer"]
    rank = -1 if mine == "__init__" else LAYERS.index(mine)
    wrong = []
    for name in sorted(imports(module, source)):
        if name.split(".")[0] != "pmcs":
            continue
        theirs = layer(name)
        if theirs not in LAYERS:
            # `from pmcs import __version__` and the like: the package itself is nobody's layer.
            wrong.append(f"{module} imports {name}, which is no layer")
        elif LAYERS.index(theirs) > rank or (mine == theirs == "errors"):
            wrong.append(f"{module} imports {name}, which lies above it")
    return wrong


def clock_readings(source: str) -> list[str]:
    """Calls and mentions of the clock of this machine, under whatever name datetime was imported."""
    tree = ast.parse(source)
    bound = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            bound |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            bound |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    readings = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            head, _, rest = ast.unparse(node).partition(".")
            if f"{bound.get(head, head)}.{rest}" in CLOCK_READINGS:
                readings.append(f"line {node.lineno}: {ast.unparse(node)}")
    return readings


def graph(modules: dict[str, str]) -> dict[str, set[str]]:
    """Which of `modules` import which; a name from inside a module counts as that module."""
    edges = {}
    for module, source in modules.items():
        edges[module] = set()
        for name in imports(module, source):
            near = [name, f"{name}.__init__", name.rpartition(".")[0], f"{name.rpartition('.')[0]}.__init__"]
            edges[module] |= set([other for other in near if other in modules][:1])
    return edges


def loop(modules: dict[str, str]) -> list[str]:
    """The modules of one import loop, or none."""
    try:
        TopologicalSorter(graph(modules)).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


MODULES = sources()
CORE = {name: source for name, source in MODULES.items() if layer(name) == "core"}


def test_the_source_is_where_this_test_looks_for_it() -> None:
    assert "pmcs.errors" in MODULES
    assert CORE


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module: str) -> None:
    assert wrong_way(module, MODULES[module]) == []


@pytest.mark.parametrize("module", MODULES)
def test_yaml_is_read_and_written_in_one_place(module: str) -> None:
    uses = any(name.split(".")[0] == "yaml" for name in imports(module, MODULES[module]))
    assert not uses or module == "pmcs.store.codec"


@pytest.mark.parametrize("module", CORE)
def test_the_core_touches_neither_screen_nor_disk_nor_clock(module: str) -> None:
    assert {name.split(".")[0] for name in imports(module, CORE[module])} & NOT_IN_CORE == set()
    assert clock_readings(CORE[module]) == []


def test_the_modules_of_the_core_form_no_loop() -> None:
    assert loop(CORE) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("pmcs.core.flow", "from pmcs.store import git"),
        ("pmcs.core.flow", "from ..store.git import commit"),
        ("pmcs.core.__init__", "from ..cli import main"),
        ("pmcs.core.flow", "def late():\n    import pmcs.regulation.load"),
        ("pmcs.store.index", "if TYPE_CHECKING:\n    from pmcs.duties import fees"),
        ("pmcs.reports.render", "importlib.import_module('pmcs.cli.main')"),
        ("pmcs.regulation.load", "from pmcs.store.codec import read"),
        ("pmcs.errors", "from . import core"),
        ("pmcs.store.git", "from pmcs import __version__"),
        ("pmcs.__init__", "from pmcs import errors"),
        ("pmcs.utils", ""),
    ],
)
def test_an_import_upwards_is_noticed_in_every_spelling(module: str, source: str) -> None:
    assert len(wrong_way(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("pmcs.cli.main", "from pmcs import core, errors\nfrom pmcs.store.git import commit\nfrom . import words"),
        ("pmcs.regulation.load", "from ..core.kind import Kind\nfrom .posts import Post"),
        ("pmcs.__main__", "from pmcs.cli.main import main"),
        ("pmcs.errors", "import json"),
    ],
)
def test_an_import_downwards_or_beside_is_allowed(module: str, source: str) -> None:
    assert wrong_way(module, source) == []


@pytest.mark.parametrize(
    "source",
    [
        "import datetime\ndatetime.datetime.now()",
        "import datetime as dt\nreader = dt.date.today",
        "from datetime import datetime\ndatetime.now(tz=zone)",
        "from datetime import datetime as D\nD.utcnow()",
    ],
)
def test_a_reading_of_the_clock_is_noticed_under_every_name(source: str) -> None:
    assert len(clock_readings(source)) == 1


def test_a_time_that_was_handed_in_is_no_reading_of_the_clock() -> None:
    assert clock_readings("from datetime import date\nlater = context.now + step\ndate.fromisoformat(text)") == []


def test_a_loop_is_noticed_and_a_line_is_not() -> None:
    line = {"p.core.a": "from . import b", "p.core.b": "from .c import C", "p.core.c": "import json"}
    assert loop(line) == []
    assert set(loop(line | {"p.core.c": "def late():\n    from p.core.a import A"})) == set(line)
