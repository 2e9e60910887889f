"""Signatures of real commits, made by git with real keys: judged in Python as git judges them."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pmcs.core.ssh_key import Signer, public_key
from pmcs.errors import BadInput
from pmcs.store.signatures import Signers, signature_of

DAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
KINDS = {"ed25519": [], "ecdsa": ["-b", "256"], "rsa": ["-b", "2048"]}
MAIL = "li.na@example.com"


class Desk:
    """A repository, keys, and git as it judges by an allowed signers file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str, data: bytes | None = None) -> bytes:
        env = {"PATH": os.environ["PATH"], "HOME": str(self.root), "TZ": "Asia/Shanghai"}
        for role in ("AUTHOR", "COMMITTER"):
            env |= {f"GIT_{role}_NAME": "Li Na", f"GIT_{role}_EMAIL": MAIL}
            env[f"GIT_{role}_DATE"] = f"{int(DAY.timestamp())} +0800"
        done = subprocess.run(["git", *words], cwd=self.root, env=env, input=data, capture_output=True, check=True)
        return done.stdout

    def key(self, name: str = "key", kind: str = "ed25519", *more: str) -> str:
        words = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", self.root / name, *more]
        subprocess.run(words, check=True)
        return public_key((self.root / f"{name}.pub").read_text())

    def signed(self, name: str = "key") -> str:
        words = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={self.root / name}", "commit", "-q", "--allow-empty")
        self.git(*words, "-S", "-m", "ticket new\n\n第一行\n", "--")
        return self.git("rev-parse", "HEAD").decode().strip()

    def raw(self, oid: str) -> bytes:
        return self.git("cat-file", "commit", oid)

    def says(self, oid: str, *signers: Signer) -> str:
        """What git's own %G? says."""
        lines = []
        for signer in signers:
            spans = [f'valid-after="{signer.since:%Y%m%d%H%M%SZ}"'] if signer.since else []
            # ssh-keygen takes the last second as still good.
            spans += [f'valid-before="{signer.until - timedelta(seconds=1):%Y%m%d%H%M%SZ}"'] if signer.until else []
            lines.append(f"{signer.email} {','.join(spans)} {signer.key}\n")
        (self.root / "allowed").write_text("".join(lines))
        words = ("-c", f"gpg.ssh.allowedSignersFile={self.root / 'allowed'}", "log", "-1", "--format=%G?", oid)
        return self.git(*words).decode().strip()


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


def judged(raw: bytes, *signers: Signer, email: str = MAIL) -> str:
    found = signature_of(raw)
    assert found
    return str(Signers.of(signers).judged(*found, email, DAY) or "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_signature_of_every_kind_of_key(desk: Desk, kind: str) -> None:
    key = desk.key("key", kind, *KINDS[kind])
    oid = desk.signed()
    signer = Signer(MAIL, key)
    assert (judged(desk.raw(oid), signer), desk.says(oid, signer)) == ("", "G")


@pytest.mark.parametrize(
    ("since", "until", "good"),
    [
        (0, 2, True),
        (1, None, False),
        (None, 0, False),
        (-9, 0, False),
        (-9, None, True),
        (None, 1, True),
    ],
)
def test_a_key_signs_from_its_first_second_to_its_last(desk: Desk, since, until, good: bool) -> None:
    key = desk.key()
    oid = desk.signed()
    begin, end = (None if at is None else DAY + timedelta(seconds=at) for at in (since, until))
    signer = Signer(MAIL, key, begin, end)
    assert (judged(desk.raw(oid), signer) == "", desk.says(oid, signer) == "G") == (good, good)
    assert ("yet" in judged(desk.raw(oid), signer)) == (since == 1)


def test_of_several_spans_one_that_fits_is_enough(desk: Desk) -> None:
    key = desk.key()
    oid = desk.signed()
    spans = [Signer(MAIL, key, None, DAY - timedelta(days=9)), Signer(MAIL, key, DAY - timedelta(days=1), None)]
    assert (judged(desk.raw(oid), *spans), desk.says(oid, *spans)) == ("", "G")


def test_an_unknown_key_is_no_good_though_ssh_keygen_says_good(desk: Desk) -> None:
    desk.key()
    other = Signer(MAIL, desk.key("other"))
    oid = desk.signed()
    assert "is nobody's" in judged(desk.raw(oid), other)
    assert desk.says(oid, other) != "G"


def test_a_colleagues_key_is_not_ones_own(desk: Desk) -> None:
    signer = Signer("wang.qiang@example.com", desk.key())
    raw = desk.raw(desk.signed())
    assert judged(raw, signer).endswith("is of wang.qiang@example.com, not of li.na@example.com")
    assert judged(raw, signer, email="Wang.Qiang@example.com") == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", [(b"ticket new", b"ticket old"), (b"Li Na", b"Li Ma")])
def test_an_altered_commit_is_found(desk: Desk, kind: str, change: tuple[bytes, bytes]) -> None:
    signer = Signer(MAIL, desk.key("key", kind, *KINDS[kind]))
    raw = desk.raw(desk.signed()).replace(*change)
    oid = desk.git("hash-object", "-t", "commit", "-w", "--stdin", data=raw).decode().strip()
    assert "altered" in judged(raw, signer)
    assert desk.says(oid, signer) == "B"


def test_a_damaged_signature_and_another_kind_of_one(desk: Desk) -> None:
    signer = Signer(MAIL, desk.key())
    raw = desk.raw(desk.signed())
    assert judged(raw.replace(b"U1NIU0lH", b"U1NIU0lI"), signer) == "the signature is damaged"
    assert judged(raw.replace(b" -----END", b" =-----END"), signer) == "the signature is damaged"
    assert judged(raw.replace(b"SSH SIGNATURE", b"PGP SIGNATURE"), signer).endswith("another type than SSH")


def test_a_signature_of_a_file_does_not_serve_for_a_commit(desk: Desk) -> None:
    signer = Signer(MAIL, desk.key())
    payload, _ = signature_of(desk.raw(desk.signed()))
    for namespace in ("git", "file"):
        words = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", desk.root / "key"]
        armoured = subprocess.run(words, input=payload, capture_output=True, check=True).stdout.decode()
        said = str(Signers.of([signer]).judged(payload, armoured, MAIL, DAY))
        assert said == ("None" if namespace == "git" else "the signature was made for something else than git")


def test_an_unsigned_commit_has_no_signature(desk: Desk) -> None:
    desk.git("commit", "-q", "--allow-empty", "-m", "gpgsig is a word of this message")
    assert signature_of(desk.raw("HEAD")) is None
    assert desk.says("HEAD") == "N"


def test_a_private_key_is_refused_and_never_repeated(desk: Desk) -> None:
    desk.key()
    secret = (desk.root / "key").read_text()
    for text in (secret, secret.replace("\n", " "), "".join(secret.splitlines()[1:-1])):
        with pytest.raises(BadInput) as refused:
            public_key(text)
        assert secret.splitlines()[2][:20] not in str(refused.value)


@pytest.mark.parametrize("text", ["", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-dss AAAAB3NzaC1kc3M=", "rsa 17"])
def test_what_is_no_public_key(text: str) -> None:
    with pytest.raises(BadInput, match="no public SSH key"):
        public_key(text)
