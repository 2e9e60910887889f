"""Somebody looks while somebody else's action is half on its way: nothing is told of what is nobody's doing."""

from __future__ import annotations

import pytest

from pmcs.store import edited, transaction
from pmcs.store.git import Repository
from pmcs.store.store import Store

SERVICE = "已派人查看"
PHONE = "13755556666"
LOOKS = (("ticket", "list"), ("ticket", "show", "A01", "--format", "json"), ("today",), ("search", "漏水"))


@pytest.fixture
def id_(office) -> str:
    return office.ticket(summary="楼上漏水", contact=PHONE)


def looked(office) -> list[str]:
    said = [office.try_(*words) for words in LOOKS]
    assert [one.code for one in said] == [0] * len(LOOKS)
    return [one.errors for one in said if one.errors]


@pytest.mark.parametrize("most", [200, 0], ids=["its files listed", "too many to list"])
@pytest.mark.parametrize(
    ("where", "name"),
    [
        (Repository, "commit"),
        (transaction, "write_files"),
        (Repository, "refresh_index"),
        (transaction, "drop_journal"),
    ],
)
def test_at_each_step_of_an_action_a_look_says_nothing_of_hand_edits(
    office, id_, monkeypatch, where, name, most
) -> None:
    monkeypatch.setattr(transaction, "_MANY", most)
    real, said = getattr(where, name), []

    def beside(*args, **more):
        if not said:
            said.append("")
            said.extend(looked(office))
        return real(*args, **more)

    monkeypatch.setattr(where, name, beside)
    office("ticket", "progress", id_, "--note", SERVICE)
    assert said == [""]
    office("ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", "漏水")
    office.clean()


def test_what_is_committed_is_shown_before_its_file_is_written(office, id_, monkeypatch) -> None:
    real, shown = transaction.write_files, []

    def beside(*args, **more):
        if not shown:
            shown.append(office.json("ticket", "show", id_)["history"][-1]["do"])
        return real(*args, **more)

    monkeypatch.setattr(transaction, "write_files", beside)
    office("ticket", "progress", id_, "--note", SERVICE)
    assert shown == ["progress"]


def test_a_hand_edit_is_told_beside_an_action_too(office, id_, monkeypatch) -> None:
    other = office.ticket(summary="漏水")
    real, said = transaction.write_files, []

    def beside(*args, **more):
        real(*args, **more)
        for hurt in (other, id_):
            path = office.file(hurt)
            text = path.read_text("utf-8")
            path.write_text(text.replace("urgency: normal", "urgency: low", 1), "utf-8")
            said.append(office.try_("ticket", "list").errors)
            path.write_text(text, "utf-8")

    monkeypatch.setattr(transaction, "write_files", beside)
    office("ticket", "progress", id_, "--note", SERVICE)
    assert [(other in errors, id_ in errors) for errors in said] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("where", "name", "look"),
    [
        (edited, "present", ("ticket", "list")),
        (Store, "read", ("ticket", "show", "A01", "--format", "json")),
        (Store, "read", ("ticket", "reveal", "A01", "--purpose", "回电", "--format", "json")),
    ],
)
def test_an_action_that_comes_between_the_index_and_the_files_is_no_hand_edit(
    office, id_, monkeypatch, where, name, look
) -> None:
    real, acted = getattr(where, name), []

    def between(*args):
        if not acted:
            acted.append(True)
            office("ticket", "progress", id_, "--note", SERVICE)
        return real(*args)

    monkeypatch.setattr(where, name, between)
    said = office.try_(*look)
    assert (acted, said.code, said.errors) == ([True], 0, "")
    assert "show" not in look or said.json["history"][-1]["note"] == SERVICE
    assert "reveal" not in look or said.json["contact"] == PHONE
