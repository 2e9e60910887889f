"""What belongs into the package of a period, worked out from one commit: records by the month their end was entered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import NamedTuple

from pmcs.core.kind import VOID, Field, Kind, shown
from pmcs.core.period import Span, span_of
from pmcs.core.private import mask_text
from pmcs.core.record import Record
from pmcs.core.retention import Filed, archive_number, ended
from pmcs.core.sealed import MARK
from pmcs.core.title import title_of
from pmcs.errors import BadInput, Busy, NotFound, PmcsError, Sentence
from pmcs.store.git_place import Head
from pmcs.store.store import Store

SECRECY = "secrecy"
PAGES = "pages"
DATED = ("date", "time", "period")
_TRIES = 5


class Entry(NamedTuple):
    """One line of the catalogue (归档文件目录)."""

    number: str
    """档号"""
    id: str
    """文号: the record's own number."""
    author: str
    title: str
    day: date
    secrecy: str
    term: str
    pages: str
    remark: str
    file: str
    """Where it lies in the package."""


class Carried(NamedTuple):
    """A record that was open when the period ended (结转)."""

    id: str
    kind: str
    state: str
    open: bool
    """Whether it still is."""


class Contents(NamedTuple):
    """The records of a package. `files` are paths in the repository with their blobs, by path in the package."""

    commit: str
    when: datetime
    span: Span
    entries: Mapping[str, list[Entry]]
    """By month, each in the order of its numbers."""
    carried: list[Carried]
    files: Mapping[str, tuple[str, str]]
    unreadable: list[tuple[str, Sentence]]
    places: Places


class Places:
    """件号: the running numbers within month, term and section."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._last: Counter[tuple[str, str, str]] = Counter()

    def next(self, month: str, filed: Filed) -> str:
        """The next 档号 of a month."""
        self._last[month, *filed] += 1
        year, number = int(month[:4]), int(month[5:])
        retention = self.store.regulations.on(last_day(month, self.store)).retention
        place = self._last[month, *filed]
        return archive_number(self.store.config.code, retention.category, year, filed, number, place)


def last_day(month: str, store: Store) -> date:
    """The last day of a month: the retention of the version in force then holds for what ended in the month."""
    return (span_of(month, store.config.zone).end - timedelta(days=1)).date()


def months_of(period: str) -> list[str]:
    """The months of a stored period. Raises BadInput: it is neither a month nor a year."""
    if "Q" in period:
        raise BadInput("A package is of a month or a year: 2026-10 or 2026, and not {period}.", period=period)
    return [period] if "-" in period else [f"{period}-{month:02}" for month in range(1, 13)]


def contents(store: Store, period: str) -> Contents:
    """What the package of a period holds at the last commit.

    Raises BadInput, NotFound: nothing was committed, or the regulation does not say how long things are kept. Busy.
    """
    months = months_of(period)
    if not store.config.code:
        raise BadInput("pmcs.yaml has no code (全宗号), with which archive numbers begin; write it, as code: YG.")
    span = span_of(period, store.config.zone)
    rows, broken, commit = _at_one_commit(store, span)
    found: dict[str, list[tuple[datetime, Kind, Record, str]]] = {month: [] for month in months}
    carried: list[Carried] = []
    files: dict[str, tuple[str, str]] = {}
    unreadable: list[tuple[str, Sentence]] = list(broken)
    for id_, kind_name, path, oid, state, record in _read(store, rows, unreadable):
        inside = _inside(store, path)
        if _is_register(store, kind_name):
            files[f"data/registers/{inside}"] = path, oid
        elif record is None:
            carried.append(Carried(id_, kind_name, state, open=True))
        else:
            kind = store.kind_of(record)
            end = ended(kind, record)
            if end is None or end >= span.end:
                carried.append(Carried(id_, kind_name, state, open=end is None))
            elif span.has(end):
                month = f"{end.astimezone(store.config.zone):%Y-%m}"
                found[month].append((end, kind, record, f"data/records/{inside}"))
                files[f"data/records/{inside}"] = path, oid
    places = Places(store)
    entries = {month: list(_entries(store, month, ended_then, places)) for month, ended_then in found.items()}
    when = datetime.fromtimestamp(store.repository.stamp(commit), store.config.zone)
    return Contents(commit, when, span, entries, sorted(carried), files, unreadable, places)


_Row = tuple[str, str, str, str, str, int]


def _at_one_commit(store: Store, span: Span) -> tuple[list[_Row], list[tuple[str, Sentence]], str]:
    """Of one commit: records opened before the end that are open, had an entry since the start, or are registers'."""
    registers = [name for name in store.regulations.on(span.end.date()).kind_names if _is_register(store, name)]
    marks = ",".join("?" * len(registers))
    sql = (
        "SELECT id, kind, path, oid, state, ended FROM record WHERE kind IN ("  # noqa: S608  question marks
        f"{marks}) OR (entered < ? AND (ended = 0 OR changed >= ?)) ORDER BY kind, id"
    )
    for _ in range(_TRIES):
        store.index.freshen()
        head: Head = store.repository.head()
        rows = store.index.read(sql, (*registers, span.end.timestamp(), span.start.timestamp()))
        broken = [(item.path, item.reason) for item in store.queries.broken()]
        if head.oid is None:
            raise NotFound("Nothing is committed in {folder} yet.", folder=store.root)
        if store.index.is_fresh() and store.repository.head() == head:
            return rows, broken, head.oid
    raise Busy("Somebody commits all the time; try again in a moment.")


