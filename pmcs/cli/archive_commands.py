"""`pmcs archive ...`: packages for the archive, and what becomes of them (5.9)."""

from __future__ import annotations

import click

from pmcs.cli.lazy_group import LazyGroup

COMMANDS = {
    "build": "pmcs.cli.archive_building:build",
    "verify": "pmcs.cli.archive_verifying:verify",
    "register": "pmcs.cli.archive_verifying:register",
    "transfer": "pmcs.cli.archive_transfer:transfer",
    "due": "pmcs.cli.disposal_commands:due",
    "dispose": "pmcs.cli.disposal_commands:dispose",
}


@click.group(cls=LazyGroup, places=COMMANDS)
def archive() -> None:
    """Packages for the archive, retention and disposal (5.9)."""
