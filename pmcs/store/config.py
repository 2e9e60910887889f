"""`pmcs.yaml`: the office, its time zone, language and currency, and the shared counters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pmcs.errors import BadInput, Broken, Unable
from pmcs.store.compiled import compiled
from pmcs.store.plain_file import read_plain

FILE = "pmcs.yaml"
KEYS = ("office", "code", "time_zone", "language", "currency", "counters", "signing", "keys")
SSH = "ssh"


class Config(NamedTuple):
    """What `pmcs.yaml` says."""

    office: str
    code: str
    zone: ZoneInfo
    language: str
    currency: str
    counters: frozenset[str]
    """E-mails of the identities that are shared counters (`--as`)."""
    signing: bool
    """Whether every commit is signed (`signing: ssh`)."""
    keys: Mapping[str, tuple[str, ...]]
    """The public keys of counters, by e-mail, and of `system`."""


def read_config(root: Path, cache: Path, *, keep: bool = True) -> Config:
    """The store's settings. Raises Broken naming file and key."""
    path = root / FILE
    try:
        data = read_plain(path, FILE)
    except FileNotFoundError as error:
        raise Unable(
            "{file} cannot be read ({reason}); check its permissions.", file=path, reason=error.strerror
        ) from error

    def parse() -> dict[str, Any]:
        from pmcs.store.codec import decode

        return decode(data, FILE)

    return _config(compiled(cache, {FILE: data}, parse, keep=keep))


def _config(tree: Mapping[str, Any]) -> Config:
    for key in tree:
        if key not in KEYS:
            raise Broken("{file}: {key} is not a key here; there are {keys}.", file=FILE, key=key, keys=list(KEYS))
    texts = {key: tree.get(key, "") for key in KEYS if key not in {"counters", "keys"}}
    for key, text in texts.items():
        if not isinstance(text, str):
            raise Broken("{file}: {key} must be a single text.", file=FILE, key=key)
    counters = tree.get("counters", [])
    if not isinstance(counters, list) or not all(isinstance(item, str) for item in counters):
        raise Broken("{file}: {key} must be a list such as [a, b].", file=FILE, key="counters")
    if texts["signing"] not in {"", SSH}:
        raise Broken("{file}: {key} can only be {value}.", file=FILE, key="signing", value=SSH)
    try:
        zone = ZoneInfo(texts["time_zone"] or "Asia/Shanghai")
    except (KeyError, ValueError, OSError):
        raise Broken(
            "{file}: there is no time zone {zone}; write one such as Asia/Shanghai.", file=FILE, zone=texts["time_zone"]
        ) from None
    return Config(
        office=texts["office"],
        code=texts["code"],
        zone=zone,
        language=texts["language"] or "zh_CN",
        currency=texts["currency"] or "CNY",
        counters=frozenset(item.lower() for item in counters),
        signing=texts["signing"] == SSH,
        keys=_keys(tree.get("keys", {})),
    )


def _keys(tree: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(tree, dict):
        raise Broken("{file}: {key} must name keys by e-mail.", file=FILE, key="keys")
    if not tree:
        return {}
    from pmcs.core.ssh_key import public_key

    found = {}
    for email, given in tree.items():
        several = given if isinstance(given, list) else [given]
        try:
            found[email.lower()] = tuple(public_key(str(text)) for text in several)
        except BadInput as error:
            raise Broken(
                "{file}: the key of {email}: {problem}", file=FILE, email=email, problem=error.sentence
            ) from None
    return found
