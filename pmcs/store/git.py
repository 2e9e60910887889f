"""Git by its plumbing (DESIGN section 8): one action is one `git fast-import` stream, whatever the size of the store.

Paths are relative to the root of the work tree, with `/`; a blob id or a commit id is its hexadecimal text.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pmcs.errors import BadInput, Broken, Busy
from pmcs.store.git_process import UNASKED, git, moved, require_git, start, trouble, unsigned
from pmcs.store.git_stream import (
    Change,
    Identity,
    commit_stream,
    identity_environment,
    message_bytes,
    path_bytes,
    path_text,
    tame,
)
from pmcs.store.local import keep_names

SCRATCH = "refs/pmcs/unsigned"
"""Where a commit lies before it is signed; fast-import cannot sign."""
_INDEX_PATIENCE = 1.0
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


class Commit(NamedTuple):
    """One commit of a file's log."""

    oid: str
    when: datetime
    author: Identity
    subject: str
    trailers: tuple[tuple[str, str], ...]


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


class Repository:
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
        self._hash = config.get("extensions.objectformat", "sha1")
        self._plain_refs = config.get("extensions.refstorage", "files") == "files"

    @classmethod
    def discover(cls, path: Path) -> Repository | None:
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
    def create(cls, path: Path) -> Repository:
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
        if not self._plain_refs or not ref.startswith("refs/heads/"):
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

    def commit(
        self,
        changes: Iterable[Change],
        message: str,
        author: Identity,
        committer: Identity,
        when: datetime,
        expected_oid: str | None,
        key: str | None = None,
    ) -> str:
        """Put `changes` on the branch as one durable commit and return its id; neither index nor files are touched.

        `changes` is read once and never held. `expected_oid` is the commit it goes on (None: the first one).
        `key` is what git is to sign with, a `user.signingkey` (None: unsigned).
        Raises Busy: the branch stands elsewhere by now. BadInput: a path that cannot be in a store.
        """
        require_git()
        head = self.ready()
        if head.oid != expected_oid:
            raise moved()
        # For the reflog: git would look for a name and ask the network for the machine's own.
        env = {"GIT_COMMITTER_NAME": tame(committer.name) or "-", "GIT_COMMITTER_EMAIL": tame(committer.email) or "-"}
        # git takes 300 KB for each blob it packs; to give them back each time was most of what a bulk commit cost.
        env["MALLOC_TRIM_THRESHOLD_"] = str(64 << 20)
        # Whatever a killed command left on the scratch ref is overwritten; the branch never is.
        onto, force = (SCRATCH, ["--force"]) if key else (head.ref or "", [])
        told = commit_stream(onto, changes, message, author, committer, when, expected_oid)
        with start(
            self.root, "fast-import", "--quiet", "--done", *force, "--date-format=raw", env=env, fed=True, hold=True
        ) as p:
            assert p.stdin is not None and p.stdout is not None and p.stderr is not None  # noqa: PT018, S101
            try:
                for part in told:
                    p.stdin.write(part)
            except BrokenPipeError:
                pass  # git has ended early and says why
            finally:
                # Without `done` in the stream git puts nothing on the branch.
                with contextlib.suppress(BrokenPipeError):
                    p.stdin.close()
                output, error = p.stdout.read(), p.stderr.read()
                p.wait()
                self._sweep(p.pid)
        if p.returncode:
            raise trouble(error, self.root)
        oid = output.decode().strip()
        if key:
            oid = self._signed(oid, head, message, author, committer, when, key)
        # The name of the branch's file is not on disk before its folder is.
        with contextlib.suppress(OSError):
            keep_names((self.common_dir / (head.ref or "")).parent)
        return oid

    def _signed(
        self, made: str, head: Head, message: str, author: Identity, committer: Identity, when: datetime, key: str
    ) -> str:
        """The commit `made` on the scratch ref once more, signed, and the branch put on it.

        Raises Unable: it could not be signed; then the branch stands where it stood.
        """
        env = identity_environment(author, committer, when) | UNASKED
        parent = ["-p", head.oid] if head.oid else []
        settings = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={key}", "-c", "i18n.commitEncoding=UTF-8")
        try:
            done = git(
                self.root,
                *settings,
                *("commit-tree", "-S", *parent, "-F", "-", f"{made}^{{tree}}"),
                stdin=message_bytes(message),
                env=env,
                allow=tuple(range(256)),
                hold=True,
            )
            if done.returncode:
                raise unsigned(done.stderr, self.root)
            oid = done.stdout.decode().strip()
            git(self.root, "update-ref", head.ref or "", oid, head.oid or "0" * len(oid), env=env, hold=True)
        finally:
            self.drop_scratch()
        return oid

    def drop_scratch(self) -> None:
        """Forget what was made to be signed and never was, or has been."""
        if not self._plain_refs or (self.common_dir / SCRATCH).exists():
            git(self.root, "update-ref", "-d", SCRATCH, hold=True)

    def _sweep(self, pid: int) -> None:
        for folder in {self.git_dir, self.common_dir}:
            (folder / f"fast_import_crash_{pid}").unlink(missing_ok=True)

    def blob_oid(self, data: bytes) -> str:
        """The id that git gives these bytes."""
        return hashlib.new(self._hash, b"blob %d\0%s" % (len(data), data), usedforsecurity=False).hexdigest()

    def diff(self, old: str | None, new: str, under: str = "") -> Iterator[tuple[str, str | None]]:
        """The files that differ from commit `old` (None: from nothing) to `new`; None stands for a deleted one."""
        return ((path, after) for path, _, after in self.changed(old, new, under))

    def changed(self, old: str | None, new: str, under: str = "") -> Iterator[tuple[str, str | None, str | None]]:
        """Like `diff`, with the blob of before between path and blob of after."""
        nothing = hashlib.new(self._hash, b"tree 0\0", usedforsecurity=False).hexdigest()
        # git diff-tree reads the whole index for nothing, so it is shown none.
        env = {"GIT_INDEX_FILE": str(self.git_dir / "pmcs-no-index")}
        words = self._words(
            "diff-tree", "-r", "-z", "--raw", "--no-renames", old or nothing, new, *_limit(under), env=env
        )
        for header in words:
            before_mode, after_mode, before, after, _ = header[1:].decode().split()
            yield (
                path_text(next(words)),
                before if before_mode.startswith("100") else None,
                after if after_mode.startswith("100") else None,
            )

    def differences(self, pairs: Iterable[str], under: str = "") -> Iterator[list[tuple[str, str]]]:
        """For each `COMMIT PARENT`, or `COMMIT` alone, git's raw lines and their paths, in the order asked; one git."""
        env = {"GIT_INDEX_FILE": str(self.git_dir / "pmcs-no-index")}
        asked = ["diff-tree", "--stdin", "--root", "--always", "-r", "-z", "--raw", "--no-abbrev", "--no-renames"]
        words = self._words(*asked, *_limit(under), env=env, fed=pairs)
        found: list[tuple[str, str]] = []
        begun = False
        for word in words:
            text = word.decode("ascii", "replace")
            if text.startswith(":"):
                found.append((text, path_text(next(words))))
                continue
            if begun:
                yield found
            found, begun = [], True
        if begun:
            yield found

    def tree(self, commit: str, *under: str) -> Iterator[tuple[str, str]]:
        """The plain files of a commit with their blobs; all, or those under the given folders or paths."""
        for entry in self._words("ls-tree", "-r", "-z", "--full-tree", commit, *_limit(*under)):
            header, _, path = entry.partition(b"\t")
            mode, _, oid = header.decode().split()
            if mode.startswith("100"):
                yield path_text(path), oid

    def _words(
        self, *args: str, env: Mapping[str, str] | None = None, fed: Iterable[str] | None = None
    ) -> Iterator[bytes]:
        """What git writes, piece by piece between its NULs; `fed` is told it line by line."""
        with start(self.root, *args, env=env, fed=fed is not None) as process:
            assert process.stdout is not None and process.stderr is not None  # noqa: PT018, S101
            if fed is not None:
                threading.Thread(target=_feed, args=(process.stdin, fed), daemon=True).start()
            try:
                rest = b""
                while chunk := process.stdout.read(1 << 16):
                    *whole, rest = (rest + chunk).split(b"\0")
                    yield from whole
            except BaseException:
                process.kill()
                raise
            error = process.stderr.read()
        if process.returncode:
            raise trouble(error, self.root)

    def blobs(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The bytes of many blobs, in the order asked, through one git. `oids` is read in another thread.

        Raises Broken: git does not hold one of them.
        """
        failed: list[Exception] = []

        def feed(stdin: Any) -> None:
            try:
                for oid in oids:
                    stdin.write(oid.encode() + b"\n")
            except BrokenPipeError:
                pass  # the reader has stopped
            except Exception as error:  # noqa: BLE001 - raised again by the reader
                failed.append(error)
            finally:
                with contextlib.suppress(BrokenPipeError):
                    stdin.close()

        with start(self.root, "cat-file", "--batch", "--buffer", fed=True) as process:
            assert process.stdout is not None and process.stderr is not None  # noqa: PT018, S101
            feeder = threading.Thread(target=feed, args=(process.stdin,), daemon=True)
            feeder.start()
            try:
                while header := process.stdout.readline():
                    words = header.decode().split()
                    if len(words) != 3:
                        raise _lost(words[0], self.root)  # noqa: TRY301 - git is to be stopped first
                    data = process.stdout.read(int(words[2]) + 1)[:-1]
                    yield words[0], data
            except BaseException:
                process.kill()
                raise
            finally:
                feeder.join()
            error = process.stderr.read()
        if failed:
            raise failed[0]
        if process.returncode:
            raise trouble(error, self.root)

    def dirty(self) -> bool:
        """Whether the work tree or git's index differs from HEAD."""
        return bool(git(self.root, "status", "--porcelain", "--untracked-files=normal", allow=(0, 128)).stdout)

    def contains(self, commit: str, older: str) -> bool:
        """Whether `commit` is, or comes after, `older`."""
        return git(self.root, "merge-base", "--is-ancestor", older, commit, allow=(0, 1, 128)).returncode == 0

    def log(self, path: str, limit: int | None = None) -> list[Commit]:
        """The commits that touched a file, the newest first."""
        if self.head().oid is None:
            return []
        layout = "%H%x00%aI%x00%an%x00%ae%x00%s%x00%(trailers:only,unfold)%x00"
        most = [f"--max-count={limit}"] if limit is not None else []
        text = git(self.root, "log", *most, f"--format={layout}", self.at, "--", path).stdout.decode("utf-8", "replace")
        words = text.split("\0")
        commits = []
        for oid, when, name, email, subject, trailers in zip(*[iter(words[:-1])] * 6, strict=True):
            pairs = (line.partition(": ") for line in trailers.splitlines() if ": " in line)
            commits.append(
                Commit(
                    oid.strip(),
                    datetime.fromisoformat(when),
                    Identity(name, email),
                    subject,
                    tuple((key, value) for key, _, value in pairs),
                )
            )
        return commits

    def introduced(self, path: str, text: str) -> str | None:
        """The commit by which a file came to hold a text; None where no commit has it."""
        words = git(self.root, "log", "--format=%H", f"-S{text}", self.at, "--", path).stdout.decode().split()
        return words[-1] if words else None

    def last_commit(self, under: str = "", apart_from: Iterable[str] = (), at: str = "") -> tuple[str, datetime] | None:
        """The last commit, up to one, that touched anything under a folder, apart from some inside it, and its time."""
        if self.head().oid is None:
            return None
        limit = _limit(under)
        if apart_from:
            limit = [*(limit or ["--"]), *(f":(top,exclude){folder}" for folder in apart_from)]
        env = {"GIT_LITERAL_PATHSPECS": "0"}
        words = (
            git(self.root, "log", "-1", "--format=%H %cI", at or self.at, *limit, env=env, allow=(0, 128))
            .stdout.decode()
            .split()
        )
        return (words[0], datetime.fromisoformat(words[1])) if words else None

    def begun(self, commit: str) -> datetime:
        """When the first commit of a history says that it was made."""
        stamps = git(self.root, "log", "--max-parents=0", "--format=%ct", commit, "--").stdout.split()
        return datetime.fromtimestamp(min(map(int, stamps)), UTC)

    def stamp(self, oid: str) -> int:
        """When a commit says that it was made, in seconds; read without git where it is not packed yet."""
        try:
            data = zlib.decompress((self.common_dir / "objects" / oid[:2] / oid[2:]).read_bytes())
        except (OSError, zlib.error):
            data = git(self.root, "cat-file", "commit", oid).stdout
        found = re.search(rb"^committer .*> (\d+) ", data, re.MULTILINE)
        return int(found[1]) if found else 0

    def tidy(self) -> None:
        """Pack loose objects where git thinks it time, and keep the commit graph fresh; left undone where git says no.

        Off the typed path: a file's log then asks the graph instead of walking the whole history.
        """
        everything = tuple(range(256))
        git(self.root, "-c", "gc.auto=6700", "gc", "--auto", "--quiet", allow=everything)
        git(self.root, "commit-graph", "write", "--reachable", "--changed-paths", "--split", allow=everything)

    def refresh_index(self, paths: Iterable[str], patience: float = _INDEX_PATIENCE) -> bool:
        """Take these files, and no others, into git's index as they lie in the work tree.

        False: another program has held the index for longer than `patience` seconds, and it was left alone.
        """
        return self._update_index(
            ["--add", "--remove", "-z", "--stdin"], b"".join(path_bytes(p) + b"\0" for p in paths), patience
        )

    def point_index(self, entries: Mapping[str, str | None], patience: float = _INDEX_PATIENCE) -> bool:
        """Like `refresh_index`, with given blobs (None: no such file), whatever lies in the work tree."""
        gone = "0" * hashlib.new(self._hash, usedforsecurity=False).digest_size * 2
        lines = (
            b"%s %s\t%s\0" % (b"100644" if oid else b"0", (oid or gone).encode(), path_bytes(path))
            for path, oid in entries.items()
        )
        return self._update_index(["-z", "--index-info"], b"".join(lines), patience)

    def _update_index(self, options: list[str], listed: bytes, patience: float) -> bool:
        deadline = time.monotonic() + patience
        while True:
            try:
                git(self.root, "update-index", *options, stdin=listed, hold=True)
            except Busy:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.05)
            else:
                return True


def _feed(stdin: Any, lines: Iterable[str]) -> None:
    with contextlib.suppress(BrokenPipeError):
        for line in lines:
            stdin.write(line.encode() + b"\n")
    with contextlib.suppress(BrokenPipeError):
        stdin.close()


def _is_oid(text: str) -> bool:
    return len(text) in (40, 64) and not set(text) - set("0123456789abcdef")


def _bare(folder: Path) -> BadInput:
    return BadInput(
        "{folder} is a bare git repository; pmcs needs one with files, made with `git clone`.", folder=folder
    )


def _limit(*under: str) -> list[str]:
    return ["--", *under] if under and not {"", "."} & {*under} else []


def _lost(oid: str, root: Path) -> Broken:
    return Broken("git has lost the object {oid}; run `git fsck` in {folder}.", oid=oid, folder=root)
