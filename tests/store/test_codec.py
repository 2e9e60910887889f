from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pmcs.errors import BadInput, Broken, Unable
from pmcs.store.codec import DEPTH, KEY_LIMIT, LIMIT, decode, decode_marked, encode

NAUGHTY = json.loads((Path(__file__).parents[1] / "data" / "blns.json").read_text(encoding="utf-8"))

TICKET = """\
id: T20261123-A01
kind: ticket
state: resolved
category: complaint
urgency: normal
place: 3-2-1201
resident: RA0312
contact: sealed:v1:T20261123-A01:9fJx/w+Q=
summary: 3号楼2单元电梯运行有异响
assignee: wang.qiang
due: {respond: 2026-11-23T14:42:04+08:00, resolve: 2026-11-26T09:12:04+08:00}
history:
- at: 2026-11-23T09:12:04+08:00
  by: li.na
  do: new
  to: registered
  set: {category: complaint, place: 3-2-1201, due: {respond: 2026-11-23T14:42:04+08:00}, contact: sealed:v1:x:y}
- at: 2026-11-23T09:13:10+08:00
  by: li.na
  do: inform
  set: {told_by: phone}
- at: 2026-11-23T16:20:00+08:00
  recorded: 2026-11-24T08:31:00+08:00
  by: wang.qiang
  do: resolve
  to: resolved
  note: |-
    更换导靴,试运行 30 分钟无异响。
    业主在场。
"""


def test_a_ticket_looks_as_people_expect_it_to():
    tree = decode(TICKET.encode(), "T20261123-A01.yaml")
    assert list(tree)[:3] == ["id", "kind", "state"]
    assert tree["due"] == {"respond": "2026-11-23T14:42:04+08:00", "resolve": "2026-11-26T09:12:04+08:00"}
    assert tree["history"][2]["note"] == "更换导靴,试运行 30 分钟无异响。\n业主在场。"
    assert encode(tree).decode() == TICKET


def test_an_inspection_with_rows_and_lists():
    tree = {
        "id": "I20261123-A02",
        "photos": ["a.jpg", "b.jpg"],
        "items": [
            {"item": "lamp", "result": "ok"},
            {"item": "pump", "result": "abnormal", "refs": ["W1", "W2"]},
            {"item": "door", "remark": "关不上\n已报修\n"},
        ],
        "none": [],
        "nothing": {},
        "deep": {"of": {"more": {"and": "more"}}, "lines": "a\n\nb"},
        "notes": ["一", "二\n三"],
        "grid": [["a", "b"], [["c"], "d"]],
        "history": [{"at": "1", "set": {"note": "a\nb", "rows": [{"a": "b"}]}}, {}, "odd"],
    }
    data = encode(tree)
    assert (
        data.decode()
        == """\
id: I20261123-A02
photos: [a.jpg, b.jpg]
items:
- {item: lamp, result: ok}
- {item: pump, result: abnormal, refs: [W1, W2]}
- item: door
  remark: |
    关不上
    已报修
none: []
nothing: {}
deep:
  of: {more: {and: more}}
  lines: |-
    a

    b
notes:
- 一
- |-
  二
  三
grid:
- [a, b]
- - [c]
  - d
history:
- at: 1
  set:
    note: |-
      a
      b
    rows:
    - {a: b}
- {}
- odd
"""
    )
    assert decode(data, "x") == tree


@pytest.mark.parametrize(
    "text",
    ["no", "012", "12:30", "2026-11-23", "~", "null", "true", "0x1F", "1e3", ".5", "-5", "1_000", "=", "3#",
     "李娜(客服)", "漏水，已处理。", "“好”", "😀", "𠮷野家", "C:\\pumps", "a - b", "it's", "5%", "a&b", "x=y",
     "１２：３０"],
)  # fmt: skip
def test_calm_text_is_written_without_quotes(text):
    assert encode({"a": text, "b": {"c": text}}).decode() == f"a: {text}\nb: {{c: {text}}}\n"
    assert decode(f"a: {text}\n".encode(), "x") == {"a": text}


