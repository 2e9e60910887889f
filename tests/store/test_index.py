"""The index tells what HEAD holds, and is made anew whenever it cannot be trusted."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmcs.core.fold import fold
from pmcs.core.record import Event
from pmcs.errors import Broken
from pmcs.store import index as index_module
from pmcs.store.documents import record_path, to_bytes
from pmcs.store.git import Repository
from pmcs.store.git_stream import Identity
from pmcs.store.index import Index
from pmcs.store.lookups import Lookups
from pmcs.store.queries import Filters, Queries
from pmcs.store.regulations import Regulations
from pmcs.store.text_search import indexed_text, match_query

ROOT = Path(__file__).resolve().parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
WHO = Identity("李娜", "li.na@example.org")
DAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
SEALED = "sealed:v1:T20261123-A01:9fJx"


@pytest.fixture(scope="session")
def regulations(tmp_path_factory):
    return Regulations(ROOT / "records", tmp_path_factory.mktemp("compiled"), ZONE)


class Office:
    """A store in a real repository, with an index of it."""

    def __init__(self, folder, regulations, prefix="records"):
        self.regulations = regulations
        self.repository = Repository.create(folder)
        self.prefix = prefix
        self.path = self.repository.git_dir / "pmcs" / "x" / "index.sqlite"
        self.made = []
        self.index = self.fresh()
        self.commits = 0

    def close(self):
        for index in self.made:
            index.close()

    def fresh(self, path=None):
        index = Index(
            path or self.path,
            self.repository,
            self.prefix,
            lambda name, day: self.regulations.on(day).kind(name),
            lambda day: self.regulations.on(day).calendar,
        )
        self.made.append(index)
        return index

    @property
    def ask(self):
        self.index.freshen()
        return Queries(self.index)

    def inside(self, path):
        return f"{self.prefix}/{path}" if self.prefix else path

    def commit(self, *changes):
        """Commit files (None deletes); what lies in the work tree follows."""
        self.commits += 1
        named = [(self.inside(path), data) for path, data in changes]
        oid = self.repository.commit(
            named, "change", WHO, WHO, NINE + timedelta(minutes=self.commits), self.repository.head().oid
        )
        for path, data in named:
            file = self.repository.root / path
            if data is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
        return oid

    def file(self, kind, id_, *events, day=DAY):
        """The path and bytes of a record with this history."""
        form = self.regulations.on(day).kind(kind)
        return record_path(form, id_, day), to_bytes(form, fold(form, id_, events))


@pytest.fixture
def office(tmp_path, regulations):
    office = Office(tmp_path / "物业", regulations)
    yield office
    office.close()


def at(minutes):
    return NINE + timedelta(minutes=minutes)


def stamp(minutes):
    return at(minutes).timestamp()


def new(minutes=0, summary="3号楼电梯异响", due=None, **facts):
    values = {"category": "complaint", "urgency": "normal", "channel": "phone", "place": "3-2-1201", "summary": summary}
    return Event(at(minutes), "li.na", "new", to="registered", set=values | facts, due=due or {})


def triage(minutes):
    return Event(at(minutes), "li.na", "triage", to="triaged", set={"verdict": "valid"})


def assign(minutes, who="wang.qiang"):
    return Event(at(minutes), "li.na", "assign", to="assigned", set={"assignee": who})


def start(minutes):
    return Event(at(minutes), "wang.qiang", "start", to="processing")


def resolve(minutes, note="已修"):
    return Event(at(minutes), "wang.qiang", "resolve", to="resolved", note=note)


def until(**minutes):
    return {clock: at(count).isoformat() for clock, count in minutes.items()}


def ticket(office, number, *events, desk="A"):
    return office.file("ticket", f"T20261123-{desk}{number:02d}", *events)


def ids(found):
    rows, _ = found
    return [row.id.removeprefix("T20261123-") for row in rows]


def dump(index):
    """Everything the index tells, without its own numbering."""
    tables = {}
    for table in ("field", "link", "round", "event"):
        rows = index.read(f"SELECT r.kind, r.id, x.* FROM {table} x JOIN record r ON r.rid = x.rid")
        tables[table] = sorted((row[:2] + row[3:] for row in rows), key=repr)
    tables["record"] = sorted((row[1:] for row in index.read("SELECT * FROM record")), key=repr)
    tables["broken"] = sorted(index.read("SELECT * FROM broken"))
    tables["tally"] = sorted(index.read("SELECT * FROM tally WHERE n > 0"))
    tables["meta"] = sorted(index.read("SELECT * FROM meta"))
    tables["fts"] = sorted(index.read("SELECT r.id, f.body FROM fts f JOIN record r ON r.rid = f.rowid"))
    assert index.read("SELECT count(*) FROM fts") == index.read("SELECT count(*) FROM record")
    return tables


# Searching --------------------------------------------------------------------------------------------------------


def test_two_characters_of_chinese_find_the_ticket(office):
    office.commit(
        ticket(office, 1, new(0, "厨房漏水,楼下也湿了")),
        ticket(office, 2, new(1, "电梯坏了"), triage(2), resolve(3, note="更换 Hitachi 导靴")),
        ticket(office, 3, new(4, "水管没漏")),
    )
    find = lambda text: ids(office.ask.list("ticket", Filters(text=text)))  # noqa: E731
    assert find("漏水") == ["A01"]
    assert find("水") == ["A03", "A01"]
    assert find("电梯 导靴") == ["A02"]
    assert find("hita") == ["A02"]
    assert find("ＨＩＴＡＣＨＩ") == ["A02"]
    assert find("tachi") == []
    assert find("T20261123-A03") == ["A03"]
    assert find("不存在") == []


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        *[('"', 0), ("漏 OR 电", 0), ("NOT 漏", 0), ("a AND (", 0), ("body:漏", 0), ("*", 0), ("-", 0), ("NEAR(漏", 0)],
        *[("^漏", 1), ('"漏"水', 1), ("漏*", 1), ("(漏)", 1), ("", 1), (" ", 0)],
    ],
)
def test_signs_in_a_search_are_text_and_never_syntax(office, typed, count):
    office.commit(ticket(office, 1, new(0, "厨房漏水")))
    rows, total = office.ask.list("ticket", Filters(text=typed))
    assert total == len(rows) == count


def test_a_phrase_does_not_reach_from_one_field_into_the_next(office):
    office.commit(ticket(office, 1, new(0, "请修水", location="墙角漏")), ticket(office, 2, new(1, "漏水")))
    assert ids(office.ask.list("ticket", Filters(text="漏水"))) == ["A02"]


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_found_by_a_part_of_itself_and_no_query_is_an_error(text, typed):
    connection = sqlite3.connect(":memory:")
    connection.execute('CREATE VIRTUAL TABLE fts USING fts5(body, tokenize = "unicode61 remove_diacritics 0")')
    connection.execute("INSERT INTO fts VALUES (?)", (indexed_text([text.replace("\0", "")]),))
    query = match_query(typed.replace("\0", ""))
    if query is not None:
        connection.execute("SELECT count(*) FROM fts WHERE fts MATCH ?", (query,)).fetchone()
    connection.close()


@given(st.text("漏水电梯𠮷々ab12 ,。-", min_size=1, max_size=20), st.data())
def test_chinese_text_is_found_by_every_piece_of_it(text, data):
    first = data.draw(st.integers(0, len(text) - 1))
    piece = text[first : data.draw(st.integers(first + 1, len(text)))]
    query = match_query(piece)
    # A piece that begins inside a word of letters or digits is no beginning of it.
    if query is None or re.search("[ab12]{2}", text[max(0, first - 1) : first + 1]):
        return
    connection = sqlite3.connect(":memory:")
    connection.execute('CREATE VIRTUAL TABLE fts USING fts5(body, tokenize = "unicode61 remove_diacritics 0")')
    connection.execute("INSERT INTO fts VALUES (?)", (indexed_text([text]),))
    assert connection.execute("SELECT count(*) FROM fts WHERE fts MATCH ?", (query,)).fetchone()[0] == 1
    connection.close()


def test_nothing_private_gets_into_the_file(office):
    phone, wrong = "13812345678", "13987654321"
    path, data = ticket(
        office,
        1,
        new(0, "漏水", contact=SEALED),
        Event(at(1), "li.na", "progress", note="请打 13700001111 联系"),
    )
    # Two slips by hand: a number in free text, and one in clear where a seal belongs.
    data = data.replace("漏水".encode(), f"漏水 电话{phone}".encode()).replace(SEALED.encode(), wrong.encode())
    office.commit((path, data))
    row = office.ask.row("T20261123-A01")
    assert row.fields["contact"] == ""
    assert row.fields["summary"] == "漏水 电话138****5678"
    office.index.close()
    stored = office.path.read_bytes()
    assert not any(number.encode() in stored for number in (phone, wrong, "13700001111"))


def test_a_seal_stays_closed_and_cannot_be_searched(office):
    office.commit(ticket(office, 1, new(0, contact=SEALED)))
    assert office.ask.row("T20261123-A01").fields["contact"] == SEALED
    assert office.ask.list("ticket", Filters(text="9fJx"))[1] == 0
    assert office.ask.list("ticket", Filters(fields={"contact": SEALED}))[1] == 0
    assert SEALED not in json.dumps(office.index.read("SELECT facts FROM event"))


# Listing ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def week(office):
    """Five tickets: 1 registered, 2 assigned, 3 resolved late, 4 closed in time, 5 void."""
    office.commit(
        ticket(office, 1, new(10, place="3-2-1201", due=until(respond=100, resolve=500))),
        ticket(office, 2, new(20, place="3-2", due=until(respond=100, resolve=500)), triage(21), assign(22)),
        ticket(office, 3, new(30, place="3-21-101", category="repair", due=until(resolve=60)), triage(31), resolve(90)),
        ticket(
            office,
            4,
            new(40, place="3-2-1202", category="repair", due=until(resolve=500)),
            triage(41),
            assign(42, "zhao.min"),
            start(43),
            resolve(44),
            Event(at(45), "li.na", "close_force", to="closed", note="电话已确认", due=until(reopen=9000)),
        ),
        ticket(office, 5, new(50), Event(at(51), "manager", "void", to="void", note="重复录入")),
    )
    return office


def test_a_list_is_newest_first_and_counts_all(week):
    assert ids(week.ask.list("ticket", limit=2)) == ["A05", "A04"]
    assert week.ask.list("ticket", limit=2)[1] == 5
    assert ids(week.ask.list("ticket", limit=2, offset=3)) == ["A02", "A01"]
    assert ids(week.ask.list("ticket", limit=-1, order="oldest")) == ["A01", "A02", "A03", "A04", "A05"]
    assert week.ask.list("ticket", limit=0) == ([], 5)
    assert week.ask.list("task") == ([], 0)
    row = week.ask.list("ticket", offset=4)[0][0]
    assert (row.state, row.done, row.ended) == ("registered", False, False)
    assert row.opened == stamp(10)
    assert row.opened_at == at(10).isoformat()
    assert row.fields["summary"] == "3号楼电梯异响"
    assert row.due == until(respond=100, resolve=500)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(states=["registered", "assigned"]), ["A02", "A01"]),
        (Filters(open=True), ["A03", "A02", "A01"]),
        (Filters(open=False), ["A05", "A04"]),
        (Filters(open=True, states=["closed"]), []),
        (Filters(fields={"category": "repair"}), ["A04", "A03"]),
        (Filters(fields={"category": "repair", "assignee": "zhao.min"}), ["A04"]),
        (Filters(fields={"category": "repair"}, open=True), ["A03"]),
        (Filters(fields={"assignee": "zhao.min"}, states=["assigned"]), []),
        (Filters(under={"place": "3-2"}), ["A05", "A04", "A02", "A01"]),
        (Filters(under={"place": "3-21"}), ["A03"]),
        (Filters(under={"place": "3-2"}, fields={"category": "repair"}), ["A04"]),
        (Filters(since=stamp(30), until=stamp(50)), ["A04", "A03"]),
        (Filters(fields={"category": "complaint"}, since=stamp(11)), ["A05", "A02"]),
        (Filters(overdue="now", now=stamp(499)), []),
        (Filters(overdue="now", now=stamp(501)), ["A02", "A01"]),
        (Filters(overdue="ever", now=stamp(499)), ["A03"]),
        (Filters(overdue="ever", now=stamp(501), open=True), ["A03", "A02", "A01"]),
        (Filters(text="电话"), ["A04"]),
        (Filters(text="异响", fields={"category": "repair"}, open=False), ["A04"]),
    ],
)
def test_each_filter_narrows_and_the_total_fits(week, filters, found):
    rows = week.ask.list("ticket", filters)
    assert (ids(rows), rows[1]) == (found, len(found))
    assert week.ask.list("ticket", filters, limit=1)[1] == len(found)
    assert ids(week.ask.list("ticket", filters, limit=1, offset=1)) == found[1:2]
    assert ids(week.ask.list("ticket", filters, order="id")) == found[::-1]


def test_the_tally_follows_every_change(week):
    assert week.ask.tally("ticket") == {"registered": 1, "assigned": 1, "resolved": 1, "closed": 1, "void": 1}
    week.commit(ticket(week, 1, new(10), triage(11)), (week.file("ticket", "T20261123-A05", new(50))[0], None))
    assert week.ask.tally("ticket") == {"triaged": 1, "assigned": 1, "resolved": 1, "closed": 1}
    assert week.ask.tally("ticket", open=True) == {"triaged": 1, "assigned": 1, "resolved": 1}
    assert week.ask.tally("ticket", ["closed"]) == {"closed": 1}


def test_an_imported_ticket_counts_from_the_day_it_was_opened(office):
    long_ago = at(-100_000)
    event = Event(
        NINE,
        "li.na",
        "import",
        to="registered",
        set={"imported": "open", "origin": "旧系统", "origin_key": "77", "opened": long_ago.isoformat()},
    )
    office.commit(office.file("ticket", "T20260914-A01", event, day=date(2026, 9, 14)), ticket(office, 1, new(-5)))
    rows, _ = office.ask.list("ticket")
    assert [row.id for row in rows] == ["T20261123-A01", "T20260914-A01"]
    assert (rows[1].opened, rows[1].entered) == (long_ago.timestamp(), NINE.timestamp())
    # What must be unique is found by its value, though it is free text.
    assert office.ask.twin("ticket", {"origin": "旧系统", "origin_key": "77"}) == "T20260914-A01"
    assert office.ask.twin("ticket", {"origin": "旧系统", "origin_key": "77"}, excluding="T20260914-A01") is None
    assert office.ask.twin("ticket", {"origin": "旧系统", "origin_key": "78"}) is None


# What is due ------------------------------------------------------------------------------------------------------


def test_today_tells_overdue_at_risk_and_due_apart(office):
    office.commit(
        ticket(office, 1, new(0, due=until(resolve=60))),
        # 30 minutes from 9:00; 80 per cent have run at 9:24.
        ticket(office, 2, new(0, due=until(inform=30))),
        ticket(office, 3, new(0, due=until(progress=4320)), triage(1), assign(2)),
        ticket(office, 4, new(0, due=until(inform=5)), Event(at(3), "li.na", "inform", set={"told_by": "phone"})),
    )
    evening = stamp(14 * 60)

    def due(what, minutes, **more):
        rows, total = office.ask.due(what, stamp(minutes), evening, **more)
        assert total == len(rows)
        return [(row.row.id[-3:], row.clock) for row in rows]

    assert due("overdue", 20) == due("risk", 20) == []
    assert due("today", 20) == [("A02", "inform"), ("A01", "resolve")]
    assert due("risk", 24) == [("A02", "inform")]
    assert due("today", 24) == [("A01", "resolve")]
    assert due("overdue", 61) == [("A02", "inform"), ("A01", "resolve")]
    assert due("overdue", 61, kinds=["task"]) == []
    assert due("overdue", 5000) == [("A02", "inform"), ("A01", "resolve"), ("A03", "progress")]
    assert due("overdue", 5000, mine=("wang.qiang", {"ticket": ["assignee"]})) == [("A03", "progress")]
    assert due("overdue", 5000, mine=("wang.qiang", {"task": ["owner"]})) == []
    assert due("overdue", 5000, mine=("wang.qiang", {})) == []
    rows, total = office.ask.due("overdue", stamp(5000), evening, limit=1)
    assert (len(rows), total, rows[0].promise) == (1, 3, False)


@pytest.mark.parametrize("limit", [-1, 1, 2, 3, 20])
def test_urgent_kinds_come_first_within_any_limit(office, limit):
    office.commit(
        ticket(office, 1, new(0, due=until(inform=30))),
        ticket(office, 2, new(0, due=until(resolve=90))),
        office.file("task", "K20261123-A01", Event(NINE, "li.na", "new", to="assigned", set={}, due=until(finish=60))),
    )

    def due(**more):
        rows, total = office.ask.due("overdue", stamp(100), stamp(100), limit=limit, **more)
        assert total == 3
        return [row.row.id for row in rows]

    plain = ["T20261123-A01", "K20261123-A01", "T20261123-A02"]
    shown = slice(None if limit < 0 else limit)
    assert due() == due(urgent=["hazard"]) == due(urgent=["ticket", "task"]) == plain[shown]
    assert due(urgent=["task"]) == ["K20261123-A01", "T20261123-A01", "T20261123-A02"][shown]
    assert due(urgent=["ticket"]) == ["T20261123-A01", "T20261123-A02", "K20261123-A01"][shown]


def test_neither_what_is_due_nor_what_runs_out_is_searched_row_by_row(week):
    asked = []
    week.ask.index.connection.set_trace_callback(asked.append)
    week.ask.due("overdue", stamp(5000), stamp(5000), urgent=["task"], limit=2)
    Lookups(week.index).dates("staff", "licences.expires", "2026-01-01", "2026-12-31")
    week.index.connection.set_trace_callback(None)
    plans = [
        [step[3] for step in week.index.read(f"EXPLAIN QUERY PLAN {sql}")]
        for sql in asked
        if "FROM round" in sql or "FROM dated" in sql
    ]
    *due, dates = [" / ".join(plan) for plan in plans]
    assert len(due) == 3, "the urgent ones, the others, and how many there are"
    # One moment may be the due time of several; beyond it nothing is sorted.
    assert all("round_running (window=? AND due<?)" in plan and "FOR ORDER BY" not in plan for plan in due)
    assert "dated_day (kind=? AND name=? AND day>? AND day<?)" in dates
    assert [plan for plan in (*due, dates) if re.search("SCAN (?!json_each)", plan)] == []


def test_a_window_and_a_closed_ticket_are_never_due(week):
    rows, _ = week.ask.due("overdue", stamp(100_000), stamp(100_001))
    assert {row.row.id[-3:] for row in rows} == {"A01", "A02"}


def test_what_waits_is_listed_the_longest_untouched_first(week):
    rows = week.ask.waiting({"ticket": ["registered", "assigned", "closed"]})
    assert (ids(rows), rows[1]) == (["A01", "A02"], 2)
    assert week.ask.waiting({"ticket": ["registered", "assigned"]}, limit=1)[1] == 2
    mine = ("wang.qiang", {"ticket": ["assignee"]})
    assert ids(week.ask.waiting({"ticket": ["registered", "assigned"]}, mine=mine)) == ["A02"]
    assert week.ask.waiting({}) == ([], 0)


def test_a_breach_stays_and_every_move_is_told_with_the_promise_it_met(office):
    reason = {"waiting_for": "parts", "resume_by": "2026-12-01", "waits_on": "li.na"}
    wait = Event(at(100), "li.na", "wait", to="waiting", set=reason)
    resume = Event(at(300), "li.na", "resume", to="processing", due=until(resolve=700))
    office.commit(
        ticket(office, 1, new(0, due=until(resolve=60)), triage(5), assign(6), start(7), wait, resume, resolve(800)),
    )
    terms = office.ask.index.read("SELECT since, due, ended, promise FROM round WHERE clock = 'resolve' ORDER BY n")
    # Paused at 100, 40 minutes late; in force again from 300 to 700, and stopped at 800.
    assert terms == [(stamp(0), stamp(60), stamp(100), 1), (stamp(300), stamp(700), stamp(800), 1)]
    events = office.ask.index.read("SELECT action, state_before, state_after, moved, due FROM event ORDER BY n")
    assert events[0] == ("new", "", "registered", 0, None)
    assert events[1] == ("triage", "registered", "triaged", 0, stamp(60))
    assert events[5] == ("resume", "waiting", "processing", 0, None)
    assert events[6] == ("resolve", "processing", "resolved", 1, stamp(700))
    office.commit(
        ticket(
            office,
            1,
            *(new(0, due=until(resolve=60)), triage(5), assign(6), start(7), wait, resume, resolve(800)),
            Event(at(900), "li.na", "visit", to="processing", set={"outcome": "reached", "score": "1"}, note="仍异响"),
        )
    )
    assert office.ask.index.read("SELECT action, moved FROM event WHERE moved <> 0 ORDER BY n") == [
        ("resolve", 1),
        ("visit", -1),
    ]
    assert ids(office.ask.list("ticket", Filters(overdue="ever", now=stamp(901)))) == ["A01"]


# One record -------------------------------------------------------------------------------------------------------


def test_any_unambiguous_part_of_a_number_finds_the_record(office):
    office.commit(
        ticket(office, 1, new(0)),
        ticket(office, 2, new(1)),
        office.file("ticket", "T20261124-A01", new(1440), day=date(2026, 11, 24)),
        office.file("resident", "RA0312", Event(NINE, "li.na", "add", to="active", set={})),
        office.file("place", "3-2-1201", Event(NINE, "li.na", "add", to="active", set={"code": "3-2-1201"})),
        office.file("place", "3-2", Event(NINE, "li.na", "add", to="active", set={"code": "3-2"})),
    )
    find = office.ask.find
    assert find("T20261123-A01") == ["T20261123-A01"]
    assert find("t20261123-a01") == ["T20261123-A01"]
    assert find("1123-A01") == ["T20261123-A01"]
    assert find("A01", ["ticket"]) == ["T20261124-A01", "T20261123-A01"]
    assert find("A02") == ["T20261123-A02"]
    assert find("312") == find("RA0312") == ["RA0312"]
    assert find("3-2") == ["3-2"]
    assert find("3-2-12") == ["3-2-1201"]
    assert find("2-120") == ["3-2-1201"]
    assert find("T20261124") == ["T20261124-A01"]
    assert find("261124") == ["T20261124-A01"]
    assert find("3-2", ["ticket"]) == []
    assert find("%") == find("_") == find("") == find("!") == []


def test_at_most_ten_are_offered(office):
    office.commit(*(ticket(office, number, new(number)) for number in range(1, 25)))
    assert office.ask.find("T20261123") == [f"T20261123-A{number:02d}" for number in range(24, 14, -1)]


def test_numbers_go_on_after_the_last_even_if_that_file_is_broken(office):
    assert office.ask.next_seq("ticket", "T20261123-A") == 1
    office.commit(ticket(office, 1, new(0)), ticket(office, 2, new(0)), ticket(office, 9, new(0), desk="B"))
    assert office.ask.next_seq("ticket", "T20261123-A") == 3
    assert office.ask.next_seq("ticket", "T20261123-B") == 10
    assert office.ask.next_seq("ticket", "T20261124-A") == 1
    office.commit(("ticket/2026/11/23/T20261123-A05.yaml", b"{"))
    assert office.ask.next_seq("ticket", "T20261123-A") == 6


def test_both_ends_of_a_link_are_found(office):
    made = Event(at(5), "li.na", "new", to="assigned", set={"source": "T20261123-A01", "what": "x"})
    office.commit(
        ticket(office, 1, new(0)),
        ticket(office, 2, new(1, follows="T20261123-A01")),
        office.file("task", "K20261123-A01", made),
        office.file("task", "K20261123-A02", made, Event(at(6), "li.na", "drop", to="dropped")),
    )
    referring = office.ask.referring("T20261123-A01")
    assert referring == [
        ("task", "K20261123-A02", "source"),
        ("task", "K20261123-A01", "source"),
        ("ticket", "T20261123-A02", "follows"),
    ]
    assert office.ask.referring("T20261123-A01", limit=1) == referring[:1]
    assert ("ticket", "T20261123-A01", "place") in office.ask.referring("3-2-1201")
    assert office.ask.holders("T20261123-A01") == ["K20261123-A01"]
    assert office.ask.holders("3-2-1201") == []


# Files that cannot be read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mangle",
    [
        lambda data: b"",
        lambda data: b"\xff\xfe",
        lambda data: data[:100],
        lambda data: data.replace(b"id: T20261123-A01", b"id: T20261123-A07"),
        lambda data: data.replace(b"kind: ticket", b"kind: task"),
        lambda data: data.replace(b"state: registered", b"state: unheard"),
        lambda data: data.replace(b"category: complaint\n", b"category: {a: b}\n", 1),
        lambda data: data.replace(b"place: 3-2-1201\n", b"materials: text\n", 1),
        lambda data: data.replace(b"place: 3-2-1201\n", b"materials: [text]\n", 1),
        lambda data: data.replace(b"history:", b"due: text\nhistory:"),
        lambda data: data.replace(b"  do: new", b"  do: import\n  recorded: 2026-11-24T09:00:00+08:00", 1).replace(
            b"  set: {", b"  set: {opened: long ago, "
        ),
        lambda data: data.replace(b"+08:00", b""),
        lambda data: data.replace(b"place: 3-2-1201\n", b"resident: [RA0001]\n", 1),
        lambda data: data.replace(b"place: 3-2-1201\n", b"materials: [{name: [{}]}]\n", 1),
    ],
)
def test_a_mangled_file_is_shown_in_every_listing_until_it_is_repaired(office, mangle):
    path, data = ticket(office, 1, new(0))
    assert mangle(data) != data
    office.commit((path, mangle(data)), ticket(office, 2, new(1)))
    broken = office.ask.broken("ticket")
    assert [(item.path, item.kind, item.id) for item in broken] == [(office.inside(path), "ticket", "T20261123-A01")]
    assert str(broken[0].reason)
    assert office.ask.broken("task") == []
    assert office.ask.broken() == broken
    assert ids(office.ask.list("ticket")) == ["A02"]
    assert office.ask.row("T20261123-A01") is None
    assert office.ask.find("A01") == ["T20261123-A01"]
    assert office.ask.path("T20261123-A01") == office.inside(path)
    before = dump(office.index)
    shutil.rmtree(office.path.parent)
    office.index = office.fresh()
    assert office.ask.broken() == broken
    assert dump(office.index) == before
    office.commit((path, data))
    assert office.ask.broken() == []
    assert ids(office.ask.list("ticket")) == ["A02", "A01"]


def test_the_reason_keeps_its_template_for_translation(office):
    office.commit(("ticket/2026/11/23/T20261123-A01.yaml", b"a: b\na: c\n"))
    reason = office.ask.broken()[0].reason
    assert "{" in reason.template
    assert "line 2" in str(reason)
    assert "a second time" in str(reason)


def test_other_files_are_no_records(office):
    office.commit(
        ("pmcs.yaml", b"office: x\n"),
        ("README.md", b"# x\n"),
        ("reports/2026-10/tickets.yaml", b"{"),
        ("docs/a.yaml", b"{"),
        ("ticket/attached/photo.yaml", b"{"),
        ("ticket/note.txt", b"x"),
        ("../elsewhere/ticket/T20261123-A01.yaml".removeprefix("../"), b"{"),
    )
    assert office.ask.broken() == []
    assert office.ask.list("ticket") == ([], 0)


def test_a_file_of_a_kind_that_the_regulation_has_lost_is_not_passed_over(office):
    path, data = ticket(office, 1, new(0))
    office.commit((path.replace("ticket/", "lost/"), data.replace(b"kind: ticket", b"kind: lost")))
    assert [item.kind for item in office.ask.broken()] == ["lost"]


def test_a_second_file_with_the_same_number_is_shown_and_takes_over_when_the_first_goes(office):
    path, data = ticket(office, 1, new(0))
    double = path.replace("/23/", "/24/")
    office.commit((path, data))
    office.commit((double, data), ticket(office, 2, new(1)))
    office.index.freshen()
    assert [item.path for item in office.ask.broken("ticket")] == [office.inside(double)]
    assert path in str(office.ask.broken()[0].reason)
    office.commit((path, None))
    assert office.ask.broken() == []
    assert office.ask.row("T20261123-A01").path == office.inside(double)


def test_a_name_that_is_no_utf8_is_shown_as_well_as_can_be(office):
    office.commit(ticket(office, 1, new(0)))
    root = office.repository.root
    folder = os.fsencode(root / "records/ticket/2026/11/23")
    with open(folder + b"/T\xb5.yaml", "wb") as file:  # noqa: PTH123
        file.write(b"{")
    subprocess.run(["git", "-C", root, "add", "-A"], check=True)
    subprocess.run(["git", "-C", root, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"], check=True)
    assert [item.path for item in office.ask.broken()] == ["records/ticket/2026/11/23/T\\xb5.yaml"]


# Freshness --------------------------------------------------------------------------------------------------------


def no_git(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError(args)

    monkeypatch.setattr(subprocess, "Popen", refuse)


def test_where_head_has_not_moved_no_git_is_run(week, monkeypatch):
    week.index.freshen()
    no_git(monkeypatch)
    assert ids(week.ask.list("ticket", limit=1)) == ["A05"]
    again = week.fresh()
    again.freshen()
    assert ids(Queries(again).list("ticket", limit=1)) == ["A05"]


def test_after_a_commit_only_what_changed_is_read(week, monkeypatch):
    week.index.freshen()
    read = []
    blobs = week.repository.blobs
    monkeypatch.setattr(week.repository, "blobs", lambda oids: blobs(read.extend(oids) or list(read)))
    path, data = ticket(week, 6, new(60))
    week.commit((path, data), ("README.md", b"x"))
    assert ids(week.ask.list("ticket", limit=1)) == ["A06"]
    assert read == [week.repository.blob_oid(data)]


def test_an_own_commit_is_followed_without_git(week, monkeypatch):
    week.index.freshen()
    before = week.repository.head().oid
    changes = [ticket(week, 6, new(60)), ticket(week, 1, new(10), triage(12)), (ticket(week, 5, new(50))[0], None)]
    after = week.commit(*changes)
    no_git(monkeypatch)
    week.index.record_written(before, after, [(week.inside(path), data) for path, data in changes])
    assert ids(week.ask.list("ticket")) == ["A06", "A04", "A03", "A02", "A01"]
    assert week.ask.row("T20261123-A01").state == "triaged"
    monkeypatch.undo()
    told = dump(week.index)
    other = week.fresh(week.path.with_name("other.sqlite"))
    other.freshen()
    assert dump(other) == told


def test_an_own_commit_on_top_of_a_strange_one_waits_for_freshen(week):
    week.index.freshen()
    week.commit(ticket(week, 6, new(60)))
    before = week.repository.head().oid
    change = ticket(week, 7, new(70))
    after = week.commit(change)
    week.index.record_written(before, after, [(week.inside(change[0]), change[1])])
    assert week.index.read("SELECT count(*) FROM record") == [(5,)]
    assert ids(week.ask.list("ticket", limit=2)) == ["A07", "A06"]


def test_a_rewritten_history_is_followed(week):
    week.index.freshen()
    week.commit((ticket(week, 5, new(50))[0], None))
    tree = week.repository.head().oid
    week.index.freshen()
    root = week.repository.root
    subprocess.run(["git", "-C", root, "update-ref", "refs/heads/main", f"{tree}~1"], check=True)
    assert ids(week.ask.list("ticket", limit=1)) == ["A05"]
    # A commit that git has thrown away.
    week.index._connection.execute("UPDATE meta SET value = ? WHERE name = 'head'", ("0" * 39 + "1",))
    assert week.ask.list("ticket")[1] == 5


def test_a_store_before_its_first_commit_is_empty(office):
    assert office.ask.list("ticket") == ([], 0)
    office.commit(ticket(office, 1, new(0)))
    assert office.ask.list("ticket")[1] == 1


def test_a_store_at_the_top_of_its_repository(tmp_path, regulations):
    office = Office(tmp_path / "top", regulations, prefix="")
    office.commit(ticket(office, 1, new(0)))
    assert office.ask.row("T20261123-A01").path == "ticket/2026/11/23/T20261123-A01.yaml"
    office.commit(ticket(office, 2, new(1)))
    assert office.ask.list("ticket")[1] == 2
    office.close()


def test_another_folder_of_the_repository_is_another_store(week):
    week.index.freshen()
    week.index.close()
    week.prefix = "elsewhere"
    other = week.fresh()
    other.freshen()
    assert Queries(other).list("ticket") == ([], 0)


def test_a_changed_kind_has_its_records_judged_again(tmp_path):
    store = tmp_path / "物业" / "records"
    shutil.copytree(ROOT / "records", store)
    regulations = Regulations(store, tmp_path / "compiled", ZONE)
    office = Office(tmp_path / "物业", regulations)
    inside = "regulation/2026-01-01/kinds/ticket.yaml"
    office.commit(ticket(office, 1, new(0), triage(1), resolve(2)), (inside, (store / inside).read_bytes()))
    assert office.ask.row("T20261123-A01").done
    changed = (store / inside).read_text("utf-8").replace("{label: 待回访,   done: true}", "{label: 待回访}")
    (store / inside).write_text(changed, "utf-8")
    office.regulations = Regulations(store, tmp_path / "compiled", ZONE)
    office.commit((inside, changed.encode()))
    assert not office.ask.row("T20261123-A01").done
    office.close()


def test_a_broken_regulation_is_no_fault_of_the_records(office):
    office.commit(ticket(office, 1, new(0)))

    def judge(name, day):
        raise Broken("{file} is broken.", file="posts.yaml")

    office.index._judge = judge
    with pytest.raises(Broken, match=r"posts\.yaml"):
        office.index.freshen()
    office.index = office.fresh()
    assert office.ask.broken() == []
    assert office.ask.list("ticket")[1] == 1


OPERATIONS = st.lists(
    st.lists(
        st.tuples(
            st.integers(1, 4), st.sampled_from(["new", "triaged", "assigned", "void", "gone", "broken", "double"])
        ),
        min_size=1,
        max_size=4,
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=10)
@given(OPERATIONS)
def test_following_step_by_step_tells_the_same_as_starting_anew(tmp_path_factory, regulations, commits):
    office = Office(tmp_path_factory.mktemp("steps"), regulations)
    there = set()
    for commit in commits:
        changes = {}
        for number, what in commit:
            path, data = ticket(office, number, *_history(what, number))
            if what == "gone":
                data = None
            elif what == "broken":
                data = data[:60]
            elif what == "double":
                path = path.replace("/23/", "/24/")
            if data is not None or path in there or path in changes:
                changes[path] = data
        changes = {path: data for path, data in changes.items() if data is not None or path in there}
        if changes:
            office.commit(*changes.items())
            there = (there | changes.keys()) - {path for path, data in changes.items() if data is None}
            office.index.freshen()
    office.index.freshen()
    other = office.fresh(office.path.with_name("other.sqlite"))
    other.freshen()
    told, anew = dump(office.index), dump(other)
    # Which of two files with one number came first is all that may differ.
    doubles = {row[2] for tables in (told, anew) for row in tables["broken"] if "carries" in row[6]}
    for tables in (told, anew):
        for table in ("record", "field", "link", "round", "event", "fts", "broken"):
            tables[table] = [row for row in tables[table] if not doubles & {*row[:3]}]
        if doubles:
            tables["tally"] = []
    assert told == anew
    office.close()


def _history(what, number):
    events = [new(number), triage(number + 1), assign(number + 2)]
    if what == "void":
        return [events[0], Event(at(9), "manager", "void", to="void", note="x")]
    return events[: {"new": 1, "triaged": 2}.get(what, 3)]


# An index that cannot be trusted ----------------------------------------------------------------------------------


def _cut(path):
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def _scribble(path):
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)


def _older(path):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 0")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "damage",
    [
        _cut,
        _scribble,
        _older,
        lambda path: path.write_bytes(b"no database at all" * 1000),
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
    ],
    ids=["cut", "scribbled", "older", "garbage", "empty", "gone"],
)
def test_a_damaged_index_is_made_anew(week, damage):
    week.index.freshen()
    told = dump(week.index)
    week.index.close()
    damage(week.path)
    week.index = week.fresh()
    assert ids(week.ask.list("ticket")) == ["A05", "A04", "A03", "A02", "A01"]
    assert dump(week.index) == told


def test_damage_found_while_reading_is_mended_under_way(week):
    week.index.freshen()
    page = week.index.read("SELECT rootpage FROM sqlite_schema WHERE name = 'field_value'")[0][0]
    week.index.close()
    with week.path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    week.index = week.fresh()
    assert ids(week.ask.list("ticket", Filters(fields={"category": "repair"}))) == ["A04", "A03"]


def test_a_leftover_of_a_killed_builder_does_no_harm(week):
    week.path.parent.mkdir(parents=True)
    for name in ("index.sqlite.123.new", "index.sqlite.123.new-journal", "index.sqlite-journal"):
        week.path.with_name(name).write_bytes(b"half")
    assert week.ask.list("ticket")[1] == 5
    assert sorted(path.name for path in week.path.parent.iterdir()) == ["index.lock", "index.sqlite"]


def test_where_nothing_can_be_written_the_index_lives_in_memory(week, tmp_path):
    (tmp_path / "file").write_text("in the way")
    index = week.fresh(tmp_path / "file" / "index.sqlite")
    index.freshen()
    assert Queries(index).list("ticket")[1] == 5
    before = week.repository.head().oid
    change = ticket(week, 6, new(60))
    after = week.commit(change)
    index.record_written(before, after, [(week.inside(change[0]), change[1])])
    index.freshen()
    assert Queries(index).list("ticket")[1] == 6
    index.close()


def test_an_index_on_read_only_ground_is_copied_and_followed_in_memory(week, monkeypatch):
    week.index.freshen()
    week.index.close()
    stored = week.path.read_bytes()
    week.commit(ticket(week, 6, new(60)))
    monkeypatch.setattr(index_module.os, "access", lambda path, mode: False)
    index = week.fresh()
    index.freshen()
    assert Queries(index).list("ticket")[1] == 6
    index.close()
    assert week.path.read_bytes() == stored


def test_an_index_that_another_process_made_anew_is_noticed(week):
    week.index.freshen()
    week.path.unlink()
    other = week.fresh()
    other.freshen()
    week.commit(ticket(week, 6, new(60)))
    other.freshen()
    assert week.ask.list("ticket")[1] == 6
    assert week.index.read("SELECT count(*) FROM record") == other.read("SELECT count(*) FROM record")


READER = """
import sys
from pathlib import Path
from zoneinfo import ZoneInfo
from pmcs.store.git import Repository
from pmcs.store.index import Index
from pmcs.store.lookups import Lookups
from pmcs.store.queries import Queries
from pmcs.store.regulations import Regulations

