"""Commands over the whole store: init, desk, doctor, check, escalate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from pmcs.cli.answers import print_objects
from pmcs.cli.app import FORMATS, App
from pmcs.errors import BadInput, Refused, Sentence

FORMAT = click.option("--format", "how", type=click.Choice(FORMATS), default="table")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--office", default="", metavar="NAME", help="The office's name.")
@click.option("--code", default="", metavar="CODE", help="The office's short code.")
@click.option("--time-zone", default="", metavar="ZONE", help="Asia/Shanghai unless told otherwise.")
@click.option("--sign", is_flag=True, help="Every commit is signed with an SSH key.")
@click.pass_obj
def init(app: App, folder: Path, office: str, code: str, time_zone: str, sign: bool) -> None:
    """Make a store: starter regulation, git repository, you as manager, this clone as desk A."""
    from zoneinfo import ZoneInfo

    from pmcs.store.founding import found_store

    zone = time_zone or "Asia/Shanghai"
    try:
        now = app.clock().astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        raise BadInput("There is no time zone {zone}; write one such as Asia/Shanghai.", zone=zone) from None
    settings = {"office": office, "time_zone": time_zone, "language": app.language if app.language_option else ""}
    given = {key: value for key, value in settings.items() if value}
    # The starter's code is another office's: nobody's is left to stand by mistake.
    store = found_store(app.folder / folder, {**given, "code": code}, now, sign=sign)
    app.say(
        Sentence(
            "The store is in {folder}; you are its manager, and this clone is desk {desk}.", folder=store.root, desk="A"
        )
    )


@click.command()
@click.argument("letter", required=False)
@click.pass_obj
def desk(app: App, letter: str | None) -> None:
    """Say which desk this clone is, or name it: one or two capital letters, unique in the store."""
    local = app.store.local
    present = local.read_desk()
    if letter is None:
        app.say(
            Sentence("This clone is desk {desk}.", desk=present)
            if present
            else Sentence("This clone is no desk and issues no numbers.")
        )
        return
    if present and present != letter:
        raise Refused("This clone is desk {desk} and stays it: its numbers say so.", desk=present)
    if present is None and app.store.lookups.desk_used(letter):
        raise Refused("Desk {desk} has issued numbers in this store already; choose another letter.", desk=letter)
    local.write_desk(letter)
    app.say(Sentence("This clone is desk {desk}.", desk=letter))


@click.command()
@click.pass_obj
def doctor(app: App) -> None:
    """Where things are and whether they are well: git, key ring, index, regulation, calendar."""
    from pmcs.cli.doctor import report

    report(app)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@FORMAT
@click.pass_obj
def check(app: App, paths: Sequence[Path], how: str) -> int:
    """Check every file, or those named: shape, history, permission, references, numbers. Reads only."""
    from pmcs.duties.checking import check_store

    wanted = [app.folder / path for path in paths]
    for path in wanted:
        if not path.exists():
            raise BadInput("There is no file {file}.", file=path)
    store = app.unmended
    now = app.clock().astimezone(store.config.zone)
    found = list(check_store(store, now, app.language, wanted))
    rows = [
        {
            "code": item.code,
            "severity": item.severity,
            "file": item.file,
            "line": item.line,
            "field": item.field,
            "clause": item.clause,
            "message": app.words.sentence(item.sentence),
        }
        for item in found
    ]
    errors = sum(item.severity == "error" for item in found)
    _ = app.words.gettext
    severities = {"error": _("error"), "warning": _("warning")}
    if how == "table":
        for row in rows:
            line = f":{row['line']}" if row["line"] else ""
            app.say(f"{row['file']}{line}: {severities[str(row['severity'])]}: {row['message']}")
        app.say(Sentence("{errors} errors, {warnings} warnings.", errors=errors, warnings=len(found) - errors))
    else:
        print_objects(
            rows, rows, [(name, name) for name in ("file", "line", "severity", "code", "message")], how, app.out
        )
    return 1 if errors else 0


@click.command()
@FORMAT
@click.pass_obj
def escalate(app: App, how: str) -> int:
    """Do what is due by itself (for cron): clocks run out, records let go, escalation; each once, in one commit."""
    from pmcs.cli.acting import step_line
    from pmcs.duties.acting import by_system
    from pmcs.duties.unattended import run_unattended

    done = run_unattended(app.store, by_system(app.now, app.language))
    for error in done.left:
        app.warn(error.sentence)
    code = done.left[0].exit_code if done.left else 0
    rows = [
        {"id": step.after.id, **row, "level": int(row["level"])}
        for step in done.steps
        for row in step.event.add.get("escalations", [])
    ]
    if how != "table":
        print_objects(rows, rows, [(name, name) for name in ("id", "clock", "level", "told")], how, app.out)
        return code
    session = app.store.session(app.now().date(), app.language)
    for step in done.steps:
        if step.event.do != "escalate":
            app.say(step_line(app, step))
        for row in step.event.add.get("escalations", []):
            said = {"clock": app.words.label(step.kind.clocks[row["clock"]].label), "told": session.post(row["told"])}
            # At once is no share of any time.
            template = (
                "{id}: {clock} at {level} %, told {told}." if int(row["level"]) else "{id}: {clock}, told {told}."
            )
            app.say(Sentence(template, id=step.after.id, level=row["level"], **said))
    app.say(Sentence("{count} levels written.", count=len(rows)))
    return code
