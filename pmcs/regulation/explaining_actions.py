"""The actions, approvals and clocks of a kind as sentences: who, from where to where, what is asked, what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pmcs.core.kind import Action, Also, Approval, Choose, Clock, Field
from pmcs.core.length import Length
from pmcs.errors import Sentence
from pmcs.regulation.explaining_rules import rule_lines
from pmcs.regulation.explaining_words import Line, Said, Teller, length_words

_PREVIOUS = "previous"


def action_line(teller: Teller, action: Action) -> Line:
    """An action as it is typed, with all that holds for it."""
    name, flag = action.command
    called = teller.named(action.label, f"{name} --{flag}" if flag else name)
    return Line(called, tuple(_parts(teller, action)), tuple(_follows(teller, action)))


def _parts(teller: Teller, action: Action) -> Iterator[Said]:
    columns = _columns(teller, action)
    if not isinstance(action.by, Choose) and (action.by or action.who):
        posts = [teller.post(name) for name in action.by or ()]
        yield Sentence("{names}", names=[*posts, *(teller.person(name, columns) for name in action.who)])
    elif action.who:
        yield Sentence("{names}", names=[teller.person(name, columns) for name in action.who])
    if action.through:
        yield Sentence("only through {kinds}, never typed", kinds=[teller.other_kind(name) for name in action.through])
    yield _way(teller, action)
    if action.asks:
        yield Sentence("asks {fields}", fields=teller.fields(action.asks, columns))
    if action.takes:
        yield Sentence("may take {fields}", fields=teller.fields(action.takes, columns))
    yield from _lines(teller, action, columns)
    if action.clears:
        yield Sentence("first empties {fields}", fields=teller.fields(action.clears))
    if action.signs:
        yield Sentence("writes who acts into {field}", field=teller.field(action.signs))
    yield from _when(teller, action)
    others = _apart(teller, action.name)
    if others:
        yield Sentence("never the same person as {people}", people=others)
    if isinstance(action.clause, str):
        yield Sentence("clause {clause}", clause=action.clause)


def _columns(teller: Teller, action: Action) -> Mapping[str, Field]:
    lines = action.adds or action.row or ""
    return (teller.kind.fields[lines].rows or {}) if lines in teller.kind.fields else {}


def _way(teller: Teller, action: Action) -> Said:
    if isinstance(action.to, str) and action.to != _PREVIOUS:
        to: Said = teller.state(action.to)
    elif action.to == _PREVIOUS:
        to = Sentence("where it came from")
    else:
        to = Sentence("as follows")
    if action.opens:
        return Sentence("→ {state}", state=to)
    if action.start is None:
        return Sentence("in any state")
    start = teller.states(action.start)
    return Sentence("{start} → {state}", start=start, state=to) if action.to else Sentence("stays {state}", state=start)


def _lines(teller: Teller, action: Action, columns: Mapping[str, Field]) -> Iterator[Said]:
    if action.adds:
        yield Sentence("adds lines to {lines}", lines=teller.field(action.adds))
        if not any(name in columns for name in action.fields):
            yield Sentence("may take every column")
    if action.row:
        key = teller.kind.fields[action.row].key
        yield Sentence(
            "changes lines of {lines}, found by {key}",
            lines=teller.field(action.row),
            key=teller.fields(key, columns),
        )


def _when(teller: Teller, action: Action) -> Iterator[Said]:
    if action.during:
        yield Sentence("only while {clock} runs", clock=teller.clock(action.during))
    if action.after:
        yield Sentence("only after {clock} is over", clock=teller.clock(action.after))
    if action.upon:
        yield Sentence("by itself when {clock} runs out", clock=teller.clock(action.upon))
    if action.freed:
        yield Sentence("by itself when no open record holds it any more")
    if action.named_by:
        yield Sentence("its number is made of {fields}", fields=teller.fields(action.named_by))
    if action.held:
        yield Sentence("not while an open record holds it")
    if action.own and action.name == "edit":
        yield Sentence("only what the opening asked")
        if not teller.kind.is_register:
            yield Sentence("until the first approval or the work is done")


def _apart(teller: Teller, name: str) -> list[Said]:
    """Whom `apart` forbids whoever does this: the first of a group is none of its rest."""
    found: list[str] = []
    for group in teller.kind.apart:
        if name in group:
            found += group[1:] if name == group[0] else group[:1]
    return involved(teller, dict.fromkeys(found))


def involved(teller: Teller, entries: Iterable[str]) -> list[Said]:
    """Entries of `apart`: people named, and whoever did something."""
    return [
        teller.field(name)
        if name in teller.kind.fields
        else Sentence("whoever does {action}", action=teller.action(name))
        for name in entries
    ]


def _follows(teller: Teller, action: Action) -> Iterator[Line]:
    """What needs a line of its own: choice tables, what is made, what is done elsewhere, rules."""
    if isinstance(action.by, Choose):
        yield teller.by_choice(
            Sentence("who may"), action.by, lambda names: [teller.post(name) for name in names] or Sentence("nobody")
        )
    tables = action.to if isinstance(action.to, tuple) else (action.to,) if isinstance(action.to, Choose) else ()
    for place, table in enumerate(tables):
        lead = Sentence("goes on") if place == 0 else Sentence("else goes on")
        yield teller.by_choice(lead, table, teller.state)
    for name, taken in action.makes.items():
        yield _made(teller, action, name, taken)
    yield from also_lines(teller, action.also)
    yield from rule_lines(teller, action.rules)
    if isinstance(action.clause, Choose):
        yield teller.by_choice(Sentence("clause"), action.clause, str)


def _made(teller: Teller, action: Action, name: str, taken: Mapping[str, str]) -> Line:
    regulation = teller.regulation
    fields = regulation.kind(name).fields if name in regulation.kind_names else {}
    lead = Sentence("makes {kind}" if "make" in action.asks else "may make {kind}", kind=teller.other_kind(name))
    return Line(lead, tuple(_taken(teller, taken, fields, _columns(teller, action))))


def _taken(
    teller: Teller, taken: Mapping[str, str], fields: Mapping[str, Field], columns: Mapping[str, Field] | None = None
) -> Iterator[Said]:
    """Whose value each field of another record gets."""
    for theirs, ours in taken.items():
        called = teller.label(fields[theirs].label) if theirs in fields else theirs
        yield Sentence("its {theirs} from {ours}", theirs=called, ours=teller.field(ours, columns))


def also_lines(teller: Teller, several: Iterable[Also]) -> Iterator[Line]:
    """What is done on linked records in the same commit."""
    for also in several:
        head, _, column = also.link.partition(".")
        item = teller.kind.fields[head]
        linked = (item.rows or {})[column] if column else item
        known = [teller.regulation.kind(name) for name in linked.ref if name in teller.regulation.kind_names]
        actions = known[0].actions if known else {}
        fields = {name: field for kind in known for name, field in kind.fields.items()}

        def called(name: Any, actions: Mapping[str, Action] = actions) -> str:
            return teller.named(actions[name].label, name) if name in actions else str(name)

        lead = Sentence("also, on {link}", link=teller.field(also.link))
        if isinstance(also.do, Choose):
            line = teller.by_choice(lead, also.do, called)
        else:
            line = Line(lead, (called(also.do),))
        yield line._replace(parts=(*line.parts, *_taken(teller, also.set, fields)))


def approval_line(teller: Teller, approval: Approval) -> Line:
    """A request for approval: how it is submitted, who decides, and what the decision does."""
    asked = action_line(teller, teller.kind.actions[approval.name])
    to: Said = teller.state(approval.to) if approval.to else Sentence("where it came from")
    decided: list[Said] = []
    if not isinstance(approval.decide, Choose):
        decided.append(Sentence("{names}", names=teller.posts_or_people(approval.decide)))
    others = [Sentence("whoever submitted it"), *_apart(teller, "approve")]
    decided += [Sentence("never the same person as {people}", people=others), Sentence("→ {state}", state=to)]
    decided += [
        Sentence("{ours} takes over {wanted}", ours=teller.field(ours), wanted=teller.field(wanted))
        for ours, wanted in approval.copies.items()
    ]
    lines = [*asked.inner, Line(_own(teller, "approve"), tuple(decided))]
    if isinstance(approval.decide, Choose):
        lines.append(teller.by_choice(Sentence("who decides"), approval.decide, teller.posts_or_people))
    lines += also_lines(teller, approval.also)
    back = Sentence("→ {state}", state=Sentence("where it came from"))
    note = Sentence("asks {fields}", fields=[teller.field("note")])
    lines.append(Line(_own(teller, "refuse"), (Sentence("whoever may approve"), note, back)))
    lines.append(Line(_own(teller, "withdraw"), (Sentence("whoever submitted it"), back)))
    return asked._replace(inner=tuple(lines))


def _own(teller: Teller, name: str) -> str:
    return teller.named(teller.kind.actions[name].label, name)


def clock_line(teller: Teller, clock: Clock) -> Line:
    """A clock: from when, to when, how long, and who is told."""
    return Line(
        teller.named(clock.label, clock.name), tuple(_clock_parts(teller, clock)), tuple(_clock_tables(teller, clock))
    )


def _clock_parts(teller: Teller, clock: Clock) -> Iterator[Said]:
    again = [name for name in clock.starts if name in clock.stops]
    stops = [name for name in clock.stops if name not in again]
    yield Sentence("starts with {moments}", moments=teller.moments(clock.starts))
    if again:
        yield Sentence("starts again with {moments}", moments=teller.moments(again))
    yield Sentence("stops with {moments}", moments=teller.moments(stops)) if stops else Sentence("only an end stops it")
    if isinstance(clock.within, Length):
        length = length_words(clock.within)
        whole_days = clock.within.measure == "day"
        yield Sentence("due by {time}", time=length) if whole_days else Sentence("due within {length}", length=length)
    if isinstance(clock.until, str):
        yield Sentence("due by {time}", time=teller.field(clock.until))
    if clock.pauses:
        yield Sentence("stands still in {states}", states=[teller.state(name) for name in clock.pauses])
    if clock.warns:
        yield Sentence("announced {lengths} ahead", lengths=[length_words(length) for length in clock.warns])
    if clock.window:
        yield Sentence("a window: its end is no breach")
    if isinstance(clock.clause, str):
        yield Sentence("clause {clause}", clause=clock.clause)


def _clock_tables(teller: Teller, clock: Clock) -> Iterator[Line]:
    if isinstance(clock.within, Choose):
        yield teller.by_choice(
            Sentence("due"), clock.within, lambda length: length_words(length) if length else Sentence("never")
        )
    for action, field in clock.since.items():
        yield Line(
            Sentence("begun with {action}", action=teller.action(action)),
            (Sentence("runs from {field}", field=teller.field(field)),),
        )
    for action, field in clock.until.items() if isinstance(clock.until, Mapping) else ():
        given = (Sentence("due by {time}", time=teller.field(field)), Sentence("tells nobody"))
        yield Line(Sentence("begun with {action}", action=teller.action(action)), given)
    if clock.escalates:
        told = [
            Sentence("at {percent}% {person}", percent=percent, person=teller.posts_or_people([to]))
            for percent, to in clock.escalates.items()
        ]
        yield Line(Sentence("tells"), tuple(told))
    if isinstance(clock.clause, Choose):
        yield teller.by_choice(Sentence("clause"), clock.clause, str)
