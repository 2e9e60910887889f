"""When a recurrence falls due: python-dateutil's reckoning on local wall time, the zone attached afterwards.

What is added to it: the 29th to 31st fall on a shorter month's last day (RFC 5545 skips that month), a search always
ends, and reckoning begins near the time asked for, not where the rule began.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import groupby, islice, takewhile
from types import MappingProxyType

from pmcs.core.record import LAST_YEAR

DAY = timedelta(days=1)
FAR = 10
"""Years. What does not recur in as many never does, as far as an office is concerned."""
_ALIKE = {"HOURLY": timedelta(hours=1), "DAILY": DAY, "WEEKLY": 7 * DAY}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ONCE = "INTERVAL=120000"  # months or years: dateutil looks at one of them and is beyond its calendar


def occurrences(rule: str, begins: datetime, after: datetime, until: datetime) -> Iterator[datetime]:
    """When a canonical rule recurs, later than `after` and up to and with `until`, in order, none twice.

    Aware times in the zone of `begins`, to the second. `begins` gives the phase and what the rule leaves open (day,
    weekday, time of day); it is itself an occurrence only where it meets the rule, and nothing is before it. A wall
    time that summer time leaves out is moved forward by what was left out. An UNTIL without a time includes its day.
    """
    zone, start = begins.tzinfo, begins.replace(tzinfo=None, microsecond=0)
    latest = min([until.astimezone(UTC), *(end.astimezone(UTC) for end in _ends(rule, start, zone))])
    last = after.astimezone(UTC)
    # A day more on both sides, since a zone may move its clocks by as much.
    first = max(start, _wall(last, zone) - DAY)
    for _, walls in groupby(_walls(parts_of(rule), start, first, _wall(latest, zone) + DAY), datetime.date):
        # Sorted, since a moved time may come to lie behind one that was not.
        for moment in sorted({wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls}):
            if last < moment <= latest:
                last = moment
                yield moment.astimezone(zone)


def first_from(rule: str, begins: datetime, since: datetime | None = None) -> datetime | None:
    """The first occurrence at or after `since` (else `begins`); None if there is none in the ten years after it."""
    since = since or begins.replace(microsecond=0)
    return next(occurrences(rule, begins, since - datetime.resolution, far_from(since)), None)


def next_after(rule: str, begins: datetime, after: datetime) -> datetime | None:
    """The first occurrence later than `after`; None if there is none in the ten years after it."""
    if parts_of(rule)["FREQ"] in _ALIKE:
        # Whoever asks for the next of one day soon asks for that of the day after.
        local = after.astimezone(begins.tzinfo).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        month = _month(rule, begins.replace(tzinfo=None), begins.tzinfo, local.replace(tzinfo=None))
        place = bisect_right(month, after.astimezone(UTC))
        if place < len(month):
            return month[place].astimezone(begins.tzinfo)
    return next(occurrences(rule, begins, after, far_from(after)), None)


@lru_cache(maxsize=256)
def _month(rule: str, start: datetime, zone: tzinfo | None, opening: datetime) -> list[datetime]:
    """The occurrences of one month and a little more, in UTC."""
    begins, first = (when.replace(tzinfo=zone) for when in (start, opening))
    return [when.astimezone(UTC) for when in occurrences(rule, begins, first, first + 32 * DAY)]


def far_from(when: datetime, years: int = FAR) -> datetime:
    """So many years later, at most the calendar's end: how far a search goes."""
    return when.replace(year=min(when.year + years, LAST_YEAR - 1), day=min(when.day, 28))


def under_a_day(rule: str) -> bool:
    """Whether the rule may recur within 24 hours."""
    parts = parts_of(rule)
    several = any("," in parts.get(key, "") for key in ("BYHOUR", "BYMINUTE"))
    return several or (parts["FREQ"] == "HOURLY" and int(parts.get("INTERVAL", "1")) < 24)


@lru_cache(maxsize=1024)
def parts_of(rule: str) -> Mapping[str, str]:
    """The parts of a canonical rule by their names."""
    return MappingProxyType(dict(part.split("=", 1) for part in rule.split(";")))


def end_of(until: str, zone: tzinfo | None) -> datetime:
    """The last moment that an UNTIL allows; a date allows its whole day. Raises ValueError for what is no time."""
    if until.endswith("Z"):
        return datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    clock = until if "T" in until else f"{until}T235959"
    return datetime.strptime(clock, "%Y%m%dT%H%M%S").replace(tzinfo=zone)


def _wall(when: datetime, zone: tzinfo | None) -> datetime:
    return when.astimezone(zone).replace(tzinfo=None)


def _ends(rule: str, start: datetime, zone: tzinfo | None) -> Iterator[datetime]:
    """The last moment by UNTIL or COUNT. Counted once, so that reckoning need not begin at the beginning each time."""
    until = parts_of(rule).get("UNTIL")
    if until:
        yield end_of(until, zone)
    counted = _counted(rule, start, zone) if "COUNT" in parts_of(rule) else None
    if counted:
        yield counted


