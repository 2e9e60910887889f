"""Whether the actions and approvals of a kind file mean something: who, from where, to where, and what follows."""

from __future__ import annotations

from collections.abc import Mapping

from pmcs.core.kind import VOID, Action, Also, Choose, Field, Kind
from pmcs.core.rules import EFFECT, FACTS, GUARD
from pmcs.core.world import SYSTEM
from pmcs.regulation.ground import ANYONE, Ground
from pmcs.regulation.language import COMMANDS, OWN_ACTIONS
from pmcs.regulation.rule_meaning import check_rule
from pmcs.regulation.shape import Path

PREVIOUS = "previous"
OF_PEOPLE = ("approve", "refuse", "withdraw", "correct", "void", "reveal", "escalate")


def check_actions(ground: Ground) -> None:
    """Note what is wrong with every action and approval."""
    typed: dict[str, str] = {}
    for name, action in ground.kind.actions.items():
        if action.own:
            continue
        path: Path = ("approvals" if action.approval else "actions", name)
        _check_action(ground, path, action)
        words = action.typed or name
        if typed.setdefault(words, name) != name:
            ground.reader.problem(
                path,
                "{name} is typed {words}, as {other} is; give one of them another typed.",
                name=name,
                words=words,
                other=typed[words],
            )
    _check_approvals(ground)
    _check_returns(ground)


def _check_action(ground: Ground, path: Path, action: Action) -> None:
    kind, reader = ground.kind, ground.reader
    if action.name in (*OWN_ACTIONS, *COMMANDS) and not (kind.is_register and action.name == "edit"):
        reader.problem(path, "{name} is a name of the engine's own; choose another.", name=action.name)
    if action.name in kind.states:
        reader.problem(path, "{name} is a state and an action; name one of them otherwise.", name=action.name)
    if action.start is not None and "from" in reader.source.tree[path[0]][action.name]:
        ground.each((*path, "from"), action.start, kind.states, "state")
    if action.opens and action.to is None and not kind.is_register:
        reader.problem(path, "{action} opens a record and must say in which state (to: ...).", action=action.name)
    _check_destination(ground, path, action)
    ground.posts((*path, "by"), action.by, [*ground.names.posts, ANYONE])
    lines = action.adds or action.row
    if lines:
        key = "adds" if action.adds else "row"
        if ground.lines((*path, key), lines) and action.row and not kind.fields[lines].key:
            reader.problem((*path, key), "{name} has no key by which a row could be found.", name=lines)
    columns = ground.columns(lines)
    theirs = [name for name, column in columns.items() if column.person]
    for place, name in enumerate(action.who):
        ground.person((*path, "who", place), name, theirs)
    _check_given(ground, path, action)
    ground.each((*path, "clears"), action.clears, ground.fields, "field")
    if action.signs:
        ground.person((*path, "signs"), action.signs)
    for key, clock in (("during", action.during), ("after", action.after), ("upon", action.upon)):
        if clock:
            reader.known((*path, key), clock, kind.clocks, "clock")
    _check_unattended(ground, path, action)
    _check_made(ground, path, action)
    for place, also in enumerate(action.also):
        _check_also(ground, (*path, "also", place), also, action)
    ground.each((*path, "through"), action.through, ground.names.kinds, "kind")
    for place, call in enumerate(action.rules):
        check_rule(ground, (*path, "rules", place), call, FACTS, GUARD, EFFECT)
    ground.clause((*path, "clause"), action.clause)


def _check_unattended(ground: Ground, path: Path, action: Action) -> None:
    """What `system` does by itself is its own to do, and asks nobody anything."""
    for key, wanted in (("upon", bool(action.upon)), ("freed", action.freed)):
        if not wanted:
            continue
        if action.by != (SYSTEM,):
            ground.reader.problem((*path, key), "{key} is done by the system; say by: [system].", key=key)
        if action.asks or action.opens:
            ground.reader.problem(
                (*path, key), "{key} is done without anybody: it asks nothing, and opens nothing.", key=key
            )
        if not (_leaves(action) or (action.upon and _stops(ground.kind, action.upon, action.name))):
            ground.reader.problem(
                (*path, key),
                "{action} would be done anew by every pmcs escalate; let it lead out of the states in its from.",
                action=action.name,
            )
    if action.freed and not action.held:
        ground.reader.problem((*path, "freed"), "freed stands beside held: true.")


def _leaves(action: Action) -> bool:
    """Wherever it leads, it is no longer possible there."""
    tables = action.to if isinstance(action.to, tuple) else (action.to,)
    return None not in tables and PREVIOUS not in tables and not destinations(action) & set(action.start or ())


def _stops(kind: Kind, clock: str, action: str) -> bool:
    return clock in kind.clocks and action in kind.clocks[clock].stops


def _check_given(ground: Ground, path: Path, action: Action) -> None:
    columns = ground.columns(action.adds or action.row)
    options = dict.fromkeys(["note", *(["make"] if action.makes else []), *columns, *ground.fields])
    for key, names in (("asks", action.asks), ("takes", action.takes)):
        for place, name in enumerate(names):
            item: Field | None = columns.get(name) or ground.kind.fields.get(name)
            if ground.reader.known((*path, key, place), name, options, "field") and item and item.derived:
                ground.reader.problem((*path, key, place), "{name} is worked out and cannot be given.", name=name)


