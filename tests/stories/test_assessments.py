"""Assessment (13, 14): from opening a month to confirming it, and what can be told about it afterwards."""

from __future__ import annotations

import shutil

import pytest

from tests.stories.conftest import Office

KEEPER, HEAD, OFFICER = (f"KH-2026-11-{code}" for code in ("wang.qiang", "li.na", "zhao.min"))
BY_HAND = ("diligence", "craft", "manner", "conduct", "cooperation")
FILE = "regulation/2026-01-01/assessment.yaml"


@pytest.fixture(scope="module")
def november(tmp_path_factory, furnished):
    """A store in which wang.qiang resolved two tickets, one of them satisfied; to be copied."""
    root = tmp_path_factory.mktemp("november") / "records"
    shutil.copytree(furnished.root, root)
    with pytest.MonkeyPatch.context() as monkeypatch:
        found = Office(root, furnished.now, monkeypatch)
        found.first = found.resolved()
        found.at("2026-11-24 09:00")
        found("ticket", "visit", found.first, "--outcome", "reached", "--score", "5")
        found.second = found.resolved(summary="灯不亮")
    return found


@pytest.fixture
def month(tmp_path, monkeypatch, november):
    """November is over, and nobody is assessed yet."""
    root = tmp_path / "records"
    shutil.copytree(november.root, root)
    found = Office(root, november.now, monkeypatch)
    found.first, found.second = november.first, november.second
    found.sit_down("li.na")
    return found.at("2026-12-01 09:00")


def marked(office, id_, points="80", by="li.na"):
    for item in BY_HAND:
        office("assessment", "mark", id_, "--item", item, "--points", points, "--reason", "按平时记录", by=by)


def delivered(office, id_=KEEPER):
    marked(office, id_)
    office("assessment", "score", id_)
    office("assessment", "deliver", id_)


def rows(office, id_, by="li.na"):
    found = office.json("assessment", "show", id_, by=by)
    return {row["item"]: row for row in found["figures"] + found["marks"]}


def test_a_month_is_opened_once_for_everybody_with_an_assessed_post(month):
    opened = [
        {"id": f"KH-2026-11-{code}", "period": "2026-11", "person": code, "made": True}
        for code in ("li.na", "wang.qiang", "zhao.min")  # chen.lei is the leader
    ]
    assert month.json("assessment", "open", "2026-11") == opened
    assert month.log()[0] == "assessment open 2026-11 3"
    head = month.head()
    assert month.json("assessment", "open", "2026-11") == [row | {"made": False} for row in opened]
    assert month.head() == head
    month.clean()
    shown = month.json("assessment", "show", KEEPER)
    assert (shown["rank"], shown["basis"]) == ("staff", month.git("rev-parse", "HEAD~1").strip())
    assert month.json("assessment", "show", HEAD)["rank"] == "manager"
    found = rows(month, KEEPER)
    assert sum(row["weight"] for row in found.values()) == pytest.approx(100)
    assert found["on_time"] == {
        "item": "on_time", "what": "工单按时办结率(%)", "dimension": "service", "weight": 9, "figure": 100, "base": 2,
        "few": True, "cites": [month.first, month.second], "points": 100,
    }  # fmt: skip
    assert found["satisfaction"]["cites"] == [month.first]


def test_who_opens_is_the_manager_or_cron_and_the_period_is_over(month):
    month.refused("assessment", "open", "2026-11", by="zhao.min")
    assert "2026-12" in month.refused("assessment", "open", "2026-12")
    assert "2026-Q4" in month.refused("assessment", "open", "2026-q4")
    month.refused("assessment", "new", "--period", "2026-12", "--person", "wang.qiang")
    month.refused("assessment", "new", "--period", "2026-11", "--person", "chen.lei")  # no post that is assessed
    month.refused("assessment", "open", "十一月", code=2)
    month.refused("assessment", "open", "2026-11", "--post", "leader", code=2)
    said = month.try_("assessment", "open", "2026-Q3", "--post", "facility_keeper", "--format", "json", by="cron")
    assert [row["id"] for row in said.json] == ["KH-2026-Q3-wang.qiang"]
    assert month.file("KH-2026-Q3-wang.qiang").parent == month.root / "assessment/2026"
    assert month.json("assessment", "show", "KH-2026-Q3-wang.qiang")["history"][0]["by"] == "system"
    month.clean()