root, path, starter, cache = map(Path, sys.argv[1:])
regulations = Regulations(starter, cache, ZoneInfo("Asia/Shanghai"))
index = Index(path, Repository.discover(root), "records",
              lambda name, day: regulations.on(day).kind(name), lambda day: regulations.on(day).calendar)
for _ in range(10):
    index.freshen()
    rows, total = Queries(index).list("ticket")
    assert len(rows) == min(total, 20), (len(rows), total)
print(total)
"""


def test_several_processes_share_one_index(week, tmp_path):
    run = [sys.executable, "-c", READER, week.repository.root, week.path, ROOT / "records", tmp_path / "cache"]
    processes = [
        subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(3)
    ]
    for number in range(6, 12):
        week.commit(ticket(week, number, new(60)))
        week.index.freshen()
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [error for _, error in outputs] == [""] * 3
    assert all(5 <= int(output) <= 11 for output, _ in outputs)
    assert week.ask.list("ticket")[1] == 11


# Many files -------------------------------------------------------------------------------------------------------


def test_several_processes_read_a_large_store_to_the_same_result(week, monkeypatch):
    week.commit(
        *(ticket(week, number, new(number), triage(number + 1)) for number in range(10, 60)),
        ("ticket/2026/11/23/T20261123-A77.yaml", b"{"),
    )
    week.index.freshen()
    told = dump(week.index)
    monkeypatch.setattr(index_module, "_MANY", 1)
    from pmcs.store import index_workers

    monkeypatch.setattr(index_workers, "_CHUNK", 7)
    seen = []
    other = week.fresh(week.path.with_name("other.sqlite"))
    other.freshen(lambda done, total: seen.append((done, total)))
    assert dump(other) == told
    assert seen == [(56, 56)]


def test_what_stops_one_of_several_processes_is_told(week, monkeypatch):
    monkeypatch.setattr(index_module, "_MANY", 1)

    def judge(name, day):
        raise Broken("{file} is broken.", file="posts.yaml")

    week.index._judge = judge
    with pytest.raises(Broken, match=r"posts\.yaml is broken"):
        week.index.freshen()
    assert [path.name for path in week.path.parent.iterdir()] == ["index.lock"]


# Hand edits -------------------------------------------------------------------------------------------------------


def test_an_edit_behind_the_back_is_noticed_and_forgotten_when_undone(week):
    one = week.repository.root / "records/ticket/2026/11/23/T20261123-A01.yaml"
    closed = one.with_name("T20261123-A04.yaml")
    past = NINE.timestamp()
    for file in one.parent.iterdir():
        os.utime(file, (past, past))
    assert week.ask.edited() == []
    text = one.read_bytes()
    one.write_bytes(text.replace(b"complaint", b"suggested"))
    os.utime(one, (past + 5, past + 5))
    closed.write_bytes(b"{")
    assert week.ask.edited() == [("records/ticket/2026/11/23/T20261123-A01.yaml", "T20261123-A01")]
    assert [id_ for _, id_ in week.ask.edited(ids=["T20261123-A04"])] == ["T20261123-A01", "T20261123-A04"]
    assert week.ask.edited(limit=1) == []
    one.write_bytes(text)
    assert week.ask.edited() == []
    one.unlink()
    assert [id_ for _, id_ in week.ask.edited()] == ["T20261123-A01"]


def test_a_file_whose_stat_is_known_is_not_read_again(week, monkeypatch):
    folder = week.repository.root / "records/ticket/2026/11/23"
    monkeypatch.setattr("pmcs.store.edited._SETTLED", -(10**18))
    assert week.ask.edited() == []

    def refuse(*args):
        raise AssertionError(args)

    monkeypatch.setattr("pmcs.store.edited.present", refuse)
    assert week.ask.edited() == []
    (folder / "T20261123-A01.yaml").touch()
    with pytest.raises(AssertionError):
        week.ask.edited()


def test_a_file_changed_a_moment_ago_is_read_each_time(week, monkeypatch):
    monkeypatch.setattr("pmcs.store.edited._SETTLED", 10**18)
    assert week.ask.edited() == []
    assert week.index.read("SELECT count(*) FROM file") == [(0,)]