def _read(
    store: Store, rows: Iterable[_Row], unreadable: list[tuple[str, Sentence]]
) -> Iterator[tuple[str, str, str, str, str, Record | None]]:
    """The rows, with the record of what has ended."""
    known = list(rows)
    wanted = [row for row in known if row[5] and not _is_register(store, row[1])]
    data = store.repository.blobs(row[3] for row in wanted)
    for id_, kind, path, oid, state, over in known:
        record = None
        if over and not _is_register(store, kind):
            content = next(data)[1]
            try:
                record = store.parse(path, content)[1]
            except PmcsError as error:
                unreadable.append((path, error.sentence))
                continue
        yield id_, kind, path, oid, state, record


def _is_register(store: Store, kind: str) -> bool:
    try:
        return store.kind_named(kind).is_register
    except NotFound:
        return False


def _inside(store: Store, path: str) -> str:
    return str(PurePosixPath(path).relative_to(store.prefix)) if store.prefix else path


def _entries(
    store: Store, month: str, found: list[tuple[datetime, Kind, Record, str]], places: Places
) -> Iterator[Entry]:
    retention = store.regulations.on(last_day(month, store)).retention
    language = store.config.language
    for end, kind, record, file in sorted(found, key=lambda item: (item[0], item[2].id)):
        filed = retention.filed(kind, record.fields)
        state = kind.states.get(record.state)
        remark = shown(state.label, language) if record.state == VOID and state else ""
        yield Entry(
            number=places.next(month, filed),
            id=record.id,
            author=_author(store, kind, record),
            title=_title(store, kind, record),
            day=end.astimezone(store.config.zone).date(),
            secrecy=_secrecy(kind, record, language),
            term=filed.term,
            pages=record.get(PAGES) if PAGES in _shared(kind) else "",
            remark=remark,
            file=file,
        )


def _shared(kind: Kind) -> set[str]:
    """The fields that anybody may see: of a kind that is shown whole to few, its columns; never what is sealed."""
    names = kind.columns if kind.sees else kind.fields
    return {name for name in names if name in kind.fields and not kind.fields[name].sealed}


def _title(store: Store, kind: Kind, record: Record) -> str:
    """题名: what the kind is called and what the record is about; of some, only choices and days say it."""
    language = store.config.language
    columns = [kind.fields[name] for name in kind.columns if name in _shared(kind) and record.get(name)]
    text = title_of(kind, record.fields) or " ".join(
        filter(None, (_chosen(store, field, record, language) for field in columns))
    )
    words = " ".join(mask_text(text).split())
    # Sealed text that somebody moved to another field by hand says nothing, and is not to be there.
    told = words and MARK not in words
    return f"{shown(kind.title, language)}\N{FULLWIDTH COLON}{words}" if told else shown(kind.title, language)


def _chosen(store: Store, field: Field, record: Record, language: str) -> str:
    text = record.get(field.name)
    if field.type in DATED:
        return text[:10]
    if field.values:
        choice = field.values.get(text)
        return shown(choice.label, language) if choice else ""
    label = store.regulations.on(record.day).names(field.among).get(text) if field.among else None
    return shown(label, language) if label else ""


def _author(store: Store, kind: Kind, record: Record) -> str:
    """责任者: whose work it was; of a kind that is shown whole to few, and where nobody is named, the office."""
    for name in () if kind.sees else kind.mine:
        if name in _shared(kind) and (person := record.get(name)):
            row = store.lookups.staff(person)
            return mask_text(str(row.fields.get("name", person) if row else person))
    return store.config.office


def _secrecy(kind: Kind, record: Record, language: str) -> str:
    """密级: what the record itself says; else secret where few are shown it whole, and of the house."""
    field = kind.fields.get(SECRECY)
    choice = (field.values or {}).get(record.get(SECRECY)) if field else None
    if choice:
        return shown(choice.label, language)
    secret, inside = ("保密", "内部") if language == "zh_CN" else ("secret", "inside")
    return secret if kind.sees else inside
