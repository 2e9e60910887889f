"""Many record files read by several processes: decoding YAML is what making an index costs."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess

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
    workers: list[ForkProcess] = []
    pipes: list[Connection] = []
    try:
        for number in range(count):
            ours, theirs = context.Pipe(duplex=False)
            pipes.append(ours)
            share = chunks[number::count]
            worker = context.Process(target=_work, args=(theirs, [*pipes], repository, share, read), daemon=True)
            workers.append(worker)
            worker.start()
            theirs.close()
        for place, chunk in enumerate(chunks):
            found = _received(pipes[place % count])
            yield from ((path, oid, outcome) for (path, oid), outcome in zip(chunk, found, strict=True))
    finally:
        for ours in pipes:
            ours.close()
        for worker in workers:
            if worker.pid is not None:
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
    others: Sequence[Connection],
    repository: Repository,
    chunks: Sequence[Sequence[File]],
    read: Callable[[str, str, bytes], Outcome],
) -> None:
    # Ctrl-C is the first process's to answer; it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The reading ends were inherited; while one is open here, the first process could die unnoticed.
    for pipe in others:
        pipe.close()
    gc.disable()
    try:
        for chunk in chunks:
            blobs = repository.blobs([oid for _, oid in chunk])
            results.send([read(path, oid, data) for (path, oid), (_, data) in zip(chunk, blobs, strict=True)])
    except PmcsError as error:
        results.send((type(error), error.sentence))
    except BrokenPipeError:
        pass  # nobody reads any more
