"""`pmcs edit ID`: options as of the kind's own edit, an editor on a terminal, or what was edited by hand already."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from pmcs.cli.app import App
from pmcs.cli.completion import ANY, complete_id
from pmcs.errors import BadInput, Refused, Sentence


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("id", shell_complete=complete_id(ANY))
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def edit(ctx: click.Context, id: str, options: tuple[str, ...]) -> None:  # noqa: A002
    """Change what the opening asked: by --FIELD VALUE, in an editor, or take over what was edited by hand."""
    app = ctx.find_object(App)
    if app is None:
        return
    found = app.store.find(id)
    if options:
        from pmcs.cli.kind_commands import kind_group

        group = kind_group(app, app.store.row(found).kind)
        command = group.get_command(ctx, "edit")
        if command is not None:
            command.main(args=[found, *options], prog_name=f"pmcs {group.name} edit", standalone_mode=False, obj=app)
        return
    take_over(app, found)


def take_over(app: App, id_: str) -> None:
    """Turn what changed in the file, by hand or in the editor just opened, into an `edit` event."""
    from pmcs.cli.acting import answer
    from pmcs.core.world import Given
    from pmcs.duties.acting import Acting, act
    from pmcs.duties.hand_edits import changed_fields

    store = app.store
    row = store.row(id_)
    data = store.read(row.path)
    seen = store.repository.blob_oid(data)
    if seen == row.oid:
        if not app.terminal:
            raise BadInput(
                "{id} was not changed by hand; give what to change as in pmcs edit {id} --summary ...", id=id_
            )
        data = _edited(data)
    record, _ = store.seen(id_)
    kind = store.kind_of(record)
    changes = changed_fields(store, kind, record, data, row.path)
    if not changes and seen != row.oid:
        raise Refused(
            "Only what pmcs does not read was changed in {file}; drop it with `git checkout -- {file}`.", file=row.path
        )
    if not changes:
        app.say(Sentence("Nothing changed on {id}.", id=id_))
        return
    actor, author, committer = app.actor()
    acting = Acting(actor, author, committer, app.now, app.language)
    answer(app, act(store, kind.name, "edit", id_, Given(values=changes), acting, seen={row.path: seen}), "table")


def _edited(data: bytes) -> bytes:
    """The file as the user's editor leaves it; the store's own file is not touched."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "record.yaml"
        copy.write_bytes(data)
        click.edit(filename=str(copy))
        return copy.read_bytes()
