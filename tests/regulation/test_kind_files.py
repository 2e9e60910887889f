"""The starter's kind files are sound, and no slip of the pen in one is silently accepted."""

from __future__ import annotations

from copy import deepcopy
from functools import cache

import pytest

from pmcs.regulation.change import changed_meaning
from pmcs.regulation.ground import Names
from pmcs.regulation.kind_file import read_kind
from pmcs.regulation.meaning import check_kind
from pmcs.regulation.own import completed
from pmcs.regulation.shape import Reader, Source
from pmcs.regulation.sound import check
from pmcs.store.codec import decode_marked
from tests.core.world import KEY_LOAN, SHANGHAI, sources, starter

KINDS = [name for name in sources() if name.startswith("kinds/")]
PLAIN = {
    "type",
    "not",
    "open",
    "holds",
    "held",
    "sealed",
    "must",
    "done",
    "end",
    "within",
    "warns",
    "min",
    "max",
    "kind",
}
"""Keys whose value is no name, and yet one of few or of a certain form."""
FREE = PLAIN | {"label", "title", "help", "typed", "number", "register", "default"}
"""Keys whose value is no name of anything else."""
MEANT = "did you mean {}?"
SHARE = "{}x is no share of the time"
DECLARES = {("fields",), ("states",), ("actions",), ("approvals",), ("clocks",)}


def errors(files):
    return [problem for problem in check(files, SHANGHAI) if problem.severity == "error"]


@cache
def names():
    lists = {name[6:-5] for name in sources() if name.startswith("lists/")}
    return Names(
        {kind.name: kind for kind in starter().kinds},
        tuple(starter().posts),
        frozenset(starter().clauses),
        frozenset(lists),
    )


def alone(source):
    """The errors of one kind file beside the sound others."""
    reader = Reader(source)
    kind = completed(read_kind(reader), ())
    check_kind(reader, kind, names()._replace(kinds={**names().kinds, source.file[6:-5]: kind}))
    return [problem for problem in reader.problems if problem.severity == "error"]


def test_the_starter_is_sound():
    assert check(sources(), SHANGHAI) == []


@pytest.mark.parametrize("file", KINDS)
def test_each_file_builds_its_kind(file):
    name = file.removeprefix("kinds/").removesuffix(".yaml")
    kind = starter().kind(name)
    assert kind.name == name
    assert kind.openings
    assert {"note", "edit", "correct", "void"} <= kind.actions.keys()


# Every slip -------------------------------------------------------------------------------------------------------


def role(path, node):
    """What the last step of a path is: a word of the language, a declared name, a reference, or free text.

    `node` is the mapping or list that the last step is in.
    """
    head, last = path[:-1], path[-1]
    if head in DECLARES or (head and head[-1] in {"rows", "bands"}):
        return "declared"
    if head and head[-1] == "values":
        return "declared"
    if not head or (len(head) == 2 and (head[:1],) and (head[0],) in DECLARES):
        return "language"
    if len(head) == 4 and head[2] == "rows":
        return "language"
    if "values" in head and isinstance(node, dict) and "label" in node:
        return "language"
    if head[-1] == "total" or (len(head) > 1 and head[-2] == "also"):
        return "language"
    return "reference" if last not in ("zh_CN", "en") else "free"


def keys(node, path=()):
    """Every key of a tree that is a word of the language or refers to a name."""
    if isinstance(node, dict):
        for key, inner in node.items():
            here = (*path, key)
            what = role(here, node)
            if what in {"language", "reference"} and not set(path) & {"label", "title"}:
                yield here
            yield from keys(inner, here)
    elif isinstance(node, list):
        for place, inner in enumerate(node):
            yield from keys(inner, (*path, place))


def plain(node, path=()):
    """Every text of a tree that must have a certain form."""
    for step, inner in node.items() if isinstance(node, dict) else enumerate(node):
        here = (*path, step)
        if isinstance(inner, dict | list):
            yield from plain(inner, here)
        elif path[-1:] != ("values",) and ((PLAIN & set(here)) - {"kind"} or here == ("kind",)):
            yield here


def leaves(node, path=()):
    """Every text of a tree that refers to a name."""
    if isinstance(node, dict):
        for key, inner in node.items():
            if key not in FREE and not (path and path[-1] in {"values", "bands", "within", "label", "title"}):
                yield from leaves(inner, (*path, key))
            elif isinstance(inner, dict) and path and path[-1] == "values":
                yield from leaves(inner.get("needs", []), (*path, key, "needs"))
    elif isinstance(node, list):
        for place, inner in enumerate(node):
            yield from leaves(inner, (*path, place))
    elif "warns" not in path:
        yield path


def slips(file):
    """Where one x too many can be typed: a path, and whether it is the key or the value there."""
    tree = sources()[file].tree
    return [*((path, True) for path in keys(tree)), *((path, False) for path in leaves(tree))]


