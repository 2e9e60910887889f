"""Every kind that the regulation needs, as sketched, and the signatures of the rules that later duties bring."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from pathlib import Path

from pmcs.core.rules import EFFECT, FACTS, FINDING, GUARD, RULES, Rule
from pmcs.regulation.shape import Source
from pmcs.store.codec import decode_marked
from tests.core.world import sources

SKETCHES = Path(__file__).resolve().parents[1] / "data" / "kinds"
NAMES = sorted(path.stem for path in SKETCHES.glob("*.yaml"))

ROWS = "column of rows"
LATER = {
    FACTS: {
        # fees
        "carry_in": {"charges": "lines", "carried": "field"},
        "bill_lines": {"into": "lines"},
        "late_fee": {"into": "lines"},
        "allocate": {"charges": "lines", "into": "lines", "money": "field"},
        "unallocate": {"of": "lines", "into": "lines"},
        "carry_out": {"charges": "lines", "money": "field"},
        "receipts_of_day": {"day": "field", "rows": "lines", "into": ROWS},
        "match_lines": {"rows": "lines", "reference": ROWS, "into": ROWS},
    },
    GUARD: {
        "within_open": {"rows": "lines", "charges": "lines"},
    },
    FINDING: {
        "over_allocated": {"rows": "lines", "charges": "lines"},
        "never_falls": {"rows": "lines", "column": ROWS, "nature": ROWS, "restart": "choice of nature"},
        "jumps": {"rows": "lines", "column": ROWS, "times": "number"},
        "monthly": {"rows": "lines", "column": ROWS},
    },
}


BEHIND = {FACTS: lambda view, **_: view.event, GUARD: lambda *_, **__: None, EFFECT: lambda *_, **__: ()}
"""What a rule does that has a signature and nothing behind it yet: neither facts nor errands, and no objection."""


@contextmanager
def later_rules():
    """The rules of later duties are known by their signatures, where the engine does not have them itself."""
    added = {
        name: Rule(name, stage, arguments, BEHIND.get(stage, BEHIND[GUARD]))
        for stage, rules in LATER.items()
        for name, arguments in rules.items()
        if name not in RULES
    }
    RULES.update(added)
    try:
        yield
    finally:
        for name in added:
            del RULES[name]


@cache
def sketched():
    """The starter's regulation with the sketches of the kinds that it does not have yet, or not whole."""
    files = dict(sources())
    for name in NAMES:
        path = SKETCHES / f"{name}.yaml"
        files[f"kinds/{name}.yaml"] = Source(f"kinds/{name}.yaml", *decode_marked(path.read_bytes(), path.name))
    return files
