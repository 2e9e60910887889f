"""Inspections and services of a month, and what their abnormal items led to, read from the index."""

# ruff: noqa: S608  what is put into the SQL here are our own words and question marks

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pmcs.core.kind import VOID
from pmcs.reports.life_rows import ends_of, epoch, reach
from pmcs.reports.lives import Span
from pmcs.reports.round_figures import DONE, MISSED, OPEN, Round

if TYPE_CHECKING:
    from pmcs.core.kind import Kind
    from pmcs.store.store import Store

FIELDS = ("planned", "earliest", "latest", "round", "checklist", "timely")
WELL = {"repair": ("accepted", "repaired"), "hazard": ("cleared", "cleared"), "ticket": ("closed", "closed")}
"""The state in which a kind's work is well ended, and what the item's ending is called then."""


def read_rounds(store: Store, kind: Kind, span: Span) -> list[Round]:
    """Those planned in the month; of those without a plan or a time for it, those opened in it. By number."""
    first, last = reach(span)
    pivot = "".join(f", max(CASE f.name WHEN '{name}' THEN f.value END)" for name in FIELDS)
    rows = store.index.read(
        f"SELECT r.rid, r.id, r.state, r.opened{pivot} FROM record r JOIN field f ON f.rid = r.rid"
        " WHERE r.rid IN (SELECT rid FROM field WHERE kind = ? AND name = 'planned' AND value >= ? AND value < ?"
        "  UNION SELECT rid FROM record WHERE kind = ? AND opened >= ? AND opened < ?)"
        f" AND r.state <> '{VOID}' GROUP BY r.rid ORDER BY r.id",
        (kind.name, first, last, kind.name, span.start, span.end),
    )
    ends = ends_of(kind)
    found: dict[int, Round] = {}
    for rid, id_, state, opened, planned, earliest, latest, category, checklist, timely in rows:
        when = epoch(planned)
        if span.has(opened if when is None else when):
            due = (epoch(latest) or when) if when and (earliest or latest) else None
            outcome = MISSED if state == MISSED else DONE if state in ends else OPEN
            found[rid] = Round(id_, category or "", checklist or "", due, outcome, timely or "")
    _read_abnormal(store, kind, found)
    return list(found.values())


def _read_abnormal(store: Store, kind: Kind, found: dict[int, Round]) -> None:
    read = store.index.read
    told = read("SELECT rid FROM field WHERE kind = ? AND name = 'items.result' AND value = 'abnormal'", (kind.name,))
    mine = [rid for (rid,) in told if rid in found]
    rows: dict[str, tuple[int, list[tuple[str, str]]]] = {}
    for rid, id_, items in read(
        "SELECT rid, id, json_extract(head, '$.fields.items') FROM record"
        " WHERE rid IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(mine),),
    ):
        there = [(row.get("item", ""), row.get("work", "")) for row in json.loads(items) if _abnormal(row)]
        rows[id_] = (rid, there)
    made: dict[tuple[str, str], set[str]] = {}
    for target, item, id_ in read(
        "SELECT l.target, json_extract(r.head, '$.fields.source_item'), r.id FROM link l JOIN record r ON r.rid = l.rid"
        " WHERE l.name = 'source' AND l.target IN (SELECT value FROM json_each(?))",
        (json.dumps([*rows]),),
    ):
        made.setdefault((target, item or ""), set()).add(id_)
    named = {work for _, there in rows.values() for _, work in there if work}
    endings = _endings(store, named.union(*made.values()))
    for id_, (rid, there) in rows.items():
        led = [made.get((id_, item), set()) | ({work} if work else set()) for item, work in there]
        abnormal = tuple(tuple(endings[one] for one in sorted(ids) if one in endings) for ids in led)
        found[rid] = found[rid]._replace(abnormal=abnormal)


def _abnormal(row: object) -> bool:
    return isinstance(row, dict) and row.get("result") == "abnormal"


def _endings(store: Store, ids: Iterable[str]) -> dict[str, str]:
    """How each of these records stands, as an ending of the item that led to it; void ones are left out."""
    found = {}
    for id_, kind, state, ended in store.index.read(
        "SELECT id, kind, state, ended FROM record WHERE id IN (SELECT value FROM json_each(?)) AND state <> ?",
        (json.dumps(sorted(ids)), VOID),
    ):
        well, word = WELL.get(kind, (state, "closed"))
        found[id_] = "open" if not ended else word if state == well else "cancelled"
    return found
