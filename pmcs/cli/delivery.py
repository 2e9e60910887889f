"""Handing over a file that was made: into a file, or into a pipe; never onto a screen."""

from __future__ import annotations

import os
from pathlib import Path

from pmcs.cli.app import App
from pmcs.errors import BadInput, Sentence


def deliver(app: App, data: bytes, how: str, output: Path | None) -> None:
    """Write what was made to `output`, or else to standard output. Raises Unable."""
    if output is not None:
        from pmcs.cli.output import write_file

        write_file(output, data)
        app.say(Sentence("Written: {files}", files=[str(output)]))
        return
    ready(app, how, output)
    stream = app.out.buffer
    try:
        stream.write(data)
        stream.flush()
    except BrokenPipeError:
        # As for texts: where the reader has gone, the rest is dropped without a word.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, app.out.fileno())
        os.close(nowhere)


def ready(app: App, how: str, output: Path | None) -> None:
    """Asked before anything is worked out. Raises BadInput: a screen cannot show such a file."""
    if output is None and (app.out.isatty() or not hasattr(app.out, "buffer")):
        raise BadInput("A screen cannot show {format}; give --output FILE, or a pipe.", format=how)
