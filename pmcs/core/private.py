"""Finds phones and ID numbers that were typed into free text, and masks them.

A phone is a mobile number (1[3-9] and nine digits, also written 138 1234 5678 or 138-1234-5678, with or
without +86) or a landline with area code and hyphen. An ID number is one by GB 11643: region, day of birth,
serial number and a check digit by ISO 7064 MOD 11-2. Neither is ever a piece of a longer run of digits, nor of a
commit's name or another digest, of which one in a hundred holds eleven digits that would do.
Full-width digits count as digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple


class Private(NamedTuple):
    """One finding: where it stands in the text, prefix included, and what it is."""

    start: int
    end: int
    what: Literal["phone", "id_number"]


# One character for one, so that places in the text stay what they are.
_NARROW = str.maketrans("０１２３４５６７８９Ｘｘ＋－‐‑–−\u3000\xa0", "0123456789Xx+-----  ")
_DIGITS = re.compile("[0-9０-９]{4}")  # stands in every finding
_FINDING = re.compile(
    r"""
    (?<![0-9])
    (?: (?P<id>[1-9][0-9]{5} (?:18|19|20)[0-9]{2} (?:0[1-9]|1[0-2]) (?:0[1-9]|[12][0-9]|3[01]) [0-9]{3} [0-9Xx])
      | (?P<prefix>\+86[ -]?|(?:00)?86-?)?
        (?: (?P<mobile>1[3-9][0-9]{9})
          | (?(prefix)|(?<![0-9]-))
            (?: (?P<grouped>1[3-9][0-9][ -][0-9]{4}[ -][0-9]{4}) (?!-[0-9])
              | (?P<area>0[0-9]{2,3})-(?P<line>[0-9]{7,8}) ) )
    )
    (?![0-9])
    """,
    re.VERBOSE,
)
_DIGEST = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{40}|[0-9a-f]{64})(?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"

_BLANKS = " \t\u3000\xa0"
_SEPARATORS = ",;:、，；："
_BRACKETS = ("()", "（）", "[]", "【】")


def find_private(text: str) -> list[Private]:
    """The findings in `text`, in order and not overlapping."""
    if not _DIGITS.search(text):
        return []
    return [Private(*found.span(), "id_number" if found["id"] else "phone") for found in _matches(text)]


def has_private(text: str) -> bool:
    """Whether `text` holds a phone or an ID number."""
    return next(_matches(text), None) is not None


def mask_text(text: str) -> str:
    """`text` with every finding masked: 138****5678, 010-****5678, 0512-*****67, 1****************X."""
    # What a mask leaves may make a new number with what follows it, as in 13812340512-1234567.
    while found := list(_matches(text)):
        pieces, done = [], 0
        for match in found:
            pieces += [text[done : match.start()], _masked(match)]
            done = match.end()
        text = "".join(pieces) + text[done:]
    return text


def mask_value(text: str) -> str:
    """A whole private value for the screen: its phones and ID numbers masked, of all else the first character.

    张三丰 is 张**, 13812345678 is 138****5678, 张三 13812345678 is 张** 138****5678.
    """
    pieces, done = [], 0
    for match in _matches(text):
        pieces += [_first(text[done : match.start()], first=done == 0), _masked(match)]
        done = match.end()
    pieces.append(_first(text[done:], first=done == 0))
    return " ".join(filter(None, pieces))


def extract_private(text: str) -> tuple[str, list[str]]:
    """`text` without its findings, tidied where they stood, and the findings (in ASCII digits)."""
    values: list[str] = []
    while (match := next(_matches(text), None)) is not None:
        values.append(match[0])
        text = _join(text[: match.start()], text[match.end() :])
    return text, values


def _matches(text: str) -> Iterator[re.Match[str]]:
    if _DIGITS.search(text):
        narrow = text.translate(_NARROW)
        digests = [found.span() for found in _DIGEST.finditer(narrow)]
        for match in _FINDING.finditer(narrow):
            if any(start <= match.start() and match.end() <= end for start, end in digests):
                continue
            if not match["id"] or _check_digit(match["id"]) == match["id"][-1].upper():
                yield match


def _check_digit(number: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECK[total % 11]


def _masked(match: re.Match[str]) -> str:
    if number := match["id"]:
        return number[0] + "*" * 16 + number[-1].upper()
    prefix = match["prefix"] or ""
    if mobile := match["mobile"] or match["grouped"]:
        return prefix + mobile[:3] + "****" + mobile[-4:]
    shown = 4 if len(match["line"]) > 7 else 2  # four of seven would leave only three to guess
    return prefix + match["area"] + "-" + "*" * (len(match["line"]) - shown) + match["line"][-shown:]


def _first(words: str, *, first: bool) -> str:
    words = words.strip()
    return words and (words[0] if first else "") + "**"


def _join(left: str, right: str) -> str:
    """The two sides of what was cut out, without the blanks, separators and empty brackets it leaves."""
    before, after = left.rstrip(_BLANKS), right.lstrip(_BLANKS)
    blank = before != left or after != right
    while before and after and before[-1] + after[0] in _BRACKETS:
        before, after = before[:-1].rstrip(_BLANKS), after[1:].lstrip(_BLANKS)
    if not after or after[0] in _SEPARATORS + "\n。.":
        before = before.rstrip(_SEPARATORS + _BLANKS)
    if not before or before[-1] in _SEPARATORS + "\n":
        after = after.lstrip(_SEPARATORS + _BLANKS)
    apart = blank or (before[-1:] + after[:1]).isascii()
    inner = before and after and before[-1] not in _SEPARATORS + "\n" and after[0] not in _SEPARATORS + "\n。."
    return before + (" " if apart and inner else "") + after
