"""The big list of naughty strings in every free text of every kind: each comes back exactly, or is refused."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pmcs.core.derive import derive
from pmcs.core.flow import advance
from pmcs.core.fold import applied
from pmcs.core.kind import Field, Kind
from pmcs.core.private import find_private
from pmcs.core.record import Event, Record
from pmcs.core.step import Step
from pmcs.core.values import convert
from pmcs.core.world import SYSTEM_ACTOR, Actor, Context, Given
from pmcs.errors import BadInput, Refused
from pmcs.store.documents import record_path
from pmcs.store.git_stream import Identity, check_path
from pmcs.store.store import Store
from pmcs.store.vault import is_sealed
from tests.core.world import KEY_LOAN
from tests.stories.conftest import MONDAY, Office, found_empty, staffed

DATA = Path(__file__).parents[1] / "data"
LINES: list[str] = [
    *json.loads((DATA / "blns.json").read_text("utf-8")),
    *(
        "a\x85b",
        "\x85",
        "a\u2028b\u2029c",
        "\ufeffa",
        "a\r\nb",
        "a\n\n",
        " a ",
        "\ud800",
        "a\udfffb",
        "\0",
        "-",
        "'=1+1",
    ),
    *("a: b", "- a", "# a", "|", ">-", "&a", "*a", "!a", "%a", "@a", "`a", "{a", "[a", "~", "null", "yes", "<<", "？"),
]
# A line of each sort, to be typed.
TYPED = [
    *("a\x85b", "a\u2028b", " a ", "-x", "--help", "=cmd|' /C calc'!A0", "\u202eabc\u202c", "\x1b]0;t\x07\x1b[31mrot"),
    *("{a: [*b, &c, !d]} # %@`|>", "𠮷野家👩‍👩‍👧 Ω≈ç√", "'\"\\'\"", "$HOME `id` $(id) %s {0} {x}", "null"),
]
BY_REF = {"staff": "wang.qiang", "place": "3-2-1201", "emergency_plan": "FLOOD"}
BY_TYPE = {
    "date": "2026-11-20",
    "time": "2026-12-01",
    "int": "1",
    "number": "1",
    "money": "1",
    "bool": "yes",
    "recurrence": "daily",
    "period": "2025",
    "length": "1d",
}
REFUSED = ["\ud800", "a\0b"]
KINDS = [path.stem for path in (Path(__file__).parents[2] / "records").glob("regulation/*/kinds/*.yaml")]
KINDS = sorted({*KINDS, "key_loan"})


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The office, with the kind of its own."""
    with pytest.MonkeyPatch.context() as patch:
        office = staffed(found_empty(tmp_path_factory.mktemp("naughty") / "records", MONDAY, patch))
        kinds = next((office.root / "regulation").glob("*/kinds"))
        shutil.copy(KEY_LOAN, kinds)
        office.git("add", "-A")
        office.git("-c", "user.name=李娜", "-c", "user.email=li.na@example.com", "commit", "-qm", "key_loan")
        plan = ("--code", "FLOOD", "--name", "防汛", "--type", "flood", "--steps", "关总阀")
        office("emergency_plan", "add", *plan)
        for post in ("leader", "service_officer", "finance_clerk", "activity_planner"):
            office("staff", "appoint", "li.na", "--post", post, "--since", "2026-01-01")
        yield office


def free_texts(fields: dict[str, Field]) -> list[Field]:
    """Where anything may be written."""
    return [
        item
        for item in fields.values()
        if item.type in {"line", "text"}
        and not (item.values or item.ref or item.derived or item.rows or item.stamp)
        and (not item.among or item.open)
    ]


def kept(item: Field, line: str, context: Context) -> str:
    """What the field makes of the line; "" where it is refused, in one sentence that repeats nothing private."""
    private = find_private(line) and item.sealed is None
    if private or any(sign in line for sign in "\0\ud800\udfff") or (item.type == "line" and _breaks(line)):
        with pytest.raises(BadInput) as refused:
            convert(item, line, context, context.now)
        said = str(refused.value)
        assert said.endswith(".")
        assert "\n" not in said
        assert not find_private(said)
        return ""
    value = convert(item, line, context, context.now)
    # Ends are cut off only where that is not the text itself: private values and names of lists.
    assert value == ("" if not line.strip() else line.strip() if item.sealed or item.among else line)
    return str(value)


def _breaks(line: str) -> bool:
    return "\n" in line or "\r" in line


