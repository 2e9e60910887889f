"""Nothing private is ever shown in full or stored in clear, but by `reveal`, which leaves a trace (11.4)."""

from __future__ import annotations

import os

import pytest

NAME, PHONE, ID_NUMBER = "欧阳建国", "13811112222", "11010519491231002X"
SECRETS = (NAME, PHONE, ID_NUMBER, "138 1111 2222")
FORMATS = ("table", "json", "csv", "yaml")


@pytest.fixture
def home(office):
    """An office with one resident, who has a ticket, and a walk-in who left a number."""
    office(
        *("resident", "add", "--name", NAME, "--phone", PHONE, "--id-number", ID_NUMBER),
        *("--place", "3-2-1201", "--relation", "owner"),
    )
    office.ticket(resident="RA0001")
    office.ticket(contact=f"{NAME} {PHONE}", summary="路灯不亮")
    return office


def test_every_way_of_seeing_masks(home):
    ways = [
        ("resident", "list"),
        ("resident", "show", "RA0001"),
        ("resident", "log", "RA0001"),
        ("ticket", "list"),
        ("ticket", "show", "A02"),
        ("ticket", "log", "A02"),
        ("today",),
        ("search", "路灯"),
        ("show", "RA0001"),
        ("log", "RA0001"),
    ]
    for way in ways:
        for how in FORMATS:
            said = home.try_(*way, "--format", how)
            assert said.code == 0, said.errors
            assert not any(secret in said.out + said.errors for secret in SECRETS), (way, how)
    shown = home("resident", "list")
    assert "欧**" in shown
    assert "138****2222" in shown


def test_the_answer_of_the_very_action_masks(office):
    words = ("resident", "add", "--name", NAME, "--phone", PHONE, "--relation", "owner", "--format", "json")
    made = office(*words)
    assert '"name": "欧**"' in made
    assert PHONE not in made


def test_nothing_stands_in_clear_in_any_file_commit_or_index(home):
    home("check")
    said = home.git("log", "-p", "--all") + "".join(
        path.read_bytes().decode("utf-8", "replace") for path in home.root.rglob("*") if path.is_file()
    )
    assert not any(secret in said for secret in SECRETS)
    assert "sealed:v1:RA0001:" in said


def test_reveal_shows_all_and_leaves_a_trace(home):
    before = len(home.log())
    said = home("resident", "reveal", "RA0001", "--purpose", "核对回访电话", by="zhao.min")
    assert all(secret in said for secret in (NAME, PHONE, ID_NUMBER))
    assert len(home.log()) == before + 1
    event = home.json("resident", "show", "RA0001")["history"][-1]
    assert (event["do"], event["by"], event["note"]) == ("reveal", "zhao.min", "核对回访电话")
    assert PHONE not in home.git("log", "-1", "-p")
    home.clean()


def test_reveal_needs_a_purpose_and_a_place_on_the_staff(home):
    assert "--purpose" in home.refused("resident", "reveal", "RA0001", code=2)
    assert "--purpose" in home.refused("resident", "reveal", "RA0001", "--purpose", " ", code=2)
    said = home.refused("resident", "reveal", "RA0001", "--purpose", "看看", by="xu.fang")
    assert PHONE not in said


def test_a_walk_in_leaves_a_sealed_contact(home):
    assert home.json("ticket", "show", "A02")["contact"] == "欧** 138****2222"
    assert f"{NAME} {PHONE}" in home("ticket", "reveal", "A02", "--purpose", "回电")


def test_a_number_typed_into_free_text_is_refused_unless_masked(office):
    for text in (f"请回电 {PHONE}", "请回电 138 1111 2222", f"证件 {ID_NUMBER}", "值班室 010-62345678"):
        said = office.refused("ticket", "new", "--category", "repair", "--place", "3", "--summary", text, code=2)
        assert "--mask" in said
        assert not any(secret in said for secret in (*SECRETS, "62345678"))
    made = office.json(
        "ticket", "new", "--category", "repair", "--place", "3", "--summary", f"请回电 {PHONE}", "--mask"
    )
    assert made["summary"] == "请回电 138****2222"


def test_a_number_in_a_note_or_an_opinion_is_refused_too(office):
    id_ = office.ticket()
    said = office.refused("ticket", "note", id_, "--note", f"业主换号 {PHONE}", code=2)
    assert PHONE not in said
    office("ticket", "note", id_, "--note", f"业主换号 {PHONE}", "--mask")
    assert PHONE not in office.git("log", "-p")


def test_longer_runs_of_digits_are_no_phones(office):
    office.ticket(summary="电表号 913811112222,水表 11010519491231002")


def test_a_wrong_choice_does_not_echo_a_number(office):
    said = office.refused(*("ticket", "new", "--category", PHONE, "--place", "3-2-1201", "--summary", "漏水"), code=2)
    assert PHONE not in said
    assert PHONE not in office.refused("ticket", "show", PHONE, code=4)
    assert PHONE not in office.refused("ticket", "new", PHONE, code=2)
    assert PHONE not in office.refused("ticket", "list", "--state", PHONE, code=2)
    assert PHONE not in office.refused("ticket", "list", "--since", PHONE, code=2)


def test_a_resident_is_found_by_the_whole_phone(home):
    assert [row["id"] for row in home.json("resident", "list", "--phone", PHONE)] == ["RA0001"]
    assert home.json("resident", "list", "--phone", "1381111") == []


def test_a_clone_without_the_keys_shows_stars(home, tmp_path):
    there = tmp_path / "clone"
    home.git("clone", "-q", str(home.root), str(there))
    said = home.try_("resident", "list", "--format", "json", folder=there)
    assert said.code == 0
    assert said.json[0]["phone"] == "***"
    said = home.try_("resident", "reveal", "RA0001", "--purpose", "回电", folder=there)
    assert said.code != 0
    assert said.out == ""


def test_a_private_name_can_be_spelled_better(office):
    id_ = office.json("resident", "add", "--name", "o'brien ann", "--phone", "13811112222", "--relation", "owner")["id"]
    sealed = office.file(id_).read_text("utf-8").splitlines()
    office("resident", "edit", id_, "--name", "O'Brien Ann")
    assert "O'Brien Ann" in office("resident", "reveal", id_, "--purpose", "核对姓名")
    assert next(line for line in sealed if line.startswith("phone:")) in office.file(id_).read_text("utf-8")


def test_doctor_asks_for_a_backup_until_there_is_one_of_all_keys(home, tmp_path):
    def line(office):
        return next(line for line in office.try_("doctor").out.splitlines() if "keys.sqlite" in line)

    assert line(home).startswith("!")
    home("keys", "backup", tmp_path / "ring")
    assert not line(home).startswith("!")
    os.utime(tmp_path / "ring", (0, 0))  # made long ago: keys have come since
    assert line(home).startswith("!")
