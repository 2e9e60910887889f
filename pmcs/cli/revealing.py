"""`pmcs KIND reveal`: private values in full, for a purpose that stays in the history (11.4)."""

from __future__ import annotations

from typing import Any

from pmcs.cli.answers import print_object
from pmcs.cli.app import App
from pmcs.core.kind import Kind
from pmcs.core.sealed import is_sealed
from pmcs.core.world import Given
from pmcs.duties.acting import Acting, act
from pmcs.errors import BadInput


def reveal(app: App, kind: Kind, text: str, purpose: str, how: str) -> None:
    """Write the purpose into the record's history first, then show what is sealed."""
    id_ = app.store.find(text, (kind.name,))
    actor, author, committer = app.actor()
    acting = Acting(actor, author, committer, app.now, app.language)
    record, _ = app.store.seen(id_, (kind.name,))
    if not purpose.strip() and app.terminal:
        from pmcs.cli import asking

        purpose = asking.purpose(app)
    if not purpose.strip():
        raise BadInput("--purpose says why the private values are looked at; give it.")
    clear = {
        name: app.store.vault.open(value, id_, name)
        for name, value in record.fields.items()
        if isinstance(value, str) and is_sealed(value)
    }
    act(app.store, kind.name, "reveal", id_, Given(note=purpose), acting)
    found: dict[str, Any] = {"id": id_, **clear}
    if how != "table":
        print_object(found, how, app.out)
        return
    for name, value in clear.items():
        app.say(app.words.label(kind.fields[name].label) + app.words.gettext(": ") + value)
