"""Places, residents and staff: registers with the same history as any record."""

from __future__ import annotations


def test_a_flat_makes_the_unit_and_the_building_above_it(empty_office):
    said = empty_office("place", "add", "3-2-1201", "--name", "欧阳家", "--category", "room")
    assert [line.split(":")[0].split("：")[0] for line in said.splitlines()] == ["位置 3-2-1201", "位置 3-2", "位置 3"]
    assert [row["id"] for row in empty_office.json("place", "list")] == ["3", "3-2", "3-2-1201"]
    assert len([subject for subject in empty_office.log() if subject.startswith("place")]) == 1
    assert empty_office("place", "add", "3-2-1202").count("\n") == 1


def test_the_same_place_is_not_added_twice(office):
    assert "3-2-1201" in office.refused("place", "add", "3-2-1201")


def test_a_place_is_a_file_name_so_not_everything_can_be_one(office):
    for name in ("3--1201", "../x", "3/2", "a b", "-3"):
        assert office.refused("place", "add", "--", name, code=2)


def test_a_flat_fell_vacant(office):
    office("place", "change", "3-2-1201", "--since", "2026-11-01", "--status", "vacant")
    assert office.json("place", "show", "3-2-1201")["use"] == [{"since": "2026-11-01", "status": "vacant"}]
    assert "2026-11-01" in office.refused(
        "place", "change", "3-2-1201", "--since", "2026-11-01", "--status", "occupied"
    )


def test_a_resident_is_numbered_by_the_desk_and_edited(office):
    words = ("--name", "欧阳建国", "--phone", "13811112222", "--place", "3-2-1201", "--relation", "owner")
    assert "RA0001" in office("resident", "add", *words)
    assert office.json("resident", "add", *words)["id"] == "RA0002"
    found = office.json("resident", "edit", "RA0001", "--relation", "tenant")
    assert found["relation"] == "tenant"
    assert found["history"][-1]["do"] == "edit"
    assert [row["id"] for row in office.json("resident", "list", "--relation", "tenant")] == ["RA0001"]
    office.clean()


def test_a_resident_with_a_second_flat(office):
    office("place", "add", "3-2-1202")
    found = office.json(
        *("resident", "add", "--name", "欧阳建国", "--phone", "13811112222", "--relation", "owner"),
        *("--place", "3-2-1201", "--others", "place=3-2-1202,relation=owner"),
    )
    assert found["others"] == [{"place": "3-2-1202", "relation": "owner"}]


def test_what_is_missing_is_listed_at_once(office):
    said = office.refused("resident", "add", "--name", "欧阳建国", code=2)
    assert "phone" in said
    assert "relation" in said
    said = office.refused("ticket", "new", code=2)
    assert all(option in said for option in ("category", "place", "summary"))


def test_a_place_that_is_not_there_cannot_be_named(office):
    assert "9-9-999" in office.refused(
        "ticket", "new", "--category", "repair", "--place", "9-9-999", "--summary", "x", code=4
    )


def test_a_retired_place_is_listed_but_named_no_more(office):
    office("place", "retire", "3-2-1201", "--note", "并入 1202")
    assert office.json("place", "show", "3-2-1201")["state"] == "retired"
    said = office.refused("ticket", "new", "--category", "repair", "--place", "3-2-1201", "--summary", "漏水")
    assert "3-2-1201" in said
    office("place", "revive", "3-2-1201")
    assert office.ticket()


def test_residents_come_from_a_list(office, tmp_path):
    table = tmp_path / "residents.csv"
    table.write_text(
        "房号,姓名,电话,身份\n3-2-1201,欧阳建国,13811112222,业主\n3-2-1201,赵 六,13911112222,\n", "utf-8-sig"
    )
    plan = tmp_path / "map.yaml"
    plan.write_text(
        "kind: resident\nfields:\n  name: {column: 姓名}\n  phone: {column: 电话}\n"
        "  place: {column: 房号}\n  relation: {column: 身份, values: {业主: owner}, default: owner}\n",
        "utf-8",
    )
    said = office.try_("resident", "import", str(table), "--map", str(plan))
    assert said.code == 0, said.errors
    rows = office.json("resident", "list")
    assert sorted(row["name"] for row in rows) == ["欧**", "赵**"]
    assert "欧阳建国" not in office.git("log", "-p")
    office.clean()
