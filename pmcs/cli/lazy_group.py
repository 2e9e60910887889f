"""A group whose commands' modules are read when they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

from pmcs.cli.app import App
from pmcs.cli.words import in_words


class LazyGroup(click.Group):
    """`commands` says where each command is: name to `module:attribute`, in the order in which they are listed."""

    def __init__(self, name: str, help: str, commands: Mapping[str, str]) -> None:  # noqa: A002  click's word
        super().__init__(name, help=help)
        self.places = commands

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """In the order of the table."""
        return [*self.places]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of a name; None where there is none."""
        if name not in self.places:
            return None
        module, _, attribute = self.places[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        app = ctx.find_object(App)
        return in_words(command, app.words) if app else command
