"""How a sealed value is told from a plain one: by its beginning."""

from __future__ import annotations

MARK = "sealed:v1:"


def is_sealed(text: str) -> bool:
    """Whether the text looks like a sealed value."""
    return text.startswith(MARK)
