"""The history that a package carries: a git bundle that stands alone, and reading one again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pmcs.errors import Unable
from pmcs.store.git import Repository
from pmcs.store.git_process import git, start, trouble

BUNDLE = "history.bundle"
# What git would take from its settings, its packs and the number of cores: the same commit is to give the same pack.
_SETTINGS = ("pack.useBitmaps=false", "pack.allowPackReuse=false", "core.bigFileThreshold=512m")
_PACKED = (
    *("--revs", "--stdout", "-q", "--delta-base-offset", "--threads=1", "--no-reuse-delta", "--no-reuse-object"),
    *("--window=10", "--window-memory=0", "--depth=50", "--compression=6"),
)


def write_bundle(repository: Repository, commit: str, file: Path) -> None:
    """All history up to a commit, as `git bundle` reads it. Raises Unable: this clone does not have all of it."""
    if (repository.common_dir / "shallow").exists():
        raise Unable(
            "This clone holds only the newest commits, and a package takes them all; fetch the rest with"
            " `git fetch --unshallow`."
        )
    sha256 = len(commit) == 64
    head = "# v3 git bundle\n@object-format=sha256\n" if sha256 else "# v2 git bundle\n"
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    with file.open("wb") as out:
        out.write(f"{head}{commit} HEAD\n{commit} refs/heads/main\n\n".encode())
        with start(repository.root, *settings, "pack-objects", *_PACKED, fed=True) as process:
            assert process.stdin and process.stdout and process.stderr  # noqa: PT018, S101
            process.stdin.write(f"{commit}\n".encode())
            process.stdin.close()
            while chunk := process.stdout.read(1 << 20):
                out.write(chunk)
            error = process.stderr.read()
        if process.returncode:
            raise trouble(error, repository.root)


@contextmanager
def unbundled(bundle: Path) -> Iterator[Repository]:
    """The repository that a bundle holds, its objects checked by git, without files; gone afterwards.

    Raises Unable: git cannot read the bundle.
    """
    with tempfile.TemporaryDirectory(prefix="pmcs-package-") as folder:
        root = Path(folder) / "store"
        head = git(Path(folder), "bundle", "list-heads", str(bundle.resolve())).stdout.split(b" ", 1)[0]
        form = "sha256" if len(head) == 64 else "sha1"
        git(Path(folder), "init", "--quiet", "-b", "main", f"--object-format={form}", "--template=", str(root))
        settings = ("-c", "fetch.fsckObjects=true", "-c", "fetch.unpackLimit=1")
        words = ("fetch", "--quiet", "--no-tags", "--update-head-ok", str(bundle.resolve()))
        git(root, *settings, *words, "+refs/heads/main:refs/heads/main")
        yield Repository(root, root / ".git")
