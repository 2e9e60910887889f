"""The files of the records that one commit touches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pmcs.core.step import Step
from pmcs.store.documents import record_path, to_bytes
from pmcs.store.git_stream import Change


class RecordFiles:
    """The files of the records that an action touched. A commit reads them several times over, and writes them once."""

    def __init__(self, placed: Callable[[str], str], steps: Sequence[Step], beside: Sequence[Change] = ()) -> None:
        """`placed` makes a path in the repository of one in the store; `beside` are files that are no records."""
        self._beside = beside
        self._placed = placed
        self._last = {(step.kind.name, step.after.id): step for step in steps}
        self._files: list[tuple[str, bytes]] = []

    def paths(self) -> list[str]:
        """The records' paths in the repository."""
        return [self._path(step) for step in self._last.values()]

    def __len__(self) -> int:
        return len(self._last) + len(self._beside)

    def _path(self, step: Step) -> str:
        opened = step.after.day
        return self._placed(record_path(step.kind, step.after.id, opened))

    def __iter__(self) -> Iterator[tuple[str, bytes | None]]:
        if not self._files:
            self._files = [(self._path(step), to_bytes(step.kind, step.after)) for step in self._last.values()]
        yield from self._files
        yield from self._beside
