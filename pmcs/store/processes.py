"""Work that several copies of this process share: what takes long at 10,000 records is done on every core."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from pmcs.errors import PmcsError, Unable, defect

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

A = TypeVar("A")
R = TypeVar("R")
_MOST = 8


def cores() -> int:
    """How many processes may work side by side: 1 where this one cannot be copied, since it has several threads."""
    return min(os.cpu_count() or 1, _MOST) if threading.active_count() == 1 else 1


def answered(asks: Iterable[A], begin: Callable[[], Callable[[A], R]]) -> Iterator[R]:
    """What the copies answer, in the order of `asks`; each runs `begin` first, which gives what answers there.

    A copy has one question at a time and the next is made ready meanwhile: no more is ever held. Questions and answers
    must be fit for pickle; nothing touches the disk. Raises what a copy raises of pmcs's own errors and the system's;
    Unable: one of them was killed, or came upon a defect.
    """
    import multiprocessing

    # A copy has the regulation already, and needs nothing sent but what is asked.
    context = multiprocessing.get_context("fork")
    most = cores()
    workers: list[ForkProcess] = []
    pipes: list[Connection] = []
    place = 0
    try:
        for place, ask in enumerate(asks, 1):
            if len(pipes) < most:
                ours, theirs = context.Pipe()
                worker = context.Process(target=_work, args=(theirs, [*pipes, ours], begin), daemon=True)
                with _undisturbed():
                    worker.start()
                    workers.append(worker)
                pipes.append(ours)
                theirs.close()
                _send(ours, ask)
            else:
                pipe = pipes[(place - 1) % most]
                answer = _received(pipe)
                _send(pipe, ask)
                yield answer
        for waiting in range(place - len(pipes), place):
            yield _received(pipes[waiting % most])
    finally:
        for pipe in pipes:
            pipe.close()
        for worker in workers:
            worker.terminate()
            worker.join()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Inside, Ctrl-C waits: a copy must not hear it before it is deaf to it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _send(pipe: Connection, ask: Any) -> None:
    with suppress(ConnectionError):
        pipe.send(ask)
        return
    # It may have said why it ended.
    _received(pipe)
    raise _stopped()


def _received(pipe: Connection) -> Any:
    try:
        found = pipe.recv()
    except (EOFError, ConnectionError):
        raise _stopped() from None
    if isinstance(found, _Failed):
        raise found.error
    return found


def _stopped() -> Unable:
    return Unable("A process that read records was stopped; run the command again.")


class _Failed:
    """A copy's refusal to go on."""

    def __init__(self, error: Exception) -> None:
        self.error = error


def _work(pipe: Connection, others: Sequence[Connection], begin: Callable[[], Callable[[Any], Any]]) -> None:
    import gc

    # Ctrl-C is the first process's to answer; it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The other ends were inherited; while one is open here, the first process could die unnoticed.
    for other in others:
        other.close()
    gc.disable()
    try:
        answer = begin()
        while True:
            pipe.send(answer(pipe.recv()))
    except (EOFError, ConnectionError):
        pass  # nobody asks any more
    except Exception as error:  # noqa: BLE001  the first process says it, in a sentence
        with suppress(ConnectionError):
            pipe.send(_Failed(error if isinstance(error, PmcsError | OSError) else defect(error)))
