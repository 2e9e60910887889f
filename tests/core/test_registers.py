"""Staff, places and residents: kinds without a day."""

from __future__ import annotations

import pytest

from pmcs.errors import BadInput, NotFound, Refused
from tests.core.world import founded, kind_from

# Places -----------------------------------------------------------------------------------------------------------


def test_a_room_brings_the_levels_above_it_in_one_go(office):
    office.act("li.na", "place.add", "2026-11-23 09:00", code="5-1-0101")
    assert [step.after.id for step in office.steps] == ["5-1-0101", "5-1", "5"]
    office.act("li.na", "place.add", "2026-11-23 09:01", code="5-1-0102")
    assert [step.after.id for step in office.steps] == ["5-1-0102"]
    office.act("li.na", "place.add", "2026-11-23 09:02", code="5-2-0101", category="户室")
    assert [step.after.id for step in office.steps] == ["5-2-0101", "5-2"]
    assert office["5-2-0101"].fields["category"] == "room"
    assert office.honest()


def test_a_place_is_there_once(office):
    with pytest.raises(Refused, match="place 3-2-1201 is there already"):
        office.act("li.na", "place.add", "2026-11-23 09:00", code="3-2-1201")
    with pytest.raises(Refused, match="place 3-2 is there already"):
        office.act("li.na", "place.add", "2026-11-23 09:00", code="3-2")


@pytest.mark.parametrize("code", ["../etc/passwd", "3/2", ".git", "-3", "3--1201", "3-2-", "3 2", "a" * 65, "3\n2"])
def test_a_code_that_could_not_be_a_file_is_refused(office, code):
    with pytest.raises(BadInput):
        office.act("li.na", "place.add", "2026-11-23 09:00", code=code)


def test_how_a_place_is_used_is_kept_by_date(office):
    use = {"since": "2026-03-01", "status": "入住"}
    office.act("li.na", "place.change", "2026-11-23 09:00", on="3-2-1201", **use)
    place = office.act("li.na", "place.change", "2026-11-23 09:10", on="3-2-1201", use=[{**use, "since": "2026-11-01"}])
    assert [row["since"] for row in place.rows("use")] == ["2026-03-01", "2026-11-01"]
    with pytest.raises(Refused, match="use already has a row 2026-03-01"):
        office.act("li.na", "place.change", "2026-11-23 09:20", on="3-2-1201", since="2026-03-01", status="空置")
    with pytest.raises(BadInput, match="A row of use lacks status"):
        office.act("li.na", "place.change", "2026-11-23 09:20", on="3-2-1201", since="2026-12-01")
    with pytest.raises(BadInput, match="use has no column until; it has since, status"):
        office.act("li.na", "place.change", "2026-11-23 09:20", on="3-2-1201", use=[{**use, "until": "2026-12-01"}])
    assert office.honest()


# Staff ------------------------------------------------------------------------------------------------------------


def test_a_post_is_relieved_by_its_key_or_by_the_part_of_it_that_is_enough(office):
    row = {"post": "facility_keeper", "until": "2026-11-30"}
    record = office.act("chen.jing", "staff.relieve", "2026-11-23 09:00", on="wang.qiang", until="2026-11-29")
    assert record.rows("posts") == [{"post": "facility_keeper", "since": "2026-01-01", "until": "2026-11-29"}]
    office.act(
        "chen.jing", "staff.appoint", "2026-11-23 09:10", on="wang.qiang", post="order_keeper", since="2026-12-01"
    )
    with pytest.raises(BadInput, match="2 rows of posts fit; say which by post, since"):
        office.act("chen.jing", "staff.relieve", "2026-11-23 09:20", on="wang.qiang", until="2026-11-30")
    record = office.act("chen.jing", "staff.relieve", "2026-11-23 09:20", on="wang.qiang", **row)
    assert [item.get("until") for item in record.rows("posts")] == ["2026-11-30", None]
    with pytest.raises(BadInput, match="0 rows of posts fit"):
        office.act("chen.jing", "staff.relieve", "2026-11-23 09:30", on="wang.qiang", **{**row, "post": "leader"})
    assert office.honest()


