"""`pmcs.yaml`: the office, its time zone, language and currency, and the shared counters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pmcs.errors import Broken, Unable
from pmcs.store.compiled import compiled
from pmcs.store.plain_file import read_plain

FILE = "pmcs.yaml"
KEYS = ("office", "code", "time_zone", "language", "currency", "counters")


class Config(NamedTuple):
    """What `pmcs.yaml` says."""

    office: str
    code: str
    zone: ZoneInfo
    language: str
    currency: str
    counters: frozenset[str]
    """E-mails of the identities that are shared counters (`--as`)."""


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
    texts = {key: tree.get(key, "") for key in KEYS if key != "counters"}
    for key, text in texts.items():
        if not isinstance(text, str):
            raise Broken("{file}: {key} must be a single text.", file=FILE, key=key)
    counters = tree.get("counters", [])
    if not isinstance(counters, list) or not all(isinstance(item, str) for item in counters):
        raise Broken("{file}: {key} must be a list such as [a, b].", file=FILE, key="counters")
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
    )
