"""Writes docs/commands.md, the command reference, from the commands themselves: `python docs/make_commands.py`."""
# ruff: noqa: INP001  a script, no package

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

TARGET = Path(__file__).with_name("commands.md")
EVERYWHERE = ("store", "lang", "as", "help")
ENGINE = ("note", "at", "mask", "format")
"""What every action takes; told once."""

HEAD = """\
# Commands

Made from the program by `python docs/make_commands.py`; a test holds it current. `pmcs COMMAND --help` says the same in
the language of the interface. The kinds are those of the starter regulation; an office's own kinds get commands in the
same way.

A star marks what must be given; on a terminal, an action typed without options asks for it. `...` after an option: it
may be repeated. What stands in brackets may be left out.

Everywhere:

- `--store DIR`: the store; else `PMCS_STORE`, else this folder or one above.
- `--lang zh_CN|en`: the language; else `PMCS_LANG`, else `pmcs.yaml`, else Chinese.
- `--as CODE`: who acts, at a shared counter.

Every action of a kind also takes:

- `--note TEXT` (or `--opinion`): a note; the body of the commit.
- `--at TIME`: when it happened, if not now, such as `2026-11-23 09:12` or `昨天 17:20`.
- `--mask`: mask phone and ID numbers found in free text.
- `--format table|json|csv|yaml`: how to print the record as it then is.

A record is named by its number or any part of it that means no other. Exit codes: 0 done, 1 `check` found errors,
2 wrong input, 3 not allowed, 4 not found, 5 a broken file, 6 busy, 7 the machine cannot, 130 interrupted.
"""


def reference(folder: Path) -> str:
    """The whole document. `folder` is empty; git's identity stands in the environment."""
    from pmcs.cli.app import App
    from pmcs.cli.main import main, pmcs

    app = App(environment={"PMCS_LANG": "en"}, folder=folder, out=io.StringIO(), errors=io.StringIO())
    if main(["init", "."], app) or main(["regulation", "check"], app):
        raise SystemExit(app.errors.getvalue() + app.out.getvalue())
    app = App(environment={"PMCS_LANG": "en"}, folder=folder, out=io.StringIO(), errors=io.StringIO())
    top = click.Context(pmcs, info_name="pmcs", obj=app)
    return HEAD + "".join(f"\n{text}\n" for text in _group(top, pmcs, "pmcs", 2))


def _group(context: click.Context, group: click.Group, typed: str, depth: int) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        full = f"{typed} {name}"
        if isinstance(command, click.Group):
            yield f"{'#' * depth} {full}"
            if command.help:
                yield _one_line(command.help)
            yield from _group(click.Context(command, context, info_name=name), command, full, depth + 1)
        else:
            yield f"{'#' * depth} {full}"
            yield from _command(command, full)


def _command(command: click.Command, full: str) -> Iterator[str]:
    arguments = [item for item in command.params if isinstance(item, click.Argument)]
    options = [item for item in command.params if isinstance(item, click.Option)]
    usage = "".join(f" {_argument(item)}" for item in arguments)
    yield f"`{full}{usage}`"
    if command.help:
        yield "\n\n".join(_one_line(part) for part in command.help.split("\n\n"))
    action = all(any(item.name == name for item in options) for name in ENGINE)
    skipped = (*EVERYWHERE, *(ENGINE if action else ()))
    lines = [_option(item) for item in options if item.name not in skipped and not item.hidden]
    if lines:
        yield "\n".join(lines)


def _argument(item: click.Argument) -> str:
    name = (item.metavar or (item.name or "").upper()) + ("..." if item.nargs == -1 else "")
    # The number of a record is only ever left out on a terminal, which asks for it.
    return name if item.required or item.name in ("id", "key") else f"[{name}]"


def _option(item: click.Option) -> str:
    text = ", ".join(f"`{_spelled(item, name)}`" for name in item.opts)
    help_ = _one_line(item.help or "") + (" *" if item.required else "")
    return f"- {text}{'...' if item.multiple else ''}" + (f": {help_}" if help_ else "")


def _spelled(item: click.Option, name: str) -> str:
    if item.is_flag:
        return name
    if isinstance(item.type, click.Choice):
        return f"{name} {'|'.join(str(choice) for choice in item.type.choices)}"
    return f"{name} {item.metavar or item.type.name.upper()}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def write() -> None:
    """Write the document into its place."""
    for role in ("AUTHOR", "COMMITTER"):
        os.environ |= {f"GIT_{role}_NAME": "nobody", f"GIT_{role}_EMAIL": "nobody@example.com"}
    with tempfile.TemporaryDirectory() as folder:
        TARGET.write_text(reference(Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(TARGET.parents[1]))
    write()
