"""What a record is called: a number in its desk's series, the field that is its key, or a name made of its fields."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pmcs.core.kind import Action, Kind
from pmcs.core.record import Event, Value, moment
from pmcs.core.world import Context, found
from pmcs.errors import BadInput, Refused

KEY = re.compile(r"[^\W_][\w.·-]{0,63}")
LONGEST_NAME = 200
"""Bytes: a file's name may have 255, its ending and a temporary letter or two included."""
OF_DESK = re.compile(r"-?(?P<desk>[A-Z]+)\d+$")
NAMED_DAY = re.compile(
    r"[A-Z]{1,3}-(?P<year>\d{4})(?:(?P<month>\d\d)(?P<day>\d\d)(?:T\d{4})?|-(?P<period>\d\d))?(?=-|$)"
)


def number_for(kind: Kind, action: Action, event: Event, values: Mapping[str, Value], context: Context) -> str:
    """The number of a record that `action` opens with these values.

    Raises BadInput where a value cannot stand in a file's name, Refused where the record is there already.
    """
    names = naming(kind, action)
    if names:
        return _free(kind, name_from(kind, names, values), context)
    if kind.key is None:
        opened = str(values.get("opened", "")) if event.do == "import" else ""
        return context.world.number(kind, moment(opened) if opened else event.entered)
    name = str(values.get(kind.key, ""))
    if name and not (KEY.fullmatch(name) and len(name.encode()) <= LONGEST_NAME and name[-1] != "."):
        raise BadInput(
            "{key} {name} cannot be a file's name; use letters, digits, - and dots.", key=kind.key, name=name
        )
    if name and kind.tree and "" in name.split("-"):
        raise BadInput("{key} {name} has an empty level; write it as 3-2-1201.", key=kind.key, name=name)
    if name and (twin := context.world.twin(kind, {kind.key: name}, open_only=False)):
        raise _there(kind, twin)
    return name


def naming(kind: Kind, action: Action) -> tuple[str, ...]:
    """The fields that name what an action opens; none where it is numbered."""
    return action.named_by or kind.named_by


def name_from(kind: Kind, names: tuple[str, ...], values: Mapping[str, Value]) -> str:
    """The kind's letters and the values: `F-2026-3-2-1201`, a time as `20261123T0800`; an empty part drops out.

    So whatever makes the same record twice makes it once. Raises BadInput.
    """
    parts = [kind.number or ""]
    for name in names:
        value = str(values.get(name, ""))
        part = _part(kind.fields[name].type, value) if value else ""
        if part and not KEY.fullmatch(part):
            raise BadInput(
                "{key} {name} cannot be a file's name; use letters, digits, - and dots.", key=name, name=value
            )
        parts += [part] if part else []
    number = "-".join(parts)
    if len(number.encode()) > LONGEST_NAME:
        raise BadInput("{number} is too long for a file's name; shorten {fields}.", number=number, fields=list(names))
    return number


def _part(of: str, value: str) -> str:
    if of == "time":
        return f"{moment(value):%Y%m%dT%H%M}"
    return value.replace("-", "") if of == "date" else value


def _free(kind: Kind, number: str, context: Context) -> str:
    if found(context.world, number):
        raise _there(kind, number)
    return number


def _there(kind: Kind, name: str) -> Refused:
    return Refused("{kind} {name} is there already; see pmcs {kind} show {name}.", kind=kind.name, name=name)


def named_folder(number: str) -> str | None:
    """The folder of a named record, by the date, time or period that its name begins with: `2026/11/23`."""
    day = NAMED_DAY.match(number)
    return "/".join(part for part in day.group("year", "month", "day", "period") if part) if day else None


def desk_of(kind: Kind, number: str) -> str | None:
    """The desk that a number carries; events of that desk need not name it."""
    held = None if kind.key else OF_DESK.fullmatch(number[len(kind.register or number.partition("-")[0]) :])
    return held["desk"] if held else None
