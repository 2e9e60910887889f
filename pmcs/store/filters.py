"""What a listing is narrowed to, and the SQL that narrows it."""

# ruff: noqa: S608  what is put into the SQL here are our own words and question marks

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple


class Filters(NamedTuple):
    """What a listing is narrowed to; all must hold."""

    states: Sequence[str] = ()
    open: bool | None = None
    """True: not ended. False: ended."""
    fields: Mapping[str, str] = {}
    """Field (or `rows.column`) to the value it has."""
    under: Mapping[str, str] = {}
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


class Chosen:
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
            from pmcs.store.text_search import match_query

            query = match_query(filters.text)
            if query is None:
                self._add("0")
            else:
                self._add("r.rid IN (SELECT rowid FROM fts WHERE fts MATCH ?)", query)

    def _add(self, term: str, *values: Any) -> None:
        self._terms.append(term)
        self.values += values
