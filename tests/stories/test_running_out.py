"""Certificates that run out, and what is urgent: the lift's yearly check, licences, leaks, in `pmcs today`."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest

from pmcs.cli.app import App
from pmcs.duties.announcing import expiries

LIFT = """
kind: lift
title: 电梯
key: code
columns: [code, state, name]
fields:
  code: {label: 编码}
  name: {label: 名称}
  insured: {label: 保险至, type: date, warns: [30d]}
  paid: {label: 付费至, type: date}
  certificates:
    label: 证书
    key: [name, number]
    rows:
      name: {label: 名称, values: {check: 年检, contract: 维保合同}}
      number: {label: 编号}
      expires: {label: 有效期至, type: date, warns: [60d, 30d, 7d]}
actions:
  add: {label: 登记, by: [manager], asks: [code, name], takes: [insured, paid]}
  certify: {label: 登记证书, from: open, by: [manager], adds: certificates, asks: [name, number], takes: [expires]}
  renew: {label: 续期, from: open, by: [manager], row: certificates, asks: [expires]}
"""
LEAK = """
kind: leak
title: 险情
number: XQ
urgent: true
columns: [id, state, what]
fields:
  what: {label: 险情, type: text}
  until: {label: 期限, type: time}
states:
  open: {label: 处置中}
  gone: {label: 已排除, end: true}
actions:
  new: {label: 上报, to: open, by: [anyone], asks: [what, until]}
  over: {label: 排除, from: [open], to: gone, by: [anyone]}
clocks:
  over: {label: 排除, starts: [new], stops: [over], until: until}
  again: {label: 复看, starts: [new], stops: [over], within: 10h real}
