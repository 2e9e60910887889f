"""What may stand in a field, with a word on each: offered by questions on a terminal and by the shell's Tab."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pmcs.cli.app import App
from pmcs.cli.screen import clean, cut
from pmcs.cli.shapes import cell, shown_fields
from pmcs.core.kind import Field, Kind
from pmcs.core.sealed import is_sealed
from pmcs.store.filters import Filters
from pmcs.store.queries import Row

if TYPE_CHECKING:
    from pmcs.core.record import Value

SEVERAL = {"any", "makers"}
MOST = 60
"""Records looked at for offers."""
DESCRIBED = 60
"""Columns of a terminal that the description of a record may take."""


class Offer(NamedTuple):
    """Something that may be answered: the name that is stored, and what people call it."""

    name: str
    label: str


def choices(app: App, item: Field) -> list[Offer]:
    """The choices of a field, or the entries of its list; none where anything may stand."""
    if item.values:
        return [Offer(name, clean(app.words.label(choice.label))) for name, choice in item.values.items()]
    if item.among:
        names = app.store.regulations.on(app.now().date()).names(item.among)
        return [Offer(name, clean(app.words.label(label))) for name, label in names.items()]
    if item.type == "bool":
        return [Offer("true", app.words.gettext("yes")), Offer("false", app.words.gettext("no"))]
    return []


def linkable(app: App, item: Field, beside: Mapping[str, Value], itself: str) -> list[Offer]:
    """Records that a link may name, the newest first: those that share a link with what is known already, if any do.

    A ticket whose flat is known is offered the residents of that flat. A record never names `itself`.
    """
    if len(item.ref) != 1 or item.ref[0] in SEVERAL:
        return []
    kind = app.store.regulations.on(app.now().date()).kind(item.ref[0])
    shared = {name: str(beside[name]) for name in kind.fields if kind.fields[name].ref and beside.get(name)}
    in_use = True if kind.is_register else None  # what a register has retired is not to be named anew
    near = newest(app, kind, Filters(open=in_use, fields=shared)) if shared else ()
    rows = near or newest(app, kind, Filters(open=in_use))
    return described(app, kind, [row for row in rows if row.id != itself])


def newest(app: App, kind: Kind, filters: Filters) -> Sequence[Row]:
    """The newest records of a kind; of a register that is named by a field, by name."""
    return app.store.queries.list(kind.name, filters, MOST, order="id" if kind.key else "newest")[0]


def beginning(app: App, name: str, typed: str, limit: int = MOST, states: Sequence[str] = ()) -> Iterator[Offer]:
    """Records of a kind whose numbers begin as typed, the newest first, with as much on each as the viewer is shown."""
    kind = app.store.regulations.on(app.now().date()).kind(name)
    for id_, fields in app.store.lookups.beginning(name, typed, limit, states):
        yield Offer(id_, _told(shown_fields(app, kind, id_, fields)))


def _told(fields: Mapping[str, Value]) -> str:
    """A word or two of what a record is."""
    for name in ("summary", "what", "name", "text"):
        text = fields.get(name)
        if isinstance(text, str) and not is_sealed(text):
            return " ".join(text.split())[:30]
    return ""


def described(app: App, kind: Kind, rows: Sequence[Row]) -> list[Offer]:
    """Records with what their list shows of them; private values masked."""
    found = []
    for row in rows:
        cells = [
            clean(cell(app, kind, row.id, kind.fields[name], row.fields[name]))
            for name in kind.columns
            if name in kind.fields and name != kind.key and row.fields.get(name)
        ]
        found.append(Offer(row.id, cut(" ".join(filter(None, cells)), DESCRIBED)))
    return found
