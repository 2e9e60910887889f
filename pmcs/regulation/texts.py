"""The regulation's articles and clauses (articles 1 to 16, and the further texts an office has)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pmcs.regulation.shape import Path, Reader

ARTICLE = ("title", "brief", "basis", "text", "declaratory", "not_applicable", "items")
ITEM = ("brief", "text", "procedure", "not_applicable")


class Clause(NamedTuple):
    """An article or one item of it."""

    number: str
    title: str
    brief: str
    text: str
    basis: tuple[str, ...] = ()
    declaratory: bool = False
    """Nothing that a record could carry out."""
    chapter: str = ""
    procedure: str = ""
    """The article by whose steps a duty is carried out: 5.2 by article 7."""
    not_applicable: str = ""
    """Why the office has nothing to carry out here; an article's holds for its items."""


def read_clauses(reader: Reader, prefix: str) -> dict[str, Clause]:
    """The clauses of one text by number: `7`, `7.1`; `2/3` in the second text."""
    tree = reader.mapping((), reader.source.tree, ("title", "chapters", "articles"))
    chapters = _chapters(reader, tree.get("chapters", {}))
    found: dict[str, Clause] = {}
    for number, node in reader.mapping(("articles",), tree.get("articles", {})).items():
        path = ("articles", number)
        article = reader.mapping(path, node, ARTICLE)
        declaratory = "declaratory" in article and reader.flag((*path, "declaratory"), article["declaratory"])
        reason = _reason(reader, path, article, declaratory)
        clause = Clause(
            number=f"{prefix}{number}",
            title=reader.text((*path, "title"), article.get("title", "")),
            brief=reader.text((*path, "brief"), article.get("brief", "")),
            text=reader.text((*path, "text"), article.get("text", "")),
            basis=reader.names((*path, "basis"), article.get("basis", [])),
            declaratory=declaratory,
            chapter=chapters.get(number, ""),
            not_applicable=reason,
        )
        found[clause.number] = clause
        for item, inner in reader.mapping((*path, "items"), article.get("items", {})).items():
            where = (*path, "items", item)
            part = reader.mapping(where, inner, ITEM)
            found[f"{clause.number}.{item}"] = Clause(
                number=f"{clause.number}.{item}",
                title=clause.title,
                brief=reader.text((*where, "brief"), part.get("brief", "")),
                text=reader.text((*where, "text"), part.get("text", "")),
                declaratory=declaratory,
                chapter=clause.chapter,
                procedure=_procedure(reader, (*where, "procedure"), part.get("procedure", ""), prefix),
                not_applicable=_reason(reader, where, part, declaratory) or reason,
            )
    return found


def _reason(reader: Reader, path: Path, node: Mapping[str, Any], declaratory: bool) -> str:
    """Why a clause is not applicable: said in words, and of nothing that cannot be carried out anyway."""
    if "not_applicable" not in node:
        return ""
    where = (*path, "not_applicable")
    reason = reader.text(where, node["not_applicable"]).strip()
    if isinstance(node["not_applicable"], str) and reason in ("", "true", "false"):
        reader.problem(where, "not_applicable is a reason in words; write why the office has nothing to do there.")
    if declaratory:
        reader.problem(where, "A declaratory clause is not marked not_applicable; take one of the two out.")
    return reason


def _procedure(reader: Reader, path: Path, node: object, prefix: str) -> str:
    number = reader.text(path, node)
    if number:
        reader.known(path, number, reader.mapping(("articles",), reader.source.tree.get("articles", {})), "article")
    return f"{prefix}{number}" if number else ""


def _chapters(reader: Reader, node: object) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for number, item in reader.mapping(("chapters",), node).items():
        chapter: dict[str, Any] = reader.mapping(("chapters", number), item, ("title", "articles"))
        for article in reader.names(("chapters", number, "articles"), chapter.get("articles", [])):
            found[article] = f"第{number}章 {chapter.get('title', '')}"
    return found