def _check_destination(ground: Ground, path: Path, action: Action) -> None:
    if action.approval:
        return
    several = isinstance(action.to, tuple)
    tables = action.to if isinstance(action.to, tuple) else (action.to,)
    states = [*ground.kind.states, PREVIOUS]
    for place, to in enumerate(tables):
        where = (*path, "to", place) if several else (*path, "to")
        if isinstance(to, Choose):
            ground.choose(where, to, partial=place < len(tables) - 1)
            for value, state in to.table.items():
                ground.reader.known((*where, to.field, value), state, ground.kind.states, "state")
        elif to is not None:
            ground.reader.known(where, to, states, "state")


def _check_made(ground: Ground, path: Path, action: Action) -> None:
    columns = ground.columns(action.row)
    for name, table in action.makes.items():
        where = (*path, "makes", name)
        if not ground.reader.known(where, name, ground.names.kinds, "kind"):
            continue
        made = ground.names.kinds[name]
        if "new" not in made.actions:
            ground.reader.problem(where, "{kind} has no action new to be made by.", kind=name)
        for theirs, ours in table.items():
            ground.field((*where, theirs), theirs, _given_to(made))
            _check_taken(ground, (*where, theirs), ours, columns)


def _check_taken(ground: Ground, path: Path, name: str, columns: Mapping[str, Field]) -> None:
    """What another record takes over: it must exist, and not be private, for a seal holds in its own record only."""
    item = columns.get(name) or ground.kind.fields.get(name)
    if ground.field(path, name, ["id", "note", *columns, *ground.fields]) and item and item.sealed:
        ground.reader.problem(path, "{name} is private and cannot be copied; ask for it anew.", name=name)


def _check_also(ground: Ground, path: Path, also: Also, action: Action) -> None:
    head, _, column = also.link.partition(".")
    where = (*path, "in")
    if not ground.field(where, head) or (column and not ground.field(where, column, ground.columns(head))):
        return
    item = ground.columns(head)[column] if column else ground.kind.fields[head]
    if not item.ref:
        ground.reader.problem(where, "{name} is no link (ref: kind).", name=also.link)
    if isinstance(also.do, Choose):
        ground.choose((*path, "do"), also.do)
    wanted = also.do.table if isinstance(also.do, Choose) else {"": also.do}
    columns = ground.columns(head) if column else ground.columns(action.row)
    for target in item.ref:
        if target not in ground.names.kinds:
            continue
        linked = ground.names.kinds[target]
        options = _given_to(linked)
        for value, name in wanted.items():
            at = (*path, "do", also.do.field, value) if isinstance(also.do, Choose) else (*path, "do")
            # Nobody decides, voids or corrects by way of another record: those are people's own words.
            done = [do for do in linked.actions if do not in OF_PEOPLE]
            if ground.reader.known(at, name, done, "action"):
                lines = linked.actions[name].adds or linked.actions[name].row or ""
                options += (linked.fields[lines].rows or {}) if lines in linked.fields else ()
        for theirs in also.set:
            ground.field((*path, "set", theirs), theirs, options)
    for theirs, ours in also.set.items():
        _check_taken(ground, (*path, "set", theirs), ours, columns)


def _given_to(kind: Kind) -> list[str]:
    return [name for name, item in kind.fields.items() if not item.derived]


def _check_approvals(ground: Ground) -> None:
    people = [name for name in ground.fields if ground.kind.fields[name].one_person]
    waiting: dict[str, str] = {}
    for name, approval in ground.kind.approvals.items():
        path: Path = ("approvals", name)
        ground.reader.known((*path, "state"), approval.state, ground.kind.states, "state")
        if waiting.setdefault(approval.state, name) != name:
            ground.reader.problem(
                (*path, "state"),
                "{other} waits in {state} already; one state, one request.",
                other=waiting[approval.state],
                state=approval.state,
            )
        if approval.to:
            ground.reader.known((*path, "to"), approval.to, ground.kind.states, "state")
        ground.posts((*path, "decide"), approval.decide, [*ground.names.posts, *people])
        for theirs, ours in approval.copies.items():
            if ground.field((*path, "copies", theirs), theirs) and ground.kind.fields[theirs].derived:
                ground.reader.problem(
                    (*path, "copies", theirs), "{name} is worked out and cannot be given.", name=theirs
                )
            _check_taken(ground, (*path, "copies", theirs), ours, {})
        for place, also in enumerate(approval.also):
            _check_also(ground, (*path, "also", place), also, ground.kind.actions[name])


def _check_returns(ground: Ground) -> None:
    """Only one step is remembered: from a state that is left to the one before, none leads to another such state."""
    kind = ground.kind
    returning = {approval.state for approval in kind.approvals.values()}
    returning |= {state for action in kind.actions.values() if action.to == PREVIOUS for state in action.start or ()}
    for name, action in kind.actions.items():
        path: Path = ("approvals" if action.approval else "actions", name)
        for state in destinations(action):
            wrong = sorted(returning & set(action.start or ()) - {state}) if state in returning else []
            if wrong:
                ground.reader.problem(
                    path,
                    "{action} leads from {first} to {second}, and both go back to the state before them.",
                    action=name,
                    first=wrong,
                    second=state,
                )


def destinations(action: Action) -> set[str]:
    """The states that an action may lead to, `previous` left out."""
    found: set[str] = set()
    for to in action.to if isinstance(action.to, tuple) else (action.to,):
        found |= {str(state) for state in to.table.values()} if isinstance(to, Choose) else {to} if to else set()
    return found - {PREVIOUS, VOID}
