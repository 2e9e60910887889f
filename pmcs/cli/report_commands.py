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


_PRINT = click.option("--stdout", "only_print", is_flag=True, help="Print it and write nothing.")
_FORMAT = click.option(
    "--format",
    "how",
    type=click.Choice(["md", "html", "json"]),
    default=None,
    help="With --stdout; md unless told otherwise.",
)


@report.command()
@click.argument("month", metavar="YYYY-MM")
@_PRINT
@_FORMAT
@click.pass_obj
def monthly(app: App, month: str, only_print: bool, how: str | None) -> None:
    """The month's tickets, facilities, safety, people and work: written to reports/MONTH/ and committed, or printed."""
    from pmcs.cli.output import write
    from pmcs.reports.monthly import monthly_figures
    from pmcs.reports.pages import as_document, write_month

    store, language, translate = app.store, app.language, app.words.gettext
    if only_print or how:
        figures = monthly_figures(store, month, app.now(), language, translate)
        write(as_document(store, figures, how or "md", language, translate), app.out)
        return
    _written(app, *write_month(store, month, app.now(), language, translate))


@report.command()
@click.argument("year", metavar="YYYY")
@_PRINT
@_FORMAT
@click.pass_obj
def yearly(app: App, year: str, only_print: bool, how: str | None) -> None:
    """The same over a year, with a table a month: written to reports/YEAR/ and committed, or printed."""
    from pmcs.cli.output import write
    from pmcs.reports.pages import as_document, write_year
    from pmcs.reports.yearly import yearly_figures

    store, language, translate = app.store, app.language, app.words.gettext
    if only_print or how:
        figures = yearly_figures(store, year, app.now(), language, translate)
        write(as_document(store, figures, how or "md", language, translate), app.out)
        return
    _written(app, *write_year(store, year, app.now(), language, translate))


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


def _written(app: App, paths: list[str], changed: bool) -> None:
    app.say(Sentence("Written: {files}" if changed else "Unchanged: {files}", files=paths))
