"""The world as one action sees it: what this very commit makes stands beside what was committed."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.core.record import Event, Record, day_of
from pmcs.errors import BadInput, Refused
from pmcs.store.session import Session
from pmcs.store.store import Store
from tests.check.office import Office

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("session"))
    office.do("init records --office 阳光花园")
    office.root /= "records"
    office.do("place add 3-2-1201")
    office.do("resident add --name 欧阳建国 --phone 13811112222 --place 3-2-1201 --relation owner")
    office.do("ticket new --category repair --place 3-2-1201 --summary 漏水")
    posts = "--posts post=service_officer,since=2026-03-01,until=2026-06-30"
    office.do(f"staff add --code wang.qiang --name 王强 --email w@example.com {posts}")
    return office


@pytest.fixture
def session(office: Office) -> Session:
    return Store(office.root).session(DAY, "zh_CN")


def at(session: Session, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=session.store.config.zone)


def test_numbers_go_on_without_gaps_within_one_commit(session: Session) -> None:
    ticket, resident = session.kind("ticket"), session.kind("resident")
    today, tomorrow = at(session, "2026-11-23T23:59:59"), at(session, "2026-11-24T00:00:00")
    assert [session.number(ticket, today) for _ in range(3)] == [f"T20261123-A0{n}" for n in (2, 3, 4)]
    assert session.number(ticket, tomorrow) == "T20261124-A01"
    assert session.number(resident, today) == "RA0002"


def test_the_day_of_a_number_is_the_offices(session: Session) -> None:
    utc = datetime.fromisoformat("2026-11-23T16:30:00+00:00")
    assert session.number(session.kind("ticket"), utc) == "T20261124-A01"


def test_a_clone_that_is_no_desk_issues_none(office: Office) -> None:
    store = Store(office.root)
    session = Session(store, store.regulations.on(DAY), None, "zh_CN")
    with pytest.raises(Refused, match="pmcs desk B"):
        session.number(session.kind("ticket"), at(session, "2026-11-23T09:00:00"))


def test_posts_are_held_from_a_day_to_a_day(session: Session) -> None:
    def held(day: str) -> frozenset[str]:
        return session.posts("wang.qiang", at(session, f"{day}T12:00:00"))

    assert "service_officer" not in held("2026-02-28")
    assert "service_officer" in held("2026-03-01")
    assert "service_officer" in held("2026-06-30")
    assert "service_officer" not in held("2026-07-01")
    assert session.posts("ghost", at(session, "2026-03-01T12:00:00")) == frozenset()
    assert session.posts("system", at(session, "2026-03-01T12:00:00")) == {"system"}


def test_what_this_commit_makes_is_found_and_has_no_twin(session: Session) -> None:
    kind = session.kind("place")
    event = Event(at=at(session, "2026-11-23T10:00:00"), by="li.na", do="add", to="active", set={"code": "9-9"})
    session.with_new(kind, Record("9-9", "place", "active", fields={kind.key or "": "9-9"}, history=(event,)))
    assert session.find(("place",), "9-9") == "9-9"
    assert session.record("9-9").state == "active"
    assert session.twin(kind, {kind.key or "": "9-9"}, open_only=False) == "9-9"
    assert session.twin(kind, {kind.key or "": "3-2-1201"}, open_only=False) == "3-2-1201"
    assert session.twin(kind, {kind.key or "": "3-2-1202"}, open_only=False) is None


def test_a_file_is_named_by_its_place_in_the_store_or_its_name_and_by_its_digest(
    session: Session, tmp_path: Path
) -> None:
    outside = tmp_path / "报价.pdf"
    outside.write_bytes(b"offer")
    digest = hashlib.sha256(b"offer").hexdigest()
    assert session.file(str(outside)) == f"报价.pdf sha256:{digest}"
    inside = session.store.root / "offer.pdf"
    inside.write_bytes(b"offer")
    assert session.file(str(inside)) == f"offer.pdf sha256:{digest}"
    inside.unlink()
    for wrong in ("nowhere.pdf", "~nobody-here/x", str(tmp_path)):
        with pytest.raises(BadInput, match="cannot be read"):
            session.file(wrong)


@given(st.dates(date(1000, 1, 1)), st.sampled_from("ABZ"), st.integers(1, 9999))
def test_the_day_that_a_number_carries(day: date, desk: str, place: int) -> None:
    assert day_of(f"T{day:%Y%m%d}-{desk}{place:02d}") == day


@pytest.mark.parametrize("number", ["RA0312", "3-2-1201", "li.na", "T20261399-A01", "", "T²⁰²⁶¹¹²³-A01"])
def test_a_number_without_a_day(number: str) -> None:
    assert day_of(number) is None


def test_what_this_commit_changes_hides_what_the_store_still_says(session: Session) -> None:
    staff = session.kind("staff")
    before = session.record("wang.qiang")
    same = {"email": "w@example.com"}
    assert session.twin(staff, same, open_only=True) == "wang.qiang"
    session.with_new(staff, before._replace(state="retired"))
    assert session.twin(staff, same, open_only=True) is None
    assert session.twin(staff, same, open_only=False) == "wang.qiang"
    session.with_new(staff, before._replace(fields={**before.fields, "email": "q@example.com"}))
    assert session.twin(staff, same, open_only=True) is None


def test_one_that_has_ended_hides_no_open_one_of_the_same_commit(session: Session) -> None:
    staff = session.kind("staff")
    same = {"email": "x@example.com"}
    session.with_new(staff, Record("ma.li", "staff", "active", fields=same))
    session.with_new(staff, Record("ma.lin", "staff", "retired", fields=same))
    assert session.twin(staff, same, open_only=True) == "ma.li"


@pytest.mark.parametrize("error", [Refused, BadInput])
def test_what_an_attempt_made_is_forgotten_whatever_went_wrong(
    session: Session, error: type[Refused | BadInput]
) -> None:
    staff, now = session.kind("staff"), at(session, "2026-11-23T09:00:00")
    assert session.posts("ma.li", now) == frozenset()
    with suppress(error), session.attempt():
        session.judging(date(2026, 12, 1)).with_new(staff, Record("ma.li", "staff", "active"))
        assert session.posts("ma.li", now)
        raise error("no")
    assert not session.made
    assert session.posts("ma.li", now) == frozenset()
    assert session.twin(staff, {"code": "ma.li"}, open_only=False) is None
