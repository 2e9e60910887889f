"""The commit message of an action: plain git answers who, what, which record and which clause (DESIGN section 8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pmcs.core.derive import chosen
from pmcs.core.kind import Action, Approval, Choose, Kind
from pmcs.core.record import Record, Value
from pmcs.core.step import Step
from pmcs.core.world import Actor

NAMED = 100
"""Records that a message names; a bulk commit's diff names the rest."""


def clause_of(kind: Kind, record: Record, action: Action) -> str:
    """The clause that an action has carried out."""
    return clause_from(kind, record.fields, record.previous, action)


def clause_from(kind: Kind, fields: Mapping[str, Value], before: str, action: Action) -> str:
    """The same of an action taken in the state `before`, for a record with these fields."""
    approval = kind.approvals.get(action.approval or "") or _decided(kind, before, action)
    for clause in (action.clause, approval.clause if approval else None, kind.clause):
        found = chosen(clause, kind, fields) if isinstance(clause, Choose) else clause
        if found:
            return str(found)
    return ""


def message(steps: Sequence[Step], actor: Actor, subject: str = "") -> str:
    """Subject, the note as the body, and the trailers Record, Action, Actor, Post, Clause."""
    first = steps[0]
    title = subject or f"{first.kind.name} {first.after.id}: {first.event.do}"
    named = dict.fromkeys(step.after.id for step in steps[:NAMED])
    trailers = [("Record", name) for name in named]
    trailers += _trailers("Action", (step.event.do for step in steps))
    trailers.append(("Actor", actor.code))
    action = first.kind.actions[first.event.do]
    trailers.append(("Post", _post(first.kind, first.after, action, actor)))
    trailers += _trailers("Clause", (clause for step in steps for clause in _clauses(step)))
    lines = "\n".join(f"{key}: {value}" for key, value in trailers if value)
    body = f"{_quiet(first.event.note)}\n\n" if first.event.note and not subject else ""
    return f"{title}\n\n{body}{lines}\n"


def _clauses(step: Step) -> list[str]:
    """The clause that the action carries out, and those that the record itself rests on (`in: clauses`)."""
    named = [item.name for item in step.kind.fields.values() if item.among == "clauses"]
    return [
        clause_of(step.kind, step.after, step.kind.actions[step.event.do]),
        *(clause for name in named for clause in step.after.named(name)),
    ]


def plain_message(subject: str, trailers: Mapping[str, str]) -> str:
    """The message of a commit that carries no record's event (a report, a regulation)."""
    return subject + "\n\n" + "\n".join(f"{key}: {value}" for key, value in trailers.items()) + "\n"


def _trailers(key: str, values: Iterable[str]) -> list[tuple[str, str]]:
    return [(key, value) for value in dict.fromkeys(values)]


def _post(kind: Kind, record: Record, action: Action, actor: Actor) -> str:
    """The post by which the actor may do it: the first that fits, else those held."""
    approval = _decided(kind, record.previous, action) if action.name != "withdraw" else None
    by = approval.decide if approval else action.by
    wanted = chosen(by, kind, record.fields) if isinstance(by, Choose) else by
    fitting = [name for name in wanted or () if name in actor.posts]
    return fitting[0] if fitting else ", ".join(sorted(actor.posts - {"anyone"}))


def _decided(kind: Kind, before: str, action: Action) -> Approval | None:
    """The approval that the action brings to its end."""
    return kind.approval_in(before) if action.name in {"approve", "refuse", "withdraw"} else None


def _quiet(note: str) -> str:
    """A note whose lines cannot be taken for trailers or cut the message."""
    return "\n".join(f" {line}" if ":" in line.split(" ")[0] else line for line in note.splitlines()).replace("\0", "")
