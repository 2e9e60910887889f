"""What a record is called in a list: its first words."""

from __future__ import annotations

from collections.abc import Mapping

from pmcs.core.kind import Kind
from pmcs.core.record import Value

LONGEST = 60


def title_of(kind: Kind, fields: Mapping[str, Value]) -> str:
    """The first line of the first free text that its opening writes; empty where pmcs shows not everybody the record.

    Nothing sealed is among it.
    """
    if kind.sees:
        return ""
    for name in kind.opening_fields:
        item = kind.fields[name]
        told = item.sealed or item.values or item.among or item.ref or item.rows
        text = fields.get(name)
        if item.type in ("line", "text") and not told and isinstance(text, str) and text.strip():
            line = text.strip().splitlines()[0]
            return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
    return ""
