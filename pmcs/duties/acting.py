"""Carrying out one typed action on the store: under the lock, through the flow, into one commit (DESIGN section 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pmcs.core import permission
from pmcs.core.flow import advance
from pmcs.core.judgement import closed
from pmcs.core.kind import Action, Choose, Kind
from pmcs.core.record import Event, Record
from pmcs.core.step import Step
from pmcs.core.world import SYSTEM_ACTOR, Actor, Context, Given
from pmcs.errors import Refused, Sentence
from pmcs.store.beside import laid_down
from pmcs.store.git_stream import Change, Identity
from pmcs.store.local import journal_pending
from pmcs.store.store import CRON, Store

LEEWAY = 60
"""Seconds by which the clocks of two desks may differ without a word about it."""
END_OF_TIME = 253_370_000_000
"""A moment of the year 9998; git counts further than the calendar."""


class Acting(NamedTuple):
    """Who acts, as what the commit says, by which clock, in which language."""

    actor: Actor
    author: Identity
    committer: Identity
    clock: Callable[[], datetime]
    """The time in the office's zone; asked once the lock is held."""
    language: str
    mask: bool = False


def by_system(clock: Callable[[], datetime], language: str) -> Acting:
    """What cron does: needs neither an identity nor HOME."""
    return Acting(SYSTEM_ACTOR, CRON, CRON, clock, language)


class Done(NamedTuple):
    """What an action brought about, and what should be said beside."""

    steps: list[Step]
    warnings: list[Sentence]


def act(
    store: Store,
    kind_name: str,
    action: str,
    id_: str | None,
    given: Given,
    acting: Acting,
    *,
    seen: Mapping[str, str] | None = None,
    beside: Sequence[Change] = (),
) -> Done:
    """One action on one record (or opening one), committed. `seen` is the blob of a file whose hand edit is taken over.

    `beside` are other files of the same commit; they lie in the work tree before the action is judged.

    Raises BadInput, NotFound, Refused and what `Store.commit` raises; the store is untouched then.
    """
    with store.writing(f"{kind_name} {action} {id_ or ''}".strip()), laid_down(store.repository, beside):
        record = (store.seen(id_, (kind_name,))[0] if seen else store.record(id_, (kind_name,))) if id_ else None
        kind, context = circumstances(store, kind_name, record, acting)
        steps = advance(kind, record, action, given, context)
        ahead = from_the_future(store, context.now)
        store.commit(steps, acting.actor, acting.author, acting.committer, context.now, seen=seen, beside=beside)
    told = [*ahead, *warnings(store, steps)]
    if journal_pending(store.local.worktree):
        told.append(
            Sentence(
                "It is saved, but another program holds git's index, which lags behind: type no `git commit` before"
                " the next pmcs command has set it right."
            )
        )
    return Done(steps, told)


def foreseen(
    store: Store, kind_name: str, action: str, record: Record | None, given: Given, acting: Acting
) -> list[Step]:
    """What an action would bring about; nothing is written. Raises what `advance` raises."""
    with store.vault.together():  # what is sealed for it is forgotten again
        kind, context = circumstances(store, kind_name, record, acting)
        return advance(kind, record, action, given, context)


def circumstances(store: Store, kind_name: str, record: Record | None, acting: Acting) -> tuple[Kind, Context]:
    """The kind that judges the record, and all that is neither record nor regulation."""
    now = acting.clock()
    session = store.session(record.day if record else now.date(), acting.language)
    context = Context(now, acting.actor, session, session.desk or "", mask=acting.mask, language=acting.language)
    return session.regulation.kind(kind_name), context


def refuse_beforehand(kind: Kind, record: Record | None, action: Action, at: datetime, context: Context) -> None:
    """Raise Refused for what no answer could change, so that nobody is asked in vain; `advance` judges it again."""
    event = Event(at=context.now, by=context.actor.code, do=action.name)
    said = permission.misplaced(kind, record, action, context.world) if record else None
    if said is None and record:
        said = closed(kind, record, action, event, context.world)
    if said is None and not (action.row or isinstance(action.by, Choose)):
        said = permission.forbidden(kind, record, action, event, context.actor, context.world)
    if said is None and record:
        said = permission.outside_window(kind, record, action, at, context.world)
    if said:
        raise Refused(said)


def from_the_future(store: Store, now: datetime) -> list[Sentence]:
    """A warning where the last commit is of a time to come: one clock was, or is, wrong."""
    stamp = store.last_commit_stamp()
    if stamp <= now.timestamp() + LEEWAY:
        return []
    when = datetime.fromtimestamp(min(stamp, END_OF_TIME), now.tzinfo)
    return [
        Sentence(
            "The last commit is of {when}, which is still to come; look at the clock of this computer, and of the one"
            " that it was made on.",
            when=f"{when:%Y-%m-%d %H:%M}",
        )
    ]


def warnings(store: Store, steps: list[Step]) -> list[Sentence]:
    """Years that the calendar does not know: due times there were reckoned by plain weekdays."""
    found: dict[int, Sentence] = {}
    for step in steps:
        for name, text in step.event.due.items():
            if not text or not _in_office_time(step, name):
                continue
            day = step.after.day
            calendar = store.regulations.on(day).calendar
            for year in calendar.missing_years(step.event.at, datetime.fromisoformat(text)):
                found[year] = Sentence(
                    "The holidays of {year} are not in {file}; due times there count plain weekdays until they "
                    "are entered.",
                    year=year,
                    file=f"regulation/{store.regulations.day_for(day)}/calendar.yaml",
                )
    return list(found.values())


def _in_office_time(step: Step, name: str) -> bool:
    """Whether a clock is measured in office time, and so by the calendar."""
    within = step.kind.clocks[name].within
    length = within.table.get(step.after.get(within.field)) if isinstance(within, Choose) else within
    return length is not None and length.measure == "office"
