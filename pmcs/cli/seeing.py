"""Seeing: today, search, show, log, reveal."""

from __future__ import annotations

from collections.abc import Sequence

import click

from pmcs.cli.answers import print_object, print_objects
from pmcs.cli.app import FORMATS, MOST, App
from pmcs.cli.completion import ANY, complete_id
from pmcs.cli.shapes import local_time, record_object
from pmcs.cli.unreadable import tell_broken
from pmcs.core.kind import Kind
from pmcs.core.record import Record
from pmcs.errors import Sentence

LIMIT = 20
FORMAT = click.option("--format", "how", type=click.Choice(FORMATS), default="table")


@click.command()
@click.option("--limit", type=click.IntRange(0, MOST), default=LIMIT)
@FORMAT
@click.pass_obj
def today(app: App, limit: int, how: str) -> None:
    """What is due: overdue, expired, at risk, due today, announced, waiting for approval, to be visited, and mine."""
    from pmcs.cli.today import for_csv, sections

    found = sections(app, limit or -1)
    if how == "table":
        for section in found:
            app.say(f"{section.title} ({section.total})")
            if section.rows:
                print_objects((), section.rows, section.columns, how, app.out)
            rest = section.total - len(section.rows)
            if rest > 0:
                app.say(Sentence("{rest} more; --limit 0 shows all.", rest=rest))
            app.say("")
    else:
        objects = [{"section": section.name, **row} for section in found for row in section.objects]
        cells = [{"section": section.title, **row} for section in found for row in section.rows]
        widest = max((section.columns for section in found), key=len)
        columns = [("section", app.words.gettext("Section")), *for_csv(widest)]
        print_objects(objects, cells, columns, how, app.out)
    tell_broken(app, None, [])


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(0, MOST), default=LIMIT)
@FORMAT
@click.pass_obj
def search(app: App, words: Sequence[str], limit: int, how: str) -> None:
    """Find records of any kind by the words in them, the newest first."""
    from pmcs.cli.today import for_csv, plain_rows

    rows, total = app.store.queries.search(" ".join(words), limit or -1)
    cells, objects, columns = plain_rows(app, rows)
    print_objects(objects, cells, columns if how == "table" else for_csv(columns), how, app.out)
    if how == "table":
        from pmcs.cli.listing import tell_rest

        tell_rest(app, len(rows), total, how)
    tell_broken(app, None, [row.id for row in rows])


@click.command()
@click.argument("id", shell_complete=complete_id(ANY))
@FORMAT
@click.pass_obj
def show(app: App, id: str, how: str) -> None:  # noqa: A002
    """One record on one page: fields, clocks with the time left, history."""
    show_record(app, id, ("any",), how)


@click.command()
@click.argument("id", shell_complete=complete_id(ANY))
@FORMAT
@click.pass_obj
def log(app: App, id: str, how: str) -> None:  # noqa: A002
    """The commits of one record, as git has them."""
    show_log(app, id, ("any",), how)


def kind_command(app: App, name: str, kind: Kind) -> click.Command:
    """`pmcs KIND show|log|reveal`."""
    number = click.Argument(["id"], metavar="ID", shell_complete=complete_id(kind.name))
    how = click.Option(["--format", "how"], type=click.Choice(FORMATS), default="table")

    @click.pass_obj
    def run(app: App, /, id: str, how: str = "table", purpose: str = "") -> None:  # noqa: A002
        if name == "show":
            show_record(app, id, (kind.name,), how)
        elif name == "log":
            show_log(app, id, (kind.name,), how)
        else:
            from pmcs.cli.revealing import reveal

            reveal(app, kind, id, purpose, how)

    params: list[click.Parameter] = [number, how]
    if name == "reveal":
        params.append(click.Option(["--purpose"], default="", required=not app.terminal, metavar="TEXT"))
    return click.Command(name, params=params, callback=run, help=app.words.gettext(_HELP[name]))


_HELP = {
    "show": "One record on one page.",
    "log": "The commits of one record.",
    "reveal": "Show the private values in full; leaves a trace.",
}


def _among(kinds: tuple[str, ...]) -> tuple[str, ...]:
    return () if "any" in kinds else kinds


def show_record(app: App, text: str, kinds: tuple[str, ...], how: str) -> None:
    """Print one record; one that was changed by hand is shown as last committed, with a warning."""
    id_ = app.store.find(text, kinds)
    record, warnings = app.store.seen(id_, _among(kinds))
    kind = app.store.kind_of(record)
    if how != "table":
        for warning in warnings:
            app.warn(warning)
        print_object(record_object(app, kind, record) | {"links": _links(app, record)}, how, app.out)
        return
    from pmcs.cli.one_record import print_record
    from pmcs.cli.page import page

    print_record(page(app, kind, record, warnings), app.words, app.out)


def _links(app: App, record: Record) -> list[dict[str, str]]:
    """Who names this record: the other ends of its links."""
    return [{"kind": other, "id": id_, "field": name} for other, id_, name in app.store.queries.referring(record.id)]


def show_log(app: App, text: str, kinds: tuple[str, ...], how: str) -> None:
    """Print git's view of one record."""
    id_ = app.store.find(text, kinds)
    path = app.store.row(id_, _among(kinds)).path
    rows = []
    for commit in app.store.repository.log(path, None):
        trailers: dict[str, str] = {}
        for key, value in commit.trailers:
            trailers[key] = f"{trailers[key]}, {value}" if key in trailers else value
        rows.append(
            {
                "commit": commit.oid[:12],
                "at": commit.when.isoformat(),
                "author": commit.author.name,
                "subject": commit.subject,
                "actor": trailers.get("Actor", ""),
                "post": trailers.get("Post", ""),
                "clause": trailers.get("Clause", ""),
            }
        )
    _ = app.words.gettext
    cells = [{**row, "at": local_time(app, row["at"])} for row in rows]
    columns = [
        ("commit", _("Commit")),
        ("at", _("When")),
        ("actor", _("Who")),
        ("subject", _("What")),
        ("clause", _("Clause")),
    ]
    print_objects(rows, cells, columns, how, app.out)
