"""Named rules: what a kind file cannot say in a table refers to one of these by name (KINDS.md, Rules)."""

from pmcs.core.rules import plans, rounds, shared
from pmcs.core.rules.registry import EFFECT, FACTS, FINDING, GUARD, RULES, Rule, View, rule

__all__ = ["EFFECT", "FACTS", "FINDING", "GUARD", "RULES", "Rule", "View", "plans", "rounds", "rule", "shared"]
