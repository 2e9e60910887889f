"""`pmcs archive transfer`: the list that is signed when packages are handed over (5.9)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from pmcs.cli.app import App
from pmcs.cli.completion import complete_id
from pmcs.errors import Sentence


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...", shell_complete=complete_id("package", []))
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where it is written: .html, .pdf or .xlsx.",
)
@click.pass_obj
def transfer(app: App, ids: Sequence[str], output: Path) -> None:
    """Write the list (移交清单) of verified packages to sign; pmcs package transfer records the act."""
    from pmcs.cli.output import write_file
    from pmcs.reports.handover import handover

    found = [app.store.find(id_, ("package",)) for id_ in ids]
    how = output.suffix.lower().removeprefix(".")
    write_file(app.folder / output, handover(app.store, found, how, app.now(), app.language, app.words.gettext))
    app.say(Sentence("Written: {files}", files=[str(output)]))
