"""`pmcs keys ...`: the key ring of this machine (11.4)."""

from __future__ import annotations

from pathlib import Path

import click

from pmcs.cli.app import App
from pmcs.errors import Sentence


@click.group()
def keys() -> None:
    """The key ring of this machine: without it no private value can be read."""


@keys.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(app: App, file: Path) -> None:
    """Copy the key ring to a new file outside the repository, for a safe place."""
    from pmcs.store.backups import back_up

    store = app.store
    path = app.folder / file
    with store.writing("keys backup"):
        back_up(store.local, store.vault.path, path, store.repository, app.now())
    app.say(
        Sentence(
            "The key ring is copied to {file}. Whoever has it reads every private value: lock it away, and make it anew"
            " after each destruction.",
            file=path,
        )
    )