def test_who_left_before_the_period_is_not_assessed_and_who_left_in_it_is(month):
    month("staff", "leave", "zhao.min", "--successor", "wang.qiang")
    assert [row["person"] for row in month.json("assessment", "open", "2026-11")] == ["li.na", "wang.qiang", "zhao.min"]
    month.at("2027-01-04 09:00")
    found = [row["person"] for row in month.json("assessment", "open", "2026-12")]
    assert found == ["li.na", "wang.qiang", "zhao.min"]  # until the first of December
    month.at("2027-02-01 09:00")
    assert [row["person"] for row in month.json("assessment", "open", "2027-01")] == ["li.na", "wang.qiang"]


def test_a_store_from_before_works_and_says_what_it_lacks(month):
    month.git("rm", "-q", FILE)
    month.git("commit", "-qm", "an older regulation")
    assert FILE in month.refused("assessment", "open", "2026-11", code=4)
    month("regulation", "check")
    month.clean()


def test_from_self_assessment_to_confirmation(month):
    month("assessment", "open", "2026-11")
    month("assessment", "self", KEEPER, "--item", "craft", "--self", "95", by="wang.qiang")
    month.refused("assessment", "score", KEEPER)  # nothing is marked yet
    marked(month, KEEPER)
    month("assessment", "score", KEEPER)
    # 9 + 9 + 3 + 3 for tickets, 6 without a breach and 3 without a late entry are worth 100, the other 67 are marked 80
    shown = month.json("assessment", "show", KEEPER)
    assert (shown["total"], shown["scorer"]) == (86.6, "li.na")
    assert rows(month, KEEPER)["craft"]["self"] == 95
    month("assessment", "deliver", KEEPER)
    month("assessment", "acknowledge", KEEPER, by="wang.qiang")
    month.refused("assessment", "confirm", KEEPER, by="chen.lei")  # the time for an appeal runs
    month.at("2026-12-09 09:00").refused("assessment", "appeal", KEEPER, "--appeal", "晚了", by="wang.qiang")
    month("assessment", "confirm", KEEPER, by="chen.lei")
    month.clean()


def test_nobody_marks_himself_and_the_manager_is_assessed_by_a_leader(month):
    month("assessment", "open", "2026-11")
    mark = ("--item", "craft", "--points", "100", "--reason", "好")
    month.refused("assessment", "mark", KEEPER, *mark, by="wang.qiang")
    month.refused("assessment", "mark", KEEPER, *mark, by="zhao.min")
    month.refused("assessment", "mark", HEAD, *mark)
    month.refused("assessment", "self", KEEPER, "--item", "craft", "--self", "95")
    month.refused("assessment", "mark", KEEPER, "--item", "craft", "--points", "100", code=2)  # without a reason
    month("staff", "appoint", "li.na", "--post", "leader", "--since", "2026-12-01", by="chen.lei")
    month.refused("assessment", "mark", HEAD, *mark)
    month.refused("assessment", "recompute", HEAD)
    month.refused("assessment", "void", HEAD, "--note", "不公")
    marked(month, HEAD, by="chen.lei")
    month("assessment", "score", HEAD, by="chen.lei")
    month("assessment", "deliver", HEAD, by="chen.lei")
    month.at("2026-12-09 09:00").refused("assessment", "confirm", HEAD)
    month("assessment", "confirm", HEAD, by="chen.lei")
    month.clean()


def test_an_upheld_appeal_is_marked_and_worked_out_anew_and_may_be_appealed_again(month):
    month("assessment", "open", "2026-11")
    delivered(month)
    month("assessment", "appeal", KEEPER, "--appeal", "第二张单是误登", by="wang.qiang")
    month.refused("assessment", "decide", KEEPER, "--outcome", "upheld", "--note", "属实")
    month("ticket", "void", month.second, "--note", "误登")
    month("assessment", "decide", KEEPER, "--outcome", "upheld", "--note", "属实", by="chen.lei")
    month("assessment", "recompute", KEEPER)
    assert rows(month, KEEPER)["on_time"]["cites"] == [month.first]
    month("assessment", "mark", KEEPER, "--item", "manner", "--points", "90", "--reason", "复核")
    month("assessment", "score", KEEPER)
    assert month.json("assessment", "show", KEEPER)["total"] == 87.2  # 6 × 10 more
    month("assessment", "deliver", KEEPER)
    month("assessment", "appeal", KEEPER, "--appeal", "仍不服", by="wang.qiang")
    month("assessment", "decide", KEEPER, "--outcome", "dismissed", "--note", "依据充分", by="chen.lei")
    assert month.json("assessment", "show", KEEPER)["state"] == "confirmed"
    assert month("assessment", "verify", KEEPER).count("\n") == 1
    month.clean()


