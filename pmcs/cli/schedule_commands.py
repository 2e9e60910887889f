"""`pmcs schedule run|next|ical`: what schedules make by themselves, and what comes next (8.1, 8.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from pmcs.cli.answers import print_objects
from pmcs.cli.app import FORMATS, MOST, App
from pmcs.cli.completion import complete_id
from pmcs.errors import Sentence

SHOWN, DAYS = 20, 90
FORMAT = click.option("--format", "how", type=click.Choice(FORMATS), default="table")
CODES = click.argument("codes", nargs=-1, metavar="[CODE]...", shell_complete=complete_id("schedule", []))


@click.command("run")
@click.option("--until", metavar="DATE", help="Make all that is planned up to this day, with it.")
@FORMAT
@click.pass_obj
def make(app: App, until: str | None, how: str) -> int:
    """Make what schedules plan (for cron): each occurrence once, in one commit; what nobody began in time is missed."""
    from pmcs.duties.acting import by_system
    from pmcs.duties.schedules import OPENING, run_schedules

    done = run_schedules(app.store, by_system(app.now, app.language), _day(app, "until", until))
    for error in done.left:
        app.warn(error.sentence)
    states = {step.after.id: step for step in done.steps}
    made = [states[step.after.id] for step in done.steps if step.before is None and step.event.do == OPENING]
    if how == "table":
        counted = Counter(
            (step.after.get("schedule"), app.words.label(step.kind.states[step.after.state].label)) for step in made
        )
        for (schedule, state), count in counted.items():
            app.say(Sentence("{schedule}: {count} × {state}.", schedule=schedule, count=count, state=state))
        others = len(states) - len(made)
        if others:
            app.say(Sentence("{count} made before are missed now.", count=others))
        app.say(Sentence("{count} made.", count=len(made)))
    else:
        names = ("id", "schedule", "planned", "state")
        rows = [
            {"id": step.after.id, "state": step.after.state, **{name: step.after.get(name) for name in names[1:3]}}
            for step in states.values()
        ]
        print_objects(rows, rows, [(name, name) for name in names], how, app.out)
    return done.left[0].exit_code if done.left else 0


@click.command("next")
@CODES
@click.option("--limit", type=click.IntRange(1, MOST), default=SHOWN)
@FORMAT
@click.pass_obj
def upcoming(app: App, codes: Sequence[str], limit: int, how: str) -> None:
    """What comes next of the schedules named, or of all: when, for what, within which time."""
    from pmcs.cli.shapes import local_time
    from pmcs.core.private import mask_text
    from pmcs.duties.schedules import coming

    _ = app.words.gettext
    found = coming(app.store, codes, app.now(), limit)
    objects: list[dict[str, Any]] = []
    for item in found:
        target = item.target[1] if item.target else None
        objects.append(
            {
                "planned": item.planned.isoformat(),
                "schedule": item.schedule.id,
                "name": mask_text(item.schedule.get("name")),
                "target": target,
                "earliest": item.window.earliest.isoformat(),
                "latest": item.window.latest.isoformat(),
                "post": item.schedule.get("post") or None,
                "person": item.schedule.get("person") or None,
                "id": item.number,
                "made": app.store.lookups.known(item.number),
            }
        )
    times = ("planned", "earliest", "latest")
    rows = [{**row, **{name: local_time(app, row[name]) for name in times}} for row in objects]
    columns = [
        ("planned", _("Planned")),
        ("schedule", _("Schedule")),
        ("name", _("Name")),
        ("target", _("Place or asset")),
        ("earliest", _("Earliest")),
        ("latest", _("Latest")),
    ]
    print_objects(objects, rows, columns, how, app.out)
    if not found and how == "table":
        app.say(Sentence("None."))


@click.command()
@CODES
@click.option("--until", metavar="DATE", help="Up to this day, with it; 90 days unless told otherwise.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE.ics", help="Write it there.")
@click.pass_obj
def ical(app: App, codes: Sequence[str], until: str | None, output: Path | None) -> None:
    """The calendar of the schedules named, or of all, as phones and khal read it (RFC 5545)."""
    from pmcs.cli.output import write, write_file
    from pmcs.duties.schedule_calendar import calendar

    now = app.now()
    text = calendar(app.store, codes, now, _day(app, "until", until) or now.date() + timedelta(days=DAYS), app.language)
    if output is None:
        write(text, app.out)
        return
    write_file(output, text.encode())
    app.say(Sentence("Written: {files}", files=[str(output)]))


def _day(app: App, option: str, text: str | None) -> date | None:
    from pmcs.core.scalars import parse_date

    return parse_date(f"--{option}", text, app.now()) if text else None