@pytest.mark.parametrize("name", KINDS)
def test_each_line_in_each_free_text_comes_back_from_file_index_and_page(founded: Office, name: str) -> None:
    store = Store(founded.root)
    kind = store.kind_named(name)
    # A key's own texts are file names, and tried below.
    texts = [item for item in free_texts(dict(kind.fields)) if item.name != kind.key]
    lines = {item.name: found for item in kind.fields.values() if (found := free_texts(dict(item.rows or {})))}
    now = founded.now
    with store.writing("naughty"):
        session = store.session(now.date(), "en")
        context = Context(now, Actor("li.na", frozenset({"manager"})), session, "A")
        id_ = "naughty" if kind.key else session.number(kind, now)
        opening = next(action for action in kind.actions.values() if action.opens and action.name != "import")
        state = "active" if kind.is_register else next(iter(kind.states))
        record = applied(kind, Record(id_, name), Event(now - timedelta(hours=1), "li.na", opening.name, to=state))
        told: list[dict[str, str]] = []
        told_rows: list[dict[str, list[dict[str, str]]]] = []
        for turn, line in enumerate(LINES):
            values = {item.name: value for item in texts if (value := kept(item, line, context))}
            rows = {
                key: [{item.name: value for item in found if (value := kept(item, line, context))}]
                for key, found in lines.items()
            }
            told.append(values)
            told_rows.append(rows)
            sealed = {
                key: store.vault.seal(id_, key, value) if kind.fields[key].sealed else value
                for key, value in values.items()
            }
            rows = {
                key: [
                    {
                        column: store.vault.seal(id_, f"{key}.{column}", value)
                        if (kind.fields[key].rows or {})[column].sealed
                        else value
                        for column, value in row.items()
                    }
                    for row in cells
                ]
                for key, cells in rows.items()
            }
            note = line if line.isprintable() and not find_private(line) else ""
            at = now - timedelta(seconds=1000 - turn)
            record = applied(kind, record, Event(at, "li.na", "note", set=sealed, add=rows, note=note))
        record = derive(kind, record)
        who = Identity("李娜", "li.na@example.com")
        store.commit([Step(kind, None, record)], SYSTEM_ACTOR, who, who, now)

    read = Store(founded.root).record(id_, (name,))
    assert read == record._replace(history=read.history)
    assert [event.set for event in read.history] == [event.set for event in record.history]
    shown = founded.json(name, "show", id_)
    for event, values in zip(shown["history"][1:], told, strict=True):
        for key, value in values.items():
            if not kind.fields[key].sealed:
                assert event.get("set", {})[key] == value
    for event, values in zip(read.history[1:], told, strict=True):
        for key, value in event.set.items():
            assert value == values[key] or (is_sealed(value) and store.vault.open(value, id_, key) == values[key])
    listed = next(row for row in founded.json(name, "list", "--limit", "0") if row["id"] == id_)
    for item in texts:
        if item.name in record.fields and not item.sealed:
            assert shown[item.name] == listed[item.name] == record.fields[item.name]
    for key, found in lines.items():
        clear = [item.name for item in found if not item.sealed]
        wanted = [[row.get(column) for column in clear] for row in record.rows(key)]
        assert [[row.get(column) for column in clear] for row in shown[key]] == wanted
        assert [[row.get(column) for column in clear] for row in listed[key]] == wanted
    for event, rows in zip(read.history[1:], told_rows, strict=True):
        for key, added in event.add.items():
            for row, cells in zip(added, rows[key], strict=True):
                for column, value in row.items():
                    opened = store.vault.open(value, id_, f"{key}.{column}") if is_sealed(value) else value
                    assert opened == cells[column]
    assert founded.dirt() == ""


def row(item: Field) -> str:
    """A line with what it cannot be without."""
    needed = [column for name, column in (item.rows or {}).items() if name in item.key or column.must]
    return ",".join(f"{one.name}={next(iter(one.values or ()), BY_TYPE.get(one.type, 'x'))}" for one in needed)


def words(kind: Kind, store: Store) -> dict[str, str]:
    """What its opening asks, and what the choices made there need, filled in plainly."""
    opening = next(action for action in kind.actions.values() if action.opens and action.name != "import")
    asked, found = [*opening.asks], dict[str, str]()
    while asked:
        item = kind.fields[asked.pop()]
        names = item.values or (store.regulations.on(MONDAY.date()).names(item.among) if item.among else {})
        plain = BY_REF[item.ref[0]] if item.ref else BY_TYPE.get(item.type, "x")
        found[item.name] = row(item) if item.rows else next(iter(names), plain)
        asked += item.values[found[item.name]].needs if item.values else ()
    return found