def misspelled(source, path, *, key):
    """The same file with one x too many, and every line where it was."""
    tree, lines = deepcopy(source.tree), dict(source.lines)
    parent = tree
    for step in path[:-1]:
        parent = parent[step]
    if not key:
        word = parent[path[-1]]
        parent[path[-1]] = f"{word}x"
        return Source(source.file, tree, lines), word
    word = path[-1]
    renamed = {f"{name}x" if name == word else name: inner for name, inner in parent.items()}
    parent.clear()
    parent.update(renamed)
    size = len(path)
    lines = {
        (*path[:-1], f"{word}x", *where[size:]) if where[:size] == path else where: line
        for where, line in lines.items()
    }
    return Source(source.file, tree, lines), word


@pytest.mark.parametrize("file", KINDS)
def test_every_misspelling_is_refused_with_its_line_and_the_name_that_was_meant(file):
    accepted = {}
    for path, key in slips(file):
        source, word = misspelled(sources()[file], path, key=key)
        found = alone(source)
        line = sources()[file].lines[path]
        word = word.rpartition(".")[2] if path[-1] == "count" else word
        meant = SHARE.format(word) if key and path[-2:-1] == ("escalates",) else MEANT.format(word)
        if not any(problem.line == line and meant in str(problem.sentence) for problem in found):
            accepted[path, key] = [(problem.line, str(problem.sentence)) for problem in found]
    assert accepted == {}


@pytest.mark.parametrize("file", KINDS)
def test_every_value_of_a_certain_form_is_refused_in_any_other(file):
    accepted = []
    for path in plain(sources()[file].tree):
        source, _ = misspelled(sources()[file], path, key=False)
        line = sources()[file].lines[path]
        if not any(problem.line == line for problem in alone(source)):
            accepted.append(path)
    assert accepted == []


# Forgotten lines and wrong ones -----------------------------------------------------------------------------------

FILE = "kinds/key_loan.yaml"
TEXT = KEY_LOAN.read_text(encoding="utf-8")


def said(*changes, severity="error"):
    """What the check says of 钥匙借用 with some of its text replaced: `line: sentence`."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    source = Source(FILE, *decode_marked(text.encode(), FILE))
    found = check({**sources(), FILE: source}, SHANGHAI)
    return [
        f"{problem.line}: {problem.sentence}"
        for problem in found
        if (problem.file, problem.severity) == (FILE, severity)
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "from: [lent], by",
            "by",
            "25: renew says nowhere from which states it is possible (from: [...] or from: open).",
        ),
        (
            "from: [lent], by: [service_officer, security_guard], asks",
            "from: [lent], asks",
            "25: renew says nowhere who may do it",
        ),
        ("from: [lent], by", "from: opne, by", "25: There is no list of states opne (did you mean open?)."),
        ("from: [lent], by", "from: lent, by", "25: There is no list of states lent"),
        ("to: lent, by", "by", "24: new opens a record and must say in which state (to: ...)."),
        ("to: lent, by", "from: [lent], to: lent, by", "24: new opens a record and has no from."),
        ("{label: 借出, to", "{to", "24: new has no label."),
        ("number: YS\n", "", "1: A kind has exactly one of number (dated records), register or key."),
        ("number: YS", "number: T", "3: The letters T are those of ticket; choose others."),
        ("number: YS", "number: yes", "3: number must be one to three capital letters."),
        ("title: 钥匙借用\n", "", "1: title is missing."),
        (
            "kind: key_loan",
            "kind: key_loans",
            "1: The file is called key_loan, so its kind is key_loan, not key_loans.",
        ),
        (", end: true}\n  lost", "}\n  lost", None),
        ("typed: return", "typed: renew", "give_back is typed renew, as renew is; give one of them another typed."),
        ("until: due_back", "until: purpose", "30: purpose must be of type date, time."),
        ("until: due_back, ", "", "30: The clock give_back has neither within nor until."),
        ("starts: [new, renew]", "starts: []", "30: The clock give_back never starts"),
        ("starts: [new, renew]", "starts: [new, lost]", "30: lost is an end, where every clock stops"),
        ("{100: manager}", "{100: purpose}", "30: purpose holds no person (ref: staff)."),
        (
            "until: due_back",
            "until: due_back, within: 3天",
            "30: The length 3天 is not understood; write 3d office or 3d day.",
        ),
        ("signs: lender", "signs: purpose", "24: purpose holds no person (ref: staff)."),
        ("{what: note}", "{what: contact}", "27: contact is private and cannot be copied; ask for it anew."),
        ("{what: note}", "{deadlin: due_back}", "27: There is no field deadlin (did you mean deadline?)."),
        ("asks: [note], makes", "asks: [make, note], makes", None),
        ("asks: [due_back]}", "asks: [make]}", "25: There is no field make"),
        ("{label: 用途}", "{label: 用途, min: 3}", "14: purpose is no number, so it has no min."),
        ("{label: 用途}", "{label: 用途, type: int, min: three}", "14: min must be a number, not three."),
        ("{label: 用途}", "{label: 用途, type: int, default: many}", "14: purpose cannot begin as many."),
        ("{label: 用途}", "{label: 用途, values: {a: {needs: [contact]}}}", "14: a has no label."),
        ("{label: 用途}", "{label: 用途, bands: {a: 0}}", "14: purpose has bands, but no of"),
        ("{label: 用途}", "{label: 用途, of: key, bands: {a: low}}", "14: a must be a number, not low."),
        ("  purpose: ", "  id: ", "14: id is a name of the engine's own; choose another."),
        ("  lost: ", "  void: ", "21: void is a name of the engine's own; choose another."),
        ("  lost: ", "  lose: ", "27: lose is a state and an action; name one of them otherwise."),
        ("  renew: ", "  edit: ", "25: edit is a name of the engine's own; choose another."),
        ("to: lost", "to: returned", "21: No action leads to the state lost."),
        ("from: [lent], to: lost", "from: [lost], to: lost", "21: No action leads to the state lost."),
        ("number: YS", "number: YS\nupon: x", "upon is not carried out by this version of pmcs yet."),
        ("typed: return", "upon: give_back", "upon is not carried out by this version of pmcs yet."),
        ("one_open: [[key]]", "one_open: [key]", "6: one_open must be a list such as [a, b]."),
        ("one_open: [[key]]", "apart: [[renew]]", "6: apart keeps one from others; name at least two."),
        ("one_open: [[key]]", "tree: key", "6: There is no key key."),
        ("columns:  [id,", "columns:  [idx,", "8: There is no field idx (did you mean id?)."),
    ],
)
def test_a_forgotten_or_wrong_line_is_said_with_its_number(old, new, sentence):
    found = said((old, new))
    assert found == [] if sentence is None else any(sentence in line for line in found), found


def test_every_error_of_a_file_comes_at_once():
    found = said(("to: lent, by", "by"), ("until: due_back", "until: due_bakc"), ("columns:  [id,", "columns:  [idx,"))
    assert [line.partition(":")[0] for line in found] == ["8", "24", "30"]
    found = said(("promise:  give", "promisse: give"), ("until: due_back", "until: due_bakc"))
    assert [line.partition(":")[0] for line in found] == ["7", "30"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "stops: [renew, give_back, lose]",
            "stops: []",
            "30: Only an end stops the clock give_back; is a stops: missing?",
        ),
        (
            "from: [lent], by: [service_officer, security_guard]",
            "from: [lent], by: [anyone]",
            "25: Anyone on the staff may do renew",
        ),
        ("{label: 用途}", "{label: 用途, type: money}", "1: There is money or an approval here and no apart"),
        ("takes: [contact], ", "", "13: No action writes contact."),
    ],
)
def test_what_was_probably_forgotten_is_a_warning(old, new, sentence):
    assert any(sentence in line for line in said((old, new), severity="warning"))
    assert said((old, new)) == []


APPROVAL = """approvals:
  a: {label: 甲, state: asking, from: [lent], by: [anyone], decide: [manager]}
  b: {label: 乙, state: STATE, from: [FROM], by: [anyone], decide: [manager]}

