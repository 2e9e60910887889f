"""A record's life as the figures need it: what was done when, into which state, under which due times. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Span(NamedTuple):
    """A month or a year, half open, in epoch seconds, and up to when it is judged."""

    start: float
    end: float
    judged: float
    """Its end, or the last entry of a span that still runs: what is due later is not overdue."""
    known: float
    """The last entry, and no less than the end of a span that is over: how what was due in it came out."""

    def has(self, at: float | None) -> bool:
        """Whether a moment lies in it."""
        return at is not None and self.start <= at < self.end


class Act(NamedTuple):
    """One event. `done` and `ends` are 1 for entering such a state, -1 for leaving one, else 0."""

    at: float
    do: str
    after: str
    done: int = 0
    ends: int = 0


class Term(NamedTuple):
    """A clock's due time and while it was in force; `ended` is None while it still is."""

    clock: str
    since: float
    due: float
    ended: float | None = None


@dataclass(slots=True)
class Life:
    """One record: its fields as they are now, its acts and the terms of its clocks, in their order."""

    id: str
    opened: float
    fields: Mapping[str, Any] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    when: float = 0.0
    """The planned time by which it belongs to the month, where one chose it."""

    def get(self, name: str) -> str:
        """A field, or nothing."""
        return str(self.fields.get(name) or "")

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The lines of a field, as far as they are any."""
        found = self.fields.get(name)
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def open_at(self, at: float) -> bool:
        """Opened before, and not ended before."""
        if self.opened >= at:
            return False
        moves = [act.ends for act in self.acts if act.ends and act.at < at]
        return not moves or moves[-1] < 0

    def state_at(self, at: float) -> str:
        """The state just before a moment; nothing where it had not been opened."""
        return next((act.after for act in reversed(self.acts) if act.after and act.at < at), "")

    def first(self, *wanted: str) -> Act | None:
        """The first act of such a name, or that entered such a state."""
        return next((act for act in self.acts if act.do in wanted or act.after in wanted), None)

    def due_of(self, clock: str, at: float) -> float | None:
        """The due time that an act of that moment was under."""
        found = [term for term in self.terms if term.clock == clock and term.since <= at]
        found = [term for term in found if term.ended is None or term.ended >= at]
        stopped = [term for term in found if term.ended == at]
        return (stopped or found)[-1].due if found else None

    def running(self, clock: str, at: float) -> float | None:
        """The due time in force just before a moment; None where the clock did not run."""
        found = [term for term in self.terms if term.clock == clock and term.since < at]
        return found[-1].due if found and (found[-1].ended is None or found[-1].ended >= at) else None

    def last_due(self, clock: str, at: float) -> float | None:
        """The due time that was the last one in force before a moment, whether the clock still ran or not."""
        return next((term.due for term in reversed(self.terms) if term.clock == clock and term.since < at), None)


def balance(lives: Iterable[Life], span: Span) -> dict[str, int]:
    """Open at the start + opened − ended + reopened = open at the end."""
    found = dict.fromkeys(("open_start", "opened", "ended", "reopened", "open_end"), 0)
    for life in lives:
        found["open_start"] += life.open_at(span.start)
        found["opened"] += span.has(life.opened)
        found["open_end"] += life.open_at(span.end)
        for act in life.acts:
            if act.ends and span.has(act.at):
                found["ended" if act.ends > 0 else "reopened"] += 1
    return found


def did(lives: Iterable[Life], span: Span, *wanted: str) -> int:
    """How many acts of the span have such a name, or entered such a state."""
    return len(_acts(lives, span, wanted))


def on_time(lives: Iterable[Life], span: Span, clock: str, *wanted: str) -> Kept:
    """Of these acts, how many were under a due time of the clock, and no later."""
    return kept((act.at, life.due_of(clock, act.at)) for life, act in _acts(lives, span, wanted))


def _acts(lives: Iterable[Life], span: Span, wanted: tuple[str, ...]) -> list[tuple[Life, Act]]:
    return [
        (life, act)
        for life in lives
        for act in life.acts
        if span.has(act.at) and (act.do in wanted or act.after in wanted)
    ]


def overdue(life: Life, clock: str, span: Span) -> float | None:
    """By how much the clock of what is open at the end had passed its due time; None where it had not."""
    due = life.running(clock, span.end) if life.open_at(span.end) else None
    return span.judged - due if due is not None and due < span.judged else None


class Kept(NamedTuple):
    """How many acts were under a due time, and how many of them no later."""

    due: int
    kept: int


def kept(pairs: Iterable[tuple[float, float | None]]) -> Kept:
    """Of acts, each its moment and the due time it was under."""
    timed = [at <= due for at, due in pairs if due is not None]
    return Kept(len(timed), sum(timed))
