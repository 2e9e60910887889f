"""Assessments (13, 14): opened for everybody of a period at once, and worked out again from what they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from pmcs.core.assessment import plain, total
from pmcs.core.flow import advance
from pmcs.core.kind import VOID, Kind
from pmcs.core.life import Lives
from pmcs.core.numbering import name_from
from pmcs.core.period import parse_period, period_of, span_of
from pmcs.core.record import Record
from pmcs.core.sheet import STAFF, Sheet, kinds_for, posts_held, sheet_of
from pmcs.core.step import Step
from pmcs.core.world import Context, Given
from pmcs.duties.acting import Acting
from pmcs.errors import BadInput, NotFound, PmcsError, Refused, Sentence
from pmcs.store.documents import MANGLED
from pmcs.store.queries import Filters
from pmcs.store.session import Session
from pmcs.store.store import Store

KIND, OPENING = "assessment", "new"
COMPARED = ("weight", "figure", "base", "few", "cites", "points")
"""What of a computed row is worked out again."""


class Opened(NamedTuple):
    """The assessments of a period that were made, and those that were there already."""

    period: str
    steps: list[Step]
    present: dict[str, str]
    """Number → person."""


def open_assessments(store: Store, period: str, post: str, acting: Acting) -> Opened:
    """One assessment for everybody who held an assessed post in the period (this one, where a post is named).

    One commit; a second run finds nothing to do. Raises BadInput: no period, or no assessed post. Refused: it is not
    over, or who acts may not. NotFound: the regulation has no scheme.
    """
    wanted = period_of(period)
    span = span_of(wanted, store.config.zone)
    with store.writing("assessment open"):
        now = acting.clock().replace(microsecond=0)
        if now < span.end:
            raise Refused(
                "{period} is not over yet; assess it from {day} on.", period=wanted, day=span.end.date().isoformat()
            )
        world = store.session(now.date(), acting.language)
        context = Context(now, acting.actor, world, world.desk or "", language=acting.language)
        kind, commit = world.kind(KIND), world.basis()
        scheme = world.scheme(commit)
        posts = {world.entry("posts", post) or post} if post else set(scheme.posts)
        if not posts <= set(scheme.posts):
            raise BadInput(
                "{post} is no post that is assessed; those are {posts}.",
                post=post,
                posts=[world.post(name) for name in scheme.posts],
            )
        lives = world.lived([STAFF], span, commit)
        found = Opened(wanted, [], {})
        for life in lives[STAFF]:
            if posts & posts_held(lives, life.id, span):
                values = {"period": wanted, "person": life.id}
                number = name_from(kind, kind.named_by, values)
                if store.lookups.known(number):
                    found.present[number] = life.id
                else:
                    world.told((STAFF,), life.id)
                    found.steps.extend(advance(kind, None, OPENING, Given(values), context))
        if found.steps:
            subject = f"assessment open {wanted} {len(found.steps)}"
            store.commit(found.steps, acting.actor, acting.author, acting.committer, now, subject=subject)
    return found


class Difference(NamedTuple):
    """One value of an assessment: of an item (None: of the record itself), as it stands and as it is worked out."""

    item: str | None
    name: str
    stands: str
    found: str


class Verified(NamedTuple):
    """What came of working out an assessment again."""

    kind: Kind
    record: Record
    problems: list[Sentence]
    """Why it cannot be trusted, or not be worked out at all."""
    differences: list[Difference]
    """Against the commit that it was worked out from."""
    changed: Mapping[str, list[str]]
    """Cited records that had entries since, and which actions."""
    later: list[Difference]
    """What would stand there if it were worked out now."""

    @property
    def same(self) -> bool:
        """Whether everything is as it was worked out."""
        return not self.problems and not self.differences


def verified(store: Store, named: Sequence[str], language: str) -> Iterator[Verified]:
    """The assessments named by number or by period, or all that are not void, each worked out again.

    Raises NotFound: there is no such assessment.
    """
    world: Session | None = None
    for id_ in _named(store, named):
        record, problems = store.seen(id_, (KIND,))
        if world is None:
            world = store.session(record.opened.date(), language)
        there = world.judging(record.opened.date())
        yield _verified(there, record, problems)


def _named(store: Store, named: Sequence[str]) -> list[str]:
    rows, _ = store.queries.list(KIND, Filters(), -1, order="id")
    every = [row for row in rows if row.state != VOID]
    found: list[str] = [] if named else [row.id for row in every]
    for word in named:
        period = parse_period(word)
        of = [row.id for row in every if row.fields.get("period") == period] if period else []
        if period and not of:
            raise NotFound("There is no assessment of {period}; open them with pmcs assessment open.", period=period)
        found += of or [store.find(word, (KIND,))]
    return list(dict.fromkeys(found))


def _verified(world: Session, record: Record, problems: list[Sentence]) -> Verified:
    kind = world.kind_for(record)
    try:
        span = span_of(record.get("period"), world.calendar.tz)
        scheme = world.scheme(record.get("basis") or "?")
        stood, stand = (world.lived(kinds_for(scheme), span, commit) for commit in (record.get("basis"), world.basis()))
        then, now = (sheet_of(scheme, record.get("person"), lives, span, world.label) for lives in (stood, stand))
        if not world.past.named_in_time(world.store.row(record.id, (KIND,)).path, record.get("basis")):
            problems = [
                *problems,
                Sentence("{id} rests on a commit that was not the last when it was worked out.", id=record.id),
            ]
        differences = [*_differences(record, then), *_of_head(kind, record, then)]
        later = [item for item in _differences(record, now) if item.name in ("figure", "base")]
        changed = _changed_since(record, stood, stand)
    except PmcsError as error:
        return Verified(kind, record, [*problems, error.sentence], [], {}, [])
    except MANGLED:
        sentence = Sentence("{id} holds what cannot be reckoned with; see pmcs check.", id=record.id)
        return Verified(kind, record, [*problems, sentence], [], {}, [])
    return Verified(kind, record, problems, differences, changed, later)


def _differences(record: Record, sheet: Sheet) -> Iterator[Difference]:
    for name, rows, columns in (("figures", sheet.figures, COMPARED), ("marks", sheet.marks, ("weight",))):
        stand = {str(row.get("item", "")): row for row in record.rows(name)}
        found = {str(row["item"]): row for row in rows}
        for item in dict.fromkeys([*stand, *found]):
            # An item that the scheme has no more stays, and weighs nothing.
            there, right = stand.get(item, {}), found.get(item, {"weight": "0"})
            for column in columns if item in found else ("weight",):
                if there.get(column, "") != right[column]:
                    yield Difference(item, column, _text(there.get(column, "")), _text(right[column]))


def _of_head(kind: Kind, record: Record, sheet: Sheet) -> Iterator[Difference]:
    call = next(call.arguments for call in kind.actions[OPENING].rules if call.name == "assessment_figures")
    rank = call["head"] if sheet.leads else call["others"]
    if record.get("rank") != rank:
        yield Difference(None, "rank", record.get("rank"), rank)
    if record.fields.get("total") and record.state != "draft":  # marked anew after an appeal, it is still the old one
        marked = {str(row.get("item", "")): str(row.get("points") or 0) for row in record.rows("marks")}
        pairs = [(Decimal(row["weight"]), Decimal(row["points"])) for row in sheet.figures]
        pairs += [(Decimal(row["weight"]), Decimal(marked.get(row["item"], "0"))) for row in sheet.marks]
        right = plain(total(pairs))
        if record.get("total") != right:
            yield Difference(None, "total", record.get("total"), right)


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _changed_since(record: Record, stood: Lives, stand: Lives) -> dict[str, list[str]]:
    """The cited records that have entries which the commit of the basis did not have, with their actions."""
    before = {life.id: life.record.history for lives in stood.values() for life in lives}
    now = {life.id: life.record.history for lives in stand.values() for life in lives}
    cited = dict.fromkeys(id_ for row in record.rows("figures") for id_ in row.get("cites", ()))
    later = {id_: [event.do for event in now.get(id_, ()) if event not in before.get(id_, ())] for id_ in cited}
    return {id_: actions for id_, actions in later.items() if actions}
