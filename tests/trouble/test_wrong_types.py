"""Records and regulation files that are good YAML and nonsense: told file by file, and no other record is held up."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
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


# A record of each kind of articles 8 and 9, with lines, links and clocks in it.
OPENED = (
    "staff appoint li.na --post facility_keeper --since 2026-01-01",
    "staff appoint li.na --post security_guard --since 2026-01-01",
    "asset add L1 --name 1号梯 --category lift --place 3-2-1202 --certificates name=年检,number=N1,expires=2026-12-01",
    "emergency_plan add FLOOD --name 防汛 --type flood --steps 关总阀",
    "schedule add P1 --name 巡更 --makes drill --plan FLOOD --rule daily --begins 2026-11-23 --places place=3-2-1202",
    "inspection new --round order --checklist patrol_point --asset L1",
    "inspection start A01",
    "inspection record A01 --item 1 --result abnormal --remark 门被撬 --repair",
    "maintenance new --checklist lift_half_monthly --asset L1",
    "maintenance start A01",
    "hazard new --domain safety --level major --place 3-2-1202 --what 缺盖板 --interim 已围挡",
    "hazard report A01",
    "incident new --grade minor --type flood --place 3-2-1202 --what 水浸",
    "incident affect A01 --name 欧阳建国 --contact 13811112222",
    "drill new --plan FLOOD --planned 2026-12-01",
    "shift new --duty gate --ends 2026-11-23T18:00",
    "assessment new --period 2026-10 --person wang.qiang",
)
LATER = (
    "asset",
    "emergency_plan",
    "schedule",
    "inspection",
    "repair",
    "maintenance",
    "hazard",
    "incident",
    "drill",
    "shift",
    "assessment",
)


@pytest.fixture(scope="module")
def equipped(honest: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The honest office with all that, to be copied."""
    root = tmp_path_factory.mktemp("equipped") / "库"
    shutil.copytree(honest.root, root)
    office = Office(root, honest.clock.now)
    for words in OPENED:
        office.do(words)
    return office


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
        *(
            [["assessment", "verify", id_], ["assessment", "verify", id_, "--format", "json"]]
            if kind == "assessment"
            else []
        ),
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


@pytest.mark.parametrize("kind", LATER)
def test_whatever_is_written_into_a_record_of_any_kind_is_answered(equipped: Office, tmp_path: Path, kind: str) -> None:
    shutil.copytree(equipped.root, tmp_path / "库")
    office, chance = Office(tmp_path / "库", equipped.clock.now), random.Random(kind)
    place = next((office.root / kind).rglob("*.yaml"))
    tree: Any = decode(place.read_bytes(), kind)
    for path in chance.sample(list(paths(tree)), 2):
        with suppress(LookupError, TypeError):  # what was above the second is junk now
            put(tree, path, chance.choice(JUNK))
    place.write_bytes(encode(tree))
    office.commit_by_hand()
    everything_answers(office, place.relative_to(office.root).as_posix())


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
