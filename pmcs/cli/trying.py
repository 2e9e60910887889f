"""`pmcs kind try NAME`: a kind played in a scratch store, told as what would be typed and where it led."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from pmcs.cli.app import App
from pmcs.cli.options import option_name
from pmcs.core.private import mask_text
from pmcs.errors import Sentence

if TYPE_CHECKING:
    from pmcs.core.kind import Field
    from pmcs.core.record import Value
    from pmcs.duties.trial.player import Play
    from pmcs.duties.trial.trial import Trial
    from pmcs.duties.trial.walk import Left

PLAIN = re.compile(r"[\w@%+=:,./·-]+")
QUIET = 2.0
"""Seconds before progress is shown on a terminal."""


@click.command("try")
@click.argument("name")
@click.pass_obj
def try_(app: App, name: str) -> int:
    """Play a kind in a scratch store: every action, choice and state; exit 1 where something was not reached."""
    from pmcs.duties.trial.trial import try_kind

    store = app.unmended
    now = app.clock().astimezone(store.config.zone)
    with _Progress(app) as progress:
        trial = try_kind(store, name, now, app.language, progress)
    for problem in trial.problems:
        app.say(f"{problem.file}:{problem.line}: {app.words.sentence(problem.sentence)}")
    if trial.problems:
        return 1
    for line in _transcript(app, trial):
        app.say(line)
    _summary(app, trial)
    return 1 if trial.left else 0


class _Progress:
    """How far it is, on a terminal and only where it takes long."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.since = time.monotonic()
        self.shown = False

    def __call__(self, settled: int, total: int) -> None:
        if self.app.terminal and time.monotonic() - self.since > QUIET:
            self.shown = True
            print(f"\r{settled}/{total} ", end="", file=self.app.errors, flush=True)

    def __enter__(self) -> Callable[[int, int], None]:
        return self

    def __exit__(self, *_: object) -> None:
        if self.shown:
            print("\r          \r", end="", file=self.app.errors, flush=True)


def _transcript(app: App, trial: Trial) -> Iterator[str]:
    """The plays, those of each record together, with the date where it has changed."""
    groups: dict[tuple[str, str], list[Play]] = {}
    for play in trial.plays:
        groups.setdefault((play.kind.name, play.id or f"#{len(groups)}"), []).append(play)
    for plays in groups.values():
        first = plays[0]
        yield f"{app.words.label(first.kind.title)} {first.id}".rstrip()
        day = first.when.date()
        for play in plays:
            if play.when.date() != day:
                day = play.when.date()
                yield f"  {play.when:%Y-%m-%d %H:%M}"
            yield f"  {play.who}$ {command(play)} {_outcome(app, play)}"
        yield ""


def _outcome(app: App, play: Play) -> str:
    """Where it led: the state, and what else the same commit brought about; or why not."""
    if play.refused:
        return f"✗ {app.words.sentence(play.refused)}"
    label = app.words.label
    levels = play.given.values.get("escalations", []) if play.action.name == "escalate" else []
    if levels:
        return "→ " + app.words.gettext(", ").join(
            f"{label(play.kind.clocks[row['clock']].label)} {row['level']} %" for row in levels
        )
    others = [f"{step.after.id} {label(step.kind.states[step.after.state].label)}" for step in play.others]
    beside = f" ({app.words.gettext(', ').join(others)})" if others else ""
    return f"→ {label(play.kind.states[play.state].label)}{beside}"


def command(play: Play) -> str:
    """The play as it would be typed; private values masked."""
    action, given = play.action, play.given
    if action.name == "escalate":
        return "pmcs escalate"
    name, flag = action.command
    words = ["pmcs", play.kind.name, name]
    if action.name == "import":
        return " ".join([*words, "FILE"])
    words += [f"--{flag}"] if flag else []
    if not action.opens:
        words.append(play.id)
    lines = action.adds or action.row
    columns = (play.kind.fields[lines].rows or {}) if lines else {}
    for field, value in given.values.items():
        if action.opens and field == play.kind.key:
            words.append(_quoted(str(value)))
        else:
            words += _option(field, columns.get(field) or play.kind.fields[field], value)
    if given.make:
        words += [f"--{given.make}", *_of_made(play)]
    if given.note:
        words += ["--purpose" if action.name == "reveal" else "--note", _quoted(given.note)]
    return " ".join(words)


def _of_made(play: Play) -> Iterator[str]:
    """The options of the record that is made, with its kind's name before those that the action has itself."""
    from pmcs.core.entry import action_fields

    lines = play.action.adds or play.action.row
    taken = {*action_fields(play.kind, play.action, None), *((play.kind.fields[lines].rows or {}) if lines else ())}
    made = next((step.kind for step in play.others if step.kind.name == play.given.make), None)
    for field, value in play.given.made.items():
        prefix = f"{play.given.make}_" if field in taken else ""
        item = made.fields[field] if made else None
        yield from _option(prefix + field, item, value)


def _option(name: str, item: Field | None, value: Value) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [word for one in values for word in (option_name(name), _quoted(_text(item, one)))]


def _text(item: Field | None, value: Value) -> str:
    """A value as it is typed: lines by their columns, a file by its name, a private one masked."""
    if isinstance(value, dict):
        columns = (item.rows or {}) if item else {}
        return ",".join(f"{name}={_text(columns.get(name), cell)}" for name, cell in value.items())
    text = str(value)
    if item and item.type == "files":
        return PurePath(text).name
    return mask_text(text) if item and item.sealed else text


def _quoted(text: str) -> str:
    return text if PLAIN.fullmatch(text) else f'"{text}"'


def _summary(app: App, trial: Trial) -> None:
    """What was reached of what there is, and what stopped the rest."""
    app.say(
        Sentence(
            "{actions} actions carried out, {choices} choices and clocks tried, {states} states reached.",
            **{name: f"{done}/{total}" for name, (done, total) in trial.counts.items()},
        )
    )
    for left in trial.left:
        app.say(f"{_name(left)}: {app.words.sentence(left.refused)}")


def _name(left: Left) -> str:
    """An action with the choice that was to be made, or a state."""
    if left.action is None:
        return left.state
    choice = ",".join(f"{name}={value}" for name, value in left.choice.items())
    return f"{left.action.name} {choice}".rstrip()
