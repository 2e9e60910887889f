"""Recurrences as people write them and as a record keeps them: an RFC 5545 rule such as `FREQ=MONTHLY;BYMONTHDAY=-1`.

Names people know (monthly, 每2小时) are read into such rules and shown for them; reckoning is in `core.occurrence`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

from pmcs.core.kind import Label, shown
from pmcs.core.occurrence import end_of, first_from
from pmcs.core.private import mask_text
from pmcs.errors import BadInput

# Half a month is at most 15 days (TSG T5002-2017): the 1st and the 16th lie 16 apart where a month is long.
_NAMES: dict[str, tuple[Label, tuple[str, ...]]] = {
    "FREQ=HOURLY": ({"en": "hourly", "zh": "每小时"}, ()),
    "FREQ=DAILY": ({"en": "daily", "zh": "每天"}, ("每日",)),
    "FREQ=WEEKLY": ({"en": "weekly", "zh": "每周"}, ("每星期",)),
    "FREQ=DAILY;INTERVAL=15": ({"en": "half-monthly", "zh": "半月"}, ("每半月", "每半个月")),
    "FREQ=MONTHLY": ({"en": "monthly", "zh": "每月"}, ()),
    "FREQ=MONTHLY;INTERVAL=3": ({"en": "quarterly", "zh": "每季度"}, ("每季",)),
    "FREQ=MONTHLY;INTERVAL=6": ({"en": "half-yearly", "zh": "半年"}, ("每半年",)),
    "FREQ=YEARLY": ({"en": "yearly", "zh": "每年"}, ()),
}
_EVERY: dict[str, tuple[Label, str]] = {
    "HOURLY": ({"en": "every {count} hours", "zh": "每{count}小时"}, "hours?|个?小时"),
    "DAILY": ({"en": "every {count} days", "zh": "每{count}天"}, "days?|天|日"),
    "WEEKLY": ({"en": "every {count} weeks", "zh": "每{count}周"}, "weeks?|周|个?星期"),
    "MONTHLY": ({"en": "every {count} months", "zh": "每{count}个月"}, "months?|个?月"),
}
_FREQUENCIES = ("HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_TOO_OFTEN = ("MINUTELY", "SECONDLY")
# In the order in which a rule is kept. Of figures: the least and the most, of signed ones the most on either side.
_FIGURES = {
    "INTERVAL": (1, 99_999),
    "COUNT": (1, 9_999),
    "BYMONTH": (1, 12),
    "BYWEEKNO": (-53, 53),
    "BYYEARDAY": (-366, 366),
    "BYMONTHDAY": (-31, 31),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSETPOS": (-366, 366),
}
_DAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_WORDS = {"UNTIL": r"\d{8}(?:T\d{6}Z?)?", "BYDAY": rf"(?:[+-]?[1-9]\d?)?{_DAY}", "WKST": _DAY}
_ORDER = ("FREQ", *_FIGURES, *_WORDS)
# Where RFC 5545 gives a part a meaning; BYSETPOS, which it allows everywhere, chooses among days only in these.
_ONLY = {
    "BYWEEKNO": ("YEARLY",),
    "BYYEARDAY": ("YEARLY",),
    "BYSETPOS": ("MONTHLY", "YEARLY"),
    "BYMONTHDAY": ("HOURLY", "DAILY", "MONTHLY", "YEARLY"),
}


def parse_recurrence(name: str, text: str) -> str:
    """The canonical RFC 5545 rule (capitals, no blanks, FREQ first) of a rule or of a name: `monthly`, `每2小时`.

    Raises BadInput naming the field, also for a rule that is never met.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    named = _named(plain)
    if named:
        return named
    rule = "".join(plain.split()).upper().removeprefix("RRULE:")
    given = [part.partition("=") for part in rule.removesuffix(";").split(";")]
    parts = {key: value for key, _, value in given}
    if "FREQ" not in parts or len(parts) != len(given):
        raise BadInput(
            "{field} must be a name such as monthly, half-monthly or every 2 hours,"
            " or a recurrence such as FREQ=MONTHLY;BYMONTHDAY=1 (RFC 5545).",
            field=name,
        )
    if parts["FREQ"] in _TOO_OFTEN or "BYSECOND" in parts:
        raise BadInput(
            "{field} cannot recur by minutes or seconds, since each time makes a record that somebody has to work"
            " through; write every 1 hours or longer.",
            field=name,
        )
    kept = [_part(name, parts, key) for key in sorted(parts, key=_place)]
    canonical = ";".join(part for part in kept if part != "INTERVAL=1")
    if not _possible(canonical):
        raise BadInput(
            "{field}: no day or hour ever meets the rule {rule}; change its BY parts.", field=name, rule=rule
        )
    return canonical


