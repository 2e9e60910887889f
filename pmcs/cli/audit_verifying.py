"""`pmcs audit verify`."""

from __future__ import annotations

from pathlib import Path

import click

from pmcs.cli.answers import print_objects
from pmcs.cli.app import FORMATS, App
from pmcs.errors import Sentence


@click.command()
@click.option("--since", metavar="REV|DATE", help="Only the commits after this one, or from this day on.")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path), metavar="FILE", help="Hold the history against this copy."
)
@click.option("--format", "how", type=click.Choice(FORMATS), default="table")
@click.pass_obj
def verify(app: App, since: str | None, checkpoint: Path | None, how: str) -> int:
    """Walk the history: what was changed outside pmcs, not allowed, altered, deleted, back-dated, unsigned."""
    from pmcs.duties.audit.verifying import verify as verified

    store = app.unmended
    done = verified(store, app.language, since, app.folder / checkpoint if checkpoint else None)
    rows = [
        {
            "code": item.code,
            "severity": item.weight,
            "commit": item.commit[:12],
            "file": item.file,
            "message": app.words.sentence(item.sentence),
        }
        for item in done.found
    ]
    errors, warnings = (sum(row["severity"] == name for row in rows) for name in ("error", "warning"))
    if how != "table":
        columns = [(name, name) for name in ("commit", "severity", "code", "file", "message")]
        print_objects(rows, rows, columns, how, app.out)
    else:
        _ = app.words.gettext
        severities = {"error": _("error"), "warning": _("warning"), "info": _("info")}
        for row in rows:
            where = " ".join(part for part in (row["commit"], row["file"]) if part)
            app.say(f"{where}: {severities[row['severity']]} [{row['code']}]: {row['message']}")
        facts = {"commits": done.commits, "records": done.records}
        app.say(
            Sentence(
                "{commits} commits, {records} records: {errors} errors, {warnings} warnings, {others} to note.",
                errors=errors,
                warnings=warnings,
                others=len(rows) - errors - warnings,
                **facts,
            )
        )
    if store.repository.dirty():
        app.warn(Sentence("The work tree holds changes that are not committed; pmcs check judges those."))
    return 1 if errors else 0
