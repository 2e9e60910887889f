"""`pmcs audit log` and `pmcs audit show`: what was done, as the commits say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import click

from pmcs.cli.answers import print_objects
from pmcs.cli.app import FORMATS, MOST, App
from pmcs.cli.completion import ANY, clauses, complete_among, complete_id
from pmcs.cli.shapes import local_time
from pmcs.core.late import late_by
from pmcs.errors import BadInput, Sentence
from pmcs.store.git_process import git

FORMAT = click.option("--format", "how", type=click.Choice(FORMATS), default="table")
LAYOUT = "%H%x00%cI%x00%an%x00%ae%x00%cn%x00%ce%x00%s%x00%(trailers:only,unfold)%x00"
SHOWN = 3
"""Numbers in a cell."""


@click.command()
@click.option("--actor", metavar="CODE", shell_complete=complete_id("staff"), help="Only what this person did.")
@click.option(
    "--clause", metavar="CLAUSE", shell_complete=complete_among(clauses), help="Only what carries out this clause."
)
@click.option("--record", metavar="ID", shell_complete=complete_id(ANY), help="Only what was done on this record.")
@click.option("--since", metavar="DATE", help="On or after this day.")
@click.option("--until", metavar="DATE", help="On or before this day.")
@click.option("--limit", type=click.IntRange(0, MOST), default=20, help="How many rows; 0 is all.")
@FORMAT
@click.pass_obj
def log(
    app: App,
    actor: str | None,
    clause: str | None,
    record: str | None,
    since: str | None,
    until: str | None,
    limit: int,
    how: str,
) -> None:
    """The actions, from the trailers of the commits, the newest first."""
    wanted = {"Actor": actor, "Clause": clause, "Record": app.store.find(record) if record else None}
    greps = [f"--grep=^{key}: {re.escape(value)}$" for key, value in wanted.items() if value]
    rows = []
    for row in commits(app, "--extended-regexp", "--all-match", "--grep=^Action: .", *greps):
        said = row["trailers"]
        if not said.get("Action") or any(value and value not in said.get(key, ()) for key, value in wanted.items()):
            continue
        if not _within(app, row["at"], since, until):
            continue
        rows.append(_row(row))
        if len(rows) == limit:
            break
    cells = [
        {**row, "at": local_time(app, row["at"]), "record": _short(row["records"]), "clause": ", ".join(row["clauses"]),
         "action": ", ".join(row["actions"])}
        for row in rows
    ]  # fmt: skip
    _ = app.words.gettext
    columns = [
        ("commit", _("Commit")),
        ("at", _("When")),
        ("actor", _("Who")),
        ("post", _("Post")),
        ("action", _("What")),
        ("record", _("Record")),
        ("clause", _("Clause")),
    ]
    print_objects(rows, cells, columns, how, app.out)
    if how == "table" and not rows:
        app.say(Sentence("None."))


def _short(ids: list[str]) -> str:
    return ", ".join(ids[:SHOWN]) + (" …" if len(ids) > SHOWN else "")


def _within(app: App, at: str, since: str | None, until: str | None) -> bool:
    when = datetime.fromisoformat(at)
    begins, ends = (_day(app, text) for text in (since, until))
    return (begins is None or when >= begins) and (ends is None or when < ends + timedelta(days=1))


def _day(app: App, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), app.store.config.zone)
    except ValueError:
        raise BadInput("{text} is no day; write one such as 2026-11-23.", text=text) from None


def commits(app: App, *words: str) -> Iterator[dict[str, Any]]:
    """The commits of the store, the newest first, with their trailers."""
    repository = app.store.repository
    if repository.head().oid is None:
        return
    under = ["--", app.store.prefix] if app.store.prefix and "--" not in words else []
    at = repository.head().oid or ""
    asked = git(repository.root, "log", f"--format={LAYOUT}", at, *words, *under).stdout.decode("utf-8", "replace")
    for oid, when, author, author_mail, committer, committer_mail, subject, text in zip(
        *[iter(asked.split("\0")[:-1])] * 8, strict=True
    ):
        trailers: dict[str, list[str]] = {}
        for line in text.splitlines():
            key, colon, value = line.partition(": ")
            if colon:
                trailers.setdefault(key, []).append(value)
        yield {
            "commit": oid.strip(),
            "at": when,
            "author": f"{author} <{author_mail}>",
            "committer": f"{committer} <{committer_mail}>",
            "subject": subject,
            "trailers": trailers,
        }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    said = row["trailers"]
    return {
        "commit": row["commit"][:12],
        "at": row["at"],
        "actor": ", ".join(said.get("Actor", [])),
        "post": ", ".join(said.get("Post", [])),
        "actions": said.get("Action", []),
        "records": said.get("Record", []),
        "clauses": said.get("Clause", []),
        "author": row["author"],
        "committer": row["committer"],
    }


@click.command()
@click.argument("id", shell_complete=complete_id(ANY))
@FORMAT
@click.pass_obj
def show(app: App, id: str, how: str) -> None:  # noqa: A002
    """One record's life: each entry with the commit that brought it, who made that, and by which post."""
    from pmcs.store.documents import from_bytes

    store = app.store
    id_ = store.find(id)
    path = store.row(id_).path
    kind = store.kind_of(store.seen(id_)[0])
    commits_ = [*commits(app, "--topo-order", "--full-history", "--diff-merges=off", "--", path)][::-1]
    rows: list[dict[str, Any]] = []
    seen: list[Any] = []
    signed = _signed(app, [commit["commit"] for commit in commits_])
    for commit in commits_:
        held = dict(store.repository.tree(commit["commit"], path))
        if path not in held:
            continue
        events = from_bytes(dict(store.repository.blobs([held[path]]))[held[path]], path)[1]
        for event in events:
            if event in seen:
                continue
            seen.append(event)
            said = _row(commit)
            rows.append(
                {
                    "at": event.at.isoformat(),
                    "entered": event.entered.isoformat(),
                    "by": event.by,
                    "do": event.do,
                    "to": event.to or "",
                    "late": bool(late_by(kind, event)),
                    "commit": said["commit"],
                    "author": said["author"],
                    "committer": said["committer"],
                    "post": said["post"],
                    "clause": ", ".join(said["clauses"]),
                    "signed": signed.get(commit["commit"], False),
                }
            )
    _ = app.words.gettext
    cells = [
        {
            **row,
            "at": local_time(app, row["at"]),
            "late": _("late") if row["late"] else "",
            "signed": _("yes") if row["signed"] else _("no"),
        }
        for row in rows
    ]
    columns = [
        ("at", _("When")),
        ("by", _("Who")),
        ("do", _("What")),
        ("to", _("State")),
        ("post", _("Post")),
        ("clause", _("Clause")),
        ("late", _("Late entry")),
        ("commit", _("Commit")),
        ("author", _("Author")),
        ("committer", _("Committer")),
        ("signed", _("Signed")),
    ]
    print_objects(rows, cells, columns, how, app.out)


def _signed(app: App, oids: list[str]) -> dict[str, bool]:
    """Whether a commit carries a signature; audit verify judges it."""
    raws = app.store.repository.blobs(oids)
    return {oid: b"\ngpgsig" in raw.partition(b"\n\n")[0] for oid, (_, raw) in zip(oids, raws, strict=True)}