"""
RUNS_OUT = date(2027, 3, 1)
CHECK = ("--name", "check", "--number", "DT-2026-001")


def with_kind(office, name, text):
    (office.root / "regulation" / "2026-01-01" / "kinds" / f"{name}.yaml").write_text(text, "utf-8")
    office.git("add", "regulation")
    office.git("commit", "-qm", f"regulation: {name}")
    return office


@pytest.fixture
def lift(office):
    """One lift, whose yearly check runs out on 1 March 2027."""
    with_kind(office, "lift", LIFT)("lift", "add", "DT-01", "--name", "1号梯")
    office("lift", "certify", "DT-01", *CHECK, "--expires", str(RUNS_OUT))
    return office


def before(office, days):
    """The office so many days before the check runs out."""
    return office.at(f"{RUNS_OUT - timedelta(days=days)}T08:00")


def told(office, *sections, by="li.na"):
    """Section, record, date, line and days of what `today` tells."""
    return [
        (row["section"], row["id"], row["clock_due"], tuple(row["clock_row"].values()), row["clock_days"])
        for row in office.json("today", "--limit", "0", by=by)
        if row["section"] in (sections or ("expired", "ahead"))
    ]


def listed(office, *words, section="expired"):
    return [row["id"] for row in office.json("today", *words) if row["section"] == section]


def test_a_certificate_is_announced_sixty_days_ahead_and_stays_when_it_has_run_out(lift):
    for days, section, left in (
        (61, None, ""),
        (60, "ahead", "60 d left"),
        (30, "ahead", "30 d left"),
        (7, "ahead", "7 d left"),
        (0, "ahead", "falls due today"),
        (-1, "expired", "1 d over"),
        (-400, "expired", "400 d over"),
    ):
        before(lift, days)
        expected = [(section, "DT-01", "2027-03-01", ("check", "DT-2026-001"), days)]
        assert told(lift) == (expected if section else [])
        said = [line for line in lift("today", "--lang", "en").splitlines() if line.startswith("DT-01")]
        assert ["年检 DT-2026-001 有效期至  2027-03-01" in line and line.endswith(left) for line in said] == (
            [True] if section else []
        )


def test_expired_stands_between_overdue_and_at_risk(lift):
    titles = [line.rpartition(" (")[0] for line in lift("today", "--lang", "en").splitlines() if line.endswith(")")]
    assert titles[:3] == ["Overdue", "Expired", "At risk"]


def test_it_is_there_until_it_is_renewed_or_the_lift_is_no_more(lift):
    lift("lift", "certify", "DT-01", "--name", "contract", "--number", "WB-7", "--expires", "2027-02-01")
    before(lift, -3)
    check = ("expired", "DT-01", "2027-03-01", ("check", "DT-2026-001"), -3)
    assert told(lift) == [("expired", "DT-01", "2027-02-01", ("contract", "WB-7"), -31), check], "the longest ago first"
    lift("lift", "renew", "DT-01", "--name", "contract", "--number", "WB-7", "--expires", "2028-02-01")
    assert told(lift) == [check]
    lift("lift", "renew", "DT-01", *CHECK, "--expires", "2027-04-01")
    assert told(lift) == [("ahead", "DT-01", "2027-04-01", ("check", "DT-2026-001"), 28)]
    lift("lift", "retire", "DT-01", "--note", "拆除")
    assert told(lift) == []
    lift("lift", "revive", "DT-01")
    assert len(told(lift)) == 1
    lift.clean()


def test_two_certificates_of_one_day_are_two(lift):
    lift("lift", "certify", "DT-01", "--name", "contract", "--number", "WB-7", "--expires", str(RUNS_OUT))
    for days in (5, -5):
        before(lift, days)
        assert [row[3] for row in told(lift)] == [("check", "DT-2026-001"), ("contract", "WB-7")]


def test_a_date_of_the_record_itself_and_one_that_warns_of_nothing(lift):
    lift("lift", "add", "DT-02", "--name", "2号梯", "--insured", "2026-12-23", "--paid", "2026-12-01")
    assert told(lift) == [("ahead", "DT-02", "2026-12-23", (), 30)]
    lift("lift", "edit", "DT-02", "--insured", "2026-11-22")
    assert told(lift) == [("expired", "DT-02", "2026-11-22", (), -1)]


def test_twenty_are_shown_the_longest_expired_first_and_how_many_more(lift):
    for number in range(21):
        lift("lift", "add", f"K-{number:02}", "--name", "梯", "--insured", str(date(2026, 11, 22) - timedelta(number)))
    assert listed(lift) == [f"K-{number:02}" for number in range(20, 0, -1)]
    assert listed(lift, "--limit", "1") == ["K-20"]
    said = lift("today", "--lang", "en")
    assert "Expired (21)" in said
    assert "1 more" in said


def test_a_licence_that_ran_out_is_told_to_all_but_its_number_only_to_whom_the_member_is_shown_whole(office):
    office("staff", "license", "wang.qiang", "--licence", "电工证", "--number", "D1", "--expires", "2026-11-20")
    for reader, line in (("li.na", ("电工证", "D1")), ("wang.qiang", ("电工证", "D1")), ("zhao.min", ())):
        assert told(office, by=reader) == [("expired", "wang.qiang", "2026-11-20", line, -3)]
        assert ("D1" in office("today", by=reader)) == bool(line)


def test_a_spreadsheet_has_the_days_and_the_line(lift):
    before(lift, 7)
    heading, *rows = csv.reader(io.StringIO(lift("today", "--format", "csv", "--lang", "en")))
    assert heading[-1] == "Time left"
    assert [(row[1], row[-3:]) for row in rows] == [("DT-01", ["年检 DT-2026-001 有效期至", "2027-03-01", "7 d left"])]


def test_a_report_asks_for_its_own_day_and_reach(lift):
    lift("lift", "add", "DT-02", "--name", "2号梯", "--insured", "2027-02-28")
    lift("lift", "certify", "DT-02", "--name", "check", "--number", "DT-2026-002", "--expires", "2027-03-02")
    app = App(environment={}, folder=lift.root, clock=lambda: lift.now, out=io.StringIO(), errors=io.StringIO())

    def found(day, until):
        return [[(item.id, item.when, item.left(day)) for item in part] for part in expiries(app.store, day, until)]

    assert found(date(2027, 3, 1), date(2027, 3, 2)) == [
        [("DT-02", "2027-02-28", -1)],
        [("DT-01", "2027-03-01", 0), ("DT-02", "2027-03-02", 1)],
    ]
    assert found(date(2027, 2, 28), date(2027, 3, 1)) == [[], [("DT-02", "2027-02-28", 0), ("DT-01", "2027-03-01", 1)]]
    assert found(date(2027, 1, 1), date(2027, 1, 31)) == [[], []], "no further than asked"
    # As far as each warns: 60 days for a check, 30 for the insurance.
    assert found(date(2027, 1, 1), None) == [[], [("DT-01", "2027-03-01", 59), ("DT-02", "2027-03-02", 60)]]
    (item,) = expiries(app.store, date(2027, 3, 1), date(2027, 3, 1)).ahead
    assert (item.kind, item.name, item.what, item.line) == (
        *("lift", "certificates.expires", "有效期至"),
        {"name": "check", "number": "DT-2026-001"},
    )


def test_only_a_date_in_clear_can_be_announced(office):
    for other in ("time", "line"):
        with_kind(office, "lift", LIFT.replace("type: date, warns: [30d]", f"type: {other}, warns: [30d]"))
        said = office.try_("regulation", "check", "--lang", "en")
        assert said.code == 1
        assert "kinds/lift.yaml:9: " in said.out.replace("\n", " ")
        assert "insured is no date in clear" in said.out


def test_what_is_urgent_comes_first_however_long_others_are_overdue(office):
    """A ticket is overdue since Monday, the leaks only since Thursday noon: they are what the manager sees first."""
    with_kind(office, "leak", LEAK)
    ticket = office.ticket()
    office.at("2026-11-26T09:00")
    task = office.json("task", "new", "--what", "换灯", "--owner", "zhao.min", "--deadline", "2026-11-26 18:00")["id"]
    later = office.json("leak", "new", "--what", "水管爆裂", "--until", "2026-11-26 12:00")["id"]
    sooner = office.json("leak", "new", "--what", "配电房进水", "--until", "2026-11-26 11:00")["id"]
    # The task, due at 18:00, and the second look at the leaks, due at 19:00.
    office.at("2026-11-26T15:00")
    assert listed(office, section="due_today") == [later, sooner, task]
    assert listed(office, "--limit", "1", section="due_today") == [later]
    office.at("2026-11-26T17:05")
    assert listed(office, section="at_risk") == [later, sooner, task]
    overdue = listed(office, "--limit", "0", section="overdue")
    assert overdue[:3] == [sooner, later, ticket]
    for limit in (1, 2, 3):
        assert listed(office, "--limit", str(limit), section="overdue") == overdue[:limit]
    assert f"Overdue ({len(overdue)})" in office("today", "--limit", "1", "--lang", "en")
    for leak in (sooner, later):
        office("leak", "over", leak)
    assert listed(office, "--limit", "1", section="overdue") == [ticket]
