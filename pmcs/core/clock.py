"""Clocks: deadlines by replaying events, never by a counter (KINDS.md, Clocks; DESIGN 9.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from pmcs.core.calendar import Calendar
from pmcs.core.kind import Choose, Clock, Kind
from pmcs.core.length import Length
from pmcs.core.record import Event, Record, Value, in_calendar, moment, written
from pmcs.core.standing import standing

RISK = 80
"""Per cent of its time after which a running clock is at risk."""


@dataclass(slots=True)
class Term:
    """A recorded due time and how long it was in force."""

    due: datetime
    since: datetime
    until: datetime | None = None

    def late(self, now: datetime) -> bool:
        """Whether the due time passed while in force."""
        return (self.until or now) > self.due


@dataclass(slots=True)
class Round:
    """One run of a clock from a start to a stop."""

    clock: Clock
    by: str
    """The action or state that started it."""
    started: datetime
    runs: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    stopped: datetime | None = None

    @property
    def due(self) -> datetime | None:
        """The due time in force, if it runs and has one."""
        return self.terms[-1].due if self.terms and self.terms[-1].until is None else None

    @property
    def given(self) -> str | None:
        """The field that gives this round's due time, where the clock has one (`until`)."""
        until = self.clock.until
        return until if until is None or isinstance(until, str) else until.get(self.by)

    @property
    def pauses(self) -> tuple[str, ...]:
        """The states that pause it; a due time given from elsewhere stands through all of them."""
        return () if self.given else self.clock.pauses

    @property
    def escalates(self) -> bool:
        """Promises that came from elsewhere do not escalate."""
        return not isinstance(self.clock.until, Mapping) or self.by not in self.clock.until

    def late(self, now: datetime) -> bool:
        """Whether any due time of this round passed while in force: permanent."""
        return any(term.late(now) for term in self.terms)

    def close(self, at: datetime) -> None:
        """Stop or pause it: the due time is no longer in force."""
        if self.runs and self.runs[-1][1] is None:
            self.runs[-1] = (self.runs[-1][0], at)
        if self.terms and self.terms[-1].until is None:
            self.terms[-1].until = at


def _named(names: tuple[str, ...], event: Event, entered: str) -> str | None:
    """Which of the names this event is: its action, or the state it enters."""
    return event.do if event.do in names else entered if entered and entered in names else None


def rounds(kind: Kind, history: Iterable[Event]) -> list[Round]:
    """Every round of every clock, in the order they started."""
    found: list[Round] = []
    running: dict[str, Round] = {}
    state = ""
    fields: dict[str, Value] = {}
    for at, event in _in_time(kind, history):
        fields.update(event.set)
        entered = event.to if event.to and event.to != state else ""
        for clock in kind.clocks.values():
            current = running.get(clock.name)
            if current is None and event.do not in clock.starts and entered not in clock.starts:
                continue
            start = _named(clock.starts, event, entered)
            if current and (_named(clock.stops, event, entered) or kind.ends(entered)):
                current.close(at)
                current.stopped = at
                del running[clock.name]
                current = None
            if start and not current and (clock.window or not kind.ends(entered or state)):
                current = Round(clock, start, _moved(fields.get(clock.since.get(event.do, ""), ""), at))
                found.append(current)
                running[clock.name] = current
                if (entered or state) not in current.pauses:
                    current.runs.append((current.started, None))
            elif current and entered:
                if entered in current.pauses:
                    current.close(at)
                elif state in current.pauses:
                    current.runs.append((at, None))
            if current and clock.name in event.due:
                if current.terms and current.terms[-1].until is None:
                    current.terms[-1].until = at
                # Another desk may have paused the clock before this one, which had not heard of it, set a time.
                if event.due[clock.name] and current.runs and current.runs[-1][1] is None:
                    current.terms.append(Term(moment(event.due[clock.name]), at))
        state = entered or state
    return found


def _in_time(kind: Kind, history: Iterable[Event]) -> list[tuple[datetime, Event]]:
    """The events that hold, by when they count: their own time, though never before a change of state that they follow.

    A desk refuses so early a time; but of another desk's change it may not have heard.
    """
    found: list[tuple[datetime, Event]] = []
    state, changed = "", None
    for event, held in standing(kind, history):
        if held:
            at = max(event.at, changed or event.at)
            found.append((at, event))
            if event.to and event.to != state:
                state, changed = event.to, at
    return sorted(found, key=lambda item: item[0])


