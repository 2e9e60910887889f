"""The fields of one action, as a form on a terminal: what is missing is asked, and what each choice then needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pmcs.cli.app import App
from pmcs.cli.explaining import example, explained
from pmcs.cli.offers import SEVERAL, Offer, beginning, choices, linkable
from pmcs.cli.question import Question, one_of, put, sure
from pmcs.cli.shapes import cell
from pmcs.core.entry import EDITS, action_columns, action_fields
from pmcs.core.flow import with_facts
from pmcs.core.kind import Action, Field, Kind
from pmcs.core.private import extract_private, has_private, mask_text
from pmcs.core.record import Event, Record, Rows, Value
from pmcs.core.values import convert, needs_of_row
from pmcs.core.world import Context
from pmcs.errors import PmcsError

FROM_SOURCE = ("source", "source_item")
"""Filled by what makes the record; nobody types them."""


@dataclass
class Form:
    """The fields of one action: what is there already, and what is still to be asked."""

    app: App
    kind: Kind
    action: Action
    context: Context
    record: Record | None
    values: dict[str, Value]
    note: str = ""
    filled: frozenset[str] = frozenset()
    """Fields that come from elsewhere and are not asked."""
    passed: set[str] = field(default_factory=set)
    """Optional fields that were asked once."""
    proposed: Mapping[str, Value] = field(default_factory=dict)
    """What Enter takes for a column, whatever stands there."""

    @property
    def lines(self) -> str:
        return self.action.adds or self.action.row or ""

    @property
    def columns(self) -> Mapping[str, Field]:
        """The columns to be given one by one; none where rows were typed whole."""
        return self.kind.fields[self.lines].rows or {} if self.lines and self.lines not in self.values else {}

    @property
    def item_names(self) -> list[str]:
        """All that the action may be given."""
        columns = action_columns(self.kind, self.action) if self.columns else ()
        return [*columns, *action_fields(self.kind, self.action, self.record)]

    def item(self, name: str) -> Field:
        """A field, or a column of the action's lines."""
        if name == "note":
            return Field("note", self.app.words.gettext("Note"), type="text")
        return self.columns.get(name) or self.kind.fields[name]

    def take_typed(self) -> None:
        """What was typed is judged before anything is asked. Raises BadInput, NotFound, Refused."""
        for name, raw in self.values.items():
            item = self.columns.get(name) or self.kind.fields.get(name)
            if item and item.type != "files" and item.rows is None:
                self.values[name] = convert(item, raw, self.context, self.context.now)

    def optional(self) -> list[str]:
        """What may be given besides."""
        asked = {*self.action.asks, *self.values, *self.filled, *self.passed, *FROM_SOURCE}
        asked |= {*self.kind.fields[self.lines].key} if self.action.row else set()
        takes = self.item_names if self.columns or self.action.name in EDITS else self.action.takes
        return [name for name in dict.fromkeys(takes) if name in self.item_names and name not in asked]

    def ask_missing(self) -> None:
        """Ask what the action asks and the choices made need, each need right after its choice."""
        if self.action.row and self.columns:
            self.choose_row()
        while (name := self.next_missing()) is not None:
            self.ask(name, required=True)

    def next_missing(self) -> str | None:
        """What is to be asked next; None where nothing is lacking."""
        return next(self._missing(), None)

    def _missing(self) -> Iterator[str]:
        seen: set[str] = set()
        for name in (*self._compulsory(), *self.values):
            yield from self._with_needs(name, seen, asked=name not in self.values)

    def _with_needs(self, name: str, seen: set[str], *, asked: bool) -> Iterator[str]:
        if name in seen or name in self.filled:
            return
        seen.add(name)
        if asked and not (self.note if name == "note" else self.values.get(name)) and not self._worked_out(name):
            yield name
        item = self.columns.get(name) or self.kind.fields.get(name)
        value = self.values.get(name)
        choice = (item.values or {}).get(value) if item and isinstance(value, str) else None
        for needed in choice.needs if choice else ():
            there = self.record and needed not in self.action.clears and self.record.fields.get(needed)
            if needed != "make" and not there:
                yield from self._with_needs(needed, seen, asked=True)

    def _worked_out(self, name: str) -> bool:
        """Whether the action's rules fill it from what is there already: the place of a lift that was named."""
        if not self.action.rules or name not in self.kind.fields:
            return False
        own = {field: value for field, value in self.values.items() if field in self.kind.fields}
        said = {field: value for field, value in own.items() if self.kind.fields[field].rows is None}
        event = Event(at=self.context.now, by=self.context.actor.code, do=self.action.name, set=said)
        try:
            before = self.record or Record("", self.kind.name)
            return bool(with_facts(self.kind, before, self.action, event, self.context).set.get(name))
        except PmcsError:  # what they lack is still to be asked
            return False

    def _compulsory(self) -> list[str]:
        names = [name for name in self.action.asks if name == "note" or name in self.item_names]
        if self.action.adds:
            key = self.kind.fields[self.lines].key
            names += [name for name, column in self.columns.items() if (name in key or column.must)]
        columns = self.columns
        return [name for name in dict.fromkeys(names) if not (name in columns and columns[name].stamp)]

    def ask(self, name: str, *, required: bool) -> None:
        """Ask one field and keep the answer."""
        item = self.item(name)
        if not required:
            self.passed.add(name)
        if item.rows is not None:
            rows = self._rows(item)
            if rows:
                self.values[name] = rows
            return
        present, shown = self._present(item)
        value: Value
        if required and present and not item.sealed:
            value = self._in_clear(item, put(self.app, self._question(item, self.known(), present, shown)))
        else:
            value = self._answer(item, required=required, beside=self.known(), shown="" if required else shown)
        if name == "note":
            self.note = str(value)
        elif value:
            self.values[name] = value

    def known(self) -> dict[str, Value]:
        """The record's fields, the columns of the one row meant, and what was given."""
        return {**(self.record.fields if self.record else {}), **self._row_now(), **self._row_given(), **self.values}

    def _answer(
        self, item: Field, *, required: bool, beside: Mapping[str, Value], shown: str = "", present: str = ""
    ) -> Value:
        if item.type not in {"files", "refs"}:
            enter = present or (None if required else "")
            return self._in_clear(item, put(self.app, self._question(item, beside, enter, shown)))
        found: list[str] = []
        while text := put(self.app, self._question(item, beside, None if required and not found else "")):
            found.append(text)
        return found

    def _question(self, item: Field, beside: Mapping[str, Value], present: str | None, shown: str = "") -> Question:
        links = bool(item.ref)
        itself = self.record.id if self.record else ""
        optional = present == "" and not shown
        return Question(
            self.app.words.label(item.label) + (self.app.words.gettext(" (optional)") if optional else ""),
            lambda text: self._checked(item, text),
            linkable(self.app, item, beside, itself) if links else choices(self.app, item),
            records=links,
            numbered=not any(self.app.store.kind_named(name).tree for name in item.ref if name != "any"),
            example=example(self.app, item),
            present=present,
            shown=shown,
            about=explained(self.app, self.kind, self.action, item),
            several_lines=item.type == "text",
            files=item.type == "files",
            beginning=self._beginning(item) if links else None,
        )

    def _checked(self, item: Field, text: str) -> str:
        """The answer as the engine takes it; of free text with a phone number it is asked afterwards."""
        if _clear(item) and has_private(text):
            return text
        one = item.type in {"files", "refs"}
        value = convert(item, [text.strip()] if one else text, self.context, self.context.now)
        # A file is given to the engine by its path.
        return text.strip() if item.type == "files" else str(value[0] if one else value)

    def _beginning(self, item: Field) -> Callable[[str], Iterator[Offer]]:
        kinds = self.app.kind_names() if SEVERAL & set(item.ref) else item.ref

        def begin(typed: str) -> Iterator[Offer]:
            for name in kinds:
                yield from beginning(self.app, name, typed)

        return begin

    def _present(self, item: Field) -> tuple[str, str]:
        """What stands there now, or will by default, and how people read it."""
        row = {**self._row_now(), **self.proposed}
        value = row.get(item.name) if item.name in self.columns else None
        if self.action.adds and self.record and not value:
            value = _next_number(self.kind.fields[self.lines], item, self.record.rows(self.lines))
        if self.record and item.name not in self.columns and item.name not in self.action.clears:
            value = self.record.fields.get(item.name)
        elif self.record is None and value is None:
            value = item.default
        if not isinstance(value, str) or item.name == "note":
            return "", ""
        shown = cell(self.app, self.kind, self.record.id if self.record else "", item, value)
        return value, shown

    def _row_now(self) -> Mapping[str, Value]:
        fitting = self._fitting_rows() if self.action.row else []
        return fitting[0] if len(fitting) == 1 else {}

    def _fitting_rows(self) -> Rows:
        key, given = self.kind.fields[self.lines].key, self._row_given()
        rows = self.record.rows(self.lines) if self.record else []
        return [row for row in rows if all(row.get(name) == given[name] for name in key if name in given)]

    def _row_given(self) -> Mapping[str, Value]:
        """The columns of the one row that is given, column by column or whole."""
        whole = self.values.get(self.lines)
        return whole[0] if isinstance(whole, list) and len(whole) == 1 else self.values

    def choose_row(self, every: Sequence[Mapping[str, Value]] = ()) -> bool:
        """Which row is meant, where more than one fits; whether it is every one of these, which Enter then takes."""
        fitting = self._fitting_rows()
        item = self.kind.fields[self.lines]
        if len(fitting) < 2 or not item.key or self.record is None:
            return False
        told = [cell(self.app, self.kind, self.record.id, item, [row]) for row in fitting]
        offers = [Offer(str(place), text) for place, text in enumerate(told, 1)]
        several = ",".join(str(place) for place, row in enumerate(fitting, 1) if row in every) or None
        known = [*offers, Offer(several, "")] if several else offers
        label = self.app.words.label(item.label)
        chosen = put(self.app, Question(label, one_of(known), offers, present=several, shown=several or ""))
        if chosen == several:
            return True
        row = fitting[int(chosen) - 1]
        self.values |= {name: row[name] for name in item.key if name in row}
        return False

    def _rows(self, item: Field) -> Rows:
        """Rows, column by column, as long as there is one more."""
        rows: Rows = []
        _ = self.app.words.gettext
        while True:
            self.app.say(
                _("{field}, row {number}:").format(field=self.app.words.label(item.label), number=len(rows) + 1)
            )
            row: dict[str, Value] = {}
            for name, column in (item.rows or {}).items():
                if not column.stamp:
                    number, needed = _next_number(item, column, rows), name in needs_of_row(item, row)
                    value = self._answer(column, required=needed, beside=row, shown=number, present=number)
                    if value:
                        row[name] = value
            for name in needs_of_row(item, row):
                row[name] = self._answer((item.rows or {})[name], required=True, beside=row)
            if row:
                rows.append(row)
            if not sure(self.app, _("One more?"), default=False):
                return rows

    def _in_clear(self, item: Field, text: str) -> str:
        """A phone or ID number typed into free text goes to a sealed field or is masked, if one agrees (11.4)."""
        if not _clear(item) or not has_private(text):
            return text
        _ = self.app.words.gettext
        possible = action_fields(self.kind, self.action, self.record)
        sealed = next(
            (
                other
                for other in self.kind.sealed_fields()
                if other.name in possible and not self.values.get(other.name)
            ),
            None,
        )
        if sealed is not None:
            asked = _("That holds a phone or ID number; move it to the sealed {field}?")
            if sure(self.app, asked.format(field=self.app.words.label(sealed.label)), default=True):
                rest, found = extract_private(text)
                self.values[sealed.name] = " ".join(found)
                return rest
        if sure(self.app, _("That holds a phone or ID number; mask it?"), default=True):
            return mask_text(text)
        return text


def _next_number(lines: Field, column: Field, rows: Rows) -> str:
    """What comes after the last line, where lines are told apart by a number."""
    if column.type != "int" or list(lines.key) != [column.name]:
        return ""
    return str(max((int(row[column.name]) for row in rows if row.get(column.name)), default=0) + 1)


def _clear(item: Field) -> bool:
    """Free text, in which no phone or ID number may stand."""
    return item.type in {"line", "text"} and item.sealed is None and not (item.values or item.among or item.ref)
