"""The register of installations: what there is, what stands still, whose certificate runs out."""

from __future__ import annotations

import csv

import pytest

from tests.stories.conftest import just_now
from tests.stories.terminal import Terminal

MAP = """\
kind: asset
fields:
  code: 编码
  name: 名称
  category: {column: 类别, values: {电梯: lift, 水泵: water}, default: other}
  place: 位置
  certificates.name: {column: 证书, default: 年检}
  certificates.number: 证号
  certificates.expires: {column: 到期, format: "%Y/%m/%d"}
"""
HEADER = ("编码", "名称", "类别", "位置", "证书", "证号", "到期")


@pytest.fixture
def office(crew):
    return crew


def test_categories_are_known_by_their_labels_and_lists_by_place(office):
    office("place", "add", "5-泵房")
    office("asset", "add", "PUMP-5", "--name", "生活泵", "--category", "给排水", "--place", "5-泵房", by="he.jun")

    def listed(*words):
        return [row["code"] for row in office.json("asset", "list", *words)]

    assert listed("--category", "lift", "--place", "3") == ["LIFT-3-2"]
    assert listed("--category", "电梯", "--place", "5") == []
    assert listed("--place", "5") == ["PUMP-5"]
    assert "设施设备管理员" in office.refused(
        *("asset", "add", "X", "--name", "x", "--category", "other", "--place", "3"), by="guo.ping"
    )


def test_a_certificate_is_entered_and_renewed(office):
    lift = ("--number", "TJ-2")
    office("asset", "certify", "LIFT-3-2", "--name", "年检", *lift, "--expires", "2026-12-20", by="wang.qiang")
    assert "LIFT-3-2" in office("today")
    office("asset", "renew", "LIFT-3-2", *lift, "--expires", "2027-12-20", by="wang.qiang")
    (row,) = office.json("show", "LIFT-3-2")["certificates"]
    assert row == {"name": "年检", "number": "TJ-2", "expires": "2027-12-20"}
    assert "LIFT-3-2" not in office("today")
    again = ("asset", "certify", "LIFT-3-2", "--name", "年检", *lift)
    assert "年检" in office.refused(*again, by="wang.qiang")


def test_a_guard_stops_it_and_a_keeper_starts_it_again(office):
    assert "--note" in office.refused("asset", "stop", "LIFT-3-2", by="guo.ping", code=2)
    office("asset", "stop", "LIFT-3-2", "--note", "门机异响", by="guo.ping")
    assert [row["code"] for row in office.json("asset", "list", "--state", "stopped")] == ["LIFT-3-2"]
    assert "设施设备管理员" in office.refused("asset", "restore", "LIFT-3-2", by="guo.ping")
    office("asset", "restore", "LIFT-3-2", by="wang.qiang")
    assert "--note" in office.refused("asset", "retire", "LIFT-3-2", by="wang.qiang", code=2)
    office("asset", "retire", "LIFT-3-2", "--note", "更新改造", by="wang.qiang")
    assert office.json("show", "LIFT-3-2")["state"] == "retired"
    office.clean()


def test_where_a_lift_is_its_repair_is(office):
    repair = office.json("repair", "new", "--asset", "LIFT-3-2", "--fault", "门机异响", by="zhao.min")
    assert repair["place"] == "3-2-电梯"
    elsewhere = office.json(
        "repair", "new", "--asset", "LIFT-3-2", "--place", "3-2-1201", "--fault", "x", by="zhao.min"
    )
    assert elsewhere["place"] == "3-2-1201"
    assert "--place" in office.refused("repair", "new", "--fault", "门机异响", by="zhao.min", code=2)


