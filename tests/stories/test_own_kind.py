"""钥匙借用: a kind of the office's own, one file, no Python."""

from __future__ import annotations

from pathlib import Path

import pytest

KEY_LOAN = Path(__file__).parents[2] / "examples" / "key_loan.yaml"
LENT = {"key": "水泵房", "borrower": "王师傅", "purpose": "检修水泵", "due_back": "2026-11-23 17:00"}


@pytest.fixture
def keys(office):
    """The office after its manager put the file into the regulation."""
    kinds = office.root / "regulation" / "2026-01-01" / "kinds"
    (kinds / "key_loan.yaml").write_bytes(KEY_LOAN.read_bytes())
    office.git("add", "regulation")
    office.git("commit", "-qm", "regulation: 钥匙借用")
    return office


def lend(keys, **other):
    options = [part for name, value in (LENT | other).items() for part in (f"--{name.replace('_', '-')}", value)]
    return keys.json("key_loan", "new", *options, by="zhao.min")


def test_the_file_is_enough_for_commands_and_help(keys):
    assert keys.try_("regulation", "check").code == 0
    assert "钥匙借用" in keys("--help")
    said = keys("key_loan", "--help")
    assert [name for name in ("new", "renew", "return", "lose", "list", "show") if f"  {name} " not in said] == []
    assert "--due-back" in keys("key_loan", "new", "--help")


def test_lent_renewed_and_returned(keys):
    made = lend(keys, contact="13811112222")
    assert (made["id"], made["state"], made["lender"]) == ("YS20261123-A01", "lent", "zhao.min")
    assert made["contact"] == "138****2222"
    assert made["due"]["give_back"].startswith("2026-11-23T17:00")
    renewed = keys.json("key_loan", "renew", "YS", "--due-back", "2026-11-24 12:00", by="zhao.min")
    assert renewed["due"]["give_back"].startswith("2026-11-24T12:00")
    assert keys.json("key_loan", "return", "A01", by="zhao.min")["state"] == "returned"
    assert [row["state"] for row in keys.json("key_loan", "list")] == ["returned"]
    assert "水泵房" in keys("key_loan", "list")
    keys.clean()


def test_a_key_is_lent_once_at_a_time(keys):
    lend(keys)
    options = [part for name, value in LENT.items() for part in (f"--{name.replace('_', '-')}", value)]
    assert "YS20261123-A01" in keys.refused("key_loan", "new", *options, by="zhao.min")
    keys("key_loan", "return", "A01", by="zhao.min")
    assert lend(keys)["id"] == "YS20261123-A02"


def test_who_may_lend_and_until_when(keys):
    options = [part for name, value in LENT.items() for part in (f"--{name.replace('_', '-')}", value)]
    said = keys.refused("key_loan", "new", *options, by="wang.qiang")
    assert "客服专员" in said
    assert "安全防范员" in said
    options[-1] = "2026-11-22 17:00"
    assert "due_back" in keys.refused("key_loan", "new", *options, by="zhao.min", code=2).replace("-", "_")


def test_a_lost_key_makes_a_task_in_the_same_commit(keys):
    lend(keys)
    before = len(keys.log())
    keys(
        *("key_loan", "lose", "A01", "--note", "钥匙遗失,需换锁"),
        *("--task", "--owner", "wang.qiang", "--deadline", "2026-11-25 12:00"),
        by="zhao.min",
    )
    assert len(keys.log()) == before + 1
    (task,) = keys.json("task", "list")
    assert (task["what"], task["source"]) == ("钥匙遗失,需换锁", "YS20261123-A01")


def test_a_lost_key_may_do_without_a_task(keys):
    lend(keys)
    assert keys.json("key_loan", "lose", "A01", "--note", "已配新锁", by="zhao.min")["state"] == "lost"
    assert keys.json("task", "list") == []


def test_it_is_found_due_and_overdue_like_any_other(keys):
    lend(keys)
    assert [row["id"] for row in keys.json("search", "检修水泵")] == ["YS20261123-A01"]
    assert "YS20261123-A01" in keys("today")
    keys.at("2026-11-23T17:01")
    assert [row["id"] for row in keys.json("key_loan", "list", "--overdue")] == ["YS20261123-A01"]
    assert [row["id"] for row in keys.json("today") if row["section"] == "overdue"] == ["YS20261123-A01"]


def test_a_kind_named_in_chinese(office):
    text = KEY_LOAN.read_text("utf-8").replace("kind: key_loan", "kind: 钥匙借用").replace("number: YS", "number: YJ")
    kinds = office.root / "regulation" / "2026-01-01" / "kinds"
    (kinds / "钥匙借用.yaml").write_text(text, "utf-8")
    office.git("add", "regulation")
    office.git("commit", "-qm", "regulation: 钥匙借用")
    words = [part for name, value in LENT.items() for part in (f"--{name.replace('_', '-')}", value)]
    assert office.json("钥匙借用", "new", *words, by="zhao.min")["id"] == "YJ20261123-A01"
    assert [row["id"] for row in office.json("钥匙借用", "list")] == ["YJ20261123-A01"]
    office.clean()
