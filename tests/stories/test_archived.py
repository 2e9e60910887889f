"""What has ended and is archived is closed: nothing more happens to it, but that a mistake is corrected in the open."""

from __future__ import annotations

import pytest

DIGEST = "ab" * 32


def registered(office, period, edition="1", by="li.na"):
    words = ("--period", period, "--edition", edition, "--commit", office.head(), "--manifest", DIGEST, "--pieces", "1")
    office("package", "new", *words, by=by)
    office.later(minutes=1)  # what is entered within the very second may have come before


@pytest.fixture
def december(office):
    """A ticket closed in November, one still open; it is December and the package of November is registered."""
    office.ticket(summary="路灯不亮", contact="王 13900001111")
    office("ticket", "close", "A01", "--force", "--note", "业主撤回")
    office.ticket(summary="未办完")
    office.at("2026-12-01 09:00")
    registered(office, "2026-11")
    return office


def test_nothing_more_is_done_to_it(december):
    for words in (("note", "--note", "补充"), ("void", "--note", "重复"), ("reopen", "--note", "又坏了")):
        said = december.refused("ticket", words[0], "T20261123-A01", *words[1:])
        assert "G-2026-11-1" in said, said
    december("ticket", "note", "T20261123-A02", "--note", "仍在办")
    december.clean()


def test_a_mistake_is_corrected_in_the_open_and_who_looks_leaves_a_trace(december):
    december("ticket", "correct", "T20261123-A01", "--summary", "路灯两盏不亮", "--note", "原登记有误")
    assert "13900001111" in december("ticket", "reveal", "T20261123-A01", "--purpose", "核对")
    december.refused("ticket", "correct", "T20261123-A01", "--summary", "x", "--note", "y", by="zhao.min")
    december.clean()


def test_a_package_that_was_scrapped_closes_nothing(december):
    december("package", "scrap", "G-2026-11-1", "--note", "漏了一件")
    december("ticket", "note", "T20261123-A01", "--note", "补充")
    registered(december, "2026-11", edition="2")
    assert "G-2026-11-2" in december.refused("ticket", "note", "T20261123-A01", "--note", "再补充")
    december.clean()


def test_a_year_s_package_closes_its_months_and_what_ended_later_belongs_to_later(office):
    office.ticket(summary="路灯不亮")
    office("ticket", "close", "A01", "--force", "--note", "业主撤回")
    office.at("2027-01-04 09:00")
    office.ticket(summary="水管漏水")
    office("ticket", "close", "T20270104-A01", "--force", "--note", "业主撤回")
    registered(office, "2026")
    office.refused("ticket", "note", "T20261123-A01", "--note", "补充")
    office("ticket", "note", "T20270104-A01", "--note", "补充")


def test_an_entry_that_somebody_wrote_into_the_file_is_found(december):
    file = december.file("T20261123-A01")
    with file.open("a", encoding="utf-8") as written:
        written.write("- at: 2026-12-01T10:00:00+08:00\n  by: li.na\n  do: note\n  note: 事后加的\n")
    december.at("2026-12-02 09:00")
    december.git("commit", "-qam", "by hand")
    said = december.try_("check")
    assert said.code == 1
    assert "G-2026-11-1" in said.out


def test_a_package_is_checked_by_another_against_its_own_digest(december):
    assert "清单摘要" in december.refused("package", "verify", "G-2026-11-1", "--manifest", "cd" * 32, by="zhao.min")
    december.refused("package", "verify", "G-2026-11-1", "--manifest", DIGEST, by="li.na")
    december("package", "verify", "G-2026-11-1", "--manifest", DIGEST, by="zhao.min")
    december("package", "transfer", "G-2026-11-1", "--receiver", "城建档案馆 周静")
    december.clean()
