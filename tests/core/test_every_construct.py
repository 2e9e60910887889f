"""An invented kind that uses every construct of the language: lived to each of its ends, refused by each rule."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pmcs.core.clock import running
from pmcs.core.consequence import tried
from pmcs.core.flow import advance
from pmcs.core.step import Errand
from pmcs.core.world import SYSTEM, Given
from pmcs.errors import BadInput, PmcsError, Refused
from pmcs.regulation.shape import Source
from pmcs.regulation.sound import check
from pmcs.regulation.version import Regulation
from pmcs.store.codec import decode_marked
from tests.core.world import SHANGHAI, founded, sources, stamp

FILE = Path(__file__).resolve().parents[1] / "data" / "every_construct.yaml"
MANAGER, OFFICER, LEADER, KEEPER, GUARD = "chen.jing", "li.na", "sun.hui", "wang.qiang", "zhao.lei"
NEW = {"begins": "2026-11-23 09:00", "place": "3-2-1201", "title": "水泵试运行", "owner": GUARD, "budget": "2000"}


def files():
    """The starter's regulation with the two kinds of the file, each with its own lines."""
    trees, lines = decode_marked(FILE.read_bytes(), FILE.name)
    found = dict(sources())
    for name, tree in trees.items():
        own = {path[1:]: line for path, line in lines.items() if path and path[0] == name}
        found[f"kinds/{name}.yaml"] = Source(f"kinds/{name}.yaml", tree, own)
    return found


@pytest.fixture(scope="module")
def regulation():
    return Regulation(date(2026, 1, 1), {name: source.tree for name, source in files().items()}, SHANGHAI)


@pytest.fixture
def office(regulation):
    office = founded(regulation)
    office.act(
        MANAGER, "staff.license", "2026-01-06 09:00", on=GUARD, licence="试验", number="S1", expires="2027-01-01"
    )
    return office


def opened(office, when="2026-11-23 08:30", **values):
    return office.act(OFFICER, "trial.new", when, **{**NEW, **values}).id


def begun(office, **values):
    id_ = opened(office, **values)
    office.act(GUARD, "trial.start", "2026-11-23 09:00", on=id_)
    return id_


def with_steps(office, *results, **values):
    id_ = begun(office, **values)
    for place, result in enumerate(results, 1):
        row = {"item": str(place), "what": f"第{place}步", "doer": KEEPER}
        office.act(OFFICER, "trial.step", f"2026-11-23 09:1{2 * place}", on=id_, **row)
        if result:
            seen = {"remark": "漏油"} if result == "bad" else {}
            when = f"2026-11-23 09:1{2 * place + 1}"
            office.act(GUARD, "trial.check", when, on=id_, item=str(place), result=result, **seen)
    return id_


def cron(office, do, id_, when):
    """What the system does by itself then, if the regulation allows it."""
    steps = tried(Errand(do, Given(), target=id_), office.context(SYSTEM, when), advance)
    office.keep(steps)
    return bool(steps)


def test_the_kinds_are_sound():
    assert [str(problem.sentence) for problem in check(files(), SHANGHAI) if problem.severity == "error"] == []


# Named by its fields ----------------------------------------------------------------------------------------------


def test_it_is_named_by_when_and_where_and_made_once(office):
    assert opened(office) == "YZ-20261123T0900-3-2-1201"
    with pytest.raises(Refused, match="trial YZ-20261123T0900-3-2-1201 is there already"):
        opened(office, "2026-11-23 08:40", title="另一项")
    assert office["YZ-20261123T0900-3-2-1201"].history[0].desk == "A"
    scheduled = office.act(
        SYSTEM, "trial.schedule", "2026-11-23 08:50", begins="2026-11-24 08:00", title="例行", place="3-2-1201"
    )
    assert scheduled.id == "YZ-20261124T0800-例行"
    assert office.honest()


@pytest.mark.parametrize(
    ("title", "sentence"), [("../../x", "cannot be a file's name"), ("长" * 64, "too long for a file's name")]
)
def test_a_name_is_one_that_a_file_can_have(office, title, sentence):
    if sentence.startswith("too"):
        office.act(OFFICER, "place.add", "2026-11-23 08:00", code="长" * 64)
        with pytest.raises(BadInput, match=sentence):
            opened(office, place="长" * 64)
        return
    with pytest.raises(BadInput, match=sentence):
        office.act(
            SYSTEM, "trial.schedule", "2026-11-23 08:50", begins="2026-11-24 08:00", title=title, place="3-2-1201"
        )


# Every type -------------------------------------------------------------------------------------------------------

