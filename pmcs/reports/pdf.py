"""A page as PDF/A-3b, set in the shipped font and in no other: the same page gives the same bytes."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from functools import lru_cache
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

from pmcs.errors import Broken, Unable
from pmcs.regulation.shipped import templates_dir

FONT, CONFIGURATION = "wqy-microhei.ttf", "fonts.conf"
NAMED = 8
"""As many characters as an error names."""
UNPRINTED = frozenset({"style", "script", "title", "desc"})
# Drawn as nothing by every font: blanks, joiners and other marks of format, and what only chooses between two shapes.
_BLANK, _FORMAT = "Zs", "Cf"
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def pdf(html: str, *, title: str, when: datetime, attached: Mapping[str, bytes] = {}) -> bytes:
    """The page as PDF/A-3b, made at `when`; `attached` are the files with its data, by name.

    Raises Unable where WeasyPrint, a library of the system, the font or the glyph of a character is missing; Broken
    where the page asks for a file or an address: it has to stand alone.
    """
    _each_has_a_glyph(html)
    with _own_font():
        return _made(html, title, when.astimezone(UTC), attached)


def _made(html: str, title: str, when: datetime, attached: Mapping[str, bytes]) -> bytes:
    _installed()
    from weasyprint import HTML, Attachment
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    asked: list[str] = []

    class Alone(URLFetcher):  # type: ignore[misc]
        """What is written into the page itself and nothing else."""

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> object:
            if not url.startswith("data:"):
                asked.append(url)
                raise ValueError(url)
            return super().fetch(url, headers)

    fetcher = Alone()
    document = HTML(string=html, base_url="about:blank", url_fetcher=fetcher).render(font_config=FontConfiguration())
    if asked:
        raise Broken(
            "The page asks for {address}; a PDF takes nothing from outside, so write it into the template (as data:).",
            address=asked[0][:200],
        )
    document.metadata.title = title
    document.metadata.created = document.metadata.modified = f"{when:%Y-%m-%dT%H:%M:%SZ}"
    files = [
        Attachment(
            string=data, url_fetcher=fetcher, name=name, description=name, relationship="Source", created=when,
            modified=when,
        )
        for name, data in attached.items()
    ]  # fmt: skip
    made: bytes = document.write_pdf(pdf_variant="pdf/a-3b", attachments=files)
    return made


def _installed() -> None:
    """Raises Unable: what makes the PDF is missing, or a library of the system that it needs."""
    try:
        # What it prints where a library is missing is for programmers.
        with redirect_stdout(StringIO()):
            from weasyprint.text.ffi import harfbuzz_subset
    except ImportError:
        raise Unable("Writing PDF takes WeasyPrint; install it with pip install 'pmcs[pdf]'.") from None
    except OSError:
        harfbuzz_subset = None
    if harfbuzz_subset is None:
        raise Unable(
            "Writing PDF takes the libraries Pango and HarfBuzz of the system; "
            "on Debian run apt-get install libpangoft2-1.0-0 libharfbuzz-subset0."
        )


# The font ---------------------------------------------------------------------------------------------------------


@contextmanager
def _own_font() -> Iterator[None]:
    """The shipped font is the only one while it lasts: what the machine has must not show in the page."""
    name = "FONTCONFIG_FILE"
    before = os.environ.get(name)
    os.environ[name] = str(_font().with_name(CONFIGURATION))
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _font() -> Path:
    path = templates_dir() / "font" / FONT
    if not path.is_file():
        raise Unable("The font {file} is missing, which PDFs are set in; install pmcs again.", file=path)
    return path


@lru_cache(maxsize=1)
def _glyphs(path: Path) -> frozenset[int]:
    """The characters that the font has a glyph for. Raises Unable: the file is damaged, or WeasyPrint is missing."""
    _installed()
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with path.open("rb") as file, TTFont(file, lazy=True) as font:
            # Glyphs by number: their names are not in the file, and would be worked out for half a second.
            font.setGlyphOrder([str(number) for number in range(font["maxp"].numGlyphs)])
            return frozenset(font.getBestCmap())
    except (OSError, TTLibError, AssertionError, TypeError) as error:
        raise Unable("The font {file} is damaged, which PDFs are set in; install pmcs again.", file=path) from error


def _each_has_a_glyph(html: str) -> None:
    """Raises Unable with the characters that would be printed as boxes."""
    with _own_font():
        glyphs = _glyphs(_font())
    missing = sorted(letter for letter in set(_printed(html)) if ord(letter) not in glyphs and not _unseen(letter))
    if missing:
        raise Unable(
            "The font of PDFs has no glyph for {characters}; change the text, or take --format html.",
            characters=[_named(letter) for letter in missing[:NAMED]] + ["…"] * (len(missing) > NAMED),
        )


def _printed(html: str) -> str:
    """The text of the page, composed as it is when it is set."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return unicodedata.normalize("NFC", "".join(reader.parts))


class _Reader(HTMLParser):
    """The texts of a page outside its style."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag in UNPRINTED:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.parts.append(data)


def _unseen(letter: str) -> bool:
    return (
        letter in "\t\n\f\r"
        or unicodedata.category(letter) in {_BLANK, _FORMAT}
        or any(ord(letter) in selectors for selectors in _SELECTORS)
    )


def _named(letter: str) -> str:
    """`🚰 (U+1F6B0)`; of what has no shape of its own, or steers a terminal, the number alone."""
    code = f"U+{ord(letter):04X}"
    return f"{letter} ({code})" if letter.isprintable() and not unicodedata.combining(letter) else code
