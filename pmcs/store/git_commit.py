"""One action as one commit: a `git fast-import` stream, and where the store signs, git's signature on it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import datetime

from pmcs.store.git_place import Head, Place
from pmcs.store.git_process import UNASKED, git, moved, require_git, start, trouble, unsigned
from pmcs.store.git_stream import Change, Identity, commit_stream, identity_environment, message_bytes, tame
from pmcs.store.local import keep_names

SCRATCH = "refs/pmcs/unsigned"
"""Where a commit lies before it is signed; fast-import cannot sign."""


class Committing(Place):
    """Putting commits on the branch."""

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
        if not self.plain_refs or (self.common_dir / SCRATCH).exists():
            git(self.root, "update-ref", "-d", SCRATCH, hold=True)

    def _sweep(self, pid: int) -> None:
        for folder in {self.git_dir, self.common_dir}:
            (folder / f"fast_import_crash_{pid}").unlink(missing_ok=True)
