"""A group whose commands' modules are read when they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from pmcs.cli.app import App
from pmcs.cli.words import in_words


class LazyGroup(click.Group):
    """`places` says where each command is: name to `module:attribute`, in the order in which they are listed."""

    def __init__(self, *args: Any, places: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = places

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
