"""One typed action: words to `Given`, questions on a terminal, the action, and its answer."""

from __future__ import annotations

import csv
import signal
from collections.abc import Mapping, Sequence
from typing import Any

from pmcs.cli.app import App
from pmcs.cli.shapes import local_time, record_object
from pmcs.core.kind import HAND_OVER, Action, Field, Kind
from pmcs.core.private import mask_text
from pmcs.core.record import Value
from pmcs.core.scalars import parse_time
from pmcs.core.step import Step
from pmcs.core.world import Given
from pmcs.duties.acting import Acting, Done, act
from pmcs.errors import BadInput, Sentence, Unable


def run_action(app: App, kind: Kind, actions: Sequence[Action], typed: Mapping[str, Any]) -> None:
    """Carry out what was typed and print the record as it now is."""
    hanging_up = signal.getsignal(signal.SIGHUP)  # a walk has it ignored until all that was said is saved
    try:
        _carry_out(app, kind, actions, typed)
    finally:
        signal.signal(signal.SIGHUP, hanging_up)


def _carry_out(app: App, kind: Kind, actions: Sequence[Action], typed: Mapping[str, Any]) -> None:
    action = _chosen(actions, typed)
    values = _values(kind, action, typed)
    made = {
        name.split("__", 2)[2]: _value(
            app.store.kind_named(name.split("__", 2)[1]).fields[name.split("__", 2)[2]], value
        )
        for name, value in typed.items()
        if name.startswith("made__") and value not in (None, ())
    }
    id_ = typed.get("id")
    at = typed.get("at")
    given = Given(
        values=values,
        note=typed.get("note") or "",
        make=_make(action, typed, made),
        made=made,
        at=parse_time("--at", at, app.now()) if at else None,
    )
    actor, author, committer = app.actor()
    acting = Acting(actor, author, committer, app.now, app.language, mask=bool(typed.get("mask")))
    file = typed.get("from_file")
    if file and (id_ or action.opens):
        from pmcs.cli.from_file import with_rows

        given = with_rows(app, kind, action, id_, given, acting, file)
    several = [given]
    if id_ and any(call.name == HAND_OVER and call.arguments["to"] not in values for call in action.rules):
        _tell_work(app, app.store.find(str(id_), (kind.name,)))
    if app.terminal and (id_ or not file):
        from pmcs.cli.asking import complete

        id_, several = complete(app, kind, action, id_, given, acting)
    if not action.opens and not id_:
        raise BadInput(
            "{action} lacks the number of the record; give it as in pmcs {kind} {action} ID.",
            action=action.name,
            kind=kind.name,
        )
    found = app.store.find(str(id_), (kind.name,)) if id_ else None
    how = typed.get("format") or "table"
    saved: list[Done] = []
    try:
        for one in several:
            saved += [act(app.store, kind.name, action.name, found, one, acting)]
    except KeyboardInterrupt:
        app.warn(Sentence("Interrupted; pmcs {kind} list shows whether it was saved.", kind=kind.name))
        raise
    finally:
        for done in saved if how == "table" else saved[-1:]:
            answer(app, done, how)
    if how == "table" and action.row in several[0].values:
        _tell_open_rows(app, saved[0].steps[0])


def _tell_work(app: App, person: str) -> None:
    """What somebody's successor takes over, before it is asked who that is."""
    from pmcs.cli.answers import print_objects
    from pmcs.cli.today import plain_rows
    from pmcs.duties.staff_duties import left_by

    work = [app.store.row(id_) for id_ in left_by(app.store, person)]
    if work:
        app.warn(Sentence("{person} has {count} unfinished records to hand over:", person=person, count=len(work)))
        cells, _, columns = plain_rows(app, work)
        print_objects((), cells, columns, "table", app.errors)


def _chosen(actions: Sequence[Action], typed: Mapping[str, Any]) -> Action:
    flagged = [action for action in actions if action.command[1] and typed.get(f"flag__{action.name}")]
    plain = [action for action in actions if action.command[1] is None]
    return flagged[0] if flagged else (plain or list(actions))[0]


def _values(kind: Kind, action: Action, typed: Mapping[str, Any]) -> dict[str, Value]:
    lines = action.adds or action.row
    columns = kind.fields[lines].rows or {} if lines else {}
    values: dict[str, Value] = {}
    for name, value in typed.items():
        if name.startswith("field__") and value not in (None, ()):
            field = name.removeprefix("field__")
            values[field] = _value(columns.get(field) or kind.fields[field], value)
    if kind.key and typed.get("key"):
        values[kind.key] = typed["key"]
    return values


