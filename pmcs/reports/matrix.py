"""The regulation clause by clause: what carried each one out in a span, what stands against it, and a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from pmcs.core.kind import VOID, Choose, RuleCall
from pmcs.core.period import period_of
from pmcs.core.period import span_of as bounds_of
from pmcs.core.rules import RULES
from pmcs.duties.checking_record import Judge, rule_findings
from pmcs.errors import BadInput, PmcsError, Translate
from pmcs.regulation.texts import Clause
from pmcs.reports.ground import Ground
from pmcs.reports.matrix_rows import Number, clause_of_kind, read_told
from pmcs.reports.spans import span_of

if TYPE_CHECKING:
    from pmcs.core.kind import Kind
    from pmcs.reports.lives import Span
    from pmcs.store.store import Store

VERDICTS = ("carried_out", "with_exceptions", "not_carried_out", "nothing_due", "not_applicable", "declaratory")
INSTANT = 1e-3
"""What stands at the end is of the last moment before it."""
LATE, OVERDUE, MISSED, FINDING, UNREADABLE = "late", "overdue", "missed", "finding", "unreadable"


class Against(NamedTuple):
    """One exception; `at` is when it came to be."""

    at: float
    number: Number
    row: dict[str, Any]


@dataclass
class Reign:
    """One version of the regulation while it was in force in the span, in epoch seconds."""

    version: date
    start: float
    end: float
    clauses: Mapping[str, Clause]


@dataclass
class _Entry:
    """What was found of one clause itself."""

    done: list[tuple[float, Number]] = field(default_factory=list)
    against: list[Against] = field(default_factory=list)


def period_matrix(store: Store, period: str, now: datetime, language: str, translate: Translate) -> dict[str, Any]:
    """The matrix of a month, a quarter or a year, as plain data.

    Raises BadInput for what is no period, or one that has not begun.
    """
    period = period_of(period)
    start, end = bounds_of(period, store.config.zone)
    if start > now:
        raise BadInput("{period} has not begun; choose one that has.", period=period)
    touched = store.last_record_commit()
    as_of = touched[1].astimezone(store.config.zone) if touched else start
    ground = Ground(store, span_of(start, end, as_of, now), end, translate)
    return {
        "period": period,
        "office": store.config.office,
        "language": language,
        "made_from": {"commit": touched[0][:12] if touched else "", "at": as_of.isoformat()},
        "complete": now >= end,
        "matrix": {**matrix(ground), "unreadable": ground.unreadable(sorted(ground.kinds), translate)},
        "labels": ground.labels(language),
    }


def matrix(ground: Ground) -> dict[str, Any]:
    """How many clauses have which verdict, and each clause in the order of the regulation."""
    store, span = ground.store, ground.span
    reigns = reigns_of(store, span)
    entries: dict[str, _Entry] = {}
    told = read_told(store, span)
    for done in told.done:
        for clause in done.clauses:
            entries.setdefault(clause, _Entry()).done.append((done.at, done.subject.number))
    for clause, against in _exceptions(ground, told.passed):
        entries.setdefault(clause, _Entry()).against.append(against)
    known = _known(reigns)
    strangers = sorted(entries.keys() - known.keys(), key=_order)
    texts = {**known, **{number: _former(store, number) for number in strangers}}
    parts = _parts(known)
    rows = [_row(clause, parts.get(number, (number,)), entries, reigns, span) for number, clause in texts.items()]
    summed = {number for number, of in parts.items() if any(part.startswith(f"{number}.") for part in of)}
    counted = [row["verdict"] for row in rows if row["clause"] not in summed]
    return {
        "verdicts": {verdict: counted.count(verdict) for verdict in VERDICTS}
        | {"contradictions": sum(row["contradiction"] for row in rows if row["clause"] not in summed)},
        "versions": [reign.version.isoformat() for reign in reigns],
        "clauses": rows,
    }


def reigns_of(store: Store, span: Span) -> list[Reign]:
    """The versions that were in force in the span as far as it is judged, the oldest first."""
    zone = store.config.zone
    begins = [datetime.combine(version, time(), zone).timestamp() for version in store.regulations.versions]
    begins[0] = min(begins[0], span.start)  # days before the first version are judged by it
    ends = [*begins[1:], float("inf")]
    return [
        Reign(version, max(start, span.start), min(end, span.end), store.regulations.on(version).clauses)
        for version, start, end in zip(store.regulations.versions, begins, ends, strict=True)
        if start <= span.judged and start < span.end and end > span.start
    ]


def _known(reigns: Iterable[Reign]) -> dict[str, Clause]:
    """Every clause in force at some time in the span, as last worded."""
    found: dict[str, Clause] = {}
    for reign in reigns:
        found |= reign.clauses
    return {number: found[number] for number in sorted(found, key=_order)}


def _former(store: Store, number: str) -> Clause:
    """A clause of an earlier version, which still judges records that were opened under it."""
    for version in reversed(store.regulations.versions):
        clause = store.regulations.on(version).clauses.get(number)
        if clause:
            return clause
    return Clause(number, "", "", "")


def _order(number: str) -> tuple[object, ...]:
    text, _, bare = number.rpartition("/")
    return len(text), text, [int(part) if part.isdecimal() else 0 for part in bare.split(".")], number


def _parts(clauses: Mapping[str, Clause]) -> dict[str, tuple[str, ...]]:
    """What is added up: an article from its items, a duty from the article that is its procedure."""
    items: dict[str, list[str]] = {}
    for number in clauses:
        article, dot, _ = number.rpartition(".")
        if dot:
            items.setdefault(article, []).append(number)

    def closure(number: str, seen: frozenset[str]) -> Iterator[str]:
        if number in seen:
            return
        yield number
        procedure = clauses[number].procedure if number in clauses else ""
        for part in (*items.get(number, ()), *([procedure] if procedure in clauses else ())):
            yield from closure(part, seen | {number})

    found = {number: tuple(dict.fromkeys(closure(number, frozenset()))) for number in clauses}
    return {number: parts for number, parts in found.items() if len(parts) > 1}


def _row(
    clause: Clause, parts: Iterable[str], entries: Mapping[str, _Entry], reigns: list[Reign], span: Span
) -> dict[str, Any]:
    nothing = _Entry()
    own = entries.get(clause.number, nothing)
    whole = [entries[part] for part in parts if part in entries]
    done = [act for entry in whole for act in entry.done]
    against = {id(one.row): one for entry in whole for one in entry.against}
    times = [at for at, _ in done] + [one.at for one in against.values()]
    holding = [reign for reign in reigns if clause.number in reign.clauses]
    marked = [(reign, reign.clauses[clause.number].not_applicable) for reign in holding]
    reasons = dict.fromkeys(reason for _, reason in marked if reason)
    contradicted = any(reason and any(_within(at, reign, span) for at in times) for reign, reason in marked)
    return {
        "clause": clause.number,
        "title": clause.title,
        "brief": clause.brief,
        "verdict": _verdict(clause, bool(done), bool(against), bool(marked) and all(reason for _, reason in marked)),
        "contradiction": contradicted,
        "reason": "; ".join(reasons) or None,
        "versions": [reign.version.isoformat() for reign in holding],
        "sums": [part for part in parts if part != clause.number],
        "records": len({number.path for _, number in done}),
        "acts": len(done),
        "exceptions": len(against),
        "numbers": _numbers(number for _, number in own.done),
        "listed": [one.row for one in sorted(own.against, key=lambda one: (one.at, one.number, str(one.row)))],
    }


def _within(at: float, reign: Reign, span: Span) -> bool:
    """Whether it was while a version ruled; what began before the span stands in its first version."""
    return max(at, span.start) < reign.end and max(at, span.start) >= reign.start


def _verdict(clause: Clause, done: bool, against: bool, marked: bool) -> str:
    if clause.declaratory:
        return "declaratory"
    if done:
        return "with_exceptions" if against else "carried_out"
    if against:
        return "not_carried_out"
    return "not_applicable" if marked else "nothing_due"


def _numbers(found: Iterable[Number]) -> list[Number]:
    return sorted({number.path: number for number in found}.values())


def _exceptions(ground: Ground, passed: Iterable[Any]) -> Iterator[tuple[str, Against]]:
    for item in passed:
        sort = MISSED if item.missed else LATE if item.at >= ground.span.start else OVERDUE
        row = {
            "type": sort,
            "record": item.subject.number,
            "kind": item.subject.kind.name,
            "clock": None if item.due is None else item.clock,
            "due": None if item.due is None else ground.local(item.due),
            "ended": None if item.ended is None else ground.local(item.ended),
            "message": None,
        }
        for clause in item.clauses:
            yield clause, Against(item.at, item.subject.number, row)
    yield from _findings(ground)
    for broken in ground.store.queries.broken():
        row = _told(UNREADABLE, Number.at(broken.id, broken.path), broken.kind, broken.reason.render(ground.say))
        for clause in _any_clause(ground.kinds.get(broken.kind)):
            yield clause, Against(ground.span.judged - INSTANT, row["record"], row)


def _findings(ground: Ground) -> Iterator[tuple[str, Against]]:
    """What the rules say, as they stand, of the records that were open at the end or ended in the span."""
    store = ground.store
    last = datetime.fromtimestamp(ground.span.judged - INSTANT, store.config.zone)
    judge = Judge(store, last, store.config.language)
    for kind in ground.kinds.values():
        for id_, path in _open_ones(ground, kind) if kind.findings else ():
            try:
                record = store.seen(id_, (kind.name,))[0]
                found = list(rule_findings(judge, store.kind_of(record), record))
            except PmcsError:
                continue  # what cannot be read is an exception of its own
            for call, sentence in found:
                row = _told(FINDING, Number.at(id_, path), kind.name, sentence.render(ground.say))
                of = _about(call, ground.kinds) or kind
                fields = record.fields if of is kind else {}
                yield clause_of_kind(of.clause, of, fields), Against(last.timestamp(), row["record"], row)


def _open_ones(ground: Ground, kind: Kind) -> list[Any]:
    return ground.store.index.read(
        "SELECT id, path FROM record WHERE kind = ? AND opened < ? AND state <> ? AND (ended = 0 OR changed >= ?)"
        " ORDER BY id",
        (kind.name, ground.span.judged, VOID, ground.span.start),
    )


def _about(call: RuleCall, kinds: Mapping[str, Kind]) -> Kind | None:
    """The kind whose records a rule misses: nobody's training, and not the entry of whoever was not trained."""
    named = (call.arguments[name] for name, sort in RULES[call.name].arguments.items() if sort == "kind")
    return next((kinds[name] for name in named if name in kinds), None)


def _told(sort: str, number: Number, kind: str, message: str) -> dict[str, Any]:
    return {"type": sort, "record": number, "kind": kind, "clock": None, "due": None, "ended": None, "message": message}


def _any_clause(kind: Kind | None) -> list[str]:
    """A kind's clause; all that its choice may name, where nobody can read what was chosen."""
    if kind is None or not kind.clause:
        return []
    found = kind.clause.table.values() if isinstance(kind.clause, Choose) else [kind.clause]
    return list(dict.fromkeys(str(clause) for clause in found))
