"""`pmcs regulation matrix`: the regulation clause by clause over a period (5.9)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from pmcs.cli.app import App
from pmcs.errors import BadInput, Sentence


@click.command()
@click.argument("period", metavar="PERIOD")
@click.option("--format", "how", type=click.Choice(["table", "html", "json", "xlsx"]), default="table")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there.")
@click.pass_obj
def matrix(app: App, period: str, how: str, output: Path | None) -> None:
    """What carried each clause out in a month, quarter or year, what stands against it, and a verdict (5.9)."""
    from pmcs.cli.output import write, write_file
    from pmcs.reports.matrix import period_matrix

    if how == "xlsx" and output is None:
        raise BadInput("A workbook goes into a file; add --output FILE.xlsx.")
    found = period_matrix(app.store, period, app.now(), app.language, app.words.gettext)
    data = _xlsx(app, found) if how == "xlsx" else _text(app, found, how, output).encode()
    if output is None:
        write(data.decode(), app.out)
        return
    write_file(output, data)
    app.say(Sentence("Written: {files}", files=[str(output)]))


def _text(app: App, found: dict[str, Any], how: str, output: Path | None) -> str:
    if how == "table":
        return _table(app, found, output)
    if how == "json":
        from pmcs.reports.pages import as_json

        return as_json(found)
    from pmcs.reports.parts import MATRIX, part_words
    from pmcs.reports.template import rendered

    told = {**found, "month": found["period"], **part_words(MATRIX, found, _words(app, found))}
    if output is not None:
        base = Path(os.path.relpath(app.store.root.resolve(), output.resolve().parent)).as_posix()
        told["base"] = f"{quote(base)}/"
    return rendered(app.store, "monthly/matrix.html.j2", told, app.language, app.words.gettext)


def _table(app: App, found: dict[str, Any], output: Path | None) -> str:
    """A line a clause; on a terminal cut to its width."""
    from pmcs.cli.output import screen_width, table
    from pmcs.reports.matrix_page import asked_of, verdict_of

    _ = app.words.gettext
    rows = [
        {**row, "verdict": verdict_of(row, _), "asked": asked_of(row), "exceptions": row["exceptions"] or ""}
        for row in found["matrix"]["clauses"]
    ]
    columns = [
        *(("clause", _("Clause")), ("verdict", _("Verdict")), ("records", _("Records"))),
        *(("exceptions", _("Exceptions")), ("asked", _("What it asks"))),
    ]
    return table(rows, columns, None if output else screen_width(app.out)) + "\n"


def _xlsx(app: App, found: dict[str, Any]) -> bytes:
    """A line a clause, and below it one for each of its exceptions and its records."""
    from pmcs.reports.matrix_page import asked_of, verdict_of, what_of
    from pmcs.reports.workbook import workbook

    _ = app.words.gettext
    words = _words(app, found)
    heads = [
        *(_("Clause"), _("What it asks"), _("Verdict"), _("Records"), _("Exceptions")),
        *(_("Number"), _("Exception"), _("Due time"), _("Stopped")),
    ]
    rows: list[list[str | int | None]] = []
    for row in found["matrix"]["clauses"]:
        number = row["clause"]
        rows.append([number, asked_of(row), verdict_of(row, _), row["records"], row["exceptions"], *[None] * 4])
        rows += [
            [number, *[None] * 4, one["record"], what_of(one, words), one["due"], one["ended"]] for one in row["listed"]
        ]
        rows += [[number, *[None] * 4, record, *[None] * 3] for record in row["numbers"]]
    return workbook(found["period"], heads, rows)


def _words(app: App, found: dict[str, Any]) -> Any:
    from pmcs.reports.sections import Words

    return Words(app.words.gettext, found["labels"], {}, "")
