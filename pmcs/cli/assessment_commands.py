"""`pmcs assessment open|verify`: assessments for everybody of a period, and worked out again from their basis (13)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pmcs.cli.answers import print_objects
from pmcs.cli.app import FORMATS, App
from pmcs.cli.completion import assessed_posts, complete_among, complete_id
from pmcs.core.record import day_of
from pmcs.errors import Broken, Sentence

if TYPE_CHECKING:
    from pmcs.duties.assessments import Difference, Verified

FORMAT = click.option("--format", "how", type=click.Choice(FORMATS), default="table")
SHORT = 12
"""Letters of a commit that people read."""


@click.command("open")
@click.argument("period", metavar="PERIOD")
@click.option(
    "--post",
    metavar="POST",
    help="Only those who held this post in the period.",
    default="",
    shell_complete=complete_among(assessed_posts),
)
@FORMAT
@click.pass_obj
def open_period(app: App, period: str, post: str, how: str) -> None:
    """Open an assessment for everybody of a period (2026-10, 2026-Q3, 2026), with its figures, in one commit."""
    from pmcs.duties.acting import Acting, by_system
    from pmcs.duties.assessments import open_assessments

    if app.viewer is None and app.as_option is None:  # cron, which has no identity
        acting = by_system(app.now, app.language)
    else:
        acting = Acting(*app.actor(), app.now, app.language)
    done = open_assessments(app.store, period, post, acting)
    made = {step.after.id: step.after.get("person") for step in done.steps}
    if how == "table":
        for id_, person in made.items():
            app.say(Sentence("{id}: opened for {person}.", id=id_, person=person))
        if done.present:
            app.say(Sentence("There already: {ids}.", ids=list(done.present)))
        app.say(Sentence("{count} made.", count=len(made)))
    else:
        names = ("id", "period", "person", "made")
        rows = [
            {"id": id_, "period": done.period, "person": person, "made": id_ in made}
            for id_, person in (made | done.present).items()
        ]
        print_objects(rows, rows, [(name, name) for name in names], how, app.out)


@click.command()
@click.argument("named", nargs=-1, metavar="[ID|PERIOD]...", shell_complete=complete_id("assessment", []))
@FORMAT
@click.pass_obj
def verify(app: App, named: Sequence[str], how: str) -> int:
    """Work assessments out again at the commit they rest on; what differs, and what they cite that changed since."""
    from pmcs.cli.shapes import whole
    from pmcs.duties.assessments import verified

    objects: list[dict[str, Any]] = []
    sound = True
    for found in verified(app.store, named, app.language):
        sound = sound and found.same
        shown = whole(app, found.kind, found.record.id, found.record.fields)
        if how == "table":
            _say(app, found, shown=shown)
        objects.append(_object(found, shown=shown))
    if how != "table":
        names = ("id", "same", "basis", "differences", "changed", "later")
        cells = [{name: _cell(item.get(name, "")) for name in names} for item in objects]
        print_objects(objects, cells, [(name, name) for name in names], how, app.out)
    elif not objects:
        app.say(Sentence("None."))
    return 0 if sound else Broken.exit_code


def _say(app: App, found: Verified, *, shown: bool) -> None:
    id_, basis = found.record.id, found.record.get("basis")[:SHORT]
    if found.same:
        app.say(Sentence("{id}: same at {basis}.", id=id_, basis=basis))
    else:
        app.say(Sentence("{id}: differs at {basis}.", id=id_, basis=basis))
    told = list(found.problems)
    told += [
        Sentence("{what} stands as {stands}, worked out as {found}.", **_named(app, found, item))
        for item in found.differences
    ]
    told += [
        Sentence("{id} changed since: {actions}.", id=cited, actions=_labels(app, cited, actions))
        for cited, actions in found.changed.items()
    ]
    told += [
        Sentence("{what} stands as {stands}, would now be {found}.", **_named(app, found, item)) for item in found.later
    ]
    for sentence in told if shown else ():
        app.say(f"  {app.words.sentence(sentence)}")


def _labels(app: App, id_: str, actions: Sequence[str]) -> list[str]:
    """Actions as people call them."""
    known = app.store.kind_named(app.store.row(id_).kind, day_of(id_)).actions
    return [app.words.label(known[name].label) if name in known else name for name in actions]


def _named(app: App, found: Verified, item: Difference) -> dict[str, str]:
    """A difference with the labels that the record shows."""
    kind, label = found.kind, app.words.label
    if item.item is None:
        what = label(kind.fields[item.name].label)
    else:
        rows = [*found.record.rows("figures"), *found.record.rows("marks")]
        called = next((row.get("what", "") for row in rows if row.get("item") == item.item), "") or item.item
        what = f"{called} {label((kind.fields['figures'].rows or {})[item.name].label)}"
    return {"what": what, "stands": item.stands or "-", "found": item.found or "-"}


def _object(found: Verified, *, shown: bool) -> dict[str, Any]:
    thing: dict[str, Any] = {"id": found.record.id, "same": found.same}
    if shown:
        thing |= {
            "basis": found.record.get("basis"),
            "problems": [str(problem) for problem in found.problems],
            "differences": [item._asdict() for item in found.differences],
            "changed": dict(found.changed),
            "later": [item._asdict() for item in found.later],
        }
    return thing


def _cell(value: Any) -> str:
    return str(len(value)) if isinstance(value, list | dict) else str(value)