@pytest.fixture
def bring(office, tmp_path):
    def run(*rows, text=MAP, header=HEADER, kind="asset"):
        with (tmp_path / "list.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        (tmp_path / "map.yaml").write_text(text, encoding="utf-8")
        return office.try_(kind, "import", str(tmp_path / "list.csv"), "--map", str(tmp_path / "map.yaml"))

    return run


def test_a_list_brings_one_certificate_with_each_row(office, bring):
    rows = (
        ("L1", "1号梯", "电梯", "3-2", "", "TJ-1", "2027/3/1"),
        ("P1", "水泵", "水泵", "3-2", "", "", ""),
        ("L2", "2号梯", "电梯", "3-2", "维保合同", "HT-9", ""),
    )
    assert bring(*rows).code == 0
    assert office.json("show", "L1")["certificates"] == [{"name": "年检", "number": "TJ-1", "expires": "2027-03-01"}]
    assert "certificates" not in office.json("show", "P1")  # a default alone makes no line
    assert office.json("show", "L2")["certificates"] == [{"name": "维保合同", "number": "HT-9"}]
    assert "新增 0 行，原已有 3 行" in bring(*rows).out
    office.clean()


def test_a_bad_cell_of_a_certificate_is_told_with_its_row_and_column(office, bring):
    before = office.head()
    said = bring(
        ("L1", "1号梯", "电梯", "3-2", "", "TJ-1", "明年"), ("L2", "2号梯", "电梯", "3-2", "合同", "", "2027/3/1")
    )
    assert said.code == 2
    assert "第 2 行" in said.errors
    assert "到期" in said.errors
    assert "number" in said.errors
    assert office.head() == before
    assert "certificates.expires" in bring(text=MAP.replace("s.expires", "s.expire")).errors
    assert "certificates" in bring(text=MAP.replace("certificates.number: 证号", "certificates: 证号")).errors


def test_people_come_with_their_post(office, bring):
    text = """\
kind: staff
fields:
  code: 代号
  name: 姓名
  posts.post: {column: 岗位, values: {保安: security_guard}}
  posts.since: 到岗
  licences.licence: 证件
  licences.number: 证号
  licences.expires: 有效期
"""
    header = ("代号", "姓名", "岗位", "到岗", "证件", "证号", "有效期")
    rows = (("qian.jin", "钱进", "保安", "2026-01-01", "消防设施操作员", "XF-7", "2027-01-31"),)
    assert bring(*rows, text=text, header=header, kind="staff").code == 0
    found = office.json("show", "qian.jin")
    assert found["posts"] == [{"post": "security_guard", "since": "2026-01-01"}]
    assert found["licences"][0]["expires"] == "2027-01-31"


class TestOnATerminal:
    """What an impatient clerk is asked."""

    @pytest.fixture
    def start(self):
        return just_now()

    @pytest.fixture
    def lift(self, empty_office):
        empty_office("place", "add", "3-2-电梯")
        empty_office("asset", "add", "LIFT", "--name", "客梯", "--category", "lift", "--place", "3-2-电梯")
        return empty_office

    def test_the_place_of_a_named_lift_is_not_asked(self, lift):
        with Terminal("repair", "new", "--asset", "LIFT", cwd=lift.root) as terminal:
            terminal.wait("故障").type("门机异响")
            assert terminal.ended() == 0, terminal.seen
        assert "位置" not in terminal.seen
        assert lift.json("repair", "list")[0]["place"] == "3-2-电梯"

    def test_an_incident_asks_what_it_is_before_how_grave(self, lift):
        with Terminal("incident", "new", cwd=lift.root) as terminal:
            terminal.wait("类型").type("电梯困人").wait("地点").type("3-2-电梯").wait("情况").type("困两人")
            terminal.wait("级别").type("1").wait("回车").type("")
            assert terminal.ended() == 0, terminal.seen

    def test_help_that_is_called_is_one_question(self, lift):
        id_ = lift.json("incident", "new", "--type", "fire", "--place", "3-2", "--what", "冒烟", "--grade", "minor")[
            "id"
        ]
        with Terminal("incident", "call_help", id_, cwd=lift.root) as terminal:
            terminal.wait("单位").type("1")
            assert terminal.ended() == 0, terminal.seen
        assert "时间" not in terminal.seen
