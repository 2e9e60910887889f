"""The report's part of facilities: December as `estate` tells it, against figures added up from its words by hand."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import pytest

from pmcs.cli.words import ENGLISH
from pmcs.errors import untranslated
from pmcs.reports.ground import Ground
from pmcs.reports.lives import Span
from pmcs.reports.parts import PARTS, part_figures, part_words
from pmcs.reports.round_figures import DONE, MISSED, OPEN, Round, round_figures
from pmcs.reports.sections import Words
from pmcs.reports.spans import month_bounds
from pmcs.store.store import Store
from tests.reports.test_render import Reader
from tests.stories.conftest import ZONE, Office


def part(office: Office, month: str = "2026-12", name: str = "facilities") -> dict:
    return json.loads(office("report", "monthly", month, "--stdout", "--format", "json"))[name]


@pytest.fixture
def facilities(december) -> dict:
    return part(december)


def some(figures: dict, *names: str) -> tuple:
    return tuple(figures[name] for name in names)


ALL = {
    "inspection": "rounds",
    "maintenance": "maintenance",
    "repair": "repairs",
    "asset": "assets",
    "hazard": "hazards",
    "incident": "incidents",
    "drill": "drills",
    "shift": "shifts",
    "training": "training",
    "conduct": "conduct",
    "plan": "plans",
    "task": "tasks",
    "activity": "activities",
}
"""Kinds, and where their figures stand."""
HOSTILE = "<b>{{ 7 }}</b> | `x` **y**"
BAR = r"(?<!\\)(?:\\\\)*\|"
TIMELY = ("due", "done", "on_time", "early", "late", "missed", "not_done_yet", "on_time_rate")


def test_rounds_of_equipment_one_of_each(facilities):
    """On time, early, late, missed; the void one and January's are none; nobody walked the ad hoc one."""
    rounds = facilities["rounds"]
    assert some(rounds, *TIMELY) == (4, 3, 1, 1, 1, 1, 0, 1 / 4)
    assert some(rounds, "ad_hoc", "ad_hoc_done", "not_due_yet") == (1, 0, 0)
    assert rounds["by_checklist"]["pump"] == {name: rounds[name] for name in rounds["by_checklist"]["pump"]}


def test_missed_services_stay_in_the_denominator_and_covered_ones_are_done(facilities):
    """The yearly one accepted and on time, the lesser of that day covered; one missed; one finished, not accepted."""
    services = facilities["maintenance"]
    assert some(services, *TIMELY) == (4, 2, 2, 0, 0, 1, 1, 1 / 2)
    assert some(services["by_checklist"]["lift_half_month"], *TIMELY) == (3, 1, 1, 0, 0, 1, 1, 1 / 3)


def test_abnormal_items_are_followed_to_their_end(facilities):
    """The leak was repaired and accepted, the pressure a hazard that is cleared; the rope's repair is open."""
    assert (
        facilities["rounds"]["abnormal"] | {"items": 2, "repaired": 1, "cleared": 1} == facilities["rounds"]["abnormal"]
    )
    found = facilities["maintenance"]["abnormal"]
    assert some(found, "items", "open", "repaired", "no_work") == (1, 1, 0, 0)


def test_repairs_balance_and_are_judged_by_their_clocks(facilities):
    """November's lock, the leak (finished twice), the burst pipe (a day and two hours), one cancelled, one open."""
    repairs = facilities["repairs"]
    assert some(repairs, "open_start", "reported", "accepted", "ended", "open_end") == (1, 4, 3, 4, 1)
    assert some(repairs, "repaired", "repaired_with_due", "repaired_on_time", "timely_rate") == (4, 4, 3, 3 / 4)
    # The lock's repairer never said that he was there; the leak's came within the hour, the pipe's after fifty minutes.
    assert some(repairs, "arrived_with_due", "arrived_on_time") == (3, 1)
    assert some(repairs, "reworked", "rework_rate", "cost") == (1, 1 / 3, 200.5)
    # From 10:00 to the next day's 9:30; from 12:12 to 14:00 and to 16:00; 26 hours: the middle two are 3.8 and 23.5.
    assert repairs["median_hours"] == pytest.approx((3.8 + 23.5) / 2, abs=0.01)
    urgent = repairs["by_urgency"]["emergency"]
    assert some(urgent, "repaired", "repaired_on_time", "arrived_on_time", "median_hours") == (1, 0, 0, 26.0)
    assert repairs["by_urgency"]["normal"]["timely_rate"] == 1
    together = repairs["together"]
    assert some(together, "reported", "repaired_on_time", "repaired_with_due", "open_end") == (3, 3, 4, 0)


