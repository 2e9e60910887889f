"""What an action makes beside its own record, asked for on a terminal: which kind, and what its opening lacks."""

from __future__ import annotations

from pmcs.cli.form import FROM_SOURCE, Form
from pmcs.cli.offers import Offer
from pmcs.cli.question import Question, one_of, put
from pmcs.core.record import Value
from pmcs.core.world import Given


class Made:
    """What an action makes beside: which kind, and what the opening of that asks."""

    def __init__(self, form: Form, given: Given) -> None:
        self.form = form
        self.kind = given.make
        self.values: dict[str, Value] = dict(given.made)

    def possible(self) -> list[str]:
        """The kinds that may still be made."""
        return [] if self.kind else list(self.form.action.makes)

    def ask_missing(self) -> None:
        """Ask which kind, where one is asked for, and what its opening lacks."""
        form, makes = self.form, self.form.action.makes
        if not self.kind and "make" in form.action.asks:
            offers = [Offer(name, form.app.words.label(form.app.store.kind_named(name).title)) for name in makes]
            self.kind = put(
                form.app,
                Question(form.app.words.gettext("What is made"), one_of(offers), offers),
            )
        if self.kind not in makes:
            return
        kind = form.context.world.kind(self.kind)
        there = {**form.known(), "note": form.note, "id": "id"}
        filled = frozenset(name for name, source in makes[self.kind].items() if there.get(source))
        inner = Form(
            form.app, kind, kind.actions["new"], form.context, None, self.values, filled=filled | {*FROM_SOURCE}
        )
        inner.take_typed()
        if inner.next_missing() is not None:
            form.app.say(form.app.words.label(kind.title) + form.app.words.gettext(": "))
        inner.ask_missing()
