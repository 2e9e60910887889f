"""Whether the fields of a kind file mean something: choices, links, limits, and what is worked out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from pmcs.core.kind import Field
from pmcs.core.values import stored_fault
from pmcs.regulation.ground import ESCALATIONS, Ground
from pmcs.regulation.language import LINKS, MEASURES, NUMBERS, RESERVED, STAMPS, TYPES
from pmcs.regulation.shape import Path

BUILT_LISTS = ("checklists", "tariffs", "posts", "clauses")


def check_fields(ground: Ground) -> None:
    """Note what is wrong with every field."""
    for name in ground.fields:
        item = ground.kind.fields[name]
        path: Path = ("fields", name)
        if name in RESERVED:
            ground.reader.problem(path, "{name} is a name of the engine's own; choose another.", name=name)
        _check(ground, path, item, ground.kind.fields)
        _check_derived(ground, path, item)
    if ESCALATIONS in ground.reader.source.tree.get("fields", {}):
        ground.reader.problem(
            ("fields", ESCALATIONS), "{name} is a name of the engine's own; choose another.", name=ESCALATIONS
        )


def _check(ground: Ground, path: Path, item: Field, around: Mapping[str, Field]) -> None:
    reader = ground.reader
    for name, inner in (item.rows or {}).items():
        _check(ground, (*path, "rows", name), inner, item.rows or {})
    ground.each((*path, "key"), item.key, item.rows or (), "column")
    for choice, found in (item.values or {}).items():
        options = ["note", "make", *(name for name in around if name != ESCALATIONS)]
        ground.each((*path, "values", choice, "needs"), found.needs, options, "field")
    if item.among:
        reader.known((*path, "in"), item.among, sorted({*BUILT_LISTS, *ground.names.lists}), "list")
    for place, name in enumerate(item.ref):
        where = (*path, "ref") if len(item.ref) == 1 else (*path, "ref", place)
        reader.known(where, name, [*LINKS, *ground.names.kinds], "kind")
    if item.stamp:
        reader.known((*path, "stamp"), item.stamp, STAMPS, "stamp")
    for key, figure in (("min", item.min), ("max", item.max)):
        if figure is None:
            continue
        if not (item.type in NUMBERS or item.derived):
            reader.problem((*path, key), "{name} is no number, so it has no {key}.", name=item.name, key=key)
        elif _figure(figure) is None:
            reader.problem((*path, key), "{key} must be a number, not {figure}.", key=key, figure=figure)
    if item.warns and (item.type != "date" or item.sealed):
        reader.problem((*path, "warns"), "{name} is no date in clear, so it cannot be announced ahead.", name=item.name)
    if item.default is not None:
        _check_default(ground, path, item, item.default)


def _check_default(ground: Ground, path: Path, item: Field, default: str) -> None:
    if item.values:
        ground.reader.known((*path, "default"), default, item.values, "choice")
        return
    fault = stored_fault(item, default) if not item.sealed and item.type in TYPES else None
    if fault or item.rows is not None or item.derived:
        ground.reader.problem((*path, "default"), "{name} cannot begin as {default}.", name=item.name, default=default)


def _check_derived(ground: Ground, path: Path, item: Field) -> None:
    reader, kind = ground.reader, ground.kind
    if item.of:
        if ground.field((*path, "of"), item.of):
            _check_figures(ground, (*path, "of"), kind.fields[item.of])
        if not item.bands:
            reader.problem(path, "{name} has no bands.", name=item.name)
        for choice in item.values or {}:
            reader.known((*path, "values", choice), choice, item.bands or (), "band")
        for name, floor in (item.bands or {}).items():
            if _figure(floor) is None:
                reader.problem(
                    (*path, "bands", name), "{key} must be a number, not {figure}.", key=name, figure=str(floor)
                )
    elif item.bands:
        reader.problem((*path, "bands"), "{name} has bands, but no of: the figure they divide.", name=item.name)
    for key, names in (("plus", item.plus), ("minus", item.minus)):
        for place, name in enumerate(names):
            head, _, column = name.partition(".")
            where = (*path, "total", key, place)
            if ground.field(where, head) and (not column or ground.field(where, column, ground.columns(head))):
                _check_figures(ground, where, ground.columns(head)[column] if column else kind.fields[head])
    for key, given in (("since", item.since), ("per", item.per)):
        if given and (not item.counts or item.counts.partition(".")[0] in kind.fields):
            reader.problem((*path, key), "{key} stands beside a count of actions, not of lines.", key=key)
    if item.since:
        reader.known((*path, "since"), item.since, kind.states, "state")
    if item.per:
        reader.known((*path, "per"), item.per, MEASURES, "measure")
    if item.counts:
        _check_count(ground, (*path, "count"), item.counts)


def _check_figures(ground: Ground, path: Path, item: Field) -> None:
    """A number, worked out or not, or a choice among numbers."""
    if not (item.type in NUMBERS or item.derived or item.values):
        ground.reader.problem(path, "{name} is no number and cannot be reckoned with.", name=item.name)


def _check_count(ground: Ground, path: Path, what: str) -> None:
    """`rounds`, `items.result.abnormal`, `do.reject` or `visit.outcome.no_answer`."""
    kind = ground.kind
    head, _, rest = what.partition(".")
    if head in kind.fields:
        column, _, value = rest.partition(".")
        if not column:
            ground.lines(path, head)
        elif ground.field(path, column, ground.columns(head)):
            ground.reader.known(path, value, ground.columns(head)[column].values or (), "choice")
        return
    if head == "do":
        ground.reader.known(path, rest, kind.actions, "action")
        return
    if not ground.reader.known(path, head, ["do", *kind.actions, *ground.fields], "action or field"):
        return
    if not rest:
        ground.reader.problem(path, "How often {action} was done is counted as do.{action}.", action=head)
        return
    field, _, value = rest.partition(".")
    if ground.field(path, field):
        ground.reader.known(path, value, kind.fields[field].values or (), "choice")


def _figure(text: object) -> Decimal | None:
    try:
        found = Decimal(str(text))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
