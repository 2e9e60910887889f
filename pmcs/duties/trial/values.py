"""Invented values: something that a field's type, list and bounds allow, and that nobody takes for real."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from pmcs.core.entry import EDITS
from pmcs.core.kind import Action, Field, Kind, Label
from pmcs.core.record import Record, Value, moment
from pmcs.duties.trial.plan import Way

PHONE = "138{:08d}"
"""Behind a real prefix eight figures that count up from nothing."""
LOW, MIDDLE, HIGH = "low", "middle", "high"
FIGURES = {LOW: Decimal(0), MIDDLE: Decimal(100), HIGH: Decimal(1_000_000)}


SCALES = (MIDDLE, LOW, HIGH)


@dataclass(frozen=True)
class Wanted:
    """What the values of an attempt must heed."""

    wishes: Mapping[str, str] = field(default_factory=dict)
    """Values wished for, by `field` or `lines.column`."""
    fields: frozenset[str] = frozenset()
    """Fields to be given wherever they may be."""
    scale: str = MIDDLE
    """How large figures are, and which of several choices is taken."""


@dataclass
class Inventing:
    """What the values of one action are invented from."""

    kind: Kind
    record: Record | None
    now: datetime
    way: Way
    wanted: Wanted
    next: Callable[[], int]
    """Counts up through the whole trial, so that nothing comes twice."""
    label: Callable[[Label], str]
    entries: Callable[[str], list[str]]
    """The names of a list of the regulation."""
    link: Callable[[Kind, Field, str, Record | None], str]
    """A record to be linked, by field and full name (`lines.column`); empty where there is none to be had."""
    file: str
    latest: datetime | None = None
    """The latest time invented so far: what comes next lies after it."""

    @property
    def wishes(self) -> Mapping[str, str]:
        """The values wished for, those of the way itself before those of the path."""
        return {**self.wanted.wishes, **self.way.wishes}

    def wants(self, place: str) -> bool:
        """Whether a column (`lines.column`) is to be given though it need not be."""
        return place in self.wishes or place in self.wanted.fields

    def of(self, kind: Kind) -> Inventing:
        """The same for a record of another kind, which is being made."""
        return replace(self, kind=kind, record=None, way=Way("new"), wanted=Wanted(scale=self.wanted.scale))

    def note(self, action: Action) -> str:
        """A note for an action."""
        return f"{self.label(action.label)}{self.next()}"

    def value(self, item: Field, name: str = "", *, keyed: bool = False) -> Value:
        """A value of a field or column; empty where there is none to be had."""
        name = name or item.name
        if item.rows is not None:
            return self.rows(item)
        if name in self.wishes and item.type not in ("files", "refs"):
            return self.wishes[name]
        if item.type == "files":
            return [self.file]
        if item.ref:
            found = self.wishes.get(name) or self.link(self.kind, item, name, self.record)
            return ([found] if found else []) if item.type == "refs" else found
        if item.values:
            return self._choice(item, name, keyed=keyed)
        if item.among:
            names = self.entries(item.among)
            return names[(self.next() if keyed else 0) % len(names)] if names else ""
        if item.sealed:
            return PHONE.format(self.next())
        return self._typed(item, keyed=keyed)

    def rows(self, item: Field) -> list[dict[str, Value]]:
        """One line, with what a line must have, what is wished for, and the people in it."""
        row: dict[str, Value] = {}
        columns = item.rows or {}
        wanted = [
            name
            for name, column in columns.items()
            if not column.stamp
            and (name in item.key or column.must or column.person or self.wants(f"{item.name}.{name}"))
        ]
        for name in wanted or [name for name in columns if not columns[name].stamp][:1]:
            row[name] = self.value(columns[name], f"{item.name}.{name}", keyed=name in item.key)
            choice = (columns[name].values or {}).get(str(row[name]))
            wanted += [need for need in (choice.needs if choice else ()) if need in columns and need not in wanted]
        return [{name: value for name, value in row.items() if value not in ("", [])}]

    def _choice(self, item: Field, name: str, *, keyed: bool) -> str:
        """A choice that leads where it should: one that needs what is wished for, else one that needs nothing more.

        Where that was in vain, another one.
        """
        choices = item.values or {}
        present = self.record.get(item.name) if self.record and self.way.action in EDITS else ""
        fit = [value for value in choices if value not in (present, *self.way.avoid.get(name, ()))] or list(choices)
        fit = [value for value in fit if all(map(self._to_be_had, choices[value].needs))] or fit
        if self.wanted.scale == MIDDLE:
            wished = self.way.wishes.keys()
            fit.sort(key=lambda value: (not {*choices[value].needs} <= wished, not choices[value].needs))
        return fit[self.next() % len(fit) if keyed else -1 if self.wanted.scale == HIGH else 0]

    def _to_be_had(self, name: str) -> bool:
        """Whether what a choice needs can be given: not a name from an empty list."""
        item = self.kind.fields.get(name)
        return item is None or not item.among or bool(self.entries(item.among))

    def _typed(self, item: Field, *, keyed: bool) -> str:
        if item.type in ("int", "number", "money"):
            return self._figure(item, keyed=keyed)
        if item.type in ("date", "time"):
            return self._time(item, self.next() if keyed and item.type == "date" else 0)
        if item.type == "bool":
            return "true"
        if item.type == "period":
            # What is told of a period is told when it is over.
            month = self.now.date().replace(day=1) - timedelta(days=1 + 31 * (self.next() if keyed else 0))
            return f"{month:%Y-%m}"
        if item.type == "length":
            return "3d office"
        if item.type == "recurrence":
            return "FREQ=MONTHLY;BYMONTHDAY=1"
        if item.type == "public_key":
            return f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'A' * 39}{self.next() % 10}AAA"
        if item.name == self.kind.key:
            return f"{self.kind.name}{self.next()}"
        return f"{self.label(item.label)}{self.next()}"

    def _figure(self, item: Field, *, keyed: bool) -> str:
        figure = Decimal(self.next()) if keyed else FIGURES[self.wanted.scale]
        if item.min is not None:
            figure = max(figure, Decimal(item.min))
        if item.max is not None:
            figure = min(figure, Decimal(item.max))
        return str(figure)

    def _time(self, item: Field, apart: int) -> str:
        """What may not be to come is of an hour ago; everything else lies a day after the latest there is.

        `apart` so many days further, so that no two are of one day.
        """
        if item.never == "future":
            past = self.now - timedelta(days=apart, hours=1)
            return past.date().isoformat() if item.type == "date" else self._minute(past)
        after = max(self.now, self.latest or self.now, *(_times(self.record, self.now) if self.record else ()))
        self.latest = after + timedelta(days=1 + apart)
        return self.latest.date().isoformat() if item.type == "date" else self._minute(self.latest)

    @staticmethod
    def _minute(when: datetime) -> str:
        return f"{when:%Y-%m-%d %H:%M}"


def _times(record: Record, now: datetime) -> list[datetime]:
    """The times and dates that a record holds: what is given later lies later."""
    found = []
    for value in record.fields.values():
        with contextlib.suppress(ValueError, TypeError):
            found.append(moment(value) if "T" in value else datetime.combine(date.fromisoformat(value), now.timetz()))
    return found