TYPED = {
    "story": ("第一行\n第二行", "第一行\n第二行"),
    "size": ("07", "7"),
    "weight": ("1,200.50", "1200.5"),
    "budget": ("¥", None),
    "wet": ("是", "true"),
    "day": ("昨天", "2026-11-22"),
    "month": ("2026-10", "2026-10"),
    "grace": ("3d office", "3d office"),
    "papers": (["图.pdf"], [f"图.pdf sha256:{'0' * 64}"]),
    "others": (["3-2-1201"], ["3-2-1201"]),
    "rule": ("rrule:freq=weekly; byday=mo", "FREQ=WEEKLY;BYDAY=MO"),
    "risk": ("低", "low"),
    "subject": ("自拟事项", "自拟事项"),
    "basis": ("7.1", "7.1"),
    "expires": ("2027-01-01", "2027-01-01"),
}


@pytest.mark.parametrize("field", TYPED)
def test_each_type_is_kept_as_it_is_written(office, field):
    raw, kept = TYPED[field]
    if kept is None:
        with pytest.raises(BadInput, match=f"{field} must be"):
            opened(office, **{field: raw})
    else:
        assert office[opened(office, **{field: raw})].fields[field] == kept
        assert office.honest()


WRONG = {
    "size": "100",
    "weight": "-1",
    "budget": "1.234",
    "wet": "maybe",
    "day": "2026-11-24",
    "begins": "25:00",
    "month": "2026-13",
    "grace": "3天",
    "rule": "时不时",
    "risk": "medium",
    "basis": "99.9",
    "place": "9-9-9",
    "owner": "nobody",
    "ends": "2026-11-22",
}


@pytest.mark.parametrize("field", WRONG)
def test_each_type_refuses_what_it_cannot_hold(office, field):
    with pytest.raises(PmcsError) as said:
        opened(office, **{field: WRONG[field]})
    assert WRONG[field] in str(said.value) or field in str(said.value)
    assert "YZ-20261123T0900-3-2-1201" not in office.memory.records


# To each of its ends ----------------------------------------------------------------------------------------------


def test_settled_with_every_step_checked(office):
    id_ = with_steps(office, "fine", "bad")
    trial = office[id_]
    assert (trial.get("stepped"), trial.get("bad_steps")) == ("2", "1")
    assert trial.due == {"finish": stamp("2026-11-23 15:00"), "tell": stamp("2026-11-24 23:59:59")}
    finished = office.act(GUARD, "trial.finish", "2026-11-23 11:00", on=id_)
    assert (finished.state, finished.get("done_by")) == ("finished", GUARD)
    assert office.act(MANAGER, "trial.settle", "2026-11-23 11:30", on=id_, grade="1", note="漏油").state == "working"
    assert office[id_].get("poor") == ""
    office.act(GUARD, "trial.finish", "2026-11-23 14:00", on=id_)
    settled = office.act(MANAGER, "trial.settle", "2026-11-23 14:30", on=id_, grade="好")
    assert (settled.state, settled.get("grade")) == ("settled", "2")
    assert settled.due == {"again": stamp("2026-11-30 14:30")}
    reopened = office.act(MANAGER, "trial.reopen", "2026-11-30 14:30", on=id_, note="又漏")
    assert (reopened.state, reopened.due["finish"]) == ("working", stamp("2026-12-01 09:30"))
    office.act(GUARD, "trial.finish", "2026-11-30 15:00", on=id_)
    assert office.act(LEADER, "trial.settle_force", "2026-11-30 15:10", on=id_, note="同意").state == "settled"
    assert office.honest()


def test_lapsed_when_nobody_began_and_cleared_away_when_it_has_been_quiet(office):
    id_ = opened(office)
    assert not cron(office, "lapse", id_, "2026-11-25 08:30")
    assert cron(office, "lapse", id_, "2026-11-25 08:31")
    assert office[id_].state == "lapsed"
    with pytest.raises(Refused, match="清理 is not possible before"):
        office.act(MANAGER, "trial.purge", "2026-11-25 09:00", on=id_)
    assert office.act(MANAGER, "trial.purge", "2026-11-27 09:00", on=id_).state == "dropped"
    assert office.honest()


