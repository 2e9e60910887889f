"""Files of records deleted, moved, renamed, exchanged or edited by hand."""

from __future__ import annotations

import pytest

from tests.tamper.forging import Forged, said

FIRST, VOID, OPEN = "T20261123-A01", "T20261123-A02", "T20261201-A01"


def test_a_record_deleted(forged: Forged) -> None:
    path = forged.path(VOID)
    bad = forged.commit({path: None})
    forged.tells("deleted", bad, path)


def test_a_record_deleted_and_brought_back_with_another_story(forged: Forged) -> None:
    path, events = forged.path(OPEN), forged.events(OPEN)
    gone = forged.commit({path: None})
    fresh = events[0]._replace(set={**events[0].set, "summary": "别的事"})
    back = forged.commit({path: forged.folded(OPEN, [fresh])}, said(OPEN, "new", "li.na", "manager"))
    forged.tells("deleted", gone, path)
    forged.tells("altered", back, path)


def test_a_record_moved_to_another_folder(forged: Forged) -> None:
    path, data = forged.path(OPEN), forged.read(forged.path(OPEN))
    other = path.replace("/12/01/", "/12/02/")
    bad = forged.commit({path: None, other: data})
    forged.tells("deleted", bad, path)
    forged.tells("rewritten", bad, other)


def test_a_record_renamed_to_another_number(forged: Forged) -> None:
    path, data = forged.path(OPEN), forged.read(forged.path(OPEN))
    other = path.replace("A01", "A02")
    bad = forged.commit({path: None, other: data.replace(OPEN.encode(), b"T20261201-A02")})
    forged.tells("deleted", bad, path)
    forged.tells("outside", bad)


def test_a_copy_in_another_folder_shadows_the_record(forged: Forged) -> None:
    other = forged.path(OPEN).replace("/12/01/", "/11/30/")
    bad = forged.commit({other: forged.read(forged.path(OPEN))})
    forged.tells("rewritten", bad, other)


def test_two_records_files_swapped(forged: Forged) -> None:
    one, two = forged.path(FIRST), forged.path(VOID)
    bad = forged.commit({one: forged.read(two), two: forged.read(one)})
    forged.tells("rewritten", bad, one)
    forged.tells("rewritten", bad, two)


def test_two_records_contents_swapped_under_their_numbers(forged: Forged) -> None:
    one, two = forged.path(FIRST), forged.path(VOID)
    texts = forged.read(one), forged.read(two)
    bad = forged.commit(
        {
            one: texts[1].replace(VOID.encode(), FIRST.encode()),
            two: texts[0].replace(FIRST.encode(), VOID.encode()),
        }
    )
    assert {file for code, _, file in forged.found() if code in ("rewritten", "altered")} == {one, two}
    forged.tells("altered", bad, one)


@pytest.mark.parametrize(
    ("before", "after"),
    [("state: registered", "state: closed"), ("summary: 十二月的", "summary: 别的"), ("due:", "was:")],
)
def test_a_head_edited(forged: Forged, before: str, after: str) -> None:
    path, data = forged.path(OPEN), forged.read(forged.path(OPEN)).decode()
    assert before in data
    bad = forged.commit({path: data.replace(before, after, 1).encode()}, said(OPEN, "edit", "li.na", "manager"))
    forged.tells("head", bad, path)


def test_a_comment_put_into_a_record(forged: Forged) -> None:
    path = forged.path(OPEN)
    bad = forged.commit({path: forged.read(path) + "# 已经口头答复\n".encode()})
    forged.tells("outside", bad, path)


def test_a_file_that_cannot_be_read_any_more(forged: Forged) -> None:
    path = forged.path(OPEN)
    bad = forged.commit({path: forged.read(path) + b"\x00: ["})
    forged.tells("rewritten", bad, path)


def test_a_private_value_in_clear(forged: Forged) -> None:
    events = forged.events(OPEN)
    event = forged.event("edit", "li.na", set={"contact": "王 13900001111"})
    assert "contact" not in events[0].set
    bad = forged.entered(OPEN, event, clause="7.1")
    forged.tells("not_allowed", bad, forged.path(OPEN))
    assert "13900001111" not in forged.verify().out


def test_a_value_that_the_field_cannot_hold(forged: Forged) -> None:
    bad = forged.entered(OPEN, forged.event("edit", "li.na", set={"urgency": "never"}), clause="7.1")
    forged.tells("not_allowed", bad, forged.path(OPEN))


def test_a_sealed_value_of_another_record(forged: Forged) -> None:
    event = forged.event("edit", "li.na", set={"contact": forged.events(FIRST)[0].set["contact"]})
    bad = forged.entered(OPEN, event, clause="7.1")
    forged.tells("not_allowed", bad, forged.path(OPEN))


def test_a_kind_of_record_that_there_is_not(forged: Forged) -> None:
    path = forged.path(OPEN)
    bad = forged.commit({path: forged.read(path).replace(b"kind: ticket", b"kind: bribe", 1)})
    forged.tells("not_allowed", bad, path)
