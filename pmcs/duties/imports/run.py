"""Importing a table: every row through the flow, all or nothing, in one commit (5.9; DESIGN section 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from pmcs.core.entry import action_fields
from pmcs.core.kind import Field, Kind
from pmcs.core.values import convert
from pmcs.duties.acting import Acting
from pmcs.duties.imports.apart import Ask, Item, fit_for_apart, in_order, numbered
from pmcs.duties.imports.judging import Good, Judge, Outcome, View, item_of
from pmcs.duties.imports.mapping import CellError, Map, shortened
from pmcs.duties.imports.rows import Row, read_rows
from pmcs.duties.imports.spool import Spool
from pmcs.errors import BadInput, PmcsError, Sentence
from pmcs.store.message import message
from pmcs.store.processes import cores
from pmcs.store.store import Store

Progress = Callable[[int], None]
MANY = 500
"""Good rows from which on further processes pay."""
EARLIEST = 1900
"""A year before this one is a cell gone wrong: no office has records of it."""


class BadRow(NamedTuple):
    """Why a row cannot be taken."""

    row: int
    column: str
    sentence: Sentence


@dataclass(slots=True)
class Imported:
    """What an import did, or would do."""

    read: int = 0
    added: int = 0
    already: int = 0
    """Rows that an earlier run, or an earlier row, brought."""
    bad: list[BadRow] = field(default_factory=list)
    unknown: dict[str, list[str]] = field(default_factory=dict)
    """Values of open lists that the regulation does not know, by field: kept as they are."""


def run_import(
    store: Store,
    kind_name: str,
    file: Path,
    plan: Map,
    acting: Acting,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Import the rows of a file, or find what is wrong with them; nothing is written unless every row is good.

    Raises BadInput for the file or the map as a whole.
    """
    if plan.kind != kind_name:
        raise BadInput(
            "The map is for {other}, not for {kind}; use pmcs {other} import.", other=plan.kind, kind=kind_name
        )
    with store.writing(f"{kind_name} import"), Spool(store.local.worktree) as spool:
        run = _Run(store, kind_name, plan, acting, spool)
        with store.vault.together() as keep:
            run.rows(file, progress)
            if spool and not run.result.bad and not dry_run:
                keep()
                text = message(run.judge.sample, acting.actor, f"{kind_name}: import {run.result.added}")
                store.save(spool, text, acting.author, acting.committer, run.now, {})
    return run.result


