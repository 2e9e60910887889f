"""Posts back-dated and approvals forged."""

from __future__ import annotations

from tests.tamper.forging import Forged

WAITING = "T20261123-A05"


def approval(forged: Forged, by: str):
    return forged.event("approve", by, to="processing", set={"opinion": "同意"})


def test_approved_by_who_submitted_it(forged: Forged) -> None:
    bad = forged.entered(WAITING, approval(forged, "wang.qiang"), clause="7.4")
    forged.tells("not_allowed", bad, forged.path(WAITING))


def test_approved_by_who_holds_no_such_post(forged: Forged) -> None:
    bad = forged.entered(WAITING, approval(forged, "zhao.min"), clause="7.4")
    forged.tells("not_allowed", bad, forged.path(WAITING))


def test_approved_in_the_leaders_name_by_who_submitted_it(forged: Forged) -> None:
    bad = forged.entered(WAITING, approval(forged, "chen.lei"), clause="7.4", committer="wang.qiang")
    forged.tells("committer", bad)


def test_approved_in_the_leaders_name_and_with_a_forged_committer(forged: Forged) -> None:
    bad = forged.entered(WAITING, approval(forged, "chen.lei"), clause="7.4", key="wang.qiang")
    forged.tells("bad_signature", bad)


def test_approved_at_a_shared_counter(forged: Forged) -> None:
    bad = forged.entered(WAITING, approval(forged, "chen.lei"), clause="7.4", committer="counter")
    forged.tells("counter_approval", bad)


def test_ones_own_post_written_by_oneself(forged: Forged) -> None:
    event = forged.event("appoint", "wang.qiang", add={"posts": [{"post": "leader", "since": "2026-01-01"}]})
    bad = forged.entered("wang.qiang", event, clause="10.1", kind="staff")
    forged.tells("not_allowed", bad, forged.path("wang.qiang"))


def test_a_post_back_dated_in_the_register(forged: Forged) -> None:
    path = forged.path("zhao.min")
    data = forged.read(path)
    bad = forged.commit({path: data.replace(b"2020-01-01", b"2019-01-01")}, by="zhao.min")
    forged.tells("altered", bad, path)


def test_one_who_left_brought_back_by_hand(forged: Forged) -> None:
    path, events = forged.path("he.jun"), forged.events("he.jun")
    bad = forged.commit({path: forged.folded("he.jun", events[:-1], "staff")})
    forged.tells("rewritten", bad, path)
