"""The store as it stood in a commit, read from git and never from the work tree: what assessments rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from pmcs.core.life import Life, Lives
from pmcs.errors import Broken, NotFound
from pmcs.regulation.version import SCHEME
from pmcs.store.regulations import FOLDER

if TYPE_CHECKING:
    from pmcs.core.assessment import Scheme
    from pmcs.core.period import Span
    from pmcs.regulation.version import Regulation
    from pmcs.store.store import Store

COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Past:
    """Commits of one store, each read once however many people are assessed by it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._files: dict[str, Life] = {}
        """By blob: two commits share most of them."""
        self._lives: dict[tuple[str, str, Span], list[Life]] = {}
        self._schemes: dict[tuple[str, str], Scheme] = {}
        self._basis: str | None = None
        self._sound: set[str] = set()

    def basis(self) -> str:
        """The last commit that touched records or regulation, empty before the first; the same for a whole command."""
        if self._basis is None:
            last = self.store.last_record_commit()
            self._basis = last[0] if last else ""
        return self._basis

    def named_in_time(self, path: str, commit: str) -> bool:
        """Whether a commit was the last that touched records when a file came to name it; also of one not committed."""
        by = self.store.repository.introduced(path, commit)
        last = self.store.last_record_commit(f"{by}^") if by else None
        return by is None or (last is not None and last[0] == commit)

    def scheme(self, regulation: Regulation, commit: str) -> Scheme:
        """The scheme in a version's folder, as a commit has it.

        Raises NotFound: the version has none there. Broken: it has errors.
        """
        from pmcs.regulation.scheme_file import read_scheme
        from pmcs.regulation.shape import Reader
        from pmcs.store.regulations import parsed

        file = scheme_file(regulation.since)
        if (commit, file) not in self._schemes:
            found = dict(self.store.repository.tree(self._found(commit), self.store.path(file))) if commit else {}
            if not found:
                raise no_scheme(regulation.since)
            oid = found[self.store.path(file)]
            reader = Reader(parsed({file: dict(self.store.repository.blobs([oid]))[oid]})[file])
            self._schemes[commit, file] = read_scheme(reader)
            for problem in reader.problems:
                raise Broken("{file}:{line}: {problem}", file=file, line=problem.line, problem=problem.sentence)
        return self._schemes[commit, file]

    def _found(self, commit: str) -> str:
        """A commit that this store has come by. Raises Broken: it is another's, or none."""
        if commit not in self._sound:
            sound = COMMIT.fullmatch(commit) is not None
            if not sound or not (
                commit == self.basis() or self.store.repository.contains(self.store.repository.at, commit)
            ):
                raise Broken(
                    "{commit} is no commit that figures were worked out from; see pmcs check.", commit=commit or "?"
                )
            self._sound.add(commit)
        return commit

    def lives(self, kinds: Sequence[str], span: Span, commit: str) -> Lives:
        """The records of these kinds that may count in a span. Raises Broken: one cannot be read."""
        self._found(commit)
        wanted = [kind for kind in kinds if (commit, kind, span) not in self._lives]
        if wanted:
            for broken in self.store.queries.broken():
                if broken.kind in wanted:
                    raise Broken("{file} cannot be read: {reason}", file=broken.path, reason=broken.reason)
            paths = {kind: list(self._candidates(kind, span)) for kind in wanted}
            self._read(commit, span, paths)
        return {kind: self._lives[commit, kind, span] for kind in kinds}

    def _candidates(self, kind: str, span: Span) -> Iterator[str]:
        """The files of all that was opened before the end and is open, or had an entry since the start.

        It holds for every commit: histories only grow, so what had an entry by then had it by now. A register's entry
        may tell of a time before it was made: posts since 2020.
        """
        sql = "SELECT path FROM record WHERE kind = ? AND (opened < ? OR ?) AND (ended = 0 OR changed >= ?) ORDER BY id"
        register = self.store.kind_named(kind).is_register
        rows = self.store.index.read(sql, (kind, span.end.timestamp(), register, span.start.timestamp()))
        return (path for (path,) in rows)

    def _read(self, commit: str, span: Span, paths: Mapping[str, Sequence[str]]) -> None:
        there = self._blobs(commit, paths)
        wanted = {there[path]: path for of in paths.values() for path in of if path in there}
        for oid, data in self._contents({oid: path for oid, path in wanted.items() if oid not in self._files}):
            record = self.store.parse(wanted[oid], data)[1]
            self._files[oid] = Life(self.store.kind_of(record), record)
        for kind, of in paths.items():
            self._lives[commit, kind, span] = [self._files[there[path]] for path in of if path in there]

    def _blobs(self, commit: str, paths: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
        """The blobs that a commit has for files of these kinds, by path; others beside them do no harm."""
        folders = {self._folder(kind, path) for kind, of in paths.items() for path in of}
        return dict(self.store.repository.tree(commit, *sorted(folders))) if folders else {}

    def _contents(self, wanted: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
        """The bytes of blobs, given with their paths."""
        return self.store.repository.blobs(wanted) if wanted else iter(())

    def _folder(self, kind: str, path: str) -> str:
        """The month's folder that a dated record lies in, the kind's for a register: what git lists for it."""
        parts, top = path.split("/"), len(self.store.path(kind).split("/"))
        return "/".join(parts[: top + 2] if len(parts) > top + 2 else parts[:top])


def scheme_file(version: date) -> str:
    """Where a version's scheme of assessment lies in its store."""
    return f"{FOLDER}/{version}/{SCHEME}"


def no_scheme(version: date) -> NotFound:
    """There is nothing to assess by."""
    return NotFound(
        "There is no {file}, by which people are assessed; copy it from the starter and commit it.",
        file=scheme_file(version),
    )
