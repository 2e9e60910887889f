"""The figures of praise and blame (11, 12): proposed, announced, appealed against; without a name. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pmcs.reports.lives import Life, Span, balance, did


def conduct_figures(records: Sequence[Life], span: Span) -> dict[str, Any]:
    """The figures, with those proposed and those announced in the span `by_type` and `by_basis`."""
    held = balance(records, span)
    decided = [act for life in records for act in life.acts if act.do == "decide" and span.has(act.at)]
    return {
        "open_start": held["open_start"],
        "proposed": held["opened"],
        "approved": did(records, span, "approve"),
        "refused": did(records, span, "refuse"),
        "announced": did(records, span, "announced"),
        "appeals": did(records, span, "appeal"),
        "upheld": sum(act.after == "withdrawn" for act in decided),
        "dismissed": sum(act.after == "final" for act in decided),
        "dropped": did(records, span, "drop"),
        "final": did(records, span, "final"),
        "ended": held["ended"],
        "open_end": held["open_end"],
        "by_type": _by(records, span, "type"),
        "by_basis": _by(records, span, "basis"),
    }


def _by(records: Iterable[Life], span: Span, name: str) -> dict[str, dict[str, int]]:
    proposed = Counter(life.get(name) for life in records if span.has(life.opened))
    announced: Counter[str] = Counter()
    for life in records:
        announced[life.get(name)] += did([life], span, "announced")
    names = sorted(choice for choice in proposed.keys() | announced.keys() if proposed[choice] or announced[choice])
    return {choice: {"proposed": proposed[choice], "announced": announced[choice]} for choice in names}