clocks:"""


def test_one_state_waits_for_one_decision_and_remembers_one_step():
    states = ("  lost:     {", "  asking: {label: 待批}\n  second: {label: 再批}\n  lost:     {")
    sound = APPROVAL.replace("STATE", "second").replace("FROM", "lent")
    assert said(states, ("clocks:", sound)) == []
    twice = APPROVAL.replace("STATE", "asking").replace("FROM", "lent")
    assert any("a waits in asking already" in line for line in said(states, ("clocks:", twice)))
    nested = APPROVAL.replace("STATE", "second").replace("FROM", "asking")
    assert any("b leads from asking to second, and both go back" in line for line in said(states, ("clocks:", nested)))


def test_a_kind_that_does_not_parse_as_a_table_is_no_traceback():
    for text in ("kind: key_loan\n", "fields: x\nactions: [a]\nstates: 1\n", "kind: {a: b}\napprovals: {a: [x]}\n"):
        source = Source(FILE, *decode_marked(text.encode(), FILE))
        assert errors({**sources(), FILE: source})
    for path in [
        ("fields",),
        ("states",),
        ("actions",),
        ("clocks",),
        ("apart",),
        ("actions", "new"),
        ("fields", "key"),
    ]:
        for wrong in ("x", ["x"], {"x": "y"}, {"x": ["y"]}, {"x": {"y": "z"}}, [["x"]]):
            tree = deepcopy(sources()[FILE].tree)
            inner = tree
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = wrong
            assert errors({**sources(), FILE: Source(FILE, tree, {(): 1})}), (path, wrong)


def test_an_action_possible_in_fewer_states_would_unsay_old_events():
    sound = starter().kind("key_loan")
    action = sound.actions["give_back"]
    wider = sound.with_actions({**sound.actions, "give_back": action._replace(start=("lent", "lost"))})
    assert list(changed_meaning(sound, wider)) == []
    assert [str(sentence) for _, sentence in changed_meaning(wider, sound)] == [
        "The action give_back is possible in fewer states than before, and histories may hold it."
    ]
