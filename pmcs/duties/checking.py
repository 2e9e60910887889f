"""`pmcs check`: every file against shape, fold, flow, posts, references and numbers (5.9, 11.4). It only reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pmcs.core.finding import ERROR, WARNING, Finding
from pmcs.core.private import has_private
from pmcs.core.record import day_of
from pmcs.duties.checking_record import Judge, line_of, record_findings
from pmcs.errors import BadInput, PmcsError, Sentence
from pmcs.regulation.shape import Problem
from pmcs.store.codec import Lines, decode_marked
from pmcs.store.config import FILE
from pmcs.store.documents import MANGLED, from_tree
from pmcs.store.plain_file import read_plain
from pmcs.store.regulations import FOLDER
from pmcs.store.store import Store
from pmcs.store.worktree import present as blob_present

NUMBER = re.compile(r"(?P<place>[A-Z]{1,3}\d{8}-|[A-Z]{1,3}?)(?P<desk>[A-Z]{1,2})(?P<seq>\d+)")
COMMENT = re.compile(rb"(?:^|[ \t])#(.*)", re.MULTILINE)


def check_store(store: Store, now: datetime, language: str, paths: Sequence[Path] = ()) -> Iterator[Finding]:
    """Every finding, file by file; only in the given files or folders where some are named.

    Files are named from the store's folder. Raises BadInput for a path outside the store.
    """
    wanted = [path.resolve() for path in paths]
    for path in wanted:
        if not path.is_relative_to(store.root):
            raise BadInput("{file} is not in the store {folder}.", file=path, folder=store.root)

    def asked(file: str) -> bool:
        return not wanted or any((store.root / file).is_relative_to(top) for top in wanted)

    problems = store.regulations.problems()
    for problem in problems:
        if asked(problem.file):
            yield _of_regulation(problem)
    # By a broken regulation nothing can be judged; what the files themselves say is still told.
    sound = not any(problem.severity == ERROR for problem in problems)
    judge = Judge(store, now, language) if sound else None
    names = kind_names(store)
    known = _committed(store)
    present = {path.relative_to(store.root).as_posix(): path for path in record_files(store, names)}
    for file, path in present.items():
        if asked(file):
            yield from _file(store, path, file, known.get(file), judge)
    yield from _beside(store, names, known, present.keys(), asked)
    if not wanted:
        yield from gaps(store, names, {*present, *(file for file in known if _kind_of(file, names))})


def kind_names(store: Store) -> list[str]:
    """The kinds of any version, as their files are named: a record keeps to the one that judges it."""
    return sorted({path.stem for path in (store.root / FOLDER).glob("*/kinds/*.yaml")})


def record_files(store: Store, names: Iterable[str]) -> Iterator[Path]:
    """The files that are records, in a folder named as a kind, or claim to be, where no kind has that name."""
    for folder in sorted(path for path in store.root.iterdir() if path.is_dir() and path.name[0] != "."):
        for path in sorted(folder.rglob("*.yaml")):
            if path.is_file() and path.name[0] != "." and (folder.name in names or _claims(path, folder.name)):
                yield path


def _claims(path: Path, folder: str) -> bool:
    begin = f"id: {path.stem}\nkind: {folder}\n".encode()
    try:
        with path.open("rb") as file:
            return file.read(len(begin)) == begin
    except OSError:
        return False


def _kind_of(file: str, names: Sequence[str]) -> str:
    folder, _, rest = file.partition("/")
    return folder if folder in names and rest.endswith(".yaml") else ""


def _committed(store: Store) -> Mapping[str, str]:
    """The store's files in HEAD with their blobs."""
    head = store.repository.head().oid
    if head is None:
        return {}
    inside = f"{store.prefix}/" if store.prefix else ""
    entries = store.repository.tree(head, *([store.prefix] if store.prefix else []))
    return {path.removeprefix(inside): oid for path, oid in entries}


def _of_regulation(problem: Problem) -> Finding:
    return Finding("regulation", problem.severity, problem.file, problem.sentence, problem.line)


