"""What stands beside the history and has git show another one than there is: replaced objects, grafts, notes."""

from __future__ import annotations

from collections.abc import Iterator

from pmcs.duties.audit.found import WARNING, Found
from pmcs.errors import Sentence
from pmcs.store.git import Repository
from pmcs.store.git_process import git

REPLACED, NOTES = "refs/replace/", "refs/notes/"


def beside(repository: Repository) -> Iterator[Found]:
    """What this clone's git would show otherwise; pmcs itself is deaf to it."""
    listed = git(repository.root, "for-each-ref", "--format=%(refname)", REPLACED, NOTES).stdout
    for name in listed.decode("utf-8", "replace").splitlines():
        if name.startswith(REPLACED):
            sentence = Sentence("git shows another object in place of this one (git replace).")
            yield Found("rewritten", name.removeprefix(REPLACED), "", sentence)
        else:
            sentence = Sentence("{name} hangs notes on commits, which are no part of the history.", name=name)
            yield Found("outside", "", name, sentence, WARNING)
    if (repository.common_dir / "info" / "grafts").exists():
        sentence = Sentence("git is told of other parents than the commits have (info/grafts).")
        yield Found("rewritten", "", "info/grafts", sentence)
