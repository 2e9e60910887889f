"""`pmcs report ...`."""

from __future__ import annotations

import click

from pmcs.cli.app import App
from pmcs.errors import Sentence


@click.group()
def report() -> None:
    """Reports for the archive (5.9)."""


@report.command()
@click.argument("month", metavar="YYYY-MM")
@click.option("--stdout", "only_print", is_flag=True, help="Print it and write nothing.")
@click.option(
    "--format",
    "how",
    type=click.Choice(["md", "html", "json"]),
    default=None,
    help="With --stdout; md unless told otherwise.",
)
@click.pass_obj
def monthly(app: App, month: str, only_print: bool, how: str | None) -> None:
    """The month's tickets, facilities and safety: written to reports/MONTH/ and committed, or only printed."""
    from pmcs.cli.output import write
    from pmcs.reports.monthly import monthly_figures
    from pmcs.reports.pages import as_document, write_month

    store, language, translate = app.store, app.language, app.words.gettext
    if only_print or how:
        figures = monthly_figures(store, month, app.now(), language, translate)
        write(as_document(store, figures, how or "md", language, translate), app.out)
        return
    paths, changed = write_month(store, month, app.now(), language, translate)
    said = "Written: {files}" if changed else "Unchanged: {files}"
    app.say(Sentence(said, files=paths))
