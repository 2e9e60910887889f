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
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pmcs.errors import BadInput, Broken, Busy, Refused, Sentence, Unable
from pmcs.store.local import keep_names, make_private

if TYPE_CHECKING:
    import sqlite3

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_MARK = "sealed:v1:"
_NONCE = 12
_SECRET = 32
_WAIT = 10.0  # seconds; a bulk import holds the ring for one or two
_RING = 0x706D6373  # SQLite's application_id: "pmcs"
_MACHINE = frozenset({"PERM", "READONLY", "IOERR", "FULL", "CANTOPEN", "AUTH", "NOMEM"})
_TABLES = (
    f"PRAGMA application_id = {_RING}",
    "PRAGMA user_version = 1",
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
    "CREATE TABLE key (id TEXT PRIMARY KEY, secret BLOB NOT NULL)",
    "CREATE TABLE erased (id TEXT PRIMARY KEY, at TEXT) WITHOUT ROWID",
    """CREATE TABLE lookup (digest BLOB, kind TEXT, field TEXT, record TEXT,
       PRIMARY KEY (digest, kind, field, record)) WITHOUT ROWID""",
    "CREATE INDEX lookup_record ON lookup (record)",
)


class KeyMissing(Unable):
    """The value was sealed on another machine, whose key is not in this ring."""


class KeyErased(Refused):
    """The record's key was destroyed on purpose; nobody opens its values again."""


class SealBroken(Broken):
    """The sealed value was changed, cut, or moved here from another record or field."""


def is_sealed(text: str) -> bool:
    """Whether the text looks like a sealed value."""
    return text.startswith(_MARK)


class Vault:
    """The key ring in the SQLite file `path`; the file is made by the first seal, not before.

    Any method may raise Broken (the ring is damaged), Busy (another process keeps holding it) or Unable
    (no permission, disk full, a package missing).
    """

    def __init__(self, path: Path) -> None:
        self._ring = _Ring(path)
        self._told: set[str] = set()  # erased, as `mend_erased` heard before there was a ring to write it in

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
            sealed.append(f"{_MARK}{record}:{_base64(nonce + closed)}")
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
        record, _, body = sealed.removeprefix(_MARK).rpartition(":")
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

    def erase(self, record_id: str, at: datetime) -> None:
        """Destroy the record's key and its look-ups for good, and remember when (the first time counts).

        The file is overwritten; what a disk keeps of freed blocks is the matter of its encryption.
        """
        with self._ring.writing() as ring:
            _destroy(ring, record_id, at.isoformat())

    def mend_erased(self, ids: Iterable[str]) -> list[str]:
        """Destroy again what a restored backup brought back of these erased records; answers whose that was.

        Reads only, where there is nothing to mend, and makes no ring.
        """
        wanted = list(dict.fromkeys(ids))
        with self._ring.reading() as ring:
            if ring is None:
                self._told.update(wanted)
                return []
            mend = [record for record in wanted if not _is_gone(ring, record)]
        if not mend:
            return []
        with self._ring.writing() as ring:
            return [record for record in mend if _destroy(ring, record, None)]

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
                    found[record] = secret = self._secret(ring, record) or os.urandom(_SECRET)
                    ring.execute("INSERT OR IGNORE INTO key VALUES (?, ?)", (record, secret))
        return {record: secret for record, secret in found.items() if secret is not None}

    def _secret(self, ring: sqlite3.Connection | None, record: str) -> bytes | None:
        """The record's secret, if there is one. Raises KeyErased."""
        secret, erased = None, record in self._told
        if ring is not None:
            secret, known = ring.execute(
                "SELECT (SELECT secret FROM key WHERE id = ?1), EXISTS (SELECT 1 FROM erased WHERE id = ?1)", (record,)
            ).fetchone()
            erased = erased or bool(known)
        if erased:
            raise KeyErased("The key of {record} was erased for good; its private values stay closed.", record=record)
        return None if secret is None else self._ring.sound(secret)

    def _digest(self, ring: sqlite3.Connection, kind: str, field: str, text: str) -> bytes:
        (secret,) = ring.execute("SELECT (SELECT value FROM meta WHERE name = 'secret')").fetchone()
        said = f"{kind}|{field}|{_normal(text)}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._ring.sound(secret), said, "sha256")


