"""`pmcs archive ...`: packages for the archive, and what becomes of them (5.9)."""

from __future__ import annotations

import click

from pmcs.cli.lazy_group import LazyGroup

COMMANDS = {
    "due": "pmcs.cli.disposal_commands:due",
    "dispose": "pmcs.cli.disposal_commands:dispose",
}


@click.group(cls=LazyGroup, places=COMMANDS)
def archive() -> None:
    """Packages for the archive, retention and disposal (5.9)."""
