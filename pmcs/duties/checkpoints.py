"""Writing a checkpoint: what the history is held against later (articles 5.9 and 11.4)."""

from __future__ import annotations

from pmcs.duties.acting import Acting
from pmcs.errors import Broken, Refused
from pmcs.store.checkpoints import NAMESPACE, Checkpoint, as_file, file_of, last_checkpoint, tree_of
from pmcs.store.message import plain_message
from pmcs.store.signing import SYSTEM_KEY, sign_bytes
from pmcs.store.store import Store


def make_checkpoint(store: Store, acting: Acting) -> tuple[Checkpoint, bool]:
    """The checkpoint of this moment, and whether it is a new one.

    A second one within a month is made only if records or settings changed since the last. Raises Refused: nothing is
    committed yet, or this clone has no key to sign with; Broken: the last one is not of this history.
    """
    with store.writing("audit checkpoint"):
        now = acting.clock()
        head = store.repository.head().oid
        if head is None:
            raise Refused("There is no commit yet to make a checkpoint of.")
        last = last_checkpoint(store)
        if last and not store.repository.contains(head, last.head):
            raise Broken(
                "The history was rewritten since checkpoint {number}; see pmcs audit verify.", number=last.sequence
            )
        touched = store.last_record_commit()
        of_now = last is not None and (last.date.year, last.date.month) == (now.year, now.month)
        if last and of_now and touched and store.repository.contains(last.head, touched[0]):
            return last, False
        sequence = last.sequence + 1 if last else 1
        previous = last.digest if last else ""
        told = (sequence, now.date(), head, tree_of(store, head), previous, store.config.office)
        data = as_file(*told)
        files = {store.path(file_of(sequence)): data}
        signature = ""
        if store.config.signing:
            key = store.local.shared / SYSTEM_KEY
            if not key.exists():
                raise Refused("This clone has no key for what is done by itself; make one with pmcs audit key.")
            signature = sign_bytes(key, data, NAMESPACE)
            files[store.path(f"{file_of(sequence)}.sig")] = signature.encode()
        trailers = {"Action": "checkpoint", "Actor": acting.actor.code, "Clause": "5.9"}
        message = plain_message(f"audit checkpoint {sequence}", trailers)
        before = store.committed(files)
        store.save(list(files.items()), message, acting.author, acting.committer, now, before)
        return Checkpoint(*told, data, signature), True
