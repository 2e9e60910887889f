"""What is wrong with a map, in sentences that name what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pmcs.errors import BadInput, Sentence

SHOWN = 12


def few(names: Iterable[str]) -> list[str]:
    """The first names, for a sentence."""
    names = list(names)
    return names if len(names) <= SHOWN else [*names[:SHOWN], "…"]


def unknown_name(where: str, name: str, known: Iterable[str]) -> Sentence:
    """A name that is not known at a place of the map."""
    near = _nearest(name, known)
    if near is None:
        return Sentence("{where} is unknown; known are {known}.", where=where, known=few(known))
    return Sentence("{where} is unknown; the nearest name is {near}.", where=where, near=near)


def no_column(column: str, header: Sequence[str]) -> Sentence:
    """A column that the table does not have."""
    near = _nearest(column, header)
    if near is None:
        return Sentence(
            "The table has no column {column}; it has {known}.", column=column, known=few(filter(None, header))
        )
    return Sentence("The table has no column {column}; the nearest is {near}.", column=column, near=near)


def _nearest(name: str, known: Iterable[str]) -> str | None:
    import difflib

    same = [other for other in known if other.lower() == name.lower()]
    return next(iter(same or difflib.get_close_matches(name, list(known), 1)), None)


def refuse(wrong: Sequence[Sentence]) -> None:
    """Raise BadInput with the first mistake and their number, if there is one."""
    if len(wrong) == 1:
        raise BadInput(wrong[0])
    if wrong:
        raise BadInput("The map has {count} mistakes; the first: {first}", count=len(wrong), first=wrong[0])