@pytest.mark.parametrize(("risk", "state"), [("low", "wanted"), ("high", "bought")])
def test_dropped_with_what_it_had_ordered(office, risk, state):
    """`also`, in a column and by a choice, only `through` this kind."""
    id_ = opened(office, risk=risk, story="压力高")
    part = office.act(KEEPER, "part.new", "2026-11-23 08:40", what="密封圈").id
    if state == "bought":
        office.act(KEEPER, "part.buy", "2026-11-23 08:45", on=part)
    office.act(OFFICER, "trial.step", "2026-11-23 08:50", on=id_, item="1", what="换件", work=part)
    with pytest.raises(Refused, match="happens only through"):
        office.act(KEEPER, "part.return_it", "2026-11-23 08:55", on=part)
    office.act(MANAGER, "trial.drop", "2026-11-23 09:00", on=id_, note="取消试验")
    assert (office[id_].state, office[part].state, office[part].get("why")) == ("dropped", "gone", "取消试验")
    assert office[part].history[-1].because == id_
    assert office.honest()


def test_let_go_by_its_last_part_it_finishes_by_itself(office):
    """`makes`, `holds`, `held`, `freed`: tried when the last holder ends, later again if it was refused."""
    id_ = with_steps(office, "fine", None)
    row = {"item": "2", "result": "bad", "remark": "缺件", "value": "3.5"}
    made = office.act(GUARD, "trial.check", "2026-11-23 09:40", on=id_, make="part", **row)
    first = office.steps[1].after
    assert (made.rows("steps")[1]["result"], first.get("what"), first.get("size")) == ("bad", "第2步", "3.5")
    assert (first.get("source"), first.get("source_item")) == (id_, "2")
    second = office.act(GUARD, "trial.need", "2026-11-23 09:45", on=id_, make="part") and office.steps[1].after
    assert (second.get("what"), second.get("trial"), second.get("source_item")) == ("水泵试运行", id_, "")
    with pytest.raises(Refused, match=f"held open by {first.id}, {second.id}|held open by"):
        office.act(GUARD, "trial.finish", "2026-11-23 10:00", on=id_)
    office.act(OFFICER, "trial.step", "2026-11-23 10:01", on=id_, item="3", what="复查", doer=KEEPER)
    for minute, part in ((10, first), (20, second)):
        office.act(KEEPER, "part.buy", f"2026-11-23 10:{minute}", on=part.id)
        office.act(KEEPER, "part.use", f"2026-11-23 10:{minute + 5}", on=part.id)
    assert office[id_].get("urged") == "1"  # only the second names the trial, and its purchase is a reminder
    assert office[id_].state == "working"  # the third step is not checked: refused, and nobody was stopped
    assert office[second.id].state == "used"
    assert not cron(office, "freed", id_, "2026-11-23 10:40")
    office.act(KEEPER, "trial.check", "2026-11-23 10:50", on=id_, item="3", result="fine")
    assert cron(office, "freed", id_, "2026-11-23 11:00")
    assert (office[id_].state, office[id_].history[-1].by) == ("finished", SYSTEM)
    assert office.honest()


def test_the_last_part_lets_it_go_in_the_same_commit(office):
    id_ = with_steps(office, "fine")
    office.act(GUARD, "trial.need", "2026-11-23 09:45", on=id_, make="part")
    part = office.steps[1].after.id
    office.act(KEEPER, "part.buy", "2026-11-23 10:00", on=part)
    office.act(KEEPER, "part.use", "2026-11-23 10:05", on=part)
    assert [(step.after.id, step.event.do, step.event.by) for step in office.steps] == [
        (part, "use", KEEPER),
        (id_, "freed", SYSTEM),
    ]
    assert office[id_].history[-1].because == part
    assert office.honest()


def test_a_part_that_was_sent_back_leads_nowhere_by_itself(office):
    """`link_done`: only a part that was used counts."""
    id_ = with_steps(office, "fine")
    office.act(GUARD, "trial.need", "2026-11-23 09:45", on=id_, make="part")
    office.act(MANAGER, "part.void", "2026-11-23 10:00", on=office.steps[1].after.id, note="开错")
    assert office[id_].state == "working"
    assert not cron(office, "freed", id_, "2026-11-23 10:05")


# Approval, pause, window ------------------------------------------------------------------------------------------


def test_more_time_is_asked_for_and_granted_by_whom_the_spending_says(office):
    id_ = begun(office, ends="2026-11-25")
    office.act(GUARD, "trial.visit", "2026-11-23 09:30", on=id_, cost="999.99")
    with pytest.raises(BadInput, match="lacks --story"):
        office.act(GUARD, "trial.visit", "2026-11-23 09:31", on=id_, cost="0.01")
    office.act(GUARD, "trial.visit", "2026-11-23 09:31", on=id_, cost="0.01", story="加班")
    assert (office[id_].get("cost"), office[id_].get("left"), office[id_].get("spending")) == (
        "1000.00",
        "1000.00",
        "big",
    )
    with pytest.raises(Refused, match="must be later than"):
        office.act(GUARD, "trial.extend", "2026-11-23 10:00", on=id_, wanted="2026-11-24", note="缺件")
    office.act(GUARD, "trial.extend", "2026-11-23 10:00", on=id_, wanted="2026-11-27", note="缺件")
    with pytest.raises(Refused, match=r"chen.jing may not decide"):
        office.act(MANAGER, "trial.approve", "2026-11-23 10:10", on=id_)
    granted = office.act(LEADER, "trial.approve", "2026-11-23 10:10", on=id_)
    assert (granted.state, granted.get("ends"), granted.due["term"]) == (
        "working",
        stamp("2026-11-27 23:59:59"),
        stamp("2026-11-27 23:59:59"),
    )
    assert office.faults(id_) == []
    assert office.honest()


