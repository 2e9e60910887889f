"""`pmcs archive build|transfer`: a period's package, and the list under which it is handed over (5.9)."""

from __future__ import annotations

from pathlib import Path

import click

from pmcs.cli.app import App
from pmcs.errors import BadInput, Sentence


@click.command()
@click.argument("period", metavar="YYYY-MM|YYYY")
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Where the package is put."
)
@click.option("--with-exceptions", is_flag=True, help="Pack what is there, and the list of what is not.")
@click.option("--tar", is_flag=True, help="One tar file instead of a folder.")
@click.pass_obj
def build(app: App, period: str, output: Path | None, with_exceptions: bool, tar: bool) -> int:
    """Build the package of a month or a year that is over: a BagIt folder beside the store, or in DIR."""
    from pmcs.cli.words import Words
    from pmcs.reports.packing import prepare, write

    store = app.store
    folder = (app.folder / output).resolve() if output else store.repository.root.parent
    if folder.is_relative_to(store.root) or folder.is_relative_to(store.repository.git_dir):
        raise BadInput("{folder} is inside the store; name a folder elsewhere with --output.", folder=folder)
    if not folder.is_dir():
        raise BadInput("There is no folder {folder}; make it first.", folder=folder)
    # A package is in the office's language, whatever the user reads.
    words = Words(store.config.language)
    prepared = prepare(store, period, app.now(), words.gettext)
    if prepared.lacks and not with_exceptions:
        for lack in prepared.lacks:
            app.say(lack.sentence)
        app.say(
            Sentence(
                "Not built: {count} exceptions; mend them, or pack them as a list with --with-exceptions.",
                count=len(prepared.lacks),
            )
        )
        return 1
    place = folder / f"{store.config.code}-{prepared.period}{'.tar' if tar else ''}"
    digest = write(store, prepared, place, tar=tar, translate=words.gettext)
    told = {"count": len(prepared.entries), "open": len(prepared.contents.carried)}
    app.say(Sentence("Built: {file}, {count} pieces, {open} carried over.", file=str(place), **told))
    if prepared.lacks:
        app.say(Sentence("{count} exceptions are listed in it.", count=len(prepared.lacks)))
    app.say(Sentence("Manifest: {digest}", digest=digest))
    return 0
