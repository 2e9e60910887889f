"""The scheme of assessment, `assessment.yaml`: read, and checked against posts, dimensions and figures (13, 14)."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from pmcs.core.assessment import WHOLE, Item, Results, Scheme
from pmcs.core.figures import FIGURES
from pmcs.core.scalars import FIGURE
from pmcs.regulation.shape import Path, Reader

SCHEME = ("few", "posts", "dimensions", "items", "results")
ITEM = ("label", "dimension", "share", "posts", "clause", "figure", "none", "full")
RESULTS = ("promote", "reward", "criticism")
PROMOTE = ("least", "periods")
PLACES = 2
"""Decimals of a weight: totals are added up in hundredths."""
WHOLE_NUMBER = re.compile(r"\d{1,4}", re.ASCII)


def read_scheme(reader: Reader) -> Scheme:
    """The scheme; its slips are noted in the reader."""
    tree = reader.mapping((), reader.source.tree, SCHEME)
    for key in SCHEME[:-1]:
        if key not in tree:
            reader.problem((), "{name} lacks {key}.", name=reader.source.file, key=key)
    dimensions = {
        name: _figure(reader, ("dimensions", name), text, least=0, most=WHOLE)
        for name, text in reader.texts(("dimensions",), tree.get("dimensions", {})).items()
    }
    nodes = reader.mapping(("items",), tree.get("items", {}))
    return Scheme(
        _whole(reader, ("few",), tree.get("few", "0")),
        reader.several((), tree, "posts"),
        dimensions,
        {name: _item(reader, name, node) for name, node in nodes.items()},
        _results(reader, tree["results"]) if "results" in tree else None,
    )


def _item(reader: Reader, name: str, node: object) -> Item:
    path = ("items", name)
    reader.identifier(path, name)
    tree = reader.mapping(path, node, ITEM)
    item = Item(
        name,
        reader.required_label(path, name, tree),
        reader.text((*path, "dimension"), tree.get("dimension", "")),
        _figure(reader, (*path, "share"), tree.get("share", "1"), least=0),
        frozenset(reader.several(path, tree, "posts")),
        reader.text((*path, "clause"), tree.get("clause", "")),
        reader.text((*path, "figure"), tree.get("figure", "")),
        *(_figure(reader, (*path, key), tree.get(key, "0")) for key in ("none", "full")),
    )
    if not item.share:
        reader.problem((*path, "share"), "The share of {name} must be more than 0; or leave the item out.", name=name)
    for key in ("none", "full"):
        if (key in tree) != bool(item.figure):
            reader.problem(path, "The item {name} has figure, none and full, or none of them.", name=name)
            break
    else:
        if item.figure and item.none == item.full:
            reader.problem(
                (*path, "full"), "In {name}, none and full are the same: no figure would be worth more.", name=name
            )
    return item


def _results(reader: Reader, node: object) -> Results:
    path = ("results",)
    tree = reader.mapping(path, node, RESULTS)
    promote = reader.mapping((*path, "promote"), tree.get("promote", {}), PROMOTE)
    for where, part, names in ((path, tree, RESULTS), ((*path, "promote"), promote, PROMOTE)):
        for name in names:
            if name not in part:
                reader.problem(where, "{name} lacks {key}.", name=where[-1], key=name)
    found = Results(
        _figure(reader, (*path, "promote", "least"), promote.get("least", "0"), least=0, most=WHOLE),
        _whole(reader, (*path, "promote", "periods"), promote.get("periods", "1")),
        _figure(reader, (*path, "reward"), tree.get("reward", "100"), least=0, most=WHOLE),
        _figure(reader, (*path, "criticism"), tree.get("criticism", "0"), least=0, most=WHOLE),
    )
    if found.criticism > min(found.reward, found.least):
        reader.problem(
            (*path, "criticism"), "criticism lies above reward or least: one total would lead to both; lower it."
        )
    return found


def _figure(reader: Reader, path: Path, node: Any, *, least: int | None = None, most: Decimal | None = None) -> Decimal:
    text = reader.text(path, node)
    if not FIGURE.fullmatch(text):
        reader.problem(path, "{key} must be a number, not {figure}.", key=str(path[-1]), figure=text)
        return Decimal(0)
    value = Decimal(text.replace(",", ""))
    if least is not None and value < least:
        reader.problem(path, "{field} must be at least {least}.", field=str(path[-1]), least=least)
    if most is not None and value > most:
        reader.problem(path, "{field} must be at most {most}.", field=str(path[-1]), most=most)
    return value


def _whole(reader: Reader, path: Path, node: Any) -> int:
    text = reader.text(path, node)
    if not WHOLE_NUMBER.fullmatch(text):
        reader.problem(path, "{key} must be a whole number, not {figure}.", key=str(path[-1]), figure=text)
        return 0
    return int(text)


def check_scheme(reader: Reader, posts: Collection[str], dimensions: Collection[str], clauses: Collection[str]) -> None:
    """Note what is wrong with the scheme by itself and with what it names."""
    scheme = read_scheme(reader)
    for place, post in enumerate(scheme.posts):
        reader.known(("posts", place), post, posts, "post")
    for name, weight in scheme.dimensions.items():
        reader.known(("dimensions", name), name, dimensions, "dimension")
        if weight != round(weight, PLACES):
            reader.problem(("dimensions", name), "The weight of {name} has more than two decimals.", name=name)
    whole = sum(scheme.dimensions.values())
    if whole != WHOLE:
        reader.problem(("dimensions",), "The weights add up to {sum}, not to 100.", sum=whole)
    for item in scheme.items.values():
        path = ("items", item.name)
        reader.known((*path, "dimension"), item.dimension, scheme.dimensions, "dimension")
        if item.figure:
            reader.known((*path, "figure"), item.figure, FIGURES, "figure")
        if item.clause:
            reader.known((*path, "clause"), item.clause, clauses, "clause")
        for place, post in enumerate(reader.source.tree["items"][item.name].get("posts", []) if item.posts else ()):
            reader.known((*path, "posts", place), post, scheme.posts, "post")
    for name in scheme.dimensions:
        by_hand = [item for item in scheme.items_for(()) if item.dimension == name and not item.figure]
        without = [] if by_hand else [post for post in scheme.posts if not _marked(scheme, name, post)]
        if without or not (by_hand or scheme.posts):
            reader.problem(
                ("dimensions", name),
                "{name} has no item without a figure for {posts}; where no figure has a case, it would have no weight.",
                name=name,
                posts=without,
            )


def _marked(scheme: Scheme, dimension: str, post: str) -> bool:
    return any(item.dimension == dimension and not item.figure for item in scheme.items_for([post]))
