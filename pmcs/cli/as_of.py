"""`--as-of`: what may be asked of the past."""

from __future__ import annotations

from collections.abc import Sequence

from pmcs.store.as_of import reads_only

READING = frozenset({"today", "search", "show", "log", "report"})
WITHIN = {"regulation": frozenset({"show", "matrix"}), "audit": frozenset({"log", "show", "sample"})}
OF_A_KIND = frozenset({"list", "show", "log"})
WRITING = frozenset({"check", "completion", "desk", "doctor", "edit", "escalate", "init", "kind", "keys", "archive"})


def only_reading(words: Sequence[str]) -> None:
    """Raises BadInput where what was typed does more than read."""
    first, second = [*words, "", ""][:2]
    asked_for_help = bool({"-h", "--help"} & {*words}) or not first
    allowed = first in READING or (first not in WRITING and second in WITHIN.get(first, OF_A_KIND))
    if not (allowed or asked_for_help):
        raise reads_only()
