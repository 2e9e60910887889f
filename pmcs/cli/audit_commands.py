"""`pmcs audit ...`: the auditor's commands; each is imported when it is typed."""

from __future__ import annotations

import click

from pmcs.cli.lazy_group import LazyGroup

COMMANDS = {
    "verify": "pmcs.cli.audit_verifying:verify",
    "log": "pmcs.cli.audit_seeing:log",
    "show": "pmcs.cli.audit_seeing:show",
    "sample": "pmcs.cli.audit_sampling:sample",
    "signers": "pmcs.cli.checkpoint_commands:signers",
    "sign": "pmcs.cli.checkpoint_commands:sign",
    "key": "pmcs.cli.checkpoint_commands:key",
    "checkpoint": "pmcs.cli.checkpoint_commands:checkpoint",
}


@click.group(cls=LazyGroup, places=COMMANDS)
def audit() -> None:
    """What was done, by whom and when, and whether anything was changed since; only the git history is asked."""
