"""One row's values judged by the flow: the files of what it opens, or what is wrong with its cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from pmcs.core.flow import advance
from pmcs.core.kind import Action, Field, Kind
from pmcs.core.step import Step
from pmcs.core.values import convert
from pmcs.core.world import Context, Given
from pmcs.duties.acting import Acting
from pmcs.duties.imports.mapping import CellError, needed, with_lines
from pmcs.errors import BadInput, PmcsError
from pmcs.store.documents import record_path, to_bytes
from pmcs.store.session import Session
from pmcs.store.store import Store


class View(NamedTuple):
    """What judges the rows of one version of the regulation."""

    version: date
    session: Session
    kind: Kind
    action: Action
    context: Context
    open: tuple[tuple[str, frozenset[str]], ...]
    """Fields that keep what their list does not know, and what it knows."""


class Good(NamedTuple):
    """What a good row comes to: its files by path, and field and value of what its open lists do not know."""

    files: list[tuple[str, bytes]]
    unknown: list[tuple[str, str]]


Outcome = Good | list[CellError]


def item_of(kind: Kind, name: str) -> Field:
    """The field, or the column of a field with lines, that a map calls by this name."""
    field, _, column = name.partition(".")
    return (kind.fields[field].rows or {})[column] if column else kind.fields[field]


class Judge:
    """Judges rows of one kind. `session` makes the world of a version of the regulation."""

    def __init__(
        self, store: Store, kind_name: str, acting: Acting, now: datetime, session: Callable[[date], Session]
    ) -> None:
        self.store = store
        self.kind_name = kind_name
        self.acting = acting
        self.now = now
        self.columns: Mapping[str, str] = {}
        """The column that each field comes from."""
        self.sample: list[Step] = []
        """What the first good row came to, for the commit's message."""
        self._session = session
        self._views: dict[date, View] = {}

    def view(self, day: date) -> View:
        """What judges a row of that day. Raises BadInput for a kind that is not imported."""
        version = self.store.regulations.day_for(day)
        if version not in self._views:
            session = self._session(version)
            kind = session.regulation.kind(self.kind_name)
            name = "import" if "import" in kind.actions else "add"
            if name not in kind.actions:
                raise BadInput("{kind} is not imported: it has neither the action import nor add.", kind=self.kind_name)
            acting = self.acting
            desk = session.desk or ""
            context = Context(self.now, acting.actor, session, desk, mask=acting.mask, language=acting.language)
            listed = tuple(
                (item.name, frozenset(session.regulation.names(item.among)))
                for item in kind.fields.values()
                if item.open and item.among
            )
            self._views[version] = View(version, session, kind, kind.actions[name], context, listed)
        return self._views[version]

    def judged(self, view: View, values: Mapping[str, str]) -> Outcome:
        """What comes of a row's values."""
        try:
            steps = advance(view.kind, None, view.action.name, Given(values=with_lines(values)), view.context)
            files = [(self._path(step), to_bytes(step.kind, step.after)) for step in steps]
        except PmcsError as error:
            return self.reasons(view, values, error)
        for step in steps:
            if not step.kind.key:
                view.session.let_go(step.after)
        self.sample = self.sample or steps[:1]
        opened = steps[0].after
        found = ((name, opened.get(name), known) for name, known in view.open)
        return Good(files, [(name, value) for name, value, known in found if value and value not in known])

    def _path(self, step: Step) -> str:
        return self.store.path(record_path(step.kind, step.after.id, step.after.day))

    def reasons(self, view: View, values: Mapping[str, str], error: PmcsError) -> list[CellError]:
        """What is wrong with each cell of a row that was refused; else why the row as a whole was."""
        columns = self.columns
        found = [
            CellError(columns[name], needed(columns[name]))
            for name in view.action.asks
            if name in columns and name not in values and view.kind.fields[name].default is None
        ]
        for name, text in values.items():
            try:
                convert(item_of(view.kind, name), text, view.context, self.now)
            except PmcsError as wrong:
                found.append(CellError(columns.get(name, ""), wrong.sentence))
        named = str(error.sentence.details.get("field", ""))
        return found or [CellError(columns.get(named, ""), error.sentence)]
