"""Where the starter, the report templates, the example kinds and the auditor's page lie that pmcs brings along."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def starter_dir() -> Path:
    """The folder that `pmcs init` copies from: `pmcs.yaml` and `regulation/`."""
    return _shipped("starter", in_clone="records")


def templates_dir() -> Path:
    """The folder of the shipped report templates."""
    return _shipped("templates", in_clone="templates")


def examples_dir() -> Path:
    """The folder of the kinds that an office may start its own from (`pmcs kind new NAME --like KIND`)."""
    return _shipped("examples", in_clone="examples")


def auditor_file() -> Path:
    """How everything is answered without pmcs; a copy lies in every package for the archive."""
    return _shipped("docs", in_clone="docs") / "auditor.md"


def _shipped(name: str, *, in_clone: str) -> Path:
    # A wheel puts them inside the package (pyproject.toml, package-dir); a clone, run in place or installed
    # editable, has them at its top.
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / in_clone
