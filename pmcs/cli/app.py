"""What every command needs: where the store is, what time it is, which language, and how answers are printed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pmcs.cli.screen import clean, unsteered
from pmcs.cli.words import Words, language_from
from pmcs.errors import PmcsError, Sentence

if TYPE_CHECKING:
    from pmcs.core.world import Actor
    from pmcs.store.git_stream import Identity
    from pmcs.store.store import Store

FORMATS = ("table", "json", "csv", "yaml")
MOST = 10**9
"""Rows: more than any store holds, and not too many for a query to count."""


def system_clock() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@dataclass(eq=False, repr=False)
class App:
    """One call of the program. Time, environment and streams come in here and nowhere else."""

    environment: Mapping[str, str]
    folder: Path
    clock: Callable[[], datetime] = system_clock
    out: TextIO = field(default_factory=lambda: sys.stdout)
    errors: TextIO = field(default_factory=lambda: sys.stderr)
    store_option: str | None = None
    language_option: str | None = None
    as_option: str | None = None
    as_of_option: str | None = None
    keep: bool = True
    """Whether local state may be written: not by what only reads."""

    @cached_property
    def unmended(self) -> Store:
        """The store meant, for what only reads; as it stood then, with --as-of. Raises NotFound."""
        return self._then[0] if self._then else self.present

    @cached_property
    def _then(self) -> tuple[Store, datetime] | None:
        """The store and 'now' of --as-of."""
        if not self.as_of_option:
            return None
        from pmcs.store.as_of import StoreAsOf, commit_meant

        oid, now = commit_meant(self.present, self.as_of_option)
        return StoreAsOf(self.present, oid), now

    @cached_property
    def present(self) -> Store:
        """The store as it stands. Raises NotFound."""
        from pmcs.store.locating import find_store

        return find_store(self.folder, self.store_option, self.environment, keep=self.keep)

    @cached_property
    def store(self) -> Store:
        """The store meant; what a killed command left is mended first. Raises NotFound."""
        for sentence in self.unmended.mend():
            self.warn(sentence)
        return self.unmended

    @cached_property
    def language(self) -> str:
        """--lang, PMCS_LANG, `pmcs.yaml`, or Chinese."""
        configured = None
        if not self.language_option and not self.environment.get("PMCS_LANG"):
            try:
                configured = self.unmended.config.language
            except PmcsError:
                configured = None
        return language_from(self.language_option, self.environment.get("PMCS_LANG"), configured)

    @cached_property
    def words(self) -> Words:
        """The user's language."""
        return Words(self.language)

    def now(self) -> datetime:
        """The present moment in the office's time zone."""
        if self._then:
            return self._then[1].astimezone(self.store.config.zone)
        return self.clock().astimezone(self.store.config.zone)

    @property
    def terminal(self) -> bool:
        """Whether somebody sits there to be asked."""
        return sys.stdin.isatty() and self.out.isatty()

    def say(self, sentence: Sentence | str) -> None:
        """A sentence on one line of standard output, or a text as it is; nothing in it steers the terminal."""
        text = clean(self.words.sentence(sentence)) if isinstance(sentence, Sentence) else unsteered(sentence)
        print(text, file=self.out)

    def warn(self, sentence: Sentence) -> None:
        """One line on standard error."""
        print(self.words.gettext("Note:"), clean(self.words.sentence(sentence)), file=self.errors)

    def actor(self) -> tuple[Actor, Identity, Identity]:
        """Who acts, the author and the committer."""
        if self.as_of_option:  # who looks is who they are today, whatever they were then
            return self.present.actor(self.clock().astimezone(self.present.config.zone), self.as_option)
        return self.store.actor(self.now(), self.as_option)

    @cached_property
    def viewer(self) -> Actor | None:
        """Who looks, where git knows; listings are for everybody."""
        try:
            return self.actor()[0]
        except PmcsError:
            return None

    def kind_names(self) -> list[str]:
        """The kinds of the regulation in force. Raises NotFound where there is no store."""
        return self.store.regulations.on(self.now().date()).kind_names