def _value(item: Field, value: Any) -> Value:
    if item.rows:
        return [parse_row(item, text) for text in value]
    return list(value) if isinstance(value, tuple) else value


def parse_row(item: Field, text: str) -> dict[str, Value]:
    """A typed row `item=3,result=abnormal`; a value with a comma stands in double quotes. Raises BadInput.

    What alone tells the row, or is all there is of it, may come first without its name: `P1,dropped=yes`.
    """
    row: dict[str, Value] = {}
    alone = item.key if len(item.key) == 1 else tuple(item.rows or {}) if len(item.rows or {}) == 1 else ()
    for part in next(csv.reader([text], skipinitialspace=True), []):
        name, equals, value = part.partition("=")
        if not equals and alone and not row:
            name, value = alone[0], part
        elif not equals:
            raise BadInput(
                "--{field} takes columns as name=value,name=value; {part} has no =.",
                field=item.name,
                part=mask_text(part),
            )
        row[name.strip()] = value
    return row


def _make(action: Action, typed: Mapping[str, Any], made: Mapping[str, Value]) -> str:
    """Which kind is made: the one flagged; the only one there is, where its fields were given or it is asked for."""
    flagged = [name for name in action.makes if typed.get(f"make__{name}")]
    if len(flagged) > 1:
        raise BadInput("{action} makes one thing at a time; choose one of {kinds}.", action=action.name, kinds=flagged)
    if flagged:
        return flagged[0]
    return next(iter(action.makes)) if len(action.makes) == 1 and (made or "make" in action.asks) else ""


def answer(app: App, done: Done, how: str) -> None:
    """The record as it now is; on a table's page in one or two lines for the counter.

    Raises Unable: it is saved, and cannot be printed.
    """
    try:
        _answer(app, done, how)
        app.out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unable(
            "{id} is saved, but the answer could not be printed ({reason}); do not enter it again.",
            id=done.steps[0].after.id,
            reason=error.strerror or "",
        ) from error


def _answer(app: App, done: Done, how: str) -> None:
    for sentence in done.warnings:
        app.warn(sentence)
    first = done.steps[0]
    if how != "table":
        from pmcs.cli.answers import print_object

        print_object(record_object(app, first.kind, first.after), how, app.out)
        return
    for step in done.steps:
        app.say(step_line(app, step))
    promised = promise(app, first)
    if promised:
        app.say(promised)


def _tell_open_rows(app: App, step: Step) -> None:
    """How many rows have no answer yet, where the action answers them."""
    from pmcs.core.rules.looking import answered_in

    action = step.kind.actions[step.event.do]
    answer = answered_in(step.kind, action)
    rows = step.after.rows(action.row) if action.row and answer else []
    left = sum(not row.get(answer.name) for row in rows) if answer else 0
    if left:
        app.say(Sentence("{left} of {all} rows are still open.", left=left, all=len(rows)))


def step_line(app: App, step: Step) -> Sentence:
    """What one step did: the record, the action, and where it stands now."""
    state = app.words.label(step.kind.states[step.after.state].label)
    action = app.words.label(step.kind.actions[step.event.do].label)
    return Sentence(
        "{kind} {id}: {action}, {state}.",
        kind=app.words.label(step.kind.title),
        id=step.after.id,
        action=action,
        state=state,
    )


def promise(app: App, step: Step) -> Sentence | None:
    """What to tell whoever reported it (7.1): the number and the promised times; nobody, where it is one's own work."""
    if step.before is not None or not step.kind.promise or step.kind.promise not in step.after.due:
        return None
    if step.kind.actions[step.event.do].signs in step.kind.mine:
        return None
    promised = {
        name: local_time(app, step.after.due[name]) for name in ("respond", step.kind.promise) if name in step.after.due
    }
    clocks = [
        Sentence("{clock} by {time}", clock=app.words.label(step.kind.clocks[name].label), time=time)
        for name, time in promised.items()
    ]
    if not any(step.kind.sealed_fields()):  # a round or a shift has nobody at the other end of a line
        return Sentence("{clocks}.", clocks=clocks)
    return Sentence("Please say: your number is {id}; {clocks}.", id=step.after.id, clocks=clocks)
