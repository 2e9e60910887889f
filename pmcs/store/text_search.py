"""Full text in Chinese: each CJK character is a token of its own, 漏水 a phrase of two (DESIGN section 10)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(f"[{_CJK}]+")
_TOKEN = re.compile(f"[{_CJK}]|[^\\W_{_CJK}]+")
_BETWEEN = " \ue000 "  # a token that nobody can type into a phrase: none reaches from one text into the next


def indexed_text(texts: Iterable[str]) -> str:
    """What the full-text index holds of a record's texts."""
    return _RUN.sub(_apart, _plain(_BETWEEN.join(texts)))


def match_query(text: str) -> str | None:
    """The FTS5 query that finds every word of `text`; None where it holds no word. Nothing typed is ever syntax.

    A word's last part is taken as a beginning, unless it is a CJK character.
    """
    phrases = []
    for word in _plain(text).split():
        tokens = _TOKEN.findall(word.replace("\ue000", " "))
        if tokens:
            phrases.append(f'"{" ".join(tokens)}"' + ("" if _RUN.match(tokens[-1]) else "*"))
    return " AND ".join(phrases) or None


def _apart(run: re.Match[str]) -> str:
    return f" {' '.join(run[0])} "


def _plain(text: str) -> str:
    """Full-width letters as ordinary ones, capitals as small ones."""
    return unicodedata.normalize("NFKC", text).casefold()
