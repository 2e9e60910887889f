"""Commits under another's name, of another time, saying something else than their files."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.tamper.forging import Forged, said

OPEN = "T20261201-A01"


def noted(forged: Forged, **how) -> str:
    """An honest note of 李娜's, but for how it is committed."""
    event = forged.event("note", "li.na", note="已告知")
    data = forged.folded(OPEN, [*forged.events(OPEN), event])
    how = {"when": event.entered, **how}
    return forged.commit({forged.path(OPEN): data}, how.pop("message", said(OPEN, "note", "li.na", "manager")), **how)


def test_the_same_without_a_lie_is_honest(forged: Forged) -> None:
    noted(forged)
    assert forged.found() == []


def test_a_commit_without_trailers(forged: Forged) -> None:
    forged.tells("outside", noted(forged, message="fix\n"))


@pytest.mark.parametrize(
    ("key", "value"),
    [("Record", "T20261123-A01"), ("Action", "triage"), ("Actor", "zhao.min"), ("Post", "leader")],
)
def test_trailers_that_say_something_else(forged: Forged, key: str, value: str) -> None:
    honest = said(OPEN, "note", "li.na", "manager")
    message = re.sub(rf"^{key}: .*$", f"{key}: {value}", honest, flags=re.MULTILINE)
    assert message != honest
    forged.tells("outside", noted(forged, message=message))


def test_somebody_else_as_author(forged: Forged) -> None:
    """王强 commits and signs what 李娜 is to have done, and the other way round."""
    forged.tells("committer", noted(forged, committer="wang.qiang"))
    forged.tells("author", noted(forged, by="wang.qiang"))


def test_a_stranger_as_committer(forged: Forged) -> None:
    forged.tells("committer", noted(forged, committer="stranger", key="li.na"))


def test_one_who_has_left_commits(forged: Forged) -> None:
    event = forged.event("note", "he.jun", note="我还在")
    bad = forged.entered(OPEN, event)
    forged.tells("not_allowed", bad, forged.path(OPEN))
    forged.tells("bad_signature", bad)


def test_by_itself_but_typed_by_somebody(forged: Forged) -> None:
    """With the name and the key of `system`, an action that is not for cron."""
    event = forged.event("triage", "system", to="triaged", set={"verdict": "valid"})
    forged.tells("not_allowed", forged.entered(OPEN, event), forged.path(OPEN))


def test_a_commit_dated_before_its_parent(forged: Forged) -> None:
    forged.tells("backdated", noted(forged, when=forged.now - timedelta(days=1)))


def test_a_commit_dated_after_what_it_entered(forged: Forged) -> None:
    forged.tells("backdated", noted(forged, when=forged.now + timedelta(days=1)))


def test_the_committers_time_alone_changed(forged: Forged) -> None:
    noted(forged)
    late = int(forged.now.timestamp()) + 60
    bad = forged.amended(lambda raw: re.sub(rb"(committer .*> )\d+", rb"\g<1>%d" % late, raw), "li.na")
    forged.tells("backdated", bad)
