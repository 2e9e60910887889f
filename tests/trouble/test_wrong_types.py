"""Records and regulation files that are good YAML and nonsense: told file by file, and no other record is held up."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from pmcs.store.codec import decode, encode
from tests.check.office import Office

TICKET, DONE = "ticket/2026/11/23/T20261123-A01.yaml", "ticket/2026/11/23/T20261123-A02.yaml"
TASK, PLACE = "task/2026/11/23/K20261123-A01.yaml", "place/3-2-1202.yaml"
VERSION = "regulation/2026-01-01"
ENDS = ("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-12:00")
JUNK: list[Any] = [
    *("", "x", "2026-02-30T00:00:00+08:00", "2026-11-23", "2026-11-23T25:00:00+08:00", "2026-11-23T09:00:00+99:00"),
    *(*ENDS, "-1", "9" * 5000, "1e999999999", "nan", "sNaN", "٣", "--5", "sealed:", "void", "previous", "../../x"),
    *([], {}, ["x"], {"x": "y"}, [["x"]], [{"x": "y"}], {"due": "x"}, "\x00\x1b]0;t\x07", "open", "system", "a.b", "."),
]
# What fell over once: the file, the path in it, and what was written there.
ONCE: list[tuple[str, tuple[str | int, ...], Any]] = [
    (DONE, ("history", 6, "to"), "-1"),
    (DONE, ("history", 5, "set", "score"), [{"x": "y"}]),
    (DONE, ("history", 5, "set", "score"), "five"),
    (PLACE, ("history", 0, "do"), "9999-12-31T23:59:59-12:00"),
    (PLACE, ("area",), "nan"),
    (TASK, ("due", "finish"), "nan"),
    (TASK, ("due",), "soon"),
    *((TASK, ("due", "finish"), end) for end in ENDS),
    *((TASK, ("deadline",), end) for end in ENDS),
    *((TASK, ("history", 0, "at"), end) for end in ENDS),
    *((TASK, ("history", 0, "set", "due", "finish"), end) for end in ENDS),
]


def paths(tree: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, inner in pairs:
        yield from paths(inner, (*path, key))


def put(tree: Any, path: tuple[str | int, ...], value: Any) -> None:
    for key in path[:-1]:
        tree = tree[key]
    tree[path[-1]] = value


def everything_answers(office: Office, file: str) -> None:
    kind, id_ = file.partition("/")[0], file.rpartition("/")[2].removesuffix(".yaml")
    for words in (
        ["check"],
        [kind, "list"],
        [kind, "list", "--format", "json"],
        ["today"],
        [kind, "show", id_],
        [kind, "show", id_, "--format", "json"],
        ["report", "monthly", "2026-11", "--stdout"],
        [kind, "note", id_, "--note", "x"],
        ["edit", id_],
    ):
        code, out, errors = office.run(words)
        assert code in range(7), (words, errors)
        assert "Traceback" not in errors
        if words[-1] == "json" and code == 0:
            json.loads(out, parse_constant=pytest.fail)


@pytest.mark.parametrize(("file", "path", "value"), ONCE)
def test_what_was_written_into_a_record_is_told(office: Office, file: str, path: tuple[str, ...], value: Any) -> None:
    place = office.root / file
    tree = decode(place.read_bytes(), file)
    put(tree, path, value)
    place.write_bytes(encode(tree))
    office.commit_by_hand()
    assert any(named == file for _, named, _ in office.errors())
    everything_answers(office, file)
    assert office.run(["ticket", "new", "--category", "repair", "--place", "3", "--summary", "x"])[0] == 0


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_written_into_a_record_is_answered(office: Office, seed: int) -> None:
    chance = random.Random(seed)
    file = chance.choice([TICKET, DONE, TASK, PLACE, "resident/RA0001.yaml", "staff/wang.qiang.yaml"])
    place = office.root / file
    tree: Any = decode(place.read_bytes(), file)
    for _ in range(chance.choice([1, 1, 2])):
        put(tree, chance.choice(list(paths(tree))), chance.choice(JUNK))
    place.write_bytes(encode(tree))
    office.commit_by_hand()
    everything_answers(office, file)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_written_into_the_regulation_is_answered(office: Office, seed: int) -> None:
    chance = random.Random(seed)
    files = [*(office.root / VERSION).rglob("*.yaml"), office.root / "pmcs.yaml"]
    for _ in range(8):
        place = chance.choice(files)
        kept = place.read_bytes()
        tree: Any = decode(kept, place.name)
        put(tree, chance.choice(list(paths(tree))), chance.choice(JUNK))
        place.write_bytes(encode(tree))
        for words in (["regulation", "check"], ["ticket", "list"], ["today"], ["show", "T20261123-A01"]):
            code, _, errors = office.run(words)
            assert code in range(7), (words, errors)
            # Beside an error stand at most notes of files that cannot be read.
            assert sum(not line.startswith("Note:") for line in errors.splitlines()) <= 1
        place.write_bytes(kept)
    assert office.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("file", "wrong"),
    [
        ("kinds/ticket.yaml", {"stets": {}}),
        ("kinds/ticket.yaml", {"mine": ["nobody_field"]}),
        ("kinds/task.yaml", {"promise": "no_such_clock"}),
        ("kinds/task.yaml", {"columns": ["id", "stat"]}),
        ("posts.yaml", {"x y": {"label": "x"}}),
        ("posts.yaml", {"guard": {"clause": "99.9"}}),
        ("calendar.yaml", {"slots": ["25:00-26:00"]}),
        ("calendar.yaml", {"years": {"2026": {"holidays": {"2026-02-30": "x"}}}}),
        ("calendar.yaml", {"weekdays": ["someday"]}),
        ("lists/subjects.yaml", {"water": {"itms": {}}}),
    ],
)
def test_an_unknown_key_state_post_or_day_is_named_with_its_line(office: Office, file: str, wrong: Any) -> None:
    place = office.root / VERSION / file
    tree = decode(place.read_bytes(), file)
    place.write_bytes(encode({**tree, **wrong}))
    code, out, _ = office.run(["regulation", "check"])
    assert code == 1
    assert any(line.startswith(f"{VERSION}/{file}:") for line in out.splitlines())
    head = office.git("rev-parse", "HEAD")
    code, out, errors = office.run(["ticket", "new", "--category", "repair", "--place", "3", "--summary", "x"])
    assert (code, out, errors.count("\n")) == (5, "", 1)
    assert f"{VERSION}/{file}:" in errors
    assert office.git("rev-parse", "HEAD") == head
