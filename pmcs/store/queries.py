"""What is asked of the index: records found, listed, counted, due. Only `edited` looks at the files of records."""

# ruff: noqa: S608  what is put into the SQL here are our own words and question marks

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pmcs.errors import Sentence
from pmcs.store.filters import Chosen, Filters
from pmcs.store.index import Index

__all__ = ["BrokenFile", "DueRow", "Filters", "Queries", "Row"]

FOUND_AT_MOST = 10
_REACH = 4000  # numbers with the same end or beginning that are looked at
_RECENT = 3000
_MANY = 500  # hits of a search
_LAST = chr(0x10FFFF)
_COLUMNS = (
    "r.rid, r.id, r.kind, r.path, r.oid, r.state, r.done, r.ended, r.opened, r.opened_at, r.entered, r.changed, r.head"
)

Mine = tuple[str, Mapping[str, Sequence[str]]]
"""A person's code, and for each kind the fields (or `rows.column`) that say whose work a record is."""


class Row(NamedTuple):
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


class BrokenFile(NamedTuple):
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
        # The rarest value leads: of an import's source and key, thousands share the source.
        rarest = sorted(values.items(), key=lambda field: self._shared(kind, *field)) if len(values) > 1 else values
        chosen = Chosen(kind, Filters(open=True if open_only else None, fields=dict(rarest)))
        found = self._ids(
            f"SELECT r.id FROM {chosen.source} WHERE {chosen.where} AND r.id IS NOT ? AND r.state <> 'void'"
            f" ORDER BY {chosen.lead}.opened, r.id LIMIT 1",
            (*chosen.values, excluding),
        )
        return found[0] if found else None

    def _shared(self, kind: str, name: str, value: str) -> int:
        """How many records share a value, as far as it matters which of two is rarer."""
        counted = "SELECT count(*) FROM (SELECT 1 FROM field WHERE kind = ? AND name = ? AND value = ? LIMIT 100)"
        return int(self._read(counted, (kind, name, value))[0][0])

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
        urgent: Collection[str] = (),
        limit: int = 20,
    ) -> tuple[list[DueRow], int]:
        """Running clocks of open records, those of `urgent` kinds and then the nearest first, and how many in all.

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
        sql = f"SELECT d.clock, d.due, d.risk, d.promise, {_COLUMNS} {source} AND r.kind"
        found: list[Any] = []
        # Each in the order of the index: sorted together, all that is due would have to be read before the first row.
        for which in ("IN", "NOT IN") if urgent else ("NOT IN",):
            if limit < 0 or len(found) < limit:
                found += self._read(
                    f"{sql} {which} (SELECT value FROM json_each(?)) ORDER BY d.due, r.id, d.clock LIMIT ?",
                    (*bound, json.dumps([*urgent]), limit - len(found)),
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

    def search(self, text: str, limit: int) -> tuple[Sequence[Row], int]:
        """Records of any kind that hold every word, the newest first, and how many in all. A negative limit is none."""
        from pmcs.store.text_search import match_query

        query = match_query(text)
        if query is None:
            return [], 0
        total = int(self._read("SELECT count(*) FROM fts WHERE fts MATCH ?", (query,))[0][0])
        if total <= _MANY or limit < 0:
            found = self._read(
                "SELECT r.opened, r.id, r.rid FROM fts f JOIN record r ON r.rid = f.rowid WHERE fts MATCH ?", (query,)
            )
        else:
            # Many hits: the newest records of each kind are gone through until enough of them are among the hits.
            found = [
                row
                for kind in self._every(())
                for row in self._read(
                    "SELECT r.opened, r.id, r.rid FROM record r INDEXED BY record_newest WHERE r.kind = ? AND r.rid IN"
                    " (SELECT rowid FROM fts WHERE fts MATCH ?) ORDER BY r.opened DESC, r.id DESC LIMIT ?",
                    (kind, query, limit),
                )
            ]
        found.sort(reverse=True)
        shown = found if limit < 0 else found[:limit]
        return self._rows([row[2] for row in shown]), total

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
        chosen = Chosen(kind, wanted)
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