def test_recomputing_at_the_basis_gives_the_same_and_a_later_change_of_what_is_cited_is_told(month):
    month("assessment", "open", "2026-11")
    delivered(month)
    month.at("2026-12-09 09:00")("assessment", "confirm", KEEPER, by="chen.lei")
    month("ticket", "visit", month.second, "--outcome", "reached", "--score", "4")  # of December
    (found,) = month.json("assessment", "verify", KEEPER)
    assert (found["same"], found["changed"], found["later"]) == (True, {month.second: ["visit"]}, [])
    assert KEEPER not in month.try_("check").out  # the figures of November do not care
    month("ticket", "void", month.first, "--note", "误登")
    (found,) = month.json("assessment", "verify", KEEPER)
    assert (found["same"], found["changed"][month.first]) == (True, ["void"])
    assert {(item["item"], item["name"], item["stands"], item["found"]) for item in found["later"]} >= {
        ("on_time", "base", "2", "1"),
        ("satisfaction", "figure", "100", "0"),
    }
    told = next(line for line in month.try_("check").out.splitlines() if KEEPER in line)
    assert month.first in told
    assert month.second not in told
    month.clean()


def test_a_scheme_that_changes_later_changes_no_assessment_that_is_there(month):
    month("assessment", "open", "2026-11", "--post", "facility_keeper")
    file = month.root / FILE
    file.write_text(
        file.read_text().replace("full: 95", "full: 100").replace("attitude: 20, skill: 25", "attitude: 25, skill: 20")
    )
    month.git("commit", "-qam", "stricter from now on")
    month("regulation", "check")
    assert month.json("assessment", "verify")[0]["same"]
    month("assessment", "open", "2026-11")
    assert [item["same"] for item in month.json("assessment", "verify", "2026-11")] == [True] * 3
    assert (rows(month, KEEPER)["craft"]["weight"], rows(month, OFFICER)["craft"]["weight"]) == (25, 20)
    month("assessment", "recompute", KEEPER)
    assert rows(month, KEEPER)["craft"]["weight"] == 20
    assert month.json("assessment", "verify", KEEPER)[0]["same"]


def test_what_somebody_wrote_into_the_file_is_found(month):
    month("assessment", "open", "2026-11")
    delivered(month)
    file = month.file(KEEPER)
    honest = file.read_text()
    on_time = "item: on_time, what: 工单按时办结率(%), dimension: service, weight: 9, figure: "
    for right, wrong in (
        (f"{on_time}100", f"{on_time}50"),
        ("total: 86.6", "total: 95.8"),
        ("rank: staff", "rank: manager"),
        ("weight: 25", "weight: 35"),
    ):
        assert right in honest
        file.write_text(honest.replace(right, wrong))
        month.git("commit", "-qam", "by hand")
        said = month.try_("assessment", "verify", KEEPER)
        assert said.code != 0, (right, said.out)
        assert month.try_("assessment", "verify", HEAD).code == 0
        file.write_text(honest)
        month.git("commit", "-qam", "back")
    basis = month.json("assessment", "show", KEEPER)["basis"]
    for wrong in ("0" * 40, "--help", "HEAD"):
        file.write_text(honest.replace(basis, wrong))
        month.git("commit", "-qam", "by hand")
        said = month.try_("assessment", "verify", KEEPER)
        assert (said.code, said.out[: len(KEEPER)]) == (5, KEEPER), said
        file.write_text(honest)
        month.git("commit", "-qam", "back")
    month.clean()


def test_a_sheet_rests_on_the_last_commit_there_was_and_on_no_earlier_one(month):
    older = month.head().strip()
    month("task", "new", "--what", "盘点", "--owner", "zhao.min", "--deadline", "2026-12-09")
    month("assessment", "open", "2026-11")
    assert month.json("assessment", "verify", KEEPER)[0]["same"]
    file, basis = month.file(KEEPER), month.json("assessment", "show", KEEPER)["basis"]
    file.write_text(file.read_text().replace(basis, older))
    month.git("commit", "-qam", "by hand")
    said = month.try_("assessment", "verify", KEEPER, "--format", "json")
    assert said.code == 5
    assert said.json[0]["differences"] == []
    assert len(said.json[0]["problems"]) == 1


