"""Whether a kind file means something: every name it uses exists and fits (DESIGN section 5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pmcs.core.kind import OPENING, VOID, Action, Clock, Field, Kind
from pmcs.core.length import Length
from pmcs.core.rules import FACTS, FINDING, RULES
from pmcs.regulation.action_meaning import check_actions, destinations
from pmcs.regulation.field_meaning import check_fields
from pmcs.regulation.ground import ANYONE, Ground, Names
from pmcs.regulation.language import TAKEN_KINDS
from pmcs.regulation.rule_meaning import check_rule
from pmcs.regulation.shape import Path, Reader

DAYS = ("date", "time", "period")
UNNAMABLE = ("text", "length", "files", "refs", "recurrence")
"""Types whose values cannot stand in a file's name."""
HEAD_COLUMNS = ("id", "state", "due", "opened")


def check_kind(reader: Reader, kind: Kind, names: Names) -> None:
    """Note every name in the kind that does not exist or does not fit."""
    ground = Ground(reader, kind, names)
    _check_head(ground)
    check_fields(ground)
    check_actions(ground)
    for name, clock in kind.clocks.items():
        _check_clock(ground, ("clocks", name), clock)
    _check_reach(ground)
    _warn(ground)


def _check_head(ground: Ground) -> None:
    kind, reader = ground.kind, ground.reader
    expected = reader.source.file.rpartition("/")[2].removesuffix(".yaml")
    if ("kind",) in reader.source.lines:
        reader.identifier(("kind",), kind.name)
    if kind.name and kind.name != expected:
        reader.problem(
            ("kind",), "The file is called {file}, so its kind is {file}, not {kind}.", file=expected, kind=kind.name
        )
    if kind.name in TAKEN_KINDS:
        reader.problem(("kind",), "{name} is a name of the engine's own; choose another.", name=kind.name)
    if sum(item is not None for item in (kind.number, kind.register, kind.key)) != 1:
        reader.problem((), "A kind has exactly one of number (dated records), register or key.")
    for key, letters in (("number", kind.number), ("register", kind.register)):
        if letters is not None and not re.fullmatch("[A-Z]{1,3}", letters):
            reader.problem((key,), "{key} must be one to three capital letters.", key=key)
    if kind.key:
        ground.field(("key",), kind.key)
    _check_names(ground)
    if kind.tree:
        ground.reader.known(("tree",), kind.tree, [kind.key] if kind.key else (), "key")
    if not kind.openings:
        reader.problem(("actions",), "No action opens a record: there is none of {opening}.", opening=OPENING)
    for place, name in enumerate(kind.barred):
        ground.person(("barred", place), name)
    for key, groups in (("one_open", kind.one_open), ("unique", kind.unique)):
        for place, group in enumerate(groups):
            ground.each((key, place), group, ground.fields, "field")
            for at, name in enumerate(group):
                item = kind.fields.get(name)
                if item and (item.sealed or item.rows is not None or item.type in {"files", "refs"}):
                    reader.problem(
                        (key, place, at),
                        "{name} is private or holds several values: no two records can be told the same by it.",
                        name=name,
                    )
    people = [name for name in ground.fields if kind.fields[name].one_person]
    for place, group in enumerate(kind.apart):
        ground.each(("apart", place), group, [*kind.actions, *people], "action or person")
        if len(group) < 2:
            reader.problem(("apart", place), "apart keeps one from others; name at least two.")
    if kind.promise:
        reader.known(("promise",), kind.promise, kind.clocks, "clock")
    for place, name in enumerate(kind.mine):
        ground.person(("mine", place), name, columns=True)
    ground.each(("sees",), kind.sees, [*ground.names.posts, *ground.fields], "post or field")
    ground.each(("columns",), kind.columns, [*HEAD_COLUMNS, *ground.fields], "field")
    ground.clause(("clause",), kind.clause)
    for place, call in enumerate(kind.findings):
        check_rule(ground, ("findings", place), call, FINDING)


def _check_names(ground: Ground) -> None:
    """Fields that name a record: plain, asked when it is opened, the first a day that gives the folder."""
    kind = ground.kind
    places: list[tuple[Path, Iterable[Action], tuple[str, ...]]] = [(("named_by",), kind.openings, kind.named_by)]
    places += [(("actions", name, "named_by"), [action], action.named_by) for name, action in kind.actions.items()]
    for path, openings, names in places:
        if not names:
            continue
        if not kind.number:
            ground.reader.problem(path, "named_by stands beside number: the letters that the name begins with.")
        ground.each(path, names, [name for name in ground.fields if not _unnamable(kind.fields[name])], "field")
        first = kind.fields.get(names[0])
        if first and first.type not in DAYS:
            ground.reader.problem(
                (*path, 0), "{name} must be of type {types}: it gives the folder.", name=names[0], types=DAYS
            )
        for action in openings:
            if not action.opens:
                ground.reader.problem(path, "{action} opens no record, so it names none.", action=action.name)
            elif names[0] not in action.asks:
                ground.reader.problem(
                    path, "{action} does not ask for {name}, which names the record.", action=action.name, name=names[0]
                )


def _unnamable(item: Field) -> bool:
    return bool(item.sealed or item.derived or item.rows is not None or item.type in UNNAMABLE)


