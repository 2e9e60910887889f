"""`pmcs report ...`."""

from __future__ import annotations

from pathlib import Path

import click

from pmcs.cli.app import App
from pmcs.cli.completion import complete_id
from pmcs.errors import Refused, Sentence, Unable


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


@report.command()
@click.argument("id", shell_complete=complete_id("assessment", []))
@click.option("--format", "how", type=click.Choice(["md", "html"]), default="md")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there.")
@click.pass_obj
def assessment(app: App, id: str, how: str, output: Path | None) -> None:  # noqa: A002
    """The sheet of one assessment on a page (13); shown to the person, the scorer, the manager and leaders."""
    from pmcs.cli.output import write
    from pmcs.cli.shapes import whole
    from pmcs.reports.assessment_sheet import assessment_sheet

    id_ = app.store.find(id, ("assessment",))
    record, warnings = app.store.seen(id_, ("assessment",))
    kind = app.store.kind_of(record)
    if not whole(app, kind, id_, record.fields):
        raise Refused(
            "The sheet of {id} is shown to the person, the scorer, the manager and leaders; ask one of them.", id=id_
        )
    for warning in warnings:
        app.warn(warning)
    page = assessment_sheet(app.store, kind, record, how, app.language, app.words.gettext)
    if output is None:
        write(page, app.out)
        return
    try:
        output.write_text(page, "utf-8", newline="")
    except OSError as error:
        raise Unable("{file} cannot be written ({reason}).", file=output, reason=error.strerror or "") from error
    app.say(Sentence("Written: {files}", files=[str(output)]))
