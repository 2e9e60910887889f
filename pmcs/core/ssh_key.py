"""Public keys of SSH as the office writes them down: one line, `ssh-ed25519 AAAA...`, without the comment."""

from __future__ import annotations

import binascii
import re
from datetime import datetime
from typing import NamedTuple

from pmcs.errors import BadInput

TYPES = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")


class Signer(NamedTuple):
    """A public key, whose it is, and when it may sign: from `since` on, no more from `until` on (None: no limit)."""

    email: str
    key: str
    since: datetime | None = None
    until: datetime | None = None


def public_key(text: str) -> str:
    """The key in its one spelling: type, blank, base64.

    Raises BadInput, which never repeats what was given: it may be somebody's secret.
    """
    if "PRIVATE KEY" in text.upper():
        raise BadInput(
            "This is a private key, which nobody else may see; give the public one, from the file that ends in .pub,"
            " and make a new pair if the private one was shown to anybody."
        )
    words = text.split()
    if len(words) < 2 or not _is_key(*words[:2]):
        raise BadInput(
            "This is no public SSH key that can sign here; give the one line of a .pub file, as in {example}.",
            example="ssh-ed25519 AAAAC3Nza...",
        )
    return " ".join(words[:2])


def key_bytes(key: str) -> bytes:
    """The key of a `public_key` text as signatures carry it."""
    return binascii.a2b_base64(key.split()[1])


def _is_key(kind: str, encoded: str) -> bool:
    if kind not in TYPES or not re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", encoded):
        return False
    try:
        parts = list(strings(binascii.a2b_base64(encoded, strict_mode=True)))
    except ValueError:
        return False
    if not parts or parts[0] != kind.encode():
        return False
    if kind == "ssh-ed25519":
        return len(parts) == 2 and len(parts[1]) == 32
    return len(parts) == 3


def strings(data: bytes) -> list[bytes]:
    """The length-prefixed parts that SSH's bytes are made of. Raises ValueError: they are cut or overlong."""
    parts, at = [], 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4])
        if at + 4 > len(data) or end > len(data):
            raise ValueError("cut short")
        parts.append(data[at + 4 : end])
        at = end
    return parts