def test_check_finds_a_reason_that_was_emptied_by_hand(month):
    month("assessment", "open", "2026-11")
    delivered(month)
    file = month.file(KEEPER)
    file.write_text(file.read_text().replace("reason: 按平时记录", 'reason: ""'))
    month.git("commit", "-qam", "by hand")
    said = month.try_("check", str(file))
    assert said.code == 1
    assert said.out.count("reason") == len(BY_HAND)


def test_the_full_sheet_is_for_the_person_the_scorer_the_manager_and_leaders(month):
    month("assessment", "open", "2026-11")
    delivered(month)
    for by in ("wang.qiang", "li.na", "chen.lei"):
        assert month.json("assessment", "show", KEEPER, by=by)["total"] == 86.6
        assert month.json("assessment", "verify", KEEPER, by=by)[0]["differences"] == []
    seen = month.json("assessment", "show", KEEPER, by="zhao.min")
    assert seen.keys() == {"id", "kind", "state", "period", "person", "due", "links"}
    assert month.json("assessment", "verify", KEEPER, by="zhao.min") == [{"id": KEEPER, "same": True}]


def test_what_there_is_nothing_of(month):
    assert month("assessment", "verify")
    month.refused("assessment", "verify", "2026-10", code=4)
    month.refused("assessment", "verify", "KH-2026-10-li.na", code=4)


def confirmed(office, id_=KEEPER, points="80"):
    """Scored by the manager, shown to the person, and after the appeal window confirmed by the leader."""
    marked(office, id_, points)
    office("assessment", "score", id_)
    office("assessment", "deliver", id_)
    office.later(days=14)
    office("assessment", "confirm", id_, by="chen.lei")


def test_the_results_of_a_year_lead_to_proposals_and_an_appointment(month, tmp_path):
    month("assessment", "open", "2026-11")
    confirmed(month, KEEPER, "100")
    assert month.json("assessment", "results", "2026")[0] == {
        "person": "wang.qiang", "name": "王强", "posts": ["facility_keeper"], "mean": 100.0, "totals": {KEEPER: 100.0},
        "open": [], "reached": 1, "promotion": False, "reward": [KEEPER], "criticism": [], "proposed": [],
    }  # fmt: skip
    reward = month.json(
        "assessment", "propose", KEEPER, "--conduct", "--type", "reward", "--basis", "12", "--note", "优"
    )
    assert reward["id"] == KEEPER
    proposed = month.json("assessment", "results", "2026-11")[0]["proposed"]
    month("conduct", "void", proposed[0], "--note", "重复")
    assert month.json("assessment", "results", "2026-11")[0]["proposed"] == []
    office_wide = month("assessment", "results", "2026")
    assert "王强" in office_wide
    assert "赵敏" in office_wide
    month("staff", "appoint", "wang.qiang", "--post", "service_officer", "--since", "2027-01-01", "--basis", KEEPER)
    assert month.json("staff", "show", "wang.qiang")["posts"][-1]["basis"] == KEEPER
    posts = [row["posts"] for row in month.at("2027-02-01 09:00").json("assessment", "results", "2026-11")]
    assert posts[0] == ["facility_keeper"]  # as in November
    month.refused(
        "staff", "appoint", "wang.qiang", "--post", "leader", "--since", "2027-01-01", "--basis", "KH-x", code=4
    )


def test_an_appointment_rests_on_a_settled_assessment_of_that_very_person(month):
    month("assessment", "open", "2026-11")
    confirmed(month, OFFICER)
    appoint = ("staff", "appoint", "wang.qiang", "--post", "manager", "--since", "2027-01-01", "--basis")
    assert "wang.qiang" in month.refused(*appoint, OFFICER)  # somebody else's
    assert KEEPER in month.refused(*appoint, KEEPER)  # not confirmed
    confirmed(month)
    month(*appoint, KEEPER)
    assert {"kind": "staff", "id": "wang.qiang", "field": "posts.basis"} in month.json("show", KEEPER)["links"]
    month.clean()


