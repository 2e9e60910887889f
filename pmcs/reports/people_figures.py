"""The figures of the staff (6, 11.4): who came and left, which posts are held, whose undertaking is missing. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pmcs.reports.lives import Life, Span, balance

ALWAYS = "9999"


def people_figures(staff: Sequence[Life], span: Span, today: str) -> dict[str, Any]:
    """The figures; posts and undertakings as they stood on `today`, an ISO day. Persons by code."""
    held = balance(staff, span)
    there = [life for life in staff if life.open_at(span.end)]
    posts = {life.id: posts_on(life, today) for life in there}
    missing = [life.id for life in there if not "" < life.get("undertaking") <= today]
    return {
        "start": held["open_start"],
        "joined": held["opened"],
        "left": held["ended"],
        "returned": held["reopened"],
        "end": held["open_end"],
        "by_post": dict(sorted(Counter(post for mine in posts.values() for post in mine).items())),
        "without_post": sum(not mine for mine in posts.values()),
        "undertakings_missing": len(missing),
        "missing": sorted(missing),
    }


def posts_on(person: Life, day: str) -> list[str]:
    """The posts held on an ISO day, the one held longest first."""
    found: dict[str, str] = {}
    for row in person.rows("posts"):
        since, post = row.get("since") or "", row.get("post") or ""
        if post and since <= day <= (row.get("until") or ALWAYS):
            found[post] = min(found.get(post, since), since)
    return sorted(found, key=lambda post: (found[post], post))