def _beside(
    store: Store, names: Sequence[str], known: Mapping[str, str], present: Iterable[str], asked: Callable[[str], bool]
) -> Iterator[Finding]:
    """Records that are gone, and what of regulation and settings is not as committed."""
    ruling = {path.relative_to(store.root).as_posix() for path in (store.root / FOLDER).rglob("*") if path.is_file()}
    for file in sorted({*known, *ruling, FILE}):
        if not asked(file):
            continue
        if _kind_of(file, names) and file not in present:
            yield Finding(
                "deleted", ERROR, file, Sentence("The file was deleted by hand; bring it back with git checkout.")
            )
        elif file.partition("/")[0] in {FOLDER, FILE} and _differs(store, file, known.get(file)):
            sentence = Sentence("The file is not as it was committed; commit it, or drop the change.")
            yield Finding("uncommitted", WARNING, file, sentence)


def _differs(store: Store, file: str, oid: str | None) -> bool:
    try:
        return blob_present(store.repository, store.path(file)) != oid
    except PmcsError:
        return True


def _file(store: Store, path: Path, file: str, committed: str | None, judge: Judge | None) -> Iterator[Finding]:
    try:
        data = read_plain(path, file)
    except PmcsError as error:
        yield Finding("unreadable", ERROR, file, error.sentence)
        return
    if committed is None:
        sentence = Sentence("The file is not committed, so it did not happen; enter it with pmcs, or move it away.")
        yield Finding("untracked", ERROR, file, sentence)
    elif store.repository.blob_oid(data) != committed:
        sentence = Sentence(
            "The file was changed by hand; take the change over with pmcs edit, or drop it with git checkout."
        )
        yield Finding("edited", ERROR, file, sentence)
    for comment in COMMENT.finditer(data):
        if has_private(comment[1].decode("utf-8", "replace")):
            line = data.count(b"\n", 0, comment.start(1)) + 1
            yield Finding("private", ERROR, file, Sentence("A comment holds a phone or ID number; take it out."), line)
    lines: Lines = {}
    try:
        tree, lines = decode_marked(data, file)
        head, events = from_tree(tree, file)
        folder = file.partition("/")[0]
        if head["kind"] != folder:
            sentence = Sentence("The file is of kind {kind}, but lies in {folder}.", kind=head["kind"], folder=folder)
            yield Finding("misplaced", ERROR, file, sentence, lines.get(("kind",)), "kind")
            return
        if judge:
            kind = store.kind_named(folder, day_of(head["id"]) or events[0].at.date())
            yield from sorted(
                record_findings(judge, kind, file, head, events, lines), key=lambda found: found.line or 0
            )
    except PmcsError as error:
        yield _broken(file, error.sentence, lines)
    except MANGLED:
        sentence = Sentence("The file holds what no record of {kind} can hold.", kind=file.partition("/")[0])
        yield Finding("broken", ERROR, file, sentence, 1)


def _broken(file: str, sentence: Sentence, lines: Lines) -> Finding:
    """The line as the sentence itself says it, or of the entry or key that it names."""
    line, entry = sentence.details.get("line"), sentence.details.get("place")
    if not isinstance(line, int):
        named = ("history", entry - 1) if isinstance(entry, int) else (str(sentence.details.get("name", "")),)
        line = line_of(lines, *named) or 1
    problem = sentence.details.get("problem")
    return Finding("broken", ERROR, file, problem if isinstance(problem, Sentence) else sentence, line)


def gaps(store: Store, names: Sequence[str], files: Iterable[str]) -> Iterator[Finding]:
    """Numbers that a desk must have issued and that are not there, whatever ails the files that are."""
    keyed = _keyed(store, names)
    found: dict[tuple[str, str, str], dict[int, str]] = {}
    for file in files:
        kind, number = _kind_of(file, names), NUMBER.fullmatch(Path(file).stem)
        if number and kind not in keyed:
            found.setdefault((kind, number["place"], number["desk"]), {})[int(number["seq"])] = file
    for (kind, place, desk), numbers in sorted(found.items()):
        last = 0
        for seq, file in sorted(numbers.items()):
            if seq - last > 1:
                width = len(Path(file).stem) - len(place + desk)
                first, final = (f"{place}{desk}{gone:0{width}d}" for gone in (last + 1, seq - 1))
                one = Sentence("The number {first} of {kind} is missing.", first=first, kind=kind)
                many = Sentence(
                    "The numbers {first} to {last} of {kind} are missing.", first=first, last=final, kind=kind
                )
                yield Finding("gap", ERROR, file, one if first == final else many)
            last = seq


def _keyed(store: Store, names: Sequence[str]) -> set[str]:
    """The kinds that are named by a field of theirs and not numbered."""
    try:
        return {name for name in names if store.kind_named(name).key}
    except PmcsError:
        return set()
