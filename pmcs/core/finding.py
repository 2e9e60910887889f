"""What a check reports."""

from __future__ import annotations

from typing import NamedTuple

from pmcs.errors import Sentence

ERROR, WARNING = "error", "warning"


class Finding(NamedTuple):
    """One thing that a check found: where it is and what is wrong there."""

    code: str
    severity: str
    file: str
    sentence: Sentence
    line: int | None = None
    field: str = ""
    clause: str = ""
