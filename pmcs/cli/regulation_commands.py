"""`pmcs regulation ...`: show, matrix, check, amend, diff, interpret (articles 1 to 4, 15, 16)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pmcs.cli.answers import print_object, print_objects
from pmcs.cli.app import FORMATS, App
from pmcs.cli.completion import clauses, complete_among, versions
from pmcs.cli.matrix_commands import matrix
from pmcs.errors import NotFound, Sentence

if TYPE_CHECKING:
    from pmcs.regulation.shape import Problem

FORMAT = click.option("--format", "how", type=click.Choice(FORMATS), default="table")


@click.group()
def regulation() -> None:
    """The regulation: its clauses, versions and interpretations."""


regulation.add_command(matrix)


@regulation.command("show")
@click.argument("clause", required=False, shell_complete=complete_among(clauses))
@FORMAT
@click.pass_obj
def show(app: App, clause: str | None, how: str) -> None:
    """One clause with its interpretations, or all of them."""
    from pmcs.duties.amending import interpretations

    now = app.now()
    version = app.store.regulations.on(now.date())
    if clause is not None and clause not in version.clauses:
        raise NotFound("There is no clause {clause}; see pmcs regulation show.", clause=clause)
    numbers = [clause] if clause else list(version.clauses)
    if clause and "." not in clause:
        numbers += [number for number in version.clauses if number.startswith(f"{clause}.")]
    rows = []
    for number in numbers:
        found = version.clauses[number]
        told = interpretations(app.store, number, now.date())
        rows.append(
            {
                "clause": number,
                "chapter": found.chapter,
                "title": found.title,
                "brief": found.brief,
                "text": found.text,
                "basis": list(found.basis),
                "declaratory": found.declaratory,
                "interpretations": [
                    {"id": row.id, "issued_on": row.fields.get("issued_on"), "text": row.fields.get("text")}
                    for row in told
                ],
            }
        )
    if how == "json" and clause and len(rows) == 1:
        print_object(rows[0], how, app.out)
    elif how != "table":
        print_objects(rows, rows, [(name, name) for name in ("clause", "title", "brief", "text")], how, app.out)
    else:
        _print(app, rows)


def _print(app: App, rows: list[dict[str, object]]) -> None:
    chapter: object = None
    for row in rows:
        if row["chapter"] != chapter:
            chapter = row["chapter"]
            app.say(f"\n{chapter}")
        inner = "." in str(row["clause"])
        title = "" if inner else f"{row['title']}: "
        app.say(f"{'    ' if inner else '  '}{row['clause']}  {title}{row['brief']}")
        if row["text"]:
            app.say(f"        {row['text']}")
        basis = row["basis"]
        if isinstance(basis, list) and basis:
            app.say("        " + app.words.gettext("Basis: ") + "、".join(basis))
        told = row["interpretations"]
        for item in told if isinstance(told, list) else ():
            app.say(f"        {app.words.gettext('Interpretation')} {item['id']} ({item['issued_on']}): {item['text']}")


@regulation.command("check")
@FORMAT
@click.pass_obj
def check(app: App, how: str) -> int:
    """Every error of every file at once; exit 1 where there is one."""
    from pmcs.duties.regulation_check import regulation_problems

    return print_problems(app, regulation_problems(app.unmended), how)


def print_problems(app: App, problems: Sequence[Problem], how: str = "table") -> int:
    """Each as FILE:LINE: sentence, or as objects; the exit code: 1 where there is an error."""
    rows = [
        {"file": item.file, "line": item.line, "severity": item.severity, "message": app.words.sentence(item.sentence)}
        for item in problems
    ]
    if how != "table":
        print_objects(rows, rows, [(name, name) for name in ("file", "line", "severity", "message")], how, app.out)
    else:
        for row in rows:
            warning = "" if row["severity"] == "error" else app.words.gettext("warning") + ": "
            app.say(f"{row['file']}:{row['line']}: {warning}{row['message']}")
        if not rows:
            app.say(Sentence("The regulation is sound."))
    return 1 if any(row["severity"] == "error" for row in rows) else 0


@regulation.command("amend")
@click.option("--from", "since", required=True, metavar="DATE", help="The day from which the new version is in force.")
@click.pass_obj
def amend(app: App, since: str) -> None:
    """Open the next version as a copy of the newest; edit it and commit with git."""
    from pmcs.core.scalars import parse_date
    from pmcs.duties.amending import amend as run

    now = app.now()
    actor, author, committer = app.actor()
    folder = run(app.store, parse_date("--from", since, now), now, actor, author, committer)
    app.say(
        Sentence(
            "The new version is in {folder}; edit it, run pmcs regulation check, and commit it with git.", folder=folder
        )
    )


@regulation.command("diff")
@click.argument("old", required=False, shell_complete=complete_among(versions))
@click.argument("new", required=False, shell_complete=complete_among(versions))
@click.pass_obj
def diff(app: App, old: str | None, new: str | None) -> None:
    """What differs between two versions; the last two unless they are named."""
    from pmcs.duties.amending import differences

    for line in differences(app.store, old, new):
        app.say(line)


@regulation.command("interpret")
@click.argument("clause", shell_complete=complete_among(clauses))
@click.option("--text", default="", metavar="TEXT", help="The company's interpretation.")
@click.option("--issued-on", default="today", metavar="DATE")
@click.option("--replaces", default="", metavar="ID", help="The interpretation that this one replaces.")
@click.option("--file", "files", multiple=True, metavar="FILE")
@click.option("--note", default="")
@FORMAT
@click.pass_obj
def interpret(
    app: App, clause: str, text: str, issued_on: str, replaces: str, files: tuple[str, ...], note: str, how: str
) -> None:
    """Record a dated interpretation of a clause by the company (article 15)."""
    from pmcs.cli.acting import run_action

    kind = app.store.regulations.on(app.now().date()).kind("interpretation")
    given = {"basis": clause, "text": text, "issued_on": issued_on, "replaces": replaces, "file": files}
    typed = {f"field__{name}": value for name, value in given.items() if value}
    run_action(app, kind, [kind.actions["new"]], {**typed, "note": note, "format": how})
