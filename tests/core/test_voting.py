"""Thresholds of meetings: exact to the last owner and the last hundredth of a square metre (民法典 278)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.core.voting import Threshold
from pmcs.errors import NotFound, PmcsError, Refused
from pmcs.regulation.shape import Source
from pmcs.regulation.sound import check
from pmcs.regulation.version import Regulation
from pmcs.store.codec import decode_marked
from tests.core.world import FIRST_DAY, SHANGHAI, STARTER, founded, sources, starter

FILE = "voting.yaml"
TEXT = (STARTER / FILE).read_text("utf-8")
MANAGER = "chen.jing"

# Reckoning ---------------------------------------------------------------------------------------------------------

shares = st.tuples(st.integers(1, 999), st.integers(1, 999)).filter(lambda share: share[0] <= share[1])


def decimal(cents):
    """Hundredths as a record writes them: 12.3, not 12.30."""
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")


@given(shares, st.booleans(), st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_share_is_what_cross_multiplication_says(share, beyond, part, whole):
    above, below = share
    right = part > 0 and (part * below > above * whole if beyond else part * below >= above * whole)
    threshold = Threshold(Fraction(above, below), beyond)
    assert threshold.met(str(part), str(whole)) == right
    assert threshold.met(decimal(part), decimal(whole)) == right  # a unit of both changes nothing


@given(shares, st.booleans(), st.integers(1, 10**6))
def test_exactly_the_share_is_enough_where_it_need_only_be_reached(share, beyond, times):
    above, below = share
    threshold = Threshold(Fraction(above, below), beyond)
    assert threshold.met(decimal(above * times), decimal(below * times)) != beyond
    assert threshold.met(decimal(above * times + 1), decimal(below * times))
    assert not threshold.met(decimal(above * times - 1), decimal(below * times))


# The file ----------------------------------------------------------------------------------------------------------


def test_the_starter_says_what_the_law_says():
    assembly, committee, liaison = (starter().voting(name) for name in ("assembly", "committee", "liaison"))
    said = {name: (needed.number, needed.area) for name, needed in assembly.decides.items()}
    assert assembly.quorum[:2] == (Threshold(Fraction(2, 3)),) * 2
    assert said == {"ordinary": (Threshold(Fraction(1, 2), True),) * 2, "weighty": (Threshold(Fraction(3, 4)),) * 2}
    assert assembly.ballots
    assert set(assembly.counted) == {"owners", "area", "present_area"}
    assert committee.quorum[:2] == (Threshold(Fraction(1, 2), True), None)
    assert all(needed.of_all and needed.area is None for needed in committee.decides.values())
    assert list(committee.counted) == ["owners"]
    assert (liaison.quorum, liaison.decides, liaison.ballots) == (None, {}, False)


def said_of(text, severity="error"):
    source = Source(FILE, *decode_marked(text.encode(), FILE))
    found = check({**sources(), FILE: source}, SHANGHAI)
    return [f"{item.line}: {item.sentence}" for item in found if (item.file, item.severity) == (FILE, severity)]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('number: ">= 2/3"', "number: 2/3", '8: number must be a share such as ">= 2/3" or "> 1/2", not 2/3.'),
        ('number: ">= 2/3"', 'number: "≥ 2/3"', '8: number must be a share such as ">= 2/3" or "> 1/2", not ≥ 2/3.'),
        ('number: ">= 2/3"', 'number: ">= 0.67"', "8: number must be a share"),
        ('number: ">= 2/3"', 'number: ""', "8: number must be a share such as"),
        ('number: ">= 2/3"', 'number: ">= 3/2"', "8: >= 3/2 is a share that nobody can miss, or nobody reach."),
        ('number: ">= 2/3"', 'number: "> 1/1"', "8: > 1/1 is a share that nobody can miss, or nobody reach."),
        ('number: ">= 2/3"', 'number: ">= 0/3"', "8: >= 0/3 is a share that nobody can miss, or nobody reach."),
        ('number: ">= 2/3"', 'number: ">= 2/0"', "8: >= 2/0 is a share that nobody can miss, or nobody reach."),
        ('number: ">= 2/3", ', "", '8: It does not say how many people; write number: "> 1/2".'),
        ('area: ">= 2/3"', 'aera: ">= 2/3"', "8: aera is not a key here (did you mean area?)."),
        ('area: ">= 2/3"}', 'area: ">= 2/3", of: all}', "8: of is not a key here"),
        ("  ordinary:", "  ordinery:", "9: ordinery is not a key here (did you mean ordinary?)."),
        ('">= 3/4", area: ">= 3/4"', '">= 2/5", area: ">= 3/4"', "10: assembly decides weighty matters by less than"),
        (', area: ">= 3/4"', "", "10: assembly decides weighty matters by less than ordinary ones; exchange the two."),
        ("ballots:  true", "ballots:  maybe", "11: ballots must be true or false."),
        (", of: all}", ", of: everybody}", "16: There is no choice everybody (there are present, all)."),
        (", of: all}", ', of: ""}', "16: There is no choice  (there are present, all)."),
        ("committee:", "comittee:", "14: There is no choice comittee (did you mean committee?)."),
        ("liaison: {}", "liaison: []", "20: liaison must be a list of names with values ({name: value})."),
        ('{number: "> 1/2"}', "2/3", "15: quorum must be a list of names with values ({name: value})."),
    ],
)
def test_what_is_wrong_in_it_is_named_with_its_line(old, new, sentence):
    assert old in TEXT
    found = said_of(TEXT.replace(old, new, 1))
    assert any(item.startswith(sentence) for item in found), found


def test_a_majority_of_no_columns_is_refused_where_it_is_written():
    name = "kinds/meeting.yaml"
    text = (STARTER / name).read_text("utf-8")
    line = next(place for place, one in enumerate(text.splitlines(), 1) if "majority: {body" in one)
    wrong = text.replace("numbers: [agreed, against, abstained]", "numbers: []", 1)
    found = check({**sources(), name: Source(name, *decode_marked(wrong.encode(), name))}, SHANGHAI)
    assert [(item.line, str(item.sentence)) for item in found] == [(line, "The rule majority lacks numbers.")]


def test_a_body_of_which_nothing_is_said_is_a_warning():
    found = said_of(TEXT.replace("liaison: {}", ""), "warning")
    assert found == ["1: Nothing is said of liaison, so no such meeting can be counted."]


@pytest.mark.parametrize(("left", "named"), [(None, "has no voting.yaml"), ("assembly", "says nothing of committee")])
def test_without_the_file_all_works_but_the_count(left, named):
    trees = {name: source.tree for name, source in sources().items()}
    trees[FILE] = {left: trees[FILE][left]} if left else trees.pop(FILE)
    if left is None:
        del trees[FILE]
    office = founded(Regulation(FIRST_DAY, trees, SHANGHAI))
    agenda = [{"item": "1", "topic": "换届", "majority": "ordinary"}]
    values = {"body": "committee", "name": "例会", "held_on": "2026-11-23", "agenda": agenda}
    id_ = office.act(MANAGER, "meeting.new", "2026-11-20 09:00", **values).id
    with pytest.raises(NotFound, match=named):
        office.act(MANAGER, "meeting.count", "2026-11-23 09:00", on=id_, present="4", owners="7")


# The rules ---------------------------------------------------------------------------------------------------------


def meeting(body="committee", *classes):
    office = founded()
    rows = [{"item": str(place), "topic": f"议题{place}", "majority": of} for place, of in enumerate(classes, 1)]
    values = {"body": body, "name": "会", "held_on": "2026-11-23", "agenda": rows}
    return office, office.act(MANAGER, "meeting.new", "2026-11-20 09:00", **values).id


def test_more_than_half_of_the_members_come_and_at_least_half_of_all_agree():
    """Of eight members four are no quorum; of five that came three agree, fewer than half of all; four are half."""
    office, id_ = meeting("committee", "ordinary", "none", "weighty")
    assert office.act(MANAGER, "meeting.count", "2026-11-23 09:00", on=id_, present="4", owners="8").state == "failed"
    office.act(MANAGER, "meeting.recount", "2026-11-23 09:10", on=id_, present="5", note="又到一人")
    for minute, (item, agreed, result) in enumerate([("1", "3", "failed"), ("3", "5", "passed"), ("1", "4", "passed")]):
        votes = [{"item": item, "agreed": agreed, "against": "0", "abstained": "0"}]
        record = office.act(MANAGER, "meeting.vote", f"2026-11-23 10:0{minute}", on=id_, votes=votes)
        assert {row["item"]: row.get("result") for row in record.rows("votes")}[item] == result
    assert [row["item"] for row in record.rows("votes")] == ["1", "3"]
    assert record.get("passed") == "2"
    assert office.honest()


def test_a_liaison_meeting_has_no_quorum_decides_nothing_and_is_filed():
    office, id_ = meeting("liaison", "none", "ordinary")
    with pytest.raises(Refused, match="Item 2 is voted on, and 沟通会 does not decide that"):
        office.act(MANAGER, "meeting.count", "2026-11-23 09:00", on=id_, present="3")
    office.act(
        MANAGER, "meeting.edit", "2026-11-23 09:01", on=id_, agenda=[{"item": "2", "topic": "x", "majority": "none"}]
    )
    assert office.act(MANAGER, "meeting.count", "2026-11-23 09:02", on=id_, present="3").state == "opened"
    record = office.act(MANAGER, "meeting.close", "2026-11-23 10:00", on=id_, minutes=["纪要.pdf"])
    assert (record.state, record.due, record.rows("votes")) == ("filed", {}, [])
    assert office.honest()


def test_what_kind_of_meeting_it_is_is_settled_at_the_call():
    office, id_ = meeting("liaison", "none")
    for do in ("edit", "correct"):
        with pytest.raises(Refused, match="body decided how"):
            office.act(MANAGER, f"meeting.{do}", "2026-11-23 09:00", on=id_, body="assembly", note="改")


def test_an_agenda_changed_after_the_count_is_counted_anew():
    office, id_ = meeting("committee", "ordinary")
    office.act(MANAGER, "meeting.count", "2026-11-23 09:00", on=id_, present="5", owners="7")
    votes = [{"item": "1", "agreed": "5", "against": "0", "abstained": "0"}]
    office.act(MANAGER, "meeting.vote", "2026-11-23 09:01", on=id_, votes=votes)
    agenda = [{"item": "1", "topic": "改用途", "majority": "weighty"}]
    office.act(MANAGER, "meeting.edit", "2026-11-23 09:02", on=id_, agenda=agenda)
    with pytest.raises(Refused, match=f"Not voted on yet in {id_}: item 1; enter the votes, or count anew"):
        office.act(MANAGER, "meeting.close", "2026-11-23 09:03", on=id_, minutes=["纪要.pdf"])
    record = office.act(MANAGER, "meeting.recount", "2026-11-23 09:04", on=id_, present="5", note="议程有改")
    assert record.rows("votes") == [{"item": "1", "topic": "改用途", "majority": "weighty"}]
    office.act(MANAGER, "meeting.vote", "2026-11-23 09:05", on=id_, votes=votes)
    assert office.act(MANAGER, "meeting.close", "2026-11-23 09:06", on=id_, minutes=["纪要.pdf"]).state == "ended"
    assert office.faults(id_) == []


def test_run_again_over_what_they_wrote_the_rules_write_the_same():
    from pmcs.core.flow import with_facts
    from pmcs.core.fold import advanced

    office, id_ = meeting("committee", "ordinary", "none")
    office.act(MANAGER, "meeting.count", "2026-11-23 09:00", on=id_, present="3", owners="7")
    office.act(MANAGER, "meeting.recount", "2026-11-23 09:05", on=id_, present="5", note="又到两人")
    votes = [{"item": "1", "agreed": "4", "against": "1", "abstained": "0"}]
    record = office.act(MANAGER, "meeting.vote", "2026-11-23 09:10", on=id_, votes=votes)
    kind, before = office.kind("meeting"), None
    for event in record.history:
        if before:
            context = office.context(MANAGER, "2026-11-23 10:00")
            assert with_facts(kind, before, kind.actions[event.do], event, context) == event
        before = advanced(kind, before or record._replace(state="", previous="", fields={}, due={}, history=()), event)


def test_a_vote_on_what_is_not_put_to_the_vote_is_refused_wherever_it_comes_from():
    """The engine refuses what is typed; what is written into the file comes to the rule itself."""
    from pmcs.core.flow import with_facts

    office, id_ = meeting("committee", "ordinary", "none")
    record = office.act(MANAGER, "meeting.count", "2026-11-23 09:00", on=id_, present="5", owners="7")
    kind = office.kind("meeting")
    for item in ("2", "9"):
        row = {"item": item, "agreed": "4", "against": "0", "abstained": "0"}
        event = record.history[-1]._replace(do="vote", to=None, set={}, add={}, row={"votes": [row]})
        with pytest.raises(PmcsError, match=f"Item {item} is not put to the vote"):
            with_facts(kind, record, kind.actions["vote"], event, office.context(MANAGER, "2026-11-23 10:00"))
