"""The parts of a report beside the tickets: their figures, and the words that their pages need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from pmcs.core.kind import Kind
from pmcs.errors import Translate
from pmcs.reports import facilities, people, safety, work
from pmcs.reports.definitions import facility_definitions, safety_definitions
from pmcs.reports.expiring import read_expiring
from pmcs.reports.facility_page import facility_page
from pmcs.reports.ground import Ground
from pmcs.reports.matrix import matrix
from pmcs.reports.matrix_page import matrix_definitions, matrix_page
from pmcs.reports.people_definitions import people_definitions
from pmcs.reports.people_page import people_page
from pmcs.reports.safety_page import safety_page
from pmcs.reports.sections import Page, Words
from pmcs.reports.work_definitions import work_definitions
from pmcs.reports.work_page import work_page

TICKETS = "tickets"
MATRIX = "matrix"
"""Of all kinds and of no dates."""
SAFETY_ARTICLE = "9."
UNDATED = frozenset({"plan"})
"""Whose dates are figures of their own: a measure that is done does not run out."""


class Part(NamedTuple):
    """How one part is made: its figures, the kinds that it reads, what its terms mean."""

    figures: Callable[[Ground], dict[str, Any]]
    kinds: tuple[str, ...]
    page: Callable[[Mapping[str, Any], Words], Page]
    definitions: Callable[[Translate], list[dict[str, str]]]


PARTS: Mapping[str, Part] = {
    "facilities": Part(facilities.facilities, facilities.KINDS, facility_page, facility_definitions),
    "safety": Part(safety.safety, safety.KINDS, safety_page, safety_definitions),
    "people": Part(people.people, people.KINDS, people_page, people_definitions),
    "work": Part(work.work, work.KINDS, work_page, work_definitions),
    MATRIX: Part(matrix, (), matrix_page, matrix_definitions),
}


def part_figures(ground: Ground) -> dict[str, dict[str, Any]]:
    """The figures of every part that the regulation has a kind for, by its name in json."""
    found = {}
    for name, part in PARTS.items():
        figures = part.figures(ground)
        if name == MATRIX:
            found[name] = {**figures, "unreadable": ground.unreadable(sorted(ground.kinds), ground.say)}
        elif figures:
            found[name] = {
                **figures,
                "expiring": _expiring(ground, name),
                "unreadable": ground.unreadable(part.kinds, ground.say),
            }
    return found


def _expiring(ground: Ground, part: str) -> dict[str, Any]:
    """Dates over or near at the end, those of the kinds that belong to the part."""
    found = [
        item
        for kind in ground.kinds.values()
        if _home(kind) == part and kind.name not in UNDATED
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


def _home(kind: Kind) -> str:
    """The part that a kind's dates belong to: people and work by name, article 9 to safety, all else to facilities."""
    for part in ("people", "work"):
        if kind.name in PARTS[part].kinds:
            return part
    return "safety" if isinstance(kind.clause, str) and kind.clause.startswith(SAFETY_ARTICLE) else "facilities"


def named(parts: Mapping[str, Any]) -> set[str]:
    """The members of staff whom the figures name by code."""
    pressing = (row["owner"] for name in ("facilities", "safety") for row in _rows(parts, name, "hazards", "pressing"))
    late = (row["owner"] for row in _rows(parts, "work", "plans", "overdue"))
    there = (*_rows(parts, "people", "people", "missing"), *_rows(parts, "people", "training", "not_trained"))
    return {code for code in (*pressing, *late, *there) if code}


def _rows(parts: Mapping[str, Any], part: str, section: str, name: str) -> list[Any]:
    found: list[Any] = parts.get(part, {}).get(section, {}).get(name, [])
    return found


def part_words(part: str, figures: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """What the page of a part shows beside what all pages do."""
    return {
        "now": words.now,
        "page": PARTS[part].page(figures[part], words),
        "definitions": PARTS[part].definitions(words.say),
        "unreadable": figures[part]["unreadable"],
    }
