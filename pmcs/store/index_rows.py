"""A record's file as rows of the index. Nothing private gets in: seals stay closed, numbers in free text masked."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from pmcs.core.calendar import Calendar
from pmcs.core.clock import RISK, Round, Term, rounds, share
from pmcs.core.entry import action_columns
from pmcs.core.kind import Field, Kind
from pmcs.core.private import mask_text
from pmcs.core.record import Event, Value, day_of, moment
from pmcs.core.standing import standing
from pmcs.errors import Broken, NotFound, PmcsError
from pmcs.store.documents import MANGLED, from_bytes
from pmcs.store.index_dates import Dates, dated, dates_of

SCALARS = frozenset({"bool", "date", "time", "period", "int", "number", "money", "refs"})
_SERIES = re.compile(r"([A-Z]{1,3}(?:[0-9]{8}-)?[A-Z]{1,2})([0-9]{1,9})")
_HEAD = frozenset({"id", "kind", "state", "due"})

encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class RecordRows(NamedTuple):
    """One record's rows; each lacks the record's number in the index, its first column."""

    id: str
    kind: str
    record: tuple[object, ...]
    fields: list[tuple[object, ...]]
    links: list[tuple[object, ...]]
    rounds: list[tuple[object, ...]]
    events: list[tuple[object, ...]]
    dates: list[tuple[object, ...]]
    texts: list[str]


def series(id_: str) -> tuple[str | None, int | None]:
    """A number's letters, day and desk, and its place among them: T20261123-A01 is ("T20261123-A", 1)."""
    found = _SERIES.fullmatch(id_)
    return (found[1], int(found[2])) if found else (None, None)


def folded(id_: str) -> str:
    """A number as it is compared with what is typed."""
    return id_.casefold()


class _Plan(NamedTuple):
    """What of a kind's fields goes where."""

    kind: Kind
    own: frozenset[str]
    """Fields of free text that must be found by their value: the key, and what `unique` and `one_open` name."""
    given: frozenset[str]
    """Columns that no one types, such as a checklist's items and their words: nobody searches for them in a record."""
    dates: Dates


class _Found(NamedTuple):
    """What a record is found by; the keys of the last two, in their order."""

    texts: list[str]
    facets: dict[tuple[str, str], None]
    links: dict[tuple[str, str, bool], None]


