"""Whether one version of a regulation is sound: every file by itself, and all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from pmcs.core.calendar import calendar_from
from pmcs.core.finding import ERROR
from pmcs.core.kind import Kind
from pmcs.errors import Broken, PmcsError
from pmcs.regulation.checklist_file import check_checklists
from pmcs.regulation.ground import Names
from pmcs.regulation.kind_file import read_kind
from pmcs.regulation.meaning import check_kind
from pmcs.regulation.own import completed
from pmcs.regulation.retention_file import check_retention
from pmcs.regulation.scheme_file import check_scheme
from pmcs.regulation.shape import Problem, Reader, Source
from pmcs.regulation.texts import read_clauses
from pmcs.regulation.version import (
    ARTICLES,
    CALENDAR,
    CHECKLISTS,
    KINDS,
    LISTS,
    POSTS,
    RETENTION,
    SCHEME,
    VOTING,
    clause_prefix,
    read_entries,
    read_posts,
    stems,
)
from pmcs.regulation.voting_file import check_voting

NO_SUCH_FILE = "{file} is missing; copy it from the version before."


def check(sources: Mapping[str, Source], tz: ZoneInfo) -> list[Problem]:
    """Every problem of every file of one version, in the order of files and lines."""
    readers = {file: Reader(source) for file, source in sources.items()}
    for file in (POSTS, CALENDAR):
        if file not in sources:
            readers[file] = Reader(Source(file, {}, {}))
            readers[file].problem((), NO_SUCH_FILE, file=file)
    posts = read_posts(readers[POSTS]) if POSTS in sources else {}
    if CALENDAR in sources:
        try:
            calendar_from(sources[CALENDAR].tree, tz)
        except PmcsError as error:
            readers[CALENDAR].problem((), "{problem}", problem=error.sentence)
    clauses: set[str] = set()
    for stem in stems(sources, ARTICLES):
        clauses |= read_clauses(readers[f"{ARTICLES}{stem}.yaml"], clause_prefix(stem)).keys()
    for post in posts.values():
        for clause in (post.clause, *post.duties):
            if clause:
                readers[POSTS].known((post.name,), clause, clauses, "clause")
    lists = {stem: read_entries(readers[f"{LISTS}{stem}.yaml"]) for stem in stems(sources, LISTS)}
    if SCHEME in sources:
        check_scheme(readers[SCHEME], posts, lists.get("dimensions", {}), clauses)
    check_checklists(
        {stem: readers[f"{CHECKLISTS}{stem}.yaml"] for stem in stems(sources, CHECKLISTS)}, frozenset(clauses)
    )
    names, ill = _check_kinds(readers, sources, tuple(posts), frozenset(clauses))
    if VOTING in sources:
        check_voting(readers[VOTING], names.kinds.values())
    if RETENTION in sources:
        check_retention(readers[RETENTION], names)
    # A file that is no kind at all comes before what others say about it.
    return sorted(
        (problem for reader in readers.values() for problem in reader.problems),
        key=lambda item: (item.file not in ill, item.file, item.line),
    )


def _check_kinds(
    readers: Mapping[str, Reader], sources: Mapping[str, Source], posts: tuple[str, ...], clauses: frozenset[str]
) -> tuple[Names, set[str]]:
    """Check the kinds by themselves and with one another; returns their names, and the files that are none by shape."""
    found = stems(sources, KINDS)
    kinds: dict[str, Kind] = {}
    for stem in found:
        reader = readers[f"{KINDS}{stem}.yaml"]
        kinds[stem] = completed(read_kind(reader), ())
    ill = {reader.source.file for reader in readers.values() if any(item.severity == ERROR for item in reader.problems)}
    names = Names(kinds, posts, clauses, frozenset(stems(sources, LISTS)))
    letters: dict[str, list[str]] = {}
    for stem, kind in kinds.items():
        reader = readers[f"{KINDS}{stem}.yaml"]
        check_kind(reader, kind, names)
        if letter := kind.number or kind.register:
            letters.setdefault(letter, []).append(stem)
    for letter, holders in letters.items():
        for stem in holders if len(holders) > 1 else ():  # nobody can tell which of them came later
            readers[f"{KINDS}{stem}.yaml"].problem(
                ("number",) if kinds[stem].number else ("register",),
                "The letters {letters} are those of {kind}; choose others.",
                letters=letter,
                kind=[other for other in holders if other != stem],
            )
    return names, ill


def refuse_errors(problems: Iterable[Problem]) -> None:
    """Raise Broken with the first error, if there is one."""
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        first = errors[0]
        raise Broken(
            "{file}:{line}: {problem} (errors in the regulation: {count}; pmcs regulation check lists them)",
            file=first.file,
            line=first.line,
            problem=first.sentence,
            count=len(errors),
        )