def test_equipment_is_counted_as_it_stood_at_the_month_s_end(facilities, december):
    """L2 was put in order in January, L3 retired before, F1 not there yet."""
    assert some(facilities["assets"], "in_use", "in_order", "stopped") == (3, 2, ["L2"])
    assert facilities["assets"]["by_category"]["lift"] == {"in_use": 2, "in_order": 1, "in_order_rate": 0.5}
    january = part(december, "2027-01")["assets"]
    assert some(january, "in_use", "in_order") == (4, 4)
    november = part(december, "2026-11")["assets"]
    assert some(november, "in_use", "in_order") == (4, 4)


def test_certificates_are_counted_as_they_stood_at_the_month_s_end(facilities, december):
    """The licence was renewed in January; of two of one name the later counts; what is retired has none."""
    dates = [(row["id"], row["what"], row["date"], row["days"]) for row in facilities["expiring"]["dates"]]
    assert dates == [
        ("P1", "检测报告", "2026-12-20", -11),
        ("L1", "年检", "2027-01-15", 15),
    ]
    assert some(facilities["expiring"], "expired", "near") == (1, 1)
    dates = part(december, name="people")["expiring"]["dates"]
    assert [(row["id"], row["what"], row["days"]) for row in dates] == [("wang.qiang", "电工证", 41)]
    # By the second of January, so far.
    assert [row["days"] for row in part(december, "2027-01")["expiring"]["dates"]] == [-13, 13]


def test_the_hazard_of_the_pump_was_closed_in_time(facilities):
    hazards = facilities["hazards"]
    assert some(hazards, "found", "closed", "open_end", "overdue_end") == (1, 1, 0, 0)
    assert some(hazards, "reporting_rate", "rectified_on_time_rate", "rectification_rate") == (1, 1, 1)
    assert hazards["pressing"] == []


# Months, judged early and late ----------------------------------------------------------------------------------------


def walked(latest: float | None, outcome: str = OPEN, timely: str = "") -> Round:
    return Round("X", "equipment", "pump", latest, outcome, timely)


def test_what_is_not_due_yet_is_in_no_denominator():
    rounds = [walked(50, DONE, "on_time"), walked(60), walked(61), walked(None, DONE), walked(10, MISSED)]
    found = round_figures(rounds, known=61)
    assert some(found, *TIMELY) == (3, 1, 1, 0, 0, 1, 1, 1 / 3)
    assert some(found, "not_due_yet", "ad_hoc", "ad_hoc_done") == (1, 1, 1)
    assert round_figures([walked(99)], known=61)["on_time_rate"] is None


def test_an_item_is_open_while_any_of_its_work_is():
    items = (("repaired", "open"), ("cancelled", "repaired"), ("cancelled",), ())
    found = round_figures([walked(1, DONE)._replace(abnormal=items)], known=9)["abnormal"]
    assert some(found, "items", "open", "repaired", "cancelled", "no_work") == (4, 1, 1, 1, 1)


# Pages ----------------------------------------------------------------------------------------------------------------


def test_all_pages_are_one_commit_and_a_second_run_none(december):
    before = len(december.log())
    december("report", "monthly", "2026-12")
    folder = december.root / "reports" / "2026-12"
    pages = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(pages) == sorted(f"{part}.{how}" for part in ("tickets", *PARTS) for how in ("md", "html", "json"))
    december.later(days=1)("report", "monthly", "2026-12")
    assert len(december.log()) == before + 1
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == pages
    assert december.dirt() == ""
    whole = json.loads(december("report", "monthly", "2026-12", "--format", "json"))
    for name in PARTS:
        own = json.loads(pages[f"{name}.json"])
        assert own == {key: whole[key] for key in ("month", "office", "made_from", "complete", name)}
    assert json.loads(pages["tickets.json"]) == {k: v for k, v in whole.items() if k not in PARTS}


def test_every_page_is_whole_and_its_tables_keep_their_columns(december):
    december("repair", "new", "--place", "3-2-1201", "--fault", HOSTILE, by="sun.wei")
    what = ("--domain", "safety", "--level", "major", "--place", "3-2-1201", "--interim", "看守", "--what", HOSTILE)
    december("hazard", "new", *what, by="sun.wei")
    december("report", "monthly", "2027-01")
    folder = december.root / "reports" / "2027-01"
    pages = [path.read_text("utf-8") for path in sorted(folder.glob("*.html"))]
    for page in (*pages, december("report", "monthly", "2027-01", "--stdout", "--format", "html")):
        reader = Reader(page)
        names = [name for name, _ in reader.tags]
        assert {"script", "b", "img"}.isdisjoint(names)
        assert names.count("caption") == names.count("table") > 1
        assert all("scope" in attributes for name, attributes in reader.tags if name == "th")
        ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
    text = december("report", "monthly", "2027-01", "--stdout", "--format", "md")
    lines = text.splitlines()
    assert not [line for line in lines if "<b>" in line]
    for before, line in itertools.pairwise(lines):
        if line.startswith("|") and before.startswith("|"):
            assert len(re.findall(BAR, line)) == len(re.findall(BAR, before))
        elif line.startswith("|"):
            assert before == ""


