"""Switching signing on, and the keys in `pmcs.yaml`: each one commit of that file (article 11.4)."""

from __future__ import annotations

from collections.abc import Mapping

from pmcs.core.world import SYSTEM
from pmcs.duties.acting import Acting
from pmcs.errors import BadInput, Refused
from pmcs.store.config import FILE
from pmcs.store.founding import FOUNDER_POST, with_keys, with_signing
from pmcs.store.message import plain_message
from pmcs.store.signing import check_registered, make_system_key, own_key, signers, write_allowed
from pmcs.store.store import Store


def switch_on(store: Store, acting: Acting) -> None:
    """Have every commit signed from this one on.

    Raises Refused: it is on already, nobody but a manager does it, or the caller has no registered key.
    """
    with store.writing("audit sign"):
        _managers(acting)
        if store.config.signing:
            raise Refused("Every commit of this store is signed already ({file}, signing).", file=FILE)
        when = acting.clock()
        said, key = own_key(store.repository.root)
        check_registered(signers(store), acting.committer, key, when)
        keys = _with(store.config.keys, SYSTEM, make_system_key(store.local.shared))
        _save(store, acting, with_signing(with_keys(_present(store), keys)), "sign", said)


def register_key(store: Store, acting: Acting, email: str, key: str) -> bool:
    """Put a counter's public key into `pmcs.yaml`, or with no e-mail this clone's own for what is done by itself.

    Returns whether it was not there already. Raises Refused: nobody but a manager does it; BadInput: no such counter.
    """
    with store.writing("audit key"):
        _managers(acting)
        if email and email.lower() not in store.config.counters:
            raise BadInput(
                "{email} is no counter of {file}; a member of staff's key goes into the register with"
                " pmcs staff enrol.",
                email=email,
                file=FILE,
            )
        key = key if email else make_system_key(store.local.shared)
        name = email.lower() or SYSTEM
        if key in store.config.keys.get(name, ()):
            return False
        _save(store, acting, with_keys(_present(store), _with(store.config.keys, name, key)), "key", None)
        return True


def _managers(acting: Acting) -> None:
    if FOUNDER_POST not in acting.actor.posts:
        raise Refused("Only a manager changes who signs in this store; ask one.")


def _with(keys: Mapping[str, tuple[str, ...]], name: str, key: str) -> dict[str, tuple[str, ...]]:
    return {**keys, name: tuple(dict.fromkeys([*keys.get(name, ()), key]))}


def _present(store: Store) -> bytes:
    return (store.root / FILE).read_bytes()


def _save(store: Store, acting: Acting, data: bytes, action: str, key: str | None) -> None:
    path = store.path(FILE)
    trailers = {"Action": action, "Actor": acting.actor.code, "Post": FOUNDER_POST, "Clause": "11.4"}
    message = plain_message(f"audit {action}", trailers)
    before = store.committed([path])
    store.save([(path, data)], message, acting.author, acting.committer, acting.clock(), before, key=key)
    del store.config
    write_allowed(store)
