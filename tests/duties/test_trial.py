"""`pmcs kind try`: a kind is played in a scratch store before anyone uses it, and what cannot be done is named."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from pmcs.cli.trying import command
from pmcs.core.rules import GUARD, RULES, Rule
from pmcs.core.world import SYSTEM
from pmcs.duties.acting import act
from pmcs.duties.trial import player
from pmcs.duties.trial.trial import Trial, try_kind
from pmcs.errors import Sentence
from pmcs.store.git import Repository
from pmcs.store.store import Store
from tests.core.test_every_construct import files
from tests.regulation.sketches import LATER, later_rules
from tests.stories.conftest import MONDAY

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "records"
DATA = ROOT / "tests" / "data"
WRITTEN = [ROOT / "examples" / "key_loan.yaml", *sorted((DATA / "kinds").glob("*.yaml"))]
"""Kinds beside those of the starter."""
DULY = {name for rules in LATER.values() for name in rules}
KINDS = sorted(
    path.stem
    for path in {path.stem: path for path in [*STARTER.glob("regulation/*/kinds/*.yaml"), *WRITTEN]}.values()
    if not any(f"{rule}:" in path.read_text("utf-8") for rule in DULY - RULES.keys())
)
"""Every kind but those that lean on a rule which a later duty brings."""

CONSTRUCTS = ["trial", "part"]
"""The two kinds of `every_construct.yaml`."""

UNREACHED: dict[str, set[str]] = {
    # An account opened a moment ago holds nothing that could be paid back.
    "adjustment": {"approve type=refund"},
    # Who assesses the manager depends on the posts that the person held, which no trial chooses.
    "assessment": {"mark rank=manager", "score rank=manager"},
}

VAULT_KEY = """
kind: vault_key
title: 保险柜钥匙
number: BX
clause: "5.5"

fields:
  what:   {label: 钥匙}
  lender: {label: 经手人, ref: staff}
  result: {label: 核对, values: {same: 相符, missing: 缺失}}

states:
  wanted:   {label: 已申请}
  asking:   {label: 待批}
  lent:     {label: 借出}
  checking: {label: 核对中}
  returned: {label: 已还, end: true}
  lost:     {label: 遗失, end: true}

actions:
  new:       {label: 申请, to: wanted, by: [security_guard], asks: [what], signs: lender}
  bring:     {label: 归还, from: [lent], to: checking, by: [security_guard]}
  compare:   {label: 核对, from: [checking], to: {result: {same: returned, missing: lost}}, by: [manager],
                             asks: [result], after: rest}
  forget:    {label: 取消, from: [wanted], to: lost, by: [security_guard], asks: [note]}

approvals:
  submit: {label: 报批, state: asking, from: [wanted], to: lent, by: [security_guard], decide: [leader]}

apart:
  - [approve, submit]

clocks:
  rest: {label: 静置, starts: [checking], within: 2d real}
"""


@pytest.fixture(scope="module", autouse=True)
def rules():
    with later_rules():
        yield


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    """The starter's regulation with every kind that has been written for it, and the two that use every construct."""
    root = tmp_path_factory.mktemp("trial") / "records"
    shutil.copytree(STARTER, root)
    folder = next((root / "regulation").glob("*")) / "kinds"
    for path in WRITTEN:
        shutil.copy(path, folder)
    for name in CONSTRUCTS:
        tree = files()[f"kinds/{name}.yaml"].tree
        (folder / f"{name}.yaml").write_text(json.dumps(tree, ensure_ascii=False), "utf-8")
    Repository.create(root)
    return Store(root)


@pytest.fixture(scope="module")
def played(store):
    """The trial of a kind, each once."""
    trials: dict[str, Trial] = {}

    def play(name: str) -> Trial:
        if name not in trials:
            trials[name] = try_kind(store, name, MONDAY, "zh_CN")
        return trials[name]

    return play


def unreached(trial: Trial) -> dict[str, str]:
    return {
        (
            " ".join([item.action.name, *(f"{field}={value}" for field, value in item.choice.items())])
            if item.action
            else item.state
        ): str(item.refused)
        for item in trial.left
    }


@pytest.mark.parametrize("name", [*KINDS, *CONSTRUCTS])
def test_every_action_choice_and_state_of_a_kind_can_be_reached(played, name):
    trial = played(name)
    assert unreached(trial).keys() == UNREACHED.get(name, set()), unreached(trial)
    assert trial.counts["states"][0] == trial.counts["states"][1]
    assert all(play.state for play in trial.plays if not play.refused)


