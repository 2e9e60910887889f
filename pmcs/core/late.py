"""Late entries (补录): what was typed more than a day after it happened."""

from __future__ import annotations

from datetime import timedelta

from pmcs.core.kind import Kind
from pmcs.core.record import Event, moment

GRACE = timedelta(hours=24)


def late_by(kind: Kind, event: Event) -> timedelta | None:
    """How much later than it happened an event was entered, where that is more than a day (7.1).

    What happened is the event's own time, or an earlier time of the past that it tells. An import brings times from
    elsewhere and is not late.
    """
    if event.do == "import":
        return None
    times = [event.at]
    for name, value in event.set.items():
        item = kind.fields.get(name)
        if item and item.type == "time" and item.never == "future" and isinstance(value, str) and value:
            times.append(moment(value))
    late = event.entered - min(times)
    return late if late > GRACE else None
