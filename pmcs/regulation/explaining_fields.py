"""The fields of a kind as sentences: what each holds, where it comes from, how it is worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pmcs.core.kind import Field
from pmcs.errors import Sentence
from pmcs.regulation.explaining_words import Line, Said, Teller, length_words

_TYPES = {
    "line": Sentence("a line of text"),
    "text": Sentence("text"),
    "int": Sentence("a whole number"),
    "number": Sentence("a number"),
    "money": Sentence("an amount of money"),
    "bool": Sentence("yes or no"),
    "date": Sentence("a date"),
    "time": Sentence("a time"),
    "period": Sentence("a month, quarter or year"),
    "length": Sentence("a length of time"),
    "files": Sentence("files"),
    "refs": Sentence("several links"),
    "recurrence": Sentence("a recurrence"),
    "public_key": Sentence("a public SSH key"),
}
_NEVER = {"past": Sentence("not in the past"), "future": Sentence("not in the future")}
_STAMPS = {"at": Sentence("the time is written by itself"), "by": Sentence("who acts is written by itself")}


def field_line(teller: Teller, item: Field, around: Mapping[str, Field]) -> Line:
    """A field, or a column among others: one line, and one for each of its own columns."""
    inner = tuple(field_line(teller, column, item.rows or {}) for column in (item.rows or {}).values())
    return Line(teller.named(item.label, item.name), tuple(_parts(teller, item, around)), inner)


def _parts(teller: Teller, item: Field, around: Mapping[str, Field]) -> Iterator[Said]:
    yield from _worked_out(teller, item) if item.derived else _holds(teller, item, around)
    if item.sealed is not None:
        yield Sentence("private: sealed") if item.sealed else Sentence("known to be nothing private")
    if item.must:
        yield Sentence("no line without it")
    if item.stamp:
        yield _STAMPS[item.stamp]
    if item.key:
        yield Sentence("each {key} once", key=teller.fields(item.key, item.rows))
    if item.default is not None:
        yield Sentence("{value} where nothing is given", value=teller.choice(item.name, item.default, around))
    if item.min is not None:
        yield Sentence("at least {figure}", figure=item.min)
    if item.max is not None:
        yield Sentence("at most {figure}", figure=item.max)
    if item.never:
        yield _NEVER[item.never]
    if item.warns:
        yield Sentence("announced {lengths} ahead", lengths=[length_words(length) for length in item.warns])


def _holds(teller: Teller, item: Field, around: Mapping[str, Field]) -> Iterator[Said]:
    if item.rows is not None:
        yield Sentence("lines, each with what follows")
    elif item.values:
        choices = []
        for name, choice in item.values.items():
            called = teller.named(choice.label, name)
            needs = teller.fields(choice.needs, around)
            choices.append(Sentence("{choice} (asks {needs})", choice=called, needs=needs) if needs else called)
        yield Sentence("one of {choices}", choices=choices)
    elif item.ref:
        yield Sentence("a link to {kinds}", kinds=[_target(teller, name) for name in item.ref])
    elif item.among is None:
        yield _TYPES.get(item.type, item.type)
    if item.type != "line" and (item.rows is not None or item.values or item.ref or item.among):
        yield _TYPES.get(item.type, item.type)
    if item.among:
        lists = {"posts": Sentence("the posts"), "clauses": Sentence("the clauses")}
        yield Sentence("from the list {list}", list=lists.get(item.among, item.among))
    if item.open:
        yield Sentence("others are kept, too")
    if item.holds:
        yield Sentence("holds the linked record open until this one ends")


def _target(teller: Teller, name: str) -> Said:
    if name in {"any", "makers"}:
        return Sentence("any record") if name == "any" else Sentence("whatever makes it")
    return teller.other_kind(name)


def _worked_out(teller: Teller, item: Field) -> Iterator[Said]:
    if item.type != "line":
        yield _TYPES.get(item.type, item.type)
    if item.counts:
        yield Sentence("counted: {what}", what=_counted(teller, item.counts))
    if item.per:
        yield Sentence("each day once")
    if item.since:
        yield Sentence("only since {state} was last entered", state=teller.state(item.since))
    if item.plus:
        yield Sentence("worked out: the sum of {fields}", fields=teller.fields(item.plus))
    if item.minus:
        yield Sentence("less {fields}", fields=teller.fields(item.minus))
    if item.of:
        bands = [
            Sentence("{band} from {figure}", band=_band(teller, item, name), figure=floor)
            for name, floor in (item.bands or {}).items()
        ]
        yield Sentence("worked out from {field}: {bands}", field=teller.field(item.of), bands=bands)


def _band(teller: Teller, item: Field, name: str) -> Said:
    choice = (item.values or {}).get(name)
    if choice is None:
        return name
    called = teller.named(choice.label, name)
    if not choice.needs:
        return called
    return Sentence("{choice} (asks {needs})", choice=called, needs=teller.fields(choice.needs))


def _counted(teller: Teller, what: str) -> Said:
    """`rounds`, `items.result.abnormal`, `do.reject`, `visit.outcome.no_answer`."""
    kind = teller.kind
    head, _, rest = what.partition(".")
    if head in kind.fields:
        if not rest:
            return Sentence("lines of {lines}", lines=teller.field(head))
        column, _, value = rest.partition(".")
        columns = kind.fields[head].rows or {}
        return Sentence(
            "lines of {lines} with {column} {value}",
            lines=teller.field(head),
            column=teller.field(column, columns),
            value=teller.choice(column, value, columns),
        )
    if head == "do":
        return Sentence("how often {action} was done", action=teller.action(rest))
    field, _, value = rest.partition(".")
    return Sentence(
        "how often {action} was done with {field} {value}",
        action=teller.action(head),
        field=teller.field(field),
        value=teller.choice(field, value),
    )