def test_a_total_never_falls_below_its_least(office):
    id_ = begun(office, budget="100")
    with pytest.raises(Refused, match=r"left would fall to -0.01, below 0"):
        office.act(GUARD, "trial.visit", "2026-11-23 09:30", on=id_, cost="100.01")


def test_a_pause_stops_the_clock_and_only_that_one(office):
    id_ = begun(office, ends="2026-11-25")
    office.act(GUARD, "trial.pause", "2026-11-23 10:00", on=id_, note="停电")
    assert set(running(office.kind("trial"), office[id_].history)) == {"finish", "tell", "term"}
    assert set(office[id_].due) == {"tell", "term"}
    resumed = office.act(MANAGER, "trial.resume", "2026-11-23 14:00", on=id_)
    # One of its four office hours had run before the pause.
    assert (resumed.state, resumed.due["finish"]) == ("working", stamp("2026-11-23 17:00"))
    assert office.honest()


def test_an_imported_one_keeps_the_promise_made_elsewhere(office):
    values = {"begins": "2026-10-01 08:00", "title": "旧", "place": "3-2-1201", "origin": "旧表", "serial": "17"}
    times = {"opened": "2026-10-01 09:00", "promised": "2026-10-02 18:00"}
    trial = office.act(MANAGER, "trial.import", "2026-11-23 09:00", **values, **times)
    assert (trial.id, trial.due["finish"]) == ("YZ-20261001T0800-3-2-1201", stamp("2026-10-02 18:00"))
    assert not running(office.kind("trial"), trial.history)["finish"].escalates
    with pytest.raises(Refused, match="already has this"):
        office.act(MANAGER, "trial.import", "2026-11-23 09:10", **{**values, "begins": "2026-10-03 08:00"}, **times)


# A refusal for every rule -----------------------------------------------------------------------------------------


def test_who_may_depends_on_the_risk(office):
    id_ = opened(office, risk="high", story="压力高")
    with pytest.raises(Refused, match=r"li.na may not do 指定"):
        office.act(OFFICER, "trial.name", "2026-11-23 08:40", on=id_, owner=KEEPER)
    assert office.act(MANAGER, "trial.name", "2026-11-23 08:40", on=id_, owner=KEEPER).get("owner") == KEEPER


def test_a_choice_asks_for_what_it_needs(office):
    with pytest.raises(BadInput, match="lacks --story"):
        opened(office, risk="high")
    id_ = with_steps(office, "fine")
    office.act(GUARD, "trial.finish", "2026-11-23 10:00", on=id_)
    with pytest.raises(BadInput, match="lacks --note"):
        office.act(MANAGER, "trial.settle", "2026-11-23 11:00", on=id_, grade="1")
    with pytest.raises(BadInput, match="lacks remark"):
        office.act(
            GUARD,
            "trial.check",
            "2026-11-23 09:30",
            on=with_steps(office, None, begins="2026-11-25", title="二"),
            item="1",
            result="bad",
        )


def test_whoever_is_concerned_keeps_away(office):
    id_ = opened(office, about=KEEPER)
    with pytest.raises(Refused, match=r"wang.qiang is concerned"):
        office.act(KEEPER, "trial.note", "2026-11-23 08:40", on=id_, note="x")
    with pytest.raises(Refused, match=r"wang.qiang is concerned by .* and cannot be its owner"):
        office.act(OFFICER, "trial.name", "2026-11-23 08:40", on=id_, owner=KEEPER)
    office.act(GUARD, "trial.start", "2026-11-23 09:00", on=id_)
    office.act(GUARD, "trial.need", "2026-11-23 09:10", on=id_, make="part")
    with pytest.raises(Refused, match=r"wang.qiang is concerned"):  # nor on what holds it open
        office.act(KEEPER, "part.buy", "2026-11-23 09:20", on=office.steps[1].after.id)


