"""The starter's kind files are sound, and no slip of the pen in one is silently accepted."""

from __future__ import annotations

from copy import deepcopy

import pytest

from pmcs.regulation.change import changed_meaning
from pmcs.regulation.shape import Source
from pmcs.regulation.sound import check
from pmcs.store.codec import decode_marked
from tests.core.world import KEY_LOAN, SHANGHAI, sources, starter

KINDS = [name for name in sources() if name.startswith("kinds/")]


def errors(files):
    return [problem for problem in check(files, SHANGHAI) if problem.severity == "error"]


def test_the_starter_is_sound():
    assert check(sources(), SHANGHAI) == []


@pytest.mark.parametrize("file", KINDS)
def test_each_file_builds_its_kind(file):
    name = file.removeprefix("kinds/").removesuffix(".yaml")
    kind = starter().kind(name)
    assert kind.name == name
    assert kind.openings
    assert {"note", "void"} <= kind.actions.keys()
    # What its opening asks of an assessment stands in its number.
    assert ({"edit", "correct"} <= kind.actions.keys()) == (name != "assessment")


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
        ("from: [lent], by", "from: lent, by", "25: from must be a list such as [a, b]."),
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
        ("number: YS", "number: YS\nupon: x", "upon is not a key here"),
        (
            "number: YS",
            "number: YS\nnamed_by: [key]",
            "4: key must be of type date",
        ),
        ("number: YS", "number: YS\nnamed_by: [due_bak]", "4: There is no field due_bak (did you mean due_back?)."),
        ("number: YS", "number: YS\nnamed_by: [due_back, contact]", "4: There is no field contact"),
        ("number: YS", "register: YS\nnamed_by: [due_back]", "4: named_by stands beside number"),
        ("renew:     {label: 续借,", "renew:     {label: 续借, named_by: [due_back],", "25: renew opens no record"),
        ("typed: return", "upon: give_back", "26: upon is done by the system; say by: [system]."),
        ("typed: return", "freed: true", "26: freed is done by the system; say by: [system]."),
        ("typed: return", "freed: true", "26: freed stands beside held: true."),
        (
            "from: [lent], by: [service_officer, security_guard], asks: [due_back]",
            "from: [lent], by: [system], held: true, freed: true",
            "25: renew would be done anew by every pmcs escalate; let it lead out of the states in its from.",
        ),
        ("{label: 用途}", "{label: 用途, total: {plus: [key]}}", "14: key is no number and cannot be reckoned with."),
        ("{label: 用途}", "{label: 用途, of: key, bands: {a: 0}}", "14: key is no number and cannot be reckoned with."),
        ("{label: 用途}", "{label: 用途, per: day}", "14: per stands beside a count of actions, not of lines."),
        (
            "{label: 用途}",
            "{label: 用途, rows: {at: {label: 时}}}\n  often: {label: 次, count: purpose, since: lent}",
            "15: since stands",
        ),
        ("signs: lender", "signs: purpose.doer", "24: There is no field purpose.doer"),
        ("{label: 经手人,   ref: staff}", "{label: 经手人, ref: staff, type: refs}", "24: lender holds several people"),
        ("one_open: [[key]]", "one_open: [[contact]]", "6: contact is private or holds several values"),
        ("one_open: [[key]]", "one_open: [key]", "6: one_open must be a list of lists such as [[a, b]]."),
        ("one_open: [[key]]", "apart: [[renew]]", "6: apart keeps one from others; name at least two."),
        ("one_open: [[key]]", "tree: key", "6: There is no key key."),
        ("columns:  [id,", "columns:  [idx,", "8: There is no field idx (did you mean id?)."),
        ("[key, borrower, purpose", "[key，borrower, purpose", "24: key，borrower holds a full-width sign"),
        ("[key, borrower, purpose", "[key、borrower, purpose", "24: key、borrower holds a full-width sign"),
        ('clause: "5.5"', "clause: “5.5”", "4: “5.5” holds a full-width sign"),
        ("type: time, not: past", "count: renew", "15: How often renew was done is counted as do.renew."),
    ],
)
def test_a_forgotten_or_wrong_line_is_said_with_its_number(old, new, sentence):
    found = said((old, new))
    assert found == [] if sentence is None else any(sentence in line for line in found), found


@pytest.mark.parametrize("of", ["length", "recurrence", "text"])
def test_what_no_file_can_be_called_names_no_record(of):
    named = ("number: YS", "number: YS\nnamed_by: [due_back, purpose]")
    assert not any("There is no field purpose" in line for line in said(named))
    found = said(named, ("{label: 用途}", f"{{label: 用途, type: {of}}}"))
    assert any("There is no field purpose" in line for line in found)


def test_an_approval_copies_neither_seals_nor_into_what_is_worked_out():
    states = ("  lost:     {", "  asking: {label: 待批}\n  lost:     {")
    field = ("{label: 用途}", "{label: 用途}\n  often: {label: 次数, count: do.renew}")
    line = "  a: {label: 甲, state: asking, from: [lent], by: [anyone], decide: [manager], copies: {COPIES}}"
    for copies, sentence in (
        ("purpose: key", None),
        ("purpose: contact", "contact is private and cannot be copied"),
        ("often: key", "often is worked out and cannot be given"),
    ):
        found = said(states, field, ("clocks:", f"approvals:\n{line.replace('COPIES', copies)}\n\nclocks:"))
        assert found == [] if sentence is None else any(sentence in line for line in found), found


def test_only_lines_under_a_key_can_be_ended_one_by_one():
    rows = "rows: {item: {label: 项}, until: {label: 止, type: date}}"
    rule = ("typed: return", "rules: [end_rows: {rows: purpose, column: until}]")
    assert said(("{label: 用途}", f"{{label: 用途, {rows}, key: [item]}}"), rule) == []
    assert any("purpose" in line for line in said(("{label: 用途}", f"{{label: 用途, {rows}}}"), rule))


def test_one_slip_is_one_sentence():
    (length,) = said(("until: due_back", "within: 3天"))
    assert length == "30: The length 3天 is not understood; write 3d office or 3d day."
    assert said(("kind: key_loan\n", "")) == ["1: kind is missing."]
    assert len(said(("one_open: [[key]]", "one_open: [key, borrower]"))) == 1


def test_letters_of_another_kind_are_told_where_both_are_written():
    texts = {FILE: TEXT.replace("number: YS", "number: T")}
    found = errors({**sources(), FILE: Source(FILE, *decode_marked(texts[FILE].encode(), FILE))})
    assert [(problem.file, str(problem.sentence)) for problem in found] == [
        (FILE, "The letters T are those of ticket; choose others."),
        ("kinds/ticket.yaml", "The letters T are those of key_loan; choose others."),
    ]


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


def test_what_an_action_brought_about_stays_or_old_events_came_of_nothing():
    sound = starter().kind("key_loan")
    less = sound.with_actions({**sound.actions, "lose": sound.actions["lose"]._replace(makes={})})
    assert list(changed_meaning(less, sound)) == []
    assert [str(sentence) for _, sentence in changed_meaning(sound, less)] == [
        "The action lose no longer brings about task, and histories may hold it."
    ]
