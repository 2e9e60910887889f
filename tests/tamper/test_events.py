"""Entries of a record forged, altered, swapped or taken away; the head rightly folded each time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.tamper.forging import Forged, said

OPEN, WAITING, TRIAGED = "T20261201-A01", "T20261123-A05", "T20261123-A03"


@pytest.mark.parametrize(
    "change",
    [
        {"by": "zhao.min"},
        {"note": "没有换水泵"},
        {"to": "resolved"},
        {"set": {"assignee": "zhao.min"}},
        {"due": {"finish": "2027-11-23T09:00:00+08:00"}},
        {"at": timedelta(minutes=-1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_entry_altered_after_it_was_committed(forged: Forged, change) -> None:
    events = forged.events(WAITING)
    facts = {
        name: getattr(events[-1], name) + value if isinstance(value, timedelta) else value
        for name, value in change.items()
    }
    if "at" in facts:
        facts["recorded"] = events[-1].entered
    fresh = events[-1]._replace(**facts)
    assert fresh != events[-1]
    path = forged.path(WAITING)
    bad = forged.commit({path: forged.folded(WAITING, [*events[:-1], fresh])})
    assert ("outside", bad[:12], "") in forged.tells("altered", bad, path)


@pytest.mark.parametrize("change", ["recorded", "desk"])
def test_the_time_of_entry_or_the_desk_of_an_entry_exchanged(forged: Forged, change: str) -> None:
    events = forged.events(WAITING)
    last = events[-1]
    fresh = last._replace(desk="B") if change == "desk" else last._replace(recorded=last.at + timedelta(hours=1))
    path = forged.path(WAITING)
    bad = forged.commit({path: forged.folded(WAITING, [*events[:-1], fresh])})
    forged.tells("rewritten", bad, path)


def test_the_order_of_two_entries_swapped(forged: Forged) -> None:
    one, two, *rest = forged.events(WAITING)[1:]
    path = forged.path(WAITING)
    bad = forged.commit({path: forged.folded(WAITING, [forged.events(WAITING)[0], two, one, *rest])})
    forged.tells("rewritten", bad, path)


def test_an_entry_taken_out_of_the_middle(forged: Forged) -> None:
    events = forged.events(WAITING)
    path = forged.path(WAITING)
    bad = forged.commit({path: forged.folded(WAITING, [*events[:2], *events[3:]])})
    forged.tells("rewritten", bad, path)


def test_an_entry_put_in_between_two(forged: Forged) -> None:
    events = forged.events(WAITING)
    between = events[2]._replace(do="note", to=None, set={}, due={}, note="早就说过")
    between = between._replace(at=events[2].at + timedelta(microseconds=0), recorded=None, desk="B")
    path = forged.path(WAITING)
    bad = forged.commit(
        {path: forged.folded(WAITING, [*events[:3], between, *events[3:]])}, said(WAITING, "note", "li.na", "manager")
    )
    forged.tells("backdated", bad)


def test_an_entry_that_the_flow_does_not_allow(forged: Forged) -> None:
    bad = forged.entered(OPEN, forged.event("close", "zhao.min", to="closed"), clause="7.6")
    assert {code for code, _, _ in forged.tells("not_allowed", bad, forged.path(OPEN))} == {"not_allowed"}


def test_an_entry_by_a_post_that_may_not(forged: Forged) -> None:
    event = forged.event("void", "wang.qiang", to="void", note="不要了")
    bad = forged.entered(OPEN, event)
    forged.tells("not_allowed", bad, forged.path(OPEN))


def test_an_entry_of_somebody_elses_in_a_commit_of_ones_own(forged: Forged) -> None:
    event = forged.event("triage", "li.na", to="triaged", set={"verdict": "valid"})
    bad = forged.entered(OPEN, event, by="zhao.min")
    forged.tells("outside", bad)


def test_an_entry_back_dated_by_a_week(forged: Forged) -> None:
    event = forged.event("note", "li.na", note="当天已电话告知")
    event = event._replace(at=event.at - timedelta(days=6), recorded=None)
    data = forged.folded(TRIAGED, [*forged.events(TRIAGED), event])
    bad = forged.commit({forged.path(TRIAGED): data}, said(TRIAGED, "note", "li.na", "manager"))
    forged.tells("backdated", bad)


def test_a_late_entry_that_is_older_than_is_allowed(forged: Forged) -> None:
    event = forged.event("note", "li.na", note="上月已告知")
    event = event._replace(at=event.at - timedelta(days=30), recorded=event.at)
    bad = forged.entered(TRIAGED, event)
    forged.tells("not_allowed", bad, forged.path(TRIAGED))


def test_a_whole_life_forged_in_one_commit_with_the_right_fold(forged: Forged) -> None:
    """It is told as done by several people, days ago; one of them signs it."""
    id_ = "T20261201-A02"
    model = forged.events("T20261123-A01")
    first = forged.event("new", "li.na")
    events = [model[0]._replace(at=first.at), model[1]._replace(at=first.at + timedelta(seconds=2))]
    path = forged.path(OPEN).replace("A01", "A02")
    bad = forged.commit({path: forged.folded(id_, events)}, said(id_, "new", "zhao.min", "service_officer"), "zhao.min")
    forged.tells("outside", bad)
