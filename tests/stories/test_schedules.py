"""Schedules: what is due makes itself, once, however cron ran (8.1, 8.4, 9.2)."""

from __future__ import annotations

from datetime import UTC, datetime

import icalendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stories.conftest import MONDAY, ZONE


@pytest.fixture
def points(office):
    for code in ("P1", "P2"):
        office("place", "add", code, "--category", "patrol")
    return office


def night_patrol(office, *words, begins="2026-11-23 22:00", rule="daily", code="NP"):
    office(
        *("schedule", "add", code, "--name", "夜巡", "--makes", "inspection", "--round", "safety"),
        *("--checklist", "patrol_point", "--places", "P1", "--places", "place=P2", "--rule", rule, "--begins", begins),
        *words,
        by="wang.qiang",
    )


def service(office, *words, begins="2026-11-23 08:00", rule="半月", code="LH", checklist="lift_half_monthly"):
    office(
        *("schedule", "add", code, "--name", "电梯保养", "--makes", "保养", "--checklist", checklist),
        *("--assets", "LIFT1", "--rule", rule, "--begins", begins, *words),
        by="wang.qiang",
    )


@pytest.fixture
def lift(office):
    office("asset", "add", "LIFT1", "--name", "1号梯", "--category", "电梯", "--place", "3-2-1201", by="wang.qiang")
    return office


def rounds(office, kind="inspection"):
    return {row["id"]: row["state"] for row in office.json(kind, "list", "--limit", "0")}


def test_what_is_due_today_is_there_in_the_morning_and_a_second_run_adds_nothing(points):
    night_patrol(points, "--post", "security_guard")
    assert points("schedule", "run") == "NP：待巡查 2 张。\n共生成 2 张。\n"
    assert rounds(points) == {"X-20261123T2200-NP-P1": "planned", "X-20261123T2200-NP-P2": "planned"}
    assert points.log()[0] == "schedule run 2"
    assert points.git("log", "-1", "--format=%(trailers:key=Actor,valueonly)%an").split() == ["system", "pmcs"]
    head = points.head()
    assert points("schedule", "run") == "共生成 0 张。\n"
    assert points.head() == head
    made = points.json("show", "X-20261123T2200-NP-P1")
    assert (made["post"], made["place"], made["latest"]) == ("security_guard", "P1", "2026-11-23T23:59:59+08:00")
    points.clean()


def test_after_three_days_of_silence_each_round_is_there_once_and_those_nobody_walked_are_missed(points):
    night_patrol(points)
    points("schedule", "run")
    points.at("2026-11-27 07:00")
    commits = len(points.log())
    said = points("schedule", "run")
    assert said.splitlines() == [
        "NP：漏巡 6 张。",
        "NP：待巡查 2 张。",
        "此前生成的单据中，2 张逾时未做，已作记录。",
        "共生成 8 张。",
    ]
    assert len(points.log()) == commits + 1
    found = rounds(points)
    assert len(found) == 10
    assert {id_[2:10] for id_, state in found.items() if state == "missed"} == {
        "20261123",
        "20261124",
        "20261125",
        "20261126",
    }
    assert {id_[2:10] for id_, state in found.items() if state == "planned"} == {"20261127"}
    points.clean()


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hours=st.lists(st.integers(1, 100), min_size=1, max_size=5))
def test_whenever_cron_ran_the_rounds_are_the_same(points, hours, furnished_points):
    office = furnished_points(points)
    for hour in [*sorted(hours), 101]:
        office.now = MONDAY.replace(hour=0)
        office.later(hours=hour)
        office("schedule", "run")
    days = ("20261123", "20261124", "20261125", "20261126", "20261127")
    assert set(rounds(office)) == {f"X-{day}T2200-NP-{place}" for day in days for place in ("P1", "P2")}
    for day in days[:-1]:
        assert office.json("show", f"X-{day}T2200-NP-P1")["state"] == "missed"


