"""One dated version of a regulation: its kinds, posts, lists, clauses and calendar, each built when first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from pmcs.core.kind import HAND_OVER, Kind, Label
from pmcs.errors import NotFound
from pmcs.regulation.kind_file import read_kind
from pmcs.regulation.own import completed
from pmcs.regulation.shape import Reader, Source

if TYPE_CHECKING:
    from pmcs.core.assessment import Scheme
    from pmcs.core.calendar import Calendar
    from pmcs.core.checklist import Checklist
    from pmcs.core.retention import Retention
    from pmcs.core.voting import Body
    from pmcs.regulation.checklist_file import Written
    from pmcs.regulation.texts import Clause

KINDS, LISTS, ARTICLES, CHECKLISTS = "kinds/", "lists/", "articles/", "checklists/"
POSTS, CALENDAR, VOTING, SCHEME = "posts.yaml", "calendar.yaml", "voting.yaml", "assessment.yaml"
RETENTION = "retention.yaml"
ANYONE: Label = {"zh_CN": "任何在岗人员", "en": "anyone on the staff"}


class Post(NamedTuple):
    """One post of article 6: what it is called and which clauses it answers for."""

    name: str
    label: Label
    clause: str
    brief: str
    duties: tuple[str, ...]


class Regulation:
    """A version in force from a day on. Built from trees that `sound.check` found sound."""

    def __init__(self, since: date, trees: Mapping[str, Any], tz: ZoneInfo) -> None:
        self.since = since
        self.trees = trees
        self.tz = tz
        self._kinds: dict[str, Kind] = {}
        self._lists: dict[str, dict[str, Label]] = {}
        self._checklists: dict[str, Checklist] = {}

    @cached_property
    def kind_names(self) -> list[str]:
        """The kinds there are, by name."""
        return sorted(stems(self.trees, KINDS))

    def kind(self, name: str) -> Kind:
        """A kind by its name. Raises NotFound."""
        if name not in self._kinds:
            file = f"{KINDS}{name}.yaml"
            if file not in self.trees:
                raise NotFound("There is no kind {kind} in the regulation of {since}.", kind=name, since=self.since)
            kind = read_kind(Reader(Source(file, self.trees[file], {})))
            self._kinds[name] = completed(kind, self._makers(name), self._leaving)
        return self._kinds[name]

    @property
    def kinds(self) -> list[Kind]:
        """All kinds."""
        return [self.kind(name) for name in self.kind_names]

    def _makers(self, name: str) -> tuple[str, ...]:
        """The kinds whose actions make this one."""
        return tuple(
            stem
            for stem in self.kind_names
            if any(name in action.get("makes", {}) for action in self.trees[f"{KINDS}{stem}.yaml"]["actions"].values())
        )

    @cached_property
    def _leaving(self) -> tuple[str, ...]:
        """The kinds by whose actions somebody leaves open work to another."""
        return tuple(stem for stem, _, _ in self.calling(HAND_OVER))

    def calling(self, rule: str) -> list[tuple[str, str, Mapping[str, Any]]]:
        """The actions that call a rule: kind, action and the rule's arguments."""
        return [
            (stem, name, call[rule])
            for stem in self.kind_names
            for name, action in self.trees[f"{KINDS}{stem}.yaml"]["actions"].items()
            for call in action.get("rules", [])
            if rule in call
        ]

    @cached_property
    def posts(self) -> dict[str, Post]:
        """The posts by name."""
        return read_posts(Reader(Source(POSTS, self.trees[POSTS], {})))

    @cached_property
    def calendar(self) -> Calendar:
        """The office's calendar."""
        from pmcs.core.calendar import calendar_from

        return calendar_from(self.trees[CALENDAR], self.tz)

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        """Every clause of every text by number."""
        from pmcs.regulation.texts import read_clauses

        found: dict[str, Clause] = {}
        for stem in sorted(stems(self.trees, ARTICLES), key=_natural):
            file = f"{ARTICLES}{stem}.yaml"
            found |= read_clauses(Reader(Source(file, self.trees[file], {})), clause_prefix(stem))
        return found

    @cached_property
    def _written(self) -> dict[str, Written]:
        """The checklists as their files say."""
        from pmcs.regulation.checklist_file import read_checklist

        return {
            stem: read_checklist(Reader(Source(stem, self.trees[f"{CHECKLISTS}{stem}.yaml"], {})), stem)
            for stem in sorted(stems(self.trees, CHECKLISTS))
        }

    def checklist(self, name: str) -> Checklist:
        """A checklist with the items of what it covers. Raises NotFound."""
        from pmcs.regulation.checklist_file import whole_checklist

        if name not in self._written:
            raise NotFound("There is no checklist {name} in the regulation of {since}.", name=name, since=self.since)
        if name not in self._checklists:
            self._checklists[name] = whole_checklist(self._written, name)
        return self._checklists[name]

    @cached_property
    def _bodies(self) -> dict[str, Body]:
        """What `voting.yaml` says."""
        from pmcs.regulation.voting_file import read_voting

        return read_voting(Reader(Source(VOTING, self.trees[VOTING], {})))

    def voting(self, body: str) -> Body:
        """What makes a body's meetings valid and what decides there. Raises NotFound: no file, or nothing in it."""
        if VOTING not in self.trees:
            raise NotFound(
                "The regulation of {since} has no {file}, which says what decides; write one.",
                since=self.since,
                file=VOTING,
            )
        if body not in self._bodies:
            raise NotFound(
                "{file} of the regulation of {since} says nothing of {body}; add it.",
                file=VOTING,
                since=self.since,
                body=body,
            )
        return self._bodies[body]

    @cached_property
    def scheme(self) -> Scheme | None:
        """The scheme of assessment; None where this version has none."""
        from pmcs.regulation.scheme_file import read_scheme

        return read_scheme(Reader(Source(SCHEME, self.trees[SCHEME], {}))) if SCHEME in self.trees else None

    @cached_property
    def retention(self) -> Retention:
        """Under what and for how long things are archived. Raises NotFound: this version does not say."""
        from pmcs.regulation.retention_file import read_retention

        if RETENTION not in self.trees:
            raise NotFound(
                "The regulation of {since} has no {file}, which says how long records are kept; copy it from the"
                " starter.",
                since=self.since,
                file=RETENTION,
            )
        return read_retention(Reader(Source(RETENTION, self.trees[RETENTION], {})))

    def names(self, among: str) -> dict[str, Label]:
        """The names of a list with their labels: `posts`, `clauses`, `checklists`, or a file of `lists/`."""
        if among == "posts":
            return {post.name: post.label for post in self.posts.values()}
        if among == "clauses":
            return {number: clause.brief for number, clause in self.clauses.items()}
        if among == "checklists":
            return {name: written.title for name, written in self._written.items()}
        if among not in self._lists:
            file = f"{LISTS}{among}.yaml"
            tree = self.trees.get(file)
            self._lists[among] = read_entries(Reader(Source(file, tree, {}))) if tree is not None else {}
        return self._lists[among]


