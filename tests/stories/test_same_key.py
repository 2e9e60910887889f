"""Two registers may use the same key: a gate of the estate and a member of staff who is called so."""

from __future__ import annotations


def test_a_place_and_a_person_of_one_name_stay_two(office) -> None:
    office("place", "add", "gate", "--name", "东门", by="li.na")
    office("staff", "add", "gate", "--name", "盖特", "--email", "gate@example.com", by="li.na")
    office("place", "edit", "gate", "--name", "东大门", by="li.na")
    assert office.json("place", "show", "gate", by="li.na")["name"] == "东大门"
    assert office.json("staff", "show", "gate", by="li.na")["name"] == "盖特"
    office("ticket", "new", "--category", "complaint", "--place", "gate", "--summary", "门禁失灵", by="li.na")
    assert office.json("ticket", "list", "--place", "gate", by="li.na")[0]["place"] == "gate"
    office("check", by="li.na")
