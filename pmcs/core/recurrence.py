"""Recurrences: an RFC 5545 rule such as `FREQ=MONTHLY;BYMONTHDAY=-1`. Reckoning with it is python-dateutil's."""

from __future__ import annotations

from pmcs.errors import BadInput


def parse_recurrence(name: str, text: str) -> str:
    """The rule in capitals, without `RRULE:` and blanks. Raises BadInput naming the field."""
    rule = "".join(text.split()).upper().removeprefix("RRULE:")
    if not _sound(rule):
        raise BadInput("{field} must be a recurrence such as FREQ=MONTHLY;BYMONTHDAY=1 (RFC 5545).", field=name)
    return rule


def _sound(rule: str) -> bool:
    from dateutil.rrule import rrulestr

    try:
        parts = dict(part.split("=", 1) for part in rule.split(";"))
        rrulestr(rule)
        return int(parts.get("INTERVAL", "1")) > 0
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return False
