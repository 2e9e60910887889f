"""Shell completion: record numbers, places, staff, choices (bash, zsh and fish, by click)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem

from pmcs.cli.app import App
from pmcs.core.kind import Field
from pmcs.errors import PmcsError

Completer = Callable[[click.Context, click.Parameter, str], list[Any]]
ANY = "any"
MOST = 50


def complete_id(kind: str) -> Completer:
    """Numbers of a kind, the newest first; of `any` kind one kind after the other."""

    def complete(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
        return _numbers(ctx, kind, typed)

    return complete


def complete_field(item: Field) -> Completer:
    """Choices with their labels, names of a list, or the records that a link may name."""

    def complete(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
        app = ctx.find_object(App)
        if app is None:
            return []
        if item.values:
            pairs = [(name, app.words.label(choice.label)) for name, choice in item.values.items()]
        elif item.among:
            names = app.store.regulations.on(app.now().date()).names(item.among)
            pairs = [(name, app.words.label(label)) for name, label in names.items()]
        elif item.ref and item.ref[0] not in {"any", "makers"}:
            return _numbers(ctx, item.ref[0], typed)
        else:
            pairs = []
        return [CompletionItem(name, help=label) for name, label in pairs if name.startswith(typed)]

    return complete


def _numbers(ctx: click.Context, kind: str, typed: str) -> list[CompletionItem]:
    app = ctx.find_object(App)
    if app is None:
        return []
    try:
        kinds = app.kind_names() if kind == ANY else [kind]
        found = [pair for name in kinds for pair in app.store.lookups.beginning(name, typed, MOST)]
        return [CompletionItem(id_, help=label) for id_, label in found[:MOST]]
    except PmcsError:
        return []


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_obj
def completion(app: App, shell: str) -> None:
    """Print the completion script of a shell; put it into its start-up file."""
    from click.shell_completion import get_completion_class

    from pmcs.cli.main import pmcs

    found = get_completion_class(shell)
    if found is not None:
        app.say(found(pmcs, {}, "pmcs", "_PMCS_COMPLETE").source())
