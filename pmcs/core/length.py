"""Lengths of time as a regulation writes them: `30m real`, `4h office`, `3d day` (KINDS.md, Clocks)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal, NamedTuple, TypeAlias, cast

from pmcs.errors import BadInput

Unit: TypeAlias = Literal["m", "h", "d"]
Measure: TypeAlias = Literal["real", "office", "day"]

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
# Five figures are 273 years of days; more could leave the calendar, which ends with the year 9999.
_LENGTH = re.compile(r"(?P<amount>[0-9]{1,5})(?P<unit>[mhd])(?: (?P<measure>real|office|day))?")
_CHINESE = r"(?P<amount>\d{1,5}) ?个?(?P<word>分钟?|小时|钟头|工作日|自然日|天|日)(?:之?内)?"
_MEANT: dict[str, tuple[str, ...]] = {
    "分": ("m real",),
    "分钟": ("m real",),
    "小时": ("h office", "h real"),
    "钟头": ("h office", "h real"),
    "天": ("d office", "d day"),
    "日": ("d office", "d day"),
    "工作日": ("d office",),
    "自然日": ("d day",),
}


class Length(NamedTuple):
    """Minutes, hours or days, counted by the clock, in office time, or (days only) to a day's end."""

    amount: int
    unit: Unit
    measure: Measure

    def __str__(self) -> str:
        return f"{self.amount}{self.unit} {self.measure}"

    @property
    def duration(self) -> timedelta:
        """Amount times unit by the clock; what `d office` and `d day` last, a calendar says."""
        return self.amount * _UNITS[self.unit]


def parse_length(text: str) -> Length:
    """Reads `4h office` and its like; without a measure, as in `7d`, it is real time. Raises BadInput."""
    plain = " ".join(text.split())
    found = _LENGTH.fullmatch(plain)
    if found is None:
        raise _refusal(plain)
    amount, unit, measure = found["amount"], found["unit"], found["measure"] or "real"
    if measure == "day" and unit != "d":
        raise BadInput(
            "The length {text} is not allowed: only days are counted by day; write {first} or {second}.",
            text=plain,
            first=f"{amount}{unit} real",
            second=f"{amount}{unit} office",
        )
    return Length(int(amount), cast(Unit, unit), cast(Measure, measure))


def _refusal(text: str) -> BadInput:
    found = re.fullmatch(_CHINESE, text)
    if found is None:
        return BadInput(
            "The length {text} is not understood; write it as 30m real, 4h office, 3d office or 3d day,"
            " with a number of at most five digits.",
            text=text or "''",
        )
    meant = [f"{int(found['amount'])}{rest}" for rest in _MEANT[found["word"]]]
    if len(meant) == 1:
        return BadInput("The length {text} is not understood; write {first}.", text=text, first=meant[0])
    return BadInput(
        "The length {text} is not understood; write {first} or {second}.", text=text, first=meant[0], second=meant[1]
    )