def stems(files: Iterable[str], folder: str) -> list[str]:
    """The names of the files in a folder, without their ending."""
    return [file[len(folder) :].removesuffix(".yaml") for file in files if file.startswith(folder)]


def clause_prefix(stem: str) -> str:
    """Clauses of the first text stand bare; the others carry their text's name (`2/3`)."""
    return "" if stem == "1" else f"{stem}/"


def _natural(stem: str) -> tuple[int, str]:
    return (int(stem), "") if stem.isdecimal() else (10**9, stem)


def read_posts(reader: Reader) -> dict[str, Post]:
    """The posts of `posts.yaml` by name."""
    found: dict[str, Post] = {}
    for name, node in reader.mapping((), reader.source.tree).items():
        tree = reader.mapping((name,), node, ("label", "clause", "brief", "duties"))
        reader.identifier((name,), name)
        found[name] = Post(
            name,
            reader.label((name, "label"), tree.get("label", name)),
            reader.text((name, "clause"), tree.get("clause", "")),
            reader.text((name, "brief"), tree.get("brief", "")),
            reader.names((name, "duties"), tree.get("duties", [])),
        )
    return found


def read_entries(reader: Reader) -> dict[str, Label]:
    """A list's names: its groups, and their items as `group.item`."""
    found: dict[str, Label] = {}
    for name, node in reader.mapping((), reader.source.tree).items():
        tree = reader.mapping((name,), node, ("label", "items"))
        reader.identifier((name,), name)
        found[name] = reader.label((name, "label"), tree.get("label", name))
        for item, label in reader.mapping((name, "items"), tree.get("items", {})).items():
            found[f"{name}.{item}"] = reader.label((name, "items", item), label)
    return found
