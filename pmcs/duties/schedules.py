"""Schedules (计划): what they make by themselves, each occurrence once, however cron ran (8.1, 8.4, 9.2)."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import NamedTuple

from pmcs.core.flow import advance
from pmcs.core.kind import Kind
from pmcs.core.length import parse_length
from pmcs.core.numbering import name_from
from pmcs.core.occurrence import far_from
from pmcs.core.record import Record, moment, written
from pmcs.core.schedule import ACTIVE, AFTER_COMPLETION, Planned, Target, Term, following, plan_of, planned, terms
from pmcs.core.step import Step
from pmcs.core.tolerance import Window, window
from pmcs.core.world import Context, Given
from pmcs.duties.acting import Acting
from pmcs.duties.unattended import Unattended, run_out
from pmcs.errors import BadInput, Broken, PmcsError, Refused, Sentence
from pmcs.store.documents import MANGLED
from pmcs.store.lookups import Naming
from pmcs.store.queries import Filters
from pmcs.store.session import Session
from pmcs.store.store import Store

KIND = OPENING = "schedule"
TARGETS = ("asset", "place")
GAP = "keeps_gap"
LOOKED_BACK = timedelta(days=62)
"""What was made earlier is asked for one by one: only a cron that was silent for longer pays for that."""


class Occurrence(NamedTuple):
    """One thing that a schedule makes: its number, of which kind, when, within what time, with what values."""

    number: str
    kind: Kind
    schedule: Record
    target: Target
    planned: datetime
    window: Window
    values: Mapping[str, str]


def run_schedules(store: Store, acting: Acting, until: date | None = None) -> Unattended:
    """Make all that is planned up to the end of a day; without one, what may be begun or is announced by now.

    What nobody began in its time is missed at once. One commit; a second run finds nothing to do. What one schedule
    cannot make holds up no other.
    """
    steps: list[Step] = []
    left: dict[str, PmcsError] = {}
    with store.writing("schedule run"):
        now = acting.clock().replace(microsecond=0)  # to the second, as events are: at its last moment none is missed
        world = store.session(now.date(), acting.language)
        context = Context(now, acting.actor, world, world.desk or "", language=acting.language)
        makes = [kind.name for kind in world.regulation.kinds if OPENING in kind.actions]
        for errand in [*run_out(store, now, makes)]:
            record = world.record(errand.target)
            there = world.judging(record.day)
            steps += advance(there.kind_for(record), record, errand.do, errand.given, context._replace(world=there))
        for occurrence in _due(store, now, until, left):
            try:
                steps += _made(occurrence, world, context)
            except PmcsError as error:
                if not _stands(occurrence, store.config.zone):
                    continue
                said = Sentence("{schedule}: {details}", schedule=occurrence.schedule.id, details=error.sentence)
                left[str(said)] = type(error)(said)
        if steps:
            subject = f"schedule run {len(steps)}"
            store.commit(steps, acting.actor, acting.author, acting.committer, now, subject=subject)
    return Unattended(steps, [*left.values()])


def _due(store: Store, now: datetime, until: date | None, left: dict[str, PmcsError]) -> Iterator[Occurrence]:
    for broken in store.queries.broken(KIND):  # a list leaves them out, and nobody would miss what they do not make
        left[broken.path] = Broken("{file} cannot be read: {reason}", file=broken.path, reason=broken.reason)
    for code in _all_codes(store):
        try:
            for record in schedules(store, (code,)):
                yield from Scheduled(store, record, now).due(until)
        except PmcsError as error:
            left[str(error.sentence)] = error


def _made(occurrence: Occurrence, world: Session, context: Context) -> Iterator[Step]:
    """The record that an occurrence asks for; one whose time is over already is missed at once."""
    kind, context = occurrence.kind, context._replace(world=world.judging(occurrence.planned.date()))
    world.told(kind.fields[KIND].ref, occurrence.schedule.id)
    steps = advance(kind, None, OPENING, Given(values=occurrence.values), context)
    yield from steps
    made = steps[-1].after
    for action in kind.actions.values():
        ends = made.due.get(action.upon or "")
        if ends and made.state in (action.start or ()) and datetime.fromisoformat(ends) < context.now:
            yield from advance(kind, made, action.name, Given(), context)


def _stands(occurrence: Occurrence, zone: tzinfo) -> bool:
    """Whether the schedule is still for this: what was left of a thing that has been taken off is nobody's to mend."""
    plan = plan_of(occurrence.schedule, zone)
    return plan is not None and occurrence.schedule.state == ACTIVE and occurrence.target in plan.targets


