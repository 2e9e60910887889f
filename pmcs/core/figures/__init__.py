"""Figures of assessment (13): what a scheme refers to by name and records answer. The second registry, beside rules."""

from pmcs.core.figures import people, tickets, work
from pmcs.core.figures.registry import FIGURES, Figure, Tally, figure, tally

__all__ = ["FIGURES", "Figure", "Tally", "figure", "people", "tally", "tickets", "work"]