# What is hard to come to -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "do", "state", "days"),
    [
        ("hot_work", "expire", "expired", 1),
        ("visitor", "expire", "expired", 1),
        ("parking_lease", "lapse", "lapsed", 1),
        ("trial", "lapse", "lapsed", 2),  # within: 2d real
    ],
)
def test_what_happens_when_a_time_is_over_is_waited_for(played, name, do, state, days):
    plays = played(name).plays
    lapsed = next(play for play in plays if (play.kind.name, play.action.name) == (name, do))
    opened = next(play for play in plays if play.id == lapsed.id)
    assert (lapsed.who, lapsed.state, lapsed.refused) == (SYSTEM, state, None)
    assert (lapsed.when - opened.when).days >= days


@pytest.mark.parametrize(
    ("name", "holder", "do", "state"),
    [("ticket", "repair", "accept", "resolved"), ("hazard", "repair", "accept", "rectified"),
     ("trial", "part", "use", "finished")],
)  # fmt: skip
def test_what_holds_a_record_open_is_brought_where_the_rule_asks_for_it(played, name, holder, do, state):
    """Not cancelled, which would be the shorter way: link_done asks for a repair that is accepted."""
    plays = played(name).plays
    (ended, freed) = next(
        (play, step) for play in plays for step in play.others if (step.kind.name, step.event.do) == (name, "freed")
    )
    assert (ended.kind.name, ended.action.name, freed.after.state) == (holder, do, state)
    assert (freed.event.by, freed.event.because) == (SYSTEM, ended.id)


@pytest.mark.parametrize(
    ("name", "number"),
    [("drill", r"L-20261124T\d{4}-schedule\d+"), ("trial", r"YZ-20261124T\d{4}-名称\d+")],
)
def test_what_a_schedule_opens_is_named_by_its_fields(played, name, number):
    scheduled = next(play.id for play in played(name).plays if play.action.name == "schedule")
    assert re.fullmatch(number, scheduled)


def test_a_choice_that_needs_a_name_from_an_empty_list_is_not_taken(store, tmp_path):
    """An office that threw its checklists away: a schedule can make drills, neither inspections nor maintenance."""
    shutil.copytree(store.root, tmp_path / "records", ignore=shutil.ignore_patterns("checklists"))
    plays = try_kind(Store(tmp_path / "records"), "drill", MONDAY, "zh_CN").plays
    (added,) = [play for play in plays if (play.kind.name, play.action.name) == ("schedule", "add")]
    assert (added.given.values["makes"], added.refused) == ("drill", None)


def test_an_action_that_changes_lines_changes_all_there_are(played):
    mark = next(play for play in played("training").plays if play.action.name == "mark")
    came = [f"{row['person']} {row['attended']}" for row in mark.given.values["attendance"]]
    assert came == ["service_officer1 came", "service_officer2 came"]
    assert command(mark).count("--attendance attended=came,") == 2
    assert mark.refused is None


# As the office that wrote it sees it -------------------------------------------------------------------------------


@pytest.fixture
def written(office):
    """The office with a kind in its work tree that nobody has committed."""
    place = office.root / "regulation" / "2026-01-01" / "kinds" / "vault_key.yaml"

    def write(text: str = VAULT_KEY):
        place.write_text(text, "utf-8")
        return office.try_("kind", "try", "vault_key")

    return write


def lines(said, *words: str) -> list[str]:
    return [line for line in said.out.splitlines() if all(word in line for word in words)]


def reached(said) -> list[str]:
    """How many of how many actions, choices and states, as the summary says."""
    return next(found for line in said.out.splitlines() if len(found := re.findall(r"\d+/\d+", line)) == 3)


