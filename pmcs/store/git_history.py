"""What commits hold: trees, files, and what differs between them, each through one git however much is asked."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pmcs.errors import Broken
from pmcs.store.git_place import Place
from pmcs.store.git_process import git, start, trouble
from pmcs.store.git_stream import Identity, path_text


class Commit(NamedTuple):
    """One commit of a file's log."""

    oid: str
    when: datetime
    author: Identity
    subject: str
    trailers: tuple[tuple[str, str], ...]


class History(Place):
    """Reading what was committed."""

    def blob_oid(self, data: bytes) -> str:
        """The id that git gives these bytes."""
        return hashlib.new(self.hash, b"blob %d\0%s" % (len(data), data), usedforsecurity=False).hexdigest()

    def diff(self, old: str | None, new: str, under: str = "") -> Iterator[tuple[str, str | None]]:
        """The files that differ from commit `old` (None: from nothing) to `new`; None stands for a deleted one."""
        return ((path, after) for path, _, after in self.changed(old, new, under))

    def changed(self, old: str | None, new: str, under: str = "") -> Iterator[tuple[str, str | None, str | None]]:
        """Like `diff`, with the blob of before between path and blob of after."""
        nothing = hashlib.new(self.hash, b"tree 0\0", usedforsecurity=False).hexdigest()
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


def _feed(stdin: Any, lines: Iterable[str]) -> None:
    with contextlib.suppress(BrokenPipeError):
        for line in lines:
            stdin.write(line.encode() + b"\n")
    with contextlib.suppress(BrokenPipeError):
        stdin.close()


def _limit(*under: str) -> list[str]:
    return ["--", *under] if under and not {"", "."} & {*under} else []


def _lost(oid: str, root: Path) -> Broken:
    return Broken("git has lost the object {oid}; run `git fsck` in {folder}.", oid=oid, folder=root)
