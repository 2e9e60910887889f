"""The program on a terminal of its own (a pty), read and typed at as a person would."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

PROJECT = Path(__file__).parents[2]
PATIENCE = 20.0
# The pty must be the program's controlling terminal, or Ctrl-C would reach nobody.
TAKE_TERMINAL = """
import fcntl, runpy, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
runpy.run_module("pmcs", run_name="__main__", alter_sys=True)
"""
_STEERING = re.compile("\x1b\\[[0-?]*[ -/]*[@-~]|\r")


class Terminal:
    """`pmcs WORDS` on a pty. Use as a context; what is on the screen so far is `seen`."""

    def __init__(self, *words: str, cwd: Path, env: dict[str, str] | None = None) -> None:
        self.master, slave = pty.openpty()
        environment = os.environ | {"PYTHONPATH": str(PROJECT), "TERM": "xterm", "COLUMNS": "100", "LINES": "40"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", TAKE_TERMINAL, *words],
            cwd=cwd,
            env=environment | {"PYTHONIOENCODING": "utf-8"} | (env or {}),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.data = b""
        self.read_to = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)

    @property
    def seen(self) -> str:
        return _STEERING.sub("", self.data.decode("utf-8", "replace"))

    def wait(self, text: str) -> Terminal:
        """Until this text has come since the last one waited for."""
        until = time.monotonic() + PATIENCE
        while text not in self.seen[self.read_to :]:
            assert time.monotonic() < until, f"{text!r} did not come in: {self.seen}"
            assert self._read(until), f"the program ended before {text!r}: {self.seen}"
        self.read_to = self.seen.index(text, self.read_to) + len(text)
        return self

    def type(self, text: str) -> Terminal:
        os.write(self.master, f"{text}\n".encode())
        return self

    def press(self, keys: str) -> Terminal:
        """Keys without Enter: Tab, an arrow, Ctrl-D."""
        os.write(self.master, keys.encode())
        return self

    def interrupt(self) -> Terminal:
        """Ctrl-C, again where it fell between two looks of the line editor, as anybody would."""
        for _ in range(20):
            os.write(self.master, b"\x03")
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(1.0)
                break
        return self

    def ended(self) -> int:
        """The exit code, once the program has ended."""
        until = time.monotonic() + PATIENCE
        while self._read(until):
            assert time.monotonic() < until, self.seen
        code = self.process.wait(PATIENCE)
        return 128 - code if code < 0 and -code in set(signal.Signals) else code

    def _read(self, until: float) -> bool:
        ready, _, _ = select.select([self.master], [], [], max(until - time.monotonic(), 0))
        if not ready:
            return True
        try:
            got = os.read(self.master, 65536)
        except OSError:  # EIO: the other side is closed
            return False
        self.data += got
        return bool(got)
