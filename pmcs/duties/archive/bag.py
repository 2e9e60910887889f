"""A bag as BagIt 1.0 (RFC 8493) has it: payload, manifests and tag files; the same content gives the same bytes."""

from __future__ import annotations

import hashlib
import re
import tarfile
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pmcs.errors import Broken

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ALGORITHMS = ("sha256", "sha512")
PAYLOAD = "data/"
FILE_MODE, FOLDER_MODE = 0o644, 0o755
_ENCODED = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_LINE = re.compile(r"(?P<sum>[0-9a-fA-F]+)[ \t]+(?P<path>[^\r\n]+)")
_UNFIT = re.compile(r"\A/|\A~|\\|[\0-\x1f\x7f]|(?:\A|/)\.{0,2}(?:/|\Z)|\A[A-Za-z]:")


class Sums(NamedTuple):
    """What is known of one file of a bag."""

    size: int
    sha256: str
    sha512: str


class Writer:
    """Writes files into a new bag and keeps their sums. Paths are those within the bag, with `/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, Sums] = {}

    def add(self, path: str, data: bytes) -> None:
        """A file. Raises Broken: the bag has one of this name, or the name leads elsewhere."""
        place = self.place(path)
        place.write_bytes(data)
        self.files[normal(path)] = Sums(len(data), hashlib.sha256(data).hexdigest(), hashlib.sha512(data).hexdigest())

    def place(self, path: str) -> Path:
        """Where a file goes; its folder is made."""
        name = normal(path)
        if unfit(name) or name in self.files:
            raise Broken("{file} cannot be in a package twice, or by this name; rename it.", file=path)
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def took(self, path: str) -> None:
        """A file was written to its `place`; its sums are taken."""
        with (self.folder / normal(path)).open("rb") as handle:
            sums = [hashlib.file_digest(handle, "sha256").hexdigest()]
            handle.seek(0)
            sums.append(hashlib.file_digest(handle, "sha512").hexdigest())
            self.files[normal(path)] = Sums(handle.tell(), *sums)

    def close(self, info: Mapping[str, str]) -> None:
        """Write what makes a folder a bag; `info` is what `bag-info.txt` says beside the size of the payload."""
        payload = {path: sums for path, sums in self.files.items() if path.startswith(PAYLOAD)}
        self.add("bagit.txt", DECLARATION)
        self.add("bag-info.txt", bag_info(info, payload.values()))
        for algorithm in ALGORITHMS:
            self.add(f"manifest-{algorithm}.txt", manifest(payload, algorithm))
        tags = {path: sums for path, sums in self.files.items() if path not in payload}
        for algorithm in ALGORITHMS:
            self.add(f"tagmanifest-{algorithm}.txt", manifest(tags, algorithm))


def normal(path: str) -> str:
    """A path as it stands in a bag: Chinese and accents composed, whatever the machine it was typed on does."""
    return unicodedata.normalize("NFC", path)


def unfit(path: str) -> bool:
    """Whether a path leads out of the bag, or means one thing here and another there."""
    return not path or bool(_UNFIT.search(path))


def manifest(files: Mapping[str, Sums], algorithm: str) -> bytes:
    """A manifest: a sum and a path a line, by path."""
    lines = (f"{getattr(files[path], algorithm)}  {encoded(path)}\n" for path in sorted(files))
    return "".join(lines).encode()


def encoded(path: str) -> str:
    """A path as a manifest has it: line breaks and % are percent-encoded, and nothing else is."""
    return "".join(_ENCODED.get(letter, letter) for letter in path)


def decoded(path: str) -> str:
    """The path that a manifest means."""
    return re.sub("%(0[Dd]|0[Aa]|25)", lambda found: chr(int(found[1], 16)), path)


def read_manifest(data: bytes, name: str) -> tuple[dict[str, str], list[str]]:
    """Paths with their sums, and the lines that are none. Raises Broken: it is no text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Broken("{file} is no text in UTF-8.", file=name) from None
    found: dict[str, str] = {}
    wrong = []
    for line in re.split(r"\r\n|\r|\n", text):
        taken = _LINE.fullmatch(line)
        path = decoded(taken["path"]) if taken else ""
        if taken and not unfit(path) and path not in found:
            found[path] = taken["sum"].lower()
        elif line:
            wrong.append(line)
    return found, wrong


def bag_info(info: Mapping[str, str], payload: Iterable[Sums]) -> bytes:
    """`bag-info.txt`."""
    sizes = [sums.size for sums in payload]
    told = {**info, "Payload-Oxum": f"{sum(sizes)}.{len(sizes)}"}
    return "".join(f"{label}: {' '.join(text.split())}\n" for label, text in told.items() if text.strip()).encode()


def tarred(folder: Path, name: str, when: datetime, file: Path) -> None:
    """The folder as a tar whose top is `name`: files in the order of their paths, of one time, owner and mode."""
    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(
            (path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.relative_to(folder).as_posix()
        ):
            member = tarfile.TarInfo(f"{name}/{path.relative_to(folder).as_posix()}")
            member.size, member.mtime, member.mode = path.stat().st_size, int(when.timestamp()), FILE_MODE
            with path.open("rb") as handle:
                archive.addfile(member, handle)
