"""Rows that are looked at one after the other, on a terminal: one prompt a row, Enter for the usual answer."""

from __future__ import annotations

import signal
import unicodedata
from collections.abc import Mapping
from contextlib import suppress

from pmcs.cli.explaining import explained
from pmcs.cli.filling import Row, filled, key_of, own_rows
from pmcs.cli.form import Form
from pmcs.cli.making import Made
from pmcs.cli.offers import Offer, choices
from pmcs.cli.question import Question, one_of, put
from pmcs.cli.shapes import cell
from pmcs.core.checklist import Item
from pmcs.core.fold import same_row
from pmcs.core.private import mask_text
from pmcs.core.record import Record, Value
from pmcs.core.rules.looking import Looking, looking
from pmcs.core.values import convert
from pmcs.core.world import Given
from pmcs.duties.acting import Acting, foreseen
from pmcs.errors import BadInput, PmcsError, Sentence

BACK, STOP, LATER = "b", "q", "later"


def walked(form: Form, given: Given, acting: Acting) -> list[Given]:
    """What is said of the rows, one after the other: all of them in one event, then one for each that makes something.

    Empty where there is nothing to walk through: a row was said, or none is open. What was said before Ctrl-C is kept.
    Raises Refused where no row is the actor's, EOFError where nothing was said, and what `foreseen` raises.
    """
    record = form.record
    if record is None or not form.columns or given.make or given.made or form.columns.keys() & form.values.keys():
        return []
    looks = looking(form.kind, form.action, record, form.context.world)
    if looks is None:
        return filled(form, record, given, acting)
    walk = _Walk(form, record, given, acting, looks)
    first = walk.next_open(-1)
    return walk.through(first) if first is not None else []


