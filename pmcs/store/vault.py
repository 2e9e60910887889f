"""Sealing private values: the key ring of one store on one machine, never in git.

Every record that holds private values has a key of its own; who destroys the key has destroyed the
values, in every commit and every clone that has no copy of the ring.
"""

from __future__ import annotations

import base64
import hmac
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pmcs.core.sealed import MARK, is_sealed
from pmcs.errors import BadInput, Broken, Refused, Sentence, Unable
from pmcs.store.ring import SECRET, Ring, destroy, left_over

if TYPE_CHECKING:
    import sqlite3

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class KeyMissing(Unable):
    """The value was sealed on another machine, whose key is not in this ring."""


class KeyErased(Refused):
    """The record's key was destroyed on purpose; nobody opens its values again."""


class SealBroken(Broken):
    """The sealed value was changed, cut, or moved here from another record or field."""


class Vault:
    """The key ring in the SQLite file `path`; the file is made by the first seal, not before.

    Any method may raise Broken (the ring is damaged), Busy (another process keeps holding it) or Unable
    (no permission, disk full, a package missing).
    """

    def __init__(self, path: Path) -> None:
        self._ring = Ring(path)
        self._told: set[str] = set()  # erased, as `mend_erased` heard before there was a ring to write it in

    @property
    def path(self) -> Path:
        """The ring's file."""
        return self._ring.path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        self._ring.close()

    def seal(self, record_id: str, field: str, text: str) -> str:
        """`sealed:v1:<record>:<nonce, ciphertext and tag in base64url>`, AES-256-GCM; the key is on disk by then.

        Raises KeyErased where the record's key was destroyed, BadInput for what is no Unicode.
        """
        return self.seal_many([(record_id, field, text)])[0]

    def seal_many(self, values: Iterable[tuple[str, str, str]]) -> list[str]:
        """Seal many (record, field, text), in their order; all missing keys are made in one transaction."""
        cipher_of = _cipher()
        clear = [(record, field, _bytes(field, text)) for record, field, text in values]
        secrets = self._secrets(list(dict.fromkeys(record for record, _, _ in clear)))
        ciphers = {record: cipher_of(secret) for record, secret in secrets.items()}
        sealed = []
        for record, field, data in clear:
            nonce = os.urandom(_NONCE)
            closed = ciphers[record].encrypt(nonce, data, _bound(record, field))
            sealed.append(f"{MARK}{record}:{_base64(nonce + closed)}")
        return sealed

    @contextmanager
    def together(self) -> Iterator[Callable[[], None]]:
        """One transaction for all that is sealed and remembered inside: on disk once the answer is called, or never."""
        with self._ring.together() as keep:
            yield keep

    def open(self, sealed: str, record_id: str, field: str) -> str:
        """The clear text of a value that stands in this field of this record.

        Raises KeyMissing, KeyErased or SealBroken, which name the record and the field, never the value.
        """
        cipher_of = _cipher()
        from cryptography.exceptions import InvalidTag

        broken = SealBroken(
            "The sealed value of {field} in {record} is damaged, was moved there, or was sealed with a key "
            "that this machine does not have; restore it from the history of the file.",
            field=field,
            record=record_id,
        )
        record, _, body = sealed.removeprefix(MARK).rpartition(":")
        data = _unbase64(body)
        if not is_sealed(sealed) or record != record_id or data is None:
            raise broken
        with self._ring.reading() as ring:
            secret = self._secret(ring, record_id)
        if secret is None:
            raise KeyMissing(
                "The key of {record} is not on this machine; ask the desk that wrote the record.", record=record_id
            )
        with suppress(InvalidTag, ValueError):
            return cipher_of(secret).decrypt(data[:_NONCE], data[_NONCE:], _bound(record_id, field)).decode()
        raise broken

    def remember(self, kind: str, field: str, record_id: str, text: str) -> None:
        """Let `look_up` find the record by this value, beside the values remembered before.

        Raises KeyErased where the record's key was destroyed.
        """
        self.remember_many([(kind, field, record_id, text)])

    def remember_many(self, values: Iterable[tuple[str, str, str, str]]) -> None:
        """Remember many (kind, field, record, text) in one transaction; an empty text is passed over."""
        rows = [row for row in values if _normal(row[3])]
        if not rows:
            return
        with self._ring.writing() as ring:
            for kind, field, record, text in rows:
                self._secret(ring, record)
                row = (self._digest(ring, kind, field, text), kind, field, record)
                ring.execute("INSERT OR IGNORE INTO lookup VALUES (?, ?, ?, ?)", row)

    def look_up(self, kind: str, field: str, text: str) -> list[str]:
        """The records, by number, in which this field was ever remembered with this value.

        A phone is found however it is spaced, with or without +86, in half- or full-width digits. The field
        may say something else by now: who needs today's value opens it.
        """
        with self._ring.reading() as ring:
            if ring is None:
                return []
            asked = (self._digest(ring, kind, field, text), kind, field)
            rows = ring.execute(
                "SELECT record FROM lookup WHERE digest = ? AND kind = ? AND field = ? ORDER BY record", asked
            )
            return [record for (record,) in rows]

    def holds(self, sealed: str, record_id: str, field: str, text: str) -> bool:
        """Whether a sealed value is this one, however it is spelled; False where it cannot be opened here."""
        with suppress(KeyMissing, KeyErased, SealBroken):
            return _normal(self.open(sealed, record_id, field)) == _normal(text)
        return False

    def erase(self, record_ids: Iterable[str], at: datetime) -> None:
        """Destroy the records' keys and look-ups for good, and remember when (the first time counts).

        The file is overwritten; what a disk keeps of freed blocks is the matter of its encryption.
        """
        with self._ring.writing() as ring:
            for record_id in record_ids:
                destroy(ring, record_id, at.isoformat())
        self._ring.rewrite()

    def mend_erased(self, ids: Iterable[str], judged: Callable[[Sequence[str]], Sequence[str]] = list) -> list[str]:
        """Destroy again what a restored backup brought back of these erased records; answers whose that was.

        Reads only, where there is nothing to mend, and makes no ring. `judged` is asked which of those that are to be
        destroyed may be.
        """
        wanted = list(dict.fromkeys(ids))
        with self._ring.reading() as ring:
            if ring is None:
                self._told.update(wanted)
                return []
            left = left_over(ring, wanted)
        mend = judged(left) if left else ()
        if not mend:
            return []
        with self._ring.writing() as ring:
            destroyed = [record for record in mend if destroy(ring, record, None)]
        self._ring.rewrite()
        return destroyed

    def warnings(self) -> list[Sentence]:
        """What is wrong about the ring without stopping anybody."""
        if self._ring.others_read():
            return [Sentence('Others can read the key ring; close it: chmod 600 "{path}"', path=self._ring.path)]
        return []

    def _secrets(self, records: list[str]) -> dict[str, bytes]:
        """The secret of every record, made where it is missing."""
        with self._ring.reading() as ring:
            found = {record: self._secret(ring, record) for record in records}
        missing = [record for record, secret in found.items() if secret is None]
        if missing:
            with self._ring.writing() as ring:
                for record in missing:
                    # Another process may have made it since; then that one stays and is used.
                    found[record] = secret = self._secret(ring, record) or os.urandom(SECRET)
                    ring.execute("INSERT OR IGNORE INTO key VALUES (?, ?)", (record, secret))
        return {record: secret for record, secret in found.items() if secret is not None}

    def _secret(self, ring: sqlite3.Connection | None, record: str) -> bytes | None:
        """The record's secret, if there is one. Raises KeyErased."""
        secret, erased = None, record in self._told
        if ring is not None:
            secret, known = ring.execute(
                "SELECT (SELECT secret FROM key WHERE id = ?), EXISTS (SELECT 1 FROM erased WHERE id = ?)",
                (record, record),
            ).fetchone()
            erased = erased or bool(known)
        if erased:
            raise KeyErased("The key of {record} was erased for good; its private values stay closed.", record=record)
        return None if secret is None else self._ring.sound(secret)

    def _digest(self, ring: sqlite3.Connection, kind: str, field: str, text: str) -> bytes:
        (secret,) = ring.execute("SELECT (SELECT value FROM meta WHERE name = 'secret')").fetchone()
        said = f"{kind}|{field}|{_normal(text)}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._ring.sound(secret), said, "sha256")