def name_of(rule: str, language: str) -> str:
    """What a canonical rule is called in a language: `half-monthly`, `半月`, `每2小时`; without a name, the rule."""
    if rule in _NAMES:
        return shown(_NAMES[rule][0], language)
    found = re.fullmatch(r"FREQ=([A-Z]+);INTERVAL=(\d+)", rule)
    if found and found[1] in _EVERY:
        return shown(_EVERY[found[1]][0], language).format(count=found[2])
    return rule


def _place(key: str) -> int:
    return _ORDER.index(key) if key in _ORDER else len(_ORDER)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s/_-]", "", text).lower()


def _known() -> dict[str, str]:
    words = {word: rule for rule, (_, others) in _NAMES.items() for word in others}
    for rule, (label, _) in _NAMES.items():
        words |= {_squeezed(shown(label, language)): rule for language in ("en", "zh")}
    return words


_KNOWN = _known()


def _named(text: str) -> str | None:
    """The rule of a name; None where it is none."""
    word = _squeezed(text)
    if word in _KNOWN:
        return _KNOWN[word]
    for frequency, (_, unit) in _EVERY.items():
        found = re.fullmatch(rf"(?:every|每)0*([1-9][0-9]{{0,4}})(?:{unit})", word)
        if found:
            return f"FREQ={frequency}" + (f";INTERVAL={found[1]}" if found[1] != "1" else "")
    return None


def _part(name: str, parts: Mapping[str, str], key: str) -> str:
    """One part as it is kept. Raises BadInput where it has no meaning."""
    value, frequency = parts[key], parts["FREQ"]
    items = value.split(",") if key.startswith("BY") else [value]
    sound = frequency in _FREQUENCIES and frequency in _ONLY.get(key, _FREQUENCIES)
    if key in _FIGURES:
        low, high = _FIGURES[key]
        sound = sound and all(re.fullmatch(r"[+-]?[0-9]{1,5}", item) for item in items)
        items = [str(int(item)) for item in items] if sound else items
        sound = sound and all(low <= int(item) <= high and (int(item) or not low) for item in items)
    elif key in _WORDS:
        sound = sound and all(re.fullmatch(_WORDS[key], item) for item in items)
        # Only in a month or a year is there a second Monday.
        sound = sound and (key != "BYDAY" or frequency in _FREQUENCIES[-2:] or all(len(item) == 2 for item in items))
        sound = sound and (key != "UNTIL" or (_readable(value) and "COUNT" not in parts))
    else:
        sound = sound and key == "FREQ"
    if not sound:
        raise BadInput(
            "{field} cannot have {part} in a recurrence with FREQ={frequency} (RFC 5545).",
            field=name,
            part=mask_text(f"{key}={value}"[:60]),
            frequency=mask_text(frequency[:60]),
        )
    return f"{key}={','.join(items)}"


def _readable(until: str) -> bool:
    try:
        return bool(end_of(until, UTC))
    except ValueError:
        return False


@lru_cache(maxsize=1024)
def _possible(rule: str) -> bool:
    """Whether any days and hours meet the BY parts, wherever the rule begins."""
    if ";BY" not in rule:
        return True
    bare = ";".join(part for part in rule.split(";") if not part.startswith(("INTERVAL", "COUNT", "UNTIL")))
    return first_from(bare, datetime(2024, 1, 1, tzinfo=UTC)) is not None
