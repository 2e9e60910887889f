"""`pmcs KIND import FILE --map MAP`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pmcs.cli.answers import print_object
from pmcs.cli.app import FORMATS, App
from pmcs.cli.screen import clean
from pmcs.core.kind import Kind
from pmcs.errors import BadInput, Sentence

if TYPE_CHECKING:
    from pmcs.duties.imports.run import BadRow

SHOWN = 20


def import_command(kind: Kind) -> click.Command:
    """The command."""
    params: list[click.Parameter] = [
        click.Argument(["file"], type=click.Path(path_type=Path)),
        click.Option(["--map", "plan"], type=click.Path(path_type=Path), required=True, metavar="MAP.yaml"),
        click.Option(["--dry-run"], is_flag=True, help="Say what would happen and write nothing."),
        click.Option(["--mask"], is_flag=True, help="Mask phone and ID numbers found in free text."),
        click.Option(["--format", "how"], type=click.Choice(FORMATS), default="table"),
    ]

    @click.pass_obj
    def run(app: App, /, **typed: Any) -> int:
        return import_file(app, kind, **typed)

    return click.Command(
        "import", params=params, callback=run, help="Take over a list from a table (CSV or XLSX): all rows or none."
    )


def import_file(app: App, kind: Kind, file: Path, plan: Path, *, dry_run: bool, mask: bool, how: str) -> int:
    """Import, or name every bad row; the exit code is 2 where there is one."""
    from pmcs.duties.acting import Acting
    from pmcs.duties.imports.map_file import read_map
    from pmcs.duties.imports.run import run_import

    actor, author, committer = app.actor()
    acting = Acting(actor, author, committer, app.now, app.language, mask=mask)
    result = run_import(app.store, kind.name, file, read_map(plan), acting, dry_run=dry_run, progress=_progress(app))
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=app.errors)
    words = app.words
    if how != "table":
        found = {
            "read": result.read,
            "added": 0 if result.bad or dry_run else result.added,
            "already": result.already,
            "dry_run": dry_run,
            "bad": [
                {"row": bad.row, "column": bad.column, "reason": words.sentence(bad.sentence)} for bad in result.bad
            ],
            "unknown": result.unknown,
        }
        print_object(found, how, app.out)
    if result.bad:
        refuse_rows(app, result.bad, result.read, tell=how == "table")
    for name, values in result.unknown.items():
        shown = [*values[:SHOWN], *(["…"] if len(values) > SHOWN else [])]
        app.warn(
            Sentence(
                "{field}: not in the regulation's list and kept as they are: {values}.",
                field=words.label(kind.fields[name].label),
                values=shown,
            )
        )
    if how == "table":
        template = (
            "{read} rows read, {added} would be added, {already} are there already."
            if dry_run
            else "{read} rows read, {added} added, {already} were there already."
        )
        app.say(Sentence(template, read=result.read, added=result.added, already=result.already))
    return 0


def refuse_rows(app: App, bad: Sequence[BadRow], read: int, *, tell: bool = True) -> NoReturn:
    """Say what is wrong with each row, and raise BadInput: none of those read is taken."""
    gettext = app.words.gettext
    for row, column, sentence in bad if tell else ():
        where = gettext("Row {row}, column {column}: ") if column else gettext("Row {row}: ")
        print(clean(where.format(row=row, column=column) + app.words.sentence(sentence)), file=app.errors)
    raise BadInput(
        "{rows} of {read} rows cannot be taken, so nothing was written; mend them and import again.",
        rows=len({row for row, _, _ in bad}),
        read=read,
    )


def _progress(app: App) -> Any:
    """A count on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return None

    def tell(read: int) -> None:
        if read % 500 == 0:
            print(f"\r{app.words.gettext('{count} rows read').format(count=read)}", end="", file=app.errors, flush=True)

    return tell
