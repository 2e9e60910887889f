"""Named rules: what a kind file cannot say in a table refers to one of these by name (KINDS.md, Rules)."""

from pmcs.core.rules import archiving, assessing, people, plans, rounds, shared, voting  # noqa: F401  each registers its own
from pmcs.core.rules.registry import EFFECT, FACTS, FINDING, GUARD, RULES, Rule, View, rule

__all__ = ["EFFECT", "FACTS", "FINDING", "GUARD", "RULES", "Rule", "View", "rule"]
