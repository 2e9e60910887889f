"""Small look-ups that actions and the command line need, each at a cost that does not grow with the store."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from pmcs.store.filters import Filters
from pmcs.store.index import Index
from pmcs.store.queries import Queries, Row

STAFF = "staff"
PACKAGE = "package"
SCRAPPED = ("scrapped", "void")
_LAST = chr(0x10FFFF)


class Naming(NamedTuple):
    """A record that names another. Epoch seconds: when it was entered, and when its work was done, if it has ended."""

    id: str
    entered: float
    state: str
    done: float | None
    fields: Mapping[str, str]


class Ending(NamedTuple):
    """A record for the archive: the day of its number, and when its end was entered (epoch seconds), if it has."""

    id: str
    day: date
    state: str
    ended: float | None
    fields: Mapping[str, Any]


class Standing(NamedTuple):
    """Somebody's entry in the register of staff, and when it was last changed, in epoch seconds."""

    fields: Mapping[str, Any]
    ended: bool
    changed: float


class Lookups:
    """Look-ups in one index."""

    def __init__(self, index: Index) -> None:
        self._read = index.read
        self._queries = Queries(index)

    def keyed(self, kind: str, id_: str) -> str | None:
        """The record of the kind, readable or not, whose file this key would name on any machine.

        Some cannot tell capitals from small letters, and would lay one file over the other.
        """
        if self._queries.path(id_, (kind,)) is not None:
            return id_
        found = self._read("SELECT id FROM record WHERE kind = ? AND folded = ? LIMIT 1", (kind, id_.casefold()))
        return str(found[0][0]) if found else None

    def known(self, id_: str) -> bool:
        """Whether any record has this number."""
        among = "EXISTS (SELECT 1 FROM {} WHERE id = ?)"
        return bool(self._read(f"SELECT {among.format('record')} OR {among.format('broken')}", (id_, id_))[0][0])

    def staff(self, code: str) -> Row | None:
        """A member of staff."""
        return self._queries.row(code, (STAFF,))

    def whole_staff(self) -> list[Standing]:
        """Every entry of the register, those of people who left too."""
        sql = "SELECT json_extract(head, '$.fields'), ended, changed FROM record WHERE kind = ? ORDER BY id"
        return [Standing(json.loads(head), bool(ended), changed) for head, ended, changed in self._read(sql, (STAFF,))]

    def kinds_of(self, id_: str) -> list[str]:
        """The kinds that have a record of this number: registers may share a key."""
        return [row[0] for row in self._read("SELECT kind FROM record WHERE id = ? ORDER BY kind", (id_,))]

    def staff_by_email(self, email: str, *, ended: bool = False) -> str | None:
        """The code of whoever of the staff has this e-mail and has not left (`ended`: has left)."""
        found = self._read(
            "SELECT id FROM record WHERE kind = ? AND ended = ?"
            " AND lower(json_extract(head, '$.fields.email')) = ?"
            # Whoever is written just so comes before whoever differs in capitals.
            " ORDER BY json_extract(head, '$.fields.email') <> ?, id",
            (STAFF, ended, email.lower(), email),
        )
        return str(found[0][0]) if found else None

    def desk_used(self, desk: str) -> bool:
        """Whether a desk of this letter has issued numbers."""
        return bool(self._read("SELECT 1 FROM record WHERE desk = ? AND series IS NOT NULL LIMIT 1", (desk,)))

    def oids(self, paths: Iterable[str]) -> dict[str, str]:
        """The blobs that HEAD has for record files, by path; those it lacks are left out."""
        found = {}
        for path in paths:
            rows = self._read(
                "SELECT oid FROM record WHERE path = ? UNION ALL SELECT oid FROM broken WHERE path = ?", (path, path)
            )
            if rows:
                found[path] = str(rows[0][0])
        return found

    def at_risk(self, now: datetime, early: Collection[str] = ()) -> list[str]:
        """Open records on which a running clock has used up 80 per cent of its time, or has no such share.

        Of the kinds in `early`, every record with a running clock.
        """
        rows = self._read(
            "SELECT DISTINCT r.id FROM round d JOIN record r ON r.rid = d.rid"
            " WHERE d.ended IS NULL AND d.window = 0 AND r.ended = 0 AND (d.risk IS NULL OR d.risk <= ?"
            " OR r.kind IN (SELECT value FROM json_each(?))) ORDER BY r.id",
            (now.timestamp(), json.dumps([*early])),
        )
        return [row[0] for row in rows]

    def work_of(self, person: str, mine: Mapping[str, Collection[str]], *, unfinished: bool = False) -> list[str]:
        """The open records that name somebody in one of these fields of their kind, the oldest first.

        Only those whose work is not done, where asked.
        """
        rows = self._read(
            "SELECT DISTINCT r.id, r.kind, l.name, r.opened FROM link l JOIN record r ON r.rid = l.rid"
            " WHERE l.target = ? AND r.ended = 0 AND r.done <= ? ORDER BY r.opened, r.id",
            (person, not unfinished),
        )
        return list(dict.fromkeys(id_ for id_, kind, name, _ in rows if name in mine.get(kind, ())))

    def alike(self, kind: str, values: Mapping[str, str], states: Sequence[str]) -> list[str]:
        """The records of a kind in one of the states with these values in their unsealed fields, the oldest first."""
        rows, _ = self._queries.list(kind, Filters(states=states, fields=values), -1, order="oldest")
        return [row.id for row in rows]

    def naming(self, kind: str, link: str, target: str, fields: Sequence[str], since: float) -> list[Naming]:
        """The records of a kind, opened since, that name another in this field, with some of their scalar fields."""
        rows = self._read(
            "SELECT r.id, r.entered, r.state, r.ended,"
            " (SELECT max(e.at) FROM event e WHERE e.rid = r.rid AND e.moved = 1),"
            " json_group_object(f.name, f.value) FROM field s JOIN record r ON r.rid = s.rid"
            " JOIN field f ON f.rid = r.rid AND f.name IN (SELECT value FROM json_each(?))"
            " WHERE s.kind = ? AND s.name = ? AND s.value = ? AND s.opened >= ? GROUP BY r.rid",
            (json.dumps([*fields]), kind, link, target, since),
        )
        return [
            Naming(id_, entered, state, done if ended else None, json.loads(values))
            for id_, entered, state, ended, done, values in rows
        ]

    def package(self, periods: Sequence[str], since: float, until: float) -> str | None:
        """The first package of one of these periods that was registered between two moments and is not scrapped."""
        rows = self._read(
            "SELECT r.id FROM field f JOIN record r ON r.rid = f.rid WHERE f.kind = ? AND f.name = 'period'"
            " AND f.value IN (SELECT value FROM json_each(?)) AND r.entered > ? AND r.entered < ?"
            " AND r.state NOT IN (SELECT value FROM json_each(?)) ORDER BY r.entered, r.id LIMIT 1",
            (PACKAGE, json.dumps([*periods]), since, until, json.dumps(SCRAPPED)),
        )
        return str(rows[0][0]) if rows else None

    def ending(self, kind: str, before: float, *, also_open: bool) -> list[Ending]:
        """The records of a kind, opened before a moment, that have ended, or all."""
        rows = self._read(
            "SELECT r.id, r.day, r.state, r.ended, json_extract(r.head, '$.fields'), (SELECT max(e.entered)"
            " FROM event e WHERE e.rid = r.rid AND e.state_after <> e.state_before)"
            " FROM record r WHERE r.kind = ? AND r.opened < ? AND r.ended >= ? ORDER BY r.id",
            (kind, before, not also_open),
        )
        return [
            Ending(id_, date.fromisoformat(day), state, at if ended else None, json.loads(fields))
            for id_, day, state, ended, fields, at in rows
        ]

    def under_way(self, kind: str) -> dict[str, str]:
        """What the open records of a kind name, and which of them."""
        rows = self._read(
            "SELECT l.target, r.id FROM record r JOIN link l ON l.rid = r.rid WHERE r.kind = ? AND r.ended = 0"
            " ORDER BY r.id DESC",
            (kind,),
        )
        return dict(rows)

    def named_where(self, kind: str, action: str, link: str) -> list[tuple[str, str]]:
        """Records of a kind on which an action was done, each with what it names in a link, or in a column of lines."""
        rows = self._read(
            "SELECT DISTINCT r.id, l.target FROM record r JOIN link l ON l.rid = r.rid AND l.name = ? WHERE r.kind = ?"
            " AND EXISTS (SELECT 1 FROM event e WHERE e.rid = r.rid AND e.action = ?) ORDER BY l.target, r.id",
            (link, kind, action),
        )
        return [(number, target) for number, target in rows]

    def run_out(self, kind: str, clock: str, states: Sequence[str], now: datetime) -> list[str]:
        """Records of a kind in one of the states on which this clock still runs and its due time has passed."""
        rows = self._read(
            "SELECT r.id FROM json_each(?) s JOIN record r ON r.kind = ? AND r.state = s.value"
            " JOIN round d ON d.rid = r.rid WHERE d.clock = ? AND d.ended IS NULL AND d.due < ? ORDER BY d.due, r.id",
            (json.dumps([*states]), kind, clock, now.timestamp()),
        )
        return [row[0] for row in rows]

    def let_go(self, kind: str, states: Sequence[str]) -> list[str]:
        """Records of a kind in one of the states that others held open, all of which have ended."""
        rows = self._read(
            "SELECT r.id FROM json_each(?) s JOIN record r ON r.kind = ? AND r.state = s.value"
            " WHERE EXISTS (SELECT 1 FROM link l WHERE l.target = r.id AND l.holds = 1) AND NOT EXISTS"
            " (SELECT 1 FROM link l JOIN record h ON h.rid = l.rid"
            "  WHERE l.target = r.id AND l.holds = 1 AND h.ended = 0)"
            " ORDER BY r.opened, r.id",
            (json.dumps([*states]), kind),
        )
        return [row[0] for row in rows]

    def clocks_ahead(self, kind: str, clock: str, since: float, until: float) -> list[tuple[str, float]]:
        """Open records of a kind on which this clock falls due between two moments, and when."""
        rows = self._read(
            "SELECT r.id, d.due FROM round d JOIN record r ON r.rid = d.rid WHERE d.ended IS NULL AND d.window = 0"
            " AND d.due >= ? AND d.due <= ? AND d.clock = ? AND r.kind = ? AND r.ended = 0",
            (since, until, clock, kind),
        )
        return [(id_, due) for id_, due in rows]

    def dates(self, kind: str, name: str, first: str, last: str) -> list[tuple[str, str, Mapping[str, str]]]:
        """Open records of a kind with a date field (or `rows.column`) between two days, the day, and the line's key."""
        rows = self._read(
            "SELECT r.id, d.day, d.line FROM dated d JOIN record r ON r.rid = d.rid"
            " WHERE d.kind = ? AND d.name = ? AND d.day >= ? AND d.day <= ?",
            (kind, name, first, last),
        )
        return [(id_, day, json.loads(line)) for id_, day, line in rows]

    def heads(self, ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """The fields of records by number."""
        found = {}
        for id_ in ids:
            rows = self._read("SELECT head FROM record WHERE id = ?", (id_,))
            if rows:
                found[id_] = json.loads(rows[0][0])["fields"]
        return found

    def beginning(
        self, kind: str, typed: str, limit: int, states: Sequence[str] = ()
    ) -> list[tuple[str, Mapping[str, Any]]]:
        """Numbers of a kind that begin as typed, or the newest, with their fields; where states are named, in these."""
        low = typed.casefold()
        rows = self._read(
            "SELECT id, head FROM record WHERE kind = ? AND folded >= ? AND folded < ?"
            " AND (? = '[]' OR state IN (SELECT value FROM json_each(?))) ORDER BY opened DESC, id LIMIT ?",
            (kind, low, low + _LAST, *[json.dumps([*states])] * 2, limit),
        )
        return [(id_, json.loads(head)["fields"]) for id_, head in rows]
