"""`pmcs audit ...`: the auditor's commands; each is imported when it is typed."""

from __future__ import annotations

from importlib import import_module

import click

from pmcs.cli.app import App
from pmcs.cli.words import in_words

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


class _Audit(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  as click has it
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        app = ctx.find_object(App)
        return in_words(command, app.words) if app else command


@click.group(cls=_Audit)
def audit() -> None:
    """What was done, by whom and when, and whether anything was changed since; only the git history is asked."""
