"""What `?` says of a field: its name, what may be given, and which clause the action carries out."""

from __future__ import annotations

from collections.abc import Iterator

from pmcs.cli.app import App
from pmcs.cli.offers import choices
from pmcs.core.kind import Action, Field, Kind

TYPES = {
    "line": "one line",
    "text": "a text, also of several lines",
    "int": "a whole number",
    "number": "a number",
    "money": "an amount with at most two decimals",
    "bool": "yes or no",
    "date": "a date: 2026-11-23, today, tomorrow",
    "time": "a time: 2026-11-23 09:12, today 9:12, or 9:12 of today",
    "period": "a year, a quarter or a month: 2026, 2026-Q3, 2026-10",
    "length": "a length: 30m real, 4h office, 3d office, 3d day",
    "files": "the path of a file; Tab completes it",
}
EXAMPLES = {
    "date": "2026-11-23, tomorrow",
    "date future": "2026-11-23, yesterday",
    "time": "tomorrow 17:00",
    "time future": "yesterday 9:12",
    "number": "12.5",
    "money": "120.50",
    "period": "2026-10",
    "length": "3d office",
}


def example(app: App, item: Field) -> str:
    """A short example of what may be typed; empty where the label is enough."""
    if item.values or item.among or item.ref:
        return ""
    _ = app.words.gettext
    key = f"{item.type} {item.never}" if f"{item.type} {item.never}" in EXAMPLES else item.type
    return _(EXAMPLES[key]) if key in EXAMPLES else ""


def explained(app: App, kind: Kind, action: Action, item: Field | None = None) -> list[str]:
    """The lines that explain a field of an action, or the action alone."""
    return [*(_field(app, item) if item else ()), *_action(app, kind, action)]


def _field(app: App, item: Field) -> Iterator[str]:
    _ = app.words.gettext
    told = app.words.label(item.label) + f" --{item.name.replace('_', '-')}"
    if item.ref:
        titles = [app.words.label(app.store.kind_named(name).title) for name in item.ref if name != "any"]
        what = _("the number of a record: {kinds}").format(kinds=_(", ").join(titles)) if titles else ""
        what = what or _("the number of a record")
    elif item.values or item.among:
        what = _("a number, name or label from the list; a piece of it shows what fits")
    else:
        what = _(TYPES[item.type]) if item.type in TYPES else ""
    yield told + (_(": ") + what if what else "")
    bounds = [f"≥ {item.min}" if item.min is not None else "", f"≤ {item.max}" if item.max is not None else ""]
    if item.never == "past":
        bounds.append(_("not past"))
    if item.never == "future":
        bounds.append(_("not to come"))
    if item.sealed:
        bounds.append(_("sealed: encrypted in the file, masked on the screen"))
    if any(bounds):
        yield _(", ").join(bound for bound in bounds if bound)
    if item.values:
        yield _(", ").join(f"{offer.name} {offer.label}" for offer in choices(app, item))


def _action(app: App, kind: Kind, action: Action) -> Iterator[str]:
    clause = action.clause or kind.clause
    text = f"{app.words.label(kind.title)} · {app.words.label(action.label)}"
    if isinstance(clause, str):
        text += f" ({app.words.gettext('clause')} {clause})"
    yield text
    if kind.help:
        yield kind.help
