"""Judging git's SSH signatures without a process: OpenSSH's PROTOCOL.sshsig over the payload of a commit or a file.

git itself only asks whether somebody's key that was valid on the day made the signature; here it must be the key of the
one who is named.
"""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from pmcs.core.ssh_key import Signer, key_bytes, strings
from pmcs.errors import Sentence

GIT = "git"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG"
_DIGESTS = {b"sha256", b"sha512"}
_RSA: dict[bytes, type[hashes.SHA256 | hashes.SHA512]] = {
    b"rsa-sha2-256": hashes.SHA256,
    b"rsa-sha2-512": hashes.SHA512,
}
_CURVES: dict[int, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    256: hashes.SHA256,
    384: hashes.SHA384,
    521: hashes.SHA512,
}


class _Signature(NamedTuple):
    key: bytes
    namespace: bytes
    digest: bytes
    made: bytes


def signature_of(raw: bytes) -> tuple[bytes, str] | None:
    """What a raw commit object signs, and its armoured signature; None where it is not signed."""
    header, _, body = raw.partition(b"\n\n")
    lines = header.split(b"\n")
    wanted = b"gpgsig-sha256" if len(lines[0]) > len("tree ") + 40 else b"gpgsig"
    payload: list[bytes] = []
    signature: list[bytes] = []
    into: list[bytes] = payload
    for line in lines:
        if line.startswith(b" "):
            into.append(line if into is payload else line[1:])
            continue
        name, _, value = line.partition(b" ")
        into = signature if name == wanted else [] if name.startswith(b"gpgsig") else payload
        into.append(value if name == wanted else line)
    if not signature:
        return None
    return b"\n".join(payload) + b"\n\n" + body, b"\n".join(signature).decode("ascii", "replace")


def fingerprint(key: bytes) -> str:
    """A key's name as ssh-keygen prints it."""
    return "SHA256:" + binascii.b2a_base64(hashlib.sha256(key).digest(), newline=False).decode().rstrip("=")


class Signers:
    """Those who may sign, each with the keys and the dates of them."""

    def __init__(self) -> None:
        self._signers: dict[bytes, list[Signer]] = {}
        self._loaded: dict[bytes, Any] = {}

    @classmethod
    def of(cls, keys: Iterable[Signer]) -> Signers:
        """Signers by their keys, which are `public_key` texts."""
        made = cls()
        for signer in keys:
            made._signers.setdefault(key_bytes(signer.key), []).append(signer)
        return made

    def judged(
        self, payload: bytes, armoured: str, email: str, when: datetime, namespace: str = GIT
    ) -> Sentence | None:
        """What is wrong with a signature that `email` is to have made over `payload` at `when`; None: it is good."""
        if not armoured.lstrip().startswith(_BEGIN):
            return Sentence("the signature is of another type than SSH")
        try:
            parts = _parsed(armoured)
        except ValueError:
            return Sentence("the signature is damaged")
        if parts.namespace != namespace.encode():
            return Sentence("the signature was made for something else than {namespace}", namespace=namespace)
        name = fingerprint(parts.key)
        signers = self._signers.get(parts.key)
        if signers is None:
            return Sentence("the key {key} is nobody's that may sign", key=name)
        if not self._fits(parts, payload):
            return Sentence("the signature does not fit what it is to sign: one of the two was altered")
        own = [signer for signer in signers if signer.email.lower() == email.lower()]
        if not own:
            return Sentence(
                "the key {key} is of {others}, not of {email}",
                key=name,
                others=sorted({signer.email for signer in signers}),
                email=email,
            )
        begun = [signer for signer in own if signer.since is None or signer.since <= when]
        if not begun:
            return Sentence("the key {key} of {email} may not sign yet at that time", key=name, email=email)
        if not any(signer.until is None or when < signer.until for signer in begun):
            return Sentence("the key {key} of {email} may sign no longer at that time", key=name, email=email)
        return None

    def _fits(self, parts: _Signature, payload: bytes) -> bool:
        digest = hashlib.new(parts.digest.decode(), payload).digest()
        told = _MAGIC + b"".join(map(_string, (parts.namespace, b"", parts.digest, digest)))
        try:
            if parts.key not in self._loaded:
                kind = strings(parts.key)[0]
                self._loaded[parts.key] = load_ssh_public_key(kind + b" " + binascii.b2a_base64(parts.key))
            algorithm, made = strings(parts.made)
            _verify(self._loaded[parts.key], algorithm, made, told)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
            return False
        return True


def _parsed(armoured: str) -> _Signature:
    """Raises ValueError: it is no whole signature."""
    text = armoured.strip()
    if not text.endswith(_END):
        raise ValueError("no end")
    inside = "".join(text.removeprefix(_BEGIN).removesuffix(_END).split())
    data = binascii.a2b_base64(inside, strict_mode=True)
    if data[:10] != _MAGIC + (1).to_bytes(4):
        raise ValueError("another version")
    key, namespace, _, digest, made = strings(data[10:])
    if digest not in _DIGESTS:
        raise ValueError("another digest")
    return _Signature(key, namespace, digest, made)


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4) + data


def _verify(key: Any, algorithm: bytes, made: bytes, told: bytes) -> None:
    """Raises InvalidSignature, or ValueError and TypeError where the parts do not belong together."""
    if isinstance(key, ed25519.Ed25519PublicKey) and algorithm == b"ssh-ed25519":
        key.verify(made, told)
    elif isinstance(key, rsa.RSAPublicKey) and algorithm in _RSA:
        key.verify(made, told, padding.PKCS1v15(), _RSA[algorithm]())
    elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm == b"ecdsa-sha2-nistp%d" % key.key_size:
        r, s = (int.from_bytes(number) for number in strings(made))
        key.verify(encode_dss_signature(r, s), told, ec.ECDSA(_CURVES[key.key_size]()))
    else:
        raise InvalidSignature
