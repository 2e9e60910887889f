"""The dated versions of the regulation in a store: which one judges a day, read through the compiled form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pmcs.errors import Broken, NotFound, PmcsError, Sentence
from pmcs.regulation.shape import Problem, Source
from pmcs.regulation.version import Regulation
from pmcs.store.compiled import compiled
from pmcs.store.plain_file import read_plain

FOLDER = "regulation"


class Regulations:
    """The folder `regulation/`: one folder a version, named by the day from which it is in force (article 16)."""

    def __init__(self, root: Path, cache: Path, zone: ZoneInfo, *, keep: bool = True) -> None:
        self.folder = root / FOLDER
        self.cache = cache
        self.zone = zone
        self.keep = keep
        self._loaded: dict[date, Regulation] = {}

    @cached_property
    def versions(self) -> list[date]:
        """The days from which a version is in force, oldest first."""
        found = []
        try:
            names = [path.name for path in self.folder.iterdir() if path.is_dir()]
        except OSError:
            names = []
        for name in names:
            try:
                found.append(date.fromisoformat(name))
            except ValueError:
                continue
        if not found:
            raise NotFound(
                "There is no regulation in {folder}; copy one there (pmcs init makes the starter).", folder=self.folder
            )
        return sorted(found)

    def day_for(self, day: date) -> date:
        """The version that judges a day: the last one begun, or the oldest for earlier days."""
        begun = [version for version in self.versions if version <= day]
        return begun[-1] if begun else self.versions[0]

    def on(self, day: date) -> Regulation:
        """The regulation that judges what was opened on a day. Raises Broken where it has errors."""
        version = self.day_for(day)
        if version not in self._loaded:
            files = {name: self._read(version, name) for name in self._names(version)}

            def parse() -> dict[str, Any]:
                from pmcs.regulation.sound import check, refuse_errors

                try:
                    sources = parsed(files)
                    refuse_errors(check(sources, self.zone))
                except Broken as error:
                    raise _placed(version, error.sentence) from error
                return {name: source.tree for name, source in sources.items()}

            trees = compiled(self.cache, files, parse, keep=self.keep)
            self._loaded[version] = Regulation(version, trees, self.zone)
        return self._loaded[version]

    def problems(self) -> list[Problem]:
        """Every problem of every version, files named from the store."""
        return [problem for version in self.versions for problem in self.examined(version)[1]]

    def examined(self, version: date) -> tuple[dict[str, Source], list[Problem]]:
        """The files of one version that can be read, as they lie there, and every problem of any of them."""
        from pmcs.regulation.shape import NO_SUCH_NAME
        from pmcs.regulation.sound import NO_SUCH_FILE, check

        found: list[Problem] = []
        names = self._names(version)
        sources: dict[str, Source] = {}
        for name in names:
            try:
                sources |= parsed({name: self._read(version, name)})
            except PmcsError as error:
                found.append(_unreadable(version, name, error.sentence))
        found += [
            Problem(f"{FOLDER}/{version}/{item.file}", item.line, item.severity, item.sentence)
            for item in check(sources, self.zone)
            # What an unreadable file may name cannot be said to be missing.
            if len(sources) == len(names) or item.sentence.template not in (NO_SUCH_NAME, NO_SUCH_FILE)
        ]
        return sources, found

    def _names(self, version: date) -> list[str]:
        top = self.folder / version.isoformat()
        return [path.relative_to(top).as_posix() for path in sorted(top.rglob("*.yaml"))]

    def _read(self, version: date, name: str) -> bytes:
        file = f"{FOLDER}/{version}/{name}"
        return read_plain(self.folder.parent / file, file)


def parsed(files: Mapping[str, bytes]) -> dict[str, Source]:
    """The files of one version with their lines. Raises Broken naming file and line."""
    from pmcs.store.codec import decode_marked

    sources = {}
    for name, data in files.items():
        tree, lines = decode_marked(data, name)
        sources[name] = Source(name, tree, lines)
    return sources


def _placed(version: date, sentence: Sentence) -> Broken:
    """The same complaint with its file named from the store, as FILE:LINE: sentence."""
    folder, line, problem = f"{FOLDER}/{version}", sentence.details.get("line"), sentence.details.get("problem")
    name = sentence.details.get("name")
    if line and name and isinstance(problem, Sentence):
        return Broken("{file}:{line}: {problem}", file=f"{folder}/{name}", line=line, problem=problem)
    return Broken("{folder}/{problem}", folder=folder, problem=sentence)


def _unreadable(version: date, name: str, sentence: Sentence) -> Problem:
    line = sentence.details.get("line", 1)
    problem = sentence.details.get("problem")
    shown = problem if isinstance(problem, Sentence) else sentence
    return Problem(f"{FOLDER}/{version}/{name}", line if isinstance(line, int) else 1, "error", shown)
