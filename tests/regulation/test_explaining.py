"""A kind read back as sentences: everything that its file says, so that a forgotten line shows."""

from __future__ import annotations

from copy import deepcopy
from functools import cache

import pytest

from pmcs.core.kind import shown
from pmcs.errors import Sentence
from pmcs.regulation.explaining import explained
from pmcs.regulation.explaining_fields import _TYPES
from pmcs.regulation.explaining_words import Teller
from pmcs.regulation.language import TYPES
from pmcs.regulation.shape import Source
from pmcs.regulation.sound import check
from pmcs.regulation.version import Regulation
from pmcs.store.codec import decode_marked
from tests.core.world import FIRST_DAY, SHANGHAI, sources, starter
from tests.regulation.sketches import NAMES, later_rules, sketched

RICH = """
kind: rich
title: {zh_CN: 装修, en: renovation}
number: ZX
clause: {structural: {untouched: "5.3", touched: "5.8"}}
help: 申请、审批、交押金、退押金。
barred: [subject]
apart: [[refund, deduct, approve], [accept, keeper]]
one_open: [[place]]
unique: [[plate, place]]
promise: term
urgent: true
mine: [keeper, items.who]
sees: [manager, keeper]
findings: [must_have: {field: plate}]
columns: [id, state, place]
fields:
  place: {label: 房号, ref: place}
  keeper: {label: 管理员, ref: staff}
  subject: {label: 被投诉人, ref: staff}
  plate: {label: 牌号, in: subjects, open: true}
  parent: {label: 上级, ref: [ticket, task], holds: true}
  made_by: {label: 来源, ref: makers}
  structural: {label: 承重, values: {untouched: 不涉及, touched: {label: 涉及, needs: [note]}}, default: untouched}
  ends_on: {label: 完工, type: date, not: past, warns: [7d, 1d]}
  wanted: {label: 延至, type: date}
  phone: {label: 电话, sealed: true}
  meter: {label: 表号, sealed: false}
  deposit: {label: 押金, type: money, min: 0, max: 100000}
  items:
    label: 项目
    key: [why]
    rows:
      why: {label: 事由, must: true}
      amount: {label: 金额, type: money, min: 1}
      result: {label: 结果, values: {good: 好, bad: {label: 坏, needs: [why]}}}
      at: {label: 时间, type: time, stamp: at}
      who: {label: 经手, ref: staff, stamp: by}
      till: {label: 止, type: date, warns: [3d]}
  bad: {label: 坏项, count: items.result.bad}
  lines: {label: 项数, count: items}
  stops: {label: 停工次数, count: do.stop, per: day, since: working}
  kept: {label: 涉及次数, count: accept.structural.touched}
  left: {label: 应退, total: {plus: [deposit], minus: [items.amount]}, min: 0}
  size: {label: 档, of: lines, bands: {small: 0, large: 3}, values: {small: 少, large: {label: 多, needs: [plate]}}}
states:
  applied: {label: 已申请}
  asking: {label: 待批}
  working: {label: 施工中}
  stopped: {label: 停工}
  accepted: {label: 待退, done: true}
  refunded: {label: 已退, end: true}
actions:
  new:
    label: 申请
    to: {structural: {untouched: applied, touched: working}}
    by: [service_officer, anyone]
    asks: [place, structural, deposit]
    takes: [ends_on, keeper, subject, plate, parent, phone, meter, made_by]
    signs: keeper
    typed: apply --now
    clause: "7.1"
  stop:
    label: 停工
    from: [working]
    to: stopped
    by: [system]
    who: [keeper]
    rules: [end_rows: {rows: items, column: till}]
  go:
    label: 复工
    from: [stopped]
    to: previous
    by: [manager]
    clause: {structural: {untouched: "7.1", touched: "7.2"}}
  inspect: {label: 巡查, from: open, by: [manager], adds: items}
  mend: {label: 改行, from: [working], row: items, who: [who], asks: [amount], takes: [result]}
  accept:
    label: 验收
    from: [working, applied]
    to: [size: {large: accepted}, structural: {untouched: accepted, touched: working}]
    by: {structural: {untouched: [manager], touched: [leader]}}
    takes: [structural]
    clears: [wanted]
    held: true
    makes: {task: {what: plate}}
    also: [{in: parent, do: {structural: {untouched: edit, touched: note}}, set: {source_item: plate}}]
  hand: {label: 交办, from: [working], by: [manager], asks: [make], makes: {task: {what: note}, ticket: {}}}
  close: {label: 随办, from: [working], through: [ticket], also: [{in: parent, do: note, set: {}}]}
  deduct: {label: 扣款, from: [accepted], by: [manager], adds: items, during: guarantee}
  refund: {label: 退押金, from: [accepted], to: refunded, by: [manager], after: guarantee}
approvals:
  extend:
    label: 延期
    state: asking
    from: [working]
    who: [keeper]
    asks: [wanted]
    takes: [note]
    decide: {structural: {untouched: [manager, keeper], touched: [leader]}}
    to: accepted
    copies: {ends_on: wanted}
    rules: [later_date: {date: wanted, than: ends_on}]
    also: [{in: parent, do: note, set: {}}]
    clause: "7.4"
clocks:
  term:
    label: 工期
    starts: [new, working]
    stops: [new, accepted, refunded]
    within: {structural: {untouched: 3d office, touched: never}}
    since: {new: at_time}
    until: {new: ends_on}
    pauses: [stopped]
    escalates: {80: keeper, 100: manager}
    warns: [1d]
    clause: {structural: {untouched: "7.1", touched: "7.2"}}
  check: {label: 验收期, starts: [working], stops: [accept], within: 2h real, clause: "7.2"}
  end: {label: 止期, starts: [working], stops: [accept], until: ends_on}
  guarantee: {label: 保证期, starts: [accepted], within: 30d day}
""".replace("  wanted:", "  at_time: {label: 起算, type: time}\n  wanted:")