@pytest.fixture
def furnished_points(tmp_path):
    """A fresh copy of the office with its schedule, for each example."""
    import shutil

    from tests.stories.conftest import Office

    count = iter(range(1000))
    begun = []

    def copy(office):
        if not begun:
            night_patrol(office)
            begun.append(office.root)
        root = tmp_path / f"copy{next(count)}"
        shutil.copytree(begun[0], root)
        return Office(root, office.now, office.monkeypatch)

    return copy


@pytest.mark.parametrize("silent", [set(), {27, 28, 29, 30}, {24, 25, 26, 27, 28, 29, 30}])
def test_after_completion_what_is_missed_moves_nothing_by_when_cron_came(points, silent):
    points(
        *("schedule", "add", "TC", "--name", "清扫", "--makes", "inspection", "--round", "cleaning", "--checklist"),
        *("patrol_point", "--places", "P1", "--rule", "every 3 days", "--begins", "2026-11-23 08:00"),
        *("--basis", "after_completion"),
        by="wang.qiang",
    )
    for day in range(23, 31):
        if day not in silent:
            points.at(f"2026-11-{day} 05:30")("schedule", "run")
    points.at("2026-12-03 05:30")("schedule", "run")
    # Each may still be begun until the next could be due, three days on, and the next is three days after that.
    made = {id_[2:10]: state for id_, state in rounds(points).items()}
    assert made == {"20261123": "missed", "20261129": "missed"}
    points.clean()


def test_a_day_ahead_by_until_and_again_by_itself(points):
    night_patrol(points)
    assert points("schedule", "run", "--until", "2026-11-25").splitlines()[-1] == "共生成 6 张。"
    points.at("2026-11-25 06:00")
    assert points("schedule", "run").splitlines()[-1] == "共生成 0 张。"


def test_paused_and_resumed(points):
    night_patrol(points)
    points.at("2026-11-24 09:00")
    points("schedule", "pause", "NP", "--note", "设备改造", by="wang.qiang")
    points.at("2026-11-27 09:00")
    points("schedule", "resume", "NP", by="wang.qiang")
    points("schedule", "run")
    assert {id_[2:10] for id_ in rounds(points)} == {"20261123", "20261127"}


def test_what_is_edited_counts_from_then_on(points):
    night_patrol(points)
    points("schedule", "run")
    points("place", "add", "P3")
    points.at("2026-11-25 09:00")
    points("schedule", "edit", "NP", "--places", "P3", by="wang.qiang")
    points("schedule", "run")
    assert sorted(id_ for id_ in rounds(points) if id_.endswith("P3")) == ["X-20261125T2200-NP-P3"]
    points.clean()


def test_a_point_taken_out_of_the_round_is_walked_no_more(points):
    night_patrol(points)
    points("schedule", "run")
    points.at("2026-11-24 09:00")
    points("schedule", "edit", "NP", "--places", "P1,dropped=yes", by="wang.qiang")
    points("schedule", "run")
    assert [id_ for id_ in rounds(points) if "20261124" in id_] == ["X-20261124T2200-NP-P2"]
    points("schedule", "edit", "NP", "--places", "place=P2,dropped=yes", by="wang.qiang")
    points.at("2026-11-25 09:00")
    assert points("schedule", "run").splitlines()[-1] == "共生成 0 张。"
    points.clean()


def test_a_place_no_longer_in_use_holds_up_no_other(points):
    night_patrol(points)
    points("place", "retire", "P1")
    said = points.try_("schedule", "run")
    assert (said.code, said.out.splitlines()[-1]) == (3, "共生成 1 张。")
    assert "NP" in said.errors
    assert "P1" in said.errors
    assert list(rounds(points)) == ["X-20261123T2200-NP-P2"]


def test_cron_tells_of_a_schedule_that_cannot_be_read_and_runs_the_others(points):
    night_patrol(points)
    night_patrol(points, code="NQ")
    points.file("NQ").write_text("{{{ <<<<<<< HEAD", "utf-8")
    points.git("commit", "-qam", "a merge gone wrong")
    said = points.try_("schedule", "run")
    assert (said.code, said.out.splitlines()[-1]) == (5, "共生成 2 张。")
    assert "schedule/NQ.yaml" in said.errors


