"""The facts as the files of the store say them: plain YAML in which every scalar is a text. Nothing of pmcs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from tests.simulation.facts import DONE, ENDS, MISSED, OPEN, Case, Facts, Move, Paper, Thing, Work

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
OUTCOMES = {"finished": OPEN, "accepted": DONE, "covered": DONE, "missed": MISSED}
PAPERS = {"asset": ("certificates", "name"), "staff": ("licences", "licence")}


def read(root: Path, kind: str) -> Iterator[dict[str, Any]]:
    """The records of a kind that are not void."""
    for path in sorted((root / kind).rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        # Of work that was planned what stands above the history is enough, and there is much of it.
        if kind in ("inspection", "maintenance") and "\nplanned: " in text:
            text = text.partition("\nhistory:")[0]
        record = yaml.load(text, LOADER)
        if record["state"] != "void":
            yield record


def facts_of(root: Path, known: datetime) -> Facts:
    """Everything that the figures need; `known` is when the last of it was entered."""
    records = {
        kind: list(read(root, kind))
        for kind in (*ENDS, "inspection", "maintenance", "asset", "staff", "emergency_plan")
    }
    made: dict[tuple[str, str], set[str]] = {}
    for kind in ("repair", "hazard", "ticket"):
        for record in records[kind]:
            made.setdefault((record.get("source", ""), record.get("source_item", "")), set()).add(record["id"])
    return Facts(
        [_work(record, made) for kind in ("inspection", "maintenance") for record in records[kind]],
        [_case(record) for kind in ENDS for record in records[kind]],
        [_thing(record) for record in records["asset"]],
        [
            paper
            for kind in ("asset", "staff", "emergency_plan")
            for record in records[kind]
            for paper in _papers(record)
        ],
        known,
    )


def _time(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["at"])


def _work(record: dict[str, Any], made: dict[tuple[str, str], set[str]]) -> Work:
    state = record["state"]
    outcome = DONE if record["kind"] == "inspection" and state == "finished" else OUTCOMES.get(state, OPEN)
    led = [
        frozenset(made.get((record["id"], row["item"]), set()) | ({row["work"]} if "work" in row else set()))
        for row in record.get("items", [])
        if row.get("result") == "abnormal"
    ]
    latest = record.get("latest")
    return Work(
        record["id"],
        record["kind"],
        record.get("round", ""),
        record["checklist"],
        datetime.fromisoformat(record["planned"]) if "planned" in record else _time(record["history"][0]),
        datetime.fromisoformat(latest) if latest else None,
        outcome,
        record.get("timely", ""),
        tuple(led),
    )


def _case(record: dict[str, Any]) -> Case:
    values = {name: value for name, value in record.items() if isinstance(value, str)}
    case = Case(
        record["id"], record["kind"], values, cost=float(record.get("cost", 0)), persons=len(record.get("persons", []))
    )
    for event in record["history"]:
        case.moves.append(Move(_time(event), event["do"], event.get("to", "")))
        for clock, due in event.get("set", {}).get("due", {}).items():
            if due:
                case.dues.append((clock, _time(event), datetime.fromisoformat(due)))
    return case


def _thing(record: dict[str, Any]) -> Thing:
    states = [(_time(event), event["to"]) for event in record["history"] if event.get("to")]
    return Thing(record["id"], record["category"], states)


def _papers(record: dict[str, Any]) -> Iterator[Paper]:
    kind = record["kind"]
    over = _time(record["history"][-1]) if record["state"] == "retired" else None
    if kind == "emergency_plan":
        if "review_by" in record:
            entered, expires = _time(record["history"][0]), date.fromisoformat(record["review_by"])
            yield Paper(kind, record["id"], record["name"], "", "review_by", "", expires, entered, over)
        return
    rows, name = PAPERS[kind]
    for event in record["history"]:
        for row in [*event.get("add", {}).get(rows, []), *event.get("row", {}).get(rows, [])]:
            told = (row[name], f"{rows}.expires", row["number"], date.fromisoformat(row["expires"]))
            yield Paper(kind, record["id"], record["name"], *told, _time(event), over)
