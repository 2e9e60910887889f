"""What an audit reports: the closed list of its codes."""

from __future__ import annotations

from typing import NamedTuple

from pmcs.core.finding import ERROR, WARNING
from pmcs.errors import Sentence

INFO = "info"

CODES = {
    "outside": ERROR,
    "not_allowed": ERROR,
    "head": ERROR,
    "gap": ERROR,
    "deleted": ERROR,
    "rewritten": ERROR,
    "altered": ERROR,
    "late": INFO,
    "backdated": ERROR,
    "author": ERROR,
    "committer": ERROR,
    "counter_approval": ERROR,
    "unsigned": ERROR,
    "bad_signature": ERROR,
    "checkpoint": ERROR,
    "archived": ERROR,
    "correction": INFO,
}
"""Every code there is, with its severity unless the finding says another."""

__all__ = ["CODES", "ERROR", "INFO", "WARNING", "Found"]


class Found(NamedTuple):
    """One thing that the history shows: the commit and the file of the store (each may be empty) where it stands."""

    code: str
    commit: str
    file: str
    sentence: Sentence
    severity: str = ""

    @property
    def weight(self) -> str:
        """`error`, `warning` or `info`."""
        return self.severity or CODES[self.code]
