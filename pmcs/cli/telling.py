"""Sections of sentences on a screen: wrapped, hanging, a Chinese character being two columns wide."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from pmcs.cli.screen import clean, wide
from pmcs.cli.words import Words
from pmcs.errors import Sentence

if TYPE_CHECKING:
    from pmcs.regulation.explaining_words import Line, Said, Section

_WIDTH = 92
_STEP = 4
# A line may break after a blank and beside a Chinese character; a mark stays with what it closes or opens.
_PIECE = re.compile(r"[（「《(]*(?:[!-~]+|.)[，。；：、）》」！？→;,:)]* ?")


def told(sections: Iterable[Section], words: Words, out: TextIO) -> Iterator[str]:
    """The lines of the sections, an empty one before each."""
    width = min(_WIDTH, shutil.get_terminal_size().columns) if out.isatty() else _WIDTH
    for section in sections:
        yield ""
        yield words.sentence(section.title)
        for line in section.lines:
            yield from _told(line, words, width, 2)


def _told(line: Line, words: Words, width: int, indent: int) -> Iterator[str]:
    said = _text(line.lead, words)
    if line.parts:
        said += words.gettext(": ") + words.gettext("; ").join(_text(part, words) for part in line.parts)
    yield from wrapped(clean(said), width, indent)
    for inner in line.inner:
        yield from _told(inner, words, width, indent + _STEP)


def _text(said: Said, words: Words) -> str:
    return words.sentence(said) if isinstance(said, Sentence) else said


def wrapped(text: str, width: int, indent: int) -> Iterator[str]:
    """The text in lines no wider than `width` where words allow it, all but the first hanging."""
    room, lead = max(width - indent - _STEP, 20), " " * indent
    line = ""
    for piece in _PIECE.findall(text):
        if line and wide((line + piece).rstrip()) > room:
            yield (lead + line).rstrip()
            line, lead = "", " " * (indent + _STEP)
        line += piece
    yield (lead + line).rstrip()
