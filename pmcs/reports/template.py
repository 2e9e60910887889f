"""Where the templates of a store's pages are found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pmcs.errors import Translate
from pmcs.regulation.shipped import templates_dir
from pmcs.reports.render import render
from pmcs.store.store import Store


def folders(store: Store) -> list[Path]:
    """Where a template is looked for: the office's own `templates/`, then the shipped ones."""
    beside = [store.given.parent / "templates"] if store.prefix else []
    return [*beside, store.given / "templates", templates_dir()]


def rendered(store: Store, name: str, figures: Mapping[str, Any], language: str, translate: Translate) -> str:
    """A template filled; the office's own come before the shipped ones. Raises Broken, as `render` does."""
    there = [path for path in folders(store) if path.is_dir()]
    return render(name, figures, language, translate=translate, folders=there)
