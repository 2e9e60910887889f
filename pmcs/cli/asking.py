"""What was not typed is asked for on a terminal, one question after the other; elsewhere nothing is ever asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from pmcs.cli.app import App
from pmcs.cli.explaining import explained
from pmcs.cli.form import Form
from pmcs.cli.making import Made
from pmcs.cli.offers import Offer, beginning, described, newest
from pmcs.cli.question import Question, one_of, put
from pmcs.core.kind import Action, Kind
from pmcs.core.world import Given
from pmcs.duties.acting import Acting, circumstances, refuse_beforehand
from pmcs.errors import Sentence
from pmcs.store.filters import Filters

INTERRUPTED = 130


def complete(
    app: App, kind: Kind, action: Action, id_: str | None, given: Given, acting: Acting
) -> tuple[str | None, list[Given]]:
    """The record's number and what is given, whatever is missing asked for; Ctrl-C and Ctrl-D leave nothing.

    Where nothing at all was typed, what may be given besides is offered, too. Where no row was said of those that are
    to be looked at one after the other, they are walked through: then it may be given several times over.
    Raises what is refused beforehand.
    """
    bare = not (given.values.keys() - {kind.key} or given.made or given.note)
    with left_off(app):
        if not action.opens and not id_:
            id_ = _which(app, kind, action)
        found = app.store.find(str(id_), (kind.name,)) if id_ and not action.opens else None
        record = app.store.record(found, (kind.name,)) if found else None
        kind, context = circumstances(app.store, kind.name, record, acting)
        refuse_beforehand(kind, record, action, given.at or context.now, context)
        form = Form(app, kind, action, context, record, dict(given.values), given.note)
        form.take_typed()
        made = Made(form, given)
        if action.row:
            from pmcs.cli.walking import walked

            if several := walked(form, given, acting):
                return found, several
        form.ask_missing()
        made.ask_missing()
        if bare:
            _more(form, made)
    return found, [given._replace(values=form.values, note=form.note, make=made.kind, made=made.values)]


def purpose(app: App) -> str:
    """Why private values are looked at."""
    with left_off(app):
        about = app.words.gettext("Show the private values in full; leaves a trace.")
        return put(app, Question(app.words.gettext("Purpose"), str.strip, about=(about,)))


@contextmanager
def left_off(app: App) -> Iterator[None]:
    """Ctrl-C and Ctrl-D at any question end the command with one line."""
    try:
        yield
    except (KeyboardInterrupt, EOFError):
        app.say("")
        app.say(Sentence("Left off; nothing was written."))
        raise click.exceptions.Exit(INTERRUPTED) from None


def _which(app: App, kind: Kind, action: Action) -> str:
    """Which record: the newest on which the action is possible are shown."""
    rows = newest(app, kind, Filters(states=action.start or ()))
    asked = Question(
        app.words.label(kind.title),
        lambda text: app.store.find(text, (kind.name,)),
        described(app, kind, rows),
        records=True,
        numbered=not kind.tree,
        about=explained(app, kind, action),
        beginning=lambda typed: beginning(app, kind.name, typed, states=action.start or ()),
    )
    return put(app, asked)


def _more(form: Form, made: Made) -> None:
    """What may be given besides, by its place in the list or its name."""
    app = form.app
    while True:
        offers = [Offer(name, app.words.label(form.item(name).label)) for name in form.optional()]
        offers += [Offer(name, app.words.label(app.store.kind_named(name).title)) for name in made.possible()]
        if not offers:
            return
        label = app.words.gettext("More (a number or name from above, Enter to finish)")
        chosen = put(app, Question(label, one_of(offers), offers, present=""))
        if not chosen:
            return
        if chosen in form.item_names:
            form.ask(chosen, required=False)
            form.ask_missing()
        else:
            made.kind = chosen
            made.ask_missing()