def test_a_file_that_cannot_be_read_is_named_on_the_page_of_its_part(december):
    file = next((december.root / "repair").rglob("*.yaml"))
    file.write_text("id: [", encoding="utf-8")
    december.git("commit", "-qam", "by hand")
    assert part(december)["unreadable"][0]["file"] == file.relative_to(december.root).as_posix()
    assert part(december, name="safety")["unreadable"] == []
    december("report", "monthly", "2026-12")
    assert file.name in (december.root / "reports/2026-12/facilities.html").read_text("utf-8")


def test_all_parts_printed_are_one_document(december):
    page = december("report", "monthly", "2026-12", "--stdout", "--format", "html")
    assert [page.count(mark) for mark in ("<!DOCTYPE", "<html", "<main>", "</main>", "<footer>", "<style>")] == [1] * 6
    assert page.count('<article class="part">') == page.count("<h1>") == 6
    text = december("report", "monthly", "2026-12", "--stdout")
    assert [line[:2] for line in text.splitlines()].count("# ") == 6
    assert "\n\n\n" not in text


def test_an_office_s_own_page_goes_into_the_document_of_all(december):
    own = december.root / "templates" / "monthly"
    own.mkdir(parents=True)
    (own / "facilities.html.j2").write_text(
        "<!DOCTYPE html><html><body class='own'><h1>{{ facilities.repairs.reported }} 件</h1></body></html>",
        encoding="utf-8",
    )
    page = december("report", "monthly", "2026-12", "--stdout", "--format", "html")
    assert page.count("<html") == 1
    assert '<article class="part">\n<h1>4 件</h1>\n</article>' in page


def _without(file: Path, begin: str, end: str) -> None:
    text = file.read_text("utf-8")
    text = text[: text.index(begin)] + text[text.index(end) :]
    file.write_text(text, encoding="utf-8")


def test_a_regulation_without_the_kinds_has_no_such_part(office):
    kinds = office.root / "regulation" / "2026-01-01" / "kinds"
    for file in kinds.iterdir():
        if file.stem not in ("ticket", "staff", "place", "resident", "emergency_plan", "interpretation"):
            file.unlink()
    _without(kinds / "ticket.yaml", "  involve:", "  wait:")
    _without(kinds / "staff.yaml", "  - trained:", "  - must_have:")
    _without(kinds / "staff.yaml", "      basis:", "  licences:")
    _without(kinds / "staff.yaml", ", basis],", "]}\n  relieve:")
    office.git("commit", "-qam", "fewer kinds")
    office.ticket()
    # Without staff there is no office.
    assert {"people", "matrix"} == PARTS.keys() & json.loads(
        office("report", "monthly", "2026-11", "--format", "json")
    ).keys()
    office("report", "monthly", "2026-11")
    names = {path.stem for path in (office.root / "reports" / "2026-11").iterdir()}
    assert names == {"tickets", "people", "matrix"}
    for page in ("md", "html"):
        assert "Traceback" not in office("report", "monthly", "2026-11", "--format", page)


@pytest.mark.parametrize("lacking", ALL)
@pytest.mark.parametrize("alone", [True, False])
def test_a_part_says_what_the_regulation_has_kinds_for(december, lacking, alone):
    """One kind less, or one alone: the pages hold the figures of those that are there."""
    store = Store(december.root)
    start, end = month_bounds("2026-12", ZONE)
    ground = Ground(store, Span(start.timestamp(), end.timestamp(), end.timestamp(), end.timestamp()), end)
    ground.kinds = {name: kind for name, kind in ground.kinds.items() if (name == lacking) == alone or name == "staff"}
    found = part_figures(ground)
    sections = {name for figures in found.values() for name in figures}
    for kind, mine in ALL.items():
        assert (mine in sections) == (kind in ground.kinds)
    for name, figures in found.items():
        words = Words(untranslated, ground.labels("zh_CN"), {}, "This month")
        page = part_words(name, {name: figures}, words)["page"]
        assert [section.id for section in page.sections][-1] == ("records" if name == "matrix" else "expiring")


def test_the_pages_speak_english_too(december):
    page = december("--lang", ENGLISH, "report", "monthly", "2026-12", "--stdout", "--format", "md")
    for words in (
        "Facilities report",
        "Calls repaired in time | 75.0% | 3 / 4",
        "Not in order: L2.",
        "Rectification rate",
    ):
        assert words in page