@pytest.mark.parametrize(
    ("text", "alone", "inside"),
    [
        ("", "''", "''"),
        ("a: b", "'a: b'", "'a: b'"),
        ("a #b", "'a #b'", "'a #b'"),
        ("a, b", "a, b", "'a, b'"),
        ("[x]", "'[x]'", "'[x]'"),
        ("a]", "a]", "'a]'"),
        ("- a", "'- a'", "'- a'"),
        ("-", "'-'", "'-'"),
        ("---", "'---'", "'---'"),
        (" a ", "' a '", "' a '"),
        ("\u3000a", "'\u3000a'", "'\u3000a'"),
        ("it's: so", "'it''s: so'", "'it''s: so'"),
        ("*", "'*'", "'*'"),
        ("a\tb", '"a\\tb"', '"a\\tb"'),
        ("a\r\nb", '"a\\r\\nb"', None),
        ("\n", '"\\n"', None),
        ("a\n\n", '"a\\n\\n"', None),
        ("  a\nb", '"  a\\nb"', None),
        ("a\x85b", '"a\\x85b"', '"a\\x85b"'),
        ("a\u2028b", '"a\\u2028b"', '"a\\u2028b"'),
        ("\ufeffa", '"\\ufeffa"', '"\\ufeffa"'),
        ("\x00\x1b", '"\\x00\\x1b"', '"\\x00\\x1b"'),
        ('"\x01\\', '"\\"\\x01\\\\"', '"\\"\\x01\\\\"'),
    ],
)
def test_quotes_only_where_they_are_needed(text, alone, inside):
    tree = {"a": text, "b": {"c": text}}
    lines = encode(tree).decode().split("\n")
    assert lines[0] == f"a: {alone}"
    assert lines[1] == ("b:" if inside is None else f"b: {{c: {inside}}}")
    assert decode(encode(tree), "x") == tree


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.text(
    st.sampled_from(":,-?#&*!|>'\"%@`[]{}<=~. \n\t\r\x00\x85\u2028\u2029\ufeff\ufffe\u3000a0号：，。😀"), max_size=14
)
KEY = TEXT.filter(lambda text: len(text) <= KEY_LIMIT)
TREES = st.dictionaries(
    KEY | st.just("history"),
    st.recursive(TEXT, lambda below: st.lists(below, max_size=4) | st.dictionaries(KEY, below, max_size=4)),
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_every_tree_comes_back_as_it_was(tree):
    data = encode(tree)
    assert decode(data, "x") == tree
    assert decode_marked(data, "x")[0] == tree
    assert encode(decode(data, "x")) == data
    assert list(decode(data, "x")) == list(tree)


@settings(max_examples=60, deadline=None)
@given(TREES)
def test_another_yaml_reader_reads_the_same(tree):
    assert yaml.load(encode(tree).decode(), yaml.BaseLoader) == tree  # the reader in pure Python: other code


@pytest.mark.parametrize("text", NAUGHTY, ids=range(len(NAUGHTY)))
def test_the_big_list_of_naughty_strings(text):
    tree = {"a": text, "b": {"c": text, "d": [text]}, "e": [{"f": text, "g": text + "\n" + text}], text[:KEY_LIMIT]: ""}
    assert decode(encode(tree), "x") == tree


@pytest.mark.parametrize(
    ("written", "line", "said"),
    [
        ("a: b\nc:\n\td: e\n", 3, "a tab"),
        ("a: b\n\tc\n", 2, "a tab"),
        ("a: b\n状态：ok\nc: d\n", 2, "a full-width colon"),
        ("状态：ok\n编号：1\n", 1, "a full-width colon"),
        ("a: b\n状态：\n- x\n", 2, "a full-width colon"),
        ("a: b\nc: {状态：ok}\n", 2, "a full-width colon"),
        ("a: b\nc: {d: e，f: g}\n", 2, "a full-width comma"),
        ("a: b\nc: {d: 1，\n  f: g}\n", 2, "a full-width comma"),
        ("a: b: c\n", 1, "a second colon"),
        ("a: b\nc:d\ne: f\n", 2, "a key needs a colon"),
        ("a: b\nc: [d\ne: f\n", 2, "a bracket is not closed"),
        ("a: b\nc: 'd\n", 2, "a quote is not closed"),
        ("a: b\nc: @d\n", 2, "text that begins with @"),
        ('a: "C:\\pumps"\n', 1, "an unknown sign after"),
        ("  a: b\nc: d\n", 2, "indented less"),
        ("a:\n- b\nc:\n  - d\n  e: f\n", 5, "does not line up with the list"),
        ("a: b\n- c\n", 2, "does not line up with the keys"),
        ("a: }\n", 1, "this is no YAML"),
        ("a: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> theirs\n", 2, "a conflict mark of git"),
        ("a: b\nc: d\na: e\n", 3, "the key a stands here a second time"),
        ("a: {b: c, b: d}\n", 1, "the key b stands here a second time"),
        ("a: &x b\n", 1, "an anchor"),
        ("a: b\nc: &x {d: e}\n", 2, "an anchor"),
        ("a: b\nc: *a\n", 2, "an anchor"),
        ("*a : b\n", 1, "an anchor"),
        ("&x a: b\n", 1, "an anchor"),
        ("a: !!python/object:os.system b\n", 1, "a tag"),
        ("a: b\nc: ! [d]\n", 2, "a tag"),
        ("a: b\n<<: {c: d}\n", 2, "a merge key"),
        ("a: b\n---\nc: d\n", 2, "a second document"),
        ("- a\n", 1, "no mapping"),
        ("text\n", 1, "no mapping"),
        ("? [a]\n: b\n", 1, "a key must be text"),
        (f"{'k' * 121}: b\n", 1, "a key of more than 120"),
        ("a: " + "[" * 100_000, 1, "more than 20 levels"),
        ("\n".join(" " * depth + "a:" for depth in range(30)), 21, "more than 20 levels"),
        ("- " * 100_000, 1, "no mapping"),
        ("a: b\nc: d\x00\n", 2, "a character that no text holds"),
        ("a: b\nc: d\x01\n", 2, "a character that no text holds"),
        ("状态: 好\n".encode("gbk"), 1, "not UTF-8"),
        ("a: b\n".encode("utf-16"), 1, "not UTF-8"),
        (b"a: b\nc: \x89PNG\xff\n", 2, "not UTF-8"),
    ],
)
def test_a_bad_file_is_named_with_its_line_and_what_is_wrong(written, line, said):
    with pytest.raises(Broken) as refusal:
        decode(written if isinstance(written, bytes) else written.encode(), "ticket/x.yaml")
    message = str(refusal.value)
    assert message.startswith(f"ticket/x.yaml, line {line}: ")
    assert said in message
    assert re.fullmatch(r"[^\n]+\.", message)


@pytest.mark.parametrize("written", [b"", b"\n\n", b"# only a remark\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_told(written):
    with pytest.raises(Broken, match=r"^x\.yaml is empty"):
        decode(written, "x.yaml")


def test_a_file_that_is_too_large_is_not_even_parsed():
    with pytest.raises(Broken, match="larger than 4 MiB"):
        decode(b"[" * (LIMIT + 1), "x.yaml")
    with pytest.raises(BadInput, match="4 MiB"):
        encode({"a": "漏" * (LIMIT // 3)})


def test_bombs_cost_nothing():
    bomb = "a: &a [x]\n" + "".join(f"b{n}: &b{n} [{', '.join(['*a'] * 10)}]\n" for n in range(50))
    spaces = "a: [b c]: d" + " " * 200_000 + "[" * 200_000
    began = time.perf_counter()
    for written in (bomb, spaces, "a: " + "{" * 1_000_000, "a: 'x" + "[" * 1_000_000, "- " * 1_000_000):
        with pytest.raises(Broken):
            decode(written.encode(), "x.yaml")
    assert time.perf_counter() - began < 2


def test_files_from_other_editors_are_read():
    assert decode("\ufeff状态: 好\r\n备注: |-\r\n  一\r\n  二\r\n".encode(), "x") == {"状态": "好", "备注": "一\n二"}
    assert decode(b"---\n# remark\na: b # why\nc:\n...\n", "x") == {"a": "b", "c": ""}
    assert decode("摘要: 说明：漏水，已修\n".encode(), "x") == {"摘要": "说明：漏水，已修"}


def test_what_cannot_be_read_back_is_not_written():
    with pytest.raises(BadInput, match="cannot be stored"):
        encode({"a": "\ud83d"})
    with pytest.raises(BadInput, match="120 characters"):
        encode({"k" * (KEY_LIMIT + 1): "a"})


@pytest.mark.parametrize("kind", [lambda below: {"k": below}, lambda below: [below], lambda below: ["a\nb", below]])
def test_what_is_written_is_as_deep_as_what_is_read(kind):
    tree = "x"
    for _ in range(DEPTH - 1):
        tree = kind(tree)
    assert decode(encode({"k": tree}), "x") == {"k": tree}
    with pytest.raises(BadInput, match="levels"):
        encode({"k": kind(tree)})


def test_a_machine_without_libyaml_is_told_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml._yaml", None)
    with pytest.raises(Unable, match="libyaml"):
        decode(b"a: b\n", "x")


def test_lines_of_a_regulation_file():
    written = """\
kind: key_loan
# a remark

fields:
  key: {label: 钥匙, warns: [7d, 1d]}
  due_back:
    label: 应还时间
    steps:
    - first
    - second: a
      third: b
    -
actions: {new: {label: 借出,
  to: lent}}
""".encode()
    tree, lines = decode_marked(written, "key_loan.yaml")
    assert tree == decode(written, "key_loan.yaml")
    assert lines == {
        (): 1,
        ("kind",): 1,
        ("fields",): 4,
        ("fields", "key"): 5,
        ("fields", "key", "label"): 5,
        ("fields", "key", "warns"): 5,
        ("fields", "key", "warns", 0): 5,
        ("fields", "key", "warns", 1): 5,
        ("fields", "due_back"): 6,
        ("fields", "due_back", "label"): 7,
        ("fields", "due_back", "steps"): 8,
        ("fields", "due_back", "steps", 0): 9,
        ("fields", "due_back", "steps", 1): 10,
        ("fields", "due_back", "steps", 1, "second"): 10,
        ("fields", "due_back", "steps", 1, "third"): 11,
        ("fields", "due_back", "steps", 2): 12,
        ("actions",): 13,
        ("actions", "new"): 13,
        ("actions", "new", "label"): 13,
        ("actions", "new", "to"): 14,
    }
