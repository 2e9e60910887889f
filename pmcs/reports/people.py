"""The part of people (6, 10 to 14): staff, trainings, praise and blame, assessments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pmcs.reports.assessment_figures import CONFIRMED, assessment_figures
from pmcs.reports.conduct_figures import conduct_figures
from pmcs.reports.ground import Ground
from pmcs.reports.life_rows import between, entered, stirring
from pmcs.reports.lives import Life
from pmcs.reports.people_figures import people_figures, posts_on
from pmcs.reports.training_figures import YEAR, training_figures, untrained

KINDS = ("staff", "training", "conduct", "assessment")


def people(ground: Ground) -> dict[str, Any]:
    """The part's figures; of a kind that the regulation lacks there are none, and of nothing no part."""
    span, kinds, store = ground.span, ground.kinds, ground.store
    found: dict[str, Any] = {}
    if "staff" in kinds:
        found["people"] = people_figures(ground.staff, span, ground.today.isoformat())
    if "training" in kinds:
        kind = kinds["training"]
        recent = stirring(store, kind, span._replace(start=min(span.start, span.judged - YEAR)))
        planned = between(store, kind, "planned", *ground.days)
        found["training"] = {**training_figures(planned, recent, span), **untrained(ground.staff, recent, span)}
    if "conduct" in kinds:
        found["conduct"] = conduct_figures(stirring(store, kinds["conduct"], span), span)
    if "assessment" in kinds:
        mine = between(store, kinds["assessment"], "period", *ground.periods)
        mine += entered(store, kinds["assessment"], CONFIRMED, span)
        assessments = {life.id: life for life in mine}
        found["assessments"] = assessment_figures(
            [assessments[id_] for id_ in sorted(assessments)], _posts(ground.staff, ground.today.isoformat()), span
        )
    return found


def _posts(staff: Iterable[Life], today: str) -> dict[str, str]:
    """The one post that each is counted at: of those held at the end the one held longest, or else the last held."""
    found = {}
    for life in staff:
        ends = [str(row.get("until") or today) for row in life.rows("posts")]
        posts = posts_on(life, today) or posts_on(life, max(ends, default=today))
        found[life.id] = posts[0] if posts else ""
    return found
