"""The month's figures of made-up ticket lives: whatever happened, what came in must have gone out or be there still."""

from __future__ import annotations

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from pmcs.reports.rates import percentile
from pmcs.reports.ticket_figures import Move, Promise, Ticket, Visit, month_figures

MONTH = 1000.0
MONTHS = [(n * MONTH, (n + 1) * MONTH) for n in range(6)]


@st.composite
def lives(draw) -> Ticket:
    """A ticket that opens, ends, opens again ...; now and then an imported one that ended before it began."""
    opened = draw(st.integers(0, 5999)) + 0.5
    times = sorted(draw(st.lists(st.integers(int(opened), 6500), max_size=5)))
    if draw(st.integers(0, 9)) == 0:
        times = [draw(st.integers(0, int(opened)))]
    due = draw(st.none() | st.integers(0, 6500))
    moves = [Move(at, n % 2 == 0, due, visit=draw(st.booleans())) for n, at in enumerate(times)]
    visits = [Visit(at, draw(st.booleans()), draw(st.none() | st.integers(1, 5))) for at in times]
    promises = [] if due is None else [Promise(opened, due, times[0] if times else None)]
    return Ticket("T", opened, draw(st.sampled_from("abc")), moves, visits, promises)


@given(st.lists(lives(), max_size=12))
def test_the_balance_holds_in_every_month_and_category(tickets):
    for start, end in MONTHS:
        found = month_figures(tickets, start, end)
        for category, figures in [("", found), *found["by_category"].items()]:
            mine = [ticket for ticket in tickets if category in ("", ticket.category)]
            named = [t for t in mine if t.opened >= end and any(m.into and start <= m.at < end for m in t.moves)]
            # Of what was closed in an earlier month than it was opened in, the month of opening lacks the closing.
            owed = [t for t in mine if start <= t.opened < end and any(m.at < start for m in t.moves)]
            balance = figures["backlog_start"] + figures["received"] - figures["resolved"] + figures["reopened"]
            assert balance + len(named) - len(owed) == figures["backlog_end"]
        assert len(found["closed_before_opened"]) == sum(
            ticket.opened >= end and any(move.into and start <= move.at < end for move in ticket.moves)
            for ticket in tickets
        )


@given(st.lists(lives(), max_size=12))
def test_a_month_ends_with_what_the_next_begins_with(tickets):
    found = [month_figures(tickets, *month) for month in MONTHS]
    for one, other in itertools.pairwise(found):
        assert one["backlog_end"] == other["backlog_start"]
    assert sum(month["received"] for month in found) == len(tickets)


@given(st.lists(lives(), max_size=12))
def test_the_categories_add_up_and_no_rate_leaves_its_bounds(tickets):
    for month in MONTHS:
        found = month_figures(tickets, *month)
        for name, value in found.items():
            if name.endswith("_rate"):
                assert value is None or 0 <= value <= 1
            elif isinstance(value, int):
                assert value == sum(part[name] for part in found["by_category"].values())
        assert found["satisfied"] <= found["scored"] <= found["visits_reached"] <= found["visits_due"]
        assert found["resolved_on_time"] <= found["resolved_with_due"] <= found["resolved"]
        assert found["overdue_open_end"] <= found["backlog_end"]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.sampled_from([0.5, 0.9]))
def test_a_percentile_lies_between_its_neighbours(values, share):
    found = percentile(values, share)
    assert found is not None
    ordered = sorted(values)
    place = (len(values) - 1) * share
    assert ordered[math.floor(place)] <= found + 1e-6
    assert found <= ordered[math.ceil(place)] + 1e-6


def test_percentiles_by_hand():
    assert percentile([], 0.5) is None
    assert percentile([1, 2, 3, 4], 0.5) == 2.5
    assert percentile(range(11), 0.9) == 9
    assert round(percentile([1, 2], 0.9) or 0, 9) == 1.9


def test_a_visit_counts_for_the_resolution_that_owed_it():
    """Resolved twice in the month: the first visit reached them with a 2, the second with a 5."""
    moves = [Move(10, True, None, True), Move(20, False), Move(30, True, None, True)]
    ticket = Ticket("T", 5, "a", moves, [Visit(20, True, 2), Visit(40, True, 5)])
    found = month_figures([ticket], 0, 1000)
    assert (found["resolved"], found["reopened"], found["visits_due"], found["visits_reached"]) == (2, 1, 2, 2)
    assert (found["scored"], found["satisfied"], found["satisfaction_rate"]) == (2, 1, 0.5)


def test_the_month_s_first_moment_is_in_it_and_the_next_one_s_is_not():
    first, next_ = Ticket("A", 1000, "a", [Move(2000, True)]), Ticket("B", 2000, "a")
    found = month_figures([first, next_], 1000, 2000)
    assert (found["received"], found["resolved"], found["backlog_end"]) == (1, 0, 1)
    assert month_figures([first, next_], 2000, 3000)["resolved"] == 1
