"""`pmcs archive due|dispose`: what is past its retention, and the list of what is to be destroyed (5.9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import click

from pmcs.cli.answers import print_objects
from pmcs.cli.app import FORMATS, App
from pmcs.cli.completion import complete_id
from pmcs.errors import Sentence

FORMAT = click.option("--format", "how", type=click.Choice(FORMATS), default="table")


@click.command()
@click.option("--by", "day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Up to this day; today without it.")
@FORMAT
@click.pass_obj
def due(app: App, day: date | None, how: str) -> None:
    """What is past its retention and not destroyed yet (DA/T 22-2015)."""
    from pmcs.duties.disposals import due
    from pmcs.reports.catalogue import term_label

    today = app.now().date()
    found = due(app.store, date(day.year, day.month, day.day) if day else today)
    rows = [{**item._asdict(), "begun": str(item.begun), "over": str(item.over)} for item in found]
    _ = app.words.gettext
    regulation = app.store.regulations.on(today)
    shown = [
        {
            **row,
            "kind": app.words.label(regulation.kind(str(row["kind"])).title),
            "term": term_label(str(row["term"]), _),
        }
        for row in rows
    ]
    names = (
        *(
            ("id", _("Number")),
            ("kind", _("Kind")),
            ("title", _("Title")),
            ("term", _("Term")),
            ("begun", _("Counted from")),
        ),
        *(("over", _("Over on")), ("listed", _("Listed in"))),
    )
    print_objects(rows, shown if how == "table" else rows, names if how == "table" else _plain(names), how, app.out)
    if how == "table" and not found:
        app.say(Sentence("Nothing is past its retention."))


def _plain(names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, name) for name, _ in names]


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=complete_id("any", []))
@click.option("--reason", required=True, metavar="TEXT", help="Why it is destroyed.")
@click.pass_obj
def dispose(app: App, ids: Sequence[str], reason: str) -> None:
    """List what is to be destroyed: all that is due and in no list yet, or the records named. It destroys nothing."""
    from pmcs.cli.acting import answer
    from pmcs.duties.acting import Acting
    from pmcs.duties.disposals import dispose

    done = dispose(app.store, reason, ids, Acting(*app.actor(), app.now, app.language))
    answer(app, done, "table")
    app.say(
        Sentence(
            "Next: pmcs disposal appraise, submit, approve, begin and witness {id}, each by somebody else where the"
            " regulation says so; witness destroys the keys for good.",
            id=done.steps[0].after.id,
        )
    )
