"""`pmcs kind ...`: for the office that writes its own: list, explain, new, schema."""

from __future__ import annotations

import click

from pmcs.cli.answers import print_objects
from pmcs.cli.app import FORMATS, App
from pmcs.cli.output import write
from pmcs.cli.trying import try_
from pmcs.core.finding import ERROR
from pmcs.core.kind import Choose
from pmcs.errors import Sentence


@click.group()
def kind() -> None:
    """The kinds of record: those there are, and an office's own."""


@kind.command("list")
@click.option("--format", "how", type=click.Choice(FORMATS), default="table", help="How to print it.")
@click.pass_obj
def list_kinds(app: App, how: str) -> None:
    """Every kind of the regulation in force, and how many records there are."""
    _ = app.words.gettext
    found, rows = [], []
    for item in app.store.regulations.on(app.now().date()).kinds:
        clause = list(item.clause.table.values()) if isinstance(item.clause, Choose) else [item.clause or ""]
        row = {
            "kind": item.name,
            "title": app.words.label(item.title),
            "clause": ", ".join(dict.fromkeys(clause)),
            "records": app.store.queries.list(item.name, limit=1)[1],
        }
        letters = {"number": item.number, "register": item.register, "key": item.key}
        found.append({**row, **{name: value for name, value in letters.items() if value}})
        rows.append({**row, "number": item.number or item.register or item.key})
    columns = [
        ("kind", _("Kind")),
        ("title", _("Title")),
        ("clause", _("Clause")),
        ("number", _("Letters or key")),
        ("records", _("Records")),
    ]
    print_objects(found, rows, columns, how, app.out)


@kind.command("explain")
@click.argument("name")
@click.pass_obj
def explain(app: App, name: str) -> int:
    """Read a kind's file back as sentences, so that a forgotten line shows; exit 1 where it has errors."""
    from pmcs.cli.regulation_commands import print_problems
    from pmcs.cli.telling import told
    from pmcs.duties.kind_files import as_written
    from pmcs.regulation.explaining import explained
    from pmcs.regulation.explaining_words import Line, Section, Teller

    store = app.unmended
    today = app.clock().astimezone(store.config.zone).date()
    regulation, problems = as_written(store, name, today)
    if any(item.severity == ERROR for item in problems):
        return print_problems(app, problems)
    title, sections = explained(Teller(regulation.kind(name), regulation, app.words.label))
    if problems:
        place = [Line(f"{item.file}:{item.line}", (item.sentence,)) for item in problems]
        sections.append(Section(Sentence("Legal, and probably a forgotten line"), tuple(place)))
    write("\n".join([title, *told(sections, app.words, app.out)]) + "\n", app.out)
    return 0


@kind.command("new")
@click.argument("name")
@click.option("--like", required=True, metavar="KIND", help="The kind whose file is copied.")
@click.pass_obj
def new(app: App, name: str, like: str) -> None:
    """Begin the file of a new kind as a copy of one that works."""
    from pmcs.cli.words import Words, language_from
    from pmcs.duties.kind_files import SCHEMA, begin

    # The schema is shared by the office: it speaks the store's language, whoever types.
    words = Words(language_from(None, None, app.store.config.language))
    draft = begin(app.store, name, like, app.now().date(), words.gettext)
    app.say(Sentence("Begun: {file}, a copy of {like}.", file=draft.file, like=like))
    if draft.letters:
        app.say(Sentence("Its numbers begin with {letters}, which no other kind has.", letters=draft.letters))
    if draft.still:
        app.say(Sentence("It still names {like} in line {lines}; is that meant?", like=like, lines=draft.still))
    app.say(Sentence("Editors know the words of the language from {file}.", file=SCHEMA))
    app.say(
        Sentence(
            "Next: edit it; pmcs regulation check; pmcs kind explain {name}; pmcs kind try {name};"
            " then git add regulation and git commit.",
            name=name,
        )
    )
    for folder in draft.later:
        app.say(Sentence("A later version begins: copy the finished file to {folder}, too.", folder=folder))


@kind.command("schema")
@click.pass_obj
def schema(app: App) -> None:
    """The JSON Schema of kind files, for editors."""
    from pmcs.duties.kind_files import schema_text

    write(schema_text(app.words.gettext), app.out)


kind.add_command(try_)