def test_results_name_the_posts_held_at_the_end_of_the_period(month):
    """Not one that begins later, nor without one that ends later: both change after November."""
    month("assessment", "open", "2026-11")
    post = ("staff", "appoint", "wang.qiang", "--post", "security_guard", "--since", "2026-12-03")
    month(*post)
    month("staff", "relieve", "wang.qiang", "--post", "facility_keeper", "--until", "2026-12-02")

    def posts(period):
        return {row["person"]: row["posts"] for row in month.json("assessment", "results", period)}["wang.qiang"]

    assert posts("2026-11") == ["facility_keeper"]
    assert posts("2026") == ["facility_keeper"]  # the year still runs: today
    month.at("2026-12-03 09:00")
    assert (posts("2026-11"), posts("2026")) == (["facility_keeper"], ["security_guard"])


def test_enough_months_at_the_line_make_the_promotion_list(month):
    text = (month.root / FILE).read_text("utf-8")
    (month.root / FILE).write_text(text.replace("periods: 10", "periods: 1"), "utf-8")
    month.git("commit", "-qam", "one month is enough")
    month("assessment", "open", "2026-11")
    confirmed(month, KEEPER, "95")
    confirmed(month, OFFICER, "20")
    found = {row["person"]: row for row in month.json("assessment", "results", "2026")}
    assert (found["wang.qiang"]["promotion"], found["zhao.min"]["promotion"]) == (True, False)
    assert found["zhao.min"]["criticism"] == [OFFICER]
    assert found["li.na"]["open"] == [HEAD]
    month("staff", "leave", "wang.qiang", "--successor", "li.na")
    assert not any(row["promotion"] for row in month.json("assessment", "results", "2026"))


def test_results_and_sheet_are_shown_to_whom_they_concern(month, tmp_path):
    month("assessment", "open", "2026-11")
    confirmed(month)
    assert [row["person"] for row in month.json("assessment", "results", "2026", by="zhao.min")] == ["zhao.min"]
    assert len(month.json("assessment", "results", "2026", by="chen.lei")) == 3
    month.refused("report", "assessment", KEEPER, by="zhao.min")
    for who in ("wang.qiang", "li.na", "chen.lei"):
        page = month("report", "assessment", KEEPER, by=who)
        assert "王强" in page
        assert "| 86.6" not in page
        assert "86.6" in page
        assert month.first in page
    html = tmp_path / "sheet.html"
    month("report", "assessment", KEEPER, "--format", "html", "--output", str(html), by="wang.qiang")
    first = html.read_bytes()
    month("report", "assessment", KEEPER, "--format", "html", "--output", str(html))
    assert html.read_bytes() == first
    assert "86.6" in first.decode()


def test_the_results_as_a_workbook_read_back_alike_and_are_the_same_bytes_twice(month, tmp_path):
    from openpyxl import load_workbook

    month("assessment", "open", "2026-11")
    confirmed(month)
    book = tmp_path / "results.xlsx"
    words = ("assessment", "results", "2026", "--format", "xlsx")
    month.refused(*words, code=2)
    month(*words, "--output", str(book))
    first = book.read_bytes()
    month(*words, "--output", str(book))
    assert book.read_bytes() == first
    rows = list(load_workbook(book).active.values)
    assert rows[1][:3] == ("wang.qiang", "王强", "设施设备管理员")
    assert 86.6 in rows[1]
    assert len(rows) == 4


def test_whose_assessment_it_is_and_of_when_cannot_be_changed_afterwards(month):
    """Both stand in its number, and the opening asks nothing else: there is nothing to edit."""
    month("assessment", "open", "2026-11")
    month.refused("assessment", "edit", KEEPER, "--person", "zhao.min", code=2)
    month.refused("assessment", "correct", KEEPER, "--period", "2026-10", "--note", "换期", code=2)


def test_points_that_stand_in_an_entry_which_only_works_figures_out_are_found(month):
    month("assessment", "open", "2026-11")
    month("assessment", "recompute", KEEPER)
    file = month.file(KEEPER)
    text = file.read_text("utf-8")
    told, entry = text.split("  do: recompute\n")
    entry = entry.replace("dimension: skill, weight: 25}", "dimension: skill, weight: 25, points: 100, reason: 好}")
    told = told.replace("dimension: skill, weight: 25}", "dimension: skill, weight: 25, points: 100, reason: 好}", 1)
    file.write_text(f"{told}  do: recompute\n{entry}", "utf-8")
    month.git("commit", "-qam", "by hand")
    said = month.try_("--lang", "en", "check").out
    assert "recompute does not write points." in said
    assert "recompute does not write reason." in said
