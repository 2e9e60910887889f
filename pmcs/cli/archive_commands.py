"""`pmcs archive ...`: packages for the archive, and what becomes of them (5.9)."""

from __future__ import annotations

from pmcs.cli.lazy_group import LazyGroup

archive = LazyGroup(
    "archive",
    "Packages for the archive, retention and disposal (5.9).",
    {
        "due": "pmcs.cli.disposal_commands:due",
        "dispose": "pmcs.cli.disposal_commands:dispose",
    },
)
