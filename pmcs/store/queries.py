"""What is asked of the index: records found, listed, counted, due. Only `edited` looks at the files of records."""

# ruff: noqa: S608  what is put into the SQL here are our own words and question marks

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from pmcs.errors import Sentence
from pmcs.store.index import Index
from pmcs.store.text_search import match_query

FOUND_AT_MOST = 10
_REACH = 4000  # numbers with the same end or beginning that are looked at
_RECENT = 3000
_LAST = chr(0x10FFFF)
_COLUMNS = (
    "r.rid, r.id, r.kind, r.path, r.oid, r.state, r.done, r.ended, r.opened, r.opened_at, r.entered, r.changed, r.head"
)

Mine = tuple[str, Mapping[str, Sequence[str]]]
"""A person's code, and for each kind the fields (or `rows.column`) that say whose work a record is."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record as its file says above the history. Times are seconds since 1970, `opened_at` is as written."""

    rid: int
    id: str
    kind: str
    path: str
    oid: str
    state: str
    done: bool
    ended: bool
    opened: float
    opened_at: str
    entered: float
    changed: float
    fields: Mapping[str, Any]
    due: Mapping[str, str]
    """Clock to due time in force."""


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """A file that cannot be read, and why."""

    path: str
    kind: str
    id: str
    reason: Sentence


class DueRow(NamedTuple):
    """A clock that runs on a record; `risk` is when 80 per cent of its time have run."""

    row: Row
    clock: str
    due: float
    risk: float | None
    promise: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """What a listing is narrowed to; all must hold."""

    states: Sequence[str] = ()
    open: bool | None = None
    """True: not ended. False: ended."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Field (or `rows.column`) to the value it has."""
    under: Mapping[str, str] = field(default_factory=dict)
    """Field that names an entry of a tree to the entry it is, or lies under."""
    overdue: Literal["now", "ever"] | None = None
    """The promise is late now, or was late at any time; needs `now`."""
    now: float = 0.0
    since: float | None = None
    """Opened at or after."""
    until: float | None = None
    """Opened before."""
    text: str = ""

    @property
    def counted(self) -> bool:
        """The tally knows how many these are."""
        return not (self.fields or self.under or self.overdue or self.text) and self.since is self.until is None


