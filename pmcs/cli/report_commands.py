"""`pmcs report ...`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pmcs.cli.app import App
from pmcs.cli.completion import complete_id
from pmcs.errors import Refused, Sentence


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
    from pmcs.reports.monthly import monthly_figures
    from pmcs.reports.pages import write_month

    _report(app, month, how or ("md" if only_print else None), monthly_figures, write_month)


@report.command()
@click.argument("year", metavar="YYYY")
@_PRINT
@_FORMAT
@click.pass_obj
def yearly(app: App, year: str, only_print: bool, how: str | None) -> None:
    """The same over a year, with a table a month: written to reports/YEAR/ and committed, or printed."""
    from pmcs.reports.pages import write_year
    from pmcs.reports.yearly import yearly_figures

    _report(app, year, how or ("md" if only_print else None), yearly_figures, write_year)


@report.command()
@click.argument("id", shell_complete=complete_id("assessment", []))
@click.option("--format", "how", type=click.Choice(["md", "html"]), default="md")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there.")
@click.pass_obj
def assessment(app: App, id: str, how: str, output: Path | None) -> None:  # noqa: A002
    """The sheet of one assessment on a page (13); shown to the person, the scorer, the manager and leaders."""
    from pmcs.cli.output import write, write_file
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
    write_file(output, page.encode())
    app.say(Sentence("Written: {files}", files=[str(output)]))


def _report(
    app: App,
    period: str,
    how: str | None,
    figures: Callable[..., dict[str, Any]],
    pages: Callable[..., tuple[list[str], bool]],
) -> None:
    """One document, printed in a format; without one, the pages are written and committed."""
    if app.as_of_option and not how:
        how = "md"  # the past is printed, never written
    store, language, translate = app.store, app.language, app.words.gettext
    if how:
        from pmcs.cli.output import write
        from pmcs.reports.pages import as_document

        found = figures(store, period, app.now(), language, translate)
        write(as_document(store, found, how, language, translate), app.out)
        return
    paths, changed = pages(store, period, app.now(), language, translate)
    app.say(Sentence("Written: {files}" if changed else "Unchanged: {files}", files=paths))