class Reading:
    """Reads record files for one pass over the store: every kind and calendar is asked for once a day of opening."""

    def __init__(self, judge: Callable[[str, date], Kind], calendar: Callable[[date], Calendar]) -> None:
        self._judge = judge
        self._calendar = calendar
        self._kinds: dict[tuple[str, date], Kind | NotFound] = {}
        self._plans: dict[int, _Plan] = {}
        self._calendars: dict[date, Calendar] = {}
        self.failed: PmcsError | None = None
        """Why the regulation cannot judge: no fault of the file at hand."""

    def kind(self, name: str, day: date) -> Kind:
        """The kind in force for a record opened that day. Raises NotFound."""
        found = self._kinds.get((name, day))
        if found is None:
            try:
                found = self._judge(name, day)
            except NotFound as error:
                found = error
            except PmcsError as error:
                self.failed = error
                raise
            self._kinds[name, day] = found
        if isinstance(found, NotFound):
            raise found
        return found

    def knows(self, name: str, day: date | None) -> bool:
        """Whether there is such a kind, on that day or at last."""
        for when in (day or date.max, date.max):
            with contextlib.suppress(NotFound):
                return bool(self.kind(name, when))
        return False

    def rows(self, path: str, oid: str, data: bytes, folder: str) -> RecordRows:
        """The rows of a file in the folder of a kind. Raises Broken, NotFound, with the reason."""
        head, history = from_bytes(data, path)
        try:
            return self._rows(path, oid, folder, head, history)
        except MANGLED:
            raise Broken(
                "{file} holds what no record of {kind} can hold; pmcs check says where.", file=path, kind=folder
            ) from None

    def _rows(
        self, path: str, oid: str, folder: str, head: Mapping[str, Any], history: tuple[Event, ...]
    ) -> RecordRows:
        first, last = history[0], history[-1]
        told = first.set.get("opened") if first.do == "import" else None
        opened = moment(told) if told else first.at
        if head["kind"] != folder:
            raise Broken(
                "{file} says it is a {kind}, but lies in {folder}; put it back.",
                file=path,
                kind=head["kind"],
                folder=folder,
            )
        day = day_of(head["id"]) or first.at.date()
        kind = self.kind(folder, day)
        plan = self._plan(kind)
        id_, state = head["id"], head["state"]
        if state not in kind.states:
            raise Broken("{file} is in a state {state} that {kind} does not have.", file=path, state=state, kind=folder)
        letters, place = series(id_)
        found = _Found([id_], {("state", state): None}, {})
        fields: dict[str, Value] = {name: value for name, value in head.items() if name not in _HEAD}
        shown = {name: _field(plan, name, value, found) for name, value in fields.items()}
        found.texts.extend(mask_text(event.note) for event in history if event.note)
        ended = kind.ends(state)
        replayed = rounds(kind, history)
        stamp = opened.timestamp()
        record = (
            *(id_, folded(id_), folded(id_)[::-1], folder, path, oid, state, kind.done(state), ended),
            *(stamp, opened.isoformat(), first.entered.timestamp(), last.entered.timestamp(), f"{day:%Y%m%d}"),
            *(_desk(letters, first), letters, place),
            encoded({"fields": shown, "due": dict(head.get("due", {}))}),
        )
        return RecordRows(
            id_,
            folder,
            record,
            [(n, folder, name, value, stamp) for n, (name, value) in enumerate(found.facets)],
            [(n, *link, stamp) for n, link in enumerate(found.links)],
            [*self._rounds(kind, replayed, fields, None if ended else day), *_brought(kind, first, opened)],
            list(_events(kind, replayed, history)),
            # Of what has ended, nothing runs out.
            [] if ended else [(n, folder, *at, encoded(key)) for n, (*at, key) in enumerate(dated(plan.dates, shown))],
            found.texts,
        )

    def _plan(self, kind: Kind) -> _Plan:
        plan = self._plans.get(id(kind))
        if plan is None:
            own = {name for names in (*kind.unique, *kind.one_open) for name in names} | {kind.key or ""}
            plan = _Plan(kind, frozenset(own), frozenset(_given(kind)), dates_of(kind))
            self._plans[id(kind)] = plan
        return plan

    def _rounds(
        self, kind: Kind, found: list[Round], fields: Mapping[str, Value], day: date | None
    ) -> Iterator[tuple[object, ...]]:
        """The terms of every round; `day` is None for a record that has ended."""
        n = 0
        for item in found:
            clock = item.clock
            for term in item.terms:
                risk = None
                if term.until is None and day and not clock.window:
                    risk = self._risk(item, fields, day)
                yield (
                    *(n, clock.name, item.started.timestamp(), term.since.timestamp(), term.due.timestamp()),
                    *(None if term.until is None else term.until.timestamp(), risk),
                    *(clock.window, clock.name == kind.promise),
                )
                n += 1

    def _risk(self, item: Round, fields: Mapping[str, Value], day: date) -> float | None:
        if day not in self._calendars:
            self._calendars[day] = self._calendar(day)
        try:
            when = share(item, RISK, fields, self._calendars[day])
        except PmcsError:
            return None
        return None if when is None else when.timestamp()


def _facet(item: Field) -> bool:
    """Whether it is found by its value."""
    return bool(item.values or item.among or item.ref or item.type in SCALARS) and not item.sealed and item.rows is None


def _field(plan: _Plan, name: str, value: Value, found: _Found) -> Value:
    """The value as it may be shown, noted where it can be found. Raises ValueError: of another shape than the field."""
    item = plan.kind.fields.get(name)
    if item is None:
        return _covered(value)
    if item.rows is not None:
        if not isinstance(value, list):
            raise ValueError(name)
        return [_row(name, item.rows, row, found, plan.given) for row in value]
    return _cell(name, item, value, found, own=name in plan.own)


def _given(kind: Kind) -> Iterator[str]:
    """The columns of lines that a rule alone fills, their key too where no action adds a line: it only says which."""
    actions = kind.actions.values()
    for item in kind.fields.values():
        if item.rows and not any(item.name in action.fields for action in actions):
            lines = [action for action in actions if item.name in (action.adds, action.row)]
            key = () if any(action.adds for action in lines) else item.key
            typed = {name for action in lines for name in action_columns(kind, action)} - {*key}
            yield from (f"{item.name}.{name}" for name in item.rows if lines and name not in typed)


