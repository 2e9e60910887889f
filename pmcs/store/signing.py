"""Who may sign, by the staff register and `pmcs.yaml`, and with which key this machine signs (DESIGN section 8)."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pmcs.core.ssh_key import Signer, public_key
from pmcs.core.world import SYSTEM
from pmcs.errors import BadInput, Refused, Unable
from pmcs.store.git_process import UNASKED, git
from pmcs.store.git_stream import Identity
from pmcs.store.local import keep_names, make_private
from pmcs.store.plain_file import read_plain
from pmcs.store.store import CRON

if TYPE_CHECKING:
    from pmcs.store.lookups import Standing
    from pmcs.store.store import Store

ALLOWED = "allowed_signers"
SYSTEM_KEY = "system_key"
_SECOND = timedelta(seconds=1)


def signers(store: Store) -> list[Signer]:
    """Everybody's keys with the dates of their posts, those who left and the counters among them."""
    rows = store.lookups.whole_staff()
    found = [signer for row in rows for signer in staff_signers(row.fields, store.config.zone, left(row, store))]
    for email, keys in sorted(store.config.keys.items()):
        found += [Signer(CRON.email if email == SYSTEM else email, key) for key in keys]
    return found


def left(row: Standing, store: Store) -> date | None:
    """The day on which somebody left; None: they are there."""
    return datetime.fromtimestamp(row.changed, store.config.zone).date() if row.ended else None


def staff_signers(fields: Mapping[str, Any], zone: ZoneInfo, gone: date | None) -> Iterator[Signer]:
    """The keys of one member of staff.

    Each from the first day of the first post, or of the key, to the end of the last: a day in between without a post
    is for the flow to judge. Whoever holds no post signs as one of the staff, for as long as they are there.
    """
    posts = fields.get("posts", [])
    first = min((post["since"] for post in posts if post.get("since")), default="")
    ends = [post.get("until") or "" for post in posts]
    last = max(ends, default="") if all(ends) else ""
    for row in fields.get("keys", []):
        since = max(first, row.get("since") or "")
        until = min(filter(None, (last, row.get("until") or "", gone.isoformat() if gone else "")), default="")
        if since and until and since > until:
            continue
        begin = _midnight(date.fromisoformat(since), zone) if since else None
        end = _midnight(date.fromisoformat(until) + timedelta(days=1), zone) if until else None
        yield Signer(str(fields.get("email", "")), row["key"], begin, end)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def allowed_signers(found: list[Signer]) -> str:
    """The file by which git and ssh-keygen judge: times in UTC, since without a Z they would be this machine's."""
    from datetime import UTC

    lines = []
    for signer in found:
        spans = []
        if signer.since:
            spans.append(f'valid-after="{signer.since.astimezone(UTC):%Y%m%d%H%M%SZ}"')
        if signer.until:  # ssh-keygen takes this second as still good
            spans.append(f'valid-before="{(signer.until - _SECOND).astimezone(UTC):%Y%m%d%H%M%SZ}"')
        # A blank or a sign that is a pattern in that file cannot be in an e-mail that git hands over.
        email = re.sub(r"[\s*?!,\"#]", "_", signer.email)
        lines.append(" ".join(filter(None, (email, ",".join(spans), signer.key))) + "\n")
    return "".join(lines)


def write_allowed(store: Store) -> str:
    """Bring the file up to date and let git know of it, so that `git log --show-signature` judges; return its text.

    Raises Unable: it cannot be written.
    """
    text = allowed_signers(signers(store))
    file = store.local.shared / ALLOWED
    try:
        if file.exists() and file.read_text("utf-8") == text:
            return text
        make_private(store.local.shared)
        # First of all: a file that stands is taken to be the one that git was told of.
        git(store.repository.root, "config", "gpg.ssh.allowedSignersFile", str(file))
        fresh = file.with_name(f"{ALLOWED}.{os.getpid()}")
        fresh.write_text(text, "utf-8")
        fresh.replace(file)
    except OSError as error:
        raise Unable("The file {file} cannot be written ({reason}).", file=file, reason=error.strerror) from error
    return text


