"""`pmcs staff duties`: what somebody answers for, and the open work under each clause (article 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from pmcs.cli.answers import print_object, print_objects
from pmcs.cli.app import FORMATS, App
from pmcs.cli.completion import complete_id
from pmcs.errors import Sentence
from pmcs.store.queries import Row


@click.command()
@click.argument("id", shell_complete=complete_id("staff", ["active"]))
@click.option("--format", "how", type=click.Choice(FORMATS), default="table")
@click.pass_obj
def duties(app: App, id: str, how: str) -> None:  # noqa: A002
    """A person's posts, the clauses they answer for, and their open records under each."""
    from pmcs.cli.today import for_csv, plain_rows
    from pmcs.duties.staff_duties import duties_of

    person = app.store.find(id, ("staff",))
    found = duties_of(app.store, person, app.now().date())
    posts = app.store.regulations.on(app.now().date()).posts
    groups = [(duty.clause.number, duty.clause.brief, duty.posts, duty.work) for duty in found.duties]
    _ = app.words.gettext
    groups.append(("", _("Other work"), (), found.other))
    if how in {"json", "yaml"}:
        listed = [
            {"clause": number or None, "brief": brief, "posts": list(by), "records": [_told(row) for row in work]}
            for number, brief, by, work in groups
        ]
        print_object({"id": person, "posts": found.posts, "held": list(found.held), "duties": listed}, how, app.out)
        return
    cells: list[dict[str, Any]] = []
    columns: list[tuple[str, str]] = []
    for number, brief, _by, work in groups:
        rows, _objects, columns = plain_rows(app, work)
        if number or rows:
            cells += [{"clause": number, "duty": brief, **row} for row in rows or [{}]]
    columns = [("clause", _("Clause")), ("duty", _("Duty")), *columns]
    if how == "csv":
        print_objects(cells, cells, for_csv(columns), how, app.out)
        return
    for row in found.posts:
        app.say(_post(app, posts, row))
    if not found.held:
        app.say(Sentence("{person} holds no post today.", person=person))
    _only_once(cells)
    print_objects((), cells, columns, how, app.out)


def _told(row: Row) -> dict[str, str]:
    return {"id": row.id, "kind": row.kind, "state": row.state}


def _post(app: App, posts: Mapping[str, Any], row: Mapping[str, str]) -> Sentence:
    label = app.words.label(posts[row["post"]].label) if row["post"] in posts else row["post"]
    if row.get("until"):
        return Sentence("{post}: {since} to {until}.", post=label, since=row["since"], until=row["until"])
    return Sentence("{post}: since {since}.", post=label, since=row["since"])


def _only_once(cells: list[dict[str, Any]]) -> None:
    """A clause stands at the first of its records alone."""
    before = ""
    for row in cells:
        if row["clause"] == before:
            row["clause"], row["duty"] = "", ""
        else:
            before = row["clause"]
