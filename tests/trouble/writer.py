"""A process that acts on a store, action after action, and says each that was acknowledged."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

from pmcs.cli.app import App
from pmcs.cli.main import main


def acted(root: Path, words: list[str]) -> dict[str, object]:
    """The record as it now is; ends the process where the action is refused."""
    out, errors = io.StringIO(), io.StringIO()
    code = main([*words, "--format", "json"], App({"PMCS_LANG": "en"}, root, out=out, errors=errors))
    if code:
        sys.exit(f"{code} {errors.getvalue()}")
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


def say(text: str) -> None:
    """At once, and whole."""
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    root, count, action, name = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    for turn in range(count):
        if action == "new":
            words = ["ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", f"{name}-{turn}"]
        else:
            words = ["ticket", "progress", "A01", "--note", f"{name}-{turn}"]
        say(str(acted(root, words)["id"]))