def _moved(text: Value, at: datetime) -> datetime:
    """The start that a field gives; a broken field is a finding of its own and moves nothing."""
    try:
        return moment(text) if text else at
    except (TypeError, ValueError):
        return at


def running(kind: Kind, history: Iterable[Event]) -> dict[str, Round]:
    """The round of each clock that has not stopped."""
    return {item.clock.name: item for item in rounds(kind, history) if item.stopped is None}


def due_in_force(kind: Kind, history: Iterable[Event]) -> dict[str, str]:
    """The due times after a history, by clock, in the order of the file."""
    if not kind.clocks:
        return {}
    due = {name: current.due for name, current in running(kind, history).items()}
    return {name: written(when) for name in kind.clocks if (when := due.get(name))}


def new_dues(
    kind: Kind, record: Record, event: Event, fields: Mapping[str, Value], calendar: Calendar
) -> dict[str, datetime | None]:
    """The due times that an event starts, resumes or changes; None takes one away.

    `record` is as it stood before, `fields` as they stand after the event.
    """
    result: dict[str, datetime | None] = {}
    if not kind.clocks:
        return result
    found = rounds(kind, (*record.history, event))
    ticking = [item for item in found if not item.stopped and item.runs and not item.runs[-1][1]]
    if not ticking:
        return result
    before, after = _runs(rounds(kind, record.history)), _runs(found)
    for current in ticking:
        name, clock = current.clock.name, current.clock
        begins = after[name] > before.get(name, 0)
        depends = current.given or (clock.within.field if isinstance(clock.within, Choose) else None)
        changed = depends is not None and fields.get(depends) != record.fields.get(depends)
        if begins or changed:
            due = _due(current, fields, calendar)
            present = record.due.get(name)
            if due is not None or present:
                result[name] = due
    return result


def _runs(found: Iterable[Round]) -> dict[str, int]:
    """How often each clock was started or resumed."""
    counted: dict[str, int] = {}
    for item in found:
        counted[item.clock.name] = counted.get(item.clock.name, 0) + len(item.runs)
    return counted


def _due(current: Round, fields: Mapping[str, Value], calendar: Calendar) -> datetime | None:
    if current.given or not current.escalates:
        return end_of(fields.get(current.given or "", ""), calendar)
    length = _length(current.clock, fields)
    if length is None:
        return None
    if length.measure == "day":
        return calendar.add(current.started, length)
    return _after(current.runs, total(length, calendar), length.measure, calendar)


def _length(clock: Clock, fields: Mapping[str, Value]) -> Length | None:
    if isinstance(clock.within, Choose):
        found: Length | None = clock.within.table.get(fields.get(clock.within.field, ""))
        return found
    return clock.within


def total(length: Length, calendar: Calendar) -> timedelta:
    """How much time a length is, inside office slots where it is measured so."""
    if length.unit == "d" and length.measure == "office":
        return length.amount * calendar.day_length
    return length.duration


def _after(
    runs: list[tuple[datetime, datetime | None]], duration: timedelta, measure: str, calendar: Calendar
) -> datetime | None:
    """When this much time has run over the runs; None if it pauses before."""
    for start, end in runs:
        if end is None:
            return calendar.spend(start, duration, measure)
        used = calendar.elapsed(start, end, measure)
        if used >= duration:
            return calendar.spend(start, duration, measure)
        duration -= used
    return None


def share(current: Round, percent: int, fields: Mapping[str, Value], calendar: Calendar) -> datetime | None:
    """When a share of a round's time has run: the due time at 100, twice the time at 200."""
    due = current.due
    if due is None or percent == 100:
        return due
    length = _length(current.clock, fields)
    if current.given or length is None or length.measure == "day":
        try:
            return current.started + (due - current.started) * percent / 100
        except OverflowError:
            return None  # beyond the calendar's end
    return _after(current.runs, total(length, calendar) * percent / 100, length.measure, calendar)


def end_of(text: str, calendar: Calendar) -> datetime | None:
    """A stored time, or the last second of a stored date; None for a date without end."""
    if not text:
        return None
    if len(text) == len("2026-11-23"):
        day = date.fromisoformat(text)
        return datetime.combine(day, time(23, 59, 59), calendar.tz) if in_calendar(day) else None
    return moment(text)
