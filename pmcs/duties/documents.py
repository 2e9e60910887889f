"""Taking in paper and files that are no records: what they are by their bytes, and where they are kept (5.9)."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from pmcs.core.private import has_private
from pmcs.core.record import Value
from pmcs.core.world import Given
from pmcs.duties.acting import Acting, Done, act
from pmcs.errors import BadInput
from pmcs.store.store import Store

DOCUMENT = "document"
KEPT = "document/files"
"""The folder of the store that holds files taken in; each is named by the SHA-256 of its bytes."""
LARGEST = 20 << 20
"""Bytes: git keeps every one of them for ever, in every clone."""
SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


def add_document(
    store: Store, file: Path, values: Mapping[str, Value], acting: Acting, *, keep: bool, note: str = ""
) -> Done:
    """Make the record of a file; `keep` takes its bytes into the store, in the same commit.

    Raises BadInput: it is no plain file, is too large to keep, or is a text with a phone or ID number in it.
    """
    given = {**values, "size": str(_size(file))}
    if not keep:
        return act(store, DOCUMENT, "new", None, Given(values={**given, "file": [str(file)]}, note=note), acting)
    data = _sound(file)
    inside = f"{KEPT}/{hashlib.sha256(data).hexdigest()}{_suffix(file)}"
    given["file"] = [str(store.root / inside)]
    beside = [(store.path(inside), data)]
    return act(store, DOCUMENT, "new", None, Given(values=given, note=note), acting, beside=beside)


def _size(file: Path) -> int:
    try:
        if not file.is_file():
            raise BadInput("{file} is no plain file; name one that holds what is to be kept.", file=file)
        return file.stat().st_size
    except OSError as error:
        raise BadInput("The file {file} cannot be read ({reason}).", file=file, reason=error.strerror) from error


def _sound(file: Path) -> bytes:
    """The bytes of a file that may be taken into the store."""
    try:
        with file.open("rb") as handle:
            data = handle.read(LARGEST + 1)
    except OSError as error:
        raise BadInput("The file {file} cannot be read ({reason}).", file=file, reason=error.strerror) from error
    if len(data) > LARGEST:
        raise BadInput(
            "{file} is larger than {limit} MiB; keep it elsewhere and say where with --shelf.",
            file=file.name,
            limit=LARGEST >> 20,
        )
    if _tells(data):
        raise BadInput(
            "{file} holds a phone or ID number, which would stand in clear in every clone; keep it elsewhere and say"
            " where with --shelf.",
            file=file.name,
        )
    return data


def _tells(data: bytes) -> bool:
    """Whether it is a text that holds a phone or ID number; of scans and pictures nobody can tell."""
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return b"\0" not in data and has_private(data.decode(encoding))
    return False


def _suffix(file: Path) -> str:
    """The ending of its name, if it is a plain one; none that would make it look like a record."""
    suffix = file.suffix.lower()
    return suffix if SUFFIX.fullmatch(suffix) and suffix not in (".yaml", ".yml") else ""
