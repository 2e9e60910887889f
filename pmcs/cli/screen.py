"""Texts on a screen: made safe to show, measured and cut in columns, of which a Chinese character takes two."""

from __future__ import annotations

import re

# A terminal's colours, titles and links go whole, so that no debris stays; an unfinished one loses its first sign.
_ESCAPE = (
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"
    # No beginning stands within another, or a row of them would be gone through from each to the end.
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\\\|\x9c)"
    "|\x1b[ -/]*[0-Z\\\\^-~]"
)
# What has no width of its own or turns round the text beside it: controls, marks of direction, joiners, half pairs.
_UNSEEN = (
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_LINE_END = "\r\n|[\n\x0b\x0c\r\x85\u2028\u2029]"


def unsteered(text: str) -> str:
    """The text with its line ends and tabs, and without anything else that steers a terminal."""
    # Most texts hold nothing of the kind, and need no pattern.
    return text if text.isprintable() else re.sub(_UNSEEN, "", re.sub(_ESCAPE, "", text))


def clean(text: str) -> str:
    """A text on one line, without anything that steers a terminal: a record may hold what somebody pasted."""
    return " ".join(split(text)).replace("\t", " ")


def padded(text: str, column: int) -> str:
    """The text with spaces up to so many columns."""
    return text + " " * (column - wide(text))


def split(text: str) -> list[str]:
    """The lines of a text, each without what steers a terminal."""
    if text.isprintable():
        return [text] if text else []
    return re.sub(_LINE_END, "\n", unsteered(text)).split("\n")


def cut(text: str, limit: int) -> str:
    """The text within `limit` columns of a terminal; … stands for what is cut off."""
    if wide(text) <= limit:
        return text
    kept = text[:limit]  # a character may be of no width, but then it is rare
    while kept and wide(kept) > limit - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wide(text: str) -> int:
    """The columns that a text takes."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return max(wcswidth(text), 0)
