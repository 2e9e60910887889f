"""What git is told when a commit is made: one `git fast-import` stream (DESIGN section 8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from pmcs.errors import BadInput

Change = tuple[str, bytes | None]
"""A path and the bytes it is to hold; None deletes it."""


class Identity(NamedTuple):
    """A person or the machine, as git names them."""

    name: str
    email: str


def commit_stream(
    ref: str,
    changes: Iterable[Change],
    message: str,
    author: Identity,
    committer: Identity,
    when: datetime,
    parent: str | None,
) -> Iterator[bytes]:
    """The stream of one commit that puts `changes` on top of `parent`; its last line asks for the commit's id."""
    text = message_bytes(message)
    yield b"commit %s\nmark :1\n" % path_bytes(ref)
    yield b"author %s\ncommitter %s\n" % (_signature(author, when), _signature(committer, when))
    yield b"data %d\n%s" % (len(text), text)
    if parent is not None:
        yield b"from %s\n" % parent.encode()
    for path, data in changes:
        if data is None:
            yield b"D %s\n" % _quoted(path)
        else:
            yield b"M 100644 inline %s\ndata %d\n%s\n" % (_quoted(path), len(data), data)
    yield b"\nget-mark :1\ndone\n"


def message_bytes(message: str) -> bytes:
    """A message as a commit holds it."""
    return message.replace("\0", "").rstrip().encode("utf-8", "replace") + b"\n"


def identity_environment(author: Identity, committer: Identity, when: datetime) -> dict[str, str]:
    """The same author, committer and time for a git that makes a commit by itself."""
    told: dict[str, str] = {}
    for role, who in (("AUTHOR", author), ("COMMITTER", committer)):
        name, email, date = _parts(who, when)
        told |= {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": email, f"GIT_{role}_DATE": date}
    return told


def tame(text: str) -> str:
    """What may stand in a name or an e-mail of a commit."""
    return " ".join(re.sub(r"[<>\x00-\x1f\x7f]+", " ", text).split())


def _signature(who: Identity, when: datetime) -> bytes:
    name, email, date = _parts(who, when)
    return f"{name} <{email}> {date}".encode("utf-8", "replace")


def _parts(who: Identity, when: datetime) -> tuple[str, str, str]:
    offset = when.utcoffset()
    if offset is None:
        raise TypeError("naive time")
    minutes = round(offset.total_seconds() / 60)
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    email = tame(who.email).replace(" ", "")
    stamp = int(when.timestamp())
    if stamp < 0:
        raise BadInput("The time {when} is before 1970, which git cannot date; set the clock right.", when=when)
    return tame(who.name) or email or "-", email, f"{stamp} {zone}"


# A sign that nobody types, or a part that is empty, leads elsewhere or is git's own.
_UNFIT = re.compile(r"[\x00-\x1f\x7f]|(?:\A|/)(?:\.|\.\.|\.git)?(?:/|\Z)", re.IGNORECASE | re.ASCII)


def leads_elsewhere(path: str) -> bool:
    """Whether git cannot hold such a path, or it leads out of the repository."""
    return bool(_UNFIT.search(path))


def check_path(path: str) -> None:
    """Raises BadInput: git cannot hold such a path, or it leads out of the repository."""
    if leads_elsewhere(path):
        raise BadInput("The path {path} cannot be in a store; give the file another name.", path=repr(path))


def _quoted(path: str) -> bytes:
    check_path(path)
    return path_bytes('"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"')


def path_bytes(path: str) -> bytes:
    """A path as git has it."""
    return path.encode("utf-8", "surrogateescape")


def path_text(raw: bytes) -> str:
    """A path of git's as Python has it."""
    return raw.decode("utf-8", "surrogateescape")
