"""Figures of tickets (7). A resolution is credited to whoever the ticket was assigned to, else to whoever entered it.

On time, finished, satisfied and reopened are what the monthly report means by them (`reports.ticket_figures`); a visit
counts here in the period in which it was made, since what comes later cannot be known when the period is assessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pmcs.core.figures.registry import Tally, figure, numbers, rate
from pmcs.core.life import Act, Life, Lives, valid
from pmcs.core.period import Span

TICKET = "ticket"
SATISFIED = 4
UNWORKED = ("invalid", "merged")
"""Finished without anything having been solved."""


@figure(kinds=(TICKET,))
def on_time_rate(person: str, lives: Lives, span: Span) -> Tally:
    """按时办结率 (7.2): of the person's resolutions under a promise, the share made no later than it, in per cent.

    Finding a ticket invalid, or merging it, ends its promise, too, and counts for whoever has it in hand.
    """
    made = [
        (life.id, act.event.at <= act.due)
        for life in valid(lives, TICKET)
        for act in life.acts
        if act.done > 0 and act.due and span.has(act.event.at) and credited(act) == person
    ]
    return rate(sum(kept for _, kept in made), (id_ for id_, _ in made), len(made))


@figure(kinds=(TICKET,))
def first_contact_rate(person: str, lives: Lives, span: Span) -> Tally:
    """一次办结率 (7.2): of the tickets that the person registered, resolved in the period, the share solved alone.

    In per cent, of first resolutions. Alone: never assigned to another, no task, repair or hazard made of it, and not
    reopened by the end of the period. Tickets found invalid or merged do not count.
    """
    solved: dict[str, bool] = {}
    for life in valid(lives, TICKET):
        first = next((act for act in life.acts if act.done > 0), None)
        opening = life.record.history[0]
        if first is None or first.after in UNWORKED or opening.do != "new" or opening.by != person:
            continue
        if span.has(first.event.at):
            solved[life.id] = _alone(person, life, first, span)
    return rate(sum(solved.values()), solved, len(solved))


def _alone(person: str, life: Life, first: Act, span: Span) -> bool:
    earlier = life.acts[: life.acts.index(first)]
    handed = any(act.before.get("assignee") not in ("", person) or act.event.make for act in (*earlier, first))
    again = any(act.done < 0 and act.event.at < span.end for act in life.acts)
    return credited(first) == person and not handed and not again


@figure(kinds=(TICKET,))
def satisfaction_rate(person: str, lives: Lives, span: Span) -> Tally:
    """回访满意率 (7.6): of the person's resolutions visited in the period and given a score, the share with 4 or 5.

    In per cent. Of several visits after one resolution the last counts.
    """
    scores: dict[tuple[str, int], int] = {}
    for life in valid(lives, TICKET):
        for n, act in _of(person, life):
            said = act.event.set
            if act.event.do == "visit" and said.get("outcome") == "reached" and span.has(act.event.at):
                score = str(said.get("score", ""))
                scores.pop((life.id, n), None)
                if score.isdecimal():
                    scores[life.id, n] = int(score)
    return rate(sum(score >= SATISFIED for score in scores.values()), (id_ for id_, _ in scores), len(scores))


def _of(person: str, life: Life) -> Iterator[tuple[int, Act]]:
    """What followed a person's resolutions, up to the next one, each act with which resolution it followed."""
    whose, n = "", 0
    for act in life.acts:
        if whose == person:
            yield n, act
        if act.done > 0:
            whose, n = credited(act), n + 1
        elif act.done < 0:
            whose = ""


@figure(kinds=(TICKET,))
def reopened(person: str, lives: Lives, span: Span) -> Tally:
    """重开次数 (7.6): how often in the period what the person had resolved was taken up again, by a visit or reopened.

    Rests on the tickets that the person resolved in the period, and those taken up again.
    """
    again, cases = 0, set()
    for life in valid(lives, TICKET):
        for _, act in _of(person, life):
            if act.done < 0 and span.has(act.event.at):
                again += 1
                cases.add(life.id)
        if _resolved_by(person, life, span):
            cases.add(life.id)
    return Tally(Decimal(again), len(cases), numbers(cases))


@figure(kinds=(TICKET,))
def overdue(person: str, lives: Lives, span: Span) -> Tally:
    """期末超时未结 (7.2): the tickets in the person's hands at the end of the period whose promise was over by then.

    Rests on those in the person's hands then and those that the person resolved in the period.
    """
    late, cases = 0, set()
    for life in valid(lives, TICKET):
        if _held_by(person, life, span):
            due = life.promised(span.end)
            late += due is not None and due < span.end
            cases.add(life.id)
        elif _resolved_by(person, life, span):
            cases.add(life.id)
    return Tally(Decimal(late), len(cases), numbers(cases))


def credited(act: Act) -> str:
    """Whose act it was: whoever it was assigned to, else who entered it. What was imported is nobody's."""
    return "" if act.event.do == "import" else act.before.get("assignee") or act.event.by


def _resolved_by(person: str, life: Life, span: Span) -> bool:
    return any(act.done > 0 and span.has(act.event.at) and credited(act) == person for act in life.acts)


def _held_by(person: str, life: Life, span: Span) -> bool:
    """Whether it was unfinished and assigned to the person at the end of the span."""
    acts = [place for place, act in enumerate(life.acts) if act.event.at < span.end]
    if not acts:
        return False
    later = life.acts[acts[-1] + 1 :]
    record = later[0].before if later else life.record
    return not life.kind.done(record.state) and record.get("assignee") == person
