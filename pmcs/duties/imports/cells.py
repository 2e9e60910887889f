"""Cells and lines as a table's file holds them, before their header is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pmcs.errors import Sentence

Cell = str | datetime | date
Line = tuple[int, Sequence[Cell], Sentence | None]
"""The line's number in the file, its cells, and what makes it unfit."""


def text_of(cell: Cell) -> str:
    """A cell as text, times as 2026-11-23 12:30:00."""
    if isinstance(cell, str):
        return cell
    return cell.isoformat(" ", "seconds") if isinstance(cell, datetime) else cell.isoformat()


def blank(cell: Cell) -> bool:
    """Whether there is nothing in the cell."""
    return isinstance(cell, str) and not cell.strip()
