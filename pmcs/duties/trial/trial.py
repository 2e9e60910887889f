"""A whole trial: scratch store, staff, walk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time

from pmcs.core.finding import ERROR
from pmcs.duties.trial.player import Play, Player
from pmcs.duties.trial.scratch import hire, scratch_store, version_with
from pmcs.duties.trial.walk import Left, Walk
from pmcs.errors import Broken
from pmcs.regulation.shape import Problem
from pmcs.store.store import Store

OPENS = time(9, 0)


@dataclass(frozen=True)
class Trial:
    """What a trial found."""

    problems: list[Problem] = field(default_factory=list)
    """Errors of the regulation; nothing can be played then."""
    plays: list[Play] = field(default_factory=list)
    """What was done, and the last refusal of what could not be, in their order."""
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    """How many of how many `actions`, `choices` and `states` were reached."""
    left: list[Left] = field(default_factory=list)


def try_kind(
    store: Store, name: str, now: datetime, language: str, progress: Callable[[int, int], None] = lambda *_: None
) -> Trial:
    """Play a kind of the regulation as it lies in the work tree; the store itself is only read.

    `progress` is told how much of how much is settled. Raises NotFound where no version has the kind.
    """
    version = version_with(store, name)
    with scratch_store(store, version) as scratch:
        try:
            scratch.regulations.on(version)
        except Broken:
            return Trial([problem for problem in scratch.regulations.problems() if problem.severity == ERROR])
        day = max(now.date(), version)
        start = datetime.combine(day, OPENS, store.config.zone)
        player = Player(scratch, hire(scratch, version, start), start, language)
        walk = Walk(player, scratch.regulations.on(day).kind(name))
        for settled in walk.run():
            progress(settled, len(walk.plan.ways))
        return Trial([], player.plays, walk.counts, walk.left)