def test_what_went_out_of_use_is_taken_off_its_schedule(lift):
    service(lift, rule="每天")
    lift("asset", "retire", "LIFT1", "--note", "拆除", by="wang.qiang")
    lift.at("2026-11-25 09:00")
    assert lift.try_("schedule", "run").code == 3
    lift("schedule", "edit", "LH", "--assets", "LIFT1,dropped=yes", by="wang.qiang")
    lift.at("2026-11-26 09:00")
    assert lift("schedule", "run") == "共生成 0 张。\n"
    lift.clean()


def test_services_are_announced_ahead_and_never_more_than_fifteen_days_apart(lift):
    service(lift, "--max-gap", "15d", "--before", "2d", "--after", "2d")
    lift("schedule", "run")
    assert rounds(lift, "maintenance") == {"B-20261123T0800-LH-LIFT1": "planned"}
    lift("maintenance", "start", "B-20261123T0800-LH-LIFT1", by="wang.qiang")
    lift.at("2026-12-01 06:00")
    lift("schedule", "run")
    following = lift.json("show", "B-20261208T0800-LH-LIFT1")
    assert following["earliest"] == "2026-12-06T08:00:00+08:00"
    assert following["latest"] == following["due"]["start"] == "2026-12-08T09:00:00+08:00"  # 15 days after it was done
    assert "B-20261208T0800-LH-LIFT1" in lift.at("2026-12-01 10:00")("today")


