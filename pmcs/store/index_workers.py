"""Many record files read by several processes: decoding YAML is what making an index costs."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection

from pmcs.errors import PmcsError, Sentence, Unable
from pmcs.store.git import Repository
from pmcs.store.index_writing import Outcome

_CHUNK = 200
_MOST = 8

File = tuple[str, str]
"""Path and blob."""


def read_apart(
    repository: Repository, files: Sequence[File], read: Callable[[str, str, bytes], Outcome]
) -> Iterator[tuple[str, str, Outcome]]:
    """Path, blob and what `read` makes of it, in the order of `files`.

    Raises what `read` raises of pmcs's own errors; Unable: one of the processes was killed.
    """
    chunks = [files[first : first + _CHUNK] for first in range(0, len(files), _CHUNK)]
    count = max(1, min(os.cpu_count() or 1, _MOST, len(chunks)))
    # A copy of this process has the regulation already, and needs nothing sent but the results.
    context = multiprocessing.get_context("fork")
    workers = []
    for number in range(count):
        ours, theirs = context.Pipe(duplex=False)
        worker = context.Process(target=_work, args=(theirs, repository, chunks[number::count], read), daemon=True)
        worker.start()
        theirs.close()
        workers.append((worker, ours))
    try:
        for place, chunk in enumerate(chunks):
            found = _received(workers[place % count][1])
            yield from ((path, oid, outcome) for (path, oid), outcome in zip(chunk, found, strict=True))
    finally:
        for worker, ours in workers:
            ours.close()
            worker.terminate()
            worker.join()


def _received(connection: Connection) -> list[Outcome]:
    try:
        found: list[Outcome] | tuple[type[PmcsError], Sentence] = connection.recv()
    except EOFError:
        raise Unable("A process that read records was stopped; run the command again.") from None
    if isinstance(found, tuple):
        kind, sentence = found
        raise kind(sentence)
    return found


def _work(
    results: Connection,
    repository: Repository,
    chunks: Sequence[Sequence[File]],
    read: Callable[[str, str, bytes], Outcome],
) -> None:
    # Ctrl-C is the first process's to answer; it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    try:
        for chunk in chunks:
            blobs = repository.blobs([oid for _, oid in chunk])
            results.send([read(path, oid, data) for (path, oid), (_, data) in zip(chunk, blobs, strict=True)])
    except PmcsError as error:
        results.send((type(error), error.sentence))
    except BrokenPipeError:
        pass  # nobody reads any more
