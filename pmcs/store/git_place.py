"""Where a git repository lies and where its HEAD stands, read from its files without running git where that will do."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import NamedTuple, Self

from pmcs.errors import BadInput, Busy
from pmcs.store.git_process import git, require_git, trouble
from pmcs.store.git_stream import Identity, path_text

_UNFINISHED = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}


class Head(NamedTuple):
    """The branch that HEAD names (None: detached) and its commit (None: no commit yet)."""

    ref: str | None
    oid: str | None


def _settings(file: Path) -> dict[str, str]:
    """The plain `section.key` settings of one git config file; what pmcs asks of it stands in no subsection."""
    found: dict[str, str] = {}
    section = ""
    with contextlib.suppress(OSError):
        for line in file.read_text("utf-8", "replace").splitlines():
            text = line.strip()
            if text.startswith("["):
                section = text[1:].partition("]")[0].lower()
            elif "=" in text:
                key, _, value = text.partition("=")
                found[f"{section}.{key.strip().lower()}"] = value.strip().lower()
    return found


class Place:
    """A git repository with a work tree: `root`; `git_dir` of this work tree; `common_dir` of all its work trees."""

    def __init__(self, root: Path, git_dir: Path) -> None:
        self.root = root
        self.at = "HEAD"
        self.git_dir = git_dir
        self.common_dir = git_dir
        with contextlib.suppress(OSError):
            self.common_dir = (git_dir / (git_dir / "commondir").read_text("utf-8").strip()).resolve()
        config = _settings(self.common_dir / "config")
        if config.get("core.bare") == "true" and self.common_dir == git_dir:
            raise _bare(root)
        self.hash = config.get("extensions.objectformat", "sha1")
        self.plain_refs = config.get("extensions.refstorage", "files") == "files"

    @classmethod
    def discover(cls, path: Path) -> Self | None:
        """The repository that `path` is in, found without running git.

        Raises BadInput: a repository without a work tree.
        """
        here = path.resolve()
        for folder in (here, *here.parents):
            place = folder / ".git"
            if (place / "HEAD").is_file():
                return cls(folder, place)
            if place.is_file():
                target = place.read_text("utf-8", "surrogateescape").removeprefix("gitdir:").strip()
                git_dir = (folder / target).resolve()
                if not (git_dir / "HEAD").is_file():
                    raise BadInput(
                        "{file} names {folder}, which is no git repository; repair it.", file=place, folder=git_dir
                    )
                return cls(folder, git_dir)
            if (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir():
                raise _bare(folder)
        return None

    @classmethod
    def create(cls, path: Path) -> Self:
        """A new repository at `path`, its branch `main`."""
        require_git()
        path.mkdir(parents=True, exist_ok=True)
        git(path, "init", "--quiet", "-b", "main")
        return cls(path.resolve(), path.resolve() / ".git")

    def head(self) -> Head:
        """Where HEAD stands; read from the files, without running git where they are the usual ones."""
        try:
            text = (self.git_dir / "HEAD").read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return self._asked_head()
        if not text.startswith("ref: "):
            return Head(None, text) if _is_oid(text) else self._asked_head()
        ref = text[5:].strip()
        if not self.plain_refs or not ref.startswith("refs/heads/"):
            return self._asked_head()
        try:
            oid = (self.common_dir / ref).read_text("utf-8").strip()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            oid = self._packed(ref)
        except (OSError, UnicodeDecodeError):
            return self._asked_head()
        return Head(ref, oid or None) if not oid or _is_oid(oid) else self._asked_head()

    def _packed(self, ref: str) -> str:
        with contextlib.suppress(FileNotFoundError):
            found = re.search(
                rb"^([0-9a-f]+) %s$" % re.escape(os.fsencode(ref)),
                (self.common_dir / "packed-refs").read_bytes(),
                re.MULTILINE,
            )
            return found[1].decode() if found else ""
        return ""

    def _asked_head(self) -> Head:
        ref = git(self.root, "symbolic-ref", "--quiet", "HEAD", allow=(0, 1)).stdout
        oid = git(self.root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}", allow=(0, 1)).stdout
        return Head(path_text(ref).strip() or None, oid.decode().strip() or None)

    def ready(self) -> Head:
        """Where HEAD stands, if a commit may go on it.

        Raises Busy: HEAD is detached, or git is in the middle of a merge or the like.
        """
        for name, work in _UNFINISHED.items():
            if (self.git_dir / name).exists():
                raise Busy(
                    "git is in the middle of a {work} in {folder}; finish it, or drop it with `git {end}`, first.",
                    work=work,
                    folder=self.root,
                    end="bisect reset" if work == "bisect" else f"{work} --abort",
                )
        head = self.head()
        if head.ref is None:
            raise Busy("{folder} is on no branch (detached HEAD); go back with `git switch main`.", folder=self.root)
        return head

    def author(self) -> Identity:
        """Who acts, as git knows them and never as it guesses.

        Raises BadInput: no name or no e-mail is set.
        """
        asked = git(self.root, "-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT", allow=(0, 128))
        found = re.fullmatch(r"(.*) <(.*)> \d+ [+-]\d+\n", asked.stdout.decode("utf-8", "replace"), re.DOTALL)
        if asked.returncode == 0 and found and found[1] and found[2]:
            return Identity(found[1], found[2])
        if asked.returncode and not re.search(rb"was given|empty ident|tell me who you are", asked.stderr):
            raise trouble(asked.stderr, self.root)
        raise BadInput(
            'git does not know who you are; run `git config --global user.name "..."`'
            " and `git config --global user.email ...` once."
        )


def _is_oid(text: str) -> bool:
    return len(text) in (40, 64) and not set(text) - set("0123456789abcdef")


def _bare(folder: Path) -> BadInput:
    return BadInput(
        "{folder} is a bare git repository; pmcs needs one with files, made with `git clone`.", folder=folder
    )