@cache
def trees():
    found = {name: source.tree for name, source in sources().items()}
    return found | {"kinds/rich.yaml": decode_marked(RICH.encode(), "kinds/rich.yaml")[0]}


def regulation(name, tree):
    found = Regulation(FIRST_DAY, {**trees(), f"kinds/{name}.yaml": tree}, SHANGHAI)
    found.__dict__["clauses"] = starter().clauses  # read once, not for each line taken out
    return found


def told(name, tree, language="zh_CN"):
    """The whole explanation as one text."""
    found = regulation(name, tree)

    def lines(several, depth=1):
        for line in several:
            yield "  " * depth + "; ".join(str(part) for part in (line.lead, *line.parts))
            yield from lines(line.inner, depth + 1)

    title, sections = explained(Teller(found.kind(name), found, lambda label: shown(label, language)))
    return "\n".join([title, *(text for item in sections for text in (str(item.title), *lines(item.lines)))])


def errors(name, tree):
    files = {file: Source(file, found, {}) for file, found in trees().items()}
    files[f"kinds/{name}.yaml"] = Source(f"kinds/{name}.yaml", tree, {})
    return [item for item in check(files, SHANGHAI) if item.severity == "error"]


def places(tree, path=()):
    """Every place of a tree, keys and list items."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*path, key)
        yield from places(value, (*path, key))


def without(tree, path):
    found = deepcopy(tree)
    place = found
    for part in path[:-1]:
        place = place[part]
    del place[path[-1]]
    return found


def test_the_rich_kind_is_sound():
    assert errors("rich", trees()["kinds/rich.yaml"]) == []


@pytest.mark.parametrize("name", ["rich", "key_loan", "resident", "interpretation"])
def test_whatever_is_taken_out_of_a_file_is_missing_in_what_is_told(name):
    tree = trees()[f"kinds/{name}.yaml"]
    whole, meant = told(name, tree), repr(vars(regulation(name, tree).kind(name)))
    silent = []
    for path in places(tree):
        if path == ("title", "en"):
            continue  # another language's
        less = without(tree, path)
        try:
            other = regulation(name, less).kind(name)
            same = repr(vars(other)) == meant or told(name, less) != whole
        except (KeyError, IndexError, ValueError):
            continue  # what cannot even be built is told as an error, never explained
        if not same and not errors(name, less):
            silent.append(path)
    assert silent == []


def test_who_from_where_to_where_when_and_who_not():
    said = told("rich", trees()["kinds/rich.yaml"]).splitlines()
    (refund,) = [line for line in said if line.startswith("  退押金 refund")]
    assert refund == (
        "  退押金 refund; 客服经理; 待退 → 已退; only after 保证期 is over;"
        " never the same person as whoever does 扣款, whoever does 批准"
    )
    (decision,) = [line for line in said if line.startswith("    批准 approve")]
    assert decision.endswith(
        "never the same person as whoever submitted it, whoever does 退押金; → 待退; 完工 takes over 延至"
    )
    at = said.index(next(line for line in said if line.startswith("  验收 accept")))
    assert said[at + 1 : at + 4] == [
        "    who may, by 承重; 不涉及 → 客服经理; 涉及 → 上级领导",
        "    goes on, by 档; 多 → 待退",
        "    else goes on, by 承重; 不涉及 → 待退; 涉及 → 施工中",
    ]
    assert any(line.startswith("  申请 apply --now; 客服专员, 任何在岗人员; → as follows") for line in said)


def test_what_is_worked_out_is_told_in_full():
    said = told("rich", trees()["kinds/rich.yaml"])
    for line in (
        "坏项 bad; counted: lines of 项目 with 结果 坏",
        "停工次数 stops; counted: how often 停工 was done; each day once; only since 施工中 was last entered",
        "涉及次数 kept; counted: how often 验收 was done with 承重 涉及",
        "应退 left; worked out: the sum of 押金; less 金额 of 项目; at least 0",
        "档 size; worked out from 项数: 少 small from 0, 多 large (asks 牌号) from 3",
        "工期 term; starts with 申请, entering 施工中; starts again with 申请;"  # noqa: ISC004  one line
        " stops with entering 待退, entering 已退; stands still in 停工; announced 1 d ahead",
    ):
        assert f"  {line}\n" in said, line


@pytest.mark.parametrize("name", ["assessment", "committee", "meeting", "staff", "task", "training"])
def test_rules_are_told_in_sentences_with_the_words_of_the_kind(name):
    kind = starter().kind(name)
    calls = [*kind.findings, *(call for action in kind.actions.values() for call in action.rules)]
    said = told(name, trees()[f"kinds/{name}.yaml"])
    assert calls
    for call in calls:
        assert f"rule; {call.name}" not in said
        assert f"Checked; {call.name}" not in said


def test_values_other_kinds_and_columns_are_called_what_they_are():
    assert "rule; if 到会 is 达到法定人数, lines of 议程 that" in told("meeting", trees()["kinds/meeting.yaml"])
    staff = told("staff", trees()["kinds/staff.yaml"])
    assert "(签到: 人员, 到场 到) to no 培训 training that entered 已举办 within 365 d" in staff
    assert "its 事项 from 措施; its 责任人 from 责任人" in told("plan", trees()["kinds/plan.yaml"])


def test_the_one_of_two_labels_that_are_alike_is_told_with_its_name():
    tree = deepcopy(trees()["kinds/key_loan.yaml"])
    tree["fields"]["purpose"]["label"] = "借用人"
    assert "asks 钥匙, 借用人 borrower, 借用人 purpose, 应还时间" in told("key_loan", tree)


def test_labels_come_in_the_user_s_language():
    assert told("rich", trees()["kinds/rich.yaml"], "zh_CN").startswith("装修 rich\n")
    assert told("rich", trees()["kinds/rich.yaml"], "en").startswith("renovation rich\n")


def test_every_type_has_its_words():
    assert [name for name in TYPES if not isinstance(_TYPES.get(name), Sentence)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_that_the_regulation_needs_is_told(name):
    found = Regulation(FIRST_DAY, {file: source.tree for file, source in sketched().items()}, SHANGHAI)
    with later_rules():
        title, sections = explained(Teller(found.kind(name), found, str))
    assert name in title
    assert all(item.lines for item in sections)
