"""`pmcs document add`: paper and files that are no records (5.9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pmcs.cli.app import App
from pmcs.cli.completion import clauses, complete_among
from pmcs.errors import BadInput

if TYPE_CHECKING:
    from pmcs.cli.offers import Offer


def _choices(name: str) -> Callable[[App], Sequence[Offer]]:
    """What the kind in force lets a field of a document be."""

    def offers(app: App) -> Sequence[Offer]:
        from pmcs.cli.offers import choices

        return choices(app, app.store.regulations.on(app.now().date()).kind("document").fields[name])

    return offers


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--class",
    "class_",
    required=True,
    metavar="CLASS",
    help="What it is: contract, drawing, photo ...",
    shell_complete=complete_among(_choices("class")),
)
@click.option("--title", required=True, metavar="TEXT", help="What it is called in the catalogue.")
@click.option("--clause", metavar="CLAUSE", help="The clause that it serves.", shell_complete=complete_among(clauses))
@click.option("--shelf", metavar="PLACE", help="Where it is kept: a shelf, a disk.")
@click.option("--keep", is_flag=True, help="Take the file into the store, in clear, for all who have the store.")
@click.option("--reference", metavar="TEXT", help="The number that its author gave it.")
@click.option("--author", metavar="NAME", help="Who is responsible for it.")
@click.option("--dated", metavar="DATE", help="Its own date.")
@click.option(
    "--secrecy", metavar="LEVEL", help="open, inside or secret.", shell_complete=complete_among(_choices("secrecy"))
)
@click.option(
    "--retention", metavar="TERM", help="Y, D30 or D10.", shell_complete=complete_among(_choices("retention"))
)
@click.option("--pages", metavar="N", help="How many pages it has.")
@click.option("--note", default="", metavar="TEXT", help="A note, the commit's body.")
@click.pass_obj
def add(app: App, /, file: Path, class_: str, clause: str | None, keep: bool, note: str, **typed: Any) -> None:
    """Take in a file: its SHA-256 and size, and the shelf it stands on, or with --keep the file itself."""
    from pmcs.cli.acting import answer
    from pmcs.duties.acting import Acting
    from pmcs.duties.documents import add_document

    if not keep and not typed["shelf"]:
        raise BadInput(
            "Say where it is kept: --shelf PLACE, or --keep to take it into the store, in clear, for all who have"
            " the store."
        )
    values = {"class": class_, "basis": clause, **typed}
    given = {name: value for name, value in values.items() if value}
    acting = Acting(*app.actor(), app.now, app.language)
    answer(app, add_document(app.store, app.folder / file, given, acting, keep=keep, note=note), "table")
