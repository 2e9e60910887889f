"""The errors of pmcs: each carries one sentence and owns its exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath

Translate = Callable[[str], str]


def untranslated(text: str) -> str:
    """The English of the source, as it stands."""
    return text


class Sentence:
    """A translatable sentence: a template and what fills its named places.

    The template is the English text and the key of the message catalogues. A detail may be a
    `Sentence` itself, or a list, which is joined by commas.
    """

    __slots__ = ("details", "template")

    def __init__(self, template: str, /, **details: object) -> None:
        self.template = template
        self.details: Mapping[str, object] = details

    def render(self, translate: Translate = untranslated) -> str:
        """The sentence in the language of `translate`."""
        return translate(self.template).format(
            **{name: _shown(value, translate) for name, value in self.details.items()}
        )

    def __str__(self) -> str:
        return self.render()

    def __repr__(self) -> str:
        return f"Sentence({self.render()!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sentence) and (self.template, self.details) == (other.template, other.details)

    def __hash__(self) -> int:
        return hash((self.template, repr(self.details)))


def _shown(value: object, translate: Translate) -> str:
    if isinstance(value, Sentence):
        return value.render(translate)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return translate(", ").join(_shown(item, translate) for item in value)
    return str(value)


class PmcsError(Exception):
    """Something pmcs says no to: one sentence that tells what is wrong, where, and what to do."""

    exit_code = 1

    def __init__(self, template: str | Sentence, /, **details: object) -> None:
        self.sentence = template if isinstance(template, Sentence) else Sentence(template, **details)
        super().__init__(template)

    def __str__(self) -> str:
        return self.sentence.render()


class BadInput(PmcsError):
    """What was typed, or stands in a file given to a command, cannot be taken."""

    exit_code = 2


class Refused(PmcsError):
    """The regulation does not allow the action: state, post, clock or rule."""

    exit_code = 3


class NotFound(PmcsError):
    """No such record, kind, clause or store."""

    exit_code = 4


class Broken(PmcsError):
    """A file of the store cannot be read, or says what it may not say."""

    exit_code = 5


class Busy(PmcsError):
    """Somebody else holds the store, or git is in the middle of something."""

    exit_code = 6


class Unable(PmcsError):
    """The machine cannot do it: no permission, disk full, git or a package missing."""

    exit_code = 7


def defect(error: Exception) -> Unable:
    """What nobody foresaw, as one sentence: its name and its place in the program, and nothing that it says."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{PurePath(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else "-"
    return Unable(
        "pmcs has a defect ({name} at {where}); nothing was written unless it was acknowledged. Please report it.",
        name=type(error).__name__,
        where=where,
    )