def test_a_kind_that_is_not_committed_yet_is_played_to_its_end(office, written, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before, scratches = office.head(), set(tmp_path.glob("pmcs-trial-*"))
    said = written()
    assert (said.code, said.errors) == (0, "")
    # Four actions, the approval's four, note, edit, correct and void; same and missing; six states and void.
    assert reached(said) == ["12/12", "2/2", "7/7"]
    (opened,) = lines(said, "保险柜钥匙 BX20261123-A01")
    assert said.out.splitlines()[said.out.splitlines().index(opened) + 1].startswith(
        "  security_guard1$ pmcs vault_key new --what 钥匙"
    )
    assert lines(said, "leader", "$ pmcs vault_key approve BX", "→ 借出")
    assert lines(said, "leader", "$ pmcs vault_key refuse BX", "--note", "→ 已申请")
    assert lines(said, "security_guard1$ pmcs vault_key withdraw BX", "→ 已申请")
    assert lines(said, "compare", "--result same", "→ 已还")
    assert lines(said, "compare", "--result missing", "→ 遗失")
    assert (office.head(), office.dirt()) == (before, "?? regulation/2026-01-01/kinds/vault_key.yaml\n")
    assert set(tmp_path.glob("pmcs-trial-*")) == scratches


def test_a_window_is_waited_for(written):
    said = written()
    brought = lines(said, "pmcs vault_key bring")
    assert brought
    assert lines(said, "  2026-11-25 09:")  # two days after it was brought back on Monday at nine


PERMIT = """
kind: vault_key
title: 许可
number: BX
unique: [[day]]

fields:
  what:   {label: 事项}
  day:    {label: 日期, type: date, not: future}
  result: {label: 结果, values: {again: 重办, never: 作罢, later: 缓办, lost: 遗失, moved: 转出}}
  checks: {label: 检查, rows: {item: {label: 项目}, struck: {label: 划去}}, key: [item]}

states:
  asked:   {label: 已申请}
  granted: {label: 有效}
  lapsed:  {label: 失效}
  renewed: {label: 重办, end: true}
  dropped: {label: 作罢, end: true}
  used:    {label: 用毕, end: true}

actions:
  new:    {label: 申请, to: asked, by: [security_guard], asks: [what, day]}
  import: {label: 导入, to: granted, by: [manager], asks: [what, day]}
  grant:  {label: 许可, from: [asked], to: granted, by: [manager]}
  check:  {label: 检查, from: [granted], by: [manager], adds: checks, asks: [item]}
  strike: {label: 划去, from: [granted], by: [manager], row: checks, asks: [struck]}
  use:    {label: 用毕, from: [granted], to: used, by: [security_guard], rules: [none_of: {rows: checks, has: struck}]}
  lapse:  {label: 过期, from: [granted], to: lapsed, by: [system], upon: valid}
  settle: {label: 了结, from: [lapsed], by: [manager], asks: [result],
           to: {result: {again: renewed, never: dropped, later: renewed, lost: dropped, moved: dropped}}}

clocks:
  valid: {label: 有效期, starts: [grant], stops: [use], within: 2d real}
"""


VALID = "starts: [grant], stops: [use]"
STARTED = {
    "by what everybody does": PERMIT,
    "only by what a schedule opens": PERMIT.replace(VALID, "starts: [schedule], stops: [use]").replace(
        "  grant:  {",
        "  schedule: {label: 排定, to: granted, by: [system], named_by: [day], asks: [day, what]}\n  grant:  {",
    ),
    "by a date that may be left out": PERMIT.replace("within: 2d real", "until: ends_on")
    .replace("  result: {", "  ends_on: {label: 至, type: date}\n  result: {")
    .replace("[what, day]}", "[what, day], takes: [ends_on]}"),
    "and stopped on the shorter way": PERMIT.replace(VALID, "starts: [new], stops: [grant, use]").replace(
        "  grant:  {",
        "  lay_by: {label: 搁置, from: [asked], to: laid, by: [manager]}\n"
        "  take_up: {label: 续办, from: [laid], to: granted, by: [manager]}\n  grant:  {",
    ).replace("  lapsed:  {", "  laid:    {label: 搁置中}\n  lapsed:  {"),
}  # fmt: skip


@pytest.fixture
def none_of(monkeypatch):
    """A rule that looks at a column, and is content only where it is empty."""

    def none_of(view, rows, has):
        lines = [row for row in view.record.rows(rows) if row.get(has)]
        return Sentence("{count} lines are struck.", count=len(lines)) if lines else None

    rule = Rule("none_of", GUARD, {"rows": "lines", "has": "column of rows"}, none_of)
    monkeypatch.setitem(RULES, "none_of", rule)


@pytest.mark.parametrize("how", STARTED)
@pytest.mark.usefixtures("none_of")
def test_what_only_time_leads_to_is_gone_on_from(written, how):
    """Each choice of what follows gets a permit of its own to lapse, one whose time runs; no two are of one day."""
    said = written(STARTED[how])
    assert said.code == 0, said.out
    assert len(lines(said, "system$ pmcs vault_key lapse BX", "→ 失效")) >= 5
    assert len(lines(said, "settle", "--result", "→ 重办")) == 2
    assert len(lines(said, "settle", "--result", "→ 作罢")) == 3
    assert lines(said, "strike", "--struck")
    assert lines(said, "pmcs vault_key use", "→ 用毕")


def test_an_approval_that_apart_forbids_to_everyone_is_named_with_the_refusal(written):
    text = VAULT_KEY.replace("decide: [leader]", "decide: [lender]").replace("[approve, submit]", "[approve, lender]")
    said = written(text)
    assert said.code == 1
    # What comes after the approval is stopped by the same.
    for name in ("approve", "bring", "compare result=same", "lent", "returned"):
        assert lines(said, f"{name}: ", "不得由 security_guard1 一人兼办"), name
    assert lines(said, "security_guard1$ pmcs vault_key approve BX", "✗", "一人兼办")
    assert reached(said) == ["9/12", "0/2", "4/7"]


def test_each_band_is_opened_by_whom_it_asks_for(written):
    text = VAULT_KEY.replace(
        "  result: {label",
        "  worth: {label: 价值, type: money}\n  size: {label: 大小, of: worth,"
        " bands: {small: 0, large: 1000}}\n  result: {label",
    )
    new = "new:       {label: 申请, to: wanted, by: [security_guard], asks: [what]"
    assert new in text
    who = "{size: {small: [security_guard], large: [manager]}}"
    said = written(text.replace(new, f"new: {{label: 申请, to: wanted, by: {who}, asks: [what, worth]"))
    assert said.code == 0, said.out
    assert lines(said, "security_guard1$ pmcs vault_key new", "--worth 0")
    assert lines(said, "manager1$ pmcs vault_key new", "--worth 1000")


def test_an_action_whose_only_person_is_barred_is_named_for_each_choice(written):
    text = VAULT_KEY.replace("by: [manager],\n", "who: [lender],\n") + "barred: [lender]\n"
    said = written(text)
    assert said.code == 1
    for choice, state in (("same", "returned"), ("missing", "lost")):
        assert lines(said, f"compare result={choice}: security_guard1")
        assert bool(lines(said, f"{state}: security_guard1")) == (
            state == "returned"
        )  # lost is also what forget leads to


LIST = """
kind: vault_key
title: 清单
number: BX

fields:
  owner: {label: 经手人, ref: staff}
  lines: {label: 项目, key: [item], rows: {item: {label: 名称}, seen: {label: 见, ref: place}}}

states:
  open:   {label: 办理中}
  closed: {label: 已结, end: true}

actions:
  new:   {label: 登记, to: open, by: [manager], takes: [lines]}
  look:  {label: 核对, from: [open], by: [manager], row: lines, takes: [seen]}
  take:  {label: 加项, from: [open], by: [manager], adds: lines, asks: [item, owner]}
  close: {label: 了结, from: [open], to: closed, who: [owner], rules: [each_row: {rows: lines, has: seen}]}
"""


def test_a_line_that_is_added_later_is_seen_to_as_well(written):
    """The only person who may close comes with a new line, and each line must have been looked at."""
    said = written(LIST)
    assert said.code == 0, said.out
    assert lines(said, "look", "--lines ", "seen=place", "→ 办理中")
    assert lines(said, "pmcs vault_key close", "→ 已结")


CIRCLE = """
kind: vault_key
title: 巡更
number: BX
clause: "9.1"

fields:
  guard:  {label: 巡更人, ref: staff}
  wanted: {label: 申请延至, type: time, not: past}
  points:
    label: 点位
    key: [point]
    rows:
      point: {label: 点位, type: int}
      cost:  {label: 花费, type: money, min: 0}
  spent:  {label: 已花, total: {plus: [points.cost]}}
  level:  {label: 档, of: spent, bands: {small: 0, big: 100}}

states:
  walking:  {label: 巡更中}
  asking:   {label: 待批}
  finished: {label: 待复核, done: true}
  closed:   {label: 已归档, end: true}

actions:
  new:    {label: 排班, to: walking, by: [security_guard], asks: [guard]}
  point:  {label: 打点, from: [walking], who: [guard], adds: points, takes: [cost]}
  finish: {label: 完成, from: [walking], to: finished, who: [guard]}
  review: {label: 复核, from: [finished], to: {level: {small: closed, big: walking}}, by: [manager]}
  reopen: {label: 重开, from: [closed], to: finished, by: [manager], during: again, asks: [note]}

approvals:
  extend: {label: 延时, state: asking, from: [walking], who: [guard], asks: [wanted],
                                             decide: {level: {small: [manager], big: [leader]}}}

clocks:
  again: {label: 可重开, starts: [closed], stops: [reopen], within: 1d real}
"""


def test_a_circle_that_leads_to_nothing_new_is_left(written, monkeypatch):
    monkeypatch.setattr("pmcs.duties.trial.paths.LIMIT", 400)
    said = written(CIRCLE)
    # New, point, finish, review, reopen, the approval's four, note, edit, correct and void; four states and void.
    assert reached(said)[0::2] == ["13/13", "5/5"]
    assert len(said.out.splitlines()) < 200


def test_a_kind_that_nobody_can_begin_ends_the_trial_at_once(written, monkeypatch):
    attempts = []
    monkeypatch.setattr(player, "act", lambda *given: attempts.append(given) or act(*given))
    said = written(VAULT_KEY.replace("what:   {label: 钥匙}", "what:   {label: 上一单, ref: vault_key}"))
    assert said.code == 1
    assert said.out.splitlines()[-1].startswith("void: ")
    assert reached(said) == ["0/12", "0/2", "0/7"]
    assert len(attempts) < 1000


EVERYTHING = """
kind: vault_key
title: 各种字段
number: BX

unique: [[edition, month]]

fields:
  edition: {label: 版次, type: int, min: 3, max: 900}
  month:   {label: 月份, type: period}
  share:   {label: 比例, type: number, min: 0.5, max: 0.75}
  sum:     {label: 金额, type: money, min: 0.01}
  agreed:  {label: 同意, type: bool}
  seen:    {label: 已看, type: time, not: future}
  seen_on: {label: 看过, type: date, not: future}
  until:   {label: 至,   type: time, not: past}
  ends_on: {label: 止,   type: date, not: past}
  every:   {label: 每隔, type: length}
  papers:  {label: 文件, type: files}
  tasks:   {label: 任务, type: refs, ref: task}
  matter:  {label: 事项, in: subjects}
  phone:   {label: 电话, sealed: true}
  size:    {label: 大小, of: sum, bands: {small: 0, large: 5000},
            values: {small: 小, large: {label: 大, needs: [reason]}}}
  reason:  {label: 理由, type: text}
  parts:
    label: 分项
    key: [method, what]
    rows:
      method: {label: 方式, values: {cash: 现金, bank: 银行}}
      what:   {label: 项目}
      count:  {label: 数量, type: int, must: true, min: 1}
      by:     {label: 经手, ref: staff}
      at:     {label: 时间, type: time, stamp: at}
      state:  {label: 情况, values: {good: 好, bad: {label: 坏, needs: [remark]}}}
      remark: {label: 说明}

states:
  begun: {label: 已开始}
  small: {label: 小额, end: true}
  large: {label: 大额, end: true}

actions:
  new:   {label: 开始, to: begun, by: [manager], takes: [reason],
          asks: [edition, month, share, sum, agreed, seen, seen_on, until, ends_on, every,
                 papers, tasks, matter, phone]}
  add_part: {label: 加项, from: [begun], by: [anyone], adds: parts}
  judge: {label: 评定, from: [begun], row: parts, who: [by], asks: [state]}
  close: {label: 了结, from: [begun], to: {size: {small: small, large: large}}, by: [leader]}
"""


def test_something_is_invented_for_every_type_of_field(written):
    said = written(EVERYTHING)
    assert said.code == 0, said.out
    assert lines(said, "pmcs vault_key close", "→ 大额")
    assert lines(said, "pmcs vault_key new", "--sum 5000", "--reason ")
    assert lines(said, "--parts method=") == []  # its columns are options of their own
    assert lines(said, "add_part", "--method ", "--count 100", "--by ")


def test_errors_of_the_file_are_those_of_regulation_check(office, written):
    said = written(VAULT_KEY.replace("to: checking", "to: cheking"))
    assert said.code == 1
    assert said.out == "".join(
        f"{line}\n" for line in office.try_("regulation", "check").out.splitlines() if "vault_key" in line
    )
    assert "regulation/2026-01-01/kinds/vault_key.yaml:22: " in said.out


def test_a_kind_that_is_not_there(office):
    said = office.try_("kind", "try", "nowhere")
    assert (said.code, said.out) == (4, "")
    assert "regulation/2026-01-01/kinds/nowhere.yaml" in said.errors


def test_private_values_are_invented_and_masked(office):
    shutil.copy(ROOT / "examples" / "key_loan.yaml", office.root / "regulation" / "2026-01-01" / "kinds")
    said = office.try_("kind", "try", "key_loan")
    assert said.code == 0
    assert "138****00" in said.out
    assert "13800000" not in said.out


def test_a_kind_of_the_next_version_is_played_by_it(office):
    office("regulation", "amend", "--from", "2027-03-01")
    (office.root / "regulation" / "2027-03-01" / "kinds" / "vault_key.yaml").write_text(VAULT_KEY, "utf-8")
    said = office.try_("kind", "try", "vault_key")
    assert said.code == 0
    assert "BX20270301-A01" in said.out