class _Walk:
    """The rows of one record, and what has been said of them so far."""

    def __init__(self, form: Form, record: Record, given: Given, acting: Acting, looks: Looking) -> None:
        self.form, self.app, self.record = form, form.app, record
        self.given, self.acting, self.looks = given, acting, looks
        self.lines = form.kind.fields[form.lines]
        self.columns = form.columns
        self.rows = own_rows(form, record)
        self.said: dict[int, Row] = {}
        self.making: dict[int, Made] = {}

    def next_open(self, place: int) -> int | None:
        """The next row that has no answer yet."""
        answer = self.looks.answer
        after = range(place + 1, len(self.rows))
        return next((one for one in after if one not in self.said and not self.rows[one].get(answer)), None)

    def through(self, place: int | None) -> list[Given]:
        """Go through the rows from one on, until none is open or somebody stops."""
        own = self._own_fields()
        self.given = self.given._replace(values=own.values, note=own.note)
        self._tell(self._introduction())
        # A terminal that goes away, as a phone's does, reads as Ctrl-D; until all is saved it ends nothing.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            while place is not None:
                place = self._at(place)
        except (KeyboardInterrupt, EOFError, OSError):
            with suppress(OSError):
                print(file=self.app.out, flush=True)
        if not self.said:
            raise EOFError
        makes = [
            self._given(key_of(self.lines, self.rows[place]))._replace(make=made.kind, made=made.values)
            for place, made in sorted(self.making.items())
        ]
        return [self._given(*(self.said[place] for place in sorted(self.said))), *makes]

    def _own_fields(self) -> Form:
        """What the action asks besides the rows."""
        form = self.form
        values = {**form.values, self.lines.name: []}
        own = Form(self.app, form.kind, form.action, form.context, self.record, values, form.note)
        own.ask_missing()
        del own.values[self.lines.name]
        return own

    def _given(self, *rows: Row) -> Given:
        return self.given._replace(values={**self.given.values, self.lines.name: list(rows)})

    def _foreseen(self, row: Row, made: Made | None = None) -> Row:
        """The row as it would stand. Raises what the action refuses."""
        given = self._given(row)
        if made:
            given = given._replace(make=made.kind, made=made.values)
        form = self.form
        steps = foreseen(self.app.store, form.kind.name, form.action.name, self.record, given, self.acting)
        rows = steps[0].after.rows(self.lines.name)
        return next(other for other in rows if same_row(other, row, self.lines.key))

    # One row ------------------------------------------------------------------------------------------------------

    def _at(self, place: int) -> int | None:
        """Ask about one row; the place of the next, None at the end."""
        word = put(self.app, self._question(place))
        if word == STOP:
            return None
        if word == BACK:
            if place == 0:
                self._tell(Sentence("This is the first row."))
            return max(place - 1, 0)
        try:
            if word:
                self._take(place, word)
        except PmcsError as error:
            self._tell(error.sentence)
            return place
        return self.next_open(place)

    def _question(self, place: int) -> Question:
        row = {**self.rows[place], **self.said.get(place, {})}
        item = self.looks.items.get(str(row.get(self.lines.key[0], "")))
        measured = bool(item and item.measured)
        present: str | None = None if measured else self.looks.usual
        shown = "" if measured else self._shown({self.looks.answer: self.looks.usual})
        if row.get(self.looks.answer):
            present, shown = "", self._shown(row, self.looks.answer, self.looks.value)
        return Question(
            f"{place + 1}/{len(self.rows)} {self._described(row, item)}",
            lambda text: self._read(text, measured=measured),
            present=present,
            shown=shown,
            about=self._about(item),
        )

    def _described(self, row: Row, item: Item | None) -> str:
        """The columns that nobody answers, the standard and the permitted range."""
        told = self._shown(row, *(name for name in self.columns if name not in self.form.action.fields))
        beside = [text for text in (item.standard, item.range) if text] if item else []
        _ = self.app.words.gettext
        return told + (_(" ({told})").format(told=_("; ").join(beside)) if beside else "")

    def _shown(self, row: Mapping[str, Value], *names: str) -> str:
        """Columns of a row as people read them; all that are there where none is named."""
        return " ".join(
            cell(self.app, self.form.kind, self.record.id, self.columns[name], row[name], f"{self.lines.name}.{name}")
            for name in names or row
            if row.get(name)
        )

    def _about(self, item: Item | None) -> list[str]:
        sentence = self.app.words.sentence
        measured = (
            [sentence(Sentence("A value is asked here: {range}.", range=item.range))] if item and item.unit else []
        )
        return [
            *(filter(None, [item.standard]) if item else ()),
            *measured,
            sentence(self._introduction()),
            *explained(self.app, self.form.kind, self.form.action),
        ]

    def _introduction(self) -> Sentence:
        offers = [f"{place} {offer.label}" for place, offer in enumerate(self._answers(), 1)]
        return Sentence(
            "{answers}; Enter takes what stands in brackets, b goes back, q stops and keeps what was said, ? explains.",
            answers=offers,
        )

    def _answers(self) -> list[Offer]:
        return choices(self.app, self.columns[self.looks.answer])

    def _read(self, text: str, *, measured: bool) -> str:
        """What was typed: back, stop, an answer, or a value in its canonical form. Raises BadInput."""
        word = unicodedata.normalize("NFKC", text.strip())
        low = word.casefold()
        offers = self._answers()
        fitting = [offer.name for offer in offers if word in (offer.name, offer.label)]
        if not fitting and low in (BACK, STOP):
            return low
        if not fitting and not measured and word.isdecimal() and 1 <= int(word) <= len(offers):
            return offers[int(word) - 1].name
        near = [offer.name for offer in offers if offer.name.casefold().startswith(low) or offer.label.startswith(word)]
        if fitting or len(near) == 1:
            return (fitting or near)[0]
        if measured:
            return str(convert(self.columns[self.looks.value], word, self.form.context, self.form.context.now))
        raise BadInput(
            "There is no {text} here; choose {choices}.",
            text=mask_text(text.strip()[:60]),
            choices=[offer.label for offer in offers],
        )

    def _take(self, place: int, word: str) -> None:
        """Judge one answer at once, ask what it needs and what it leads to. Raises what the action refuses."""
        looks, row = self.looks, key_of(self.lines, self.rows[place])
        judged: Row = {}
        if word in (self.columns[looks.answer].values or {}):
            row[looks.answer] = word
        else:
            row[looks.value] = word
            judged = self._foreseen(row)
            row[looks.answer] = judged.get(looks.answer) or looks.usual
            if row[looks.answer] != looks.usual:
                self._tell(
                    Sentence("{value} is out of range: {answer}.", value=word, answer=self._shown(judged, looks.answer))
                )
        form = self._form(row, judged)
        self._foreseen(self._part(form))
        self.said[place] = self._part(form)
        self.making.pop(place, None)
        if row[looks.answer] == looks.leads and not self.rows[place].get(looks.work):
            self._lead(place, form)

    def _form(self, row: Row, judged: Row) -> Form:
        """The row with what its answer needs; what the rules would write is proposed."""
        form = self.form
        values = {**self.given.values, **row}
        whole = Form(
            self.app, form.kind, form.action, form.context, self.record, values, self.given.note, proposed=judged
        )
        whole.ask_missing()
        return whole

    def _part(self, form: Form) -> Row:
        return {name: value for name, value in form.values.items() if name in self.columns}

    def _lead(self, place: int, form: Form) -> None:
        """What follows from it: something made, work that there is already, or nothing yet."""
        _, words = self.app.words.gettext, self.app.words
        offers = [Offer(name, words.label(self.app.store.kind_named(name).title)) for name in form.action.makes]
        if self.looks.work in form.action.fields:
            offers.append(Offer(self.looks.work, words.label(self.columns[self.looks.work].label)))
        later = Offer(LATER, _("later"))
        while offers:
            asked = Question(
                _("What follows"), one_of([*offers, later]), [*offers, later], present=LATER, shown=later.label
            )
            chosen = put(self.app, asked)
            if chosen == LATER:
                return
            made = Made(form, Given())
            if chosen in form.action.makes:
                made.kind = chosen
                made.ask_missing()
            else:
                form.ask(chosen, required=False)
            try:
                self._foreseen(self._part(form), made if made.kind else None)
            except PmcsError as error:
                self._tell(error.sentence)
                form.values.pop(self.looks.work, None)
                continue
            self.said[place] = self._part(form)
            if made.kind:
                self.making[place] = made
            return

    def _tell(self, sentence: Sentence) -> None:
        self.app.say("  " + self.app.words.sentence(sentence))
