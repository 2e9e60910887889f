"""The options that commands of kinds are made of: fields, and what every action or listing takes."""

from __future__ import annotations

from collections.abc import Container

import click

from pmcs.cli.app import FORMATS, App
from pmcs.cli.completion import complete_field
from pmcs.core.kind import Field


def option_name(name: str) -> str:
    """A field's option."""
    return "--" + name.replace("_", "-")


def field_option(app: App, item: Field, *, prefix: str = "", required: bool = False) -> click.Option:
    """The option of a field or column."""
    label = app.words.label(item.label)
    choices = ", ".join(f"{name} {app.words.label(choice.label)}" for name, choice in (item.values or {}).items())
    parts = [label + ("*" if required else "")]
    if choices:
        parts.append(f"[{choices}]")
    if item.rows:
        parts.append("(" + ",".join(f"{name}=..." for name in item.rows) + ")")
    return click.Option(
        [option_name(prefix + item.name), f"field__{prefix}{item.name}"],
        metavar=item.type.upper() if item.type not in {"line", "text"} else "TEXT",
        multiple=bool(item.rows) or item.type in {"files", "refs"},
        help=" ".join(parts),
        shell_complete=complete_field(item),
    )


def rows_option(app: App, taken: Container[str]) -> click.Option:
    """--from, for what adds or changes rows; --from-file where a field is called so."""
    name = "--from-file" if "--from" in taken else "--from"
    text = app.words.gettext("The rows from a table (CSV or XLSX), its columns by name or label: all or none.")
    return click.Option([name, "from_file"], type=click.Path(), metavar="FILE", help=text)


def engine_options(app: App) -> list[click.Parameter]:
    """What every action takes."""
    _ = app.words.gettext
    return [
        click.Option(["--note", "--opinion"], metavar="TEXT", help=_("A note; the body of the commit.")),
        click.Option(["--at"], metavar="TIME", help=_("When it happened, if not now.")),
        click.Option(["--mask"], is_flag=True, help=_("Mask phone and ID numbers found in free text.")),
        format_option(app),
        *global_options(app),
    ]


def format_option(app: App) -> click.Option:
    """--format."""
    return click.Option(
        ["--format"], type=click.Choice(FORMATS), default="table", help=app.words.gettext("How to print it.")
    )


def global_options(app: App) -> list[click.Option]:
    """Understood anywhere (cli.main); named here for --help."""
    return [
        click.Option(["--store"], metavar="DIR", expose_value=False, hidden=True),
        click.Option(["--lang"], metavar="LANG", expose_value=False, hidden=True),
        click.Option(["--as-of"], metavar="REV", expose_value=False, hidden=True),
        click.Option(
            ["--as"], metavar="CODE", expose_value=False, help=app.words.gettext("Who acts, at a shared counter.")
        ),
    ]