def _row(name: str, columns: Mapping[str, Field], row: Value, found: _Found, given: frozenset[str]) -> dict[str, Value]:
    if not isinstance(row, dict):
        raise ValueError(name)  # noqa: TRY004  bad data, as any other
    shown: dict[str, Value] = {}
    for column, cell in row.items():
        full = f"{name}.{column}"
        if full in given and isinstance(cell, str):
            shown[column] = _public(columns[column], cell)
        else:
            shown[column] = _cell(full, columns[column], cell, found) if column in columns else _covered(cell)
    return shown


def _cell(name: str, item: Field, value: Value, found: _Found, *, own: bool = False) -> Value:
    if item.type in {"files", "refs"}:
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise ValueError(name)
        if item.type == "refs":
            found.facets.update(((name, target), None) for target in value)
            found.links.update(((name, target, item.holds), None) for target in value)
        return value
    if not isinstance(value, str):
        raise ValueError(name)  # noqa: TRY004  bad data, as any other
    if item.sealed:
        # What stands in clear where a sealed value belongs is no index's to copy.
        return value if value.startswith("sealed:") else ""
    facet = _facet(item)
    if facet and not item.open:
        found.facets[name, value] = None
        if item.ref:
            found.links[name, value, item.holds] = None
        return value
    value = _public(item, value)
    if facet or own:
        found.facets[name, value] = None
    found.texts.append(value)
    return value


def _desk(letters: str | None, first: Event) -> str:
    found = re.search("[A-Z]+$", letters.partition("-")[2] or letters[1:]) if letters else None
    return first.desk or (found[0] if found else "")


def _events(kind: Kind, found: list[Round], history: tuple[Event, ...]) -> Iterator[tuple[object, ...]]:
    terms = [term for item in found if item.clock.name == kind.promise for term in item.terms]
    state = ""
    for n, (event, held) in enumerate(standing(kind, history)):
        before = state
        if held and event.to:
            state = event.to
        at = event.at.timestamp()
        due = _due_before(terms, event, event.due.get(kind.promise or ""))
        facts = {
            name: _shown(item, value)
            for name, value in event.set.items()
            if not ((item := kind.fields.get(name)) and item.sealed)
        }
        yield (
            *(n, at, event.recorded.timestamp() if event.recorded else at, event.by, event.do, before, state),
            *(kind.done(state) - kind.done(before), due and due.timestamp(), encoded(facts) if facts else "{}"),
        )


def _due_before(terms: list[Term], event: Event, own: str | None) -> datetime | None:
    """The promise that an event found in force, not the one it made."""
    for term in terms:
        if term.since <= event.at and (term.until is None or event.at <= term.until):
            if own and term.since == event.at and moment(own) == term.due:
                continue
            return term.due
    return None


def _shown(item: Field | None, value: Value) -> Value:
    """A fact as the reports read it. Raises ValueError: of another shape than the field."""
    if isinstance(value, str):
        return value if item and _facet(item) and not item.open else _public(item, value)
    if item and item.rows is None and item.type not in {"files", "refs"}:
        raise ValueError(item.name)
    return _covered(value)


def _public(item: Field | None, text: str) -> str:
    return text if item and item.sealed is False else mask_text(text)


def _covered(value: Value) -> Value:
    """A value whose field says nothing about it, with no private number in it."""
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Mapping):
        return {name: _covered(part) for name, part in value.items()}
    return [_covered(part) for part in value]


def _brought(kind: Kind, first: Event, opened: datetime) -> Iterator[tuple[object, ...]]:
    """The promise that came with a record imported as closed: in force until it was closed, and late for ever after."""
    closed, promised = first.set.get("closed_at"), first.set.get("promised")
    if first.do != "import":
        return
    told = [moment(text) for text in (closed, promised) if text]  # times, whether they are used here or not
    if kind.promise and len(told) > 1:
        since, until = opened.timestamp(), told[0].timestamp()
        # Beside the terms of the clocks that ran here, of which the first has the place 0.
        yield (-1, kind.promise, since, since, told[1].timestamp(), until, None, False, True)