def _cipher() -> type[AESGCM]:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise Unable(
            "Private values can be neither sealed nor opened: the package cryptography is missing; install it."
        ) from None
    return AESGCM


def _bound(record: str, field: str) -> bytes:
    return f"{record}|{field}".encode()


def _bytes(field: str, text: str) -> bytes:
    with suppress(UnicodeEncodeError):
        return text.encode()
    # Outside the block: the exception would carry the value along.
    raise BadInput("The value of {field} holds bytes that are no text; type it again.", field=field)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unbase64(text: str) -> bytes | None:
    """The bytes, None for anything that `_base64` does not write (Python's decoder skips what it does not know)."""
    with suppress(ValueError):
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return data if _base64(data) == text else None
    return None


def _normal(text: str) -> str:
    """One spelling for a phone, an ID number or a name."""
    plain = re.sub(r"[\s\-\u2010-\u2015\u2212]", "", unicodedata.normalize("NFKC", text)).casefold()
    national = re.sub(r"^(?:\+|00)86(?=\d)|^86(?=1\d{10}$)", "", plain)
    # From abroad a landline is dialled without its 0: +86 25 is 025.
    if plain.startswith(("+", "00")) and national != plain and not re.match(r"0|1[3-9]\d{9}$|[48]00\d{7}$", national):
        return "0" + national
    return national
