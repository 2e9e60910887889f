"""What happens by itself, each time cron runs: clocks that have run out, records let go, escalation levels (7.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from pmcs.core.clock import RISK
from pmcs.core.consequence import tried
from pmcs.core.flow import advance
from pmcs.core.kind import Kind
from pmcs.core.step import Errand, Step
from pmcs.core.world import Context, Given
from pmcs.duties.acting import Acting
from pmcs.duties.escalation import reached, rows_of
from pmcs.errors import PmcsError
from pmcs.store.session import Session
from pmcs.store.store import Store


class Unattended(NamedTuple):
    """What was written, and why some records were left out: one that cannot be read holds up no other."""

    steps: list[Step]
    left: list[PmcsError]


def run_unattended(store: Store, acting: Acting) -> Unattended:
    """Everything that is due by itself since the last run, in one commit; nothing twice, however long cron slept."""
    steps: list[Step] = []
    left: list[PmcsError] = []
    with store.writing("escalate"):
        now = acting.clock()
        world = store.session(now.date(), acting.language)
        context = Context(now, acting.actor, world, world.desk or "", language=acting.language)
        for errand in [*run_out(store, now), *let_go(store)]:
            try:
                steps += tried(errand, context, advance)
            except PmcsError as error:
                left.append(error)
        for id_ in store.lookups.at_risk(now, _early(store)):
            try:
                steps += _escalated(id_, world, context)
            except PmcsError as error:
                left.append(error)
        if steps:
            store.commit(steps, acting.actor, acting.author, acting.committer, now, subject=f"escalate {len(steps)}")
    return Unattended(steps, left)


def run_out(store: Store, now: datetime, kinds: Collection[str] | None = None) -> Iterator[Errand]:
    """What is done upon the end of clocks that have run out; of these kinds alone, where they are given."""
    for (kind, do, clock), states in _unattended(store).items():
        if not clock or (kinds is not None and kind not in kinds):
            continue
        for id_ in store.lookups.run_out(kind, clock, states, now):
            yield Errand(do, Given(), target=id_)


def let_go(store: Store) -> Iterator[Errand]:
    """What is done on records that were held open and are no longer, and wait for it."""
    for (kind, do, clock), states in _unattended(store).items():
        for id_ in store.lookups.let_go(kind, states) if not clock else ():
            yield Errand(do, Given(), target=id_)


def _unattended(store: Store) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """What `system` does by kind, action and clock (none: when let go), and all states in which any version allows it.

    A record of an older version lives on by that; what its own version refuses is not done.
    """
    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for kind in _kinds(store):
        for action in kind.actions.values():
            for clock in (*([action.upon] if action.upon else []), *([""] if action.freed else [])):
                key = (kind.name, action.name, clock)
                found[key] = tuple(dict.fromkeys([*found.get(key, ()), *(action.start or ())]))
    return found


def _kinds(store: Store) -> Iterator[Kind]:
    """The kinds of every version of the regulation."""
    for day in store.regulations.versions:
        yield from store.regulations.on(day).kinds


def _escalated(id_: str, world: Session, context: Context) -> list[Step]:
    record = world.record(id_)
    there = world.judging(record.day)
    kind = there.kind_for(record)
    rows = rows_of(reached(kind, record, there.calendar, context.now))
    given = Given(values={"escalations": rows})
    return advance(kind, record, "escalate", given, context._replace(world=there)) if rows else []


def _early(store: Store) -> set[str]:
    """The kinds with a level below that at which the index begins to look."""
    return {
        kind.name
        for kind in _kinds(store)
        if any(min(clock.escalates, default=RISK) < RISK for clock in kind.clocks.values())
    }
