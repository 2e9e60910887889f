"""The figures of assessments (13, 14): how they stand, and how their totals are spread; nobody singled out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from pmcs.reports.lives import Life, Span, did
from pmcs.reports.rates import mean, number, percentile

CONFIRMED = "confirmed"
FEWEST = 3
"""Of fewer persons no figure is told."""
OTHERS = "others"
BANDS = {"under_60": 0, "60_to_70": 60, "70_to_80": 70, "80_to_90": 80, "from_90": 90}
"""Each up to the next one's beginning."""


class Score(NamedTuple):
    """A confirmed total, and whose."""

    person: str
    post: str
    total: Decimal


def assessment_figures(assessments: Sequence[Life], posts: Mapping[str, str], span: Span) -> dict[str, Any]:
    """The figures, with `by_state` as they stand at the last entry, and the spread of totals `by_post`.

    `posts` tells the post that each person is counted at. Posts of fewer persons than FEWEST are one group, OTHERS,
    with the next smallest post if they are still too few: nothing can be worked out by subtraction.
    """
    states = Counter(life.state_at(span.known) for life in assessments)
    scores = [
        Score(life.get("person"), posts.get(life.get("person"), ""), total)
        for life in assessments
        if life.state_at(span.known) == CONFIRMED and (total := number(life.get("total"))) is not None
    ]
    return {
        "records": len(assessments),
        "by_state": dict(sorted(states.items())),
        "confirmed": did(assessments, span, CONFIRMED),
        "appeals": did(assessments, span, "appeal"),
        **_spread(scores),
        "by_post": {post: _spread(group) for post, group in _groups(scores).items()},
    }


def _groups(scores: Iterable[Score]) -> dict[str, list[Score]]:
    """The totals by post, such as may be shown."""
    found: dict[str, list[Score]] = {}
    for score in scores:
        found.setdefault(score.post, []).append(score)
    small = {post for post, group in found.items() if _persons(group) < FEWEST or not post}
    rest = sorted(found.keys() - small, key=lambda post: (_persons(found[post]), post))
    others = [score for post in sorted(small) for score in found[post]]
    while others and rest and _persons(others) < FEWEST:
        others += found[rest.pop(0)]
    return {post: found[post] for post in sorted(rest)} | ({OTHERS: others} if others else {})


def _spread(scores: Sequence[Score]) -> dict[str, Any]:
    """How many totals of how many persons, and how they are spread; of too few persons only that."""
    totals = [score.total for score in scores]
    told = _persons(scores) >= FEWEST
    bands = dict.fromkeys(BANDS, 0)
    for total in totals:
        bands[[name for name, low in BANDS.items() if total >= low or low == 0][-1]] += 1
    return {
        "totals": len(totals),
        "persons": _persons(scores),
        "mean": mean(totals) if told else None,
        "median": percentile(map(float, totals), 0.5) if told else None,
        "lowest": float(min(totals)) if told else None,
        "highest": float(max(totals)) if told else None,
        "bands": bands if told else None,
    }


def _persons(scores: Iterable[Score]) -> int:
    return len({score.person for score in scores})
