"""Hand edits: what changed in a record's file becomes an `edit` event (DESIGN section 4)."""

from __future__ import annotations

from pmcs.core.entry import action_fields
from pmcs.core.kind import Kind
from pmcs.core.private import mask_text
from pmcs.core.record import Record, Value
from pmcs.core.sealed import is_sealed
from pmcs.errors import Refused
from pmcs.store.codec import decode
from pmcs.store.store import Store

SHOWN = 12  # names in a sentence


def changed_fields(store: Store, kind: Kind, record: Record, data: bytes, file: str) -> dict[str, Value]:
    """The fields that an edited file says otherwise than the record; "" where one was taken out.

    Raises Broken for a file that cannot be read, Refused where more was changed than `edit` may change.
    """
    tree = decode(data, file)
    present = store.head(record)
    allowed = action_fields(kind, kind.actions["edit"], record)
    changes: dict[str, Value] = {}
    beyond = []
    for name in dict.fromkeys([*present, *tree]):
        before, after = present.get(name), tree.get(name)
        if name == "history" or before == after:
            continue
        plain = isinstance(after or "", str) and isinstance(before or "", str)
        if name not in allowed or not plain or is_sealed(str(after or "")):
            beyond.append(name)
        else:
            changes[name] = after or ""
    if tree.get("history") != decode(_committed(store, record), file).get("history"):
        beyond.append("history")
    if beyond:
        raise Refused(
            "{fields} of {id} cannot be edited by hand; do it with the kind's actions, and drop the edit with"
            " `git checkout -- {file}`.",
            fields=[mask_text(name) for name in beyond[:SHOWN]] + ["…"] * (len(beyond) > SHOWN),
            id=record.id,
            file=file,
        )
    return changes


def _committed(store: Store, record: Record) -> bytes:
    row = store.row(record.id, (record.kind,))
    return dict(store.repository.blobs([row.oid]))[row.oid]