def test_one_open_at_a_place(office):
    opened(office)
    with pytest.raises(Refused, match="already has this 位置, 名称"):
        opened(office, begins="2026-11-24 09:00")
    assert opened(office, begins="2026-11-24 09:00", title="另一项")


def test_the_owner_does_not_settle_it(office):
    id_ = with_steps(office, "fine", owner=GUARD)
    office.act(GUARD, "trial.finish", "2026-11-23 10:00", on=id_)
    office.act(OFFICER, "trial.name", "2026-11-23 10:05", on=id_, owner=MANAGER)
    with pytest.raises(Refused, match=r"chen.jing may not do both 评定 and 责任人"):
        office.act(MANAGER, "trial.settle", "2026-11-23 11:00", on=id_, grade="2")


REFUSED = {
    "not before somebody is licensed": (KEEPER, "start", {}, "has no licence 试验"),
    "not by anybody else": (OFFICER, "start", {}, "may not do 开始"),
    "not from another state": (GUARD, "finish", {}, "is 待办"),
    "not without a reason": (MANAGER, "drop", {}, "lacks --note"),
    "not by hand what cron does": (MANAGER, "lapse", {}, "may not do 失效"),
    "not what it does not take": (GUARD, "start", {"size": "3"}, "start does not take size"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_refused(office, why):
    who, do, values, sentence = REFUSED[why]
    id_ = opened(office, owner=who if "licence" in sentence else GUARD)
    with pytest.raises((BadInput, Refused), match=sentence):
        office.act(who, f"trial.{do}", "2026-11-23 09:00", on=id_, **values)


def test_not_after_its_time(office):
    id_ = opened(office)
    with pytest.raises(Refused, match="开始 is no longer possible"):
        office.act(GUARD, "trial.start", "2026-11-25 08:31", on=id_)


def test_not_before_every_step_is_checked(office):
    with pytest.raises(Refused, match=r"步骤 of .* has no row yet"):
        office.act(GUARD, "trial.finish", "2026-11-23 10:00", on=begun(office))
    id_ = with_steps(office, "fine", None, begins="2026-11-23 10:00", title="二")
    with pytest.raises(Refused, match="lacks 结果 in 2"):
        office.act(GUARD, "trial.finish", "2026-11-23 10:00", on=id_)


def test_a_row_is_there_once_and_found_by_its_key(office):
    id_ = with_steps(office, None)
    with pytest.raises(Refused, match="already has a row 1"):
        office.act(OFFICER, "trial.step", "2026-11-23 09:30", on=id_, item="1", what="又一步")
    with pytest.raises(BadInput, match=r"steps of .* has no row 7"):
        office.act(GUARD, "trial.check", "2026-11-23 09:30", on=id_, item="7", result="fine")
    with pytest.raises(BadInput, match="value must be at most 100"):
        office.act(GUARD, "trial.check", "2026-11-23 09:30", on=id_, item="1", result="fine", value="101")
    with pytest.raises(Refused, match=r"li.na may not do 查步骤"):
        office.act(OFFICER, "trial.check", "2026-11-23 09:30", on=id_, item="1", result="fine")


def test_one_thing_is_made_for_one_row(office):
    id_ = with_steps(office, None, None)
    rows = [{"item": "1", "result": "fine"}, {"item": "2", "result": "fine"}]
    with pytest.raises(BadInput, match="one row at a time"):
        office.act(GUARD, "trial.check", "2026-11-23 09:30", on=id_, steps=rows, make="part")
    assert office.act(GUARD, "trial.check", "2026-11-23 09:30", on=id_, steps=rows).get("bad_steps") == ""


def test_what_is_stamped_is_not_typed(office):
    id_ = begun(office)
    visit = office.act(KEEPER, "trial.visit", "2026-11-23 09:30", on=id_, phone="13800000000")
    (row,) = visit.rows("visits")
    assert (row["at_time"], row["person"]) == (stamp("2026-11-23 09:30"), KEEPER)
    assert row["phone"].startswith("sealed:")
    with pytest.raises(BadInput, match="does not take person"):
        office.act(KEEPER, "trial.visit", "2026-11-23 09:40", on=id_, person=GUARD)


def test_cron_writes_several_entries_of_one_record_in_one_run(office):
    id_ = begun(office)
    for level in ("80", "100", "200"):
        row = {"clock": "finish", "since": stamp("2026-11-23 09:00"), "level": level, "told": "manager"}
        office.act(SYSTEM, "trial.escalate", "2026-11-24 09:00", on=id_, escalations=[row])
    entered = [event.entered for event in office[id_].history[-3:]]
    assert entered == sorted(set(entered))
    assert (entered[-1] - entered[0]).total_seconds() < 0.001
    assert office.honest()