def schedules(store: Store, codes: Collection[str] = ()) -> Iterator[Record]:
    """The schedules named, or all there ever were: one retired since may have been due while cron was silent.

    Raises NotFound, and Broken for a file that cannot be read.
    """
    for code in codes or _all_codes(store):
        yield store.record(store.find(code, (KIND,)), (KIND,))


def _all_codes(store: Store) -> list[str]:
    rows, _ = store.queries.list(KIND, Filters(), -1, order="id")
    return [row.id for row in rows]


def coming(store: Store, codes: Collection[str], now: datetime, most: int) -> list[Occurrence]:
    """The next occurrences of the schedules named, or of all, whether made already or not; the nearest first."""
    each = [islice(Scheduled(store, record, now).ahead(), most) for record in schedules(store, codes)]
    return [*islice(heapq.merge(*each, key=lambda item: (item.planned.timestamp(), item.number)), most)]


class Scheduled:
    """One schedule with what it has made so far.

    Raises Broken for a rule or a time by hand that cannot be reckoned with, Refused for a kind that none can make.
    """

    def __init__(self, store: Store, record: Record, now: datetime) -> None:
        self.store = store
        self.record = record
        self.now = now
        self.zone = store.config.zone
        self.terms = self._terms()
        of = [term.plan.makes for term in self.terms]
        self.kinds = {name: self._made_kind(name) for name in dict.fromkeys([*of, record.get("makes")])}
        self._read()

    def _terms(self) -> list[Term]:
        try:
            return terms(self.store.kind_named(KIND, self.record.day), self.record.history, self.zone)
        except (BadInput, *MANGLED):
            raise Broken(
                "The schedule {id} holds a rule or a time that cannot be reckoned with; see pmcs check.",
                id=self.record.id,
            ) from None

    def _made_kind(self, name: str) -> Kind:
        kind = self.store.regulations.on(self.now.date()).kind(name)
        if OPENING not in kind.actions:
            raise Refused("No schedule makes {kind}; choose something else.", kind=name)
        return kind

    def _read(self) -> None:
        """For each target when its last work ended (None: it has not); and of all, for when and when it was done."""
        whole = any(term.plan.basis == AFTER_COMPLETION or term.plan.max_gap for term in self.terms)
        since = 0.0 if whole else (self.now - LOOKED_BACK).timestamp()
        self.up_to: list[tuple[float, datetime]] = []
        self.ended: dict[Target, datetime | None] = {}
        self.made: dict[Target, list[tuple[datetime, datetime | None]]] = {}
        found: list[tuple[datetime, datetime | None, datetime | None, Naming]] = []
        for kind in self.kinds.values():
            done_in = self._done_field(kind)
            names = ("planned", "lapses", *TARGETS, *([done_in] if done_in else []))
            for row in self.store.lookups.naming(kind.name, KIND, self.record.id, names, since):
                with suppress(*MANGLED):  # written by hand, which `check` tells
                    done = row.fields.get(done_in)
                    found.append(
                        (moment(row.fields["planned"]), moment(done) if done else None, self._end(kind, row), row)
                    )
        for planned_at, done_at, ended_at, row in sorted(found, key=lambda item: item[0]):
            target = next(((name, row.fields[name]) for name in TARGETS if name in row.fields), None)
            self.up_to.append((row.entered, planned_at))
            self.ended[target] = ended_at
            self.made.setdefault(target, []).append((planned_at, done_at))

    def _end(self, kind: Kind, row: Naming) -> datetime | None:
        """When it ended; missed, that is when its time was over, whenever cron came to write so."""
        lapses = row.fields.get("lapses")
        missing = [action for action in kind.actions.values() if action.upon]
        if lapses and any(row.state in (action.to, *(action.start or ())) for action in missing):
            when = moment(lapses).astimezone(self.zone)
            return when if when < self.now else None
        return None if row.done is None else datetime.fromtimestamp(row.done, self.zone)

    def _done_field(self, kind: Kind) -> str:
        """The field that says when work was done, where the kind keeps a longest gap between two."""
        calls = (call for action in kind.actions.values() for call in action.rules)
        return next((str(call.arguments["since"]) for call in calls if call.name == GAP), "")

    def due(self, until: date | None) -> Iterator[Occurrence]:
        """What is to be made up to the end of a day, or by now, and is not there yet."""
        last = datetime.combine(until or self.now.date(), time(23, 59, 59), self.zone)
        lead = timedelta(0) if until else self._lead()
        for term in self.terms:
            for item in self._planned(term, last + lead):
                occurrence = self._occurrence(item)
                if not self.store.lookups.known(occurrence.number):
                    yield occurrence

    def _planned(self, term: Term, last: datetime) -> Iterator[Planned]:
        """After completion one that is missed at once is followed by the next, as if cron had come in time."""
        again = True
        while again:
            again = False
            for item in planned([term], last, after=self._made_up_to(term), ended=self.ended):
                yield item
                if term.plan.basis != AFTER_COMPLETION:
                    continue
                lapses = window(term.plan, item.at).lapses
                if lapses < self.now:
                    self.ended[item.target], again = lapses, True

    def ahead(self) -> Iterator[Occurrence]:
        """What comes from now on, in its order, without end where the rule has none."""
        return map(self._occurrence, planned(self.terms, far_from(self.now), after=self.now, ended=self.ended))

    def _lead(self) -> timedelta:
        """How long before its time a record is there: as soon as it may be begun, or is announced."""
        before = self.record.get("before")
        lengths = [parse_length(before)] if before else []
        made = self.kinds[self.record.get("makes")]
        lengths += [length for clock in made.clocks.values() for length in clock.warns]
        return max((length.duration for length in lengths), default=timedelta(0))

    def _made_up_to(self, term: Term) -> datetime | None:
        """Up to when a term's occurrences are all there: each run makes every one before it makes a later one.

        What was made in the second in which the term was entered may have been made just before it.
        """
        made = [at for entered, at in self.up_to if entered > term.entered.timestamp()]
        return max(made) - timedelta(days=1) if made else None

    def _occurrence(self, item: Planned) -> Occurrence:
        found = window(item.term.plan, item.at, self._done_before(item))
        values = {
            KIND: self.record.id,
            "planned": written(item.at),
            "earliest": written(found.earliest),
            "latest": written(found.latest),
            "lapses": written(found.lapses),
            **dict([item.target] if item.target else []),
        }
        kind = self.kinds[item.term.plan.makes]
        action = kind.actions[OPENING]
        given = {name: values.get(name) or self.record.get(name) for name in action.fields}
        given = {name: value for name, value in given.items() if value and (name not in TARGETS or name in values)}
        number = name_from(kind, action.named_by or kind.named_by, given)
        return Occurrence(number, kind, self.record, item.target, item.at, found, given)

    def _done_before(self, item: Planned) -> datetime | None:
        """When the one just before was done. While that is open, or if it was missed, nothing comes nearer."""
        plan = item.term.plan
        earlier = (one for one in reversed(self.made.get(item.target, ())) if one[0] < item.at)
        at, done = next(earlier, (item.at, None)) if plan.max_gap else (item.at, None)
        after = following(plan, at) if done else None
        return done if plan.basis == AFTER_COMPLETION or (after and item.at <= after) else None
