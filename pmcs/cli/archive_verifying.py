"""`pmcs archive verify|register`: a package by itself, and its record in the store (5.9)."""

from __future__ import annotations

from pathlib import Path

import click

from pmcs.cli.answers import print_objects
from pmcs.cli.app import FORMATS, App
from pmcs.duties.archive.verifying import Verified
from pmcs.errors import Broken, Sentence

PACKAGE = click.argument("path", type=click.Path(path_type=Path))
FORMAT = click.option("--format", "how", type=click.Choice(FORMATS), default="table")


@click.command()
@PACKAGE
@FORMAT
@click.pass_obj
def verify(app: App, path: Path, how: str) -> int:
    """Verify a package, folder or tar: needs nothing but the package and git."""
    from pmcs.duties.archive.verifying import verify as verified

    found = verified(app.folder / path)
    if how == "table":
        _tell(app, found)
    else:
        columns = [(name, name) for name in ("file", "severity", "code", "message")]
        rows = [
            {
                "file": item.file,
                "severity": item.severity,
                "code": item.code,
                "message": app.words.sentence(item.sentence),
            }
            for item in found.findings
        ]
        print_objects(rows, rows, columns, how, app.out)
    return 1 if found.findings else 0


def _tell(app: App, found: Verified) -> None:
    for item in found.findings:
        app.say(f"{item.file}: {app.words.sentence(item.sentence)}")
    if found.findings or found.facts is None:
        app.say(Sentence("The package is not whole: {count} findings.", count=len(found.findings)))
        return
    facts, (files, size) = found.facts, found.sizes
    app.say(
        Sentence(
            "{office}, {period}: {count} pieces, {files} files, {size} bytes, of commit {commit}: whole.",
            office=facts.office,
            period=facts.period,
            count=facts.pieces,
            files=files,
            size=size,
            commit=facts.commit,
        )
    )
    app.say(Sentence("Manifest: {digest}", digest=found.digest))


@click.command()
@PACKAGE
@click.pass_obj
def register(app: App, path: Path) -> None:
    """Verify a package and make its record: what ended in its period is closed from then on."""
    from pmcs.cli.acting import answer
    from pmcs.duties.acting import Acting
    from pmcs.duties.archive.registering import register as registered
    from pmcs.duties.archive.verifying import verify as verified

    place = app.folder / path
    found = verified(place)
    if found.findings or found.facts is None:
        raise Broken(
            "{file} is not whole: {count} findings; see pmcs archive verify.",
            file=place.name,
            count=len(found.findings),
        )
    actor, author, committer = app.actor()
    acting = Acting(actor, author, committer, app.now, app.language)
    answer(app, registered(app.store, place, found.facts, found.digest, acting), "table")