class _Ring:
    """The SQLite file: made whole, opened on use, its errors in pmcs's words."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: sqlite3.Connection | None = None
        self._together = False

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """The ring, or None where this machine has none."""
        with self._explaining():
            yield self._connected() if self._exists() else None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The ring, made where there is none, in a transaction of this process alone; on disk after the block."""
        with self._explaining():
            if not self._exists():
                self._create()
            ring = self._connected()
            if not ring.in_transaction:
                ring.execute("BEGIN IMMEDIATE")
            try:
                yield ring
                if not self._together:
                    ring.execute("COMMIT")
            finally:
                if ring.in_transaction and not self._together:
                    ring.execute("ROLLBACK")

    @contextmanager
    def together(self) -> Iterator[Callable[[], None]]:
        """Many writings in one transaction, which the first of them begins; undone unless it is kept."""
        self._together = True
        try:
            yield self._keep
        finally:
            self._together = False
            if self._open is not None and self._open.in_transaction:
                with self._explaining():
                    self._open.execute("ROLLBACK")

    def _keep(self) -> None:
        self._together = False
        if self._open is not None and self._open.in_transaction:
            with self._explaining():
                self._open.execute("COMMIT")

    def others_read(self) -> bool:
        with self._explaining():
            return self._exists() and bool(self.path.stat().st_mode & 0o077)

    def sound(self, secret: object) -> bytes:
        """The secret, if it is one."""
        if isinstance(secret, bytes) and len(secret) == _SECRET:
            return secret
        raise self._broken()

    def _exists(self) -> bool:
        return self._open is not None or self.path.exists()

    def _connected(self) -> sqlite3.Connection:
        if self._open is None:
            with ExitStack() as undo:
                ring = undo.enter_context(closing(_connect(self.path)))
                version = [ring.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
                if version != [_RING, 1]:
                    raise self._broken()
                undo.pop_all()
            self._open = ring
        return self._open

    def _create(self) -> None:
        """Put a whole ring in place at once, so that an empty file is always a damaged one."""
        import fcntl

        make_private(self.path.parent)
        fresh = self.path.with_name(self.path.name + ".new")
        directory = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)
            if self.path.exists():
                return
            for leftover in (fresh, fresh.with_name(fresh.name + "-journal")):
                leftover.unlink(missing_ok=True)
            os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with closing(_connect(fresh)) as ring:
                ring.execute("BEGIN IMMEDIATE")
                for table in _TABLES:
                    ring.execute(table)
                ring.execute("INSERT INTO meta VALUES ('secret', ?)", (os.urandom(_SECRET),))
                ring.execute("COMMIT")
            fresh.rename(self.path)
            keep_names(self.path.parent)
        finally:
            os.close(directory)

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        import sqlite3

        try:
            yield
        except OSError as wrong:
            raise self._unable(wrong.strerror) from None
        except sqlite3.Error as wrong:
            # The names of the codes, less what they add: SQLITE_IOERR_WRITE is an SQLITE_IOERR.
            code = "_".join(getattr(wrong, "sqlite_errorname", "").split("_")[:2])
            if code in {"SQLITE_BUSY", "SQLITE_LOCKED"}:
                raise Busy("Another process holds the key ring {path}; try again.", path=self.path) from None
            if code.removeprefix("SQLITE_") in _MACHINE:
                raise self._unable(wrong) from None
            raise self._broken() from None

    def _unable(self, reason: object) -> Unable:
        return Unable(
            "The key ring {path} cannot be used: {reason}; see to the disk and its permissions.",
            path=self.path,
            reason=reason,
        )

    def _broken(self) -> Broken:
        return Broken(
            "The key ring {path} is damaged or is of another version of pmcs; restore it from its backup.",
            path=self.path,
        )


def _connect(path: Path) -> sqlite3.Connection:
    import sqlite3

    # mode=rw: a file that is missing stays missing.
    ring = sqlite3.connect(path.absolute().as_uri() + "?mode=rw", uri=True, timeout=_WAIT, isolation_level=None)
    with ExitStack() as undo:
        undo.callback(ring.close)
        # EXTRA and not FULL: under FULL a journal that power loss brings back undoes what was committed.
        for setting in ("journal_mode = DELETE", "synchronous = EXTRA", "secure_delete = ON"):
            ring.execute(f"PRAGMA {setting}").fetchone()
        undo.pop_all()
    return ring


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


def _is_gone(ring: sqlite3.Connection, record: str) -> bool:
    (gone,) = ring.execute(
        """SELECT EXISTS (SELECT 1 FROM erased WHERE id = ?1) AND NOT EXISTS (SELECT 1 FROM key WHERE id = ?1)
           AND NOT EXISTS (SELECT 1 FROM lookup WHERE record = ?1)""",
        (record,),
    ).fetchone()
    return bool(gone)


def _destroy(ring: sqlite3.Connection, record: str, at: str | None) -> bool:
    """Whether there was anything to destroy."""
    gone = ring.execute("DELETE FROM key WHERE id = ?", (record,)).rowcount
    gone += ring.execute("DELETE FROM lookup WHERE record = ?", (record,)).rowcount
    ring.execute(
        "INSERT INTO erased VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET at = coalesce(at, excluded.at)", (record, at)
    )
    return gone > 0
