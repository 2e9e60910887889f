"""The words of the command line: the language they are in, and its catalogue."""

from __future__ import annotations

import gettext
import struct
from bisect import bisect_left
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click import Command, Group

from pmcs.core.kind import shown
from pmcs.errors import BadInput, PmcsError, untranslated

if TYPE_CHECKING:
    from pmcs.core.kind import Label
    from pmcs.errors import Sentence, Translate

CHINESE, ENGLISH = "zh_CN", "en"
LOCALES = Path(__file__).with_name("locale")
OURS, CLICKS = "pmcs", "messages"
"""The domains of the catalogues: our own words, and click's."""

_SPELLINGS = {"zh": CHINESE, "zh_cn": CHINESE, "en": ENGLISH, "en_us": ENGLISH}
_find = gettext.find


class Catalogue:
    """A catalogue as gettext compiles it (.mo): its texts lie in order, so one is found without reading the others."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._order = "<" if data.startswith(b"\xde\x12\x04\x95") else ">"
        self._count, self._texts, self._answers = struct.unpack_from(f"{self._order}3I", data, 8)

    def gettext(self, text: str) -> str:
        """What stands for the text, or the text itself where the catalogue lacks it."""
        wanted = text.encode("utf-8", "surrogatepass")
        place = bisect_left(range(self._count), wanted, key=lambda place: self._entry(self._texts, place))
        if place < self._count and self._entry(self._texts, place) == wanted:
            return self._entry(self._answers, place).decode()
        return text

    def _entry(self, table: int, place: int) -> bytes:
        size, start = struct.unpack_from(f"{self._order}2I", self._data, table + 8 * place)
        return self._data[start : start + size]


class Words:
    """The words of one language, `zh_CN` or `en`; the catalogue is read when the first is asked for."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._translate: Translate | None = None

    def gettext(self, text: str) -> str:
        """The text in this language, or as it stands where the catalogue lacks it."""
        if not text:
            return ""  # a catalogue keeps its own header under the empty text
        if self._translate is None:
            self._translate = _catalogue(self.language)
        return self._translate(text)

    def label(self, label: Label) -> str:
        """A label of the regulation in this language."""
        return shown(label, self.language)

    def sentence(self, said: Sentence | PmcsError) -> str:
        """A sentence, or that of an error, in this language."""
        return (said.sentence if isinstance(said, PmcsError) else said).render(self.gettext)


def _catalogue(language: str) -> Translate:
    try:
        return Catalogue((LOCALES / language / "LC_MESSAGES" / f"{OURS}.mo").read_bytes()).gettext
    except FileNotFoundError:
        return untranslated


def language_from(option: str | None, env: str | None, config: str | None) -> str:
    """The language asked for: by `--lang`, else by PMCS_LANG, else by pmcs.yaml, else Chinese. Raises BadInput."""
    for place, text in (("--lang", option), ("PMCS_LANG", env), ("pmcs.yaml", config)):
        if text and text.strip():
            language = _SPELLINGS.get(text.strip().replace("-", "_").lower())
            if language is None:
                raise BadInput(
                    "There is no language {text}, which {place} asks for; write zh_CN or en.", text=text, place=place
                )
            return language
    return CHINESE


def install_click(language: str) -> None:
    """Makes click speak the language from now on, whatever the environment says.

    click asks gettext for its words at the moment it needs them, and gettext looks for the catalogue of the
    language in LANG and its like, of which cron sets none: so the place where it looks is what we answer for.
    """

    def find(domain: str, localedir: Any = None, languages: Any = None, all: Any = False) -> Any:  # noqa: A002
        if domain != CLICKS or languages is not None:
            return _find(domain, localedir, languages, all)
        return _find(domain, str(LOCALES), [language], all)

    gettext.find = find


def in_words(command: Command, words: Words) -> Command:
    """A copy of a command, its options and its own commands, with their help in the language."""
    found = copy(command)
    found.help = words.gettext(command.help or "") or None
    found.params = [copy(parameter) for parameter in command.params]
    for parameter in found.params:
        if text := getattr(parameter, "help", None):  # arguments have one since click 8.5
            parameter.help = words.gettext(text)
    if isinstance(found, Group):
        found.commands = {name: in_words(inner, words) for name, inner in found.commands.items()}
    return found
