"""The named rules of a kind as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pmcs.core.kind import Field, Kind, RuleCall
from pmcs.core.length import parse_length
from pmcs.core.rules import RULES
from pmcs.errors import Sentence
from pmcs.regulation.explaining_words import Line, Said, Teller, length_words

_RULES = {
    "later_date": Sentence("{date} must be later than {than}"),
    "end_rows": Sentence("lines of {rows} that are still open in {column} end today"),
    "settled_stay": Sentence("lines of {rows} that have {column} already are not taken over"),
    "each_row": Sentence("there are lines of {rows}, and each has {has}"),
    "link_done": Sentence("a {kind} that names this record has come to {state} since the last time it was {since}"),
    "holds_licence": Sentence("{person} has the licence {licence}, in force on that day"),
    "hand_over": Sentence("all work of this person that is not done becomes that of {to}, in the same commit"),
    "rests_on": Sentence("what {link} of {rows} cites is about this person ({whose}), and settled"),
    "trained": Sentence(
        "a finding for everybody in use who came ({rows}: {person}, {attended} {came}) to no {kind} that entered {held}"
        " within {within}"
    ),
    "assessment_figures": Sentence(
        "{figures} and what is left for {marks} are worked out from the records of {person} in {period}, as they stand"
        " at {basis}; {rank} is {head} for whoever was manager, else {others}"
    ),
    "weighted": Sentence("{into} is the sum of {weight} × {points} in {rows}, divided by 100"),
    "cites_changed": Sentence(
        "after the end, a finding where what {column} of {rows} names counts otherwise by now, for {person} in"
        " {period}, than at {basis}"
    ),
    "quorum": Sentence(
        "{into} is {good} or {bad} by {present} of {owners} and {present_area} of {area}, as voting.yaml has it"
        " for {body}"
    ),
    "put_to_vote": Sentence(
        "if {quorate} is {good}, lines of {agenda} that {body} decides, by their {decides}, become lines of {votes}"
    ),
    "majority": Sentence(
        "in {votes}, {result} is {passed} or {failed} by {numbers} and {areas} of {present}, {present_area}, {owners}"
        " and {area}, with {ballots} where asked for, as voting.yaml has it for {body} and {decides}"
    ),
    "voted_on": Sentence("every line of {agenda} to be voted on, by its {decides}, has its {result} in {votes}"),
    "described": Sentence("for what {of} of {rows} names, {title} and {term} are written beside it"),
    "past_retention": Sentence("what {of} of {rows} names is past its retention and in no other open list"),
    "as_approved": Sentence("{rows} are as they were approved"),
    "erase_keys": Sentence("the keys of all private values of what {of} of {rows} names are destroyed for good"),
    "agrees": Sentence("{field} is given as it stands there already"),
    "must_have": Sentence("a finding for every record in use without {field}"),
}
"""Any other rule is told by its name and arguments."""


def rule_lines(teller: Teller, rules: Iterable[RuleCall]) -> Iterator[Line]:
    """Named rules with their arguments."""
    for call in rules:
        arguments = _Arguments(teller, call)
        given = {name: arguments.told(name) for name in call.arguments}
        if call.name in _RULES:
            yield Line(Sentence("rule"), (Sentence(_RULES[call.name].template, **given),))
        else:
            pairs = [Sentence("{name} {value}", name=name, value=value) for name, value in given.items()]
            yield Line(Sentence("rule"), (call.name, *pairs))


class _Arguments:
    """The arguments of one call, told by their types as the rule declares them."""

    def __init__(self, teller: Teller, call: RuleCall) -> None:
        self.teller = teller
        self.given: Mapping[str, Any] = call.arguments
        self.types = RULES[call.name].arguments if call.name in RULES else {}

    def told(self, name: str) -> Any:
        """One argument, or several, as the user calls them."""
        value = self.given[name]
        return [self._one(name, item) for item in value] if isinstance(value, list) else self._one(name, str(value))

    def _one(self, name: str, value: str) -> Said:
        what, _, of = self.types.get(name, "field").removeprefix("several ").partition(" of ")
        if what in {"column", "link"}:
            return self.teller.field(value, self._columns(of))
        if what == "choice":
            return self.teller.choice(self._text(of), value, self._columns(self.types[of].partition(" of ")[2]))
        if what == "length":
            return length_words(parse_length(value))
        if what == "kind":
            return self.teller.other_kind(value)
        other = self._kind(of)
        if what == "state":
            states = (other or self.teller.kind).states
            return self.teller.label(states[value].label) if value in states else value
        if other and value in other.fields:
            return self.teller.label(other.fields[value].label)
        return self.teller.field(value)

    def _columns(self, rows: str) -> Mapping[str, Field]:
        """The columns of the lines that an argument names, in this kind or in another that is named."""
        kind = self._kind(self.types.get(rows, "").partition(" of ")[2]) or self.teller.kind
        item = kind.fields.get(self._text(rows))
        return (item.rows or {}) if item else {}

    def _kind(self, argument: str) -> Kind | None:
        name, regulation = self._text(argument), self.teller.regulation
        return regulation.kind(name) if self.types.get(argument) == "kind" and name in regulation.kind_names else None

    def _text(self, argument: str) -> str:
        value = self.given.get(argument, "")
        return str(value[0]) if isinstance(value, list) and value else str(value)
