"""`pmcs audit signers`, `key`, `sign` and `checkpoint`: who signs, and what the history is held against."""

from __future__ import annotations

from pathlib import Path

import click

from pmcs.cli.app import App
from pmcs.duties.acting import Acting, by_system
from pmcs.errors import BadInput, Sentence


@click.command()
@click.pass_obj
def signers(app: App) -> None:
    """Print git's allowed signers, from the staff register and pmcs.yaml, and have this clone's git judge by them."""
    from pmcs.cli.output import write
    from pmcs.store.signing import write_allowed

    write(write_allowed(app.store), app.out)


@click.command()
@click.pass_obj
def sign(app: App) -> None:
    """Have every commit signed from this one on: one line of pmcs.yaml, itself signed by you."""
    from pmcs.duties.signing import switch_on

    switch_on(app.store, _acting(app))
    app.say(Sentence("Every commit is signed from now on."))


@click.command()
@click.argument("email", required=False)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def key(app: App, email: str | None, file: Path | None) -> None:
    """Make this clone's key for what is done by itself, or take a counter's public key FILE, into pmcs.yaml."""
    from pmcs.core.ssh_key import public_key
    from pmcs.duties.signing import register_key
    from pmcs.store.plain_file import read_plain

    text = ""
    if email:
        if file is None:
            raise BadInput("Name the file of the counter's public key after its e-mail, as in counter.pub.")
        try:
            text = public_key(read_plain(app.folder / file, str(file)).decode("utf-8", "replace"))
        except OSError as error:
            raise BadInput("The file {file} cannot be read ({reason}).", file=file, reason=error.strerror) from error
    fresh = register_key(app.store, _acting(app), email or "", text)
    app.say(Sentence("The key is in pmcs.yaml.") if fresh else Sentence("The key was in pmcs.yaml already."))


@click.command()
@click.pass_obj
def checkpoint(app: App) -> None:
    """Write down where the history stands (for cron, monthly): numbered, chained, signed; once a month is enough."""
    from pmcs.duties.checkpoints import make_checkpoint

    made, fresh = make_checkpoint(app.store, by_system(app.now, app.language))
    app.say(
        Sentence(
            "Checkpoint {sequence} of {date}: commit {head}, sha256 {digest}."
            if fresh
            else "Unchanged: checkpoint {sequence} of {date}: commit {head}, sha256 {digest}.",
            sequence=made.sequence,
            date=made.date,
            head=made.head,
            digest=made.digest,
        )
    )
    if fresh and not made.signature:
        app.warn(Sentence("The checkpoint is not signed, since this store does not sign; pmcs audit sign begins it."))


def _acting(app: App) -> Acting:
    return Acting(*app.actor(), app.now, app.language)