def test_an_action_on_rows_changes_the_columns_it_names_and_no_others(office):
    office.act("chen.jing", "staff.license", "2026-11-23 09:00", on="wang.qiang", licence="电工", number="D1")
    with pytest.raises(BadInput, match="0 rows of licences fit"):
        office.act("chen.jing", "staff.renew", "2026-11-23 09:10", on="wang.qiang", number="D2", expires="2027-01-01")
    with pytest.raises(BadInput, match="relieve does not take name"):
        office.act("chen.jing", "staff.relieve", "2026-11-23 09:10", on="wang.qiang", name="王强", until="2026-11-30")
    record = office.act("chen.jing", "staff.renew", "2026-11-23 09:10", on="wang.qiang", expires="2027-01-01")
    assert record.rows("licences") == [{"licence": "电工", "number": "D1", "expires": "2027-01-01"}]
    assert office.honest()


def test_who_leaves_names_a_successor_and_gives_up_every_post(office):
    with pytest.raises(BadInput, match="--successor"):
        office.act("chen.jing", "staff.retire", "2026-11-23 09:00", on="wang.qiang")
    with pytest.raises(NotFound):
        office.act("chen.jing", "staff.retire", "2026-11-23 09:00", on="wang.qiang", successor="nobody")
    record = office.act("chen.jing", "staff.retire", "2026-11-23 09:00", on="wang.qiang", successor="zhao.lei")
    assert (record.state, record.rows("posts")[0]["until"]) == ("retired", "2026-11-23")
    assert office.honest()


def test_everybody_signs_their_own_promise_of_confidence(office):
    record = office.act("zhao.lei", "staff.undertake", "2026-11-23 09:00", on="zhao.lei", undertaking="今天")
    assert record.fields["undertaking"] == "2026-11-23"
    with pytest.raises(Refused):
        office.act("zhao.lei", "staff.undertake", "2026-11-23 09:10", on="li.na", undertaking="2026-11-23")


# Residents --------------------------------------------------------------------------------------------------------

OWNER = {"name": "欧阳建国", "phone": "13811112222", "place": "3-2-1201", "relation": "owner"}


def test_a_resident_is_numbered_with_the_desk_and_private(office):
    record = office.act("li.na", "resident.add", "2026-11-23 09:00", **OWNER)
    assert record.id == "RA0001"
    assert record.history[0].desk is None
    assert {record.fields[name][:10] for name in ("name", "phone")} == {"sealed:v1:"}
    assert "13811112222" not in repr(record)
    assert "欧阳" not in repr(record)


def test_an_event_names_its_desk_where_the_number_does_not(office):
    resident = office.act("li.na", "resident.add", "2026-11-23 09:00", **OWNER)
    resident = office.act("li.na", "resident.edit", "2026-11-23 09:10", on=resident.id, relation="user", desk="B")
    assert [event.desk for event in resident.history] == [None, "B"]
    place = office.act("li.na", "place.edit", "2026-11-23 09:20", on="3-2-1201", area="90", desk="A")
    assert [event.desk for event in place.history] == ["A", "A"]
    ticket = {"category": "repair", "place": "3-2-1201", "summary": "漏水"}
    ticket = office.act("li.na", "ticket.new", "2026-11-23 09:30", **ticket)
    row = {"clock": "respond", "since": "2026-11-23 09:30", "level": "100"}
    ticket = office.act("li.na", "ticket.urge", "2026-11-23 09:40", on=ticket.id, desk="B")
    ticket = office.act("system", "ticket.escalate", "2026-11-23 15:00", on=ticket.id, desk="", **row)
    assert [event.desk for event in ticket.history] == [None, "B", None]
    assert office.honest()


def test_another_flat_is_a_row_and_editing_it_changes_that_row(office):
    for code in ("3-2-1202", "3-2-1203"):
        office.act("li.na", "place.add", "2026-11-23 08:50", code=code)
    others = [{"place": "3-2-1202", "relation": "owner"}]
    office.act("li.na", "resident.add", "2026-11-23 09:00", **OWNER, others=others)
    edited = [{"place": "3-2-1202", "relation": "tenant"}, {"place": "3-2-1203", "relation": "owner"}]
    record = office.act("li.na", "resident.edit", "2026-11-23 09:10", on="RA0001", others=edited)
    assert record.rows("others") == edited
    assert record.history[-1].row == {"others": edited[:1]}
    assert record.history[-1].add == {"others": edited[1:]}
    with pytest.raises(BadInput, match="Nothing to change"):
        office.act("li.na", "resident.edit", "2026-11-23 09:20", on="RA0001", others=edited)
    assert office.honest()