class Queries:
    """Readings of one index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._read = index.read

    # One record ---------------------------------------------------------------------------------------------------

    def row(self, id_: str, kinds: Sequence[str] = ()) -> Row | None:
        """A record by its whole number; None where there is none that can be read."""
        among, values = _among(kinds)
        sql = f"SELECT {_COLUMNS} FROM record r WHERE id = ? {among} ORDER BY kind LIMIT 1"
        found = self._read(sql, (id_, *values))
        return _row(found[0]) if found else None

    def path(self, id_: str, kinds: Sequence[str] = ()) -> str | None:
        """Where the file of a record lies, readable or not."""
        among, values = _among(kinds)
        for table in ("record", "broken"):
            found = self._ids(f"SELECT path FROM {table} WHERE id = ? {among} ORDER BY path LIMIT 1", (id_, *values))
            if found:
                return found[0]
        return None

    def find(self, text: str, kinds: Sequence[str] = ()) -> list[str]:
        """The numbers that a typed part may mean, newest first, ten at most; no `kinds` (or `any`): of all kinds.

        A whole number comes first; else an end, else a beginning of one, else a part of one of the newest.
        """
        part = text.strip()
        if part:
            for found in self._candidates(part, part.casefold(), self._every(kinds)):
                if found:
                    return list(dict.fromkeys(found))[:FOUND_AT_MOST]
        return []

    def _every(self, kinds: Sequence[str]) -> tuple[str, ...]:
        if kinds and "any" not in kinds:
            return tuple(kinds)
        return tuple(self._ids("SELECT kind FROM tally UNION SELECT kind FROM broken"))

    def _candidates(self, part: str, low: str, kinds: tuple[str, ...]) -> Iterator[list[str]]:
        among, values = _among(kinds)
        for table in ("record", "broken"):
            yield self._ids(f"SELECT id FROM {table} WHERE id = ? {among}", (part, *values))
        yield self._ids(f"SELECT id FROM record INDEXED BY record_folded WHERE folded = ? {among}", (low, *values))
        reach = f"SELECT rid FROM record INDEXED BY record_{{0}} WHERE {{0}} >= ? AND {{0}} < ? {among} LIMIT {_REACH}"
        newest = f"SELECT id FROM record WHERE rid IN ({reach}) ORDER BY opened DESC, id DESC LIMIT {FOUND_AT_MOST}"
        back = low[::-1]
        yield [
            *self._ids(newest.format("reversed"), (back, back + _LAST, *values)),
            *self._broken_ids(lambda id_: id_.endswith(low), kinds),
        ]
        yield self._ids(newest.format("folded"), (low, low + _LAST, *values))
        within = []
        for kind in kinds:
            within += self._read(
                f"SELECT opened, id FROM (SELECT opened, id, folded FROM record WHERE kind = ?"
                f" ORDER BY opened DESC, id DESC LIMIT {_RECENT}) WHERE instr(folded, ?) > 0 LIMIT {FOUND_AT_MOST}",
                (kind, low),
            )
        yield [
            *(id_ for _, id_ in sorted(within, reverse=True)),
            *self._broken_ids(lambda id_: low in id_, kinds),
        ]

    def _broken_ids(self, fits: Any, kinds: tuple[str, ...]) -> list[str]:
        rows = self._read("SELECT id, kind FROM broken")
        return [id_ for id_, kind in rows if kind in kinds and fits(id_.casefold())]

    def _ids(self, sql: str, values: Iterable[Any] = ()) -> list[str]:
        return [row[0] for row in self._read(sql, values)]

    def twin(
        self, kind: str, values: Mapping[str, str], *, open_only: bool = False, excluding: str | None = None
    ) -> str | None:
        """A record of the kind with these values in its unsealed fields, other than `excluding`; void ones are none."""
        chosen = _Chosen(kind, Filters(open=True if open_only else None, fields=values))
        found = self._ids(
            f"SELECT r.id FROM {chosen.source} WHERE {chosen.where} AND r.id IS NOT ? AND r.state <> 'void'"
            f" ORDER BY {chosen.lead}.opened, r.id LIMIT 1",
            (*chosen.values, excluding),
        )
        return found[0] if found else None

    def next_seq(self, kind: str, series: str) -> int:
        """The next place in a series of numbers: `T20261123-A`, in a register `RA`. Broken files count."""
        found = self._read(
            "SELECT max(seq) FROM (SELECT max(seq) AS seq FROM record WHERE kind = ? AND series = ?"
            " UNION ALL SELECT max(seq) FROM broken WHERE kind = ? AND series = ?)",
            (kind, series, kind, series),
        )
        return int(found[0][0] or 0) + 1

    def holders(self, id_: str) -> list[str]:
        """The open records that hold this one open."""
        return self._ids(
            "SELECT DISTINCT r.id FROM link l JOIN record r ON r.rid = l.rid"
            " WHERE l.target = ? AND l.holds = 1 AND r.ended = 0 ORDER BY r.opened, r.id",
            (id_,),
        )

    def referring(self, id_: str, limit: int = 100) -> list[tuple[str, str, str]]:
        """Kind, number and field of the records that name this one, the newest first."""
        rows = self._read(
            "SELECT r.kind, r.id, l.name FROM link l JOIN record r ON r.rid = l.rid WHERE l.target = ?"
            " ORDER BY l.opened DESC, r.id DESC, l.n LIMIT ?",
            (id_, limit),
        )
        return [(kind, found, name) for kind, found, name in rows]

    # What is due --------------------------------------------------------------------------------------------------

    def due(
        self,
        what: Literal["overdue", "risk", "today"],
        now: float,
        end_of_day: float,
        *,
        mine: Mine | None = None,
        kinds: Sequence[str] = (),
        limit: int = 20,
    ) -> tuple[list[DueRow], int]:
        """Running clocks of open records, the nearest first, and how many in all.

        Past their due time; past 80 per cent of their time; or due by `end_of_day` and neither of these.
        """
        span: dict[str, tuple[str, tuple[float, ...]]] = {
            "overdue": ("d.due < ?", (now,)),
            "risk": ("d.due >= ? AND d.risk <= ?", (now, now)),
            "today": ("d.due >= ? AND d.due <= ? AND (d.risk IS NULL OR d.risk > ?)", (now, end_of_day, now)),
        }
        when, times = span[what]
        person, own = _mine(mine)
        among, of = _among(kinds)
        source = (
            "FROM round d JOIN record r ON r.rid = d.rid"
            f" WHERE d.ended IS NULL AND d.window = 0 AND {when} AND r.ended = 0 {among} {person}"
        )
        bound = (*times, *of, *own)
        found = self._read(
            f"SELECT d.clock, d.due, d.risk, d.promise, {_COLUMNS} {source} ORDER BY d.due, r.id, d.clock LIMIT ?",
            (*bound, limit),
        )
        rows = [DueRow(_row(row[4:]), row[0], row[1], row[2], bool(row[3])) for row in found]
        return rows, self._total(source, bound, len(rows), limit)

    def waiting(
        self, states: Mapping[str, Sequence[str]], *, mine: Mine | None = None, limit: int = 20
    ) -> tuple[list[Row], int]:
        """Open records in the given states of each kind, the longest untouched first, and how many in all."""
        pairs = [(kind, state) for kind, names in states.items() for state in dict.fromkeys(names)]
        if not pairs:
            return [], 0
        person, own = _mine(mine)
        # In this order, one look into the index for each state.
        source = (
            f"FROM (VALUES {', '.join(['(?, ?)'] * len(pairs))}) s CROSS JOIN record r INDEXED BY record_state"
            f" ON r.kind = s.column1 AND r.state = s.column2 WHERE r.ended = 0 {person}"
        )
        bound = (*(word for pair in pairs for word in pair), *own)
        sql = f"SELECT r.rid {source} ORDER BY r.changed, r.id LIMIT ?"
        rows = self._rows([row[0] for row in self._read(sql, (*bound, limit))])
        return rows, self._total(source, bound, len(rows), limit)

    # Listings -----------------------------------------------------------------------------------------------------

    def tally(self, kind: str, states: Sequence[str] = (), *, open: bool | None = None) -> dict[str, int]:  # noqa: A002
        """How many records stand in each state."""
        only = "" if open is None else f" AND ended = {int(not open)}"
        rows = self._read(f"SELECT state, sum(n) FROM tally WHERE kind = ?{only} GROUP BY state", (kind,))
        return {state: n for state, n in rows if n and (not states or state in states)}

    def broken(self, kind: str | None = None) -> list[BrokenFile]:
        """The files of a kind, or of all, that cannot be read: part of every listing of it."""
        rows = self._read(
            "SELECT path, kind, id, template, details FROM broken WHERE ? IS NULL OR kind = ? ORDER BY path",
            (kind, kind),
        )
        return [BrokenFile(path, of, id_, restored(told, json.loads(more))) for path, of, id_, told, more in rows]

    def edited(self, limit: int = 2000, ids: Iterable[str] = ()) -> list[tuple[str, str]]:
        """Path and number of the newest open records, and of those named, whose file is not what was committed."""
        from pmcs.store.edited import edited

        return edited(self.index, limit, ids)

    def _rows(self, rids: Sequence[int]) -> list[Row]:
        # Only the rows that are shown are read whole.
        sql = f"SELECT {_COLUMNS} FROM record r WHERE r.rid IN (SELECT value FROM json_each(?))"
        found = {row[0]: _row(row) for row in self._read(sql, (json.dumps([*rids]),))}
        return [found[rid] for rid in rids]

    def _total(self, source: str, bound: tuple[Any, ...], shown: int, limit: int) -> int:
        return shown if limit < 0 or shown < limit else int(self._read(f"SELECT count(*) {source}", bound)[0][0])

    # Last, since it hides the type in what follows.
    def list(
        self,
        kind: str,
        filters: Filters | None = None,
        limit: int = 20,
        offset: int = 0,
        order: Literal["newest", "oldest", "id"] = "newest",
    ) -> tuple[list[Row], int]:
        """Records of a kind, and how many there are in all. A negative limit is none."""
        wanted = filters or Filters()
        chosen = _Chosen(kind, wanted)
        by = {
            "newest": f"{chosen.lead}.opened DESC, r.id DESC",
            "oldest": f"{chosen.lead}.opened, r.id",
            "id": "r.id",
        }[order]
        sql = f"SELECT r.rid FROM {chosen.source} WHERE {chosen.where} ORDER BY {by}"
        if chosen.streams:
            rids = [row[0] for row in self._read(f"{sql} LIMIT ? OFFSET ?", (*chosen.values, limit, offset))]
            if wanted.counted:
                total = sum(self.tally(kind, wanted.states, open=wanted.open).values())
            else:
                total = self._total(f"FROM {chosen.counted}", chosen.values, len(rids), 0 if offset else limit)
        else:
            # All of them have to be found anyway, so they are counted on the way.
            rids = [row[0] for row in self._read(sql, chosen.values)]
            total = len(rids)
            rids = rids[offset:] if limit < 0 else rids[offset : offset + limit]
        return self._rows(rids), total


def restored(template: str, details: Mapping[str, Any]) -> Sentence:
    """A reason as the index keeps it."""
    return Sentence(template, **{name: _restored(value) for name, value in details.items()})


def _restored(value: Any) -> object:
    if isinstance(value, dict):
        return restored(value["template"], value["details"])
    return [_restored(part) for part in value] if isinstance(value, list) else value


def _row(values: Sequence[Any]) -> Row:
    rid, id_, kind, path, oid, state, done, ended, opened, opened_at, entered, changed, head = values
    told = json.loads(head)
    return Row(
        *(rid, id_, kind, path, oid, state, bool(done), bool(ended), opened, opened_at, entered, changed),
        fields=told["fields"],
        due=told["due"],
    )


def _among(kinds: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    if not kinds or "any" in kinds:
        return "", ()
    return f"AND kind IN ({', '.join('?' * len(kinds))})", tuple(kinds)


def _mine(mine: Mine | None) -> tuple[str, tuple[str, ...]]:
    if mine is None:
        return "", ()
    person, fields = mine
    pairs = [(kind, name) for kind, names in fields.items() for name in names]
    if not pairs:
        return "AND 0", ()
    rows = ", ".join(["(?, ?)"] * len(pairs))
    theirs = f"SELECT 1 FROM field f WHERE f.rid = r.rid AND f.value = ? AND (f.kind, f.name) IN (VALUES {rows})"
    return f"AND EXISTS ({theirs})", (person, *(word for pair in pairs for word in pair))


class _Chosen:
    """Filters as SQL: led by an index that has the right order already, where there is one."""

    def __init__(self, kind: str, filters: Filters) -> None:
        self.values: tuple[Any, ...] = ()
        self._terms: list[str] = []
        self.source, self.lead = "record r", "r"
        self.streams = not (filters.under or filters.overdue or filters.text)
        """The rows come in order, and only those wanted are looked at."""
        fields = [*filters.fields.items()]
        if fields and self.streams:
            self.source, self.lead = "field f JOIN record r ON r.rid = f.rid", "f"
            self._add("f.kind = ? AND f.name = ? AND f.value = ?", kind, *fields.pop(0))
        else:
            # The sign keeps SQLite from walking the whole kind where the sets below name the rows.
            self._add("r.kind = ?" if self.streams else "+r.kind = ?", kind)
        alone = self.lead == "f" and not filters.states and filters.open is None
        for name, value in fields:
            same = f"g.opened = {self.lead}.opened AND g.rid = {self.lead}.rid"
            has = f"SELECT 1 FROM field g WHERE g.kind = ? AND g.name = ? AND g.value = ? AND {same}"
            self._add(f"EXISTS ({has})", kind, name, value)
        if filters.states:
            self._add(f"r.state IN ({', '.join('?' * len(filters.states))})", *filters.states)
        if filters.open is not None:
            self._add(f"r.ended = {int(not filters.open)}")
        if filters.since is not None:
            self._add(f"{self.lead}.opened >= ?", filters.since)
        if filters.until is not None:
            self._add(f"{self.lead}.opened < ?", filters.until)
        self._sets(kind, filters)
        self.where = " AND ".join(self._terms)
        self.counted = f"{'field f' if alone else self.source} WHERE {self.where}"

    def _sets(self, kind: str, filters: Filters) -> None:
        for name, value in filters.under.items():
            named = "SELECT rid FROM field WHERE kind = ? AND name = ?"
            self._add(
                f"r.rid IN ({named} AND value = ? UNION {named} AND value >= ? AND value < ?)",
                *(kind, name, value, kind, name, value + "-", value + "."),
            )
        if filters.overdue:
            late = "SELECT rid FROM round WHERE ended IS NULL AND window = 0 AND promise = 1 AND due < ?"
            if filters.overdue == "ever":
                late += " UNION SELECT rid FROM round WHERE promise = 1 AND ended > due"
            self._add(f"r.rid IN ({late})", filters.now)
        if filters.text:
            query = match_query(filters.text)
            if query is None:
                self._add("0")
            else:
                self._add("r.rid IN (SELECT rowid FROM fts WHERE fts MATCH ?)", query)

    def _add(self, term: str, *values: Any) -> None:
        self._terms.append(term)
        self.values += values
