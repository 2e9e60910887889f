"""The entry: finds the command, and turns every error into one sentence and an exit code."""

from __future__ import annotations

import contextlib
import io
import os
import sqlite3
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from pmcs.cli.app import App
from pmcs.cli.output import format_error
from pmcs.cli.words import ENGLISH, Words, in_words, install_click
from pmcs.errors import BadInput, PmcsError, Unable, defect

COMMANDS = {
    "init": "pmcs.cli.store_commands:init",
    "desk": "pmcs.cli.store_commands:desk",
    "doctor": "pmcs.cli.store_commands:doctor",
    "check": "pmcs.cli.store_commands:check",
    "audit": "pmcs.cli.audit_commands:audit",
    "escalate": "pmcs.cli.store_commands:escalate",
    "regulation": "pmcs.cli.regulation_commands:regulation",
    "today": "pmcs.cli.seeing:today",
    "search": "pmcs.cli.seeing:search",
    "show": "pmcs.cli.seeing:show",
    "log": "pmcs.cli.seeing:log",
    "edit": "pmcs.cli.editing:edit",
    "kind": "pmcs.cli.kind_files:kind",
    "report": "pmcs.cli.report_commands:report",
    "archive": "pmcs.cli.archive_commands:archive",
    "keys": "pmcs.cli.key_commands:keys",
    "completion": "pmcs.cli.completion:completion",
}
EVERYWHERE = {
    "--store": "store_option",
    "--lang": "language_option",
    "--as": "as_option",
    "--as-of": "as_of_option",
}
INTERRUPTED = 130


class Pmcs(click.Group):
    """The fixed commands and one group for each kind of the store's regulation, each built when it is typed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The fixed commands, then the kinds."""
        try:
            kinds = ctx.find_object(App).kind_names()  # type: ignore[union-attr]
        except PmcsError:
            kinds = []
        return [*COMMANDS, *kinds]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of a name; None where there is none."""
        app = ctx.find_object(App)
        if name in COMMANDS:
            module, _, attribute = COMMANDS[name].partition(":")
            command: click.Command = getattr(import_module(module), attribute)
            return in_words(command, app.words) if app else command
        if app is None or name.startswith("-"):
            return None
        try:
            if name not in app.kind_names():
                return None
        except PmcsError:
            if ctx.resilient_parsing:  # a Tab is answered with nothing
                return None
            raise
        from pmcs.cli.kind_commands import kind_group

        return kind_group(app, name)


@click.group(cls=Pmcs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--store", metavar="DIR", expose_value=False, help="The store; else PMCS_STORE, else this folder or one above."
)
@click.option("--lang", metavar="zh_CN|en", expose_value=False, help="The language; else PMCS_LANG, else pmcs.yaml.")
@click.option("--as", metavar="CODE", expose_value=False, help="Who acts, at a shared counter.")
@click.option("--as-of", metavar="REV|DATE", expose_value=False, help="Read the store as it stood then.")
@click.version_option(package_name="pmcs", help="Show the version and exit.")
def pmcs() -> None:
    """pmcs: the customer-service regulation of a property office, in plain files and git."""


def main(arguments: Sequence[str] | None = None, app: App | None = None) -> int:
    """Run one command and return its exit code; never raises."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if app is None:
        _open_streams()
        app = App(environment=os.environ, folder=_here())
    code = run(words, app)
    if arguments is None:
        _leave(code)
    return code


def run(words: list[str], app: App) -> int:
    """The command's exit code; errors are printed as one sentence."""
    try:
        if any("\0" in word for word in words):
            raise BadInput("What was typed holds bytes that are no text; type it again.")  # noqa: TRY301  one place
        words = _everywhere(words, app)
        app.keep = words[:1] != ["check"]
        if app.as_of_option:
            from pmcs.cli.as_of import only_reading

            only_reading(words)
        if (instruction := app.environment.get("_PMCS_COMPLETE")) is not None:
            from pmcs.cli.completion import answer_tab

            return answer_tab(app, instruction)
        install_click(app.language)
        result = in_words(pmcs, app.words).main(args=words, prog_name="pmcs", standalone_mode=False, obj=app)
        app.out.flush()
    except PmcsError as error:
        return _failed(app, error)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=app.errors)
        return error.exit_code
    except click.ClickException as error:
        from pmcs.core.private import mask_text

        return _failed(app, BadInput("{problem}", problem=mask_text(error.format_message())))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing more is flushed into it.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        return 0
    except OSError as error:
        return _failed(
            app,
            Unable(
                "The system says no: {reason} ({file}).",
                reason=error.strerror or str(error),
                file=error.filename or "-",
            ),
        )
    except sqlite3.Error as error:
        return _failed(app, Unable("The index or key ring answers no: {reason}; see pmcs doctor.", reason=error))
    except UnicodeEncodeError:
        return _failed(app, BadInput("What was typed holds bytes that are no text; type it again."))
    except OverflowError:
        return _failed(app, BadInput("A number or a time is too large to be reckoned with; give a smaller one."))
    except RecursionError:
        return _failed(app, BadInput("What was given is nested too deeply; make it simpler."))
    except Exception as error:  # noqa: BLE001  a traceback never reaches a user
        return _failed(app, defect(error))
    return result if isinstance(result, int) else 0


def _failed(app: App, error: PmcsError) -> int:
    try:
        print(format_error(app.words, error), file=app.errors)
    except PmcsError as worse:
        _told_in_english(app, worse)
        return worse.exit_code
    except OSError:  # nobody hears it
        pass
    except Exception:  # noqa: BLE001  not even the language could be found out: the error is told in English then
        _told_in_english(app, error)
    return error.exit_code


def _told_in_english(app: App, error: PmcsError) -> None:
    with contextlib.suppress(OSError):
        print(format_error(Words(ENGLISH), error), file=app.errors)


def _everywhere(words: list[str], app: App) -> list[str]:
    """--store, --lang, --as and --as-of are understood anywhere: the store decides which commands there are."""
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            return [*kept, word, *rest]
        name, equals, value = word.partition("=")
        if name in EVERYWHERE:
            given = value if equals else next(rest, "")
            if not given:
                raise BadInput("{option} lacks its value.", option=name)
            setattr(app, EVERYWHERE[name], given)
        else:
            kept.append(word)
    return kept


def _open_streams() -> None:
    """A closed stream (>&-) swallows what is written; a character that the terminal lacks is a question mark."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _here() -> Path:
    """The current folder; the topmost one where that was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/")


def _leave(code: int) -> NoReturn:
    """End here and now: taking every module down again takes as long as a listing's queries, and serves nobody.

    What was written is committed and on disk by then, and a database of SQLite's needs no closing to be whole. Only
    what Python holds back for the two streams has to be let out.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # whoever read it has gone, or it was closed
            stream.flush()
    os._exit(code)
