"""Founding a store: the starter copied, the caller as first manager, one first commit (articles 1 to 4, 6, 16)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from pmcs.core.fold import fold
from pmcs.core.numbering import KEY
from pmcs.core.private import has_private
from pmcs.core.record import Event
from pmcs.core.world import SYSTEM
from pmcs.errors import BadInput, PmcsError, Refused, Unable
from pmcs.regulation.shipped import starter_dir
from pmcs.regulation.version import Regulation
from pmcs.store.codec import encode
from pmcs.store.config import FILE, SSH
from pmcs.store.documents import record_path, to_bytes
from pmcs.store.git import Repository
from pmcs.store.git_stream import Identity
from pmcs.store.lock import store_lock
from pmcs.store.message import plain_message
from pmcs.store.regulations import FOLDER, parsed
from pmcs.store.signing import make_system_key, own_key, write_allowed
from pmcs.store.store import Store
from pmcs.store.transaction import apply

FIRST_DESK = "A"
FOUNDER_POST = "manager"


def found_store(root: Path, settings: Mapping[str, str], now: datetime, *, sign: bool = False) -> Store:
    """Make a store in a new or empty folder and return it.

    `settings` are keys of `pmcs.yaml`; `now` is in the office's time zone; `sign`: every commit is signed, this
    one too. Raises Refused where there is a store
    already, BadInput where git does not know the caller, the identity makes no code, or there is no key to sign with.
    """
    if (root / FILE).exists():
        raise Refused("There is a store in {folder} already; use it, or choose another folder.", folder=root)
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unable("The folder {folder} cannot be made ({reason}).", folder=root, reason=error.strerror) from error
    there = Repository.discover(root)
    repository = there or Repository.create(root)
    try:
        founder = repository.author()
        code = founder_code(founder)
        said, own = own_key(repository.root) if sign else (None, "")
        system = make_system_key(Store(root).local.shared) if sign else ""
    except PmcsError:
        if there is None:
            shutil.rmtree(repository.git_dir)  # made a moment ago, and empty
        raise
    inside = root.resolve().relative_to(repository.root).as_posix()
    prefix = "" if inside == "." else f"{inside}/"
    files = {**starter(settings), **_founder(founder, code, now, own)}
    if sign:
        files[FILE] = with_signing(with_keys(files[FILE], {SYSTEM: (system,)}))
    store = Store(root)
    with store_lock(store.local.lock, "init"):
        apply(
            repository,
            store.local.worktree,
            [(prefix + name, data) for name, data in files.items()],
            plain_message(
                f"init {settings.get('office', '')}".strip(), {"Action": "init", "Actor": code, "Clause": "16"}
            ),
            founder,
            founder,
            now,
            key=said,
        )
        if sign:
            write_allowed(store)
    store.local.write_desk(FIRST_DESK)
    return store


def founder_code(founder: Identity) -> str:
    """The staff code of an identity: the e-mail's part before the @. Raises BadInput where it can be none."""
    code = founder.email.partition("@")[0]
    if not KEY.fullmatch(code) or has_private(code):
        raise BadInput(
            "Your e-mail's part before the @ would be your staff code in every record, and it cannot be one (a phone"
            " number, or characters a file name cannot hold); set another with git config user.email."
        )
    return code


def starter(settings: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a new store: `pmcs.yaml` with the settings, and the starter's regulation."""
    top = starter_dir()
    config = (top / FILE).read_text(encoding="utf-8")
    for key, value in settings.items():
        line = encode({key: value}).decode()
        config = re.sub(rf"^{key}: .*\n?", line.replace("\\", r"\\"), config, count=1, flags=re.MULTILINE)
    files = {FILE: config.encode()}
    for path in sorted((top / FOLDER).rglob("*.yaml")):
        files[path.relative_to(top).as_posix()] = path.read_bytes()
    return files


def with_keys(config: bytes, keys: Mapping[str, Sequence[str]]) -> bytes:
    """`pmcs.yaml` with these public keys by e-mail, its other lines as they stand."""
    rest = re.sub(r"^keys:.*\n(?:[ \t]+.*\n?)*", "", config.decode("utf-8"), flags=re.MULTILINE).rstrip("\n")
    told = {email: own[0] if len(own) == 1 else list(own) for email, own in keys.items()}
    return f"{rest}\n".encode() + encode({"keys": told})


def with_signing(config: bytes) -> bytes:
    """`pmcs.yaml` by which every commit is signed from now on."""
    return config.rstrip(b"\n") + b"\n" + encode({"signing": SSH})


def _founder(founder: Identity, code: str, now: datetime, key: str) -> dict[str, bytes]:
    top = starter_dir() / FOLDER
    version = max(path.name for path in top.iterdir() if path.is_dir())
    sources = parsed(
        {path.relative_to(top / version).as_posix(): path.read_bytes() for path in (top / version).rglob("*.yaml")}
    )
    trees = {name: source.tree for name, source in sources.items()}
    kind = Regulation(date.fromisoformat(version), trees, now.tzinfo).kind("staff")  # type: ignore[arg-type]
    moment = now.replace(microsecond=0)
    posts = [{"post": FOUNDER_POST, "since": moment.date().isoformat()}]
    event = Event(
        at=moment,
        by=SYSTEM,
        desk=FIRST_DESK,
        do="add",
        to="active",
        set={"code": code, "name": founder.name, "email": founder.email},
        add={"posts": posts, **({"keys": [{"key": key}]} if key else {})},
    )
    return {record_path(kind, code, moment.date()): to_bytes(kind, fold(kind, code, [event]))}