@pytest.mark.parametrize("name", KINDS)
def test_what_is_typed_into_a_new_record_and_an_edit_comes_back(founded: Office, name: str) -> None:
    store = Store(founded.root)
    kind = store.kind_named(name)
    opening = next(action for action in kind.actions.values() if action.opens and action.name != "import")
    texts = {item.name for item in free_texts(dict(kind.fields)) if item.name in opening.fields} - {kind.key}
    plain = words(kind, store)

    def options(line: str) -> list[str]:
        given = {**plain, **dict.fromkeys(texts, line)} if line else plain
        return [part for key, value in given.items() for part in (f"--{key.replace('_', '-')}", value)]

    def same(record: dict[str, str], line: str) -> None:
        for key in texts:
            item = kind.fields[key]
            if not item.sealed:
                assert record[key] == (line.strip() if item.among else line)

    # Each kind takes its share, so that all of them are typed somewhere and the tests stay quick.
    share = TYPED[KINDS.index(name) % 3 :: 3]
    # Private values are compared as they are spelt at the counter, spaces apart: here they stay.
    open_texts = [key for key in sorted(texts) if not kind.fields[key].sealed]
    for turn, line in enumerate(share):
        if kind.key:
            plain[kind.key] = f"typed{turn}"
        if kind.named_by:
            plain["period"] = f"{2020 + turn}"
        made = founded.json(name, opening.name, *options(line), "--note", line)
        same(made, line)
        assert made["history"][0]["note"] == line
        again = f"·{line}·"
        changed = [part for key in open_texts for part in (f"--{key.replace('_', '-')}", again)]
        if changed:
            same(founded.json(name, "edit", made["id"], *changed), again)
    for line in REFUSED:
        if texts:
            founded.refused(name, opening.name, *options(line), code=2)
        founded.refused(name, opening.name, *options(""), "--note", line, code=2)


@pytest.mark.parametrize("name", [kind for kind in KINDS if kind in {"place", "staff"}])
def test_a_key_is_a_plain_file_s_name_or_refused(founded: Office, name: str) -> None:
    store = Store(founded.root)
    kind = store.kind_named(name)
    plain = words(kind, store)
    names = ["../../etc/passwd", "-", ".git", "a/b", "a\\b", "con:", "a.", "😀", "\u202ea", "a b", "a" * 65, "𠮷" * 60]
    context = Context(founded.now, Actor("li.na", frozenset({"manager"})), store.session(MONDAY.date(), "en"), "A")
    for line in [*LINES, *names]:
        given = Given(values={**plain, kind.key or "": line})
        try:
            made = advance(kind, None, "add", given, context)[0].after
        except (BadInput, Refused) as refused:
            said = str(refused)
        else:
            said = ""
        assert not find_private(said)
        if said:
            continue
        assert line not in names
        assert made.id == line
        path = record_path(kind, made.id, MONDAY.date())
        check_path(path)
        assert path == f"{name}/{line}.yaml"
        assert "/" not in line
        assert len(f"{line}.yaml".encode()) < 255


def test_a_list_of_them_is_imported_listed_and_exported_as_it_was(founded: Office) -> None:
    plan, table = founded.root.parent / "map.yaml", founded.root.parent / "list.csv"
    plan.write_text(
        "kind: ticket\nsource: 旧表\nkey: 编号\nopened: {column: 登记, format: '%Y-%m-%d %H:%M'}\n"
        "fields:\n  category: {default: complaint}\n  summary: 内容\n  location: 位置\n",
        "utf-8",
    )
    # Blanks at a cell's ends are no part of it, and a line is one line.
    lines = {
        f"N{turn}": line.strip()
        for turn, line in enumerate(LINES)
        if line.strip() and "\0" not in line and line.isprintable() | (not any(s in line for s in "\n\r\ud800\udfff"))
    }
    lines = {key: line for key, line in lines.items() if not find_private(line)}
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("编号", "登记", "内容", "位置"), *((key, "2026-10-01 09:00", line, line) for key, line in lines.items())]
        )
    founded("ticket", "import", str(table), "--map", str(plan))
    found = {row["origin_key"]: row for row in founded.json("ticket", "list", "--limit", "0") if "origin_key" in row}
    assert {key: found[key]["summary"] for key in lines} == lines
    assert {key: found[key]["location"] for key in lines} == lines
    exported = founded("ticket", "list", "--limit", "0", "--format", "csv")
    rows = {row[0]: row for row in csv.reader(io.StringIO(exported, newline=""))}
    place = next(iter(rows.values())).index("内容")
    for key, line in lines.items():
        cell = rows[found[key]["id"]][place]
        # The only sign that a spreadsheet's reader adds, or does not.
        assert cell in (line, f"'{line}")
        assert (cell == line) or line.lstrip("\ufeff\u200b\u202a\u202e\x1b")[:1] in "=+-@＝＋－＠\t\r" or "\x1b" in line
    assert founded.dirt() == ""
