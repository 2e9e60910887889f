"""The store that all others are copies of, before anybody tampered with it."""

from __future__ import annotations

from tests.tamper.forging import Forged


def test_an_honest_store_of_the_same_size_gives_no_finding(forged: Forged) -> None:
    assert forged.found() == []
    commits = int(forged.git("rev-list", "--count", "HEAD"))
    assert 40 <= commits <= 60
    assert set(forged.git("log", "--format=%G?").split()) == {"G"}
    assert {row["code"] for row in forged.verify().json} == {"outside", "late", "correction"}
