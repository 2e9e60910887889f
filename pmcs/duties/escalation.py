"""Escalation (7.2, 7.5): levels that a running clock has reached are written once each, by `system`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pmcs.core.calendar import Calendar
from pmcs.core.clock import RISK, running, share
from pmcs.core.flow import advance
from pmcs.core.kind import Kind
from pmcs.core.record import Record, written
from pmcs.core.step import Step
from pmcs.core.world import Context, Given
from pmcs.duties.acting import Acting
from pmcs.errors import Broken, PmcsError, Refused, Unable
from pmcs.store.store import Store


@dataclass(frozen=True, slots=True)
class Level:
    """One level reached: which clock of which round, by what share of its time, and who is told."""

    clock: str
    since: datetime
    percent: int
    told: str


def reached(kind: Kind, record: Record, calendar: Calendar, now: datetime) -> Iterator[Level]:
    """The levels that a record's running clocks have reached and that are not written yet."""
    told = {(row.get("clock"), row.get("since"), row.get("level")) for row in record.rows("escalations")}
    for name, current in running(kind, record.history).items():
        if not current.escalates or current.clock.window:
            continue
        for percent, to in sorted(current.clock.escalates.items()):
            instant = share(current, percent, record.fields, calendar)
            if instant is None or instant > now or (name, written(current.started), str(percent)) in told:
                continue
            person = record.get(to) if to in kind.fields else to
            if person:  # a level meant for somebody not named yet is written once there is one
                yield Level(name, current.started, percent, person)


@dataclass(frozen=True, slots=True)
class Escalated:
    """What was written, and why some records were left out: one that cannot be read holds up no other."""

    steps: list[Step]
    left: list[PmcsError]


def escalate(store: Store, acting: Acting) -> Escalated:
    """Write every level reached since the last run, all in one commit; none twice, however cron slept."""
    steps: list[Step] = []
    left: list[PmcsError] = []
    with store.writing("escalate"):
        now = acting.clock()
        for id_ in store.lookups.at_risk(now, _early(store, now)):
            try:
                record = store.record(id_)
            except (Broken, Refused, Unable) as error:
                left.append(error)
                continue
            day = record.day
            session = store.session(day, acting.language)
            kind = session.regulation.kind(record.kind)
            rows = [
                {"clock": level.clock, "since": written(level.since), "level": str(level.percent), "told": level.told}
                for level in reached(kind, record, session.calendar, now)
            ]
            if rows:
                context = Context(now, acting.actor, session, session.desk or "", language=acting.language)
                steps += advance(kind, record, "escalate", Given(values={"escalations": rows}), context)
        if steps:
            store.commit(steps, acting.actor, acting.author, acting.committer, now, subject=f"escalate {len(steps)}")
    return Escalated(steps, left)


def _early(store: Store, now: datetime) -> list[str]:
    """The kinds with a level below that at which the index begins to look."""
    kinds = store.regulations.on(now.date()).kinds
    return [
        kind.name for kind in kinds if any(min(clock.escalates, default=RISK) < RISK for clock in kind.clocks.values())
    ]
