"""The commands of a kind, made from its file: one for each action, and list, show, log, reveal, import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click

from pmcs.cli.app import App
from pmcs.cli.completion import complete_id
from pmcs.cli.duty_commands import duty_command, duty_commands
from pmcs.cli.options import engine_options, field_option, rows_option
from pmcs.cli.words import in_words
from pmcs.core.kind import Action, Field, Kind


def kind_group(app: App, name: str) -> click.Group:
    """The group of one kind, of the regulation in force today."""
    kind = app.store.regulations.on(app.now().date()).kind(name)
    return KindGroup(app, kind)


class KindGroup(click.Group):
    """`pmcs KIND ...`: each command is built when it is typed."""

    def __init__(self, app: App, kind: Kind) -> None:
        title = app.words.label(kind.title)
        # Chinese has no spaces at which click could cut: of a long help it would leave nothing.
        super().__init__(
            kind.name,
            help=f"{title}。{kind.help}" if kind.help else title,
            short_help=f"{title}。{kind.help.partition('。')[0]}。" if kind.help else title,
        )
        self.app = app
        self.kind = kind

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """The actions as they are typed, then the engine's ways of seeing."""
        names = dict.fromkeys(action.command[0] for action in self.kind.actions.values() if typable(action))
        names |= dict.fromkeys(self._seeing())
        return list(names)

    def _seeing(self) -> list[str]:
        names = ["list", "show", "log"]
        if any(item.sealed for item in _with_columns(self.kind)):
            names.append("reveal")
        if {"import", "add"} & self.kind.actions.keys():
            names.append("import")
        return [*names, *duty_commands(self.kind.name)]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a name; `close --force` and `close` are one command."""
        if name in self._seeing():
            return self._seeing_command(name)
        actions = [action for action in self.kind.actions.values() if typable(action) and action.command[0] == name]
        return action_command(self.app, self.kind, actions) if actions else None

    def _seeing_command(self, name: str) -> click.Command:
        if name == "import":
            from pmcs.cli.importing import import_command

            return in_words(import_command(self.kind), self.app.words)
        if name in duty_commands(self.kind.name):
            return in_words(duty_command(self.kind.name, name), self.app.words)
        if name == "list":
            from pmcs.cli.listing import list_command

            return list_command(self.app, self.kind)
        from pmcs.cli import seeing

        return seeing.kind_command(self.app, name, self.kind)


def typable(action: Action) -> bool:
    """What people type: not the consequences of other records, nor what only cron does, nor import from a file."""
    return not action.through and action.by != ("system",) and action.name not in {"import", "schedule", "reveal"}


def _with_columns(kind: Kind) -> Iterator[Field]:
    for item in kind.fields.values():
        yield item
        yield from (item.rows or {}).values()


def action_command(app: App, kind: Kind, actions: list[Action]) -> click.Command:
    """One typed command; its flags choose among the actions that share the name."""
    from pmcs.core.entry import action_columns, action_fields

    params: list[click.Parameter] = []
    plain = next((action for action in actions if action.command[1] is None), actions[0])
    if plain.opens:
        if kind.key:
            params.append(click.Argument(["key"], required=False, metavar=kind.key.upper()))
    else:
        params.append(
            click.Argument(["id"], required=False, metavar="ID", shell_complete=complete_id(kind.name, _from(actions)))
        )
    seen: set[str] = set()
    for action in actions:
        if action.command[1]:
            params.append(
                click.Option(
                    [f"--{action.command[1]}", f"flag__{action.name}"], is_flag=True, help=app.words.label(action.label)
                )
            )
        lines = action.adds or action.row
        columns = kind.fields[lines].rows or {} if lines else {}
        given = action_columns(kind, action) if lines else ()
        for name in (*given, *action_fields(kind, action, None), *([lines] if lines else [])):
            if name not in seen and not (name in columns and columns[name].stamp):
                seen.add(name)
                item = columns.get(name) or kind.fields[name]
                if name == lines:
                    item = item._replace(rows={column: columns[column] for column in given})
                params.append(field_option(app, item, required=name in action.asks))
        params += _make_options(app, action, seen)
    if any(action.adds or action.row for action in actions):
        params.append(rows_option(app, {option for param in params for option in param.opts}))
    params += engine_options(app)
    return click.Command(
        plain.command[0],
        params=params,
        callback=_runner(kind, actions),
        help=_help(app, kind, actions),
    )


def _from(actions: list[Action]) -> list[str]:
    """The states in which one of the actions is possible; none where that may be any."""
    if any(action.start is None for action in actions):
        return []
    return [name for action in actions for name in action.start or ()]


def _make_options(app: App, action: Action, seen: set[str]) -> list[click.Parameter]:
    """`--task` picks what is made; what its opening asks follows as options."""
    params: list[click.Parameter] = []
    for name in action.makes:
        made = app.store.regulations.on(app.now().date()).kind(name)
        params.append(click.Option([f"--{name}", f"make__{name}"], is_flag=True, help=app.words.label(made.title)))
        for field in made.actions["new"].fields:
            if field in made.fields and field not in {"source", "source_item"}:
                prefix = f"{name}_" if field in seen else ""
                params.append(field_option(app, made.fields[field], prefix=prefix))
                params[-1].name = f"made__{name}__{field}"
                seen.add(prefix + field)
    return params


def _help(app: App, kind: Kind, actions: list[Action]) -> str:
    """What the action is, from where, by whom, under which clause: read off the kind file."""
    _ = app.words.gettext
    lines = []
    for action in actions:
        text = app.words.label(action.label)
        if action.command[1]:
            text = f"--{action.command[1]}: {text}"
        if isinstance(action.clause or kind.clause, str):
            text += f" ({_('clause')} {action.clause or kind.clause})"
        if action.start is not None and not kind.is_register:
            text += "; " + " / ".join(
                app.words.label(kind.states[name].label) for name in action.start if name in kind.states
            )
        lines.append(text)
    return "\n\n".join(lines)


def _runner(kind: Kind, actions: list[Action]) -> Callable[..., Any]:
    @click.pass_obj
    def run(app: App, /, **typed: Any) -> Any:
        from pmcs.cli.acting import run_action

        return run_action(app, kind, actions, typed)

    return run