def key_of(store: Store, committer: Identity, when: datetime) -> str:
    """What git is to sign with for a committer, once it is known that the signature will count.

    Raises Refused: this machine has no key of theirs, or it is not registered for that day.
    """
    if committer == CRON:
        file = store.local.shared / SYSTEM_KEY
        if not file.exists():
            raise Refused("This clone has no key for what is done by itself; make one with pmcs audit key.")
        key = _public(file)
    else:
        said, key = own_key(store.repository.root)
        file = Path(said)
    check_registered(signers(store), committer, key, when)
    write_allowed(store)
    return str(file) if committer == CRON else said


def check_registered(found: list[Signer], committer: Identity, key: str, when: datetime) -> None:
    """Raises Refused: this key is not the committer's at that time."""
    own = [one for one in found if one.key == key and one.email.lower() == committer.email.lower()]
    if not own and committer == CRON:
        raise Refused(
            "This clone's key for what is done by itself is not in pmcs.yaml; put it there with pmcs audit key."
        )
    if not own:
        raise Refused(
            "Your signing key is not registered for {email}; a manager does it with"
            " pmcs staff enrol (a counter's: pmcs audit key).",
            email=committer.email,
        )
    moment = when.replace(microsecond=0)
    if not any((one.since is None or one.since <= moment) and (one.until is None or moment < one.until) for one in own):
        raise Refused(
            "Your signing key is registered, but not for this day; a manager sees to the dates of your posts and"
            " your key with pmcs staff show."
        )


def own_key(root: Path) -> tuple[str, str]:
    """What git's `user.signingkey` says, and the public key of it. Raises Refused where there is none to sign with."""
    said = git(root, "config", "--type=path", "user.signingkey", allow=(0, 1)).stdout.decode("utf-8", "replace").strip()
    if not said:
        raise Refused(
            "Every commit of this store is signed, and git knows no key of yours; make one with"
            " `ssh-keygen -t ed25519`, then git config --global user.signingkey FILE.pub."
        )
    literal = said.removeprefix("key::")
    if literal.startswith(("ssh-", "ecdsa-")):
        return said, public_key(literal)
    return said, _public(root / said)


def _public(file: Path) -> str:
    """The public key of a file, private or public. Raises Refused."""
    beside = file if file.suffix == ".pub" else file.with_name(f"{file.name}.pub")
    try:
        if beside.exists():
            return public_key(read_plain(beside, str(beside)).decode("utf-8", "replace"))
        if file.exists():
            return public_key(_keygen("-y", "-f", str(file)))
    except BadInput:
        pass
    raise Refused(
        "git's user.signingkey names {file}, which is no SSH key that can sign; give the file of a public key.",
        file=file,
    )


def make_system_key(folder: Path) -> str:
    """The public key of `system` on this clone, made with its private one where there is none. Raises Unable."""
    file = folder / SYSTEM_KEY
    if not file.exists():
        make_private(folder)
        fresh = folder / f"{SYSTEM_KEY}.new"
        for left_over in (fresh, Path(f"{fresh}.pub")):
            left_over.unlink(missing_ok=True)
        _keygen("-q", "-t", "ed25519", "-N", "", "-C", SYSTEM, "-f", str(fresh))
        Path(f"{fresh}.pub").replace(f"{file}.pub")
        fresh.replace(file)
        keep_names(folder)
    return _public(file)


def _keygen(*words: str, data: bytes | None = None) -> str:
    """What ssh-keygen writes; asks for nothing. Raises Unable."""
    env = {"PATH": os.environ.get("PATH") or os.defpath, "LC_ALL": "C", **UNASKED}
    env |= {name: os.environ[name] for name in ("HOME", "SSH_AUTH_SOCK") if name in os.environ}
    try:
        done = subprocess.run(
            ["ssh-keygen", *words],
            input=data,
            stdin=subprocess.DEVNULL if data is None else None,
            capture_output=True,
            env=env,
            check=False,
        )
    except OSError as error:
        raise Unable("ssh-keygen is not installed, or not on PATH; install OpenSSH's client to sign.") from error
    if done.returncode:
        raise Unable("ssh-keygen could not do it; see that the key is there and not locked by a passphrase.")
    return done.stdout.decode("utf-8", "replace")


def sign_bytes(file: Path, data: bytes, namespace: str) -> str:
    """An armoured signature over some bytes by a private key's file. Raises Unable."""
    return _keygen("-q", "-Y", "sign", "-n", namespace, "-f", str(file), data=data)
