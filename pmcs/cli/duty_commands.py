"""What a duty adds to a kind's group beside the kind's own actions (KINDS.md, Actions): here alone are kinds named."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "assessment": {
        "open": "pmcs.cli.assessment_commands:open_period",
        "results": "pmcs.cli.assessment_results:results",
        "verify": "pmcs.cli.assessment_commands:verify",
    },
    "document": {"add": "pmcs.cli.document_commands:add"},
    "schedule": {
        "run": "pmcs.cli.schedule_commands:make",
        "next": "pmcs.cli.schedule_commands:upcoming",
        "ical": "pmcs.cli.schedule_commands:ical",
    },
    "staff": {"duties": "pmcs.cli.staff_commands:duties"},
}


def duty_commands(kind: str) -> Mapping[str, str]:
    """The commands of a duty in the group of a kind: name to where it is."""
    return COMMANDS.get(kind, {})


def duty_command(kind: str, name: str) -> click.Command:
    """One of them; its module is read when it is typed."""
    module, _, attribute = COMMANDS[kind][name].partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    return command