@lru_cache(maxsize=1024)
def _counted(rule: str, start: datetime, zone: tzinfo | None) -> datetime | None:
    """The last of COUNT occurrences; None if they take more than a century."""
    count = int(parts_of(rule)["COUNT"])
    endless = _rule(parts_of(rule), COUNT=None)
    begins = start.replace(tzinfo=zone)
    every = occurrences(endless, begins, begins - datetime.resolution, far_from(begins, 100))
    return next(islice(every, count - 1, None), None)


def _walls(parts: Mapping[str, str], start: datetime, first: datetime, final: datetime) -> Iterator[datetime]:
    """The wall times of a rule begun at `start`, from `first` to `final`, in order."""
    found = _by_length if parts["FREQ"] in _ALIKE else _by_month
    for wall in found(parts, start, first, final):
        if wall > final:
            return
        if wall >= first:
            yield wall


def _by_length(parts: Mapping[str, str], start: datetime, first: datetime, final: datetime) -> Iterable[datetime]:
    """Hours, days and weeks are all alike: a start moved by whole intervals makes the same set.

    The parts that choose among days are held against each day here, where dateutil would search to the year 9999.
    """
    interval = int(parts.get("INTERVAL", "1")) * _ALIKE[parts["FREQ"]]
    moved = start + (first - start) // interval * interval
    limits = {"BYMONTH", "BYMONTHDAY", *(["BYDAY"] if parts["FREQ"] != "WEEKLY" else [])}
    bare = {key: value for key, value in parts.items() if key not in {*limits, "COUNT", "UNTIL"}}
    try:
        walls = takewhile(final.__ge__, _dateutil(_rule(bare), moved))
    except ValueError:  # every 24 hours from six o'clock it is never five
        return ()
    chosen = {key: parts[key].split(",") for key in limits if key in parts}
    return (wall for wall in walls if _chosen(chosen, wall.date())) if chosen else walls


def _chosen(limits: Mapping[str, list[str]], day: date) -> bool:
    if "BYMONTH" in limits and str(day.month) not in limits["BYMONTH"]:
        return False
    if "BYDAY" in limits and _WEEKDAYS[day.weekday()] not in limits["BYDAY"]:
        return False
    if "BYMONTHDAY" in limits:
        length = _month_length(day)
        return any((min(n, length) if n > 0 else length + 1 + n) == day.day for n in map(int, limits["BYMONTHDAY"]))
    return True


def _month_length(day: date) -> int:
    return ((day.replace(day=28) + 4 * DAY).replace(day=1) - DAY).day


def _by_month(parts: Mapping[str, str], start: datetime, first: datetime, final: datetime) -> Iterator[datetime]:
    """Months and years, each reckoned by itself: a rule that is never met costs no more than the time asked for."""
    yearly = parts["FREQ"] == "YEARLY"
    begun, wanted = (when.year * 12 + (0 if yearly else when.month - 1) for when in (start, first))
    interval = int(parts.get("INTERVAL", "1")) * (12 if yearly else 1)
    place = begun + (wanted - begun) // interval * interval
    rules = _last_days(_completed(parts, start))
    positions = [int(text) for text in parts.get("BYSETPOS", "").split(",") if text]
    while place // 12 <= min(final.year, LAST_YEAR):
        opening = datetime(place // 12, place % 12 + 1, 1)  # noqa: DTZ001  wall time
        walls = sorted({wall for rule in rules for wall in _dateutil(rule, opening)})
        if positions:
            spots = {n - 1 if n > 0 else len(walls) + n for n in positions}
            walls = [wall for spot, wall in enumerate(walls) if spot in spots]
        yield from walls
        place += interval


def _completed(parts: Mapping[str, str], start: datetime) -> dict[str, str]:
    """What the rule leaves open, from its start."""
    full = {"BYHOUR": str(start.hour), "BYMINUTE": str(start.minute), "BYSECOND": str(start.second), **parts}
    if not full.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}:
        full["BYMONTHDAY"] = str(start.day)
        if parts["FREQ"] == "YEARLY":
            full.setdefault("BYMONTH", str(start.month))
    return {key: value for key, value in full.items() if key not in {"INTERVAL", "COUNT", "UNTIL", "BYSETPOS"}}


def _last_days(parts: dict[str, str]) -> list[str]:
    """The rule with the 29th to 31st on the last day of shorter months.

    The 31st is the last day of every month; of February the 29th and the 30th are, too, which takes a second rule.
    """
    days = parts.get("BYMONTHDAY", "").split(",")
    if not {"29", "30", "31"} & {*days}:
        return [_rule(parts) + f";{_ONCE}"]
    months = parts.get("BYMONTH", ",".join(map(str, range(1, 13)))).split(",")
    rules = []
    for chosen, lasts in (({"2"} & {*months}, {"29", "30", "31"}), ({*months} - {"2"}, {"31"})):
        moved = ",".join("-1" if day in lasts else day for day in days)
        if chosen:
            rules.append(_rule(parts, BYMONTH=",".join(sorted(chosen)), BYMONTHDAY=moved) + f";{_ONCE}")
    return rules


def _rule(parts: Mapping[str, str], **others: str | None) -> str:
    return ";".join(f"{key}={value}" for key, value in {**parts, **others}.items() if value is not None)


def _dateutil(rule: str, start: datetime) -> Iterable[datetime]:
    from dateutil.rrule import rrulestr

    return rrulestr(rule, dtstart=start)
