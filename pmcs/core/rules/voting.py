"""Rules of meetings: who has to be there, what is put to the vote, what decides it (5.6; 民法典 278)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pmcs.core.record import Event, Rows, Value
from pmcs.core.rules.registry import FACTS, GUARD, View, again, rule
from pmcs.errors import BadInput, Refused, Sentence

if TYPE_CHECKING:
    from pmcs.core.voting import Body, Needed

CLASSES = ("ordinary", "weighty")
"""What an item can be that is voted on; any other choice is not."""
COUNTS = dict.fromkeys(("body", "present", "present_area", "owners", "area"), "field")
AGENDA, VOTES = "column of agenda", "column of votes"


@again
@rule(FACTS, **COUNTS, into="field", good="choice of into", bad="choice of into")
def quorum(view: View, body: str, into: str, good: str, bad: str, **counts: str) -> Event:
    """Whether enough take part, by number and area. Refuses where a number is missing, or a part exceeds its whole.

    A body without a quorum is always enough.
    """
    from pmcs.core.voting import exceed

    ruled = view.context.world.voting(_value(view, body))
    given = {name: _value(view, field) for name, field in counts.items()}
    _ask(view, [counts[name] for name in ("present", *ruled.counted) if not given[name]])
    for part, whole in (("present", "owners"), ("present_area", "area")):
        if given[part] and given[whole] and exceed([given[part]], given[whole]):
            raise Refused(
                "{part} is {value}, more than {whole}, which is {most}; put one of them right.",
                part=_label(view, counts[part]),
                value=given[part],
                whole=_label(view, counts[whole]),
                most=given[whole],
            )
    enough = ruled.quorum is None or _met(ruled.quorum, given["present"], given["present_area"], given)
    return view.event._replace(set={**view.event.set, into: good if enough else bad})


@again
@rule(
    FACTS,
    body="field",
    agenda="keyed lines",
    votes="keyed lines",
    decides=AGENDA,
    quorate="field",
    good="choice of quorate",
)
def put_to_vote(view: View, body: str, agenda: str, votes: str, decides: str, quorate: str, good: str) -> Event:
    """What the agenda says is to be voted on stands among the votes, once enough take part.

    Refuses an item of a class that the body does not decide.
    """
    items = [row for row in view.record.rows(agenda) if row.get(decides) in CLASSES]
    name = _value(view, body)
    ruled = view.context.world.voting(name)
    for row in items:
        if row[decides] not in ruled.decides:
            raise Refused(
                "Item {item} is voted on, and {body} does not decide that; change the agenda.",
                item=_key(view, agenda, row),
                body=view.context.world.label((view.kind.fields[body].values or {})[name].label),
            )
    shared = [
        column for column in view.kind.fields[votes].rows or {} if column in (view.kind.fields[agenda].rows or {})
    ]
    fresh: Rows = [{column: row[column] for column in shared if column in row} for row in items]
    added = {lines: rows for lines, rows in view.event.add.items() if lines != votes}
    return view.event._replace(add={**added, votes: fresh} if fresh and _value(view, quorate) == good else added)


@again
@rule(
    FACTS,
    **COUNTS,
    votes="keyed lines",
    decides=VOTES,
    numbers=f"several {VOTES}",
    areas=f"several {VOTES}",
    ballots=VOTES,
    result=VOTES,
    passed="choice of result",
    failed="choice of result",
)
def majority(
    view: View,
    body: str,
    votes: str,
    decides: str,
    numbers: list[str],
    areas: list[str],
    ballots: str,
    result: str,
    passed: str,
    failed: str,
    **counts: str,
) -> Event:
    """Whether an item is carried, by its class. `numbers` and `areas` name those who agree first.

    Refuses what is not put to the vote, more votes than take part, and a count without the areas or ballots it needs.
    """
    from pmcs.core.voting import exceed

    ruled = view.context.world.voting(_value(view, body))
    held = {name: _value(view, field) for name, field in counts.items()}
    present = {_key(view, votes, row): row for row in view.record.rows(votes)}
    judged: Rows = []
    for change in view.event.row.get(votes, []):
        item = _key(view, votes, change)
        row = {**present.get(item, {}), **change}
        needed = ruled.decides.get(row.get(decides, "")) if item in present else None
        if needed is None:
            raise Refused("Item {item} is not put to the vote in {id}.", item=item, id=view.record.id)
        _ask(view, _lacking(ruled, needed, row, areas, ballots))
        for columns, most in ((numbers, "present"), (areas, "present_area")):
            if held[most] and exceed([row.get(column) or "0" for column in columns], held[most]):
                raise Refused(
                    "Item {item} has more votes together than {whole}, which is {most}; count them again.",
                    item=item,
                    whole=_label(view, counts[most]),
                    most=held[most],
                )
        if not row.get(numbers[0]):
            judged.append(change)
            continue
        carried = _met(needed, row[numbers[0]], row.get(areas[0], ""), held)
        judged.append({**change, result: passed if carried else failed})
    return view.event._replace(row={**view.event.row, votes: judged})


@rule(GUARD, agenda="keyed lines", votes="keyed lines", decides=AGENDA, result=VOTES)
def voted_on(view: View, agenda: str, votes: str, decides: str, result: str) -> Sentence | None:
    """Every item that is to be voted on has its result, by the class that the agenda gives it."""
    done = {(_key(view, votes, row), row.get(decides)) for row in view.record.rows(votes) if row.get(result)}
    items = [(_key(view, agenda, row), row.get(decides)) for row in view.record.rows(agenda)]
    left = [item for item, of in items if of in CLASSES and (item, of) not in done]
    if not left:
        return None
    return Sentence(
        "Not voted on yet in {id}: item {items}; enter the votes, or count anew where the agenda has changed.",
        id=view.record.id,
        items=left,
    )


def _met(needed: Needed, number: str, area: str, of: Mapping[str, str]) -> bool:
    """Whether a number and an area are enough of those who take part, or of all."""
    wholes = ("owners", "area") if needed.of_all else ("present", "present_area")
    enough = needed.number.met(number, of[wholes[0]])
    return enough and (needed.area is None or needed.area.met(area, of[wholes[1]]))


def _lacking(ruled: Body, needed: Needed, row: Mapping[str, Value], areas: Iterable[str], ballots: str) -> list[str]:
    wanted = [*(areas if needed.area else ()), *([ballots] if ruled.ballots else ())]
    return [name for name in wanted if not row.get(name)]


def _ask(view: View, missing: list[str]) -> None:
    if missing:
        raise BadInput(
            "{action} of {kind} lacks {options}; give them.",
            action=view.context.world.label(view.kind.actions[view.event.do].label),
            kind=view.context.world.label(view.kind.title),
            options=[f"--{name.replace('_', '-')}" for name in missing],
        )


def _value(view: View, field: str) -> str:
    """A field as the event leaves it."""
    return str(view.event.set.get(field) or view.record.get(field))


def _label(view: View, field: str) -> str:
    return view.context.world.label(view.kind.fields[field].label)


def _key(view: View, lines: str, row: Mapping[str, Value]) -> str:
    return " ".join(str(row.get(part, "")) for part in view.kind.fields[lines].key)
