"""How git is run: deaf to what would redirect it, and its complaints turned into our sentences."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pmcs.errors import Busy, PmcsError, Unable

if TYPE_CHECKING:
    import subprocess

_OLDEST = (2, 39)
_KEPT = r"GIT_(AUTHOR|COMMITTER)_(NAME|EMAIL)|GIT_CONFIG_.*|GIT_EXEC_PATH"
_SETTINGS = (
    "core.fsync=objects,reference,index",
    "core.fsyncMethod=fsync",
    "core.filesRefLockTimeout=2000",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    # More than an action or two writes stays in the pack that it came in: a new store is one file, not sixty.
    "fastimport.unpackLimit=20",
    "gc.auto=0",
    "maintenance.auto=false",
    "i18n.logOutputEncoding=UTF-8",
    "log.showSignature=false",
)


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_") or re.fullmatch(_KEPT, name)
    }
    kept.pop("LANGUAGE", None)
    kept.setdefault("PATH", f"/usr/local/bin:{os.defpath}")
    kept |= {
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_GRAFT_FILE": os.devnull,
    }
    return kept | dict(extra or {})


def start(
    root: Path, *args: str, env: Mapping[str, str] | None = None, fed: bool = False, hold: bool = False
) -> subprocess.Popen[bytes]:
    """A running git; with `hold` it inherits the store's lock, so that the lock outlives a killed pmcs."""
    import subprocess

    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    try:
        return subprocess.Popen(
            ["git", "-C", str(root), "--no-pager", *settings, *args],
            stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(env),
            close_fds=not hold,
        )
    except (FileNotFoundError, PermissionError) as error:
        raise Unable("git is not installed, or not on PATH; install git 2.39 or newer.") from error


def git(
    root: Path,
    *args: str,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
    allow: tuple[int, ...] = (0,),
    hold: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Run git in `root`, deaf to inherited GIT_* redirections, hooks, pagers and prompts.

    Raises Busy, Unable: git ended with a code that is not in `allow`.
    """
    import subprocess

    with start(root, *args, env=env, fed=stdin is not None, hold=hold) as process:
        output, error = process.communicate(stdin)
    if process.returncode not in allow:
        raise trouble(error, root)
    return subprocess.CompletedProcess(args, process.returncode, output, error)


def trouble(stderr: bytes, root: Path) -> PmcsError:
    """What git complained about, as one of our sentences."""
    words = stderr.decode("utf-8", "replace").strip()
    if "dubious ownership" in words:
        return Unable(
            "git does not trust {folder}, which belongs to another user;"
            " if you do, run `git config --global --add safe.directory {folder}`.",
            folder=root,
        )
    if "does not contain" in words or "but expected" in words or "reference already exists" in words:
        return moved()
    if found := re.search(r"Unable to create '([^']*\.lock)': File exists", words):
        return Busy(
            "Another git program is at work ({file} exists); wait for it and try again,"
            " or delete that file if no git is running.",
            file=found[1],
        )
    if re.search(r"No space left on device|Disk quota exceeded", words):
        return Unable("The disk that holds {folder} is full; make room and try again.", folder=root)
    if re.search(r"[Pp]ermission|Read-only file system", words):
        return Unable("git may not write in {folder}; check who owns it and its permissions.", folder=root)
    last = next((line for line in reversed(words.splitlines()) if line.startswith(("fatal:", "error:"))), words)
    return Unable("git could not do it in {folder}: {words}", folder=root, words=last or "no reason given")


UNASKED = {"SSH_ASKPASS": "false", "SSH_ASKPASS_REQUIRE": "force"}
"""ssh-keygen asks nobody for a passphrase: a terminal may have nobody at it, and the store's lock is held."""


def unsigned(stderr: bytes, root: Path) -> PmcsError:
    """Why git could not sign."""
    words = stderr.decode("utf-8", "replace")
    if "passphrase" in words:
        return Unable(
            "Your signing key is locked by a passphrase; put it into the agent with `ssh-add` once, and try again."
        )
    if re.search(r"cannot run|ssh-keygen.*not found", words):
        return Unable("ssh-keygen is not installed, or not on PATH; install OpenSSH's client to sign.")
    if re.search(r"sign|[Ll]oad key|private key|agent", words):
        return Unable(
            "git could not sign with your key; see that `git config user.signingkey` names a key that is there,"
            " or load it into the agent with `ssh-add`."
        )
    return trouble(stderr, root)


def moved() -> Busy:
    """HEAD is not where the caller saw it."""
    return Busy("Somebody committed to this branch at the same moment; nothing was saved, try again.")


@functools.cache
def require_git() -> None:
    """Raises Unable: git is missing or older than 2.39."""
    found = re.search(rb"(\d+)\.(\d+)[\w.]*", git(Path("/"), "version").stdout)
    if found is None or (int(found[1]), int(found[2])) < _OLDEST:
        version = found[0].decode() if found else "?"
        raise Unable("git {version} is too old; install git 2.39 or newer.", version=version)