class _Run:
    def __init__(self, store: Store, kind_name: str, plan: Map, acting: Acting, spool: Spool) -> None:
        self.store = store
        self.kind_name = kind_name
        self.plan = plan
        self.acting = acting
        self.result = Imported()
        self.spool = spool
        self.now = acting.clock()
        self.judge = Judge(store, kind_name, acting, self.now, lambda day: store.session(day, acting.language))
        self._seen: set[str] = set()
        self._rows: dict[str, int] = {}
        """What each key's row said, as a hash."""
        self._first = False
        """Nothing of this source is there yet."""
        self._told: set[tuple[str, str]] = set()
        self._cores = cores()

    def rows(self, file: Path, progress: Progress | None) -> None:
        """Every row into the spool, or into the list of bad ones."""
        view = self.judge.view(self.now.date())
        table = read_rows(file)
        _check_origin(self.plan, view)
        taken = action_fields(view.kind, view.action, None)
        types = {name: item_of(view.kind, name).type for name in _targets(view.kind, taken)}
        fitted = self.plan.fit(table.header, types)
        self.judge.columns = fitted.filled
        _check_asked(fitted.filled, view)
        if self.plan.source is not None:
            self._first = not self.store.queries.twin(self.kind_name, {"origin": self.plan.source})
        items = self._items(table.rows, fitted, progress)
        for number, item in items:
            if isinstance(item, Ask):
                with closing(in_order(self.judge, chain([(number, item)], items))) as others:
                    for place, outcome in others:
                        self._take(place, outcome)
            else:
                self._take(number, item)

    def _items(self, rows: Iterator[Row], fitted: Map, progress: Progress | None) -> Iterator[tuple[int, Item]]:
        for row in rows:
            self.result.read += 1
            if progress:
                progress(self.result.read)
            yield row.number, self._item(row, fitted)

    def _take(self, row: int, outcome: Outcome | None) -> None:
        if outcome is None:
            self.result.already += 1
        elif isinstance(outcome, Good):
            self.result.added += 1
            for name, value in outcome.unknown:
                if (name, value) not in self._told:
                    self._told.add((name, value))
                    self.result.unknown.setdefault(name, []).append(value)
            if not self.result.bad:
                for path, data in outcome.files:
                    self.spool.add(path, data)
        else:
            self.result.bad += [BadRow(row, error.column, error.sentence) for error in outcome]

    def _item(self, row: Row, fitted: Map) -> Item:
        """What comes of a row, or the row ready to be judged elsewhere."""
        if row.error:
            return [CellError("", row.error)]
        values, errors = fitted.values(row, self.store.config.zone)
        errors = errors or list(self._impossible(values))
        if errors:
            return errors
        opened = values.get("opened", "")
        view = self.judge.view(datetime.fromisoformat(opened).date() if opened else self.now.date())
        values = fitting({name: item_of(view.kind, name) for name in values}, values)
        try:
            if self._there(view, values):
                return None
        except PmcsError as error:
            return self.judge.reasons(view, values, error)
        ask = numbered(view, values) if self._apart(view) else None
        return ask or self.judge.judged(view, values)

    def _apart(self, view: View) -> bool:
        """Whether there are so many rows that other processes pay, and this kind's can go there."""
        if self.plan.source is None or self.result.added < MANY or self._cores < 2:
            return False
        return fit_for_apart(view.kind, view.action.name)

    def _impossible(self, values: Mapping[str, str]) -> Iterator[CellError]:
        """Times of a past that was never, or of a past still to come."""
        for name in ("opened", "closed_at"):
            text = values.get(name)
            if self.plan.source is None or not text:
                continue
            column = self.judge.columns[name]
            if int(text[:4]) < EARLIEST:
                said = "{value} in column {column} lies before 1900; correct the cell."
            elif datetime.fromisoformat(text) > self.now:
                said = "{value} in column {column} is still to come; correct the cell."
            else:
                continue
            yield CellError(column, Sentence(said, value=text[:16].replace("T", " "), column=column))

    def _there(self, view: View, values: Mapping[str, str]) -> bool:
        """Whether an earlier run, or an earlier row, brought this row."""
        kind, session = view.kind, view.session
        if self.plan.source is not None:
            key = values["origin_key"]
            said = hash(tuple(values.items()))
            if self._rows.setdefault(key, said) != said:
                raise BadInput(
                    "{key} stands in an earlier row with other contents; take one of them out.", key=shortened(key)
                )
            if key in self._seen:
                return True
            self._seen.add(key)
            origin = {"origin": values["origin"], "origin_key": key}
            if self._first:
                session.known_alone(kind, origin)
                return False
            return session.twin(kind, origin, open_only=False) is not None
        if kind.key:
            name = values.get(kind.key, "")
            made = session.made.get(name)
            if made and made[1].history[0].because:
                raise BadInput(
                    "{field} {name} was made as the level above an earlier row; move this row before it.",
                    field=kind.key,
                    name=shortened(name),
                )
            return session.twin(kind, {kind.key: name}, open_only=False) == name
        print_ = "\0".join(f"{name}={text}" for name, text in values.items())
        if print_ in self._seen:
            return True
        self._seen.add(print_)
        return self._entered(view, values)

    def _entered(self, view: View, values: Mapping[str, str]) -> bool:
        """Whether a register has an entry with all that the row says: known by its private values, compared by all."""
        values = {name: text for name, text in values.items() if name in view.kind.fields}
        private = [name for name in values if view.kind.fields[name].sealed]
        found: set[str] | None = None
        for name in private:
            same = self.store.known_by(self.kind_name, name, values[name])
            found = same if found is None else found & same
            if not found:
                return False
        plain = {
            name: convert(view.kind.fields[name], text, view.context, self.now)
            for name, text in values.items()
            if name not in private
        }
        rows = [self.store.queries.row(id_) for id_ in sorted(found or ())]
        return any(row and all(row.fields.get(name) == value for name, value in plain.items()) for row in rows)


def _check_origin(plan: Map, view: View) -> None:
    """Refuse a map whose top does not suit the kind."""
    if view.action.name == "import" and plan.source is None:
        raise BadInput("The map has no source; {kind} needs source, key and opened at its top.", kind=plan.kind)
    if view.action.name == "add" and plan.source is not None:
        raise BadInput("{kind} is a register: take source, key, opened, closed and due out of its map.", kind=plan.kind)


def _check_asked(filled: Mapping[str, str], view: View) -> None:
    """Refuse a map that leaves out what no record of the kind can do without."""
    fields = view.kind.fields
    there = {name.partition(".")[0] for name in filled}
    left = [name for name in view.action.asks if name not in there and fields[name].default is None]
    if left:
        raise BadInput(
            "The map fills no {fields}, which no {kind} can do without; add them under fields.",
            fields=left,
            kind=view.kind.name,
        )


def _targets(kind: Kind, taken: Iterable[str]) -> Iterator[str]:
    """What a map may fill: fields, and of those with lines each column, `certificates.expires`."""
    for name in taken:
        rows = kind.fields[name].rows
        yield from [name] if rows is None else [f"{name}.{column}" for column in rows if not rows[column].stamp]


def fitting(fields: Mapping[str, Field], values: Mapping[str, str]) -> dict[str, str]:
    """Line breaks of a cell have no place in a field, or column, of one line."""
    return {
        name: " ".join(text.split()) if ("\n" in text or "\r" in text) and fields[name].type == "line" else text
        for name, text in values.items()
    }
