"""Files that people can put anything in the place of: read only if plain, and of a size that may be parsed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pmcs.errors import Broken, Unable

LIMIT = 4 * 1024 * 1024  # bytes of a file


def read_plain(path: Path, name: str) -> bytes:
    """The bytes of a file; its size is looked at before it is read, and nothing is waited for.

    `name` is what the user knows it by. Raises Broken: too large, or no plain file. Unable: it cannot be read.
    FileNotFoundError: it is not there.
    """
    try:
        # A pipe that nobody writes to would hold us up for ever.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            stands = os.fstat(handle)
            if not stat.S_ISREG(stands.st_mode):
                raise Broken("{name} is no plain file; move it away, and fetch the file again from git.", name=name)
            if stands.st_size > LIMIT:
                raise Broken(
                    "{name} is larger than {limit} MiB; no file of a store is so large.", name=name, limit=LIMIT >> 20
                )
            with open(handle, "rb", closefd=False) as file:
                return file.read(LIMIT + 1)
        finally:
            os.close(handle)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unable(
            "{file} cannot be read ({reason}); check its permissions.", file=name, reason=error.strerror
        ) from error