def _check_clock(ground: Ground, path: Path, clock: Clock) -> None:
    kind, reader = ground.kind, ground.reader
    for key, names in (("starts", clock.starts), ("stops", clock.stops)):
        ground.each((*path, key), names, [*kind.actions, *kind.states], "action or state")
    if not clock.starts:
        reader.problem(path, "The clock {clock} never starts; say starts: [...].", clock=clock.name)
    for place, name in enumerate(clock.starts):
        if kind.ends(name) and not clock.window:
            reader.problem(
                (*path, "starts", place),
                "{state} is an end, where every clock stops; only a clock named by during, after or upon starts there.",
                state=name,
            )
    if clock.within is None and clock.until is None and (*path, "within") not in reader.source.lines:
        reader.problem(path, "The clock {clock} has neither within nor until.", clock=clock.name)
    if clock.within is not None and not isinstance(clock.within, Length):
        ground.choose((*path, "within"), clock.within)
    _check_given_times(ground, path, clock)
    ground.each((*path, "pauses"), clock.pauses, kind.states, "state")
    if clock.pauses and (isinstance(clock.until, str) or any(length.measure == "day" for length in _lengths(clock))):
        reader.problem((*path, "pauses"), "A clock of whole days or with a given due time cannot pause.")
    for percent, to in clock.escalates.items():
        ground.person((*path, "escalates", str(percent)), to, ground.names.posts)
    ground.clause((*path, "clause"), clock.clause)


def _check_given_times(ground: Ground, path: Path, clock: Clock) -> None:
    """`until` and `since`: fields that hold a time, each for the action that starts the round."""
    for key, given in (("until", clock.until), ("since", clock.since)):
        table = given if isinstance(given, Mapping) else {"": given} if given else {}
        for action, name in table.items():
            where = (*path, key, action) if action else (*path, key)
            if action:
                ground.reader.known(where, action, ground.kind.actions, "action")
                found = ground.kind.actions.get(action)
                # `since` may also move a round that the action starts by the state it leads to.
                leads = key == "since" and found is not None and destinations(found) & set(clock.starts)
                if found is not None and action not in clock.starts and not leads:
                    ground.reader.problem(where, "{action} does not start {clock}.", action=action, clock=clock.name)
            types = ("time",) if key == "since" else ("date", "time")
            if ground.field(where, name) and ground.kind.fields[name].type not in types:
                ground.reader.problem(where, "{name} must be of type {types}.", name=name, types=types)


def _lengths(clock: Clock) -> list[Length]:
    if clock.within is None or isinstance(clock.within, Length):
        return [clock.within] if clock.within else []
    return [length for length in clock.within.table.values() if length]


def _check_reach(ground: Ground) -> None:
    """Every state is reached from an opening, and some state is an end."""
    kind = ground.kind
    declared = ground.reader.source.tree.get("states", {})
    if VOID in declared:
        ground.reader.problem(("states", VOID), "{name} is a name of the engine's own; choose another.", name=VOID)
    if not any(state.end for name, state in kind.states.items() if name != VOID):
        ground.reader.problem(("states",), "No state is an end (end: true).")
    reached: set[str] = set()
    steps = [(action.start, destinations(action)) for action in kind.actions.values() if not action.opens]
    steps += [((approval.state,), {approval.to}) for approval in kind.approvals.values() if approval.to]
    if not all(destinations(action) for action in kind.openings):
        return  # said already, and nothing can be reached from nowhere
    wave = {state for action in kind.openings for state in destinations(action)}
    while wave - reached:
        reached |= wave
        wave = {state for start, to in steps if start is None or reached & set(start) for state in to}
    for name in kind.states:
        if name not in reached and name != VOID:
            ground.reader.problem(("states", name), "No action leads to the state {state}.", state=name)


def _warn(ground: Ground) -> None:
    """Legal, and probably a forgotten line."""
    kind, reader = ground.kind, ground.reader
    for name, clock in kind.clocks.items():
        if not clock.stops and not clock.window:
            reader.warning(("clocks", name), "Only an end stops the clock {clock}; is a stops: missing?", clock=name)
    for name, action in kind.actions.items():
        if not (action.own or action.opens) and isinstance(action.by, tuple) and ANYONE in action.by:
            reader.warning(("actions", name), "Anyone on the staff may do {action}; is that meant?", action=name)
    money = [item.name for item in kind.fields.values() if item.type == "money"]
    if (money or kind.approvals) and not kind.apart:
        reader.warning((), "There is money or an approval here and no apart: one person could do every step.")
    written = _written(kind)
    for name in ground.fields:
        if name not in written and not kind.fields[name].derived:
            reader.warning(("fields", name), "No action writes {field}.", field=name)


def _written(kind: Kind) -> set[str]:
    written: set[str] = {"source_item", *([kind.key] if kind.key else [])}
    for action in kind.actions.values():
        written |= {*action.fields, *([action.signs] if action.signs else []), action.adds or "", action.row or ""}
        for call in action.rules:
            if call.name in RULES and RULES[call.name].stage == FACTS:
                for value in call.arguments.values():
                    written |= {str(item) for item in value} if isinstance(value, list) else {str(value)}
    for approval in kind.approvals.values():
        written |= set(approval.copies)
    for item in kind.fields.values():
        written |= {name for choice in (item.values or {}).values() for name in choice.needs}
    return written