HOUSEHOLD = """
kind: household
title: 户
register: HH
fields:
  name: {label: 名}
  people:
    label: 人
    key: [who]
    rows:
      who: {label: 谁}
      phone: {label: 电话, sealed: true}
      role: {label: 角色, values: {head: 户主, other: 其他}, default: other}
      seen: {label: 见于, type: time, stamp: at}
      by: {label: 登记人, ref: staff, stamp: by}
actions:
  add: {label: 登记, by: [service_officer], asks: [name], takes: [people]}
  call: {label: 改电话, from: [active], by: [service_officer], row: people, asks: [phone]}
"""


def test_private_columns_are_sealed_and_a_change_leaves_the_rest_of_the_row_alone():
    office = founded(kind_from(HOUSEHOLD, "household"))
    people = [{"who": "父", "phone": "13811112222", "role": "head"}, {"who": "子"}]
    record = office.act("li.na", "household.add", "2026-11-23 09:00", name="欧阳", people=people)
    assert record.id == "HHA0001"
    assert record.history[0].desk is None
    assert [row["role"] for row in record.rows("people")] == ["head", "other"]
    assert record.rows("people")[0]["phone"].startswith("sealed:v1:HHA0001:people.phone:")
    changed = office.act("zhou.min", "household.call", "2026-11-24 09:00", on=record.id, who="父", phone="13900001111")
    assert "13900001111" not in repr(changed)
    first, second = changed.rows("people")
    assert {name: first[name] for name in ("role", "seen", "by")} == {
        "role": "head",
        "seen": "2026-11-23T09:00:00+08:00",
        "by": "li.na",
    }
    assert second == record.rows("people")[1]
    assert office.honest()


# Edit, retire, revive, void ---------------------------------------------------------------------------------------


def test_editing_takes_the_posts_of_adding_and_has_no_end(office):
    with pytest.raises(Refused, match="it takes service manager, service officer, finance clerk"):
        office.act("zhao.lei", "place.edit", "2026-11-23 09:00", on="3-2-1201", area="89.5")
    assert office.act("li.na", "place.edit", "2026-11-23 09:00", on="3-2-1201", area="89.50").fields["area"] == "89.5"
    assert office.act("li.na", "place.edit", "2026-11-23 09:01", on="3-2-1201", area="").fields == {"code": "3-2-1201"}
    office.act("li.na", "place.retire", "2026-11-23 09:10", on="3-2-1201")
    with pytest.raises(Refused, match="停用"):
        office.act("li.na", "place.edit", "2026-11-23 09:20", on="3-2-1201", area="90")
    assert office.act("li.na", "place.revive", "2026-11-23 09:30", on="3-2-1201").state == "active"
    assert office.act("li.na", "place.edit", "2026-11-23 09:40", on="3-2-1201", area="90").fields["area"] == "90"
    assert office.honest()


def test_a_register_s_name_is_its_file_and_stays(office):
    with pytest.raises(Refused, match="its name and stays"):
        office.act("li.na", "place.edit", "2026-11-23 09:00", on="3-2-1201", code="3-2-1299")


def test_what_adding_asked_cannot_be_emptied_later(office):
    office.act("li.na", "resident.add", "2026-11-23 09:00", **OWNER)
    with pytest.raises(BadInput, match="phone of RA0001 cannot be empty"):
        office.act("li.na", "resident.edit", "2026-11-23 09:10", on="RA0001", phone="")
    assert "place" not in office.act("li.na", "resident.edit", "2026-11-23 09:10", on="RA0001", place="").fields


def test_void_is_the_manager_s_with_a_reason_and_for_ended_records_too(office):
    office.act("li.na", "place.retire", "2026-11-23 09:00", on="3-2-1201")
    with pytest.raises(BadInput, match="--note"):
        office.act("chen.jing", "place.void", "2026-11-23 09:10", on="3-2-1201")
    with pytest.raises(Refused, match="service manager"):
        office.act("li.na", "place.void", "2026-11-23 09:10", on="3-2-1201", note="编码有误")
    assert office.act("chen.jing", "place.void", "2026-11-23 09:10", on="3-2-1201", note="编码有误").state == "void"
    for action in ("void", "correct", "revive", "edit", "retire"):
        with pytest.raises(Refused):
            office.act("chen.jing", f"place.{action}", "2026-11-23 09:20", on="3-2-1201", note="再来", area="90")
    assert office.honest()
