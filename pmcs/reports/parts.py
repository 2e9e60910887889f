"""The parts of the monthly report beside the tickets: their figures, and the words that their pages need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from pmcs.core.kind import Kind
from pmcs.errors import Translate
from pmcs.reports import facilities, safety
from pmcs.reports.definitions import facility_definitions, safety_definitions
from pmcs.reports.expiring import read_expiring
from pmcs.reports.facility_page import facility_page
from pmcs.reports.ground import Ground
from pmcs.reports.safety_page import safety_page
from pmcs.reports.sections import Page, Words

SAFETY_ARTICLE = "9."


class Part(NamedTuple):
    """How one part is made: its figures, the kinds that it reads, what its terms mean."""

    figures: Callable[[Ground], dict[str, Any]]
    kinds: tuple[str, ...]
    page: Callable[[Mapping[str, Any], Words], Page]
    definitions: Callable[[Translate], list[dict[str, str]]]


PARTS: Mapping[str, Part] = {
    "facilities": Part(facilities.facilities, facilities.KINDS, facility_page, facility_definitions),
    "safety": Part(safety.safety, safety.KINDS, safety_page, safety_definitions),
}


def part_figures(ground: Ground, translate: Translate) -> dict[str, dict[str, Any]]:
    """The figures of every part that the regulation has a kind for, by its name in json."""
    found = {}
    for name, part in PARTS.items():
        figures = part.figures(ground)
        if figures:
            found[name] = {
                **figures,
                "expiring": _expiring(ground, name),
                "unreadable": ground.unreadable(part.kinds, translate),
            }
    return found


def _expiring(ground: Ground, part: str) -> dict[str, Any]:
    """Dates over or near at the month's end: those of article 9 belong to safety, all others to facilities."""
    found = [
        item
        for kind in ground.kinds.values()
        if _of_safety(kind) == (part == "safety")
        for item in read_expiring(ground.store, kind, ground.end, ground.today)
    ]
    rows = [
        {
            "kind": item.kind,
            "id": item.id,
            "name": item.name,
            "what": item.what,
            "field": item.field,
            "date": item.day,
            "days": (date.fromisoformat(item.day) - ground.today).days,
        }
        for item in sorted(found, key=lambda item: (item.day, item.id, item.what))
    ]
    expired = sum(item.day < ground.today.isoformat() for item in found)
    return {"expired": expired, "near": len(rows) - expired, "dates": rows}


def _of_safety(kind: Kind) -> bool:
    return isinstance(kind.clause, str) and kind.clause.startswith(SAFETY_ARTICLE)


def part_words(part: str, figures: Mapping[str, Any], translate: Translate) -> dict[str, Any]:
    """What the page of a part shows beside what all pages do."""
    words = Words(translate, figures["labels"], figures["people"])
    return {
        "page": PARTS[part].page(figures[part], words),
        "definitions": PARTS[part].definitions(translate),
        "unreadable": figures[part]["unreadable"],
    }
