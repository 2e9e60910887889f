"""`pmcs report ...`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from pmcs.cli.app import App
from pmcs.cli.completion import complete_id
from pmcs.cli.word_form import form as record_form
from pmcs.errors import BadInput, Refused, Sentence


@click.group()
def report() -> None:
    """Reports for the archive (5.9)."""


_PRINT = click.option("--stdout", "only_print", is_flag=True, help="Print it and write nothing.")
_FORMAT = click.option(
    "--format",
    "how",
    type=click.Choice(["md", "html", "json", "pdf", "xlsx", "docx"]),
    default=None,
    help="Printed, or with --output; md unless told otherwise.",
)
_PATH = click.Path(path_type=Path, dir_okay=False)
_OUTPUT = click.option("--output", type=_PATH, metavar="FILE", help="Write it there, and nothing into the store.")
_FORM = click.option(
    "--form",
    type=_PATH,
    metavar="FORM.docx",
    help="Of a docx; else templates/forms/monthly.docx of the store.",
)


report.add_command(record_form)


@report.command()
@click.argument("month", metavar="YYYY-MM")
@_PRINT
@_FORMAT
@_OUTPUT
@_FORM
@click.pass_obj
def monthly(app: App, /, month: str, **typed: Any) -> None:
    """The month's tickets, facilities, safety, people and work: written to reports/MONTH/ and committed, or printed."""
    from pmcs.reports.monthly import monthly_figures
    from pmcs.reports.pages import write_month

    _report(app, month, typed, monthly_figures, write_month)


@report.command()
@click.argument("year", metavar="YYYY")
@_PRINT
@_FORMAT
@_OUTPUT
@_FORM
@click.pass_obj
def yearly(app: App, /, year: str, **typed: Any) -> None:
    """The same over a year, with a table a month: written to reports/YEAR/ and committed, or printed."""
    from pmcs.reports.pages import write_year
    from pmcs.reports.yearly import yearly_figures

    _report(app, year, typed, yearly_figures, write_year)


@report.command()
@click.argument("id", shell_complete=complete_id("assessment", []))
@click.option("--format", "how", type=click.Choice(["md", "html", "pdf", "xlsx"]), default="md")
@click.option("--output", type=_PATH, metavar="FILE", help="Write it there.")
@click.pass_obj
def assessment(app: App, id: str, how: str, output: Path | None) -> None:  # noqa: A002
    """The sheet of one assessment on a page (13); shown to the person, the scorer, the manager and leaders."""
    from pmcs.cli.shapes import whole
    from pmcs.reports.assessment_sheet import sheet_file

    id_ = app.store.find(id, ("assessment",))
    record, warnings = app.store.seen(id_, ("assessment",))
    kind = app.store.kind_of(record)
    if not whole(app, kind, id_, record.fields):
        raise Refused(
            "The sheet of {id} is shown to the person, the scorer, the manager and leaders; ask one of them.", id=id_
        )
    for warning in warnings:
        app.warn(warning)
    _deliver(app, how, output, lambda: sheet_file(app.store, kind, record, how, app.language, app.words.gettext))


def _report(
    app: App,
    period: str,
    typed: Mapping[str, Any],
    figures: Callable[..., dict[str, Any]],
    pages: Callable[..., tuple[list[str], bool]],
) -> None:
    """One document, printed or in a file; without a format, the pages are written and committed."""
    store, language, translate = app.store, app.language, app.words.gettext
    output, form = typed["output"], typed["form"]
    # The past is printed, never written.
    how = typed["how"] or ("md" if typed["only_print"] or output or app.as_of_option else None)
    if form and how != "docx":
        raise BadInput("--form belongs to --format docx; give both or neither.")
    if how:
        from pmcs.reports.formats import as_file

        def made() -> bytes:
            return as_file(
                store, figures(store, period, app.now(), language, translate), how, language, translate, form=form
            )

        _deliver(app, how, output, made)
        return
    paths, changed = pages(store, period, app.now(), language, translate)
    app.say(Sentence("Written: {files}" if changed else "Unchanged: {files}", files=paths))


def _deliver(app: App, how: str, output: Path | None, made: Callable[[], bytes]) -> None:
    """Texts are printed or written; what is no text goes into a file or a pipe."""
    from pmcs.cli.delivery import deliver, ready

    text = how in {"md", "html", "json"}
    if not text:
        ready(app, how, output)
    data = made()
    if text and output is None:
        from pmcs.cli.output import write

        write(data.decode(), app.out)
        return
    deliver(app, data, how, output)
