"""`pmcs assessment results`: totals, promotion, and what is to be proposed (14)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pmcs.cli.answers import print_objects
from pmcs.cli.app import FORMATS, App
from pmcs.errors import BadInput, Refused, Sentence

if TYPE_CHECKING:
    from pmcs.duties.assessment_results import Result

XLSX = "xlsx"


@click.command()
@click.argument("period", metavar="PERIOD")
@click.option("--format", "how", type=click.Choice([*FORMATS, XLSX]), default="table")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.xlsx", help="With xlsx.")
@click.pass_obj
def results(app: App, period: str, how: str, output: Path | None) -> None:
    """What the confirmed assessments of a year, quarter or month come to: promotion, rewards, criticism (14)."""
    from pmcs.duties.assessment_results import results_of

    if (how == XLSX) != (output is not None):
        raise BadInput("--output FILE.xlsx belongs to --format xlsx; give both or neither.")
    found = results_of(app.store, period, app.now().date(), app.language, _shown(app))
    if how == "table" and not found:
        app.say(Sentence("None."))
        return
    objects = [_object(one) for one in found]
    cells = [_cells(app, one) for one in found]
    columns = _columns(app)
    if output is None:
        print_objects(objects, [{name: _plain(row[name]) for name in row} for row in cells], columns, how, app.out)
        return
    from pmcs.cli.output import write_file
    from pmcs.reports.workbook import workbook

    heads = [title for _, title in columns]
    data = workbook(period, heads, [[row[name] for name, _ in columns] for row in cells])
    write_file(output, data)
    app.say(Sentence("Written: {files}", files=[str(output)]))


def _shown(app: App) -> list[str] | None:
    """Whose results the viewer is shown: everybody's to whom the kind shows any whole, else their own. Raises Refused.

    A courtesy of the interface: the files are plain.
    """
    viewer, kind = app.viewer, app.store.kind_named("assessment")
    if viewer is None:
        raise Refused("Results are shown to members of staff; set git's user.email to one that the register has.")
    return None if viewer.posts & set(kind.sees) else [viewer.code]


def _object(one: Result) -> dict[str, Any]:
    return {
        "person": one.person,
        "name": one.name,
        "posts": list(one.posts),
        "mean": None if one.mean is None else float(one.mean),
        "totals": {id_: float(total) for id_, total in one.totals},
        "open": list(one.open),
        "reached": one.reached,
        "promotion": one.promotion,
        "reward": list(one.rewards),
        "criticism": list(one.criticisms),
        "proposed": list(one.proposed),
    }


def _cells(app: App, one: Result) -> dict[str, Any]:
    _ = app.words.gettext
    posts = app.store.regulations.on(app.now().date()).posts
    totals = [total for _id, total in one.totals]
    labels = [app.words.label(posts[name].label) if name in posts else name for name in one.posts]
    return {
        "person": one.person,
        "name": one.name,
        "posts": ", ".join(labels),
        "count": len(totals),
        "open": len(one.open),
        "mean": one.mean,
        "highest": max(totals, default=None),
        "lowest": min(totals, default=None),
        "reached": one.reached,
        "promotion": _("yes") if one.promotion else "",
        "reward": ", ".join(one.rewards),
        "criticism": ", ".join(one.criticisms),
        "proposed": ", ".join(one.proposed),
    }


def _columns(app: App) -> list[tuple[str, str]]:
    _ = app.words.gettext
    return [
        ("person", _("Person")),
        ("name", _("Name")),
        ("posts", _("Posts")),
        ("count", _("Confirmed")),
        ("open", _("Open")),
        ("mean", _("Mean")),
        ("highest", _("Highest")),
        ("lowest", _("Lowest")),
        ("reached", _("Reached")),
        ("promotion", _("Promotion")),
        ("reward", _("Reward")),
        ("criticism", _("Criticism")),
        ("proposed", _("Proposed")),
    ]


def _plain(value: str | int | Decimal | None) -> str:
    return "" if value is None else f"{value:.2f}" if isinstance(value, Decimal) else str(value)