def test_after_completion_the_next_is_an_interval_after_the_last(points):
    points(
        *("schedule", "add", "TC", "--name", "清扫", "--makes", "inspection", "--round", "cleaning", "--checklist"),
        *("patrol_point", "--places", "P1", "--rule", "every 7 days", "--begins", "2026-11-23 08:00"),
        *("--basis", "after_completion"),
        by="wang.qiang",
    )
    points("schedule", "run")
    assert list(rounds(points)) == ["X-20261123T0800-TC-P1"]
    id_ = "X-20261123T0800-TC-P1"
    points.at("2026-11-25 09:00")
    assert points("schedule", "run").splitlines()[-1] == "共生成 0 张。"
    points("inspection", "start", id_, by="wang.qiang")
    points("inspection", "record", id_, *(f"--items=item={n},result=normal" for n in (1, 2, 3)), by="wang.qiang")
    points("inspection", "finish", id_, by="wang.qiang")
    points.at("2026-12-02 07:00")
    points("schedule", "run")
    assert sorted(rounds(points)) == [id_, "X-20261202T0800-TC-P1"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--after", "20h", "--before", "5h"), "before"),
        (("--after", "2d office"), "after"),
        (("--rule", "每分钟"), "rule"),
        (("--rule", "FREQ=MINUTELY"), "rule"),
        (("--makes", "drill"), "plan"),
        (("--round", ""), "round"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(points, words, said):
    given_ = {"--makes": "inspection", "--round": "safety", "--rule": "daily"} | dict(
        zip(words[::2], words[1::2], strict=True)
    )
    options = [part for name, value in given_.items() for part in (name, value)]
    answer = points.try_(
        *("schedule", "add", "NP", "--name", "夜巡", "--checklist", "patrol_point", "--places", "P1"),
        *("--begins", "2026-11-23 22:00", *options),
        by="wang.qiang",
    )
    assert answer.code in (2, 3)
    assert said in answer.errors


def test_a_drill_is_not_made_for_assets(lift):
    lift("emergency_plan", "add", "EP1", "--name", "困人", "--type", "lift", "--steps", "安抚、呼叫维保")
    said = lift.try_(
        *("schedule", "add", "D", "--name", "演练", "--makes", "drill", "--plan", "EP1", "--assets", "LIFT1"),
        *("--rule", "half-yearly", "--begins", "2026-12-01 14:00"),
        by="wang.qiang",
    )
    assert (said.code, said.errors) == (3, "错误：演练不按设备生成；请从计划中去掉。\n")


def test_what_comes_next(points, lift):
    night_patrol(points)
    service(points)
    found = points.json("schedule", "next", "--limit", "3")
    assert [(row["schedule"], row["target"], row["planned"], row["made"]) for row in found] == [
        ("NP", "P1", "2026-11-23T22:00:00+08:00", False),
        ("NP", "P2", "2026-11-23T22:00:00+08:00", False),
        ("NP", "P1", "2026-11-24T22:00:00+08:00", False),
    ]
    assert [row["planned"][:10] for row in points.json("schedule", "next", "LH", "--limit", "2")] == [
        "2026-12-08",
        "2026-12-23",
    ]
    assert "2026-12-08 08:00  LH" in points("schedule", "next", "LH")


def test_the_calendar_that_a_phone_reads(points, lift, tmp_path):
    night_patrol(points)
    service(points, begins="2026-11-24 08:00", rule="每月")
    text = points("schedule", "ical", "--until", "2026-12-31")
    events = [
        item for item in icalendar.Calendar.from_ical(text).walk("VEVENT") if str(item["SUMMARY"]).startswith("电梯")
    ]
    assert [event.decoded("dtstart") for event in events] == [
        datetime(2026, 11, 24, 0, 0, tzinfo=UTC),
        datetime(2026, 12, 24, 0, 0, tzinfo=UTC),
    ]
    assert [str(event["uid"]).partition("@")[0] for event in events] == [
        "B-20261124T0800-LH-LIFT1",
        "B-20261224T0800-LH-LIFT1",
    ]
    assert str(events[0]["SUMMARY"]) == "电梯保养 1号梯"
    assert text == points("schedule", "ical", "--until", "2026-12-31")
    target = tmp_path / "plan.ics"
    points("schedule", "ical", "LH", "--until", "2026-12-31", "--output", str(target))
    assert target.read_bytes().count(b"BEGIN:VEVENT\r\n") == 2
    assert points.try_("schedule", "ical", "--output", str(tmp_path / "no" / "where.ics")).code == 7
    assert points.now.tzinfo == ZONE


def test_from_cron_with_an_empty_environment(points):
    import subprocess
    import sys

    night_patrol(points, begins="2020-01-01 22:00", rule="yearly")
    done = subprocess.run(
        [sys.executable, "-m", "pmcs", "--store", str(points.root), "schedule", "run"],
        cwd="/",
        env={"PYTHONPATH": str(__import__("pathlib").Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert points.git("log", "-1", "--format=%an <%ae>").startswith("pmcs <system@")


def test_another_kind_is_made_from_the_change_on_and_nothing_twice(points):
    night_patrol(points)
    points.at("2026-11-25 09:00")  # cron was silent: the first two nights are still to be made as rounds
    points("schedule", "edit", "NP", "--makes", "maintenance", by="wang.qiang")
    points("schedule", "run")
    assert {id_[2:10] for id_ in rounds(points)} == {"20261123", "20261124"}
    assert min(id_[2:10] for id_ in rounds(points, "maintenance")) == "20261125"
    points.clean()


def test_a_point_added_in_the_second_of_a_run_misses_no_night(points, monkeypatch):
    monkeypatch.setattr(type(points), "_clock", lambda self: self.now)
    night_patrol(points)
    points("place", "add", "P3", "--category", "patrol")
    points.later(seconds=5)
    points("schedule", "run", "--until", "2026-11-27")
    points("schedule", "edit", "NP", "--places", "P3", by="wang.qiang")
    points.later(seconds=5)
    points("schedule", "run", "--until", "2026-11-27")
    assert [id_[2:10] for id_ in sorted(rounds(points)) if id_.endswith("P3")] == [f"202611{n}" for n in range(23, 28)]


def test_what_was_due_before_a_schedule_was_retired_is_made_and_missed(points):
    night_patrol(points)
    points.at("2026-11-25 09:00")
    points("schedule", "retire", "NP", by="wang.qiang")
    points("schedule", "run")
    assert {id_[2:10]: state for id_, state in rounds(points).items()} == {"20261123": "missed", "20261124": "missed"}
    points.clean()


def test_a_schedule_entered_in_error_makes_nothing(points):
    night_patrol(points, begins="2026-11-01 22:00")
    points("schedule", "void", "NP", "--note", "录错")
    assert points("schedule", "run") == "共生成 0 张。\n"
    assert rounds(points) == {}


def by_hand(office, id_, old, new):
    file = office.file(id_)
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    office.git("commit", "-qam", "by hand")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("begins: 2026-11-23T22:00:00+08:00", "begins: soon"),
        ("begins: 2026-11-23T22:00:00+08:00", "begins: 2026-11-23T22:00:00"),
        ("rule: FREQ=DAILY", "rule: never"),
        ("name: 夜巡", "name: ["),
    ],
)
def test_what_somebody_wrote_into_one_schedule_holds_up_no_other(points, old, new):
    night_patrol(points)
    night_patrol(points, code="OK")
    by_hand(points, "NP", old, new)
    said = points.try_("schedule", "run")
    assert (said.code, said.out.splitlines()) == (5, ["OK：待巡查 2 张。", "共生成 2 张。"])
    assert "NP" in said.errors
    assert said.errors.count("\n") == 1
    assert set(rounds(points)) == {"X-20261123T2200-OK-P1", "X-20261123T2200-OK-P2"}
    assert points.try_("schedule", "run").code == 5  # and again, until somebody mends it


@pytest.mark.parametrize(
    ("name", "new"), [("latest", "soon"), ("planned", "soon"), ("planned", "2026-11-23T22:00:00"), ("lapses", "")]
)
def test_a_time_that_somebody_wrote_into_a_round_stops_nothing_but_check(points, name, new):
    night_patrol(points)
    points("schedule", "run")
    id_ = "X-20261123T2200-NP-P1"
    written = {"latest": "2026-11-23T23:59:59+08:00", "planned": "2026-11-23T22:00:00+08:00"}
    by_hand(points, id_, f"{name}: {written.get(name, '2026-11-24T00:00:00+08:00')}", f"{name}: '{new}'")
    assert points("schedule", "run") == "共生成 0 张。\n"
    points("report", "monthly", "2026-11", "--stdout")
    assert points.try_("inspection", "start", id_, by="wang.qiang").code in (0, 5)
    assert name in points.try_("check").out


def test_a_kind_that_no_schedule_can_make_is_refused(points):
    night_patrol(points)
    kind = points.root / "regulation/2026-01-01/kinds/drill.yaml"
    lines = kind.read_text("utf-8").replace("starts: [new, schedule]", "starts: [new]").splitlines(keepends=True)
    kind.write_text("".join(line for line in lines if "按计划排定" not in line), "utf-8")
    points.git("commit", "-qam", "no drills by themselves")
    points("emergency_plan", "add", "FLOOD", "--name", "防汛", "--type", "flood", "--steps", "关总阀")
    drills = ("--name", "防汛演练", "--makes", "drill", "--plan", "FLOOD", "--rule", "yearly")
    said = points.refused("schedule", "add", "D", *drills, "--begins", "2026-12-01 09:00")
    assert "演练" in said


@pytest.mark.parametrize("day", ["soon", "2026", "2026-1-1", "0000-00-00", ""])
def test_a_date_that_somebody_wrote_into_a_certificate_stops_no_report(lift, day):
    lift("asset", "certify", "LIFT1", "--name", "年检", "--number", "N1", "--expires", "2026-12-01", by="wang.qiang")
    by_hand(lift, "LIFT1", "expires: 2026-12-01", f"expires: '{day}'")
    lift("today")
    told = lift.json("report", "monthly", "2026-11")["facilities"]["expiring"]
    assert told["dates"] == []


def test_a_number_that_somebody_wrote_into_a_name_leaves_in_no_calendar(points):
    night_patrol(points)
    by_hand(points, "NP", "夜巡", "夜巡13811112222")
    for words in (("next",), ("next", "--format", "json"), ("ical",)):
        said = points("schedule", *words)
        assert "夜巡" in said
        assert "13811112222" not in said
